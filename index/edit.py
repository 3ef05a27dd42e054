"""What the user says about a document, put in the place of what its file says."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from index.agreed import as_decided
from index.errors import LibraryError
from index.filters import collection_name
from index.prepare import GIVEN_ORIGIN, Prepare, given_about
from index.records import Document

FIELDS = ("title", "outlet", "author", "published", "collection")


def edited(document: Document, given: Mapping[str, str]) -> Document:
    """The document with what is given about it. Raises LibraryError when a value or a name does not fit."""
    values: dict[str, Any] = {name: _value(name, text) for name, text in given.items()}
    if document.published_at and values.get("published", document.published) != document.published:
        values["published_at"] = None  # the time of another day
    origins = {**document.origins, **dict.fromkeys(given, GIVEN_ORIGIN)}
    return replace(document, **values, origins=origins, unsure=document.unsure - set(given))


def as_read(document: Document, forget: Collection[str], prepare: Prepare) -> Document:
    """The document with what its file says in the place of what was given about these fields.

    Raises:
        LibraryError: If one was not given, or the file is no longer what it was.
        LoadError: If the file cannot be read.
    """
    given = given_about(document)
    for name in forget:
        if name not in given:
            known = ", ".join(given) or "nothing"
            raise LibraryError(f"{name!r} was not given by you, so there is nothing to forget. You gave: {known}.")
    read = prepare(Path(document.uri), {name: text for name, text in given.items() if name not in forget} or None)
    if read.document.content_hash != document.content_hash:
        raise LibraryError(
            f"The file {document.uri!r} has changed, so what it says does not belong to this text. Bring the "
            f"library up to date first: dateline add {document.uri!r}"
        )
    # The text that has been quoted stays, though a file may be read otherwise by now.
    return replace(as_decided(read.document, document), text=document.text, page_starts=document.page_starts)


def _value(name: str, text: str) -> str | date:
    if name not in FIELDS:
        raise LibraryError(f"{name!r} is no field that can be given. Give one of: {', '.join(FIELDS)}.")
    if not text.strip():
        raise LibraryError(f"The {name} given is empty. To go back to what the file says: --forget {name}")
    if name == "collection":
        return collection_name(text)
    if name != "published":
        return text.strip()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise LibraryError(
            f"The publication date {text!r} is no date ({error}). Write it as year-month-day: 2025-03-31."
        ) from error
