"""Title, outlet, author and publication date, read from a plain text's own lines.

News saved as text carries these in a few customary places: label lines
(`Author: …`), a by-line (`By …`, `Name (Outlet) - Sep 27`), a line that is only
a date, the dateline in front of the first paragraph (`LONDON, Mar 3 (Reuters) -`),
an agency's name alone at the foot, the address it came from. Every value says
where it was read; what is nowhere is left out, never guessed from the file's age.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain

from index.days import DAY_MONTH, FULL_DATE, complete_day, dates_named, day_of
from index.load.outlets import AGENCIES, GENERIC_BYLINES, outlet_of_address

HEADER_LINES = 14
"""Non-empty lines at the top that may carry metadata; the body has begun by then."""
BODY_WORDS = 22
"""A line of more words is body text, not a header."""
MAX_NAME_WORDS = 5
MAX_LINE = 600
"""Characters of a line that are looked at; no header line is longer."""


@dataclass(frozen=True, slots=True)
class Read:
    """A value and where it was read, in words."""

    value: str
    origin: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not empty, without markup for links and headings."""

    number: int
    text: str

    @property
    def words(self) -> int:
        return len(self.text.split())

    def read(self, value: str) -> Read:
        """`value`, with this line as its origin."""
        shown = self.text if len(self.text) <= 60 else self.text[:59] + "…"
        return Read(value.strip(), f"line {self.number}: {shown!r}")


_LABEL = re.compile(
    r"^(title|headline|date|published(?: on)?|author|byline|by|source|outlet|publisher|publication)\s*:\s*(.+)$", re.I
)
_BYLINE = re.compile(r"^by\s+(?P<name>[^\d:]{2,60})$", re.I)
_NAME_OUTLET_DATE = re.compile(
    rf"^(?P<name>[^\d()]{{3,50}}?)\s*\((?P<outlet>[^()\d]{{2,40}})\)\s*[-–—,:]*\s*(?:{FULL_DATE}|{DAY_MONTH})?\.?$"
)
_DATELINE = re.compile(
    rf"^(?P<place>[A-Z][\w'’.\-]*(?:[ /][A-Z][\w'’.\-]*){{0,3}}),?\s*(?:(?P<date>{FULL_DATE}|{DAY_MONTH}))?,?"
    rf"\s*(?:[(\[](?P<agency>[^()\[\]]{{2,30}})[)\]])?\s*(?P<end>:|--?|–|—)\s+(?=\S)"
)
_ADDRESS = re.compile(r"https?://(?P<host>[\w.\-]+)(?P<path>/\S*)?")
_ADDRESS_DATE = re.compile(r"/((?:19|20)\d\d)[/-](\d{1,2})[/-](\d{1,2})(?:/|\b)")
_FILE_DATE = re.compile(r"((?:19|20)\d\d)-(\d\d)-(\d\d)")
_MARKUP = re.compile(r"\[([^\]]*)\]\([^)]*\)")


def read_metadata(text: str, file_name: str) -> dict[str, Read]:
    """What `text` says of itself: `title` always, `outlet`, `author` and `published` (ISO date) where found."""
    lines = list(_lines(text))
    header = _header(lines)
    labels = dict(_labelled(header))
    byline = dict(_byline(header))
    found = {
        "title": labels.get("title") or _title(header) or Read(file_name.rsplit(".", 1)[0], "the file's name"),
        "outlet": labels.get("outlet") or byline.get("outlet") or _outlet(lines, header, byline.get("author")),
        "author": labels.get("author") or byline.get("author"),
        "published": _published(text, lines, header, labels.get("date"), file_name),
    }
    return {name: read for name, read in found.items() if read is not None}


def _lines(text: str) -> Iterator[Line]:
    for number, raw in enumerate(text.splitlines(), 1):
        shown = _MARKUP.sub(r"\1", raw[:MAX_LINE]).strip().strip("#*_<>|").strip()
        if shown and shown != "---":
            yield Line(number, shown)


def _header(lines: Sequence[Line]) -> list[Line]:
    """The short lines in front of the body, and the line that begins it."""
    header: list[Line] = []
    for line in lines[:HEADER_LINES]:
        header.append(line)
        if line.words > BODY_WORDS:
            break
    return header


