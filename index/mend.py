"""A damaged record made whole again from what it still holds: in its place, or read out row by row into a new one."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Collection, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from index.database import BROKEN, SCHEMA_VERSION, connect
from index.errors import LibraryError
from index.intake import load_again, read_by_facts
from index.record import FILE, Record
from index.records import Document, Failure
from index.rows import DOCUMENT, DOCUMENT_BYTES, FACTS, read_facts, read_what_is_left

Keep = Callable[[Record, Document], None]
"""Puts a document into a record, its passages and vectors made anew."""
GAP = 2_000
"""Rows that may be missing behind one another before a damaged table is taken to have ended."""
PAGE, INTERIOR = 4096, 5
_HEADER = {0: b"SQLite format 3\0", 16: b"\x10\x00", 18: b"\x02\x02\x00\x40\x20\x20", 44: b"\0\0\0\4", 56: b"\0\0\0\1"}
"""What stands at these offsets of every record: page size 4096, WAL, schema format 4, UTF-8.

Source: sqlite.org/fileformat.html, "The Database Header".
"""


def salvage(folder: Path, keep: Keep) -> tuple[list[str], list[Failure]]:
    """Read all documents that can still be read out of a damaged record, and put a new one in its place.

    The damaged file is kept beside it. For the process that holds the write lock, with the record closed.

    Returns:
        The paths of the documents kept, and of those that could not be, with what to do.

    Raises:
        LibraryError: If nothing at all can be read; the file is then as it was.
    """
    damaged, made = folder / FILE, folder / "salvage"
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir()
    try:
        # All is tried on a copy: what cannot be read today may be readable by somebody else.
        copy = made / "damaged.sqlite3"
        for end in ("", "-wal"):
            if damaged.with_name(FILE + end).is_file():
                shutil.copy2(damaged.with_name(FILE + end), copy.with_name(copy.name + end))
        _repair_header(copy)
        if not _has_documents(copy):
            _graft_schema(copy, made)
        kept: list[str] = []
        failed: list[Failure] = []
        with closing(connect(copy, "mode=rw")) as db, closing(Record(made)) as record:
            for document, whole in _documents_in(db, failed):
                keep_whole(record, document, whole, keep, kept, failed)
            for document in _removed_in(db, failed):
                record.set_aside(document)
        if not kept and not failed:
            raise _nothing_left(damaged, "it holds no documents")
        # Copied and not moved, so that there is a record at every moment. Its log would be played into the new one.
        aside = damaged.with_name(f"{FILE}.damaged-{datetime.now(UTC):%Y%m%dT%H%M%S}")
        for end in ("", "-wal"):
            if damaged.with_name(FILE + end).is_file():
                shutil.copy2(damaged.with_name(FILE + end), aside.with_name(aside.name + end))
        for end in ("-wal", "-shm"):
            damaged.with_name(FILE + end).unlink(missing_ok=True)
        (made / FILE).replace(damaged)
        return kept, failed
    except (*BROKEN, sqlite3.Error) as error:
        raise _nothing_left(damaged, error) from error
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _nothing_left(path: Path, found: object) -> LibraryError:
    return LibraryError(
        f"Nothing can be read out of the record {str(path)!r} any more ({found}). Put a backup in its place, or move "
        "it away and add your folders again with `dateline add`. Your own files are not touched by this."
    )


def keep_whole(
    record: Record, document: Document, whole: bool, keep: Keep, kept: list[str], failed: list[Failure]
) -> None:
    """Make a document anew from its text, or its file where that is not `whole`; without either it is set aside.

    Its path goes to `kept`, or what is to be told of it to `failed`.
    """
    known = document if whole else load_again(document)
    if known is None:
        record.set_aside(document)
        failed.append(_lost_text(document))
    else:
        keep(record, known)
        kept.append(known.uri)


def _lost_text(document: Document) -> Failure:
    return Failure(
        document.uri,
        "Its text in the record is damaged, and its file is not there as it was, so it is no longer searched. If you "
        f"have the file: dateline add FILE. To use the text as it is: dateline restore {document.doc_id[:8]}",
    )


def _repair_header(path: Path) -> None:
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


def _has_documents(path: Path) -> bool:
    """Whether SQLite finds the table of documents with its columns, whatever it finds in it."""
    try:
        with closing(connect(path, "mode=rw")) as db:
            columns = {str(row[1]) for row in db.execute("PRAGMA table_info(documents)")}
            return columns >= {*DOCUMENT.split(", ")} - {"collection"}
    except (*BROKEN, sqlite3.Error):
        return False


def _graft_schema(path: Path, place: Path) -> None:
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


def _documents_in(db: sqlite3.Connection, failed: list[Failure]) -> Iterator[tuple[Document, bool]]:
    """Every document that can be read, and whether its text is whole; what cannot be read is told in `failed`."""
    columns = {str(row[1]) for row in db.execute("PRAGMA table_info(documents)")}
    wanted = [f"CAST({name} AS BLOB)" if name in columns else "NULL" for name in [*DOCUMENT.split(", "), "text_hash"]]
    query = f"SELECT rowid, {', '.join(wanted)} FROM documents NOT INDEXED WHERE rowid > ? ORDER BY rowid LIMIT 1"
    last, missing, seen = 0, 0, set[str]()
    while missing < GAP:
        try:
            row = db.execute(query, (last,)).fetchone()
            if row is None:
                break
            last = int(row[0])
            document, whole = read_what_is_left(row[1:])
        except (*BROKEN, sqlite3.Error):
            last, missing = last + 1, missing + 1
            continue
        if document.uri not in seen:
            seen.add(document.uri)
            yield document, whole
    if missing:
        yield from _from_their_files(db, seen, failed)


def _from_their_files(
    db: sqlite3.Connection, seen: Collection[str], failed: list[Failure]
) -> Iterator[tuple[Document, bool]]:
    """Documents that are gone from their table and are still named in its index, where their files are as they were."""
    reason = "It can no longer be read. Add its file again: dateline add FILE"
    try:
        for row in db.execute(f"SELECT {FACTS} FROM documents INDEXED BY facts"):
            facts = read_facts(row)
            if facts.uri in seen:
                continue
            if document := read_by_facts(facts):
                yield document, True
            else:
                failed.append(Failure(facts.uri, reason))
    except (*BROKEN, sqlite3.Error):
        failed.append(Failure("the record", "Some of its documents can no longer be read. Add your folders again."))


def _removed_in(db: sqlite3.Connection, failed: list[Failure]) -> Iterator[Document]:
    """The removed documents that can be read; that there were others is told in `failed`."""
    try:
        for row in db.execute(f"SELECT {DOCUMENT_BYTES.replace('CAST(text_hash AS BLOB)', 'NULL')} FROM removed"):
            yield read_what_is_left(row)[0]
    except (*BROKEN, sqlite3.Error) as error:
        failed.append(Failure("the record", f"What was removed can no longer all be taken back ({error})."))
