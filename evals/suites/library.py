"""The documents of a suite, and the library made of them: files of a folder, given texts, or the user's own library."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

import index
from evals.digest import digest_of
from evals.measures.score import Source
from evals.opening import Opening
from index.chunk import split_document
from index.dates import find_mentions
from index.embed import Embedder
from index.errors import UserFacingError
from index.load.text import decode_text
from index.pipeline import Library, OnProgress, open_library
from index.places import SQLITE
from index.prepare import Prepare
from index.records import Document, Prepared
from index.report import SyncReport
from qa.settings import Settings

LEFT_OUT = frozenset({"SOURCES.md", "README.md"})
"""Files that tell of the documents and are none of them."""


class Documents(Protocol):
    """What a suite asks about."""

    @property
    def sha256(self) -> str:
        """Changes with every document."""

    def fill(
        self, settings: Settings, opening: Opening, on_progress: OnProgress | None
    ) -> tuple[Settings, dict[str, Source]]:
        """The settings with the library that holds them all, and every document by its id. Raises UserFacingError."""


@dataclass(frozen=True, slots=True)
class FolderDocuments:
    """The files of a folder, read as a user's would be."""

    files: tuple[Path, ...]

    @property
    def sha256(self) -> str:
        """Of names and bytes."""
        return digest_of(*(part for path in self.files for part in (path.name, path.read_bytes())))

    def fill(
        self, settings: Settings, opening: Opening, on_progress: OnProgress | None
    ) -> tuple[Settings, dict[str, Source]]:
        """Raises as `add_files`."""
        settings = suite_settings(settings, self.sha256)
        with opening.open_session(settings.model_copy(update={"model": "none"})) as session:
            return settings, add_files(session.library, self.files, on_progress)


@dataclass(frozen=True, slots=True)
class SuiteDocument:
    """A document of a public data set, whose details are given and need not be read from its text."""

    name: str
    """Unique in its suite, without a path; what the cases' quotes name."""
    title: str
    text: str
    outlet: str | None = None
    author: str | None = None
    published: date | None = None

    @property
    def head(self) -> str:
        """What a plain file of it begins with: on the text's first line, or a splitter makes it a chunk of its own."""
        day = self.published.isoformat() if self.published else None
        known = (self.title, self.author and f"by {self.author}", self.outlet, day)
        return f"{', '.join(part for part in known if part)}: "


@dataclass(frozen=True, slots=True)
class WrittenDocuments:
    """Texts whose details are given."""

    documents: tuple[SuiteDocument, ...]

    @property
    def sha256(self) -> str:
        """Of names, details and texts."""
        return digest_of(*(repr(document) for document in self.documents))

    def fill(
        self, settings: Settings, opening: Opening, on_progress: OnProgress | None
    ) -> tuple[Settings, dict[str, Source]]:
        """Each text is written to a file of the suite's library, so that a citation can be opened."""
        settings = suite_settings(settings, self.sha256)
        by_name = {document.name: document for document in self.documents}
        embedder = opening.open_embedder(settings)
        with open_written_library(self.documents, settings, embedder, on_progress) as library:
            sources = {}
            for state in library.documents():
                given = by_name[Path(state.document.uri).name]
                sources[state.document.doc_id] = Source(state.document, given.text, given.head)
            return settings, sources


@dataclass(frozen=True, slots=True)
class LibraryDocuments:
    """The user's own library, as it stood when it was looked at."""

    documents: tuple[Document, ...]

    @property
    def sha256(self) -> str:
        """Of the contents."""
        return digest_of(*sorted(document.content_hash for document in self.documents))

    def fill(
        self, settings: Settings, opening: Opening, on_progress: OnProgress | None
    ) -> tuple[Settings, dict[str, Source]]:
        """Nothing is added to it."""
        return settings, {document.doc_id: Source(document, document.text) for document in self.documents}


