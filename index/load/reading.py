"""One file, on its own or inside another, as a `Document`: its text and what is known of it, and from where."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from index.agreed import IN_DOUBT
from index.errors import LoadError
from index.load.articles import FIELDS
from index.load.content import Content
from index.load.kinds import AS_TEXT, BY_SUFFIX, CONTAINERS, Kind, kind_of
from index.load.language import language_of
from index.load.metadata import read_metadata
from index.load.plain import read_plain
from index.load.signs import Read
from index.load.text import decode_text, read_text
from index.load.worker import ReaderEndedError, Workers
from index.records import Document

SUFFIXES = frozenset(BY_SUFFIX)
MAX_BYTES = 20_000_000
"""Of a file of text."""
MAX_CONTAINER_BYTES = 100_000_000
"""Of a file of another kind, most of which mostly are pictures."""
MAX_ARCHIVE_BYTES = 500_000_000
"""Of an archive or a mailbox, which is held in memory while its members are read."""
NAMES_SHOWN = 20
GIVEN_FIELDS = frozenset({"title", "outlet", "author", "published", "collection"})
ENCODING = "encoding"
"""What may be given beside the fields, and stands among the origins as it was given."""
GIVEN_ORIGIN = "given by you"
NOTES = "notes"
"""Among the origins of a document: what of its file was left out or could not be read."""
CONTAINER = "container"
"""Among the origins of a document: the file that it lies in."""
RECORDS: frozenset[Kind] = frozenset({"eml", "msg", "sheet", "csv", "jsonl"})
"""Kinds whose own fields say all that is known of them."""
LOST = "\N{REPLACEMENT CHARACTER}"
MAX_LOST = 0.01
"""Share of a text that may be characters which could not be read."""
_WORKERS = Workers()


@dataclass(frozen=True, slots=True)
class File:
    """A file to be read, on its own or inside another."""

    uri: str
    data: bytes
    kind: Kind
    place: Path
    """Where its bytes lie on the disk."""
    told: Mapping[str, Read] = field(default_factory=dict)
    """What its container says of it, which comes before what it says itself."""
    else_told: Mapping[str, Read] = field(default_factory=dict)
    """What holds where neither says anything."""
    notes: tuple[str, ...] = ()
    container: str | None = None
    """Name of the file that it is in."""


def open_file(path: Path) -> File:
    """The file with its bytes and its kind. Raises LoadError when it cannot be had, or is too large."""
    data = _read_bytes(path)
    kind = kind_of(data, path)
    check_size(len(data), kind, path)
    return File(str(path.absolute()), data, kind, path)


def read_document(file: File, given: Mapping[str, str], *, opened: bool) -> Document:
    """The document; files inside it that are no part of its text are told, unless they are `opened` as well."""
    path = Path(file.uri)
    digest = hashlib.sha256(file.data).hexdigest()
    content = _checked(_content(file, digest, given.get(ENCODING)), path)
    read = {**file.else_told, **_told_by_text(file.kind, content.text, path.name), **content.metadata, **file.told}
    doubt = read.pop("doubt", None)
    origins = {name: found.origin for name, found in read.items()}
    values = {name: found.value for name, found in read.items()}
    if doubt:
        origins.setdefault("published", f"{doubt.origin}{IN_DOUBT}")
    if file.container:
        origins[CONTAINER] = f"inside {file.container!r}"
    attached = [] if opened else _told_attached(content.attached)
    if notes := [*content.notes, *file.notes, *attached]:
        origins[NOTES] = " ".join(notes)
    for name, value in given.items():
        if name == FIELDS:
            continue  # for what files hold articles, whose container has read them
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
        uri=file.uri,
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
        unsure=frozenset(name for name, found in read.items() if not found.sure) - set(given),
        collection=values.get("collection"),
    )


def _told_attached(names: Sequence[str]) -> list[str]:
    more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
    shown = "; ".join(names[:NAMES_SHOWN]) + more
    return [f"Attachments that were not read: {shown}. Save those you need as files and add them."] if names else []


def check_readable(data: bytes, path: Path) -> None:
    """Raise a LoadError when these bytes are of no kind that can be read, or no text where they should be."""
    kind = kind_of(data, path)
    check_size(len(data), kind, path)
    if kind in AS_TEXT:
        decode_text(data, path)


def close_readers() -> None:
    """End the processes in which files are read; the next file starts one again."""
    _WORKERS.close()


def _told_by_text(kind: Kind, text: str, file_name: str) -> dict[str, Read]:
    """What the text says of itself; of mails and tables only the file’s name: their lines are not those of news."""
    return read_metadata("" if kind in RECORDS else text, file_name)


def _content(file: File, digest: str, encoding: str | None) -> Content:
    path, place = Path(file.uri), file.place
    if file.kind in AS_TEXT:
        decoded = read_text(file.data, path, encoding)
        content = _from_text(decoded.text, file.kind, file.data, path)
        return replace(content, notes=(*decoded.notes, *content.notes))
    try:
        return _WORKERS.read(path, file.kind, digest, place, encoding)
    except ReaderEndedError:
        if file.kind != "pdf":
            raise
        return _WORKERS.read(path, "pdf slowly", digest, place)


def _from_text(text: str, kind: Kind, data: bytes, path: Path) -> Content:
    if kind == "text":
        return read_plain(text)
    from index.load.jsonl import read_jsonl
    from index.load.sheets import read_csv

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
    check_suffix(path)
    try:
        check_size(path.stat().st_size, BY_SUFFIX[path.suffix.lower()], path)
        return path.read_bytes()
    except OSError as error:
        raise LoadError(
            f"{str(path)!r} cannot be read: {error.strerror}. Check that it is a file and that you may read it."
        ) from error


def check_suffix(path: Path) -> None:
    """Raise a LoadError when a name is of no kind that can be read."""
    if path.suffix.lower() not in SUFFIXES:
        raise LoadError(
            f"{str(path)!r} is of a type that cannot be read yet ({path.suffix or 'no suffix'}). "
            f"Save it as plain text or as PDF; these can be read: {', '.join(sorted(SUFFIXES))}."
        )


def check_size(size: int, kind: Kind, path: Path) -> None:
    """Raise a LoadError when a file of this kind has too many bytes."""
    limit = MAX_BYTES if kind in AS_TEXT else MAX_ARCHIVE_BYTES if kind in CONTAINERS else MAX_CONTAINER_BYTES
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
