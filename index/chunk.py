"""A document's text cut into passages of whole sentences, every one an exact slice."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from statistics import median

from sentencex import get_sentence_boundaries

from index.days import MONTHS, WEEKDAYS
from index.records import Document, Passage, Span

WRAPPED_LINE = (50, 100)
"""Lines of a text wrapped by hand are about this long, in characters."""
MAX_HEADING_WORDS = 12
_BLANK = re.compile(r"\n[ \t\r]*\n")
_ENDS_SENTENCE = re.compile(r"[.!?…][\"'”’)\]]*\s*$")
_HOUR = re.compile(r"\d\s?[ap]\.m\.\s*$", re.I)
_OF_AN_HOUR = re.compile(
    rf"\s*\(?(?:(?i:{'|'.join((*WEEKDAYS, *MONTHS))})\b|[A-Z]{{1,3}}T\b|UTC\b|Eastern\b|Pacific\b|[a-z\d(])"
)
"""What goes on behind "at 10:30 p.m.", whose full stop then ends no sentence."""


def split_document(document: Document, passage_words: int) -> tuple[Passage, ...]:
    """Passages of at most `passage_words` words, in order, each of whole sentences of one section.

    Together their sentences hold every character of the text that is not white
    space. A sentence of more words than allowed is a passage of its own.
    """
    text = document.text
    passages: list[Passage] = []
    heading: tuple[str, ...] = ()
    waiting: list[Span] = []

    def close() -> None:
        if waiting:
            start, end = waiting[0][0], waiting[-1][1]
            passages.append(
                Passage(
                    passage_id=f"{document.doc_id}:{len(passages)}",
                    doc_id=document.doc_id,
                    text=text[start:end],
                    start=start,
                    end=end,
                    sentences=tuple(waiting),
                    headings=heading,
                    page=_page(document.page_starts, start),
                )
            )
            waiting.clear()

    paragraphs = list(split_paragraphs(text))
    for number, (start, end) in enumerate(paragraphs):
        # A heading opens a section of its own; the title and by-lines at the top are no headings.
        if number and _is_heading(text[start:end]) and _opens_section(text, paragraphs, number):
            close()
            heading = (text[start:end],)
        sentences = list(split_sentences(text, start, end))
        if _words(text, waiting) + _words(text, sentences) > passage_words:
            close()
        for sentence in sentences:
            if waiting and _words(text, waiting) + _words(text, [sentence]) > passage_words:
                close()
            waiting.append(sentence)
    close()
    return tuple(passages)


def split_paragraphs(text: str) -> Iterator[Span]:
    """Spans of the paragraphs, without white space around them.

    A blank line always ends one. A single line break does so too, unless the
    text is wrapped by hand: then its lines are of one customary length.
    """
    start = 0
    for match in [*_BLANK.finditer(text), None]:
        end = match.start() if match else len(text)
        block = (start, end)
        yield from _strip(text, [block] if _is_wrapped(text[start:end]) else _lines(text, block))
        start = match.end() if match else len(text)


def split_sentences(text: str, start: int, end: int) -> Iterator[Span]:
    """Spans of the sentences of `text[start:end]`, without white space around them."""
    begin = position = start
    for boundary in get_sentence_boundaries("en", text[start:end]):
        position += len(boundary["text"])
        if position < end and _HOUR.search(text, begin, position) and _OF_AN_HOUR.match(text, position, end):
            continue
        yield from _strip(text, [(begin, position)])
        begin = position


def _lines(text: str, block: Span) -> Iterator[Span]:
    start = block[0]
    for line in text[block[0] : block[1]].splitlines(keepends=True):
        yield start, start + len(line)
        start += len(line)


def _strip(text: str, spans: list[Span] | Iterator[Span]) -> Iterator[Span]:
    for start, end in spans:
        piece = text[start:end]
        stripped = piece.strip()
        if stripped:
            first = start + piece.index(stripped)
            yield first, first + len(stripped)


def _is_wrapped(block: str) -> bool:
    lines = block.splitlines()
    if len(lines) < 3:
        return False
    low, high = WRAPPED_LINE
    lengths = [len(line) for line in lines[:-1]]
    unfinished = sum(not _ENDS_SENTENCE.search(line) for line in lines[:-1])
    return low <= median(lengths) and max(lengths) <= high and unfinished * 2 > len(lengths)


def _is_heading(line: str) -> bool:
    words = line.lstrip("#").split()
    return 0 < len(words) <= MAX_HEADING_WORDS and not re.search(r":|\]\(|[.!?;,”\"]$", line) and line[0].isupper()


def _opens_section(text: str, paragraphs: list[Span], number: int) -> bool:
    """Whether body text stands both before and right after this paragraph."""

    def is_body(at: int) -> bool:
        start, end = paragraphs[at]
        return bool(_ENDS_SENTENCE.search(text[start:end])) and len(text[start:end].split()) > MAX_HEADING_WORDS

    return any(is_body(at) for at in range(number)) and number + 1 < len(paragraphs) and is_body(number + 1)


def _words(text: str, spans: list[Span]) -> int:
    return sum(len(text[start:end].split()) for start, end in spans)


def _page(page_starts: tuple[int, ...], position: int) -> int | None:
    return bisect_right(page_starts, position) if page_starts else None
