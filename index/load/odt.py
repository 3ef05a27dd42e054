"""ODT: the body's text with its spaces, tables and notes, without deleted text and comments."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from index.load.content import Content
from index.load.signs import Read
from index.load.tables import LINE, join_blocks, properties, table_lines
from index.load.zips import attribute, damaged, local, no_text, open_zip, protected, read_member, read_xml

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAX_REPEATED = 100
"""Times that a space, a cell or a row is repeated at most; sheets repeat empty cells to the end of the page."""
_LEFT_OUT = {"tracked-changes": "deleted text", "annotation": "comments", "hidden-text": "hidden text"}
_SKIPPED = frozenset("forms sequence-decls variable-decls title desc ruby-text note-citation event-listeners".split())
_CELLS = frozenset({"table-cell", "covered-table-cell"})
_SPACES = re.compile(r"[ \t\r\n]+")


def read_odt(data: bytes, path: Path) -> Content:
    """The text of an OpenDocument text. Raises LoadError when it is damaged, encrypted, or holds no text."""
    archive = open_zip(data, path)
    refuse_encrypted(archive, path)
    try:
        root = read_xml(archive, "content.xml", path)
        body = None if root is None else next((one for one in root if local(one) == "body"), None)
        if body is None:
            raise damaged(path, "it has no body in content.xml")
        notes: list[Element] = []
        left_out: set[str] = set()
        blocks = list(_blocks(body, notes, left_out))
        # A note may hold a note, so the list can grow while it is read.
        for number, note in enumerate(notes, 1):
            blocks.append(f"Note {number}: {' '.join(filter(None, _blocks(note, notes, left_out)))}")
        text, _ = join_blocks(blocks)
    except RecursionError as error:
        raise damaged(path, "its parts are nested too deeply") from error
    if not text.strip():
        raise no_text(path)
    told = (f"Left out: {', '.join(sorted(left_out))}.",) if left_out else ()
    return Content(text, (), _properties(archive, path), told)


def refuse_encrypted(archive: zipfile.ZipFile, path: Path) -> None:
    """Raise LoadError for an OpenDocument file with a password: only its manifest tells."""
    if b"encryption-data" in (read_member(archive, "META-INF/manifest.xml", path) or b""):
        raise protected(path)


def _properties(archive: zipfile.ZipFile, path: Path) -> dict[str, Read]:
    root = read_xml(archive, "meta.xml", path)
    found = {} if root is None else {local(one): one.text for one in root.iter()}
    return properties(found.get("title"), found.get("creator") or found.get("initial-creator"))


def _blocks(parent: Element, notes: list[Element], left_out: set[str]) -> Iterator[str]:
    """Paragraphs, the text boxes anchored in each behind it, and tables, in the order of the file."""
    for child in parent:
        name = local(child)
        if name in {"p", "h"}:
            out: list[str] = []
            boxes: list[Element] = []
            _inline(child, out, boxes, notes, left_out)
            yield "".join(out).strip(" ")
            for box in boxes:
                yield from _blocks(box, notes, left_out)
        elif name == "table":
            yield from _table(child, notes, left_out)
        elif name in _LEFT_OUT:
            left_out.add(_LEFT_OUT[name])
        elif name not in _SKIPPED:
            yield from _blocks(child, notes, left_out)


def _inline(element: Element, out: list[str], boxes: list[Element], notes: list[Element], left_out: set[str]) -> None:
    """Append the element's own text to `out`, and what stands beside the line to `boxes` and `notes`."""
    out.append(_SPACES.sub(" ", element.text or ""))
    for child in element:
        name = local(child)
        if name == "s":
            out.append(" " * _repeated(child, "c"))
        elif name == "tab":
            out.append("\t")
        elif name == "line-break":
            out.append(LINE)
        elif name == "note":
            notes += [part for part in child if local(part) == "note-body"]
        elif name == "text-box":
            boxes.append(child)
        elif name in _LEFT_OUT:
            left_out.add(_LEFT_OUT[name])
        elif name and name not in _SKIPPED:
            _inline(child, out, boxes, notes, left_out)
        out.append(_SPACES.sub(" ", child.tail or ""))


def _repeated(element: Element, name: str) -> int:
    value = attribute(element, name) or ""
    return min(int(value), MAX_REPEATED) if re.fullmatch(r"\d{1,9}", value) else 1


def _table(table: Element, notes: list[Element], left_out: set[str]) -> Iterator[str]:
    rows = list(_rows(table))
    if max((len([cell for cell in row if local(cell) in _CELLS]) for row in rows), default=0) < 2:
        # One column is a frame around text, not a table.
        for row in rows:
            yield from _blocks(row, notes, left_out)
        return
    yield "\n".join(table_lines([_cells(row, notes, left_out) for row in rows]))


def _rows(table: Element) -> Iterator[Element]:
    for child in table:
        if local(child) == "table-row":
            yield child
        elif local(child) in {"table-header-rows", "table-rows", "table-row-group"}:
            yield from _rows(child)


def _cells(row: Element, notes: list[Element], left_out: set[str]) -> list[str]:
    """The row's cells at their columns, each on one line; the rows of a table inside one are apart by semicolons."""
    found: list[str] = []
    for cell in row:
        if local(cell) in _CELLS:
            blocks = (block.strip() for block in _blocks(cell, notes, left_out))
            text = " ".join(re.sub(r"\s*\n\s*", "; ", block) for block in blocks if block)
            found += [text] * _repeated(cell, "number-columns-repeated")
    return found
