"""Files on their way into the record: read ahead in threads, and embedded together while the next are read."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from index.agreed import in_doubt
from index.embed import Embedder
from index.errors import LoadError
from index.prepare import Made, embed_documents
from index.record import DocumentVectors
from index.records import Document, Prepared

TOGETHER = 128
"""Passages, at least, that are embedded together: a text alone leaves most of the processor idle."""
AHEAD = 8
"""Files that are read ahead."""
READERS = max(1, min(4, (os.cpu_count() or 1) // 2))
"""Threads that read; each has a process of its own for the kinds of files that need one."""


@dataclass(frozen=True, slots=True)
class Read:
    """A document that was read, and the one in the record that it takes the place of."""

    prepared: Prepared
    old: Document | None
    made: Made
    """Vectors that need not be made again."""


class Conveyor:
    """Takes files in one order and keeps their documents in the same, each some time after it was taken.

    Args:
        embedder: Makes the vectors.
        made_of: The vectors that are there of an old document.
        keep: Called with each document and its vectors, in this thread.
        decide: Called with each document whose day is in doubt once all others are kept: gives it as it is to be kept.
        fail: Called with the path of a file that could not be read, and why, in this thread.
    """

    def __init__(
        self,
        embedder: Embedder,
        made_of: Callable[[Document], Made],
        keep: Callable[[Read, DocumentVectors], None],
        fail: Callable[[Path, Exception], None],
        decide: Callable[[Read], Read],
        readers: int = READERS,
    ) -> None:
        self._embedder, self._made_of, self._keep, self._fail = embedder, made_of, keep, fail
        self._decide = decide
        self._readers, self._maker = ThreadPoolExecutor(readers), ThreadPoolExecutor(1)
        self._reading: deque[tuple[Path, Future[Prepared], Document | None]] = deque()
        self._read: list[Read] = []
        self._doubtful: list[Read] = []
        self._making: tuple[list[Read], Future[list[DocumentVectors]]] | None = None

    def take(self, path: Path, prepare: Callable[[], Prepared], old: Document | None) -> None:
        """Have the file of a path read in a thread, and those before it embedded and kept as far as they are ready."""
        self._reading.append((path, self._readers.submit(prepare), old))
        while len(self._reading) > AHEAD:
            self._take_read()

    def finish(self) -> None:
        """Wait until every file that was taken is kept or has failed."""
        while self._reading:
            self._take_read()
        self._make()
        self._keep_made()
        doubtful, self._doubtful = self._doubtful, []
        for read in doubtful:
            self._put(self._decide(read))
        self._make()
        self._keep_made()

    def close(self) -> None:
        """Let go of the threads; what is not kept is dropped."""
        for pool in (self._readers, self._maker):
            pool.shutdown(cancel_futures=True)

    def _take_read(self) -> None:
        path, prepared, old = self._reading.popleft()
        try:
            read = Read(prepared.result(), old, self._made_of(old) if old else {})
        except (LoadError, OSError) as error:
            self._fail(path, error)
            return
        if in_doubt(read.prepared.document):
            self._doubtful.append(read)
        else:
            self._put(read)

    def _put(self, read: Read) -> None:
        self._read.append(read)
        if sum(len(one.prepared.passages) for one in self._read) >= TOGETHER:
            self._make()

    def _make(self) -> None:
        """Have what was read embedded; meanwhile what was embedded before is kept."""
        read, self._read = self._read, []
        told = [(one.prepared.document, one.prepared.passages, one.made) for one in read]
        making = (read, self._maker.submit(embed_documents, self._embedder, told))
        self._keep_made()
        self._making = making

    def _keep_made(self) -> None:
        if self._making is None:
            return
        (read, vectors), self._making = self._making, None
        for one, made in zip(read, vectors.result(), strict=True):
            self._keep(one, made)
