"""Rows of the record to values and back. Every function works inside the transaction of its caller."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.context import date_words
from index.database import BROKEN
from index.records import Document, DocumentState, Facts, Passage, Prepared, Span
from index.tables import Rows

Vectors = NDArray[np.float32]
PASSAGE_DTYPE, SENTENCE_DTYPE = np.dtype("<f4"), np.dtype("<f2")
"""Little-endian, whatever the machine. Half precision moves a sentence's cosine by less than 0.001."""

DOCUMENT = (
    "doc_id, uri, title, outlet, author, published, language, text, content_hash, page_starts, origins, collection, "
    "published_at, modified, address, unsure"
)
IN_ALL_FORMATS = frozenset(DOCUMENT.split(", ")[:11])
"""Those of its columns that records of every format have."""
FACTS = "doc_id, uri, title, outlet, published, collection"
PASSAGE = 'number, passage_id, doc_id, text, start, "end", headings, page'


def insert_prepared(db: Rows, prepared: Prepared, passage_vectors: Vectors, sentence_vectors: Vectors) -> None:
    """Write a document, its passages, sentences, vectors and dates, as `pending`; its words are not indexed here."""
    document = prepared.document
    _insert_document(db, document)
    _insert_passages(db, document.doc_id, prepared.passages, passage_vectors, sentence_vectors)
    db.executemany(
        "INSERT INTO mentions VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (document.doc_id, ordinal, m.start, m.end, m.text, m.resolved, m.anchored_to)
            for ordinal, m in enumerate(prepared.mentions)
        ],
    )


def document_values(document: Document) -> tuple[object, ...]:
    """The row of `DOCUMENT`."""
    return (
        document.doc_id,
        document.uri,
        document.title,
        document.outlet,
        document.author,
        document.published.isoformat() if document.published else None,
        document.language,
        document.text,
        document.content_hash,
        json.dumps(document.page_starts),
        json.dumps(dict(document.origins)),
        document.collection,
        document.published_at,
        document.modified.isoformat() if document.modified else None,
        document.address,
        json.dumps(sorted(document.unsure)),
    )


def _insert_document(db: Rows, document: Document) -> None:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    values = (*document_values(document), date_words(document.published), "pending", now, text_hash(document.text))
    columns = f"{DOCUMENT}, date_words, state, added_at, text_hash"
    db.execute(f"INSERT INTO documents ({columns}) VALUES ({', '.join('?' * len(values))})", values)


def text_hash(text: str) -> str:
    """A checksum of a document's text, by which damage to it is noticed."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _insert_passages(
    db: Rows, doc_id: str, passages: Sequence[Passage], vectors: Vectors, sentence_vectors: Vectors
) -> None:
    db.executemany(
        'INSERT INTO passages (passage_id, doc_id, ordinal, text, start, "end", headings, page, stamp, vector) '
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                passage.passage_id,
                passage.doc_id,
                ordinal,
                passage.text,
                passage.start,
                passage.end,
                json.dumps(passage.headings),
                passage.page,
                new_stamp(),
                vector.astype(PASSAGE_DTYPE).tobytes(),
            )
            for ordinal, (passage, vector) in enumerate(zip(passages, vectors, strict=True))
        ],
    )
    remaining = iter(sentence_vectors)
    db.executemany(
        "INSERT INTO sentences VALUES (?, ?, ?, ?, ?)",
        [
            (number, n, start, end, next(remaining).astype(SENTENCE_DTYPE).tobytes())
            for number, passage in zip(_numbers_of(db, doc_id), passages, strict=True)
            for n, (start, end) in enumerate(passage.sentences)
        ],
    )


def _numbers_of(db: Rows, doc_id: str) -> list[int]:
    """Of the passages of a document, in reading order."""
    return [row[0] for row in db.execute("SELECT number FROM passages WHERE doc_id = ? ORDER BY ordinal", (doc_id,))]


def update_vectors(db: Rows, doc_id: str, passages: Vectors, sentences: Vectors) -> None:
    """Put other vectors in the place of a document's; rows as in `insert_prepared`."""
    remaining = iter(sentences)
    for number, vector in zip(_numbers_of(db, doc_id), passages, strict=True):
        db.execute(
            "UPDATE passages SET vector = ?, stamp = ? WHERE number = ?",
            (vector.astype(PASSAGE_DTYPE).tobytes(), new_stamp(), number),
        )
        (count,) = db.execute("SELECT count(*) FROM sentences WHERE passage = ?", (number,)).fetchone()
        db.executemany(
            "UPDATE sentences SET vector = ? WHERE passage = ? AND ordinal = ?",
            [(next(remaining).astype(SENTENCE_DTYPE).tobytes(), number, n) for n in range(count)],
        )


