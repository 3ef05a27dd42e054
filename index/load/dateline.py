"""The dateline of an agency in front of the first sentence."""

from __future__ import annotations

import re
from datetime import timedelta

from index.dates.days import ANY_FULL_DATE, DAY_MONTH, complete_day, day_in, days_of, months_of
from index.load.names import is_name, is_outlet, is_person, label_of
from index.load.signs import DATELINE, LABELLED, Line, Read, Sign
from index.load.values import LABEL

SOON = timedelta(days=90)
MAX_HEAD = 90
"""Characters of a dateline."""
_HEAD = re.compile(
    rf"(?P<agency>[(\[/](?P<name>[^()\[\]/\d]{{2,40}})[)\]/])|(?P<date>{ANY_FULL_DATE}|{DAY_MONTH})"
    r"|(?P<mark>[ ,.;:–—_-]+)|(?P<clock>\d\d?[:.]\d\d\b)"
    r"|(?P<place>(?-i:(?:d[aeo]|del|la|of|upon|am|sur)(?= [A-Z])|[^\W\d_a-z][^\W\d_]*(?:[.’'-][^\W\d_]+)*\.?))",
    re.I,
)
"""What may stand in front of the first sentence, piece by piece."""


def dateline_of(line: Line, above: str, text: str) -> tuple[list[Sign], str]:
    """What stands in front of the first sentence: `ABUJA, Nigeria, March 3 (Reuters) -`, or `Jo Lee (BBC) - Sep 27`.

    Also what is left of the line.
    """
    place, ended, at = "", False, 0
    agencies: list[str] = []
    dates: list[str] = []
    if (label := LABEL.match(line.text)) and label_of(label["label"]):
        return [], line.text
    while not (line.heading or ended) and at < MAX_HEAD and (piece := _HEAD.match(line.text, at)):
        at = piece.end()
        if piece["place"] and not (agencies or dates):
            place = f"{place} {piece['place']}".strip()
        elif piece["name"] and (is_name(piece["name"].split(), 5) or is_outlet(piece["name"])):
            agencies.append(piece["name"].strip())
        elif piece["date"]:
            dates.append(piece["date"])
        dashed = piece["mark"] and re.search(r"[–—_:]|--|^-|-$|- $", piece["mark"])
        ended = bool(dashed and (agencies or dates) and (place or dates or not _HEAD.match(line.text, at)))
    rest = line.text[at:]
    alone = re.fullmatch(rf"\W*(?:{DAY_MONTH})?\W*", rest, re.I)
    agency = next(filter(is_outlet, agencies), agencies[-1] if agencies else None)
    signed = bool(alone and agency and is_person(place))
    known = agency and (is_outlet(agency) or (place and len(place.split()) < 6 and (ended or dates)))
    if not known and not (place and dates and ended and not alone):
        return [], line.text
    found = [Sign("outlet", DATELINE, line.read(agency))] if agency else []
    found += [Sign("author", LABELLED, line.read(place))] if signed else []
    dates += re.findall(DAY_MONTH, rest, re.I) if alone else []
    if dates and (day := day_in(dates[0], line.day_first)):
        return [*found, Sign("published", DATELINE, line.read(day.isoformat()))], rest
    if dates:
        return [*found, *_completed(dates[0], line, above, text)], rest
    return found, rest


def _completed(day_month: str, line: Line, above: str, text: str) -> list[Sign]:
    """The day of a dateline without its year, which a date above it gives, or the last one in the text."""
    known = [(day, f"the date {day.isoformat()} above it") for _, day in days_of(above)]
    written = [(day, f"{match[0]!r} in the text") for match, day in (*days_of(text), *months_of(text))]
    completed = complete_day(day_month, known or written)
    if completed is None:
        return []
    day, source = completed
    # A report comes after what it tells of, and not long after the last of it.
    if not known and not timedelta(0) <= day - max(day for day, _ in written) <= SOON:
        return []
    told = Read(day.isoformat(), f"{line.read('').origin}, the year from {source}", sure=bool(known))
    return [Sign("published", DATELINE, told)]
