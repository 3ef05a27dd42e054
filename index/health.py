"""Whether one record is as it was written, and making its parts anew."""

from __future__ import annotations

import re
import sqlite3

from index.access import Access
from index.database import reading
from index.errors import LibraryDamagedError
from index.integrity import Damage, check_documents, check_file, check_words, missing_parts
from index.records import Document
from index.rows import columns_as_bytes, read_what_is_left
from index.schema import SCHEMA_VERSION, STEPS


class Health:
    """Looks over one record, and mends what is made from the rest of it."""

    def __init__(self, record: Access) -> None:
        self._record = record

    def damage(self) -> list[Damage]:
        """What of the record is not as it was written; empty when it is whole. Reads everything."""
        with self._record.lock:
            try:
                with reading(self._record.path):
                    return self._damage(self._record.db)
            except LibraryDamagedError as error:
                return [Damage(str(error.__cause__), file=True)]

    def _damage(self, db: sqlite3.Connection) -> list[Damage]:
        if found := check_file(db):
            return [Damage(f"its file is damaged: {found}", file=True)]
        if db.execute("PRAGMA user_version").fetchone()[0] < SCHEMA_VERSION:
            return []  # of an older format, in a folder that may only be read
        lacking = [Damage(f"it lacks {name!r}", file=not mendable) for name, mendable in missing_parts(db)]
        if any(one.file for one in lacking):
            return lacking
        self._record.generation()
        if self._record.embedding() is None and db.execute("SELECT 1 FROM passages LIMIT 1").fetchone():
            return [Damage("what made its vectors is not known", file=True)]
        words = check_words(db) if self._record.writable and not lacking else None
        told = [Damage(f"the index of words is damaged: {words}")] if words else []
        return [*lacking, *told, *check_documents(db)]

    def damaged_document(self, doc_id: str) -> tuple[Document, bool]:
        """The document with this id without those of its details that are damaged, and whether its text is whole."""
        with reading(self._record.path):
            columns = columns_as_bytes({str(row[1]) for row in self._record.read("PRAGMA table_info(documents)")})
            return read_what_is_left(self._record.read(f"SELECT {columns} FROM documents WHERE doc_id = ?", doc_id)[0])


def mend_parts(db: sqlite3.Connection) -> None:
    """Make each table, view and index anew that is lacking and can be made from the others, and all words."""
    db.execute("DROP TABLE IF EXISTS words")
    for statement in filter(str.strip, STEPS[0].split(";\n")):
        made = re.sub(r"^(\s*CREATE (?:VIRTUAL TABLE|UNIQUE INDEX|TABLE|INDEX|VIEW)) ", r"\1 IF NOT EXISTS ", statement)
        db.execute(made)
    db.execute("INSERT INTO words (words) VALUES ('rebuild')")
