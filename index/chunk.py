"""A document's text cut into passages of whole sentences, every one an exact slice."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from statistics import median

from sentencex import get_sentence_boundaries

from index.days import MONTHS, WEEKDAYS
from index.records import Document, Passage, Span

WRAPPED_LINE = (50, 100)
"""Lines of a text wrapped by hand are about this long, in characters."""
MAX_HEADING_WORDS = 12
MAX_SENTENCE = 1_500
"""Characters; what has no end before is taken in pieces, as a line of an export is: a model reads no more at once."""
LONG_WORD = 12
"""So many characters count as a word at least, for texts that put no spaces between theirs."""
_WINDOW = 4 * MAX_SENTENCE
"""Characters in which sentences are looked for at once: sentencex takes four times as long for twice as many."""
_CUTS = ("\n", "。", "; ", "},", ", ", " ", ",")
"""Where a sentence that is too long is cut, the best first."""
_BLANK = re.compile(r"\n[ \t\r]*\n")
_ENDS_SENTENCE = re.compile(r"[.!?…][\"'”’)\]]*\s*$")
_HOUR = re.compile(r"\d\s?[ap]\.m\.\s*$", re.I)
_NEAR = 20
"""Characters before the end of a sentence in which "p.m." is looked for."""
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
    words = 0

    def close() -> None:
        nonlocal words
        words = 0
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
    is_body = [_is_body(text[start:end]) for start, end in paragraphs]
    body_seen = False
    for number, (start, end) in enumerate(paragraphs):
        # A heading opens a section, between body text; the title and by-lines at the top are no headings.
        if body_seen and any(is_body[number + 1 : number + 2]) and _is_heading(text[start:end]):
            close()
            heading = (text[start:end],)
        body_seen = body_seen or is_body[number]
        sentences = list(split_sentences(text, start, end))
        lengths = [_words(text[slice(*sentence)]) for sentence in sentences]
        if words + sum(lengths) > passage_words:
            close()
        for sentence, length in zip(sentences, lengths, strict=True):
            if words + length > passage_words:
                close()
            waiting.append(sentence)
            words += length
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
    """Spans of the sentences of `text[start:end]`, without white space around them, none over `MAX_SENTENCE`."""
    begin = start
    for position in _boundaries(text, start, end):
        near = max(begin, position - _NEAR)
        if position < end and _HOUR.search(text, near, position) and _OF_AN_HOUR.match(text, position, end):
            continue
        yield from _strip(text, _pieces(text, begin, position))
        begin = position


def _boundaries(text: str, start: int, end: int) -> Iterator[int]:
    """Where sentences end, found in one window after another: the last of each is looked at again in the next."""
    while start < end:
        limit = min(start + _WINDOW, end)
        lengths = [len(found["text"]) for found in get_sentence_boundaries("en", text[start:limit])]
        for length in lengths[:-1] if limit < end and len(lengths) > 1 else lengths:
            start += length
            yield start


def _pieces(text: str, start: int, end: int) -> Iterator[Span]:
    """The span, cut where it is longer than `MAX_SENTENCE`; no mark is parted from the letter that it stands on."""
    while end - start > MAX_SENTENCE:
        limit = start + MAX_SENTENCE
        found = (at + len(cut) for cut in _CUTS if (at := text.rfind(cut, start + MAX_SENTENCE // 2, limit)) >= 0)
        cut = next(found, limit)
        while cut > start + MAX_SENTENCE // 2 and unicodedata.category(text[cut]).startswith("M"):
            cut -= 1
        yield start, cut
        start = cut
    yield start, end


def _lines(text: str, block: Span) -> Iterator[Span]:
    start = block[0]
    for line in text[block[0] : block[1]].splitlines(keepends=True):
        yield start, start + len(line)
        start += len(line)


def _strip(text: str, spans: Iterable[Span]) -> Iterator[Span]:
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


def _is_body(paragraph: str) -> bool:
    return bool(_ENDS_SENTENCE.search(paragraph)) and len(paragraph.split()) > MAX_HEADING_WORDS


def _words(sentence: str) -> int:
    return max(len(sentence.split()), len(sentence) // LONG_WORD)


def _page(page_starts: tuple[int, ...], position: int) -> int | None:
    return bisect_right(page_starts, position) if page_starts else None
