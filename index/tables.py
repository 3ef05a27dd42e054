"""What the record needs of the database with its tables: `sqlite.py` is a file, `postgres.py` a schema on a server.

The statements are the same for both, with `?` for what is given. Where the two have no words in common, a `Database`
gives its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from index.bm25 import Lengths, Numbers, Scores


@dataclass(frozen=True, slots=True)
class Damage:
    """One thing that is not as it was written."""

    what: str
    """In words for the user."""
    doc_id: str | None = None
    """The document, when its passages and all that belongs to them are to be made again; None for the whole record."""
    file: bool = False
    """Whether its tables can no longer all be read."""


class Cursor(Protocol):
    """What a statement gave."""

    @property
    def rowcount(self) -> int:
        """Rows that it changed."""

    def fetchone(self) -> Any:
        """The next row; None after the last."""

    def fetchall(self) -> Sequence[Any]:
        """All rows that are left."""

    def __iter__(self) -> Iterator[Any]:
        """Row after row."""


class Rows(Protocol):
    """A connection to the tables."""

    def execute(self, statement: str, given: Sequence[Any] = ..., /) -> Cursor:
        """Run one statement."""

    def executemany(self, statement: str, given: Iterable[Sequence[Any]], /) -> object:
        """Run one statement for each of what is given."""


class Words(Protocol):
    """Where each word of the passages stands. Its caller keeps the record still."""

    def insert(self, db: Rows, doc_id: str) -> None:
        """Index the passages of a document that was just written."""

    def delete(self, db: Rows, doc_id: str) -> None:
        """Forget the passages of a document that is about to be deleted."""

    def tokenized(self, texts: Sequence[str]) -> dict[int, list[str]]:
        """Tokens of each text that has some, by its place, cut and stemmed as in the index."""

    def lengths(self, db: Rows) -> Lengths:
        """Of all passages."""

    def scored(self, db: Rows, term: str, tokens: Sequence[str], lengths: Lengths) -> tuple[Numbers, Scores]:
        """The passages that hold the tokens of a term in a row, and what it adds to the score of each."""

    def count(self, db: Rows, term: str, among: Sequence[int] | None = None) -> int:
        """In how many passages a term occurs; in how many of those with these numbers, when given."""


class Database(Protocol):
    """The tables of one record; one object may serve several threads."""

    among: str
    """Condition for a column whose value is one of those that `many` gives."""
    joined: str
    """All values of the column `{}` in one text, with commas."""

    @property
    def folder(self) -> Path:
        """Of the library."""

    @property
    def place(self) -> Path | str:
        """What errors name."""

    @property
    def writable(self) -> bool:
        """Whether it may be written."""

    @property
    def words(self) -> Words:
        """Of its passages."""

    def many(self, values: Iterable[Any]) -> object:
        """What is given for the `?` in `among`."""

    def session(self) -> AbstractContextManager[Rows]:
        """To read; inside a transaction of the same thread, what that has written. Raises LibraryError."""

    def snapshot(self) -> AbstractContextManager[Rows]:
        """To read several things as they are at one moment. Raises LibraryError."""

    def transaction(self) -> AbstractContextManager[Rows]:
        """All that is written within, or nothing; one at a time. Raises LibraryError."""

    def write_lock(self, wait_s: float) -> AbstractContextManager[None]:
        """One process writes to the library at a time. Raises LibraryBusyError when another does so longer."""

    def writes(self) -> str:
        """Another text after any write, by this object or by another process."""

    def damage(self) -> list[Damage] | None:
        """What is wrong with the tables as such; None where the documents in them cannot be looked at either."""

    def mend(self, db: Rows) -> None:
        """Make anew what can be made from the rest: all words, and what parts can be."""

    def row_as_bytes(self, doc_id: str) -> Sequence[bytes | None]:
        """A document's row of `rows.columns_as_bytes`."""

    def close(self) -> None:
        """Let go of files and connections. A second call does nothing."""
