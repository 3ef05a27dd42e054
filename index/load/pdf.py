"""PDF: the text of its pages, with lines joined to paragraphs and what repeats on every page left out."""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from index.errors import LoadError
from index.load.content import Content
from index.load.metadata import Read
from index.load.scans import read_scans

MAX_PAGES = 3_000
HYPHEN = "\ufffe"
"""What PDFium writes for a hyphen at the end of a line together with the line's end."""
EDGE = 2
"""Lines at the head and the foot of a page among which running heads and page numbers stand."""
SHORT = 0.75
"""A line under this share of the usual length that ends as a sentence does ends a paragraph."""
_ENDS = re.compile(r"[.!?:…][\"'”’)\]]*$")
_NO_TITLE = re.compile(
    r"^(?:untitled|\(?anonymous\)?|microsoft (?:word|powerpoint).*|.*\.(?:docx?|pdf|tex|indd|rtf)|\W*)$", re.I
)
_MAKERS = re.compile(r"^(?:\(?anonymous\)?|unknown|user|admin|python-docx|\W*)$", re.I)


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
            text: str = text_page.get_text_range()
            return text
    except pypdfium2.PdfiumError:
        return ""


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
    return Content(text, tuple(starts), _metadata(known), tuple(notes))


def _lines(page: str) -> list[str]:
    text = page.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    return [" ".join(line.split(" ")).strip() for line in text.split("\n")]


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
    usual = median([len(line) for page in pages for line in page if line] or [0])
    words = frozenset(re.findall(r"\w+-\w+", whole))
    text, starts = "", []
    for page in pages:
        begins = True
        for paragraph in _paragraphs(page, usual):
            shown = _unhyphenated(paragraph, words)
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
    """The lines of a page put together; one that is short and ends a sentence, or a blank one, ends a paragraph."""
    waiting: list[str] = []
    for line in [*page, ""]:
        if not line:
            if waiting:
                yield _together(waiting)
            waiting = []
            continue
        waiting.append(line)
        if len(line) < SHORT * usual and (_ENDS.search(line) or len(waiting) == 1):
            yield _together(waiting)
            waiting = []


def _together(lines: list[str]) -> str:
    return re.sub(rf"{HYPHEN}\s*", HYPHEN, " ".join(lines))


def _unhyphenated(text: str, words: frozenset[str]) -> str:
    """A word that was parted at the end of a line in one, unless the document itself writes it with its hyphen."""

    def joined(parts: re.Match[str]) -> str:
        hyphenated = f"{parts[1]}-{parts[2]}"
        return hyphenated if hyphenated in words or parts[1][-1:].isdigit() else parts[1] + parts[2]

    return re.sub(rf"(\w+){HYPHEN}(\w+)", joined, text).replace(HYPHEN, "-")


def _metadata(known: dict[str, str]) -> dict[str, Read]:
    """Title and author of its properties, where they are some; the day of its making is none of publication."""
    found: dict[str, Read] = {}
    refused: dict[str, Callable[[str], object]] = {"title": _NO_TITLE.match, "author": _MAKERS.match}
    for name, is_none in refused.items():
        value = " ".join(known.get(name.title(), "").replace("\x00", "").split())
        if value and not is_none(value):
            found[name] = Read(value, "the file's properties")
    return found
