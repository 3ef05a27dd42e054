"""What kind of line a text is, and what forms its words have: a fragment, the head of a report, an age."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.lines import is_row, item_mark
from index.records import Document, Span, TimeMention
from qa import tuning
from qa.english.words import stem, words_of

AGE = re.compile(r"\b(?:aged?|years? old|born|birthday|anniversary)\b|-year-old|, \d\d?,", re.I)
"""How an age is told, also as in "Ines Calder, 41, said"."""


_DATED = re.compile(r" \([^()]*\d{4}\)")
"""The calendar date that an answer gives behind a relative one."""
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def is_fragment(quote: str) -> bool:
    """Whether this is a title, by-line, label or caption rather than a sentence, a table's row or a list's item."""
    if is_row(quote) or (item_mark(quote) and len(quote.split()) > tuning.MARKED_WORDS):
        return False
    return not re.search(r"[.!?…][\"'”’)\]]*$", quote) or len(quote.split()) < tuning.FRAGMENT_WORDS


def is_masthead(quote: str, mentions: Sequence[TimeMention], document: Document) -> bool:
    """Whether this is where the document names its author, outlet or date: the proof of an answer about it."""
    published = document.published.isoformat() if document.published else None
    names = [name for name in (document.author, document.outlet) if name]
    return is_fragment(quote) and (
        any(name in quote for name in names) or any(m.resolved == published for m in mentions)
    )


def without_dates(text: str) -> str:
    """Without the calendar dates that an answer gives behind relative ones."""
    return _DATED.sub("", text)


def stems_with_spans(text: str) -> list[tuple[Span, str]]:
    """Where each word stands, with its stem."""
    return [(match.span(), stem(words_of(match[0])[0])) for match in _WORD.finditer(text)]


def is_parted(text: str) -> bool:
    """Whether a comma or its like stands in it."""
    return bool(re.search(r"[,;:–—]", text))
