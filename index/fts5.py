"""The words of a record in SQLite's FTS5: indexed by it, and read from its own postings."""

from __future__ import annotations

import json
import re
import sqlite3
import threading
from collections.abc import Sequence

import numpy as np

from index.bm25 import COLUMNS, Lengths, Numbers, Scores, bm25, split_numbers
from index.rows import match_any
from index.tables import Rows


class Tokenizer:
    """Cuts and stems texts as an index of FTS5 does; one object may serve several threads."""

    def __init__(self, clause: str) -> None:
        """`clause` is FTS5's `tokenize = '…'`."""
        self._lock = threading.Lock()
        self._db = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self._db.execute(f"CREATE VIRTUAL TABLE asked USING fts5(term, content = '', {clause})")
        self._db.execute("CREATE VIRTUAL TABLE tokens USING fts5vocab(asked, 'instance')")

    def tokens(self, texts: Sequence[str]) -> dict[int, list[str]]:
        """Tokens of each text that has some, by its place, in order."""
        with self._lock:
            self._db.executemany("INSERT INTO asked (rowid, term) VALUES (?, ?)", enumerate(texts))
            try:
                rows = self._db.execute("SELECT doc, term FROM tokens ORDER BY doc, offset").fetchall()
            finally:
                self._db.execute("INSERT INTO asked (asked) VALUES ('delete-all')")
        found: dict[int, list[str]] = {}
        for number, token in rows:
            found.setdefault(number, []).append(token)
        return found

    def close(self) -> None:
        """Let go of its memory. A second call does nothing."""
        self._db.close()


def clause_of(statement: str) -> str:
    """`tokenize = '…'` out of the statement that made an index."""
    (clause,) = re.findall(r"tokenize = '[^']+'", statement)
    return str(clause)


class FTS5Words:
    """`Words` in the table `words` of a file of SQLite. Its caller holds the connection's lock."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._tokenizer: Tokenizer | None = None

    def close(self) -> None:
        """Let go of its memory. A second call does nothing."""
        if self._tokenizer:
            self._tokenizer.close()

    def prepare(self) -> None:
        """Make the temporary tables, once; a read-only record takes them too. Not within a transaction."""
        if self._tokenizer is None:
            self._db.execute("PRAGMA temp_store = MEMORY")
            (made,) = self._db.execute("SELECT sql FROM main.sqlite_schema WHERE name = 'words'").fetchone()
            self._db.execute("CREATE VIRTUAL TABLE temp.postings USING fts5vocab(main, words, 'instance')")
            self._tokenizer = Tokenizer(clause_of(made))

    def insert(self, db: Rows, doc_id: str) -> None:
        """As `Words.insert`."""
        db.execute(
            "INSERT INTO words (rowid, title, outlet, dates, body) "
            "SELECT * FROM indexed WHERE number IN (SELECT number FROM passages WHERE doc_id = ?)",
            (doc_id,),
        )

    def delete(self, db: Rows, doc_id: str) -> None:
        """As `Words.delete`."""
        # An external-content table must be given the words that it is to forget, while they can still be read.
        db.execute(
            "INSERT INTO words (words, rowid, title, outlet, dates, body) SELECT 'delete', indexed.* FROM indexed "
            "WHERE number IN (SELECT number FROM passages WHERE doc_id = ?)",
            (doc_id,),
        )

    def tokenized(self, texts: Sequence[str]) -> dict[int, list[str]]:
        """As `Words.tokenized`."""
        self.prepare()
        return self._tokenizer.tokens(texts) if self._tokenizer else {}

    def lengths(self, db: Rows) -> Lengths:
        """As `Words.lengths`."""
        joined = "SELECT group_concat(id), group_concat(hex(sz), '') FROM words_docsize"
        numbers, sizes = db.execute(joined).fetchone()
        listed = split_numbers(numbers)
        return Lengths.of(decode_lengths(listed, bytes.fromhex(sizes or "")), len(listed))

    def scored(self, db: Rows, term: str, tokens: Sequence[str], lengths: Lengths) -> tuple[Numbers, Scores]:
        """As `Words.scored`. Several tokens in a row are rare enough to leave to FTS5."""
        if len(tokens) > 1:
            weights = ", ".join(map(str, COLUMNS.values()))
            ranked = f"SELECT rowid, -bm25(words, {weights}) FROM words WHERE words MATCH ?"
            rows = db.execute(ranked, (match_any([term]),)).fetchall()
            return np.array([row[0] for row in rows], np.int64), np.array([row[1] for row in rows])
        places = " ".join(f"WHEN '{name}' THEN {place}" for place, name in enumerate(COLUMNS))
        where = f"SELECT group_concat({len(COLUMNS)} * doc + CASE col {places} END) FROM postings WHERE term = ?"
        occurrences = split_numbers(db.execute(where, (tokens[0],)).fetchone()[0])
        occurrences.sort(kind="stable")
        return bm25(occurrences, lengths)

    def count(self, db: Rows, term: str, among: Sequence[int] | None = None) -> int:
        """As `Words.count`."""
        query = match_any([term])
        if not query:
            return 0
        statement = "SELECT count(*) FROM words WHERE words MATCH ?"
        if among is None:
            return int(db.execute(statement, (query,)).fetchone()[0])
        statement += " AND rowid IN (SELECT value FROM json_each(?))"
        return int(db.execute(statement, (query, json.dumps(list(among)))).fetchone()[0])


def decode_lengths(numbers: Numbers, sizes: bytes) -> Scores:
    """Tokens in each passage, at the place of its number, from FTS5's table of sizes.

    Args:
        numbers: Of the passages.
        sizes: The tokens in each column of each of them in turn.

    Source: sqlite.org/fts5.html, "The Document Sizes Table": a varint a column,
    seven bits a byte, the highest first, the eighth bit set in all but the last.
    """
    lengths = np.zeros(int(numbers.max(initial=0)) + 1)
    if len(numbers):
        octets = np.frombuffer(sizes, np.uint8)
        is_last = octets < 128
        lasts = np.flatnonzero(is_last)
        before_last = lasts[np.cumsum(is_last) - is_last] - np.arange(len(octets))
        firsts = np.concatenate(([0], lasts[len(COLUMNS) - 1 : -1 : len(COLUMNS)] + 1))
        lengths[numbers] = np.add.reduceat((octets & 127).astype(np.int64) << (7 * before_last), firsts)
    return lengths
