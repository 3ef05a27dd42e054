"""What can be asked of a library: its documents, what is known about them, and the passages that searches find."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from index.database import damaged
from index.embed import Embedder
from index.engine import OpenEngine
from index.errors import EmbedderMismatchError, LibraryError
from index.files import absolute
from index.filters import MIN_PREFIX, find_document, match
from index.local import LocalEngine
from index.record import Embedding, Record
from index.records import (
    EVERYTHING,
    Document,
    DocumentState,
    Entry,
    Facts,
    Filter,
    Matching,
    Passage,
    Story,
    TimeMention,
    Version,
)
from index.reprints import group, reprints_of, says_it_corrects
from index.tables import Damage


class Reading:
    """A library as it is asked; nothing is written here. One object may serve several threads."""

    def __init__(self, folder: Path, record: Record, embedder: Embedder, open_engine: OpenEngine = LocalEngine) -> None:
        self.folder, self.embedder = folder, embedder
        self._record, self._engine = record, open_engine(folder, record)
        self._facts: tuple[str, tuple[Facts, ...]] = ("", ())
        """Of the version of the record that they were read from."""
        self._entries: tuple[tuple[str, str] | None, tuple[Entry, ...]] = (None, ())
        """Of the mark of the record when they were read."""
        self._outlets: tuple[Sequence[Facts], Mapping[str, tuple[str, ...]]] = ((), {})
        self._stories: tuple[Sequence[Facts], tuple[Story, ...]] = ((), ())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of all files. A second call does nothing."""
        self._engine.close()
        self._record.close()

    def documents(self) -> list[DocumentState]:
        """Every document with its state, ordered by path."""
        return self._record.documents()

    def facts(self) -> Sequence[Facts]:
        """What is known about every document, ordered by path; quick, since no text is read."""
        version = self._record.version()
        if self._facts[0] != version:
            self._facts = (version, tuple(self._record.facts()))
        return self._facts[1]

    def entries(self) -> Sequence[Entry]:
        """Every document as a list shows it, ordered by path; quick again while nothing has changed."""
        mark = self._record.mark()
        if self._entries[0] != mark:
            self._entries = (mark, tuple(self._record.entries()))
        return self._entries[1]

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

    def stories(self) -> tuple[Story, ...]:
        """The documents that are one report printed again, those of one report together."""
        facts = self.facts()
        if self._stories[0] is not facts:
            by_id = {one.doc_id: one for one in facts}
            groups = group([one for one in self._record.signatures() if one[0] in by_id], self._text)
            self._stories = (facts, tuple(self._story([by_id[doc_id] for doc_id in ids]) for ids in groups))
        return self._stories[1]

    def story_of(self, doc_id: str) -> Story | None:
        """The report that this document prints, where others do so, too."""
        by_id = {one.doc_id: one for one in self.facts()}
        ids = reprints_of(doc_id, [one for one in self._record.signatures() if one[0] in by_id], self._text)
        return self._story([by_id[one] for one in ids]) if len(ids) > 1 else None

    def _story(self, documents: Sequence[Facts]) -> Story:
        in_order = sorted(documents, key=lambda one: (one.published is None, one.published or date.min))
        corrections = {one.doc_id for one in in_order[1:] if says_it_corrects(self._text(one.doc_id))}
        return Story(tuple(in_order), frozenset(corrections))

    def _text(self, doc_id: str) -> str:
        document = self._record.document(doc_id)
        return document.text if document else ""

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
        """The document with this id, also one that is no longer searched: removed, or an old version."""
        if found := self._record.document(doc_id):
            return found
        return old.document if (old := self.version(doc_id)) else None

    def state(self, doc_id: str) -> DocumentState | None:
        """The document with this id and its state; None when it is not searched."""
        return next(iter(self._record.documents(doc_id)), None)

    def version(self, doc_id: str) -> Version | None:
        """What is no longer searched under this id."""
        return self._record.past.version(doc_id)

    def find(self, target: str) -> str:
        """Id of the document with this id, these first digits of it, or this path; else of one no longer searched.

        Raises:
            LibraryError: If there is none, or several.
        """
        try:
            return find_document(target, self.facts(), "nothing was done").doc_id
        except LibraryError:
            uri = str(absolute(target))
            past = self._record.past.named(target.lower(), uri) if len(target) >= MIN_PREFIX else []
            last = [one for one in past if one.document.uri == uri][:1] or past
            if len(last) != 1:
                raise
            return last[0].document.doc_id

    def history(self, doc_id: str) -> list[DocumentState | Version]:
        """A document, of which this is the id or the id of an old version, and all its versions; the newest first."""
        seen: set[str] = set()  # a damaged record may lead in a circle
        while (one := self._record.past.version(doc_id)) and one.replaced_by and doc_id not in seen:
            seen.add(doc_id)
            doc_id = one.replaced_by
        newest = one or self.state(doc_id)
        return [newest, *self._record.past.history(doc_id, newest.document.uri)] if newest else []

    def removed(self) -> list[Version]:
        """The documents that can be taken back, the last removed first."""
        return self._record.past.removed()

    def damage(self) -> list[Damage]:
        """What of the record is not as it was written; `rebuild` mends it. Reads everything."""
        return self._record.health.damage()

    def passages(self, passage_ids: Sequence[str]) -> list[Passage]:
        """Passages in the order asked; those no longer in the library are left out."""
        return self._record.passages(passage_ids)

    def check_slice(self, document: Document, passage: Passage) -> None:
        """Raise a LibraryDamagedError when a passage is not what stands in its document, which no quote may be."""
        if document.text[passage.start : passage.end] != passage.text:
            raise damaged(self._record.place, f"passage {passage.passage_id} is not what stands in its document")

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
        return self._engine.dense(vector, k, doc_ids)

    def lexical(self, terms: Sequence[str], k: int, doc_ids: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """Ids and BM25 of the `k` passages that match any of `terms` best, best first."""
        return self._engine.lexical(terms, k, doc_ids)

    def sentence_vectors(self, passage_ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """For each passage, the vectors (sentences, dimension) of its sentences in order."""
        return self._record.sentence_vectors(passage_ids)

    def document_frequency(self, terms: Sequence[str], doc_ids: Sequence[str] | None = None) -> dict[str, int]:
        """In how many passages each term occurs, of all documents or of these."""
        return self._record.document_frequency(terms, doc_ids)

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

    def _embedding(self) -> Embedding:
        return Embedding(self.embedder.name, self.embedder.dimension)
