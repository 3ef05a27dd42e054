"""What is no longer searched and not lost: documents that were removed, and the old texts of files that changed.

A removed one can be taken back for a while. An old version cannot, its place is taken; it stays as long as the document
that took it, so that a quote from it still opens the text that it quotes. Neither has passages or vectors.
"""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

from index.access import Access, reads
from index.records import Document, Version
from index.rows import DOCUMENT, columns_as_bytes, document_values, read_document, read_what_is_left
from index.tables import Rows

VERSION = f"{DOCUMENT}, removed_at, added_at, replaced_by"
_PLACES = ", ".join("?" * len(VERSION.split(", ")))
_REPLACING = "ON CONFLICT (doc_id) DO UPDATE SET " + ", ".join(f"{one} = excluded.{one}" for one in VERSION.split(", "))


class Past:
    """The removed and the replaced documents of one record."""

    def __init__(self, record: Access) -> None:
        self.place, self._record = record.place, record

    @reads
    def removed(self) -> list[Version]:
        """The documents that can be taken back, the last removed first."""
        return self._versions("replaced_by IS NULL ORDER BY removed_at DESC, uri")

    @reads
    def version(self, doc_id: str) -> Version | None:
        """What is no longer searched under this id."""
        return next(iter(self._versions("doc_id = ?", doc_id)), None)

    @reads
    def removed_with(self, content_hash: str) -> Document | None:
        """The removed or replaced document with this content."""
        return next((one.document for one in self._versions("content_hash = ?", content_hash)), None)

    @reads
    def history(self, doc_id: str, uri: str) -> list[Version]:
        """What was replaced by this document, by what it replaced, and so on, or lay in its place; the last first."""
        chain = (
            "doc_id IN (WITH RECURSIVE chain (id) AS (SELECT doc_id FROM removed WHERE replaced_by = ? OR uri = ? "
            "UNION SELECT doc_id FROM removed JOIN chain ON replaced_by = id) SELECT id FROM chain) AND doc_id != ?"
        )
        return self._versions(f"{chain} ORDER BY removed_at DESC", doc_id, uri, doc_id)

    @reads
    def named(self, digits: str, uri: str) -> list[Version]:
        """What lay under this path, or has an id that begins so; the last first."""
        condition = "uri = ? OR substr(doc_id, 1, ?) = ? ORDER BY removed_at DESC"
        return self._versions(condition, uri, len(digits), digits)

    def keep(self, version: Version) -> None:
        """Put a document here, in the library or not; it is no longer searched."""
        with self._record.change() as db:
            self._record.delete_document(db, version.document.doc_id)
            insert_version(db, version)

    def forget(self, removed_before: str, replaced_before: str | None) -> None:
        """Delete for good what is older than these moments, UTC in ISO 8601, and the old versions of what is gone."""
        old = "removed_at < CASE WHEN replaced_by IS NULL THEN ? ELSE ? END"
        if self._record.read(f"SELECT 1 FROM removed WHERE {old} LIMIT 1", removed_before, replaced_before):
            with self._record.transaction() as db:
                db.execute(f"DELETE FROM removed WHERE {old}", (removed_before, replaced_before))
                forget_orphans(db)

    def _versions(self, condition: str, *given: object) -> list[Version]:
        rows = self._record.read(f"SELECT {VERSION} FROM removed WHERE {condition}", *given)
        return [Version(read_document(row[:-3]), *row[-3:]) for row in rows]


def keep_version(db: Rows, doc_id: str, replaced_by: str | None = None) -> None:
    """Keep a document that is about to be deleted, without its passages."""
    db.execute(
        f"INSERT INTO removed ({VERSION}) SELECT {DOCUMENT}, ?, added_at, ? FROM documents "
        f"WHERE doc_id = ? {_REPLACING}",
        (now(), replaced_by, doc_id),
    )


def insert_version(db: Rows, version: Version) -> None:
    """Write a version, in the place of one of the same id."""
    values = (*document_values(version.document), version.removed_at, version.added_at, version.replaced_by)
    db.execute(f"INSERT INTO removed ({VERSION}) VALUES ({_PLACES}) {_REPLACING}", values)


def forget_version(db: Rows, doc_id: str) -> None:
    """Delete one from the past, for good, with its own old versions unless they belong to a document that is there."""
    db.execute("DELETE FROM removed WHERE doc_id = ?", (doc_id,))
    forget_orphans(db)


def forget_orphans(db: Rows) -> None:
    """Delete the old versions of documents that are neither there nor can be taken back."""
    orphans = (
        "DELETE FROM removed WHERE replaced_by IS NOT NULL AND replaced_by NOT IN (SELECT doc_id FROM documents) "
        "AND replaced_by NOT IN (SELECT doc_id FROM removed)"
    )
    while db.execute(orphans).rowcount:
        pass


def words_changed(before: str, after: str) -> tuple[int, int]:
    """How many words came in and how many went; words that only stand elsewhere are neither."""
    old, new = (Counter(re.findall(r"\w+", text)) for text in (before, after))
    return (new - old).total(), (old - new).total()


def read_past(db: sqlite3.Connection) -> Iterator[Version]:
    """What can be read of the past of a damaged record, of any format. Raises where some of it cannot."""
    named = {str(row[1]) for row in db.execute("PRAGMA table_info(removed)")}
    more = ", ".join(name if name in named else "NULL" for name in ("removed_at", "added_at", "replaced_by"))
    wanted = columns_as_bytes(named - {"text_hash"})
    for row in db.execute(f"SELECT {wanted}, {more} FROM removed"):
        yield Version(read_what_is_left(row[:-3])[0], row[-3] or now(), *row[-2:])


def now() -> str:
    """UTC, ISO 8601, to the millisecond: two versions of one document may end in one second."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
