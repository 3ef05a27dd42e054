"""BM25 as SQLite's FTS5 counts it, to the last bit: added up in numpy from where each word stands."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
"""Passages, by their number in the record."""
Occurrences = NDArray[np.int64]
"""Of one word or phrase, in order: passage times the number of columns, plus the column."""
Scores = NDArray[np.float64]

COLUMNS = {"title": 0.5, "outlet": 0.2, "dates": 0.3, "body": 1.0}
"""How much an occurrence counts. Title, outlet and date stand before each passage of a document alike, so they tell its
passages apart less than the body does."""
WEIGHTS = np.array(list(COLUMNS.values()))
K1, B = 1.2, 0.75
"""The constants of BM25 that are fixed in FTS5."""


@dataclass(frozen=True, slots=True)
class Lengths:
    """How many tokens the passages of one version of a record have."""

    tokens: Scores
    """At the place of each passage's number; 0 where there is none."""
    passages: int
    mean: float

    @classmethod
    def of(cls, tokens: Scores, passages: int) -> Lengths:
        """With their mean."""
        return cls(tokens, passages, float(tokens.sum()) / max(1, passages))


def bm25(occurrences: Occurrences, lengths: Lengths) -> tuple[Numbers, Scores]:
    """The passages that hold a word or phrase, and what it adds to the score of each.

    Source: sqlite.org/fts5.html, "The bm25() function", and its code for an
    idf that would not be positive (0.000001) and for the rounding: the order
    of the operations is FTS5's, so that the scores are equal to the last bit.
    """
    if not len(occurrences):
        return occurrences, np.empty(0)
    numbers, columns = np.divmod(occurrences, len(COLUMNS))
    firsts = np.flatnonzero(np.diff(numbers, prepend=-1))
    frequency = np.add.reduceat(WEIGHTS[columns], firsts)
    numbers = numbers[firsts]
    idf = math.log((lengths.passages - len(numbers) + 0.5) / (len(numbers) + 0.5))
    shortening = K1 * (1.0 - B + B * lengths.tokens[numbers] / lengths.mean)
    added = (frequency * (K1 + 1.0)) / (frequency + shortening)
    return numbers, (idf if idf > 0 else 1e-6) * added


def best_of(found: Numbers, scores: Scores, k: int) -> Numbers:
    """The `k` best of the passages `found`, best first, equals in the order given."""
    if len(found) > k:
        least = np.partition(scores[found], -k)[-k]
        found = found[scores[found] >= least]
    ranked: Numbers = found[np.argsort(-scores[found], kind="stable")][:k]
    return ranked


def split_numbers(joined: str | None) -> Numbers:
    """Numbers that a database joined with commas: one text is read four times as fast as a row for each."""
    return np.fromstring(joined, np.int64, sep=",") if joined else np.empty(0, np.int64)
