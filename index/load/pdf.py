"""PDF: the text of its pages, with lines joined to paragraphs and what repeats on every page left out."""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

from index.errors import LoadError
from index.lines import item_mark, label_of
from index.load.columns import with_rows
from index.load.content import Content
from index.load.letters import as_read
from index.load.plain import HYPHEN, hyphenated, unhyphenated
from index.load.scans import read_scans
from index.load.tables import properties

MAX_PAGES = 3_000
EDGE = 2
"""Lines at the head and the foot of a page among which running heads and page numbers stand."""
COLUMN = 0.3
"""The width of the columns in which a table's words are placed, as a share of a line's height: under a letter's."""
CELL_GAP = 2
"""Columns between two words from which on they stand in two cells."""
MAX_COLUMN = 350
FILLED = "\x1f"
"""White space that stands for the room that a word takes beyond its letters."""
ROW = "\t"
"""Stands before a row of a table."""
SHORT = 0.75
"""A line under this share of the usual length that ends as a sentence does ends a paragraph."""
_ENDS = re.compile(r"[.!?:…][\"'”’)\]]*$")


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
        words = [(at + word.start(), at + word.end()) for word in re.finditer(r"\S+", line)]
        places = [_place(text_page, *word) for word in words] if len(words) > 1 else []
        gaps = [(after[0] - before[1]) > CELL_GAP for before, after in pairwise(places)]
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


def page_content(
    pages: Sequence[str], known: dict[str, str], count: int, path: Path, told: tuple[str, ...] = ()
) -> Content:
    """The text of pages in paragraphs; `told` is what is known of them already. Raises LoadError without a text."""
    lines = [_lines(page) for page in pages]
    text, starts = _joined(_without_running(lines), "\n".join(pages))
    if not text:
        raise LoadError(
            f"{path.name!r} holds no text on its {count:,} pages, only pictures, as a scan does. "
            + (" ".join(told) or "Run a text recognition over it, for example ocrmypdf IN OUT, and add what it makes.")
        )
    empty = [str(number) for number, page in enumerate(lines, 1) if not any(page)]
    notes = [f"No text, or only pictures, on page {', '.join(empty[:10])}{'…' if empty[10:] else ''}."] if empty else []
    notes += told
    if count > len(pages):
        notes.append(f"Only the first {len(pages):,} of {count:,} pages were read.")
    properly = properties(*(known.get(name, "").replace("\x00", "") for name in ("Title", "Author")))
    return Content(text, tuple(starts), properly, tuple(notes))


def _lines(page: str) -> list[str]:
    """The lines of a page, each row of a table behind a `ROW`."""
    text = as_read(page.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").replace(ROW, " "))
    return [line[: line.startswith(ROW)] + " ".join(line.split()) for line in with_rows(text.split("\n"), ROW)]


def _without_running(pages: list[list[str]]) -> list[list[str]]:
    """The pages without the lines at their edges that stand on most of them: heads, feet and page numbers."""
    often = Counter(
        sign for number, page in enumerate(pages) for at in _edges(page) for sign in _signs(page[at], number)
    )
    running = {sign for sign, times in often.items() if times > max(2, len(pages) // 2)}
    return [
        [line for at, line in enumerate(page) if at not in _edges(page) or not running & _signs(line, number)]
        for number, page in enumerate(pages)
    ]


def _edges(page: list[str]) -> set[int]:
    written = [at for at, line in enumerate(page) if line]
    # A page of few lines has no head or foot that can be told from its text.
    return {*written[:EDGE], *written[-EDGE:]} if len(written) > 2 * EDGE else set()


def _signs(line: str, page: int) -> set[tuple[str, int, int]]:
    """What such a line may share with those of other pages: all of it, or all but a number that counts the pages."""
    numbers = [(match.start(), int(match[0])) for match in re.finditer(r"\d{1,6}", line)]
    counted = {(f"{line[:at]}#{line[at + len(str(value)) :]}", at, value - page) for at, value in numbers}
    return {(line, 0, 0), *counted}


def _joined(pages: list[list[str]], whole: str) -> tuple[str, list[int]]:
    """The text of all pages in paragraphs, and where each page begins in it."""
    usual = median([len(line) for page in pages for line in page if line and not line.startswith(ROW)] or [0])
    words = hyphenated(whole)
    text, starts = "", []
    for page in pages:
        begins = True
        for paragraph in _paragraphs(page, usual):
            shown = unhyphenated(paragraph, words)
            goes_on = begins and text and not _ENDS.search(text) and shown[:1].islower()
            text += (" " if goes_on else "\n\n") if text else ""
            if begins:
                starts.append(len(text))
            text += shown
            begins = False
        if begins:
            starts.append(len(text))
    return text, starts


def _paragraphs(page: list[str], usual: float) -> Iterator[str]:
    """The lines of a page put together; one that is short and ends a sentence, or a blank one, ends a paragraph.

    So does what stands before an item of a list or a turn of a speaker. The rows of a table are lines of one.
    """
    waiting: list[str] = []
    for line in [*page, ""]:
        if waiting and (not line or _begins(line, waiting)):
            yield _together(waiting)
            waiting = []
        if line:
            waiting.append(line)
        short = len(line) < SHORT * usual and not line.startswith(ROW)
        if line and short and (_ENDS.search(line) or len(waiting) == 1):
            yield _together(waiting)
            waiting = []


def _begins(line: str, waiting: Sequence[str]) -> bool:
    """Whether `line` begins a paragraph, whatever the length of the last one that waits."""
    if line.startswith(ROW) or waiting[-1].startswith(ROW):
        return line.startswith(ROW) != waiting[-1].startswith(ROW)
    return any(sign(line) and (_ENDS.search(waiting[-1]) or sign(waiting[0])) for sign in (item_mark, label_of))


def _together(lines: list[str]) -> str:
    if lines[0].startswith(ROW):
        return "\n".join(line.removeprefix(ROW) for line in lines)
    return re.sub(rf"{HYPHEN}\s*", HYPHEN, " ".join(lines))
