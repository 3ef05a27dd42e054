"""A document's text cut into passages of whole sentences, every one an exact slice."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sentencex import get_sentence_boundaries

from index.dates.days import MONTHS, WEEKDAYS
from index.lines import ENDS_SENTENCE, are_rows, blocks_of, goes_on, item_mark, label_of, usual_width
from index.records import Document, Passage, Span

MAX_HEADING_WORDS = 12
MAX_TURN = 40
"""Words of what a speaker says that are kept in one: a sentence alone would not tell who said it."""
MAX_TITLE = 4
"""Words with which an item may open, or close, that say nothing alone: `2. Playground. Agreed to … Carried.`"""
MAX_SENTENCE = 1_500
"""Characters; what has no end before is taken in pieces, as a line of an export is: a model reads no more at once."""
LONG_WORD = 12
"""So many characters count as a word at least, for texts that put no spaces between theirs."""
_WINDOW = 4 * MAX_SENTENCE
"""Characters in which sentences are looked for at once: sentencex takes four times as long for twice as many."""
_CUTS = ("\n", "。", "; ", "},", ", ", " ", ",")
"""Where a sentence that is too long is cut, the best first."""
_HOUR = re.compile(r"\d\s?[ap]\.m\.\s*$", re.I)
_NEAR = 20
"""Characters before the end of a sentence in which "p.m." is looked for."""
_OF_AN_HOUR = re.compile(
    rf"\s*\(?(?:(?i:{'|'.join((*WEEKDAYS, *MONTHS))})\b|[A-Z]{{1,3}}T\b|UTC\b|Eastern\b|Pacific\b|[a-z\d(])"
)
"""What goes on behind "at 10:30 p.m.", whose full stop then ends no sentence."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph's sentences, and what it is among its neighbours."""

    sentences: tuple[Span, ...]
    words: int
    opens: str | None
    """The heading of a section that it is."""
    leads: int
    """So many paragraphs behind it are to be read with it: the items of a list, the answer to a question."""
    before: str | None
    """What its first sentence goes on with: the line that tells what is listed, or whose turn it is."""
    label: str | None
    """Who speaks in it, or what it tells."""


def split_document(document: Document, passage_words: int) -> tuple[Passage, ...]:
    """Passages of at most `passage_words` words, in order, each of whole sentences of one section.

    Together their sentences hold every character of the text that is not white
    space. A sentence of more words than allowed is a passage of its own. A list stays with the line that opens it and
    an answer with its question, where there is room.
    """
    text = document.text
    passages: list[Passage] = []
    heading: str | None = None
    known: str | None = None
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
                    headings=tuple(filter(None, (heading, known))),
                    page=document.page_at(start),
                )
            )
            waiting.clear()

    paragraphs = _paragraphs(text)
    for number, paragraph in enumerate(paragraphs):
        if paragraph.opens:
            close()
            heading = paragraph.opens
        led = sum(each.words for each in paragraphs[number + 1 : number + paragraph.leads + 1])
        if words + paragraph.words > passage_words:
            close()
        for place, sentence in enumerate(paragraph.sentences, 1):
            length = _words(text[slice(*sentence)])
            together = length + led if place == len(paragraph.sentences) else 0
            if words + (together if length < together <= passage_words else length) > passage_words:
                close()
            if not waiting:
                known = paragraph.before or (paragraph.label if place > 1 else None)
            waiting.append(sentence)
            words += length
    close()
    return tuple(passages)


