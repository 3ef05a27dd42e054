"""Documents as text for a terminal and as data for JSON."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from cli.show import console, one_line, plain
from index.reprints import others_in_words

if TYPE_CHECKING:
    from index.records import DocumentState, Story, Version

ID_SHOWN = 8
"""Digits of an id that are shown in a list."""


def print_removed(removed: list[Version]) -> None:
    """What can be taken back, a line each."""
    for one in removed:
        document = one.document
        columns = (document.doc_id[:ID_SHOWN], one.removed_at[:10], one_line(document.title), one_line(document.uri))
        print("\t".join(columns))
    if not removed:
        print("Nothing was removed within the last 30 days.")


def document_data(one: DocumentState | Version) -> dict[str, Any]:
    """What `--json` tells of a document, without its text."""
    document = one.document
    now = {name: getattr(one, name, None) for name in ("state", "passages", "added_at", "removed_at", "replaced_by")}
    return {
        "doc_id": document.doc_id,
        "uri": document.uri,
        "title": document.title,
        "outlet": document.outlet,
        "author": document.author,
        "published": document.published,
        "published_at": document.published_at,
        "modified": document.modified,
        "address": document.address,
        "collection": document.collection,
        "language": document.language,
        "origins": document.origins,
        "unsure": sorted(document.unsure),
        "content_hash": document.content_hash,
        "characters": len(document.text),
    } | now


def print_table(states: list[DocumentState]) -> None:
    """A table on a terminal; elsewhere a line a document, its columns between tabs."""
    rows = [
        (
            one.document.doc_id[:ID_SHOWN],
            one.document.published.isoformat() if one.document.published else "no date",
            one_line(one.document.outlet or ""),
            one_line(one.document.collection or ""),
            one_line(one.document.title),
            str(one.passages),
            one.state,
            one_line(one.document.uri),
        )
        for one in states
    ]
    out = console()
    if not out.is_terminal:
        for row in rows:
            print("\t".join(row))
        return
    names = ("Id", "Published", "Outlet", "Collection", "Title", "Passages", "State", "File")
    table = Table(*names, box=None, header_style="bold")
    for *others, uri in rows:
        table.add_row(*(Text(cell) for cell in others), Text(Path(uri).name, overflow="fold"))
    out.print(table)


def print_document(one: DocumentState | Version, story: Story | None = None) -> None:
    """What is known about a document, each value with where it was read."""
    document, data = one.document, document_data(one)
    lines = {
        "title": document.title,
        "id": document.doc_id,
        "file": document.uri,
        **{name: str(data[name] or "not known") for name in ("outlet", "author", "published")},
        "collection": document.collection or "none",
        **{name: str(data[name]) for name in ("modified", "address") if data[name]},
        "state": data["state"] or _ended(data["removed_at"], data["replaced_by"]),
        **({"passages": str(data["passages"])} if data["passages"] is not None else {}),
        "characters": f"{len(document.text):,}",
        "added": data["added_at"] or "not known",
    }
    if notes := document.origins.get("notes"):
        lines["notes"] = notes
    if story:
        lines["reprints"] = others_in_words(story, document.doc_id)
    for name, value in lines.items():
        origin = document.origins.get(name) if name != "notes" else None
        sure = " (not sure)" if name in document.unsure else ""
        print(f"{name:>11}  {one_line(value)}{sure}" + (f"  ({one_line(origin)})" if origin else ""))


def _ended(when: str, replaced_by: str | None) -> str:
    if replaced_by:
        return f"an old version, replaced on {when[:10]}: dateline history {replaced_by[:ID_SHOWN]}"
    return f"removed on {when[:10]}: dateline restore"


def print_text(text: str) -> None:
    """The exact text where it is piped; on a terminal without what it would obey."""
    if sys.stdout.isatty():
        print(plain(text))
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode("utf-8"))
