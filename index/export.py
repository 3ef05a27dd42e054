"""The documents of a library as plain data, one at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from index.reading import Reading


def exported(library: Reading) -> Iterator[dict[str, Any]]:
    """What is known of each document, with its text, passages and dates, ordered by path.

    Offsets count the characters of `text` from 0, end excluded. One document is in memory at a time.
    """
    for facts in library.facts():
        state = library.state(facts.doc_id)
        if state is None:
            continue  # removed meanwhile
        document = state.document
        yield {
            "id": document.doc_id,
            "path": document.uri,
            "title": document.title,
            "outlet": document.outlet,
            "author": document.author,
            "published": _iso(document.published),
            "published_at": document.published_at,
            "modified": _iso(document.modified),
            "address": document.address,
            "collection": document.collection,
            "language": document.language,
            "origins": dict(document.origins),
            "unsure": sorted(document.unsure),
            "content_hash": document.content_hash,
            "added_at": state.added_at,
            "text": document.text,
            "page_starts": list(document.page_starts),
            "passages": [
                {
                    "id": passage.passage_id,
                    "start": passage.start,
                    "end": passage.end,
                    "page": passage.page,
                    "headings": list(passage.headings),
                    "sentences": [list(span) for span in passage.sentences],
                }
                for passage in library.passages_of(document.doc_id)
            ],
            "mentions": [
                {
                    "start": mention.start,
                    "end": mention.end,
                    "text": mention.text,
                    "resolved": mention.resolved,
                    "anchored_to": mention.anchored_to,
                }
                for mention in library.mentions(document.doc_id)
            ],
        }


def _iso(day: Any) -> str | None:
    return None if day is None else day.isoformat()
