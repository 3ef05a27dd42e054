"""Questions and their answers, kept in the library's folder over restarts, so that they can be found and read again."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from uuid import uuid4

from pydantic import TypeAdapter

from index.backup import HISTORY
from index.records import EVERYTHING, Filter
from qa.errors import HistoryError
from qa.records import Answer, EvidenceFound, Unsupported

_SCHEMA = """
CREATE TABLE IF NOT EXISTS asked (
    id TEXT PRIMARY KEY,
    conversation TEXT NOT NULL,
    asked_at TEXT NOT NULL,
    question TEXT NOT NULL,
    words TEXT NOT NULL,
    collections TEXT NOT NULL,
    kept TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS asked_in ON asked (conversation, asked_at);
"""
BUSY_S = 5.0
MOST_WORDS = 20
"""Words that are searched for at once; SQLite takes no endless conditions."""
Plain = str | int | float | bool | None


def new_id() -> str:
    """An id that no other question has: 12 hexadecimal digits."""
    return uuid4().hex[:12]


@dataclass(frozen=True, slots=True)
class Kept:
    """A question, and what has come of it so far."""

    id: str
    conversation: str
    """The id of its first question."""
    asked_at: datetime
    """With its zone."""
    question: str
    filter: Filter = EVERYTHING
    scope: str = ""
    """The filter in words."""
    as_of: date | None = None
    evidence: EvidenceFound | None = None
    answer: Answer | None = None
    error: str | None = None
    prompts: tuple[str, ...] = ()
    """What the model was given to read, call by call."""
    unsupported: Unsupported | None = None
    min_likelihood: float | None = None
    """How strict to be, where that was chosen."""
    evidence_tokens: int | None = None
    """Of evidence at most, where that was chosen."""
    model: str | None = None
    """What was to answer, where that was chosen."""
    made_with: Mapping[str, Plain] = field(default_factory=dict)
    """The settings that the answer was made with."""
    wrong: str | None = None
    """What the user says is right instead; empty where they only called it wrong."""


@dataclass(frozen=True, slots=True)
class Line:
    """A question in a list."""

    id: str
    asked_at: datetime
    question: str


@cache
def _adapter() -> TypeAdapter[Kept]:
    return TypeAdapter(Kept)


class History:
    """All that was asked of one library. Threads and processes may share it: the file is opened for each use."""

    def __init__(self, folder: Path) -> None:
        """Raises HistoryError if it can be neither read nor made there."""
        self._path = folder / HISTORY
        with self._opened() as db:
            db.execute("SELECT count(*) FROM asked")

    def keep(self, kept: Kept) -> None:
        """Write it, in the place of what was kept under its id. Raises HistoryError."""
        with self._opened() as db:
            words = f"{kept.question} {kept.answer.text if kept.answer else ''}".casefold()
            row = (
                kept.id,
                kept.conversation,
                kept.asked_at.isoformat(),
                kept.question,
                words,
                "\n".join(kept.filter.collections),
                _adapter().dump_json(kept).decode(),
            )
            db.execute("INSERT OR REPLACE INTO asked VALUES (?, ?, ?, ?, ?, ?, ?)", row)

    def conversation_of(self, ident: str) -> tuple[Kept, ...]:
        """The conversation that the question with this id stands in, oldest first; empty when there is none.

        Raises:
            HistoryError: If it cannot be read.
        """
        within = "SELECT conversation FROM asked WHERE id = ?"
        with self._opened() as db:
            rows = db.execute(
                f"SELECT kept FROM asked WHERE conversation = ({within}) ORDER BY asked_at, rowid", (ident,)
            ).fetchall()
            return tuple(_adapter().validate_json(row) for (row,) in rows)

    def find(self, words: str = "", collection: str | None = None, most: int = 50) -> list[Line]:
        """The latest questions that hold all these words, in themselves or their answer, the newest first.

        Args:
            collection: Only those that were asked of this collection.
            most: Lines at most.

        Raises:
            HistoryError: If it cannot be read.
        """
        parts = [f"%{_literal(word)}%" for word in words.casefold().split()[:MOST_WORDS]]
        where = ["words LIKE ? ESCAPE '\\'"] * len(parts)
        if collection is not None:
            where.append("char(10) || collections || char(10) LIKE ? ESCAPE '\\'")
            parts.append(f"%\n{_literal(collection)}\n%")
        only = f"WHERE {' AND '.join(where)}" if where else ""
        with self._opened() as db:
            rows = db.execute(
                f"SELECT id, asked_at, question FROM asked {only} ORDER BY asked_at DESC, rowid DESC LIMIT ?",
                (*parts, most),
            ).fetchall()
            return [Line(ident, datetime.fromisoformat(at), question) for ident, at, question in rows]

    def forget(self, idents: Collection[str]) -> None:
        """Delete these. Raises HistoryError."""
        with self._opened() as db:
            db.executemany("DELETE FROM asked WHERE id = ?", [(ident,) for ident in idents])

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """A connection to the file as it is now; what goes wrong is told in words."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            # What was asked is nobody else's business.
            os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
            with closing(sqlite3.connect(self._path, timeout=BUSY_S)) as db, db:
                db.executescript(_SCHEMA)
                yield db
        except (sqlite3.Error, OSError, ValueError) as error:
            raise HistoryError(
                f"The questions asked before, in {str(self._path)!r}, cannot be read or written "
                f"({type(error).__name__}: {' '.join(str(error).split())[:200]}). Answers are given all the same. If "
                "the file is damaged, move it away: a new one is begun."
            ) from error


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
