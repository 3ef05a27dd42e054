"""Lexical search: the BM25 of SQLite's FTS5, added up here from FTS5's own postings.

FTS5's function `bm25` takes over a microsecond a passage, and a question in plain words matches a tenth of a library.
Read a word at a time and added up in numpy, the same scores take a third of that; nothing is left out or estimated.
"""

from __future__ import annotations

import json
import math
import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.rows import match_any, searchable

Numbers = NDArray[np.int64]
"""Passages, by their number in the record."""
Scores = NDArray[np.float64]

COLUMNS = {"title": 0.5, "outlet": 0.2, "dates": 0.3, "body": 1.0}
"""How much an occurrence counts. Title, outlet and date stand before each passage of a document alike, so they tell its
passages apart less than the body does."""
WEIGHTS = np.array(list(COLUMNS.values()))
K1, B = 1.2, 0.75
"""The constants of BM25 that are fixed in FTS5."""
FEW = 1000
"""Documents in a filter up to which their passages are read before the ranking; for more, the ranking comes first."""


@dataclass(frozen=True, slots=True)
class Lengths:
    """How many tokens the passages of one version of a record have."""

    version: str
    tokens: Scores
    """At the place of each passage's number; 0 where there is none."""
    passages: int
    mean: float


class LexicalSearch:
    """BM25 over the words of one record. Its caller holds the connection's lock, and keeps the record still."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._ready = False
        self._lengths: Lengths | None = None

    def prepare(self) -> None:
        """Make the temporary tables, once; a read-only record takes them too. Not within a transaction."""
        if self._ready:
            return
        self._db.execute("PRAGMA temp_store = MEMORY")
        (made,) = self._db.execute("SELECT sql FROM main.sqlite_schema WHERE name = 'words'").fetchone()
        (tokenizer,) = re.findall(r"tokenize = '[^']+'", made)
        self._db.execute("CREATE VIRTUAL TABLE temp.postings USING fts5vocab(main, words, 'instance')")
        self._db.execute(f"CREATE VIRTUAL TABLE temp.asked USING fts5(term, content = '', {tokenizer})")
        self._db.execute("CREATE VIRTUAL TABLE temp.asked_tokens USING fts5vocab(temp, asked, 'instance')")
        self._ready = True

    def search(
        self, terms: Sequence[str], k: int, doc_ids: Sequence[str] | None, version: str
    ) -> list[tuple[str, float]]:
        """Ids and BM25 of the `k` passages that match any of `terms` best, best first, equals by number.

        Args:
            terms: Each a word or a phrase; any text.
            k: At least 1.
            doc_ids: The documents to search; all when None.
            version: Of the record as it is now.
        """
        lengths = self._lengths_at(version)
        scores = np.zeros(len(lengths.tokens))
        for term, tokens in self._tokenize(terms):
            numbers, added = self._word(tokens[0], lengths) if len(tokens) == 1 else self._phrase(term)
            scores[numbers] += added
        found = np.flatnonzero(scores)
        if doc_ids is not None and len(doc_ids) <= FEW:
            found, doc_ids = np.intersect1d(found, self._numbers_of(doc_ids), assume_unique=True), None
        if doc_ids is None:
            return self._named(best_of(found, scores, k), scores)
        depth, wanted = 8 * k, frozenset(doc_ids)
        while True:
            named = self._named(best_of(found, scores, depth), scores, wanted)
            if len(named) >= k or depth >= len(found):
                return named[:k]
            depth *= 8

    def tokenized(self, texts: Sequence[str]) -> list[str]:
        """The words of each text as the index has them, cut and stemmed, with a space between; empty for none."""
        words = dict(self._tokenize(texts))
        return [" ".join(words.get(text, ())) for text in texts]

    def _lengths_at(self, version: str) -> Lengths:
        """Read again when the record has changed, by this process or another."""
        if self._lengths is None or self._lengths.version != version:
            joined = "SELECT group_concat(id), group_concat(hex(sz), '') FROM words_docsize"
            numbers, sizes = self._db.execute(joined).fetchone()
            listed = _split(numbers)
            tokens = decode_lengths(listed, bytes.fromhex(sizes or ""))
            self._lengths = Lengths(version, tokens, len(listed), float(tokens.sum()) / max(1, len(listed)))
        return self._lengths

    def _tokenize(self, terms: Sequence[str]) -> list[tuple[str, list[str]]]:
        """The terms that hold a token, each with its tokens as they stand in the index."""
        texts = list(enumerate(map(searchable, terms)))
        self._db.executemany("INSERT INTO asked (rowid, term) VALUES (?, ?)", texts)
        try:
            rows = self._db.execute("SELECT doc, term FROM asked_tokens ORDER BY doc, offset").fetchall()
        finally:
            self._db.execute("INSERT INTO asked (asked) VALUES ('delete-all')")
        tokens: dict[int, list[str]] = {}
        for number, token in rows:
            tokens.setdefault(number, []).append(token)
        return [(terms[number], those) for number, those in tokens.items()]

    def _word(self, token: str, lengths: Lengths) -> tuple[Numbers, Scores]:
        """The passages that hold a token, and what it adds to the score of each.

        Source: sqlite.org/fts5.html, "The bm25() function", and its code for an
        idf that would not be positive (0.000001) and for the rounding: the order
        of the operations is FTS5's, so that the scores are equal to the last bit.
        """
        places = " ".join(f"WHEN '{name}' THEN {place}" for place, name in enumerate(COLUMNS))
        where = f"SELECT group_concat({len(COLUMNS)} * doc + CASE col {places} END) FROM postings WHERE term = ?"
        occurrences = _split(self._db.execute(where, (token,)).fetchone()[0])
        if not len(occurrences):
            return occurrences, np.empty(0)
        occurrences.sort(kind="stable")
        numbers, columns = np.divmod(occurrences, len(COLUMNS))
        firsts = np.flatnonzero(np.diff(numbers, prepend=-1))
        frequency = np.add.reduceat(WEIGHTS[columns], firsts)
        numbers = numbers[firsts]
        idf = math.log((lengths.passages - len(numbers) + 0.5) / (len(numbers) + 0.5))
        shortening = K1 * (1.0 - B + B * lengths.tokens[numbers] / lengths.mean)
        added = (frequency * (K1 + 1.0)) / (frequency + shortening)
        return numbers, (idf if idf > 0 else 1e-6) * added

    def _phrase(self, term: str) -> tuple[Numbers, Scores]:
        """As `_word` for several tokens in a row, which are rare enough to leave to FTS5."""
        weights = ", ".join(map(str, COLUMNS.values()))
        rows = self._db.execute(
            f"SELECT rowid, -bm25(words, {weights}) FROM words WHERE words MATCH ?", (match_any([term]),)
        ).fetchall()
        return np.array([row[0] for row in rows], np.int64), np.array([row[1] for row in rows])

    def _numbers_of(self, doc_ids: Sequence[str]) -> Numbers:
        numbers = "SELECT group_concat(number) FROM passages WHERE doc_id IN (SELECT value FROM json_each(?))"
        return _split(self._db.execute(numbers, (json.dumps(list(doc_ids)),)).fetchone()[0])

    def _named(self, ranked: Numbers, scores: Scores, wanted: frozenset[str] | None = None) -> list[tuple[str, float]]:
        rows = self._db.execute(
            "SELECT number, passage_id, doc_id FROM passages WHERE number IN (SELECT value FROM json_each(?))",
            (json.dumps(ranked.tolist()),),
        )
        names = {number: passage_id for number, passage_id, doc_id in rows if wanted is None or doc_id in wanted}
        return [(names[number], float(scores[number])) for number in ranked.tolist() if number in names]


def best_of(found: Numbers, scores: Scores, k: int) -> Numbers:
    """The `k` best of the passages `found`, best first, equals in the order given."""
    if len(found) > k:
        least = np.partition(scores[found], -k)[-k]
        found = found[scores[found] >= least]
    ranked: Numbers = found[np.argsort(-scores[found], kind="stable")][:k]
    return ranked


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


def _split(joined: str | None) -> Numbers:
    """Numbers that SQLite joined with commas: one text is read four times as fast as a row for each."""
    return np.fromstring(joined, np.int64, sep=",") if joined else np.empty(0, np.int64)
