"""A file in, a `Document` out: its exact text and what it says about itself; of a container, what is in it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from index.errors import LoadError
from index.load.articles import FIELDS, holds_articles
from index.load.kinds import AS_TEXT, CONTAINERS, Kind, kind_of
from index.load.members import Budget, Member, Refused, members_of
from index.load.reading import (
    CONTAINER,
    NOTES,
    SUFFIXES,
    File,
    check_readable,
    check_size,
    check_suffix,
    close_readers,
    open_file,
    read_document,
)
from index.load.signs import Read
from index.load.text import read_text
from index.load.worker import ReaderEndedError
from index.records import Document, Failure

__all__ = ["CONTAINER", "NOTES", "SUFFIXES", "check_readable", "close_readers", "load_document", "load_documents"]

MAX_DEPTH = 3
"""Containers in containers that are opened, the outermost counted."""
MAILS: frozenset[Kind] = frozenset({"eml", "msg"})


def load_document(path: Path, given: Mapping[str, str] | None = None) -> Document:
    """The document in `path`; what the user has `given` comes before what was read.

    Raises:
        LoadError: If the file is missing, unreadable, empty, too large, damaged, protected, or of a kind that cannot be
            read, or if a given value does not fit.
    """
    file = open_file(path)
    if file.kind in CONTAINERS:
        raise LoadError(
            f"{path.name!r} is an archive of other files. Give its name the ending .zip or .mbox, and add it again."
        )
    return read_document(file, given or {}, opened=False)


def load_documents(
    path: Path, given: Mapping[str, str] | None = None, budget: Budget | None = None
) -> list[Document | Failure]:
    """The documents in `path`: of an archive each of its members, of a mail itself and its attachments, else one.

    A member's `uri` is that of its container with `/` and its name; what is known of a mail holds for its attachments
    where they say nothing themselves. `given` may name the fields of articles, as JSON, see `index.load.articles`. What
    cannot be read, or is more than `budget` allows, is among them with its reason.

    Raises:
        LoadError: As `load_document`, where the file itself cannot be opened, or a title is given to an archive.
    """
    file = open_file(path)
    if file.kind in CONTAINERS and "title" in (given or {}):
        raise LoadError(f"{path.name!r} holds several documents, but one title is given. Add it without.")
    with TemporaryDirectory(prefix="dateline-") as folder:
        return list(_unfolded(file, given or {}, Path(folder) / "member", budget or Budget(), depth=1))


def _unfolded(
    file: File, given: Mapping[str, str], spare: Path, budget: Budget, depth: int
) -> Iterator[Document | Failure]:
    """The documents of a file and of those in it; `spare` is where a member's bytes may be laid."""
    opens = depth <= MAX_DEPTH
    try:
        fields = json.loads(given.get(FIELDS, "{}"))
        if file.kind == "jsonl" and holds_articles(read_text(file.data, Path(file.uri)).text, fields):
            file = replace(file, kind="articles")
        if file.kind not in CONTAINERS:
            document = read_document(file, given, opened=opens)
            yield document
            file = replace(file, else_told=_of_mail(document)) if file.kind in MAILS else file
        elif not opens:
            raise LoadError(f"It lies in {MAX_DEPTH} containers, one in the other; no more are opened. Unpack it.")
    except LoadError as error:
        yield Failure(file.uri, str(error))
        if isinstance(error, ReaderEndedError):
            return  # what ended its reader is not to be read here
    inner = {name: value for name, value in given.items() if name != "title"}
    try:
        for member in members_of(Path(file.uri), file.data, file.kind, budget, fields) if opens else ():
            yield from _member(member, file, inner, spare, budget, depth)
    except LoadError as error:
        yield Failure(file.uri, str(error))


def _member(
    member: Member | Refused, container: File, given: Mapping[str, str], spare: Path, budget: Budget, depth: int
) -> Iterator[Document | Failure]:
    uri, name = f"{container.uri}/{member.name}", Path(member.name)
    if isinstance(member, Refused):
        yield Failure(uri, f"{member.name!r}: {member.reason}")
        return
    try:
        if member.kind is None:
            check_suffix(name)
        kind = member.kind or kind_of(member.data, name)
        check_size(len(member.data), kind, name)
    except LoadError as error:
        yield Failure(uri, str(error))
        return
    if kind not in AS_TEXT | CONTAINERS:
        spare.write_bytes(member.data)
    inside = Path(container.uri).name
    file = File(uri, member.data, kind, spare, member.metadata, container.else_told, member.notes, inside)
    yield from _unfolded(file, given, spare, budget, depth + 1)


def _of_mail(mail: Document) -> dict[str, Read]:
    """What holds for a mail's attachments where they say nothing: who sent them and when."""
    values = {"author": mail.author, "published": mail.published.isoformat() if mail.published else None}
    origin = "the mail it was attached to"
    return {name: Read(value, f"{origin}: {mail.origins[name]}") for name, value in values.items() if value}
