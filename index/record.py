"""The record: every document, passage, sentence, vector and date of a library, in SQLite or PostgreSQL.

It is the truth; search engines hold copies. A document is written whole in one transaction, or not at all.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np

from index.access import Access, Embedding, reads, set_meta
from index.database import FILE
from index.health import Health
from index.lexical import LexicalSearch
from index.listing import read_entries
from index.past import Past, forget_orphans, forget_version, keep_version
from index.records import Document, DocumentState, Entry, Facts, Passage, Prepared, Span, TimeMention
from index.rows import (
    DOCUMENT,
    FACTS,
    PASSAGE,
    PASSAGE_DTYPE,
    SENTENCE_DTYPE,
    Vectors,
    insert_prepared,
    read_document,
    read_facts,
    read_passage,
    read_states,
    searchable,
    update_vectors,
)
from index.sqlite import SQLiteFile
from index.tables import Database

__all__ = ["FILE", "DocumentVectors", "Embedding", "OpenRecord", "Record"]


VECTOR = "SELECT passage_id, vector FROM passages"


@dataclass(frozen=True, slots=True)
class DocumentVectors:
    """New vectors for a document: one row a passage, one row a sentence of all its passages, in order."""

    doc_id: str
    passages: Vectors
    sentences: Vectors
    embedded: int = 0
    """Passages whose vectors were made now, and not taken from before."""


class Contained(NamedTuple):
    """What a file that holds several documents holds."""

    content_hash: str
    """Of the file."""
    uris: list[str]
    """Of the documents that are kept."""
    copies: dict[str, str]
    """Content hash by path of those that lie elsewhere, too, and are kept from there."""
    fields: str = ""
    """Which fields of its records were named, see `index.fields`."""


class Record(Access):
    """Reads and writes the record of the library in `folder`; one object may serve several threads."""

    def __init__(self, folder: Path, *, writable: bool = True, database: Database | None = None) -> None:
        """It is a file in the folder, unless its tables are in another `database`."""
        super().__init__(database or SQLiteFile(folder, writable=writable))
        self.past = Past(self)
        self.health = Health(self)
        self._lexical = LexicalSearch(self.database)
        self._count: tuple[str, int] = ("", 0)
        """Passages of the version of the record that they were counted in."""

    # Writing

    def put(
        self,
        prepared: Prepared,
        passage_vectors: Vectors,
        sentence_vectors: Vectors,
        embedding: Embedding,
        replaces: str | None = None,
        *,
        restored: bool = False,
    ) -> None:
        """Keep a document with all that belongs to it, as `pending`, in the place of itself and of `replaces`.

        What it replaces becomes an old version.

        Args:
            prepared: The document, its passages and its dates.
            passage_vectors: One row a passage.
            sentence_vectors: One row a sentence, passage after passage.
            embedding: What made the vectors; the library's own from the first document on.
            replaces: Id of the document that this one is the new version of.
            restored: It was taken back after a removal, and stays although its file may be gone; so does one of which
                this was known before.
        """
        document, spans = prepared.document, sum(len(p.sentences) for p in prepared.passages)
        if len(passage_vectors) != len(prepared.passages) or len(sentence_vectors) != spans:
            raise ValueError(f"{document.doc_id}: as many vectors are needed as passages and sentences")
        with self.change() as db:
            if self.embedding() not in (None, embedding):
                raise ValueError(f"vectors of {embedding} do not belong beside those of {self.embedding()}")
            set_meta(db, embedder=embedding.name, dimension=str(embedding.dimension))
            if replaces and replaces != document.doc_id:
                keep_version(db, replaces, document.doc_id)
                self.delete_document(db, replaces)
            before = db.execute(
                "SELECT text, restored, added_at, signature FROM documents WHERE doc_id = ?", (document.doc_id,)
            ).fetchone()
            known = before[2:] if before and before[0] == document.text else None
            restored = restored or bool(before and before[1])
            self.delete_document(db, document.doc_id)
            insert_prepared(db, prepared, passage_vectors, sentence_vectors)
            self.database.words.insert(db, document.doc_id)
            db.execute("UPDATE documents SET restored = ? WHERE doc_id = ?", (int(restored), document.doc_id))
            if known:  # the same text: when it was taken in, and what was made from it alone, stay
                statement = "UPDATE documents SET added_at = ?, signature = ? WHERE doc_id = ?"
                db.execute(statement, (*known, document.doc_id))
            db.execute("DELETE FROM removed WHERE doc_id = ?", (document.doc_id,))

    def move(self, doc_id: str, uri: str) -> None:
        """Note that the unchanged file of a document lies elsewhere now."""
        with self.change() as db:
            db.execute("UPDATE documents SET uri = ? WHERE doc_id = ?", (uri, doc_id))

    def remove(self, doc_ids: Iterable[str], *, for_good: bool = False, replaced_by: str | None = None) -> None:
        """Take these documents and all that belongs to them out, together; unknown ids are no error.

        Each is kept in the `past` unless it is to go `for_good`, then with its old versions; as an old version of the
        document that it is `replaced_by`.
        """
        with self.change() as db:
            for doc_id in doc_ids:
                if for_good:
                    forget_version(db, doc_id)
                else:
                    keep_version(db, doc_id, replaced_by)
                self.delete_document(db, doc_id)
            forget_orphans(db)

    def sign(self, signature: Callable[[str], bytes]) -> None:
        """Keep the `signature` of the texts of all documents that have none yet."""
        for (doc_id,) in self.read("SELECT doc_id FROM documents WHERE signature IS NULL"):
            ((text,),) = self.read("SELECT text FROM documents WHERE doc_id = ?", doc_id)
            with self.transaction() as db:
                db.execute("UPDATE documents SET signature = ? WHERE doc_id = ?", (signature(text), doc_id))

    @reads
    def signatures(self) -> list[tuple[str, bytes]]:
        """Id and signature of every document that can be compared with others."""
        return self.read("SELECT doc_id, signature FROM documents WHERE length(signature) > 0 ORDER BY doc_id")

    @reads
    def contained(self, uri: str) -> Contained | None:
        """What a file that holds several documents held when it was last read."""
        rows = self.read("SELECT value FROM meta WHERE key = ?", f"inside {uri}")
        return Contained(*json.loads(rows[0][0])) if rows else None

    def note_contained(self, uri: str, contained: Contained | None) -> None:
        """Note what a file that holds several documents holds, after all of it was taken; None to forget it."""
        with self.transaction() as db:
            if contained is None:
                db.execute("DELETE FROM meta WHERE key = ?", (f"inside {uri}",))
            else:
                set_meta(db, **{f"inside {uri}": json.dumps(contained)})

    def mark_found(self, doc_id: str) -> None:
        """Note that the file of a document that was taken back is there again."""
        with self.transaction() as db:
            db.execute("UPDATE documents SET restored = 0 WHERE doc_id = ?", (doc_id,))

    def collect(self, doc_id: str, collection: str, origins: Mapping[str, str]) -> None:
        """Keep a document under this collection, and the new origins of what is known about it."""
        with self.change() as db:
            statement = "UPDATE documents SET collection = ?, origins = ? WHERE doc_id = ?"
            db.execute(statement, (collection, json.dumps(dict(origins)), doc_id))

    def mark_ready(self, doc_ids: Iterable[str]) -> None:
        """Note that the vectors of these documents can be searched. What is found does not change by it."""
        with self.transaction() as db:
            db.executemany("UPDATE documents SET state = 'ready' WHERE doc_id = ?", [(doc_id,) for doc_id in doc_ids])

    def replace_vectors(self, embedding: Embedding, made: Iterable[DocumentVectors]) -> None:
        """Put vectors of another embedder in the place of all vectors, in one transaction that draws on `made`."""
        with self.change() as db:
            set_meta(db, embedder=embedding.name, dimension=str(embedding.dimension))
            db.execute("UPDATE documents SET state = 'pending'")
            for vectors in made:
                update_vectors(db, vectors.doc_id, vectors.passages, vectors.sentences)

    def mend_parts(self) -> None:
        """Make what is lacking and is made from the rest, and the words of all passages, anew."""
        with self.change() as db:
            self.database.mend(db)

    # Reading

    @reads
    def documents(self, doc_id: str | None = None) -> list[DocumentState]:
        """Every document, or the one with this id, with its state, ordered by path."""
        with self.database.session() as db:
            return read_states(db, doc_id)

    @reads
    def entries(self) -> list[Entry]:
        """Every document as a list shows it, ordered by path; no text is read."""
        with self.database.session() as db:
            return read_entries(db)

    @reads
    def document(self, doc_id: str) -> Document | None:
        """The document with this id."""
        rows = self.read(f"SELECT {DOCUMENT} FROM documents WHERE doc_id = ?", doc_id)
        return read_document(rows[0]) if rows else None

    @reads
    def document_by_uri(self, uri: str) -> Document | None:
        """The document that was read from this absolute path."""
        rows = self.read(f"SELECT {DOCUMENT} FROM documents WHERE uri = ?", uri)
        return read_document(rows[0]) if rows else None

    @reads
    def facts(self) -> list[Facts]:
        """What is known about every document, ordered by path, without reading the texts."""
        return [read_facts(row) for row in self.read(f"SELECT {FACTS} FROM documents ORDER BY uri")]

    @reads
    def sources(self) -> dict[str, tuple[str, str]]:
        """Id and content hash of each document by its absolute path, without reading the texts."""
        rows = self.read("SELECT uri, doc_id, content_hash FROM documents ORDER BY uri")
        return {uri: (doc_id, content_hash) for uri, doc_id, content_hash in rows}

    def restored(self) -> set[str]:
        """Ids of the documents that were taken back, and whose files have not been met since."""
        return {doc_id for (doc_id,) in self.read("SELECT doc_id FROM documents WHERE restored = 1")}

    def pending(self) -> list[str]:
        """Ids of the documents whose vectors cannot be searched yet."""
        return [doc_id for (doc_id,) in self.read("SELECT doc_id FROM documents WHERE state = 'pending' ORDER BY uri")]

    @reads
    def passages(self, passage_ids: Sequence[str]) -> list[Passage]:
        """Passages in the order asked; those no longer in the library are left out."""
        found = self._passages(f"passage_id {self.database.among}", self.database.many(passage_ids))
        by_id = {passage.passage_id: passage for passage in found}
        return [by_id[passage_id] for passage_id in passage_ids if passage_id in by_id]

    @reads
    def passages_of(self, doc_id: str) -> list[Passage]:
        """All passages of a document in reading order: a passage's neighbours stand beside it."""
        return self._passages("doc_id = ? ORDER BY ordinal", doc_id)

    @reads
    def mentions(self, doc_id: str) -> list[TimeMention]:
        """The dates a document speaks of, in reading order."""
        rows = self.read(
            'SELECT start, "end", text, resolved, anchored_to FROM mentions WHERE doc_id = ? ORDER BY ordinal', doc_id
        )
        return [TimeMention(*row) for row in rows]

    @reads
    def sentence_vectors(self, passage_ids: Sequence[str]) -> dict[str, Vectors]:
        """For each passage that exists, the vectors (sentences, dimension) of its sentences in order."""
        rows = self.read_among(
            "SELECT passage_id, s.vector FROM sentences s JOIN passages ON number = passage "
            "WHERE passage_id {among} ORDER BY passage, s.ordinal",
            passage_ids,
        )
        blobs: dict[str, list[bytes]] = {}
        for passage_id, vector in rows:
            blobs.setdefault(passage_id, []).append(vector)
        return {passage_id: _matrix(some, SENTENCE_DTYPE) for passage_id, some in blobs.items()}

    def stamps(self) -> dict[str, str]:
        """The stamp of each passage's vector by passage id."""
        return dict(self.read("SELECT passage_id, stamp FROM passages"))

    def any_passage(self) -> str:
        """The id of one passage, whichever is read soonest, of a library that holds some."""
        return str(self.read("SELECT passage_id FROM passages LIMIT 1")[0][0])

    @reads
    def vectors(self, passage_ids: Sequence[str] | None = None) -> tuple[list[str], Vectors]:
        """Ids and vectors (n, dimension) of these passages, or of all, in the same order."""
        if passage_ids is None:
            return self._vectors(self.read(f"{VECTOR} ORDER BY number"))
        return self._vectors(self.read_among(f"{VECTOR} WHERE passage_id {{among}} ORDER BY number", passage_ids))

    @reads
    def vectors_of(self, doc_ids: Sequence[str]) -> tuple[list[str], Vectors]:
        """Ids and vectors (n, dimension) of all passages of these documents, in the same order."""
        return self._vectors(self.read_among(f"{VECTOR} WHERE doc_id {{among}} ORDER BY number", doc_ids))

    def _vectors(self, rows: Sequence[tuple[str, bytes]]) -> tuple[list[str], Vectors]:
        vectors = _matrix([vector for _, vector in rows], PASSAGE_DTYPE)
        if (made := self.embedding()) and len(rows) and vectors.shape[1] != made.dimension:
            raise ValueError(f"vectors of {vectors.shape[1]} numbers, not {made.dimension}")
        return [passage_id for passage_id, _ in rows], vectors

    def count_documents(self) -> int:
        """Number of documents."""
        return int(self.read("SELECT count(*) FROM documents")[0][0])

    def count_passages(self, doc_ids: Sequence[str] | None = None) -> int:
        """Number of passages of these documents, or of all."""
        if doc_ids is not None:
            return int(self.read_among("SELECT count(*) FROM passages WHERE doc_id {among}", doc_ids)[0][0])
        # Counting walks through a whole tree, and every search asks.
        version = self.version()
        if self._count[0] != version:
            self._count = (version, int(self.read("SELECT count(*) FROM passages")[0][0]))
        return self._count[1]

    @reads
    def lexical(self, terms: Sequence[str], k: int, doc_ids: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """The `k` passages that match any of `terms` best, with their scores, best first; any text is safe.

        The score is the BM25 of SQLite's FTS5 with its sign turned, over title, outlet, date and body.
        """
        with self.database.snapshot() as db:
            return self._lexical.search(db, terms, k, doc_ids, self.version())

    def tokenized(self, texts: Sequence[str]) -> list[str]:
        """The words of each text as the lexical search knows them, with a space between; empty where it has none."""
        with self.database.session():
            found = self.database.words.tokenized([searchable(text) for text in texts])
        return [" ".join(found.get(number, ())) for number in range(len(texts))]

    @reads
    def indexed(self, passage_ids: Sequence[str]) -> list[str]:
        """Title, outlet, date and body of each of these passages, which exist, as one text."""
        rows = self.read_among(
            "SELECT passage_id, i.title || ' ' || i.outlet || ' ' || i.dates || ' ' || i.body FROM indexed i "
            "JOIN passages p ON p.number = i.number WHERE passage_id {among}",
            passage_ids,
        )
        texts = dict(rows)
        return [texts[passage_id] for passage_id in passage_ids]

    @reads
    def document_frequency(self, terms: Sequence[str], doc_ids: Sequence[str] | None = None) -> dict[str, int]:
        """In how many passages each term occurs, title, outlet and date included; `count_passages` is the whole.

        Of the documents `doc_ids`, when given.
        """
        with self.database.session() as db:
            own = "SELECT number FROM passages WHERE doc_id {among}"
            numbers = None if doc_ids is None else [number for (number,) in self.read_among(own, doc_ids)]
            return {term: self.database.words.count(db, term, numbers) for term in terms}

    def _passages(self, condition: str, given: object) -> list[Passage]:
        with self.database.session():
            rows = self.read(f"SELECT {PASSAGE} FROM passages WHERE {condition}", given)
            spans: dict[int, list[Span]] = {row[0]: [] for row in rows}
            query = 'SELECT passage, start, "end" FROM sentences WHERE passage {among} ORDER BY passage, ordinal'
            for number, start, end in self.read_among(query, spans):
                spans[number].append((start, end))
            return [read_passage(row, spans[row[0]]) for row in rows]


class OpenRecord(Protocol):
    """Opens the record of the library in a folder."""

    def __call__(self, folder: Path, /, *, writable: bool = True) -> Record:
        """Raises LibraryError where that cannot be."""


def _matrix(blobs: Sequence[bytes], dtype: np.dtype[np.floating[Any]]) -> Vectors:
    """Vectors (n, dimension). Raises ValueError where they are of several lengths, or hold what is no number."""
    if len({len(blob) for blob in blobs}) > 1:
        raise ValueError("vectors of several lengths")
    matrix = np.frombuffer(b"".join(blobs), dtype).astype(np.float32).reshape(len(blobs), -1 if blobs else 0)
    if not np.isfinite(matrix).all():
        raise ValueError("a vector of no numbers")
    return matrix
