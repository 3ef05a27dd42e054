"""A book as text: its chapters in reading order, each a page, and what the book says about itself."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from index.errors import LoadError
from index.load.content import Content
from index.load.evidence import written_day
from index.load.html import decode_html, open_page, visible_text
from index.load.signs import Read
from index.load.zips import attribute, damaged, local, no_text, open_zip, read_member, read_xml

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element
    from zipfile import ZipFile

_CONTAINER, _ENCRYPTION = "META-INF/container.xml", "META-INF/encryption.xml"
_PAGES = frozenset({"application/xhtml+xml", "text/html", "text/x-oeb1-document", "application/xml"})
_GAP = "\n\n"


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of the spine: its text, empty where it has none, and what to tell of it."""

    text: str
    notes: tuple[str, ...] = ()


def read_epub(data: bytes, path: Path) -> Content:
    """The chapters in the order of the book's spine; each that has text is a page.

    Raises:
        LoadError: If it is no EPUB, unpacks to more than is allowed, is
            encrypted, or no chapter of it can be read.
    """
    with open_zip(data, path) as archive:
        package_name = _package_name(archive, path)
        package = read_xml(archive, package_name, path)
        if package is None:
            raise damaged(path, f"its package {package_name!r} is missing")
        encrypted = _encrypted(archive, path)
        names, notes = _spine(package, package_name)
        chapters = [_chapter(archive, name, encrypted, path) for name in names]
    notes += tuple(note for chapter in chapters for note in chapter.notes)
    starts, texts = [], []
    at = 0
    for chapter in chapters:
        if chapter.text:
            starts.append(at)
            texts.append(chapter.text)
            at += len(chapter.text) + len(_GAP)
    if not texts:
        raise _nothing(names, encrypted, path)
    return Content(_GAP.join(texts), tuple(starts), dict(_metadata(package)), notes)


def _package_name(archive: ZipFile, path: Path) -> str:
    container = read_xml(archive, _CONTAINER, path)
    roots = [] if container is None else [each for each in container.iter() if local(each) == "rootfile"]
    name = roots[0].get("full-path") if roots else None
    if not name:
        raise damaged(path, f"{_CONTAINER!r} names no package, so it is no EPUB")
    return unquote(name)


def _spine(package: Element, package_name: str) -> tuple[list[str], tuple[str, ...]]:
    """The members' names of the chapters in reading order, and notes about parts that are no chapters."""
    items = {each.get("id"): each for each in package.iter() if local(each) == "item"}
    names, notes = [], []
    for reference in package.iter():
        if local(reference) != "itemref":
            continue
        wanted = reference.get("idref")
        item = items.get(wanted)
        if item is None or not item.get("href"):
            notes.append(f"The part {wanted!r} of the reading order is not in the book.")
        elif item.get("media-type", "application/xhtml+xml").lower() not in _PAGES:
            notes.append(f"The part {wanted!r} is no text ({item.get('media-type')}) and was left out.")
        else:
            href = unquote((item.get("href") or "").partition("#")[0])
            names.append(posixpath.normpath(posixpath.join(posixpath.dirname(package_name), href)))
    return names, tuple(notes)


def _chapter(archive: ZipFile, name: str, encrypted: frozenset[str], path: Path) -> Chapter:
    if name in encrypted:
        return Chapter("", (f"The chapter {name!r} is encrypted and could not be read.",))
    data = read_member(archive, name, path)
    if data is None:
        return Chapter("", (f"The chapter {name!r} is missing from the book.",))
    if not data.strip():
        return Chapter("", (f"The chapter {name!r} is empty.",))
    try:
        page = open_page(decode_html(data, path), path)
    except LoadError as error:
        return Chapter("", (f"The chapter {name!r} could not be read: {error}",))
    # A cover has no text: it is no page, and nothing is lost.
    text = visible_text(page.tree)
    return Chapter(text if re.search(r"\w", text) else "", tuple(f"{name!r}: {note}" for note in page.notes))


def _encrypted(archive: ZipFile, path: Path) -> frozenset[str]:
    """The members that only the seller's own reader opens; fonts are often among them and do not matter."""
    listed = read_xml(archive, _ENCRYPTION, path)
    found = [] if listed is None else [each for each in listed.iter() if local(each) == "CipherReference"]
    return frozenset(posixpath.normpath(unquote(each.get("URI") or "")) for each in found)


def _nothing(names: list[str], encrypted: frozenset[str], path: Path) -> LoadError:
    if encrypted & set(names):
        return LoadError(
            f"{path.name!r} is protected: its chapters are encrypted for its seller's own reader. "
            "Dateline cannot open them. Use a copy without protection."
        )
    return no_text(path)


def _metadata(package: Element) -> Iterator[tuple[str, Read]]:
    """The first value of each field; every creator who is not marked as something other than an author."""
    # Only the package's metadata: a chapter's name in the manifest may be called "title" too.
    head = next((each for each in package if local(each) == "metadata"), None)
    fields = [] if head is None else [(local(each), " ".join((each.text or "").split()), each) for each in head.iter()]
    for name, ours in (("title", "title"), ("publisher", "outlet")):
        value = next((value for field, value, _ in fields if field == name and value), None)
        if value:
            yield ours, Read(value, f"the book's dc:{name}")
    authors = [
        value
        for field, value, each in fields
        if field == "creator" and value and attribute(each, "role") in {None, "aut"}
    ]
    if authors:
        yield "author", Read(", ".join(authors), "the book's dc:creator")
    for field, value, each in fields:
        # An EPUB 2 may hold the days of its making and last change beside that of its publication.
        if field == "date" and attribute(each, "event") in {None, "publication"} and (day := written_day(value)):
            yield "published", Read(day, "the book's dc:date")
            return
