"""A damaged record made whole again from what it still holds: in its place, or read out row by row into a new one."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Collection, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from index.database import BROKEN, connect
from index.errors import LibraryError
from index.fields import copy_fields
from index.graft import graft_schema, has_documents, repair_header
from index.past import now, read_past
from index.prepare import load_again, read_by_facts
from index.record import FILE, Record
from index.records import Document, Failure, Version
from index.rows import FACTS, columns_as_bytes, read_facts, read_what_is_left

Keep = Callable[[Record, Document], None]
"""Puts a document into a record, its passages and vectors made anew."""
GAP = 2_000
"""Rows that may be missing behind one another before a damaged table is taken to have ended."""


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
        repair_header(copy)
        if not has_documents(copy):
            graft_schema(copy, made)
        kept: list[str] = []
        failed: list[Failure] = []
        with closing(connect(copy, "mode=rw")) as db, closing(Record(made)) as record:
            for document, whole in _documents_in(db, failed):
                keep_whole(record, document, whole, keep, kept, failed)
            try:
                copy_fields(db, record)
            except (*BROKEN, sqlite3.Error):
                told = "Which fields of JSON lines you named can no longer be read. Name them again with --field."
                failed.append(Failure("the record", told))
            past = list(_past_in(db, failed))
            there = {*(doc_id for doc_id, _ in record.sources().values()), *(one.document.doc_id for one in past)}
            for version in past:
                # Where what took its place is lost, the old text can be taken back.
                lost = version.replaced_by not in there
                record.past.keep(replace(version, replaced_by=None) if lost else version)
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
        record.past.keep(Version(document, now()))
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


def _documents_in(db: sqlite3.Connection, failed: list[Failure]) -> Iterator[tuple[Document, bool]]:
    """Every document that can be read, and whether its text is whole; what cannot be read is told in `failed`."""
    columns = {str(row[1]) for row in db.execute("PRAGMA table_info(documents)")}
    wanted = columns_as_bytes(columns)
    query = f"SELECT rowid, {wanted} FROM documents NOT INDEXED WHERE rowid > ? ORDER BY rowid LIMIT 1"
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


def _past_in(db: sqlite3.Connection, failed: list[Failure]) -> Iterator[Version]:
    """What was removed or replaced and can be read; that there was more is told in `failed`."""
    try:
        yield from read_past(db)
    except (*BROKEN, sqlite3.Error) as error:
        told = f"What was removed can no longer all be taken back, nor all old versions be shown ({error})."
        failed.append(Failure("the record", told))
