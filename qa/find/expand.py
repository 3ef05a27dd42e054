"""Words of a question that the library does not use, and the words it uses instead.

"Ballot" finds "vote" and "Burmese" finds "Myanmar": each such word is compared by
its embedding with the words of the passages found. No thesaurus to keep, and the
library's own vocabulary decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from index.embed import Embedder
from qa import tuning
from qa.english.words import STOP_WORDS, stem

MAX_KEPT = 100_000
"""Word vectors kept in memory; some 150 MB."""


class WordSimilarity:
    """Nearness of words by their embeddings, each word embedded once."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._vectors: dict[str, np.ndarray] = {}

    def near(self, terms: Sequence[str], words: Iterable[str]) -> dict[str, Mapping[str, float]]:
        """For each term the stems of the `words` near to it, with their cosine; empty for a term that has none."""
        long = {word for word in words if len(word) >= tuning.NEAR_WORD_LETTERS and word.isalpha()}
        candidates = sorted(long - STOP_WORDS)
        if not terms or not candidates:
            return {term: {} for term in terms}
        cosines = self._embed(terms) @ self._embed(candidates).T
        found: dict[str, Mapping[str, float]] = {}
        for term, row in zip(terms, cosines, strict=True):
            similar: dict[str, float] = {}
            for at in np.flatnonzero(row >= tuning.NEAR_WORD):
                word = stem(candidates[at])
                similar[word] = max(similar.get(word, 0.0), float(row[at]))
            found[term] = similar
        return found

    def _embed(self, words: Sequence[str]) -> np.ndarray:
        missing = [word for word in dict.fromkeys(words) if word not in self._vectors]
        if len(self._vectors) + len(missing) > MAX_KEPT:
            self._vectors.clear()
            missing = list(dict.fromkeys(words))
        self._vectors.update(zip(missing, self._embedder.encode(missing), strict=True))
        return np.stack([self._vectors[word] for word in words])
