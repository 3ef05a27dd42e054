"""The beginning of a record's file, put right where it is damaged, so that SQLite finds the tables again."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from index.database import BROKEN, connect
from index.record import FILE, Record
from index.rows import IN_ALL_FORMATS
from index.schema import SCHEMA_VERSION

PAGE, INTERIOR = 4096, 5
_HEADER = {0: b"SQLite format 3\0", 16: b"\x10\x00", 18: b"\x02\x02\x00\x40\x20\x20", 44: b"\0\0\0\4", 56: b"\0\0\0\1"}
"""What stands at these offsets of every record: page size 4096, WAL, schema format 4, UTF-8.

Source: sqlite.org/fileformat.html, "The Database Header".
"""


def repair_header(path: Path) -> None:
    """Write what stands at the beginning of every record where it does not."""
    with path.open("r+b") as file:
        for at, wanted in _HEADER.items():
            file.seek(at)
            if file.read(len(wanted)) != wanted:
                file.seek(at)
                file.write(wanted)
        file.seek(60)
        if int.from_bytes(file.read(4), "big") not in range(1, SCHEMA_VERSION + 1):
            file.seek(60)
            file.write(SCHEMA_VERSION.to_bytes(4, "big"))


def has_documents(path: Path) -> bool:
    """Whether SQLite finds the table of documents with its columns, whatever it finds in it."""
    try:
        with closing(connect(path, "mode=rw")) as db:
            columns = {str(row[1]) for row in db.execute("PRAGMA table_info(documents)")}
            return columns >= IN_ALL_FORMATS
    except (*BROKEN, sqlite3.Error):
        return False


def graft_schema(path: Path, place: Path) -> None:
    """Put the pages that name the tables of a new record in the place of those that can no longer be read.

    In a record made by this format the tables begin at the same pages. Where they do not, nothing can be read by it.

    Source: sqlite.org/fileformat.html, "B-tree Pages": the table of all tables begins in page 1, and of an interior
    page each cell begins with the number of a page below it.
    """
    Record(place).close()
    new = (place / FILE).read_bytes()
    (place / FILE).unlink()
    cells = int.from_bytes(new[103:105], "big")
    below = [int.from_bytes(new[108:112], "big")] if new[100] == INTERIOR else []
    for at in range(112, 112 + 2 * cells, 2) if below else ():
        pointer = int.from_bytes(new[at : at + 2], "big")
        below.append(int.from_bytes(new[pointer : pointer + 4], "big"))
    with path.open("r+b") as file:
        file.seek(100)
        file.write(new[100:PAGE])
        for number in below:
            file.seek((number - 1) * PAGE)
            file.write(new[(number - 1) * PAGE : number * PAGE])
