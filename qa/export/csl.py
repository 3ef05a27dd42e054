"""The documents cited, for a reference manager (CSL-JSON).

Source: schema of CSL 1.0.2, https://resource.citationstyles.org/schema/v1.0/input/json/csl-data.json
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

from qa.export.clean import clean
from qa.export.outline import cited_in
from qa.export.records import Exported, ExportedDocument
from qa.records import Citation


def to_csl(exported: Sequence[Exported]) -> str:
    """A list with one item a document, in the order of first mention; empty when nothing is cited.

    The `id` is that of the document, so that one cited again is the same item.
    """
    cited: dict[str, list[Citation]] = {}
    known: dict[str, ExportedDocument] = {}
    last: dict[str, date] = {}
    for each in exported:
        for one in cited_in(each.answer).values():
            cited.setdefault(one.doc_id, []).append(one)
            known.setdefault(one.doc_id, each.documents.get(one.doc_id) or ExportedDocument.cited(one))
            last[one.doc_id] = max(each.asked_at.date(), last.get(one.doc_id, date.min))
    items = [_item(known[doc_id], quotes, last[doc_id]) for doc_id, quotes in cited.items()]
    return json.dumps(items, ensure_ascii=False, indent=2) + "\n"


def _item(document: ExportedDocument, quotes: Sequence[Citation], accessed: date) -> dict[str, object]:
    pages = sorted({one.page for one in quotes if one.page})
    item: dict[str, object | None] = {
        "id": document.doc_id,
        "type": "article-newspaper" if document.outlet else "document",
        "title": clean(document.title),
        "container-title": clean(document.outlet or "") or None,
        "author": [{"literal": clean(document.author)}] if document.author else None,
        "issued": _day(document.published) if document.published else None,
        "accessed": _day(accessed),
        "page": ", ".join(map(str, pages)) or None,
        "language": document.language,
        "URL": clean(document.address) if document.address else None,
        "note": _note(quotes),
        "custom": {"file": clean(document.uri), "sha256": document.content_hash},
    }
    return {name: value for name, value in item.items() if value is not None}


def _day(day: date) -> dict[str, list[list[int]]]:
    return {"date-parts": [[day.year, day.month, day.day]]}


def _note(quotes: Sequence[Citation]) -> str:
    """Each quote once, with its place."""
    told = dict.fromkeys(f"“{clean(one.quote)}” (characters {one.start} to {one.end})" for one in quotes)
    # `{:title: …}` in a note would set the title: some processors take fields from there.
    return "; ".join(told).replace("{:", "{ :")
