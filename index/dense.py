"""Dense search: Chroma as a fast copy of the record's vectors, and the record itself wherever the copy is behind.

Chroma is never trusted alone. `chroma/current.json` names the folder that is in use and the version of the record it
was made equal to, last of all. Whoever finds another version there searches the record's own vectors, exactly and with
the same result, until a writer has made Chroma follow: after a kill, during another process's writes, in a read-only
library and with a damaged folder.
"""

from __future__ import annotations

import logging
import shutil
import threading
import uuid
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.errors import LibraryError
from index.exact import ExactSearch, nearest
from index.pointer import Pointer
from index.record import Embedding, Record
from index.store import ChromaError, ChromaStore

logger = logging.getLogger(__name__)

MARGINS = (3, 24)
"""How many times the passages that would do, were those of the filter spread evenly, are asked of Chroma in turn."""
READING_COSTS = 2
"""Results of Chroma that take as long as reading the vector of one passage from the record, about."""


class DenseSearch:
    """Dense search in one library; one object may serve several threads."""

    def __init__(self, folder: Path, record: Record) -> None:
        self._folder = folder / "chroma"
        self._record = record
        self._lock = threading.RLock()
        self._chroma: ChromaStore | None = None
        self._broken: str | None = None
        """The version at which Chroma failed; it is not asked again until a writer has moved on."""
        self._exact = ExactSearch(record)
        self._current = Pointer(self._folder)

    def close(self) -> None:
        """Let go of Chroma's files. A second call does nothing."""
        with self._lock:
            if self._chroma:
                self._chroma.close()
            self._chroma = None

    def query(
        self, vector: NDArray[np.float32], k: int, doc_ids: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """Ids of the `k` passages nearest to `vector` and their cosine similarity, nearest first.

        Only of the documents `doc_ids`, when given.
        """
        left = self._record.count_passages(doc_ids)
        expected = min(k, left)
        if not expected:
            return []
        every = left if doc_ids is None else self._record.count_passages()
        if doc_ids is not None and READING_COSTS * left <= MARGINS[0] * expected * every // left:
            return nearest(vector, expected, *self._record.vectors_of(doc_ids))
        try:
            if chroma := self._up_to_date():
                if doc_ids is None:
                    return self._ask(chroma, vector, expected)
                # Chroma's own filter takes longer the more documents it names: 84 ms for 2000 of 4000.
                wanted = frozenset(doc_ids)
                for margin in MARGINS:
                    found = self._ask(chroma, vector, min(every, margin * expected * every // left))
                    kept = [(i, score) for i, score in found if i.rpartition(":")[0] in wanted]
                    if len(kept) >= expected:
                        return kept[:expected]
        except ChromaError as error:
            logger.warning("Chroma failed in %s (%s); the record is searched instead", self._folder, error)
            self._broken = self._record.version()
        return self._exact.query(vector, expected, doc_ids)

    def is_behind(self) -> bool:
        """Whether Chroma must be made to follow the record, because it lags, failed or is not there."""
        return self._pointer().get("version") != self._record.version() or self._broken is not None

    def follow(self) -> None:
        """Make Chroma equal to the record. For the one process that holds the library's write lock.

        Only what differs is written; a folder that cannot be used is left and a new one made. Embedders have
        collections of their own.

        Raises:
            LibraryError: If Chroma cannot be written at all; the record, and so the library, is whole.
        """
        with self._lock:
            version, embedding = self._record.version(), self._record.embedding()
            if embedding is None or not self.is_behind():
                return
            folder = self._pointer().get("folder")
            self._write_pointer(folder, None)
            try:
                if folder is None or self._broken is not None:
                    raise ChromaError("there is no usable folder")
                self._fill(folder, embedding)
            except ChromaError as error:
                logger.info("making Chroma's folder anew: %s", error)
                folder = uuid.uuid4().hex[:8]
                try:
                    self._fill(folder, embedding)
                except ChromaError as again:
                    raise LibraryError(
                        f"The vectors could not be written to {str(self._folder)!r} ({again}). The library itself is "
                        "whole and can be asked. Check free space and permissions, then run `dateline rebuild`."
                    ) from again
            self._write_pointer(folder, version)
            self._broken = None
            self._sweep(folder)

    def rebuild(self) -> None:
        """Make Chroma anew from the record, whatever its state."""
        self._broken = self._record.version()
        self.follow()

    def count(self) -> int:
        """Number of passages that can be searched."""
        return self._record.count_passages()

    def ids(self) -> set[str]:
        """Ids of the passages in Chroma's copy; empty when it is behind."""
        chroma = self._up_to_date()
        return set(chroma.stamps()) if chroma else set()

    def _ask(self, chroma: ChromaStore, vector: NDArray[np.float32], k: int) -> list[tuple[str, float]]:
        found = chroma.query(vector, k)
        # Chroma 1.5.9 answers from a damaged index with too few results and no error.
        if len(found) == k or self._record.version() != chroma.version:
            return found
        raise ChromaError(f"it gave {len(found)} of {k} passages")

    def _fill(self, folder: str, embedding: Embedding) -> None:
        """Write to Chroma what differs from the record, and prove by a query that it can be read."""
        if self._chroma and self._chroma.folder != self._folder / folder:
            self.close()
        if self._chroma is None or self._chroma.embedding != embedding:
            self.close()
            self._chroma = ChromaStore(self._folder / folder, embedding)
        self._chroma.version = None
        wanted, there = self._record.stamps(), self._chroma.stamps()
        self._chroma.delete([passage_id for passage_id in there if passage_id not in wanted])
        missing = [passage_id for passage_id, stamp in wanted.items() if there.get(passage_id) != stamp]
        for first in range(0, len(missing), self._chroma.batch):
            ids, vectors = self._record.vectors(missing[first : first + self._chroma.batch])
            self._chroma.put(ids, vectors, [wanted[passage_id] for passage_id in ids])
        self._prove(self._chroma, len(wanted))
        self._chroma.version = self._record.version()

    def _prove(self, chroma: ChromaStore, count: int) -> None:
        if count:
            k = min(count, 3)
            _ids, vectors = self._record.vectors([self._record.any_passage()])
            found = chroma.query(vectors[0], k)
            if len(found) < k or found[0][1] < 0.99 or chroma.count() != count:
                raise ChromaError("what was written cannot be found again")

    def _up_to_date(self) -> ChromaStore | None:
        """Chroma, opened again if another process wrote; None while it does not equal the record."""
        with self._lock:
            version, embedding = self._record.version(), self._record.embedding()
            if embedding is None or self._broken == version or not self._record.writable:
                return None
            if self._chroma and self._chroma.version == version:
                return self._chroma
            pointer = self._pointer()
            if pointer.get("version") != version:
                return None
            self.close()
            chroma = ChromaStore(self._folder / str(pointer["folder"]), embedding, create=False)
            self._prove(chroma, self._record.count_passages())
            chroma.version, self._chroma = version, chroma
            return chroma

    def _pointer(self) -> dict[str, str | None]:
        return self._current.read()

    def _write_pointer(self, folder: str | None, version: str | None) -> None:
        self._current.write(folder=folder, version=version)

    def _sweep(self, keep: str) -> None:
        """Delete folders no longer named by the pointer; one that another process still has open may stay a while."""
        for folder in self._folder.iterdir():
            if folder.is_dir() and folder.name != keep:
                shutil.rmtree(folder, ignore_errors=True)
