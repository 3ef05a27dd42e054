"""The text of pages: lines joined to paragraphs, and what repeats on every page left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from index.errors import LoadError
from index.lines import item_mark, label_of
from index.load.columns import with_rows
from index.load.content import Content
from index.load.letters import as_read
from index.load.plain import HYPHEN, hyphenated, unhyphenated
from index.load.tables import properties

EDGE = 2
"""Lines at the head and the foot of a page among which running heads and page numbers stand."""
ROW = "\t"
"""Stands before a row of a table."""
SHORT = 0.75
"""A line under this share of the usual length that ends as a sentence does ends a paragraph."""
_ENDS = re.compile(r"[.!?:…][\"'”’)\]]*$")


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
