"""What a worker does: reads a file, cuts its text and embeds it. It knows nothing of the record.

Who gives the work, and keeps what comes of it, is in `rounds.py`; what carries both there and back, in `cluster.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from index.agreed import in_doubt
from index.embed import Embedder
from index.prepare import Made, embed_documents
from index.record import DocumentVectors
from index.records import Prepared

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Task:
    """A document to be read, cut and embedded."""

    prepare: Callable[[], Prepared]
    """Can be pickled, and so can what it raises."""
    made: Made
    """Vectors that need not be made again."""
    decided: bool = False
    """Whether it is embedded although its day is in doubt."""


@dataclass(frozen=True, slots=True)
class Done:
    """A document that was read and cut."""

    prepared: Prepared
    vectors: DocumentVectors | None
    """None where its day is to be decided on before it is embedded."""


class Maker:
    """Does tasks, those that are given together embedded together; its embedder is opened for the first."""

    def __init__(self, open_embedder: Callable[[], Embedder]) -> None:
        self._open_embedder = open_embedder
        self._embedder: Embedder | None = None

    def __call__(self, tasks: Sequence[Task]) -> list[Done | Exception]:
        """What became of each task: an error is handed back, as it concerns its file alone."""
        read = [attempt(task.prepare) for task in tasks]
        ready = {
            at: (one.document, one.passages, task.made)
            for at, (task, one) in enumerate(zip(tasks, read, strict=True))
            if isinstance(one, Prepared) and (task.decided or not in_doubt(one.document))
        }
        try:
            if self._embedder is None:
                self._embedder = self._open_embedder()
            vectors = dict(zip(ready, embed_documents(self._embedder, list(ready.values())), strict=True))
        except Exception as error:
            return [error for _ in tasks]  # no fault of a file: whoever gave the tasks raises it
        return [one if isinstance(one, Exception) else Done(one, vectors.get(at)) for at, one in enumerate(read)]


def attempt(read: Callable[[], T]) -> T | Exception:
    """What `read` gives, or what it raises."""
    try:
        return read()
    except Exception as error:
        return error


def attempt_each(reads: Sequence[Callable[[], T]]) -> list[T | Exception]:
    """As `attempt`, for several."""
    return [attempt(read) for read in reads]
