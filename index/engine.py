"""What a library needs of a search engine. The record is the truth; an engine only finds passages in it, fast.

There are `local.py`, which needs no server, and `remote.py` with Milvus. `engines.py` opens the one that is set.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.record import Record

Found = list[tuple[str, float]]
"""Ids of passages and their scores, best first."""


class Engine(Protocol):
    """Finds passages of one record; one object may serve several threads.

    It never gives less than the record holds: while it is behind, fails or is away, the record is searched instead.
    """

    def dense(self, vector: NDArray[np.float32], k: int, doc_ids: Sequence[str] | None = None) -> Found:
        """The `k` passages nearest to `vector` (unit length), and their cosine; only of `doc_ids`, when given."""

    def lexical(self, terms: Sequence[str], k: int, doc_ids: Sequence[str] | None = None) -> Found:
        """The `k` passages that match any of `terms` best, and their BM25; only of `doc_ids`, when given.

        The scores of two engines cannot be compared; those of one can.
        """

    def is_behind(self) -> bool:
        """Whether it must be made to follow the record, because it lags, failed or is not there."""

    def follow(self) -> None:
        """Make it equal to the record, by what came and went. For the process that holds the write lock.

        Raises:
            LibraryError: If it cannot be written; the record, and so the library, is whole.
        """

    def rebuild(self) -> None:
        """Make it anew from the record, whatever its state. Raises as `follow`."""

    def count(self) -> int:
        """Number of passages that can be searched."""

    def ids(self) -> set[str]:
        """Ids of the passages that it holds itself; empty when it is behind."""

    def close(self) -> None:
        """Let go of all files and connections. A second call does nothing."""


OpenEngine = Callable[[Path, Record], Engine]
"""Opens the engine of the library in a folder, whose record is given."""
