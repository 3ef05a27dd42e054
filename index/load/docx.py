"""DOCX: the body's text as it is shown, with tracked insertions, text boxes and notes, and without deletions.

python-docx is not used: it loses insertions, content controls and text boxes, and refuses macro-enabled files,
strict ones and those with a dangling relation. Names are compared without namespace, which strict files change.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from index.load.content import Content
from index.load.signs import Read
from index.load.tables import LINE, PAGE, join_blocks, properties, table_lines
from index.load.zips import attribute, damaged, local, no_text, open_zip, read_member, read_xml

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAX_SPAN = 100
"""Columns that one cell may cover."""
MAX_REPEATED = 80
"""Characters of a cell merged downwards that are written again in each row, so that a row can be read alone."""
_SKIPPED = frozenset("pPr rPr sdtPr sdtEndPr tblPr tblGrid trPr tcPr sectPr instrText rt".split())
_DELETED = frozenset("del moveFrom delText".split())
_BLOCKS = frozenset("body sdt sdtContent customXml ins moveTo smartTag tc footnote endnote txbxContent".split())
_SIGNS = {"tab": "\t", "ptab": "\t", "cr": LINE, "noBreakHyphen": "-", "softHyphen": "", "lastRenderedPageBreak": PAGE}
_FORMULA = {"num": ("(", ")"), "den": ("/(", ")"), "sup": ("^(", ")"), "sub": ("_(", ")"), "rad": ("√(", ")")}
"""How the parts of a formula are written on one line; without, 10 to the power of 6 would read as 106."""
_PART = re.compile(r"<Override\b[^>]*>")


@dataclass
class _Walk:
    """What the walk has met so far, beside the text."""

    rendered: bool
    """Whether Word has written where its pages ended: then its breaks alone count, or each would count twice."""
    notes: list[str] = field(default_factory=list)
    """Ids of the notes, in the order of their marks, as `footnote 1`."""
    left_out: set[str] = field(default_factory=set)


def read_docx(data: bytes, path: Path) -> Content:
    """The text of a Word document. Raises LoadError when it is damaged, encrypted, or holds no text."""
    archive = open_zip(data, path)
    try:
        parts = _parts(archive, path)
        root = read_xml(archive, parts.get("main", "word/document.xml"), path)
        if root is None:
            raise damaged(path, "it has no document part")
        walk = _Walk(rendered=any(local(element) == "lastRenderedPageBreak" for element in root.iter()))
        body = next((child for child in root if local(child) == "body"), root)
        blocks = [*_blocks(body, walk), *_notes(archive, parts, walk, path)]
        text, starts = join_blocks(blocks)
    except RecursionError as error:
        raise damaged(path, "its parts are nested too deeply") from error
    if not text.strip():
        raise no_text(path)
    if "comments" in parts:
        walk.left_out.add("comments")
    notes = tuple(f"Left out: {', '.join(sorted(walk.left_out))}." for _ in [0] if walk.left_out)
    return Content(text, starts, core_properties(archive, path), notes)


def core_properties(archive: zipfile.ZipFile, path: Path) -> dict[str, Read]:
    """Title and author in the core properties of an Office file. Its `created` is no date of publication."""
    root = read_xml(archive, "docProps/core.xml", path)
    found = {} if root is None else {local(element): element.text for element in root}
    return properties(found.get("title"), found.get("creator"))


def _parts(archive: zipfile.ZipFile, path: Path) -> dict[str, str]:
    """Names of the members that are the main part, footnotes, endnotes and comments: Word for the web renames them."""
    types = (read_member(archive, "[Content_Types].xml", path) or b"").decode("utf-8", "replace")
    parts: dict[str, str] = {}
    for override in _PART.findall(types):
        given = dict(re.findall(r"(\w+)\s*=\s*[\"']([^\"']*)", override))
        kind = re.search(r"(?:\.|^)(main|footnotes|endnotes|comments)\+xml$", given.get("ContentType", ""))
        if kind and (name := given.get("PartName", "").lstrip("/")) in archive.namelist():
            parts.setdefault(kind[1], name)
    return parts


def _blocks(parent: Element, walk: _Walk) -> Iterator[str]:
    """Paragraphs, the text boxes anchored in each behind it, and tables, in the order of the file."""
    for child in parent:
        name = local(child)
        if name == "p":
            yield from _paragraph(child, walk)
        elif name == "tbl":
            yield from _table(child, walk)
        elif name == "AlternateContent":
            yield from _blocks(_chosen(child), walk)
        elif name in _BLOCKS:
            yield from _blocks(child, walk)
        elif name == "altChunk":
            walk.left_out.add("an embedded document")
        elif name in _DELETED:
            walk.left_out.add("tracked deletions")


def _paragraph(paragraph: Element, walk: _Walk) -> Iterator[str]:
    out: list[str] = []
    boxes: list[Element] = []
    if not walk.rendered and _is_on(paragraph, "pPr", "pageBreakBefore"):
        out.append(PAGE)
    _inline(paragraph, walk, out, boxes)
    yield "".join(out)
    for box in boxes:
        yield from _blocks(box, walk)


def _inline(parent: Element, walk: _Walk, out: list[str], boxes: list[Element]) -> None:
    """Append the text of runs to `out` and the text boxes among them to `boxes`."""
    for child in parent:
        name = local(child)
        if name == "t":
            out.append(child.text or "")
        elif name in _SIGNS:
            out.append(_SIGNS[name])
        elif name == "br":
            out.append(_break(child, walk))
        elif name == "sym":
            out.append(_symbol(child))
        elif name in _FORMULA:
            _formula(child, walk, out, boxes)
        elif name in {"footnoteReference", "endnoteReference"}:
            walk.notes.append(f"{name.removesuffix('Reference')} {attribute(child, 'id')}")
        elif name == "txbxContent":
            boxes.append(child)
        elif name in _DELETED:
            walk.left_out.add("tracked deletions")
        elif name == "r" and _is_on(child, "rPr", "vanish"):
            walk.left_out.add("hidden text")
        elif name not in _SKIPPED:
            _inline(_chosen(child) if name == "AlternateContent" else child, walk, out, boxes)


def _break(element: Element, walk: _Walk) -> str:
    if attribute(element, "type") != "page":
        return LINE
    return LINE if walk.rendered else LINE + PAGE


def _symbol(element: Element) -> str:
    """The character; U+FFFD for a place in a font of pictures, which has no meaning outside it."""
    code = attribute(element, "char") or ""
    number = int(code, 16) if re.fullmatch(r"[0-9A-Fa-f]{1,4}", code) else 0
    return chr(number) if 0x20 <= number < 0xD800 else "\ufffd"


def _formula(element: Element, walk: _Walk, out: list[str], boxes: list[Element]) -> None:
    before, after = _FORMULA[local(element)]
    mark = len(out)
    _inline(element, walk, out, boxes)
    if any(out[mark:]):
        out[mark] = before + out[mark]
        out.append(after)


def _chosen(alternates: Element) -> Element:
    """The first of the ways to show one thing, as all hold the same text."""
    return next(iter(alternates), alternates)


def _is_on(element: Element, group: str, name: str) -> bool:
    """Whether the property `name` in the element's `group` of properties is set."""
    for properties_ in element:
        if local(properties_) == group:
            return any(local(one) == name and attribute(one, "val") not in {"0", "false", "off"} for one in properties_)
    return False


