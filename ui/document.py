"""One document in full, and where what is known about it was read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from index.dates.times import shown_date
from index.records import Document, DocumentState, Span, Story, TimeMention, Version
from index.reprints import others_in_words
from ui.shared import counted, date_in_words, escape
from ui.sources import describe
from ui.versions import note_html, state_in_words

SHOWN_CHARACTERS = 200_000
SHOWN_BEFORE = 600
"""Characters before a mark, at most: it is seen in the box without scrolling."""
DATES_SHOWN = 200


def heading_html(one: DocumentState | Version, today: date, story: Story | None = None) -> str:
    """What is known about the document, where it was read, and which others print the same."""
    document = one.document
    again = f'<p class="dl-note">{escape(others_in_words(story, document.doc_id))}</p>' if story else ""
    return (
        f'{note_html(one)}<h2 class="dl-question" dir="auto">{escape(document.title)}</h2>'
        f'<div class="dl-meta">{describe(document, today)}</div>{again}{origins_html(one)}'
    )


def origins_html(one: DocumentState | Version) -> str:
    """Each detail with where it was read, folded away."""
    document = one.document
    known = {
        "title": document.title,
        "outlet": document.outlet,
        "author": document.author,
        "published": date_in_words(document.published) if document.published else None,
    }
    if document.collection:
        known["collection"] = document.collection
    rows = "".join(_row(name, value, document.origins.get(name)) for name, value in known.items())
    rows += f"<dt>File</dt><dd>{escape(document.uri)}</dd><dt>Id</dt><dd>{document.doc_id}</dd>"
    rows += f"<dt>State</dt><dd>{state_in_words(one)}</dd>"
    return f'<details class="dl-origins"><summary>Where each was read from</summary><dl>{rows}</dl></details>'


def _row(name: str, value: str | None, origin: str | None) -> str:
    if value is None:
        why = f"not known: {origin}" if origin else "not found in the document"
        shown = f'<span class="dl-quiet">{escape(why)}</span>'
    else:
        read = origin if origin in {None, "given by you"} else f"read from {origin}"
        where = f'<br><span class="dl-quiet">{escape(read)}</span>' if read else ""
        shown = f"<bdi>{escape(value)}</bdi>{where}"
    return f"<dt>{name.capitalize()}</dt><dd>{shown}</dd>"


def span_of(at: str | None, text: str) -> tuple[Span | None, str]:
    """The characters that `START-END` in a link names, and a note where it names none of this text.

    Both are empty without a link to some.
    """
    if at is None:
        return None, ""
    match = re.fullmatch(r"(\d{1,12})-(\d{1,12})", at, re.ASCII)
    if not match:
        return None, f"The link names no place in the text: {at[:40]!r} is not two numbers such as 120-245."
    start, end = int(match[1]), int(match[2])
    if not start < end <= len(text):
        return None, (
            f"The link names characters {start:,} to {end:,}, and the text has {len(text):,}. It may be a link to "
            "another version of this document."
        )
    return (start, end), ""


def text_html(document: Document, span: Span | None = None) -> str:
    """The full text as it is, its beginning when it is very long; with a `span`, from shortly before it, marked."""
    text = document.text
    if span is None:
        note = _shortened(0, min(len(text), SHOWN_CHARACTERS), len(text))
        return f"{note}{_box(escape(text[:SHOWN_CHARACTERS].strip()))}"
    begin = _begin_before(text, span[0])
    first, last = max(0, begin - SHOWN_CHARACTERS), min(len(text), max(begin + SHOWN_CHARACTERS, span[1]))
    before = f"<details><summary>… show all before it</summary>{escape(text[first:begin])}</details>" if begin else ""
    marked = f'<mark id="dl-at">{escape(text[slice(*span)])}</mark>'
    shown = f"{escape(text[begin : span[0]].lstrip())}{marked}{escape(text[span[1] : last].rstrip())}"
    return f"{_shortened(first, last, len(text))}{_box(before + shown)}"


def _box(inside: str) -> str:
    named = 'role="region" aria-label="Text of the document"'
    return f'<div class="dl-text" dir="auto" tabindex="0" {named}>{inside}</div>'


def _begin_before(text: str, start: int) -> int:
    """Where to begin to show the text, so that what begins at `start` is seen at once."""
    at = max(0, start - SHOWN_BEFORE)
    for ending in ("\n", " "):
        found = text.find(ending, at, start)
        if at and found >= 0:
            return found + 1
    return at


def _shortened(first: int, last: int, length: int) -> str:
    if last - first == length:
        return ""
    begun = f"The first {last:,}" if not first else f"Characters {first:,} to {last:,}"
    return f'<p class="dl-note">{begun} of {length:,} characters are shown; the file holds all of it.</p>'


def dates_html(mentions: Sequence[TimeMention]) -> str:
    """The dates that the text speaks of, each with the calendar date it stands for, folded away; empty for none."""
    if not mentions:
        return ""
    rows = "".join(
        f"<dt><bdi>“{escape(one.text)}”</bdi></dt><dd>{escape(shown_date(one.resolved))}{_counted_from(one)}</dd>"
        for one in mentions[:DATES_SHOWN]
    )
    more = f'<p class="dl-note">The first {DATES_SHOWN} are shown.</p>' if len(mentions) > DATES_SHOWN else ""
    told = counted(len(mentions), "date")
    return f'<details class="dl-origins"><summary>{told} in the text</summary><dl>{rows}</dl>{more}</details>'


def _counted_from(mention: TimeMention) -> str:
    if mention.anchored_to is None:
        return ""
    return f' <span class="dl-quiet">counted from {escape(shown_date(mention.anchored_to))}</span>'