def _paragraphs(text: str) -> list[Paragraph]:
    spans = list(split_paragraphs(text))
    shown = [text[start:end] for start, end in spans]
    is_body = [_is_body(paragraph) for paragraph in shown]
    is_row, labels = are_rows(shown), [label_of(paragraph) for paragraph in shown]
    is_item = [row or bool(item_mark(paragraph)) for row, paragraph in zip(is_row, shown, strict=True)]
    leads, turns = _leads(shown, is_item, labels), _turns(labels)
    found: list[Paragraph] = []
    body_seen, listed = False, None
    for number, (start, end) in enumerate(spans):
        # A heading opens a section, between body text; the title and by-lines at the top are no headings.
        opens = body_seen and any(is_body[number + 1 : number + 2]) and _is_heading(shown[number])
        body_seen = body_seen or is_body[number]
        said = bool(labels[number]) and any([*labels[max(0, number - 1) : number], *labels[number + 1 : number + 2]])
        pieces = _pieces(text, start, end) if is_row[number] else _sentences(text, start, end, said)
        sentences = tuple(_strip(text, pieces))
        words = sum(_words(text[slice(*sentence)]) for sentence in sentences)
        before = listed if is_item[number] else turns[number]
        found.append(
            Paragraph(sentences, words, shown[number] if opens else None, leads[number], before, labels[number])
        )
        if not is_item[number]:
            listed = text[slice(*sentences[-1])] if leads[number] else None
    return found


def _leads(shown: Sequence[str], is_item: Sequence[bool], labels: Sequence[str | None]) -> list[int]:
    """For each paragraph how many behind it are to be read with it."""
    leads, items = [0] * (len(shown) + 1), 0
    for number in range(len(shown) - 1, -1, -1):
        if is_item[number]:
            items += 1
            continue
        asks = labels[number] and shown[number].endswith("?") and any(labels[number + 1 : number + 2])
        opens = shown[number].endswith(":") and leads[number + 1]
        leads[number] = items or (1 + leads[number + 1] if asks or opens else 0)
        items = 0
    return leads


def _turns(labels: Sequence[str | None]) -> list[str | None]:
    """For each paragraph without a label, where most have one, whose turn it goes on with."""
    labelled = [number for number, label in enumerate(labels) if label]
    if not labelled or 2 * len(labelled) <= labelled[-1] - labelled[0]:
        return [None] * len(labels)
    often, turns, last = Counter(labels), list[str | None](), None
    for number, label in enumerate(labels):
        last = label or last
        turns.append(last if not label and often[last] > 1 and number < labelled[-1] else None)
    return turns


def split_paragraphs(text: str) -> Iterator[Span]:
    """Spans of the paragraphs, without white space around them.

    A blank line always ends one. A single line break does so too, unless the
    lines were broken to a width.
    """
    blocks = list(blocks_of(text))
    lines = [list(_lines(text, block)) for block in blocks]
    shown = [[text[start:end].rstrip("\r\n") for start, end in block] for block in lines]
    usual = usual_width(shown)
    for block, spans in zip(shown, lines, strict=True):
        begun = None
        for on, (start, end) in zip(goes_on(block, usual), spans, strict=True):
            begun = start if begun is None else begun
            if not on:
                yield from _strip(text, [(begun, end)])
                begun = None


def _sentences(text: str, start: int, end: int, said: bool) -> Iterator[Span]:
    """The sentences of a paragraph; a number stays with what it numbers, a name with what is `said` when short."""
    mark = item_mark(text[start:end])
    found = list(split_sentences(text, start + (mark.end() if mark else 0), end))
    if said and _words(text[start:end]) <= MAX_TURN and not any(label_of(text[slice(*span)]) for span in found[1:]):
        yield start, end
        return
    whole = [(start, found[0][1])]
    short = bool(mark) and len(text[slice(*found[0])].split()) <= MAX_TITLE
    for first, last in found[1:]:
        tail = len(text[first:last].split()) < MAX_TITLE
        if mark and mark["number"] and (short or tail) and last - whole[-1][0] <= MAX_SENTENCE:
            whole[-1] = (whole[-1][0], last)
        else:
            whole.append((first, last))
        short = False
    yield from whole


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


def _is_heading(line: str) -> bool:
    words = line.lstrip("#").split()
    return 0 < len(words) <= MAX_HEADING_WORDS and not re.search(r":|\]\(|[.!?;,”\"]$", line) and line[0].isupper()


def _is_body(paragraph: str) -> bool:
    return bool(ENDS_SENTENCE.search(paragraph)) and len(paragraph.split()) > MAX_HEADING_WORDS


def _words(sentence: str) -> int:
    return max(len(sentence.split()), len(sentence) // LONG_WORD)
