"""A file in, a `Document` out: its exact text and what it says about itself."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from index.errors import LoadError
from index.load.content import Content
from index.load.kinds import AS_TEXT, BY_SUFFIX, Kind, kind_of
from index.load.language import language_of
from index.load.metadata import Read, read_metadata
from index.load.plain import read_plain
from index.load.text import decode_text, read_text
from index.load.worker import ReaderEndedError, Workers
from index.records import Document

SUFFIXES = frozenset(BY_SUFFIX)
MAX_BYTES = 20_000_000
"""Of a file of text."""
MAX_CONTAINER_BYTES = 100_000_000
"""Of a file of another kind, most of which mostly are pictures."""
GIVEN_FIELDS = frozenset({"title", "outlet", "author", "published", "collection"})
ENCODING = "encoding"
"""What may be given beside the fields, and stands among the origins as it was given."""
GIVEN_ORIGIN = "given by you"
NOTES = "notes"
"""Among the origins of a document: what of its file was left out or could not be read."""
RECORDS: frozenset[Kind] = frozenset({"eml", "msg", "sheet", "csv", "jsonl"})
"""Kinds whose own fields say all that is known of them."""
LOST = "\N{REPLACEMENT CHARACTER}"
MAX_LOST = 0.01
"""Share of a text that may be characters which could not be read."""
_WORKERS = Workers()


def load_document(path: Path, given: Mapping[str, str] | None = None) -> Document:
    """The document in `path`; what the user has `given` comes before what was read.

    Raises:
        LoadError: If the file is missing, unreadable, empty, too large, damaged, protected, or of a kind that cannot be
            read, or if a given value does not fit.
    """
    data = _read_bytes(path)
    digest = hashlib.sha256(data).hexdigest()
    kind = kind_of(data, path)
    _check_size(len(data), kind, path)
    content = _checked(_content(kind, data, digest, path, (given or {}).get(ENCODING)), path)
    read = {**_told_by_text(kind, content.text, path.name), **content.metadata}
    doubt = read.pop("doubt", None)
    origins = {name: found.origin for name, found in read.items()}
    values = {name: found.value for name, found in read.items()}
    notes = [*content.notes, *_doubts(doubt, read)]
    if notes:
        origins[NOTES] = " ".join(notes)
    for name, value in (given or {}).items():
        if name == ENCODING:
            origins[ENCODING] = value
            continue
        if name not in GIVEN_FIELDS:
            raise LoadError(f"{name!r} is no field of a document. Give one of: {', '.join(sorted(GIVEN_FIELDS))}.")
        values[name], origins[name] = value, GIVEN_ORIGIN
        if name == "published":
            values.pop("published_at", None)
    return Document(
        doc_id=digest[:16],
        uri=str(path.absolute()),
        title=values["title"],
        outlet=values.get("outlet"),
        author=values.get("author"),
        published=_published(values.get("published")),
        published_at=values.get("published_at"),
        modified=_published(values.get("modified")),
        address=values.get("address"),
        language=language_of(content.text),
        text=content.text,
        content_hash=digest,
        page_starts=content.page_starts,
        origins=origins,
        unsure=frozenset(name for name, found in read.items() if not found.sure) - set(given or ()),
        collection=values.get("collection"),
    )


def check_readable(data: bytes, path: Path) -> None:
    """Raise a LoadError when these bytes are of no kind that can be read, or no text where they should be."""
    kind = kind_of(data, path)
    _check_size(len(data), kind, path)
    if kind in AS_TEXT:
        decode_text(data, path)


def close_readers() -> None:
    """End the processes in which files are read; the next file starts one again."""
    _WORKERS.close()


def _told_by_text(kind: Kind, text: str, file_name: str) -> dict[str, Read]:
    """What the text says of itself; of mails and tables only the file’s name: their lines are not those of news."""
    return read_metadata("" if kind in RECORDS else text, file_name)


def _doubts(doubt: Read | None, read: Mapping[str, Read]) -> list[str]:
    """What the user is told of a date at the head of a text that may be two days."""
    if doubt is None or "published" in read:
        return []
    return [f"{doubt.value!r} ({doubt.origin}) may be two days, so the document has no date until one is given."]


def _content(kind: Kind, data: bytes, digest: str, path: Path, encoding: str | None) -> Content:
    if kind in AS_TEXT:
        decoded = read_text(data, path, encoding)
        content = _from_text(decoded.text, kind, data, path)
        return replace(content, notes=(*decoded.notes, *content.notes))
    try:
        return _WORKERS.read(path, kind, digest)
    except ReaderEndedError:
        if kind != "pdf":
            raise
        return _WORKERS.read(path, "pdf slowly", digest)


def _from_text(text: str, kind: Kind, data: bytes, path: Path) -> Content:
    if kind == "text":
        return read_plain(text)
    from index.load.sheets import read_csv, read_jsonl

    return read_csv(data, path, text) if kind == "csv" else read_jsonl(text, path)


def _checked(content: Content, path: Path) -> Content:
    """The content, if it is text. Raises LoadError."""
    text = content.text
    if "\x00" in text or text.count(LOST) > MAX_LOST * len(text):
        raise LoadError(
            f"{path.name!r} holds much that is no text, so it is damaged or its encoding is not known. Open it in the "
            "program that made it, and save it anew."
        )
    if not text.strip():
        raise LoadError(f"{str(path)!r} is empty. Nothing was added; remove it or fill it.")
    return content


def _read_bytes(path: Path) -> bytes:
    if not path.exists():
        raise LoadError(f"There is no file {str(path)!r}. Check the path and its spelling.")
    if path.suffix.lower() not in SUFFIXES:
        raise LoadError(
            f"{str(path)!r} is of a type that cannot be read yet ({path.suffix or 'no suffix'}). "
            f"Save it as plain text or as PDF; these can be read: {', '.join(sorted(SUFFIXES))}."
        )
    try:
        _check_size(path.stat().st_size, BY_SUFFIX[path.suffix.lower()], path)
        return path.read_bytes()
    except OSError as error:
        raise LoadError(
            f"{str(path)!r} cannot be read: {error.strerror}. Check that it is a file and that you may read it."
        ) from error


def _check_size(size: int, kind: Kind, path: Path) -> None:
    limit = MAX_BYTES if kind in AS_TEXT else MAX_CONTAINER_BYTES
    if size > limit:
        raise LoadError(
            f"{str(path)!r} has {size:,} bytes, more than the {limit:,} allowed. Split it into several files."
        )


def _published(value: str | None) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise LoadError(
            f"The publication date {value!r} is no date. Write it as year-month-day: 2025-03-31."
        ) from error
