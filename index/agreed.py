"""The day of a document that is headed 03/04/2024: in April or in March, as the other documents of its folder write.

`index.load` decides by the document's own dates. Where these do not say, all documents in the same folder or archive
do whose dates can only be read one way (25/12/2023), if they agree. They are asked once all files of a run are in the
record, so the order of files does not matter, and a document that was in doubt before gets its day with the first run
that brings such a date. A day that was taken so stays, marked as not sure, until its own file changes, though later
documents may write otherwise: another file's arrival takes no date away.
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date

from index.access import Access
from index.dates.days import day_in, either_day, is_day_first
from index.records import Document

IN_DOUBT = " may be two days: none is taken until one is given, or others in the folder write dates in one way alone"
"""What is told of a date behind its origin, where the publication date would be told."""
AS_OTHERS = "first as the other documents of the folder write dates"


def in_doubt(document: Document) -> bool:
    """Whether it has no day because the one at its head may be two."""
    return document.published is None and document.origins.get("published", "").endswith(IN_DOUBT)


def as_decided(document: Document, before: Document | None) -> Document:
    """The document, where it is in doubt with the day that was decided on for the same words in the same file."""
    if before is None or not in_doubt(document) or document.content_hash != before.content_hash:
        return document
    origin = before.origins.get("published", "")
    same = origin.endswith(AS_OTHERS) and origin.startswith(_where(document))
    return _dated(document, before.published, origin) if same else document


class Folders:
    """How the documents of each folder write dates, by the texts in the record as it is when that is first asked."""

    def __init__(self, record: Access) -> None:
        self._record = record
        self._inside: dict[str, list[str]] = {}
        self._day_first: dict[str, bool | None] = {}

    def decided(self, document: Document) -> Document:
        """The document, where it is in doubt with the day that its folder decides on, if it does."""
        words = either_day(_where(document)) if in_doubt(document) else None
        day_first = self._is_day_first(folder_of(document.uri)) if words else None
        if words is None or day_first is None:
            return document
        origin = f"{_where(document)}, read {'day' if day_first else 'month'} {AS_OTHERS}"
        return _dated(document, day_in(words, day_first), origin)

    def in_doubt(self) -> list[tuple[str, str]]:
        """Path and id of each document that is."""
        # Undated ones are found by an index; their rows alone are read.
        undated = "SELECT doc_id FROM documents WHERE published IS NULL"
        query = f"SELECT uri, doc_id, origins FROM documents WHERE doc_id IN ({undated}) ORDER BY uri"
        return [(uri, doc_id) for uri, doc_id, origins in self._record.read(query) if IN_DOUBT in str(origins)]

    def _is_day_first(self, folder: str) -> bool | None:
        if folder not in self._day_first:
            self._day_first[folder] = self._read_all(folder)
        return self._day_first[folder]

    def _read_all(self, folder: str) -> bool | None:
        if not self._inside:
            for uri, doc_id in self._record.read("SELECT uri, doc_id FROM documents"):
                self._inside.setdefault(folder_of(uri), []).append(doc_id)
        found: set[bool] = set()
        for doc_id in self._inside.get(folder, ()):
            ((text,),) = self._record.read("SELECT text FROM documents WHERE doc_id = ?", doc_id)
            if (day_first := is_day_first(text)) is not None:
                found.add(day_first)
            if len(found) == 2:
                return None
        return found.pop() if found else None


def folder_of(uri: str) -> str:
    """The folder, or the archive or other container, in which the file of this path lies."""
    return os.path.dirname(uri)


def _where(document: Document) -> str:
    return document.origins["published"].removesuffix(IN_DOUBT)


def _dated(document: Document, published: date | None, origin: str) -> Document:
    origins = {**document.origins, "published": origin}
    return replace(document, published=published, origins=origins, unsure=document.unsure | {"published"})