def _labelled(header: Sequence[Line]) -> Iterator[tuple[str, Read]]:
    names = {"headline": "title", "published": "date", "published on": "date", "byline": "author", "by": "author"}
    names |= {"source": "outlet", "publisher": "outlet", "publication": "outlet"}
    for line in header:
        match = _LABEL.match(line.text)
        if match and line.words <= BODY_WORDS:
            value = match[2].strip().strip("\"'")
            label = match[1].lower()
            name = names.get(label, label)
            if name == "author" and (value.lower() in GENERIC_BYLINES):
                continue
            yield name, line.read(value)


def _byline(header: Sequence[Line]) -> Iterator[tuple[str, Read]]:
    for line in header:
        match = _NAME_OUTLET_DATE.match(line.text)
        if match and len(match["name"].split()) <= MAX_NAME_WORDS:
            yield "author", line.read(re.sub(r"^by\s+", "", match["name"], flags=re.I))
            yield "outlet", line.read(match["outlet"])
            return
        match = _BYLINE.match(line.text)
        if match and match["name"].strip().lower() not in GENERIC_BYLINES and line.words <= MAX_NAME_WORDS + 1:
            yield "author", line.read(match["name"])
            return


def _title(header: Sequence[Line]) -> Read | None:
    """The first line that reads like a headline: words, and no date, label, by-line or section name."""
    for line in header:
        rest = re.sub(rf"{FULL_DATE}|\W|\d", "", line.text)
        section = line.text.isupper() and line.words <= 2
        if len(rest) < 3 or section or line.words < 2 or line.words > 40:
            continue
        if _LABEL.match(line.text) or _BYLINE.match(line.text) or re.search(FULL_DATE, line.text):
            continue
        if re.match(r"^\w+\s*:$", line.text) or _NAME_OUTLET_DATE.match(line.text) or _ADDRESS.match(line.text):
            continue
        return line.read(line.text)
    return None


def _outlet(lines: Sequence[Line], header: Sequence[Line], author: Read | None) -> Read | None:
    """From the address it was saved from, the dateline's agency, an agency alone at the foot, or the by-line."""
    # An address alone on its line is where the page came from; one inside a sentence is a link to somewhere else.
    for line in chain(reversed(lines[-6:]), header):
        address = _ADDRESS.search(line.text)
        if address and line.words <= 4:
            return line.read(outlet_of_address(address["host"]))
    for line in header:
        dateline = _DATELINE.match(line.text)
        if dateline and dateline["agency"]:
            return line.read(dateline["agency"])
    for line in reversed(lines[-3:]):
        name = line.text.strip("()[]-–— .")
        if name in AGENCIES:
            return line.read(name)
    if author and author.value in AGENCIES:
        return author
    return None


def _published(
    text: str, lines: Sequence[Line], header: Sequence[Line], label: Read | None, file_name: str
) -> Read | None:
    if label and (day := day_of(label.value)):
        return Read(day.isoformat(), label.origin)
    in_header = [(line, day) for line in header if line.words <= BODY_WORDS and (day := day_of(line.text))]
    dateline = _dateline_date(text, header, [day for _, day in in_header])
    if dateline:
        return dateline
    if in_header:
        line, day = in_header[0]
        return line.read(day.isoformat())
    for line in chain(reversed(lines[-6:]), header):
        match = _ADDRESS_DATE.search(line.text)
        if match and line.words <= 4 and (day := _day(match)):
            return line.read(day.isoformat())
    match = _FILE_DATE.search(file_name)
    if match and (day := _day(match)):
        return Read(day.isoformat(), f"the file's name: {file_name!r}")
    return None


def _dateline_date(text: str, header: Sequence[Line], near: Sequence[date]) -> Read | None:
    """The date in a dateline or by-line; a missing year comes from a date at the top, else from the text."""
    for line in header:
        dateline = _DATELINE.match(line.text)
        shown = dateline["date"] if dateline else None
        if not shown and _NAME_OUTLET_DATE.match(line.text):
            shown = line.text
        if not shown:
            continue
        if day := day_of(shown):
            return line.read(day.isoformat())
        match = re.search(DAY_MONTH, shown)
        if not match:
            continue
        known = [(day, f"the date {day.isoformat()} above it") for day in near] or dates_named(text)
        completed = complete_day(match[0], known)
        if completed is None:
            continue
        day, source = completed
        return Read(day.isoformat(), f"{line.read('').origin}, the year from {source}")
    return None


def _day(match: re.Match[str]) -> date | None:
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None