def new_stamp() -> str:
    """A mark of one version of one vector, by which Chroma's copy is compared."""
    return uuid.uuid4().hex[:12]


def read_document(row: Sequence[object]) -> Document:
    """The document of a row of `DOCUMENT`."""
    values: dict[str, Any] = dict(zip(DOCUMENT.split(", "), row, strict=True))
    for name in ("doc_id", "uri", "title", "text", "content_hash"):
        values[name] = str(values[name])
    for name in ("outlet", "author", "language", "collection", "published_at", "address"):
        values[name] = None if values[name] is None else str(values[name])
    for name in ("published", "modified"):
        values[name] = None if values[name] is None else date.fromisoformat(str(values[name]))
    values["page_starts"] = tuple(json.loads(str(values["page_starts"])))
    values["origins"] = json.loads(str(values["origins"]))
    values["unsure"] = frozenset(json.loads(str(values["unsure"] or "[]")))
    return Document(**values)


def columns_as_bytes(there: Collection[str]) -> str:
    """The columns of `DOCUMENT` and the text's checksum as bytes, for rows that may hold no text any more.

    NULL for those that are not among the columns `there`.
    """
    return ", ".join(
        f"CAST({name} AS BLOB)" if name in there else "NULL" for name in [*DOCUMENT.split(", "), "text_hash"]
    )


def read_what_is_left(row: Sequence[bytes | None]) -> tuple[Document, bool]:
    """The document of a row of `columns_as_bytes`, without those of its details that are not as they were written.

    What was lost is told among its origins, as `dateline show` prints it. Also whether its text is whole: by its
    checksum, or without one by its characters.
    """
    decoded = (None if value is None else value.decode("utf-8", "replace") for value in row)
    values: dict[str, Any] = dict(zip([*DOCUMENT.split(", "), "text_hash"], decoded, strict=True))
    lost: list[str] = []
    for name, read, nothing in (
        ("published", lambda day: day is None or date.fromisoformat(day), None),
        ("modified", lambda day: day is None or date.fromisoformat(day), None),
        ("page_starts", lambda starts: tuple(map(int, json.loads(starts))), "[]"),
        ("origins", lambda origins: dict(json.loads(origins)), "{}"),
        ("unsure", lambda names: names is None or set(json.loads(names)), None),
    ):
        try:
            read(values[name])
        except BROKEN:
            values[name] = nothing
            lost.append(name)
    checksum, document = values.pop("text_hash"), read_document(list(values.values()))
    if lost:
        told = f"Lost when the record was damaged: {', '.join(lost)}."
        document = replace(document, origins={**document.origins, "notes": told})
    return document, document.text.encode() in row and checksum in {None, text_hash(document.text)}


def read_facts(row: Sequence[str | None]) -> Facts:
    """The facts of a row of `FACTS`."""
    doc_id, uri, title, outlet, published, collection = row
    day = None if published is None else date.fromisoformat(published)
    return Facts(str(doc_id), str(uri), str(title), outlet, day, collection)


def read_states(db: Rows, doc_id: str | None) -> list[DocumentState]:
    """Every document, or the one with this id, with its state, ordered by path."""
    rows = db.execute(
        f"SELECT {DOCUMENT}, state, (SELECT count(*) FROM passages p WHERE p.doc_id = d.doc_id), added_at "
        f"FROM documents d {'' if doc_id is None else 'WHERE doc_id = ?'} ORDER BY uri",
        () if doc_id is None else (doc_id,),
    )
    return [DocumentState(read_document(row[:-3]), *row[-3:]) for row in rows]


def read_passage(row: Sequence[object], spans: Sequence[Span]) -> Passage:
    """The passage of a row of `PASSAGE`, with its sentences."""
    _number, passage_id, doc_id, text, start, end, headings, page = row
    return Passage(
        passage_id=str(passage_id),
        doc_id=str(doc_id),
        text=str(text),
        start=int(str(start)),
        end=int(str(end)),
        sentences=tuple((int(first), int(last)) for first, last in spans),
        headings=tuple(json.loads(str(headings))),
        page=None if page is None else int(str(page)),
    )


def match_any(terms: Sequence[str]) -> str:
    """An FTS5 query for any of `terms`, each a phrase; empty when no term has a word character.

    Source: sqlite.org/fts5.html, "FTS5 Strings": in double quotes nothing is an operator, and a quote is doubled.
    """
    return " OR ".join('"' + word.replace('"', '""') + '"' for word in map(searchable, terms) if word)


def searchable(term: str) -> str:
    """The term as SQLite can take it; empty when it has no word character."""
    word = term.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")
    return word if any(c.isalnum() for c in word) else ""
