"""The record's tables in one file of SQLite."""

from __future__ import annotations

import json
import re
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from index.database import FILE, open_database, translated
from index.fts5 import FTS5Words
from index.integrity import check_file, check_words, missing_parts
from index.lock import write_lock
from index.rows import columns_as_bytes
from index.schema import SCHEMA_VERSION, STEPS
from index.tables import Damage, Rows


class SQLiteFile:
    """A `Database` in the folder of the library; one connection, which serves one thread at a time."""

    among = "IN (SELECT value FROM json_each(?))"
    joined = "group_concat({})"

    def __init__(self, folder: Path, *, writable: bool = True) -> None:
        self.folder, self.place, self.writable = folder, folder / FILE, writable
        self._lock = threading.RLock()
        self.db = open_database(self.place, writable=writable)
        self.words = FTS5Words(self.db)

    def close(self) -> None:
        """As `Database.close`."""
        with self._lock:
            self.words.close()
            self.db.close()

    def many(self, values: Iterable[Any]) -> str:
        """As `Database.many`."""
        return json.dumps(list(values))

    @contextmanager
    def session(self) -> Iterator[sqlite3.Connection]:
        """As `Database.session`."""
        with self._lock, translated(self.place):
            yield self.db

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """As `Database.snapshot`, with the words at hand. Not within a transaction."""
        with self.session() as db:
            self.words.prepare()
            db.execute("BEGIN")
            try:
                yield db
            finally:
                if db.in_transaction:
                    db.execute("ROLLBACK")

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """As `Database.transaction`."""
        with self.session() as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise

    @contextmanager
    def write_lock(self, wait_s: float) -> Iterator[None]:
        """As `Database.write_lock`."""
        with write_lock(self.folder, wait_s):
            yield

    def writes(self) -> str:
        """As `Database.writes`.

        Source: sqlite.org/pragma.html#pragma_data_version, which tells of the writes of others only.
        """
        with self.session() as db:
            return f"{db.total_changes}-{db.execute('PRAGMA data_version').fetchone()[0]}"

    def damage(self) -> list[Damage] | None:
        """As `Database.damage`; None also for an older format, in a folder that may only be read."""
        with self.session() as db:
            if found := check_file(db):
                return [Damage(f"its file is damaged: {found}", file=True)]
            if db.execute("PRAGMA user_version").fetchone()[0] < SCHEMA_VERSION:
                return None
            lacking = [Damage(f"it lacks {name!r}", file=not mendable) for name, mendable in missing_parts(db)]
            if lacking or not self.writable or not (words := check_words(db)):
                return lacking
            return [Damage(f"the index of words is damaged: {words}")]

    def mend(self, db: Rows) -> None:
        """As `Database.mend`: each table, view and index that is lacking and can be made from the others."""
        db.execute("DROP TABLE IF EXISTS words")
        kinds = r"^(\s*CREATE (?:VIRTUAL TABLE|UNIQUE INDEX|TABLE|INDEX|VIEW)) "
        for statement in filter(str.strip, STEPS[0].split(";\n")):
            db.execute(re.sub(kinds, r"\1 IF NOT EXISTS ", statement))
        db.execute("INSERT INTO words (words) VALUES ('rebuild')")

    def row_as_bytes(self, doc_id: str) -> Sequence[bytes | None]:
        """As `Database.row_as_bytes`."""
        with self.session() as db:
            columns = columns_as_bytes({str(row[1]) for row in db.execute("PRAGMA table_info(documents)")})
            row: Sequence[bytes | None] = db.execute(
                f"SELECT {columns} FROM documents WHERE doc_id = ?", (doc_id,)
            ).fetchone()
            return row