def _table(table: Element, walk: _Walk) -> Iterator[str]:
    rows = [row for row in _below(table, "tr") if not _is_on(row, "trPr", "del")]
    cells = [_below(row, "tc") for row in rows]
    if max(map(len, cells), default=0) < 2:
        # One column is a frame around text, not a table.
        for frame in cells:
            for cell in frame:
                yield from _blocks(cell, walk)
        return
    grid: list[list[str]] = []
    breaks: list[int] = []
    for row, row_cells in zip(rows, cells, strict=True):
        found = _row(row, row_cells, grid[-1] if grid else [], walk)
        if any(cell.strip(PAGE) for cell in found):
            # Each cell that goes on over the page's end tells of it: it is one page.
            breaks.append(max(cell.count(PAGE) for cell in found))
            grid.append([cell.replace(PAGE, " ") for cell in found])
    yield "\n".join(PAGE * count + line for count, line in zip(breaks, table_lines(grid), strict=True))


def _below(parent: Element, name: str) -> list[Element]:
    """The rows of a table or the cells of a row, also those in content controls and insertions."""
    found: list[Element] = []
    for child in parent:
        if local(child) == name:
            found.append(child)
        elif local(child) in _BLOCKS:
            found += _below(child, name)
    return found


def _row(row: Element, cells: list[Element], above: list[str], walk: _Walk) -> list[str]:
    """The row's cells at their columns, with "" under a cell that covers several."""
    before = next((attribute(one, "val") for group in row for one in group if local(one) == "gridBefore"), None)
    found = [""] * _number(before, 0)
    for cell in cells:
        text = _cell(cell, walk)
        known = {local(one): one for group in cell if local(group) == "tcPr" for one in group}
        merged = known.get("vMerge")
        if (
            not text.strip()
            and merged is not None
            and attribute(merged, "val") != "restart"
            and len(found) < len(above)
        ):
            text = above[len(found)] if len(above[len(found)]) <= MAX_REPEATED else ""
        span = _number(attribute(known["gridSpan"], "val"), 1) if "gridSpan" in known else 1
        found += [text, *[""] * (span - 1)]
    return found


def _number(value: str | None, default: int) -> int:
    return min(int(value), MAX_SPAN) if value and re.fullmatch(r"\d{1,4}", value) else default


def _cell(cell: Element, walk: _Walk) -> str:
    """A cell on one line; the rows of a table inside it are apart by semicolons."""
    return " ".join(re.sub(r"\s*\n\s*", "; ", block.strip(" \t\n")) for block in _blocks(cell, walk) if block.strip())


def _notes(archive: zipfile.ZipFile, parts: dict[str, str], walk: _Walk, path: Path) -> Iterator[str]:
    """Foot- and endnotes in the order of their marks, each as `Note 1: …`."""
    found: dict[str, str] = {}
    inner = _Walk(rendered=True)
    for kind in ("footnote", "endnote"):
        root = read_xml(archive, parts.get(f"{kind}s", f"word/{kind}s.xml"), path)
        for note in root if root is not None else ():
            found[f"{kind} {attribute(note, 'id')}"] = " ".join(_blocks(note, inner)).replace(PAGE, "").strip()
    walk.left_out |= inner.left_out
    shown = [found[note] for note in dict.fromkeys(walk.notes) if found.get(note)]
    yield from (f"Note {number}: {text}" for number, text in enumerate(shown, 1))
