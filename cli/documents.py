"""Documents and sync reports as text for a terminal and as data for JSON."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from cli.show import console, count, one_line, plain

if TYPE_CHECKING:
    from index.records import DocumentState, Removed, SyncReport

ID_SHOWN = 8
"""Digits of an id that are shown in a list."""


def print_report(report: SyncReport) -> None:
    """A sync report in words: each file that changed, the numbers, and why files failed."""
    for word in ("added", "changed", "removed"):
        for uri in getattr(report, word):
            print(f"{word:8} {plain(uri)}")
    for uri in report.duplicates:
        print(f"same as another  {plain(uri)}")
    numbers = {
        "added": len(report.added),
        "changed": len(report.changed),
        "unchanged": len(report.unchanged),
        "removed": len(report.removed),
        "the same as others": len(report.duplicates),
        "kept although their files are gone": len(report.kept),
        "failed": len(report.failed),
    }
    said = ", ".join(f"{number:,} {word}" for word, number in numbers.items() if number) or "no files there"
    print(f"{said}; {count(report.passages_embedded, 'passage')} embedded in {report.seconds:.1f} s")
    if report.removed:
        print("What was removed can be taken back within 30 days: dateline restore")
    for failure in report.failed:
        reason = failure.reason if failure.uri in failure.reason else f"{failure.uri}: {failure.reason}"
        print(f"failed: {plain(reason)}", file=sys.stderr)


def print_removed(removed: list[Removed]) -> None:
    """What can be taken back, a line each."""
    for one in removed:
        document = one.document
        columns = (document.doc_id[:ID_SHOWN], one.removed_at[:10], one_line(document.title), one_line(document.uri))
        print("\t".join(columns))
    if not removed:
        print("Nothing was removed within the last 30 days.")


def document_data(one: DocumentState) -> dict[str, Any]:
    """What `--json` tells of a document, without its text."""
    document = one.document
    return {
        "doc_id": document.doc_id,
        "uri": document.uri,
        "title": document.title,
        "outlet": document.outlet,
        "author": document.author,
        "published": document.published,
        "collection": document.collection,
        "language": document.language,
        "origins": document.origins,
        "content_hash": document.content_hash,
        "characters": len(document.text),
        "state": one.state,
        "passages": one.passages,
        "added_at": one.added_at,
    }


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


def print_document(one: DocumentState) -> None:
    """What is known about a document, each value with where it was read."""
    document = one.document
    lines = {
        "title": document.title,
        "id": document.doc_id,
        "file": document.uri,
        "outlet": document.outlet or "not known",
        "author": document.author or "not known",
        "published": document.published.isoformat() if document.published else "not known",
        "collection": document.collection or "none",
        "state": one.state,
        "passages": f"{one.passages}",
        "characters": f"{len(document.text):,}",
        "added": one.added_at,
    }
    if notes := document.origins.get("notes"):
        lines["notes"] = notes
    for name, value in lines.items():
        origin = document.origins.get(name) if name != "notes" else None
        print(f"{name:>11}  {one_line(value)}" + (f"  ({one_line(origin)})" if origin else ""))


def print_text(text: str) -> None:
    """The exact text where it is piped; on a terminal without what it would obey."""
    if sys.stdout.isatty():
        print(plain(text))
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode("utf-8"))
