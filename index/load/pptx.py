"""PPTX: a slide is a page, with its title first, then what stands on it from the top down, then the speaker's notes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from index.errors import LoadError
from index.load.content import Content
from index.load.docx import core_properties
from index.load.tables import LINE, PAGE, clean, join_blocks, table_lines
from index.load.zips import damaged, no_text, open_zip, read_xml

BANDS = 20
"""Parts of a slide's height: what begins in the same one is read from left to right."""
_FOOT = frozenset({"DATE", "FOOTER", "SLIDE_NUMBER", "HEADER"})
"""Placeholders that repeat on every slide."""


def read_pptx(data: bytes, path: Path) -> Content:
    """The text of a presentation. Raises LoadError when it is damaged, encrypted, or holds no text."""
    archive = open_zip(data, path)
    known = core_properties(archive, path)
    _refuse_entities(archive, path)
    left_out: set[str] = set()
    try:
        slides = _slides(data, left_out)
    except LoadError:
        raise
    # python-pptx checks nothing: what it raises depends on which of its accessors meets the damage.
    except Exception as error:
        raise damaged(path, f"{type(error).__name__} {error}") from error
    text, starts = join_blocks(block for slide in slides for block in (PAGE, *slide))
    if not text.strip():
        raise no_text(path)
    notes = (f"Left out: {', '.join(sorted(left_out))}.",) if left_out else ()
    # The break before the first slide begins no page.
    return Content(text, starts[1:] if len(starts) > 1 else (0,), known, notes)


def _refuse_entities(archive: zipfile.ZipFile, path: Path) -> None:
    """Raise LoadError for slides with entities: python-pptx would leave their text out in silence."""
    for name in archive.namelist():
        if name.startswith("ppt/") and name.endswith(".xml"):
            read_xml(archive, name, path)


def _slides(data: bytes, left_out: set[str]) -> list[list[str]]:
    from pptx.package import Package

    # Not Presentation(), which refuses a file with macros, although it reads it as well.
    presentation = Package.open(io.BytesIO(data)).main_document_part.presentation
    band = max((presentation.slide_height or 0) // BANDS, 1)
    return [list(_slide(slide, band, left_out)) for slide in presentation.slides]


def _slide(slide: Any, band: int, left_out: set[str]) -> Iterator[str]:
    title = slide.shapes.title
    if title is not None:
        yield _shown(title.text_frame.text).replace(PAGE, "")
    others = [shape for shape in slide.shapes if title is None or shape.shape_id != title.shape_id]
    yield from _shapes(others, band, left_out)
    frame = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
    if frame is not None and frame.text.strip():
        yield f"Notes: {_shown(frame.text)}"


def _shapes(shapes: list[Any], band: int, left_out: set[str]) -> Iterator[str]:
    """What the shapes say, from the top down and from left to right; a group's shapes stand together."""
    for shape in sorted(shapes, key=lambda shape: ((shape.top or 0) // band, shape.left or 0)):
        if shape.is_placeholder and shape.placeholder_format.type.name in _FOOT:
            continue
        if hasattr(shape, "shapes"):
            yield from _shapes(list(shape.shapes), band, left_out)
        elif getattr(shape, "has_table", False):
            rows = shape.table.rows
            yield "\n".join(table_lines([["" if cell.is_spanned else cell.text for cell in row.cells] for row in rows]))
        elif shape.has_text_frame:
            yield from (_shown(paragraph.text) for paragraph in shape.text_frame.paragraphs)
        elif getattr(shape, "has_chart", False):
            left_out.add("charts")
        elif shape.element.tag.endswith("}graphicFrame"):
            left_out.add("diagrams and embedded objects")


def _shown(text: str) -> str:
    """python-pptx gives a line's end as a vertical tab and a paragraph's as a line feed."""
    return clean(text.replace(LINE, "\n"))
