"""The record's file, open: its lock, its transactions, and which change of it this is."""

from __future__ import annotations

import sqlite3
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from index.database import open_database, reading, translated
from index.errors import LibraryError

FILE = "record.sqlite3"


@dataclass(frozen=True, slots=True)
class Embedding:
    """Which embedder made the vectors, and how many numbers each has."""

    name: str
    dimension: int


class HasPath(Protocol):
    """What reads from the file in `path`."""

    path: Path


S = TypeVar("S", bound=HasPath)
P = ParamSpec("P")
T = TypeVar("T")


def reads(method: Callable[Concatenate[S, P], T]) -> Callable[Concatenate[S, P], T]:
    """A method that turns rows into values: what cannot be turned is told as damage."""

    @wraps(method)
    def careful(self: S, /, *args: P.args, **kwargs: P.kwargs) -> T:
        with reading(self.path):
            return method(self, *args, **kwargs)

    return careful


class Access:
    """Reads and writes the record's file in `folder`; one object may serve several threads."""

    def __init__(self, folder: Path, *, writable: bool = True) -> None:
        self.path = folder / FILE
        self.writable = writable
        self.lock = threading.RLock()
        self.db = open_database(self.path, writable=writable)

    def close(self) -> None:
        """Close the file. A second call does nothing."""
        with self.lock:
            self.db.close()

    def read(self, statement: str, *given: object) -> list[tuple[Any, ...]]:
        """All rows of a statement."""
        with self.lock, translated(self.path):
            return self.db.execute(statement, given).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All that is written within, or nothing."""
        self.require_writable()
        with self.lock, translated(self.path):
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield self.db
                self.db.execute("COMMIT")
            except BaseException:
                if self.db.in_transaction:
                    self.db.execute("ROLLBACK")
                raise

    @contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        """A transaction that gives the record a new generation."""
        with self.transaction() as db:
            yield db
            set_meta(db, generation=str(self.generation() + 1), token=uuid.uuid4().hex)

    def require_writable(self) -> None:
        """Raise a LibraryError in a library that can only be read."""
        if not self.writable:
            raise LibraryError(
                f"The library in {str(self.path.parent)!r} can only be read: its folder is read-only. "
                "Make the folder writable, or set DATELINE_LIBRARY to another one."
            )

    @reads
    def embedding(self) -> Embedding | None:
        """What made the vectors; None in a library that never held a document."""
        meta = dict(self.read("SELECT key, value FROM meta WHERE key IN ('embedder', 'dimension')"))
        return Embedding(meta["embedder"], int(meta["dimension"])) if meta else None

    @reads
    def generation(self) -> int:
        """Counts the changes; 0 for a new library."""
        return int(self.version().partition("-")[0])

    def version(self) -> str:
        """The generation and a random mark of its change: two records that have it in common are the same."""
        meta = dict(self.read("SELECT key, value FROM meta WHERE key IN ('generation', 'token')"))
        return f"{meta.get('generation', '0')}-{meta.get('token', '')}"

    def mark(self) -> tuple[str, int, int]:
        """Another one after any write, by this object or by another process: `version` leaves out that of a state.

        Source: sqlite.org/pragma.html#pragma_data_version, which tells of the writes of others only.
        """
        return self.version(), self.db.total_changes, int(self.read("PRAGMA data_version")[0][0])


def set_meta(db: sqlite3.Connection, **values: str) -> None:
    """Keep these among what is known of the whole record."""
    db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", values.items())
