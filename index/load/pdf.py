"""PDF: the text of its pages, with lines joined to paragraphs and what repeats on every page left out."""

from __future__ import annotations

import contextlib
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

from index.errors import LoadError
from index.load.content import Content
from index.load.pages import page_content
from index.load.plain import HYPHEN
from index.load.scans import read_scans

MAX_PAGES = 3_000
COLUMN = 0.3
"""The width of the columns in which a table's words are placed, as a share of a line's height: under a letter's."""
CELL_GAP = 3
"""Columns between two words from which on they stand in two cells, unless all words of the line are as far apart."""
MAX_COLUMN = 350
FILLED = "\x1f"
"""White space that stands for the room that a word takes beyond its letters."""


def read_pdf(data: bytes, path: Path) -> Content:
    """The text of a PDF by PDFium. Raises LoadError when it is protected, damaged, or holds no text."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise _refused(path, str(error)) from error
    try:
        pages = [_page_text(document, number) for number in range(min(len(document), MAX_PAGES))]
        known, count = document.get_metadata_dict(), len(document)
        pages, notes = read_scans(document, pages)
    finally:
        document.close()
    return page_content(pages, known, count, path, notes)


def read_pdf_slowly(data: bytes, path: Path) -> Content:
    """The same by pypdf, which is written in Python and survives files that end PDFium. Raises LoadError."""
    import io

    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(data))
        pages = [page.extract_text() for page in reader.pages[:MAX_PAGES]]
        told: dict[str, Any] = dict(reader.metadata or {})
        known = {name: str(told.get(f"/{name}") or "") for name in ("Title", "Author")}
    except (PyPdfError, ValueError, KeyError, TypeError, RecursionError, AttributeError) as error:
        raise _refused(path, str(error)) from error
    return page_content(pages, known, len(pages), path)


def _refused(path: Path, found: str) -> LoadError:
    if "password" in found.lower():
        return LoadError(f"{path.name!r} is protected by a password. Save it without one and add it again.")
    return LoadError(f"{path.name!r} is damaged or no PDF ({found}). Print it to PDF anew and add that.")


def _page_text(document: Any, number: int) -> str:
    """The text of one page; empty where PDFium cannot read it, which is told as a page without text."""
    import pypdfium2

    try:
        with contextlib.closing(document[number]) as page, contextlib.closing(page.get_textpage()) as text_page:
            return _with_gaps(text_page, text_page.get_text_range())
    except pypdfium2.PdfiumError:
        return ""


def _with_gaps(text_page: Any, text: str) -> str:
    """The text, with the words of each line that has cells at columns that tell where they stand on the page.

    PDFium writes one space between words and between cells alike.
    """
    if len(text) != text_page.count_chars():
        return text  # PDFium counts other characters than it writes, so that no place is known.
    lines, at = [], 0
    for line in text.splitlines(keepends=True):
        # A hyphen at the end joins two lines of the page to one, which is no row.
        found = re.finditer(r"\S+", line) if HYPHEN not in line else ()
        words = [(at + word.start(), at + word.end()) for word in found]
        places = [_place(text_page, *word) for word in words] if len(words) > 1 else []
        widths = [after[0] - before[1] for before, after in pairwise(places)]
        usual = min(widths) if len(widths) > 3 else 0.0
        gaps = [width > CELL_GAP and (width > 2 * CELL_GAP or width > 2 * usual) for width in widths]
        if any(gaps):
            shown = ""
            for (start, end), (left, right), apart in zip(words, places, [False, *gaps], strict=True):
                shown = shown.ljust(len(shown) + apart + bool(shown))
                shown = shown.ljust(min(int(left), MAX_COLUMN) if apart or not shown else 0) + text[start:end]
                shown = shown.ljust(min(int(right), MAX_COLUMN), FILLED)
            lines.append(shown)
        else:
            lines.append(line.rstrip())
        at += len(line)
    return "\n".join(lines)


def _place(text_page: Any, start: int, end: int) -> tuple[float, float]:
    """Where a word begins and ends in its line, in columns."""
    left, low, _, high = text_page.get_charbox(start, loose=True)
    right = text_page.get_charbox(end - 1, loose=True)[2]
    column = max(COLUMN * (high - low), 0.1)
    return left / column, right / column
