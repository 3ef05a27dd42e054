"""Files on their way into the record when workers read them: given out in rounds, kept as they come back.

This process alone writes. A kill loses what is on its way, and nothing that was kept: the next run gives out only what
the record does not hold.
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from index.cluster import Cluster
from index.conveyor import Read
from index.errors import LoadError
from index.prepare import Made
from index.record import DocumentVectors
from index.records import Document, Failure, Prepared
from index.work import Done, Maker, Task, attempt_each

ROUND_FILES = 10_000
"""Files given out at a time, at most: the workers are started anew for each round, which takes seconds."""
ROUND_BYTES = 100_000_000
"""What they weigh together, about; a file that is still to be read weighs only its path."""
TOGETHER = 16
"""Files that a worker takes at a time."""


class Waiting(NamedTuple):
    """A file that was given out."""

    path: Path
    old: Document | None
    task: bytes


class Rounds:
    """As `Conveyor`, with workers in the place of its threads; documents are kept as they are done, in any order.

    Args:
        cluster: The workers.
        made_of: The vectors that are there of an old document.
        keep: As of `Conveyor`, and so are `fail` and `decide`.
        on_done: Called with the path of each file that has been kept or has failed.
    """

    def __init__(
        self,
        cluster: Cluster,
        made_of: Callable[[Document], Made],
        keep: Callable[[Read, DocumentVectors], None],
        fail: Callable[[Path, Exception], None],
        decide: Callable[[Read], Read],
        on_done: Callable[[Path], None] | None = None,
    ) -> None:
        self._cluster, self._open_maker = cluster, partial(Maker, cluster.open_embedder)
        self._made_of, self._keep, self._fail, self._decide = made_of, keep, fail, decide
        self._on_done = on_done
        self._waiting: dict[int, Waiting] = {}
        self._weight = 0
        self._doubtful: list[Read] = []

    def take(self, path: Path, prepare: Callable[[], Prepared], old: Document | None) -> None:
        """Give a file out with the next round; once that is full, wait until all of it is kept or has failed."""
        self._give(path, Task(prepare, self._made_of(old) if old else {}), old)
        if len(self._waiting) >= ROUND_FILES or self._weight >= ROUND_BYTES:
            self._run()

    def finish(self) -> None:
        """As `Conveyor.finish`."""
        self._run()
        doubtful, self._doubtful = self._doubtful, []
        for read in map(self._decide, doubtful):
            prepare = partial(_as_it_is, read.prepared)
            made = self._made_of(read.old) if read.old else {}
            self._give(Path(read.prepared.document.uri), Task(prepare, made, decided=True), read.old)
        self._run()

    @property
    def waiting(self) -> int:
        """Files that were given out, and are neither kept nor failed."""
        return len(self._waiting) + len(self._doubtful)

    def close(self) -> None:
        """Nothing is held: what was given out and is not kept is dropped."""

    def _give(self, path: Path, task: Task, old: Document | None) -> None:
        pickled = pickle.dumps(task)
        self._waiting[len(self._waiting)] = Waiting(path, old, pickled)
        self._weight += len(pickled) + (len(old.text) if old else 0)

    def _run(self) -> None:
        """Keep all that is given out. What ended its worker goes once more, alone, so that it takes nothing along."""
        for together in (TOGETHER, 1):
            self._waiting = dict(enumerate(self._waiting.values()))
            if self._waiting:
                tasks = [one.task for one in self._waiting.values()]
                for number, done in self._cluster.do(self._open_maker, tasks, together):
                    if number in self._waiting:  # work that was done twice comes back twice
                        self._take_back(self._waiting.pop(number), done)
        lost, self._waiting, self._weight = self._waiting, {}, 0
        for one in lost.values():
            self._take_back(one, _ended(one.path))

    def _take_back(self, given: Waiting, done: Done | Exception) -> None:
        if isinstance(done, LoadError | OSError):
            self._fail(given.path, done)
        elif isinstance(done, Exception):
            raise done
        elif done.vectors is None:
            self._doubtful.append(Read(done.prepared, given.old, {}))
            return
        else:
            self._keep(Read(done.prepared, given.old, {}), done.vectors)
        if self._on_done:
            self._on_done(given.path)


class Unfolded:
    """Files that hold several documents, read ahead by workers; to be taken in the order in which they were asked."""

    def __init__(self, cluster: Cluster, asked: Sequence[tuple[Path, Mapping[str, str]]]) -> None:
        from index.load import load_documents

        self._load = load_documents
        self._numbers = {path: number for number, (path, _) in enumerate(asked)}
        reads = [pickle.dumps(partial(load_documents, path, given)) for path, given in asked]
        self._coming = cluster.do(_attempts, reads, 1, ordered=True) if reads else iter(())
        self._next: tuple[int, Any] = (-1, None)
        """The number of a file that was read, and what it holds or why it cannot be read."""

    def read(self, path: Path, given: Mapping[str, str]) -> list[Document | Failure]:
        """As `load_documents`, and by that where it was not asked."""
        number = self._numbers.pop(path, None)
        if number is None:
            return self._load(path, given)
        while self._next[0] < number:
            self._next = next(self._coming, (sys.maxsize, None))
        if self._next[0] > number:
            raise _ended(path)
        found: list[Document | Failure] | Exception = self._next[1]
        if isinstance(found, Exception):
            raise found
        return found


def _attempts() -> Callable[[Sequence[Callable[[], Any]]], list[Any]]:
    return attempt_each


def _as_it_is(prepared: Prepared) -> Prepared:
    return prepared


def _ended(path: Path) -> LoadError:
    return LoadError(
        f"{path.name!r} could not be read: each process of Ray that tried was ended, the last with this file alone. It "
        "is damaged, or takes more memory than there is; the other files are not affected. Split it, and add that."
    )
