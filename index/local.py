"""The engine that needs no server: vectors in Chroma's files beside the record, words in the record's own index."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.dense import DenseSearch
from index.engine import Found
from index.record import Record


class LocalEngine:
    """An `Engine` over `dense.py` and `lexical.py`."""

    def __init__(self, folder: Path, record: Record) -> None:
        self._record, self._dense = record, DenseSearch(folder, record)
        self.is_behind, self.follow, self.rebuild = self._dense.is_behind, self._dense.follow, self._dense.rebuild
        self.count, self.ids, self.close = self._dense.count, self._dense.ids, self._dense.close

    def dense(self, vector: NDArray[np.float32], k: int, doc_ids: Sequence[str] | None = None) -> Found:
        """As `Engine.dense`."""
        return self._dense.query(vector, k, doc_ids)

    def lexical(self, terms: Sequence[str], k: int, doc_ids: Sequence[str] | None = None) -> Found:
        """As `Engine.lexical`."""
        return self._record.lexical(terms, k, doc_ids)
