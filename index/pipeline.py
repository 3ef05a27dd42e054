"""The library: documents in, passages found. Start here; `open_library` is the way in.

A file is read, dated, cut and embedded (`intake.py`), kept whole in the record (`record.py`), and its vectors copied
to Chroma (`dense.py`). A kill at any point leaves the record whole, and the next open finishes the rest.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from index.database import damaged
from index.dense import DenseSearch
from index.embed import Embedder
from index.errors import EmbedderMismatchError, LibraryDamagedError, LibraryError
from index.files import absolute, find_files
from index.filters import collection_name, find_document, match
from index.intake import Intake, Prepare, embed_document, keep_with, prepare_with
from index.integrity import Damage
from index.lock import LOCK_WAIT_S, write_lock
from index.mend import keep_whole, salvage
from index.record import DocumentVectors, Embedding, Record
from index.records import (
    EVERYTHING,
    Document,
    DocumentState,
    Facts,
    Failure,
    Filter,
    Matching,
    Passage,
    Removed,
    SyncReport,
    TimeMention,
)

logger = logging.getLogger(__name__)

OnProgress = Callable[[int, int, str], None]
"""Called with the files done, the files in all, and the path of the one that comes next or was last."""
KEEP_REMOVED = timedelta(days=30)
"""How long a removed document can be taken back."""
LISTED = "`dateline restore` lists those that can be taken back"


def open_library(
    path: str | Path,
    embedder: Embedder,
    *,
    passage_words: int = 120,
    for_rebuild: bool = False,
    prepare: Prepare | None = None,
    suffixes: Collection[str] | None = None,
) -> Library:
    """The library in the folder `path`, made there if there is none; what a kill left unfinished is finished.

    Args:
        path: Its folder. A read-only one can be asked, not written.
        embedder: Must be the one that made the vectors.
        passage_words: Words in a passage, at most, for documents that are read from now on.
        for_rebuild: Open also with another embedder, to `rebuild`.
        prepare: Reads one file; the package's own unless given.
        suffixes: Endings of the files that `prepare` can read.

    Raises:
        EmbedderMismatchError: If another embedder made the vectors.
        LibraryError: If the folder cannot be made, or its record cannot be read.
    """
    folder = absolute(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LibraryError(
            f"The folder {str(folder)!r} for the library cannot be made ({error.strerror}). "
            "Set DATELINE_LIBRARY to a folder that you may write."
        ) from error
    if suffixes is None:
        from index.load import SUFFIXES

        suffixes = SUFFIXES
    salvaged: tuple[list[str], list[Failure]] = ([], [])
    try:
        record = Record(folder, writable=os.access(folder, os.W_OK))
    except LibraryDamagedError:
        if not for_rebuild:
            raise
        with write_lock(folder):
            salvaged = salvage(folder, keep_with(embedder, passage_words))
        record = Record(folder)
    library = Library(folder, record, embedder, prepare or prepare_with(passage_words), suffixes, passage_words)
    library.salvaged = salvaged
    try:
        if not for_rebuild:
            library.check_embedder()
        with suppress(LibraryDamagedError) if for_rebuild else nullcontext():  # which the rebuild is to mend
            library.heal()
    except BaseException:
        library.close()
        raise
    return library


class Library:
    """Documents that can be added, followed, removed and searched; one object may serve several threads."""

    def __init__(
        self,
        folder: Path,
        record: Record,
        embedder: Embedder,
        prepare: Prepare,
        suffixes: Collection[str],
        passage_words: int,
    ) -> None:
        self.folder, self.embedder = folder, embedder
        self._record, self._dense = record, DenseSearch(folder, record)
        self._prepare, self._suffixes, self._passage_words = prepare, suffixes, passage_words
        self.salvaged: tuple[list[str], list[Failure]] = ([], [])
        """What opening a damaged record kept and lost, for the rebuild that it was opened for to tell."""
        self._facts: tuple[str, tuple[Facts, ...]] = ("", ())
        """Of the version of the record that they were read from."""
        self._outlets: tuple[Sequence[Facts], Mapping[str, tuple[str, ...]]] = ((), {})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of all files. A second call does nothing."""
        self._dense.close()
        self._record.close()

    # Writing

    def add(
        self,
        paths: Sequence[str | Path],
        on_progress: OnProgress | None = None,
        given: Mapping[str, str] | None = None,
    ) -> SyncReport:
        """Take in files, and all files under folders; nothing is removed.

        Args:
            paths: Files and folders; hidden files in a folder are passed over.
            on_progress: Called before each file and after the last.
            given: Title, outlet, author, published (ISO date) or collection of every one of these files, which come
                before what the files say and outlive their changes.

        Raises:
            LibraryBusyError: If another process is writing.
            LibraryError: If the record cannot be written; what was taken before stays. If the collection has no
                fit name; then nothing is added.
        """
        if given and "collection" in given:
            given = {**given, "collection": collection_name(given["collection"])}
        return self._run(paths, on_progress, given, remove=False)

    def sync(
        self,
        paths: Sequence[str | Path] | str | Path,
        on_progress: OnProgress | None = None,
        *,
        remove: int = 0,
    ) -> SyncReport:
        """Make the library follow folders: as `add`, and documents whose files are gone from them are removed.

        A folder that is itself missing is reported as failed and removes nothing: its disk may be unplugged. So is
        one out of which so many files are gone at once that it may be the empty place of a disk, see `index.gone`.

        Args:
            paths: Folders, and files, which are taken in as by `add`.
            on_progress: As in `add`.
            remove: How many documents may go where that is too many to remove unasked: the number that was told.
        """
        roots = [paths] if isinstance(paths, str | Path) else paths
        return self._run(roots, on_progress, None, remove=True, confirmed=remove)

    def remove(self, targets: Sequence[str], *, for_good: bool = False) -> tuple[str, ...]:
        """Remove documents, named by id, by the first digits of an id, or by path; gives their paths.

        They can be taken back for 30 days with `restore`, unless they are to go `for_good`.

        Raises:
            LibraryError: If one is unknown or stands for several; then none is removed.
        """
        with self._writing():
            facts = self.facts()
            found = [find_document(target, facts, "none was removed") for target in targets]
            chosen = {one.doc_id: one.uri for one in found}
            self._record.remove(chosen, for_good=for_good)
            self._settle()
        return tuple(chosen.values())

    def removed(self) -> list[Removed]:
        """The documents that can be taken back, the last removed first."""
        return self._record.removed()

    def restore(self, targets: Sequence[str], on_progress: OnProgress | None = None) -> tuple[str, ...]:
        """Take back removed documents, named as in `remove`, with all that was given by hand; gives their paths.

        They stay, though their files may be gone, until these have been there once more.

        Raises:
            LibraryError: If one is not among the removed or stands for several; then none is taken back. If another
                document has come into the place of one; then those before it are.
        """
        with self._writing():
            self.check_embedder()
            there = {one.document.doc_id: one.document for one in self._record.removed()}
            facts = [document.facts for document in there.values()]
            found = [find_document(target, facts, "none was taken back", LISTED) for target in targets]
            chosen = list(dict.fromkeys(one.doc_id for one in found))
            for done, doc_id in enumerate(chosen):
                (on_progress or _silent)(done, len(chosen), there[doc_id].uri)
                self._restore(there[doc_id])
            self._settle()
        return tuple(there[doc_id].uri for doc_id in chosen)

    def rebuild(self, on_progress: OnProgress | None = None) -> SyncReport:
        """Mend what is damaged, make all vectors anew when another embedder is set, and Chroma anew in any case.

        All is made from the texts in the record; a file is read only where its own text there is damaged. A kill
        leaves the library as it was before.

        Returns:
            As changed, the documents whose vectors were made anew; as failed, those that could not be mended.
        """
        began = time.perf_counter()
        with self._writing():
            mended, failed = self._mend()
            states = self._record.documents()
            stale = self._record.embedding() not in (None, self._embedding())
            if stale:
                made = self._embed_again(states, on_progress or _silent)
                self._record.replace_vectors(self._embedding(), made)
            self._dense.rebuild()
            self._settle()
        anew = [state for state in states if stale or state.document.uri in mended]
        return SyncReport(
            changed=tuple(state.document.uri for state in anew),
            unchanged=tuple(state.document.uri for state in states if state not in anew),
            failed=tuple(failed),
            passages_embedded=sum(state.passages for state in anew),
            seconds=time.perf_counter() - began,
        )

    def damage(self) -> list[Damage]:
        """What of the record is not as it was written; `rebuild` mends it. Reads everything."""
        return self._record.damage()

    def _mend(self) -> tuple[list[str], list[Failure]]:
        """Paths of the documents that were made anew because they were damaged, and what could not be mended."""
        damage, (kept, failed), self.salvaged = self._record.damage(), self.salvaged, ([], [])
        if not damage:
            return kept, failed
        keep = keep_with(self.embedder, self._passage_words)
        if not any(one.file for one in damage) and self._record.embedding() in (None, self._embedding()):
            with suppress(LibraryDamagedError):
                self._record.mend_parts()
                for doc_id in [one.doc_id for one in damage if one.doc_id is not None]:
                    keep_whole(self._record, *self._record.damaged_document(doc_id), keep, kept, failed)
                self._record.mend_parts()
                if not self._record.damage():
                    return kept, failed
        self.close()
        kept, more = salvage(self.folder, keep)
        self._record = Record(self.folder)
        self._dense = DenseSearch(self.folder, self._record)
        return kept, [*failed, *more]

    def heal(self) -> None:
        """Finish what a kill left; when that is not possible now, searches go to the record and stay right."""
        if not self._record.writable or not (self._record.pending() or self._dense.is_behind()):
            return
        try:
            with self._writing(wait_s=0.0):
                self._settle()
        except LibraryError as error:
            logger.warning("unfinished work is left for later: %s", error)

    # Reading

    def documents(self) -> list[DocumentState]:
        """Every document with its state, ordered by path."""
        return self._record.documents()

    def facts(self) -> Sequence[Facts]:
        """What is known about every document, ordered by path; quick, since no text is read."""
        version = self._record.version()
        if self._facts[0] != version:
            self._facts = (version, tuple(self._record.facts()))
        return self._facts[1]

    def outlets(self) -> Mapping[str, tuple[str, ...]]:
        """Ids of the documents of each outlet."""
        facts = self.facts()
        if self._outlets[0] is not facts:
            found: dict[str, list[str]] = {}
            for one in facts:
                if one.outlet:
                    found.setdefault(one.outlet, []).append(one.doc_id)
            self._outlets = (facts, {outlet: tuple(ids) for outlet, ids in found.items()})
        return self._outlets[1]

    def matching(self, chosen: Filter) -> Matching:
        """The documents that a filter leaves.

        Raises:
            LibraryError: If none is left, a document is unknown, or the dates are the wrong way round. The message
                says which field matched nothing, and what there is.
        """
        if chosen == EVERYTHING:
            return Matching(None, self.count_documents())
        return match(chosen, self.facts())

    def document(self, doc_id: str) -> Document | None:
        """The document with this id."""
        return self._record.document(doc_id)

    def passages(self, passage_ids: Sequence[str]) -> list[Passage]:
        """Passages in the order asked; those no longer in the library are left out."""
        return self._record.passages(passage_ids)

    def check_slice(self, document: Document, passage: Passage) -> None:
        """Raise a LibraryDamagedError when a passage is not what stands in its document, which no quote may be."""
        if document.text[passage.start : passage.end] != passage.text:
            raise damaged(self._record.path, f"passage {passage.passage_id} is not what stands in its document")

    def passages_of(self, doc_id: str) -> list[Passage]:
        """All passages of a document in reading order."""
        return self._record.passages_of(doc_id)

    def mentions(self, doc_id: str) -> list[TimeMention]:
        """The dates a document speaks of, in reading order."""
        return self._record.mentions(doc_id)

    def dense(
        self, vector: NDArray[np.float32], k: int, doc_ids: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """Ids and cosine similarity of the `k` passages nearest to `vector`, nearest first."""
        self.check_embedder()
        return self._dense.query(vector, k, doc_ids)

    def lexical(self, terms: Sequence[str], k: int, doc_ids: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """Ids and BM25 of the `k` passages that match any of `terms` best, best first."""
        return self._record.lexical(terms, k, doc_ids)

    def sentence_vectors(self, passage_ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """For each passage, the vectors (sentences, dimension) of its sentences in order."""
        return self._record.sentence_vectors(passage_ids)

    def document_frequency(self, terms: Sequence[str]) -> dict[str, int]:
        """In how many passages each term occurs."""
        return self._record.document_frequency(terms)

    def count_documents(self) -> int:
        """Number of documents."""
        return self._record.count_documents()

    def require_documents(self) -> int:
        """Number of documents.

        Raises:
            LibraryError: If there are none, saying how to add some.
        """
        documents = self.count_documents()
        if not documents:
            raise LibraryError(
                f"The library in {str(self.folder)!r} holds no documents yet, so there is nothing to answer from. "
                "Add some: dateline add FOLDER, or on the Library page."
            )
        return documents

    def count_passages(self, doc_ids: Sequence[str] | None = None) -> int:
        """Number of passages of these documents, or of all."""
        return self._record.count_passages(doc_ids)

    def generation(self) -> int:
        """Counts the changes: what was computed from another generation may be out of date."""
        return self._record.generation()

    def check_embedder(self) -> None:
        """Raise an EmbedderMismatchError when another embedder made the vectors."""
        stored = self._record.embedding()
        if stored not in (None, self._embedding()):
            raise EmbedderMismatchError(
                f"The library in {str(self.folder)!r} was built with the embedder {stored.name!r}, but "
                f"{self.embedder.name!r} is set, and their vectors cannot be compared. Rebuild it with "
                f"`dateline rebuild`, or go back to {stored.name!r}."
            )

    # Inside

    def _embedding(self) -> Embedding:
        return Embedding(self.embedder.name, self.embedder.dimension)

    def _run(
        self,
        paths: Sequence[str | Path],
        on_progress: OnProgress | None,
        given: Mapping[str, str] | None,
        *,
        remove: bool,
        confirmed: int = 0,
    ) -> SyncReport:
        began, report_progress = time.perf_counter(), on_progress or _silent
        with self._writing():
            self.check_embedder()
            intake = Intake(self._record, self.embedder, self._prepare, self._suffixes)
            found = find_files(paths, leave_out=self.folder)
            for failure in found.failed:
                intake.fail(failure)
            for done, path in enumerate(found.files):
                report_progress(done, len(found.files), str(path))
                intake.take(path, given)
            if remove:
                intake.remove_gone([root for root in map(absolute, paths) if root.is_dir()], confirmed)
            intake.take_orphans(given)
            try:
                self._settle()
            except LibraryError as error:
                # The documents are kept and found; only Chroma lags.
                intake.fail(Failure(str(self.folder), str(error)))
            if found.files:
                report_progress(len(found.files), len(found.files), str(found.files[-1]))
            intake.close()
        return intake.report(time.perf_counter() - began)

    def _restore(self, document: Document) -> None:
        if other := self._record.document_by_uri(document.uri):
            raise LibraryError(
                f"{document.uri!r} holds another document now, {other.title!r}, so {document.title!r} cannot be taken "
                f"back into its place. Remove that one first: dateline remove {other.doc_id[:8]}"
            )
        keep_with(self.embedder, self._passage_words, restored=True)(self._record, document)

    def _settle(self) -> None:
        """Forget what was removed long ago and make Chroma follow the record, after which no document is pending."""
        self._record.forget_removed((datetime.now(UTC) - KEEP_REMOVED).isoformat(timespec="seconds"))
        self._dense.follow()
        if pending := self._record.pending():
            self._record.mark_ready(pending)

    def _embed_again(self, states: Sequence[DocumentState], on_progress: OnProgress) -> Iterator[DocumentVectors]:
        for done, state in enumerate(states):
            on_progress(done, len(states), state.document.uri)
            yield embed_document(self.embedder, state.document, self._record.passages_of(state.document.doc_id))

    @contextmanager
    def _writing(self, wait_s: float = LOCK_WAIT_S) -> Iterator[None]:
        """Hold the library's write lock."""
        self._record.require_writable()
        with write_lock(self.folder, wait_s):
            yield


def _silent(done: int, total: int, uri: str) -> None:
    """No progress is shown."""
