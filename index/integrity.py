"""What is damaged in a record: found by comparing each part with what it was made from. Nothing is changed here.

A document's text is the truth: its passages, sentences, vectors and dates can be made again, and so can the words of
the search. Only the text itself cannot, so it has a checksum.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise

import numpy as np

from index.database import BROKEN
from index.dates.times import bounds
from index.rows import DOCUMENT, PASSAGE_DTYPE, SENTENCE_DTYPE, read_document, text_hash
from index.schema import STEPS
from index.tables import Damage, Rows

UNIT = (0.9, 1.1)
"""Length that a vector has, but for rounding."""


def check_file(db: sqlite3.Connection) -> str | None:
    """What SQLite finds wrong with its file; None when it is whole."""
    try:
        found = [str(row[0]) for row in db.execute("PRAGMA integrity_check(3)")]
        orphans = db.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.Error as error:
        return str(error)
    if found != ["ok"]:
        return "; ".join(found)
    return f"a row of {orphans[0]!r} belongs to no document" if orphans else None


def missing_parts(db: sqlite3.Connection) -> list[tuple[str, bool]]:
    """Tables with their columns, views and indices that this record lacks, and whether others can make up for each."""
    there = _parts(db)
    with closing(sqlite3.connect(":memory:")) as whole:
        whole.executescript(STEPS[0])
        wanted = _parts(whole)
    return [
        (name, name in {"words", "removed"} or kind in {"view", "index"})
        for name, (kind, columns) in wanted.items()
        if not (name.startswith("words_") and "words" not in there)
        and (name not in there or not columns <= there[name][1])
    ]


def _parts(db: sqlite3.Connection) -> dict[str, tuple[str, set[str]]]:
    """Kind and columns of each table, view and index by its name."""
    named = db.execute("SELECT name, type FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'").fetchall()
    info = "SELECT name FROM pragma_table_info(?)"
    return {name: (kind, {column for (column,) in db.execute(info, (name,))}) for name, kind in named}


def check_words(db: sqlite3.Connection) -> str | None:
    """What is wrong with the index of words; None when it fits the passages. Needs a record that may be written."""
    try:
        db.execute("INSERT INTO words (words, rank) VALUES ('integrity-check', 1)")
        (indexed,) = db.execute("SELECT count(*) FROM words_docsize").fetchone()
        (passages,) = db.execute("SELECT count(*) FROM passages").fetchone()
    except sqlite3.Error as error:
        return str(error)
    return None if indexed == passages else f"it holds {indexed:,} of {passages:,} passages"


def check_documents(db: Rows) -> Iterator[Damage]:
    """What is wrong with each document and all that belongs to it; at most one for each."""
    dimension = db.execute("SELECT value FROM meta WHERE key = 'dimension'").fetchone()
    for (doc_id,) in db.execute("SELECT doc_id FROM documents ORDER BY uri").fetchall():
        try:
            if damage := _check_document(db, doc_id, int(dimension[0])):
                yield damage
        except (*BROKEN, sqlite3.Error) as error:
            yield Damage(f"it cannot be read ({type(error).__name__}: {error})", str(doc_id))


def _check_document(db: Rows, doc_id: str, dimension: int) -> Damage | None:
    columns = f"{DOCUMENT}, state, added_at, date_words, text_hash"
    row = db.execute(f"SELECT {columns} FROM documents WHERE doc_id = ?", (doc_id,)).fetchone()
    document, checksum = read_document(row[:-4]), row[-1]
    if checksum is not None and checksum != text_hash(document.text):
        return Damage("its text is not the one that was read", doc_id)
    wrong = (check(db, doc_id, document.text, dimension) for check in (_passages_wrong, _mentions_wrong))
    what = next(filter(None, wrong), None)
    return Damage(what, doc_id) if what else None


def _passages_wrong(db: Rows, doc_id: str, text: str, dimension: int) -> str | None:
    rows = db.execute(
        'SELECT number, passage_id, text, start, "end", headings, page, stamp, vector '
        "FROM passages WHERE doc_id = ? ORDER BY ordinal",
        (doc_id,),
    ).fetchall()
    spans = [(0, 0), *((row[3], row[4]) for row in rows), (len(text), len(text))]
    if any(text[end:start].strip() for (_, end), (start, _) in pairwise(spans)):
        return "a passage of it is missing"
    for at, (number, passage_id, words, start, end, headings, *_) in enumerate(rows):
        json.loads(headings)
        if passage_id != f"{doc_id}:{at}" or text[start:end] != words:
            return f"passage {at} is not what stands in its text"
        sentences = db.execute(
            'SELECT start, "end", vector FROM sentences WHERE passage = ? ORDER BY ordinal', (number,)
        ).fetchall()
        inside = [start, *(place for first, last, _ in sentences for place in (first, last)), end]
        if not sentences or inside != sorted(inside):
            return f"the sentences of passage {at} are damaged"
        if not _are_vectors([vector for _, _, vector in sentences], SENTENCE_DTYPE, dimension):
            return f"the vectors of the sentences of passage {at} are damaged"
    if not _are_vectors([row[-1] for row in rows], PASSAGE_DTYPE, dimension, *UNIT):
        return "the vectors of its passages are damaged"
    return None


def _are_vectors(
    blobs: list[bytes], dtype: np.dtype[np.floating], dimension: int, low: float = 0.0, high: float = np.inf
) -> bool:
    """Whether each is a vector of finite numbers, not shorter than `low` nor longer than `high`."""
    if any(len(blob) != dimension * dtype.itemsize for blob in blobs):
        return False
    lengths = np.linalg.norm(np.frombuffer(b"".join(blobs), dtype).astype(np.float64).reshape(-1, dimension), axis=1)
    return bool(np.all(np.isfinite(lengths) & (lengths >= low) & (lengths <= high)))


def _mentions_wrong(db: Rows, doc_id: str, text: str, _dimension: int) -> str | None:
    rows = db.execute('SELECT start, "end", text, resolved, anchored_to FROM mentions WHERE doc_id = ?', (doc_id,))
    for start, end, words, resolved, anchored_to in rows:
        bounds(resolved)
        if anchored_to is not None:
            bounds(anchored_to)
        if text[start:end] != words:
            return "a date of it is not what stands in its text"
    return None
