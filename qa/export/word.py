"""Answers as a Word document (DOCX): headings that fill the navigation, and a table of sources."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import UTC
from itertools import groupby
from typing import Any

from qa.export.clean import clean
from qa.export.outline import Kind, Line, Source, outline, title_of
from qa.export.records import Exported

_STYLES: dict[Kind, str] = {
    "question": "Heading 1",
    "heading": "Heading 2",
    "verbatim": "Quote",
    "item": "List Bullet",
    "reason": "List Bullet 2",
}
_COLUMNS = ("No.", "Source", "Passage")
_WIDTHS_CM = (1.2, 5.0, 9.8)
_MAX_PROPERTY = 255
"""Characters of a property, at most: the library refuses more."""


def to_docx(exported: Sequence[Exported]) -> bytes:
    """The whole file."""
    import docx

    document = docx.Document()
    _set_properties(document, exported)
    document.add_heading(title_of(exported), level=0)
    for each in exported:
        for of_sources, group in groupby(outline(each), key=lambda one: isinstance(one, Source)):
            if of_sources:
                _add_table(document, (one for one in group if isinstance(one, Source)))
            else:
                for one in group:
                    if isinstance(one, Line):
                        _add_line(document, one)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _set_properties(document: Any, exported: Sequence[Exported]) -> None:
    """What the file says of itself, instead of what the library's own template says."""
    properties = document.core_properties
    properties.title = clean(exported[0].question if len(exported) == 1 else title_of(exported))[:_MAX_PROPERTY]
    properties.author = properties.comments = properties.last_modified_by = ""
    if exported:
        # The format keeps UTC, and the library takes it without a zone.
        first = min(each.asked_at for each in exported)
        properties.created = properties.modified = first.astimezone(UTC).replace(tzinfo=None)


def _add_line(document: Any, line: Line) -> None:
    paragraph = document.add_paragraph(style=_STYLES.get(line.kind, "Normal"))
    for run in line.runs:
        added = paragraph.add_run(f"[{run}]" if isinstance(run, int) else run)
        added.bold = True if line.kind == "finding" else None
        added.italic = True if line.kind == "about" else None


def _add_table(document: Any, sources: Iterable[Source]) -> None:
    from docx.shared import Cm

    table = document.add_table(rows=1, cols=len(_COLUMNS), style="Table Grid")
    table.autofit = False
    for cell, words in zip(table.rows[0].cells, _COLUMNS, strict=True):
        cell.paragraphs[0].add_run(words).bold = True
    for source in sources:
        number, who, passage = table.add_row().cells
        number.text = f"[{source.number}]"
        who.text = source.who
        who.add_paragraph().add_run(source.title).italic = True
        passage.text = f"“{source.quote}”"
        for words in filter(None, (source.times, source.place)):
            passage.add_paragraph(words)
    for row in table.rows:
        for cell, width in zip(row.cells, _WIDTHS_CM, strict=True):
            cell.width = Cm(width)
