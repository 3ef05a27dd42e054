"""Lexical search: BM25 over title, outlet, date and body of all passages, added up here from where each word stands.

FTS5's function `bm25` takes over a microsecond a passage, and a question in plain words matches a tenth of a library.
Read a word at a time and added up in numpy, the same scores take a third of that; nothing is left out or estimated.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from index.bm25 import Lengths, Numbers, Scores, best_of, split_numbers
from index.rows import searchable
from index.tables import Database, Rows

FEW = 1000
"""Documents in a filter up to which their passages are read before the ranking; for more, the ranking comes first."""


class LexicalSearch:
    """BM25 over the words of one record. Its caller keeps the record still."""

    def __init__(self, database: Database) -> None:
        self._database, self._words = database, database.words
        self._lengths: tuple[str, Lengths] | None = None
        """Of the version of the record that they were read from."""

    def search(
        self, db: Rows, terms: Sequence[str], k: int, doc_ids: Sequence[str] | None, version: str
    ) -> list[tuple[str, float]]:
        """Ids and BM25 of the `k` passages that match any of `terms` best, best first, equals by number.

        Args:
            db: To the record, which it keeps still.
            terms: Each a word or a phrase; any text.
            k: At least 1.
            doc_ids: The documents to search; all when None.
            version: Of the record as it is now.
        """
        lengths = self._lengths_at(db, version)
        scores = np.zeros(len(lengths.tokens))
        for number, tokens in self._words.tokenized([searchable(term) for term in terms]).items():
            numbers, added = self._words.scored(db, terms[number], tokens, lengths)
            scores[numbers] += added
        found = np.flatnonzero(scores)
        if doc_ids is not None and len(doc_ids) <= FEW:
            found, doc_ids = np.intersect1d(found, self._numbers_of(db, doc_ids), assume_unique=True), None
        if doc_ids is None:
            return self._named(db, best_of(found, scores, k), scores)
        depth, wanted = 8 * k, frozenset(doc_ids)
        while True:
            named = self._named(db, best_of(found, scores, depth), scores, wanted)
            if len(named) >= k or depth >= len(found):
                return named[:k]
            depth *= 8

    def _lengths_at(self, db: Rows, version: str) -> Lengths:
        """Read again when the record has changed, by this process or another."""
        kept = self._lengths
        if kept is None or kept[0] != version:
            kept = self._lengths = (version, self._words.lengths(db))
        return kept[1]

    def _numbers_of(self, db: Rows, doc_ids: Sequence[str]) -> Numbers:
        numbers = f"SELECT {self._database.joined.format('number')} FROM passages WHERE doc_id {self._database.among}"
        return split_numbers(db.execute(numbers, (self._database.many(doc_ids),)).fetchone()[0])

    def _named(
        self, db: Rows, ranked: Numbers, scores: Scores, wanted: frozenset[str] | None = None
    ) -> list[tuple[str, float]]:
        rows = db.execute(
            f"SELECT number, passage_id, doc_id FROM passages WHERE number {self._database.among}",
            (self._database.many(ranked.tolist()),),
        )
        names = {number: passage_id for number, passage_id, doc_id in rows if wanted is None or doc_id in wanted}
        return [(names[number], float(scores[number])) for number in ranked.tolist() if number in names]
