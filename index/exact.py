"""Exact dense search in the record's own vectors: what every engine falls back to, and is held to."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index.record import Record


class ExactSearch:
    """Compares a vector with every one of the record; they are kept in memory until the record changes."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._lock = threading.Lock()
        self._kept: tuple[str, list[str], NDArray[np.float32]] | None = None

    def query(self, vector: NDArray[np.float32], k: int, doc_ids: Sequence[str] | None) -> list[tuple[str, float]]:
        """Ids of the `k` nearest passages and their cosine, nearest first; only of `doc_ids`, when given."""
        version = self._record.version()
        with self._lock:
            if self._kept is None or self._kept[0] != version:
                self._kept = (version, *self._record.vectors())
            _, ids, vectors = self._kept
        if doc_ids is not None:
            wanted = frozenset(doc_ids)
            kept = [row for row, passage_id in enumerate(ids) if passage_id.rpartition(":")[0] in wanted]
            ids, vectors = [ids[row] for row in kept], vectors[kept]
        return nearest(vector, k, ids, vectors)


def nearest(
    vector: NDArray[np.float32], k: int, ids: Sequence[str], vectors: NDArray[np.float32]
) -> list[tuple[str, float]]:
    """Ids and cosine of the `k` rows of `vectors` nearest to `vector`, nearest first, equals in the order given."""
    scores = vectors @ vector
    return [(ids[row], float(scores[row])) for row in np.argsort(-scores, kind="stable")[:k]]
