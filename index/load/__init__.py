"""A file in, a `Document` out: its exact text and what the text says about itself."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from index.errors import LoadError
from index.load.metadata import read_metadata
from index.load.text import decode_text
from index.records import Document

SUFFIXES = frozenset({".txt", ".text", ".md", ".markdown"})
MAX_BYTES = 20_000_000
GIVEN_FIELDS = frozenset({"title", "outlet", "author", "published", "collection"})
GIVEN_ORIGIN = "given by you"


def load_document(path: Path, given: Mapping[str, str] | None = None) -> Document:
    """The document in `path`; what the user has `given` comes before what was read.

    Raises:
        LoadError: If the file is missing, unreadable, empty, too large, of an
            unknown type or not text, or if a given value does not fit.
    """
    data = _read_bytes(path)
    text = decode_text(data, path)
    read = read_metadata(text, path.name)
    origins = {name: found.origin for name, found in read.items()}
    values = {name: found.value for name, found in read.items()}
    for name, value in (given or {}).items():
        if name not in GIVEN_FIELDS:
            raise LoadError(f"{name!r} is no field of a document. Give one of: {', '.join(sorted(GIVEN_FIELDS))}.")
        values[name], origins[name] = value, GIVEN_ORIGIN
    digest = hashlib.sha256(data).hexdigest()
    return Document(
        doc_id=digest[:16],
        uri=str(path.absolute()),
        title=values["title"],
        outlet=values.get("outlet"),
        author=values.get("author"),
        published=_published(values.get("published")),
        language=None,
        text=text,
        content_hash=digest,
        origins=origins,
        collection=values.get("collection"),
    )


def _read_bytes(path: Path) -> bytes:
    if not path.exists():
        raise LoadError(f"There is no file {str(path)!r}. Check the path and its spelling.")
    if path.suffix.lower() not in SUFFIXES:
        raise LoadError(
            f"{str(path)!r} is of a type that cannot be read yet ({path.suffix or 'no suffix'}). "
            f"Save it as plain text; these can be read: {', '.join(sorted(SUFFIXES))}."
        )
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise LoadError(
                f"{str(path)!r} has {size:,} bytes, more than the {MAX_BYTES:,} allowed. Split it into several files."
            )
        return path.read_bytes()
    except OSError as error:
        raise LoadError(
            f"{str(path)!r} cannot be read: {error.strerror}. Check that it is a file and that you may read it."
        ) from error


def _published(value: str | None) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise LoadError(
            f"The publication date {value!r} is no date. Write it as year-month-day: 2025-03-31."
        ) from error