def library_documents(settings: Settings, opening: Opening) -> LibraryDocuments:
    """The documents of the library that the settings name. Raises UserFacingError when it holds none."""
    with opening.open_session(settings.model_copy(update={"model": "none"})) as session:
        documents = tuple(state.document for state in session.library.documents())
    if not documents:
        raise UserFacingError(
            f"The library in {str(settings.library)!r} holds no documents. Add some with `dateline add FOLDER`, or "
            "give the cases' documents with --documents."
        )
    return LibraryDocuments(documents)


def folder_documents(folder: Path) -> FolderDocuments:
    """The documents in `folder`, in order.

    Raises:
        UserFacingError: If there are none.
    """
    if not folder.is_dir():
        raise UserFacingError(f"There is no folder {str(folder)!r}. Give the cases' documents with --documents.")
    files = tuple(
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".") and path.name not in LEFT_OUT
    )
    if not files:
        raise UserFacingError(f"There are no documents in {str(folder)!r}. Give their folder with --documents.")
    return FolderDocuments(files)


def add_files(library: Library, files: Sequence[Path], on_progress: OnProgress | None) -> dict[str, Source]:
    """Every document of the library by its id, once `files` are in it.

    Raises:
        UserFacingError: If a file cannot be used: a suite with one missing would measure something else.
    """
    _require_all(library.add(files, on_progress))
    documents = [state.document for state in library.documents()]
    texts = {one.uri: decode_text(Path(one.uri).read_bytes(), Path(one.uri)) for one in documents}
    return {one.doc_id: Source(one, texts[one.uri]) for one in documents}


def open_written_library(
    documents: Sequence[SuiteDocument], settings: Settings, embedder: Embedder, on_progress: OnProgress | None = None
) -> Library:
    """The library that the settings name, with all of `documents`; those that it has are not read again."""
    folder = settings.library / "documents"
    folder.mkdir(parents=True, exist_ok=True)
    for document in documents:
        path, data = folder / document.name, (document.head + document.text).encode(errors="replace")
        # One that a kill cut short is written again.
        if not path.exists() or path.stat().st_size != len(data):
            path.write_bytes(data)
    prepare = _prepare_given({document.name: document for document in documents}, settings.passage_words)
    library = open_library(
        settings.library, embedder, prepare=prepare, suffixes={Path(document.name).suffix for document in documents}
    )
    try:
        _require_all(library.add([folder], on_progress))
    except BaseException:
        library.close()
        raise
    return library


def suite_settings(settings: Settings, documents: str) -> Settings:
    """The settings with the suite's own library: a new one for other documents, embeddings or code of `index`."""
    code = sorted(Path(str(index.__file__)).parent.rglob("*.py"))
    digest = digest_of(documents, settings.embedder, str(settings.passage_words), *(path.read_bytes() for path in code))
    return settings.model_copy(update={"library": settings.cache / "evals" / digest[:16], "record": SQLITE})


def _prepare_given(by_name: Mapping[str, SuiteDocument], passage_words: int) -> Prepare:
    """Reads a written file with the details that were given for it instead of looking for them in its text."""

    def prepare(path: Path, given: Mapping[str, str] | None) -> Prepared:
        of = by_name[path.name]
        content_hash = hashlib.sha256(path.read_bytes()).hexdigest()
        document = Document(
            doc_id=content_hash[:16],
            uri=str(path),
            title=of.title,
            outlet=of.outlet,
            author=of.author,
            published=of.published,
            language=None,
            text=of.text,
            content_hash=content_hash,
            origins={"title": "given by the data set"},
        )
        mentions = find_mentions(document.text, document.published)
        return Prepared(document, split_document(document, passage_words), mentions)

    return prepare


def _require_all(report: SyncReport) -> None:
    if report.failed:
        reasons = "; ".join(failure.reason for failure in report.failed)
        raise UserFacingError(f"The suite's documents cannot all be used: {reasons}")
