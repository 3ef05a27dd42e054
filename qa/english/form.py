"""What kind of line a text is, and what forms its words have: a fragment, the head of a report, an age."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.lines import is_row, item_mark
from index.records import Document, TimeMention
from qa import tuning

AGE = re.compile(r"\b(?:aged?|years? old|born|birthday|anniversary)\b|-year-old|, \d\d?,", re.I)
"""How an age is told, also as in "Ines Calder, 41, said"."""


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
