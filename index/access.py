"""The record's tables, open: reading them, changing them, and which change of them this is."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from index.database import reading
from index.errors import LibraryError
from index.tables import Database, Rows


@dataclass(frozen=True, slots=True)
class Embedding:
    """Which embedder made the vectors, and how many numbers each has."""

    name: str
    dimension: int


class HasPlace(Protocol):
    """What reads from the tables in `place`."""

    place: Path | str


S = TypeVar("S", bound=HasPlace)
P = ParamSpec("P")
T = TypeVar("T")


def reads(method: Callable[Concatenate[S, P], T]) -> Callable[Concatenate[S, P], T]:
    """A method that turns rows into values: what cannot be turned is told as damage."""

    @wraps(method)
    def careful(self: S, /, *args: P.args, **kwargs: P.kwargs) -> T:
        with reading(self.place):
            return method(self, *args, **kwargs)

    return careful


class Access:
    """Reads and writes the record's tables; one object may serve several threads."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.place, self.writable = database.place, database.writable

    def close(self) -> None:
        """Let go of files and connections. A second call does nothing."""
        self.database.close()

    def read(self, statement: str, *given: object) -> list[tuple[Any, ...]]:
        """All rows of a statement."""
        with self.database.session() as db:
            return [*db.execute(statement, given)]

    def read_among(self, statement: str, values: Iterable[object]) -> list[tuple[Any, ...]]:
        """All rows of a statement in which `{among}` is the condition to be one of the values."""
        return self.read(statement.format(among=self.database.among), self.database.many(values))

    @contextmanager
    def transaction(self) -> Iterator[Rows]:
        """All that is written within, or nothing."""
        self.require_writable()
        with self.database.transaction() as db:
            yield db

    @contextmanager
    def change(self) -> Iterator[Rows]:
        """A transaction that gives the record a new generation."""
        with self.transaction() as db:
            yield db
            set_meta(db, generation=str(self.generation() + 1), token=uuid.uuid4().hex)

    def delete_document(self, db: Rows, doc_id: str) -> None:
        """Delete a document and all that belongs to it; nothing happens when it is not there."""
        self.database.words.delete(db, doc_id)
        db.execute("DELETE FROM documents WHERE doc_id = ?", (doc_id,))

    def require_writable(self) -> None:
        """Raise a LibraryError in a library that can only be read."""
        if not self.writable:
            raise LibraryError(
                f"The library in {str(self.database.folder)!r} can only be read: its folder is read-only. "
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

    def mark(self) -> tuple[str, str]:
        """Another one after any write, by this object or by another process: `version` leaves out that of a state."""
        return self.version(), self.database.writes()


def set_meta(db: Rows, **values: str) -> None:
    """Keep these among what is known of the whole record."""
    statement = "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
    db.executemany(statement, list(values.items()))
