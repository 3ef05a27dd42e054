"""The documents of a library as a list shows them: what is known of each, without reading the texts into memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from index.records import Entry
from index.tables import Rows

ENTRY = "doc_id, uri, title, outlet, author, published, collection, state, added_at"


def read_entries(db: Rows) -> list[Entry]:
    """Every document, ordered by path. Works inside the transaction of its caller."""
    passages = dict(db.execute("SELECT doc_id, count(*) FROM passages GROUP BY doc_id").fetchall())
    return [_entry(row, passages.get(row[0], 0)) for row in db.execute(f"SELECT {ENTRY} FROM documents ORDER BY uri")]


def _entry(row: Sequence[str | None], passages: int) -> Entry:
    doc_id, uri, title, outlet, author, published, collection, state, added_at = row
    return Entry(
        doc_id=str(doc_id),
        uri=str(uri),
        title=str(title),
        outlet=outlet,
        author=author,
        published=None if published is None else date.fromisoformat(published),
        collection=collection,
        state="ready" if state == "ready" else "pending",
        passages=passages,
        added_at=str(added_at),
    )
