"""The record: every document, passage, sentence, vector and date of a library, in one SQLite file.

It is the truth; Chroma is made from it. A document is written whole in one transaction, or not at all.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import numpy as np

from index.database import SCHEMA_VERSION, open_database, reading, translated
from index.errors import LibraryDamagedError, LibraryError
from index.integrity import Damage, check_documents, check_file, check_words, missing_parts
from index.lexical import LexicalSearch
from index.records import Document, DocumentState, Facts, Passage, Prepared, Removed, TimeMention
from index.rows import (
    DOCUMENT,
    DOCUMENT_BYTES,
    FACTS,
    PASSAGE,
    PASSAGE_DTYPE,
    SENTENCE_DTYPE,
    Vectors,
    delete_document,
    insert_prepared,
    keep_aside,
    keep_removed,
    match_any,
    mend_parts,
    read_document,
    read_facts,
    read_passage,
    read_states,
    read_what_is_left,
    update_vectors,
)

FILE = "record.sqlite3"


@dataclass(frozen=True, slots=True)
class Embedding:
    """Which embedder made the vectors, and how many numbers each has."""

    name: str
    dimension: int


@dataclass(frozen=True, slots=True)
class DocumentVectors:
    """New vectors for a document: one row a passage, one row a sentence of all its passages, in order."""

    doc_id: str
    passages: Vectors
    sentences: Vectors


P = ParamSpec("P")
T = TypeVar("T")


def _reads(method: Callable[Concatenate[Record, P], T]) -> Callable[Concatenate[Record, P], T]:
    """A method that turns rows into values: what cannot be turned is told as damage."""

    @wraps(method)
    def careful(self: Record, /, *args: P.args, **kwargs: P.kwargs) -> T:
        with reading(self.path):
            return method(self, *args, **kwargs)

    return careful


class Record:
    """Reads and writes the record of the library in `folder`; one object may serve several threads."""

    def __init__(self, folder: Path, *, writable: bool = True) -> None:
        self.path = folder / FILE
        self.writable = writable
        self._lock = threading.RLock()
        self._db = open_database(self.path, writable=writable)
        self._words = LexicalSearch(self._db)
        self._count: tuple[str, int] = ("", 0)
        """Passages of the version of the record that they were counted in."""

    def close(self) -> None:
        """Close the file. A second call does nothing."""
        with self._lock:
            self._db.close()

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
        with self._change() as db:
            if self.embedding() not in (None, embedding):
                raise ValueError(f"vectors of {embedding} do not belong beside those of {self.embedding()}")
            _set_meta(db, embedder=embedding.name, dimension=str(embedding.dimension))
            restored = restored or document.doc_id in self.restored()
            for doc_id in {document.doc_id, replaces or document.doc_id}:
                delete_document(db, doc_id)
            insert_prepared(db, prepared, passage_vectors, sentence_vectors)
            db.execute("UPDATE documents SET restored = ? WHERE doc_id = ?", (int(restored), document.doc_id))
            db.execute("DELETE FROM removed WHERE doc_id = ?", (document.doc_id,))

    def move(self, doc_id: str, uri: str) -> None:
        """Note that the unchanged file of a document lies elsewhere now."""
        with self._change() as db:
            db.execute("UPDATE documents SET uri = ? WHERE doc_id = ?", (uri, doc_id))

    def remove(self, doc_ids: Iterable[str], *, for_good: bool = False) -> None:
        """Take these documents and all that belongs to them out, together; unknown ids are no error.

        Each is kept among the `removed` unless it is to go `for_good`.
        """
        with self._change() as db:
            for doc_id in doc_ids:
                if for_good:
                    db.execute("DELETE FROM removed WHERE doc_id = ?", (doc_id,))
                else:
                    keep_removed(db, doc_id)
                delete_document(db, doc_id)

    def forget_removed(self, before: str) -> None:
        """Delete what was removed before this moment, UTC in ISO 8601, for good."""
        if self._read("SELECT 1 FROM removed WHERE removed_at < ? LIMIT 1", before):
            with self._transaction() as db:
                db.execute("DELETE FROM removed WHERE removed_at < ?", (before,))

    def set_aside(self, document: Document) -> None:
        """Put a document among the removed, where it is not searched and can be taken back."""
        with self._change() as db:
            keep_aside(db, document)

    def mark_found(self, doc_id: str) -> None:
        """Note that the file of a document that was taken back is there again."""
        with self._transaction() as db:
            db.execute("UPDATE documents SET restored = 0 WHERE doc_id = ?", (doc_id,))

    def collect(self, doc_id: str, collection: str, origins: Mapping[str, str]) -> None:
        """Keep a document under this collection, and the new origins of what is known about it."""
        with self._change() as db:
            statement = "UPDATE documents SET collection = ?, origins = ? WHERE doc_id = ?"
            db.execute(statement, (collection, json.dumps(dict(origins)), doc_id))

    def mark_ready(self, doc_ids: Iterable[str]) -> None:
        """Note that the vectors of these documents can be searched. What is found does not change by it."""
        with self._transaction() as db:
            db.executemany("UPDATE documents SET state = 'ready' WHERE doc_id = ?", [(doc_id,) for doc_id in doc_ids])

    def replace_vectors(self, embedding: Embedding, made: Iterable[DocumentVectors]) -> None:
        """Put vectors of another embedder in the place of all vectors, in one transaction that draws on `made`."""
        with self._change() as db:
            _set_meta(db, embedder=embedding.name, dimension=str(embedding.dimension))
            db.execute("UPDATE documents SET state = 'pending'")
            for vectors in made:
                update_vectors(db, vectors.doc_id, vectors.passages, vectors.sentences)

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        """A transaction that gives the record a new generation."""
        with self._transaction() as db:
            yield db
            _set_meta(db, generation=str(self.generation() + 1), token=uuid.uuid4().hex)

    def require_writable(self) -> None:
        """Raise a LibraryError in a library that can only be read."""
        if not self.writable:
            raise LibraryError(
                f"The library in {str(self.path.parent)!r} can only be read: its folder is read-only. "
                "Make the folder writable, or set DATELINE_LIBRARY to another one."
            )

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        self.require_writable()
        with self._lock, translated(self.path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    # Reading

    @_reads
    def embedding(self) -> Embedding | None:
        """What made the vectors; None in a library that never held a document."""
        meta = dict(self._read("SELECT key, value FROM meta WHERE key IN ('embedder', 'dimension')"))
        return Embedding(meta["embedder"], int(meta["dimension"])) if meta else None

    def damage(self) -> list[Damage]:
        """What of the record is not as it was written; empty when it is whole. Reads everything."""
        with self._lock:
            try:
                with reading(self.path):
                    return self._damage()
            except LibraryDamagedError as error:
                return [Damage(str(error.__cause__), file=True)]

    def _damage(self) -> list[Damage]:
        if found := check_file(self._db):
            return [Damage(f"its file is damaged: {found}", file=True)]
        if self._db.execute("PRAGMA user_version").fetchone()[0] < SCHEMA_VERSION:
            return []  # of an older format, in a folder that may only be read
        lacking = [Damage(f"it lacks {name!r}", file=not mendable) for name, mendable in missing_parts(self._db)]
        if any(one.file for one in lacking):
            return lacking
        self.generation()
        if self.embedding() is None and self.count_passages():
            return [Damage("what made its vectors is not known", file=True)]
        words = check_words(self._db) if self.writable and not lacking else None
        told = [Damage(f"the index of words is damaged: {words}")] if words else []
        return [*lacking, *told, *check_documents(self._db)]

    def mend_parts(self) -> None:
        """Make what is lacking and is made from the rest, and the words of all passages, anew."""
        with self._change() as db:
            mend_parts(db)
        self._words = LexicalSearch(self._db)

    @_reads
    def generation(self) -> int:
        """Counts the changes; 0 for a new library."""
        return int(self.version().partition("-")[0])

    def version(self) -> str:
        """The generation and a random mark of its change: two records that have it in common are the same."""
        meta = dict(self._read("SELECT key, value FROM meta WHERE key IN ('generation', 'token')"))
        return f"{meta.get('generation', '0')}-{meta.get('token', '')}"

    @_reads
    def documents(self) -> list[DocumentState]:
        """Every document with its state, ordered by path."""
        with self._lock, translated(self.path):
            return read_states(self._db)

    @_reads
    def document(self, doc_id: str) -> Document | None:
        """The document with this id."""
        rows = self._read(f"SELECT {DOCUMENT} FROM documents WHERE doc_id = ?", doc_id)
        return read_document(rows[0]) if rows else None

    def damaged_document(self, doc_id: str) -> tuple[Document, bool]:
        """The document with this id without those of its details that are damaged, and whether its text is whole."""
        with reading(self.path):
            rows = self._read(f"SELECT {DOCUMENT_BYTES} FROM documents WHERE doc_id = ?", doc_id)
            return read_what_is_left(rows[0])

    @_reads
    def document_by_uri(self, uri: str) -> Document | None:
        """The document that was read from this absolute path."""
        rows = self._read(f"SELECT {DOCUMENT} FROM documents WHERE uri = ?", uri)
        return read_document(rows[0]) if rows else None

    @_reads
    def facts(self) -> list[Facts]:
        """What is known about every document, ordered by path, without reading the texts."""
        return [read_facts(row) for row in self._read(f"SELECT {FACTS} FROM documents ORDER BY uri")]

    @_reads
    def sources(self) -> dict[str, tuple[str, str]]:
        """Id and content hash of each document by its absolute path, without reading the texts."""
        rows = self._read("SELECT uri, doc_id, content_hash FROM documents ORDER BY uri")
        return {uri: (doc_id, content_hash) for uri, doc_id, content_hash in rows}

    def restored(self) -> set[str]:
        """Ids of the documents that were taken back, and whose files have not been met since."""
        return {doc_id for (doc_id,) in self._read("SELECT doc_id FROM documents WHERE restored")}

    @_reads
    def removed(self) -> list[Removed]:
        """The documents that can be taken back, the last removed first."""
        rows = self._read(f"SELECT {DOCUMENT}, removed_at FROM removed ORDER BY removed_at DESC, uri")
        return [Removed(read_document(row[:-1]), row[-1]) for row in rows]

    @_reads
    def removed_with(self, content_hash: str) -> Document | None:
        """The removed document with this content."""
        rows = self._read(f"SELECT {DOCUMENT} FROM removed WHERE content_hash = ?", content_hash)
        return read_document(rows[0]) if rows else None

    def pending(self) -> list[str]:
        """Ids of the documents whose vectors cannot be searched yet."""
        return [doc_id for (doc_id,) in self._read("SELECT doc_id FROM documents WHERE state = 'pending' ORDER BY uri")]

    @_reads
    def passages(self, passage_ids: Sequence[str]) -> list[Passage]:
        """Passages in the order asked; those no longer in the library are left out."""
        found = self._passages("passage_id IN (SELECT value FROM json_each(?))", json.dumps(list(passage_ids)))
        by_id = {passage.passage_id: passage for passage in found}
        return [by_id[passage_id] for passage_id in passage_ids if passage_id in by_id]

    @_reads
    def passages_of(self, doc_id: str) -> list[Passage]:
        """All passages of a document in reading order: a passage's neighbours stand beside it."""
        return self._passages("doc_id = ? ORDER BY ordinal", doc_id)

    @_reads
    def mentions(self, doc_id: str) -> list[TimeMention]:
        """The dates a document speaks of, in reading order."""
        rows = self._read(
            'SELECT start, "end", text, resolved, anchored_to FROM mentions WHERE doc_id = ? ORDER BY ordinal', doc_id
        )
        return [TimeMention(*row) for row in rows]

    @_reads
    def sentence_vectors(self, passage_ids: Sequence[str]) -> dict[str, Vectors]:
        """For each passage that exists, the vectors (sentences, dimension) of its sentences in order."""
        rows = self._read(
            "SELECT passage_id, s.vector FROM sentences s JOIN passages ON number = passage "
            "WHERE passage_id IN (SELECT value FROM json_each(?)) ORDER BY passage, s.ordinal",
            json.dumps(list(passage_ids)),
        )
        blobs: dict[str, list[bytes]] = {}
        for passage_id, vector in rows:
            blobs.setdefault(passage_id, []).append(vector)
        return {passage_id: _matrix(some, SENTENCE_DTYPE) for passage_id, some in blobs.items()}

    def stamps(self) -> dict[str, str]:
        """The stamp of each passage's vector by passage id."""
        return dict(self._read("SELECT passage_id, stamp FROM passages"))

    def any_passage(self) -> str:
        """The id of one passage, whichever is read soonest, of a library that holds some."""
        return str(self._read("SELECT passage_id FROM passages LIMIT 1")[0][0])

    @_reads
    def vectors(self, passage_ids: Sequence[str] | None = None) -> tuple[list[str], Vectors]:
        """Ids and vectors (n, dimension) of these passages, or of all, in the same order."""
        where = "" if passage_ids is None else "WHERE passage_id IN (SELECT value FROM json_each(?))"
        return self._vectors(where, *(() if passage_ids is None else (json.dumps(list(passage_ids)),)))

    @_reads
    def vectors_of(self, doc_ids: Sequence[str]) -> tuple[list[str], Vectors]:
        """Ids and vectors (n, dimension) of all passages of these documents, in the same order."""
        return self._vectors("WHERE doc_id IN (SELECT value FROM json_each(?))", json.dumps(list(doc_ids)))

    def _vectors(self, where: str, *given: str) -> tuple[list[str], Vectors]:
        rows = self._read(f"SELECT passage_id, vector FROM passages {where} ORDER BY number", *given)
        vectors = _matrix([vector for _, vector in rows], PASSAGE_DTYPE)
        if (made := self.embedding()) and len(rows) and vectors.shape[1] != made.dimension:
            raise ValueError(f"vectors of {vectors.shape[1]} numbers, not {made.dimension}")
        return [passage_id for passage_id, _ in rows], vectors

    def count_documents(self) -> int:
        """Number of documents."""
        return int(self._read("SELECT count(*) FROM documents")[0][0])

    def count_passages(self, doc_ids: Sequence[str] | None = None) -> int:
        """Number of passages of these documents, or of all."""
        if doc_ids is not None:
            where = "WHERE doc_id IN (SELECT value FROM json_each(?))"
            return int(self._read(f"SELECT count(*) FROM passages {where}", json.dumps(list(doc_ids)))[0][0])
        # Counting walks through a whole tree, and every search asks.
        version = self.version()
        if self._count[0] != version:
            self._count = (version, int(self._read("SELECT count(*) FROM passages")[0][0]))
        return self._count[1]

    @_reads
    def lexical(self, terms: Sequence[str], k: int, doc_ids: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """The `k` passages that match any of `terms` best, with their scores, best first; any text is safe.

        The score is the BM25 of SQLite's FTS5 with its sign turned, over title, outlet, date and body.
        """
        with self._lock, translated(self.path):
            self._words.prepare()
            # One transaction, so that another process changes nothing between the reads.
            self._db.execute("BEGIN")
            try:
                return self._words.search(terms, k, doc_ids, self.version())
            finally:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")

    @_reads
    def document_frequency(self, terms: Sequence[str]) -> dict[str, int]:
        """In how many passages each term occurs, title, outlet and date included; `count_passages` is the whole."""
        counts = {}
        for term in terms:
            query = match_any([term])
            counts[term] = self._read("SELECT count(*) FROM words WHERE words MATCH ?", query)[0][0] if query else 0
        return counts

    def _passages(self, condition: str, given: str) -> list[Passage]:
        with self._lock, translated(self.path):
            rows = self._db.execute(f"SELECT {PASSAGE} FROM passages WHERE {condition}", (given,)).fetchall()
            return [read_passage(self._db, row) for row in rows]

    def _read(self, statement: str, *given: object) -> list[tuple[Any, ...]]:
        with self._lock, translated(self.path):
            return self._db.execute(statement, given).fetchall()


def _matrix(blobs: Sequence[bytes], dtype: np.dtype[np.floating[Any]]) -> Vectors:
    """Vectors (n, dimension). Raises ValueError where they are of several lengths, or hold what is no number."""
    if len({len(blob) for blob in blobs}) > 1:
        raise ValueError("vectors of several lengths")
    matrix = np.frombuffer(b"".join(blobs), dtype).astype(np.float32).reshape(len(blobs), -1 if blobs else 0)
    if not np.isfinite(matrix).all():
        raise ValueError("a vector of no numbers")
    return matrix


def _set_meta(db: sqlite3.Connection, **values: str) -> None:
    db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", values.items())
