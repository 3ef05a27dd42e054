"""The words of a record in two tables of PostgreSQL, which has no FTS5: the same tokens, and so the same scores.

A row holds where one word stands in one document, so a common word of a library is as many rows as documents hold it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from index.bm25 import COLUMNS, Lengths, Numbers, Scores, bm25
from index.fts5 import Tokenizer, clause_of
from index.rows import searchable
from index.schema import STEPS
from index.tables import Rows

TABLES = """
CREATE TABLE words (
    doc_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE, term TEXT NOT NULL, places BLOB NOT NULL
);
CREATE INDEX words_of_term ON words (term);
CREATE INDEX words_of_document ON words (doc_id);
CREATE TABLE lengths (
    doc_id TEXT PRIMARY KEY REFERENCES documents ON DELETE CASCADE, numbers BLOB NOT NULL, tokens BLOB NOT NULL
);
"""
PLACE = np.dtype("<i8")
"""A place: the passage's number, its column, and in the last bits the token counted from 0."""
TOKEN_BITS = 22
LONGEST = 200
"""Bytes of a word that are kept as they are: an index of PostgreSQL takes 2,700 at most. A longer one is hashed."""


class Postings:
    """`Words` in the tables `TABLES`."""

    def __init__(self) -> None:
        self._tokenizer = Tokenizer(clause_of(STEPS[0]))

    def close(self) -> None:
        """Let go of its memory. A second call does nothing."""
        self._tokenizer.close()

    def insert(self, db: Rows, doc_id: str) -> None:
        """As `Words.insert`."""
        numbers, tokens, places = self._made(db, doc_id)
        db.execute("INSERT INTO lengths VALUES (?, ?, ?)", (doc_id, numbers, tokens))
        # One statement: a row each takes many times as long over a network.
        each = "unnest(CAST(? AS TEXT[])), unnest(CAST(? AS BYTEA[]))"
        db.execute(f"INSERT INTO words SELECT CAST(? AS TEXT), {each}", (doc_id, [*places], [*places.values()]))

    def _made(self, db: Rows, doc_id: str) -> tuple[bytes, bytes, dict[str, bytes]]:
        """The row of `lengths`, and those of `words` by their term."""
        indexed = "SELECT * FROM indexed WHERE number IN (SELECT number FROM passages WHERE doc_id = ?) ORDER BY number"
        rows = db.execute(indexed, (doc_id,)).fetchall()
        found = self._tokenizer.tokens([text.replace("\0", " ") for _, *texts in rows for text in texts])
        places: dict[str, list[int]] = {}
        numbers, tokens = [int(row[0]) for row in rows], [0] * len(rows)
        for at, of_one in found.items():
            row, column = divmod(at, len(COLUMNS))
            tokens[row] += len(of_one)
            first = (numbers[row] * len(COLUMNS) + column) << TOKEN_BITS
            for place, token in enumerate(of_one, first):
                places.setdefault(_key(token), []).append(place)
        return _bytes_of(numbers), _bytes_of(tokens), {term: _bytes_of(each) for term, each in places.items()}

    def delete(self, db: Rows, doc_id: str) -> None:
        """As `Words.delete`: they go with their document."""

    def tokenized(self, texts: Sequence[str]) -> dict[int, list[str]]:
        """As `Words.tokenized`."""
        return self._tokenizer.tokens(texts)

    def lengths(self, db: Rows) -> Lengths:
        """As `Words.lengths`."""
        rows = db.execute("SELECT numbers, tokens FROM lengths").fetchall()
        numbers, tokens = (_joined([row[column] for row in rows]) for column in (0, 1))
        lengths = np.zeros(int(numbers.max(initial=0)) + 1)
        lengths[numbers] = tokens
        return Lengths.of(lengths, len(numbers))

    def scored(self, db: Rows, term: str, tokens: Sequence[str], lengths: Lengths) -> tuple[Numbers, Scores]:
        """As `Words.scored`."""
        return bm25(self._places(db, tokens) >> TOKEN_BITS, lengths)

    def count(self, db: Rows, term: str, among: Sequence[int] | None = None) -> int:
        """As `Words.count`."""
        tokens = self._tokenizer.tokens([searchable(term)]).get(0)
        if not tokens:
            return 0
        numbers = np.unique((self._places(db, tokens) >> TOKEN_BITS) // len(COLUMNS))
        return len(numbers) if among is None else int(np.isin(numbers, among).sum())

    def wrong(self, db: Rows) -> str | None:
        """What is wrong with the tables; None when they fit the passages."""
        for (doc_id,) in db.execute("SELECT doc_id FROM documents").fetchall():
            *lengths, places = self._made(db, doc_id)
            kept = db.execute("SELECT numbers, tokens FROM lengths WHERE doc_id = ?", (doc_id,)).fetchall()
            words = db.execute("SELECT term, places FROM words WHERE doc_id = ?", (doc_id,)).fetchall()
            if [list(row) for row in kept] != [lengths] or sorted(map(tuple, words)) != sorted(places.items()):
                return f"the words of {doc_id} are not those of its passages"
        return None

    def rebuild(self, db: Rows) -> None:
        """Make them anew from the passages."""
        for table in ("words", "lengths"):
            db.execute(f"DELETE FROM {table}")
        for (doc_id,) in db.execute("SELECT doc_id FROM documents").fetchall():
            self.insert(db, doc_id)

    def _places(self, db: Rows, tokens: Sequence[str]) -> NDArray[np.int64]:
        """Where the first of these tokens stands, with the others right behind it, in order."""
        each = []
        for at, token in enumerate(tokens):
            rows = db.execute("SELECT places FROM words WHERE term = ?", (_key(token),)).fetchall()
            each.append(np.sort(_joined([row[0] for row in rows])) - at)
        return reduce(np.intersect1d, each)


def _key(token: str) -> str:
    octets = token.encode()
    return token if len(octets) <= LONGEST else "sha256 " + hashlib.sha256(octets).hexdigest()


def _bytes_of(numbers: Sequence[int]) -> bytes:
    return np.array(numbers, PLACE).tobytes()


def _joined(blobs: Sequence[bytes]) -> NDArray[np.int64]:
    return np.frombuffer(b"".join(blobs), PLACE).astype(np.int64)
