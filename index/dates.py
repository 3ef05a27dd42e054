"""Time expressions in news prose and the calendar dates they stand for.

Found by rules, since a general finder takes "may", "march" and "80th" for dates.
Counted from the publication date, or, "the following day" and "two years later",
from the time that the text named just before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from itertools import takewhile

from index import resolve
from index.days import ANY_YEAR, DAY, MONTH, WEEKDAY, day_in, is_day_first
from index.expressions import TIME_WORDS
from index.records import TimeMention
from index.resolve import FEAST
from index.tense import is_future, sentence_around
from index.times import Granularity, bounds, granularity_of

_COMPLETE: dict[str, Callable[[str], str | None]] = {
    "full": resolve.full,
    "month_year": resolve.month_year,
    "year": resolve.year,
    "season_year": resolve.season_year,
    "quarter_year": resolve.quarter_year,
    "old_year": resolve.year,
    "decade": resolve.decade,
    "century": resolve.century,
}
Count = Callable[[str, date, bool], str | None]
"""What words stand for, counted from a day, in a sentence that looks ahead or not."""
_FROM_REPORT: dict[str, Count] = {
    "day_month": resolve.day_month,
    "weekday": resolve.weekday,
    "month": resolve.month,
    "bare_month": resolve.month,
    "season": resolve.season,
    "quarter": resolve.quarter,
    "relative": resolve.relative,
    "day": resolve.day,
    "ago": resolve.shifted,
    "feast": resolve.feast,
    "short_decade": resolve.short_decade,
}
_FROM_TEXT: dict[str, Count] = {
    "that": resolve.relative,
    "that_weekday": resolve.weekday,
    "later": resolve.shifted,
}
_BY_TENSE = frozenset("day_month weekday that_weekday month bare_month season quarter feast".split())
"""Kinds that mean another day in a sentence that looks ahead."""
_FINE: dict[str, frozenset[Granularity]] = {
    "day": frozenset({"day"}),
    "month": frozenset({"day", "month"}),
    "year": frozenset({"day", "month", "quarter", "year"}),
}
"""How fine a time must be for others to be counted from it, by their unit."""
_REACH = 300
"""Characters back to the time that "the following day" is counted from; further back, it may be another's."""
_CAPITALISED = frozenset("weekday that_weekday day_month month_year range month bare_month feast".split())
_ANOTHER_MONTH = re.compile(rf"\b{MONTH} (?:and|or|to|through|until) $")
_SECTION = re.compile(r" [A-Z]\w*[a-z]")
_MONEY = re.compile(
    r"[$€£%]|\b(?:percent|per cent|revenues?|profits?|earnings|sales|growth|econom\w+|GDP|output)\b", re.I
)
_HEAT = re.compile(r"\b(?:degrees|temperatures?|highs|lows|Fahrenheit)\b", re.I)
_STATE = re.compile(r"\b(?:is|are|can|do|does|has|have|seems?|remains?|exists?|includes?|knows?|needs?|there[’']s)\b")
_DEED = re.compile(r"\b(?:was|were|had|said|told|[a-z]{3,}ed|will|would|this \w+ today|earlier today|meets?)\b", re.I)
"""In a sentence of states, without a deed, "today" is these days and no day."""
_IN_SENTENCE: dict[str, Callable[[str, str], bool]] = {
    "quarter": lambda words, around: bool(_MONEY.search(around)),
    "short_decade": lambda words, around: not _HEAT.search(around),
    "day": lambda words, around: words != "today" or not _STATE.search(around) or bool(_DEED.search(around)),
}
"""Whether the words, in small letters, are a time in their sentence."""


def find_mentions(text: str, published: date | None) -> tuple[TimeMention, ...]:
    """Time expressions of `text` in order, each resolved; what cannot be resolved is left out.

    Without a publication date only expressions that are complete in themselves, or counted from one, are returned.
    """
    found: list[TimeMention] = []
    at, day_first = 0, is_day_first(text)
    while match := TIME_WORDS.search(text, at):
        kind, at = match.lastgroup or "", match.end()
        if found and match.start() < found[-1].end:
            continue
        if kind == "full":
            if day := day_in(match[0], day_first):
                found.append(TimeMention(match.start(), match.end(), match[0], day.isoformat(), None))
            elif not re.search(MONTH, match[0], re.I):
                at = match.start() + 1  # "12 votes 2019": no date of any language, but a year
        elif _is_time(kind, match, text):
            found += _read(kind, match, published, found)
    return tuple(found)


def _is_time(kind: str, match: re.Match[str], text: str) -> bool:
    """Whether what was matched is one: "May" and not "may", Sunday and not the Sunday section."""
    start, end = match.span()
    if kind in _CAPITALISED:
        name = re.search(rf"{MONTH}|{WEEKDAY}|{FEAST}", match[0], re.I)
        if name is None or not name[0][0].isupper():
            return False
    if kind == "bare_month":
        return match[0] not in {"March", "May"} or bool(_ANOTHER_MONTH.search(text, max(0, start - 20), start))
    if kind == "weekday":
        return not (text.endswith("the ", 0, start) and _SECTION.match(text, end))
    fits = _IN_SENTENCE.get(kind)
    return fits is None or fits(match[0].lower(), text[slice(*sentence_around(text, start, end))])


def _read(kind: str, match: re.Match[str], published: date | None, found: list[TimeMention]) -> Iterator[TimeMention]:
    """What was matched, resolved; `found` is what stands before it."""
    text, (start, end) = match.string, match.span()
    if kind == "range":
        yield from _range(match, published)
        return
    if kind == "month":
        named = re.search(rf"(?:(?:later |earlier )?(?:last|next|this)(?: past)? )?{MONTH}.*$", match[0], re.I)
        start += named.start() if named else 0
    elif kind == "old_year":
        start = end - 4
    words, base, resolved = text[start:end], None, None
    if kind in _COMPLETE:
        resolved = _COMPLETE[kind](words)
    elif kind == "short_year":
        resolved = _short_year(words, text[start - 5 : start - 1])
    elif kind == "around":
        end, resolved, base = _around(match, published)
    elif kind in _FROM_TEXT and (anchor := _anchor(words, start, found)):
        base = anchor.resolved
        resolved = _FROM_TEXT[kind](words, bounds(base)[0], False)
        if (
            resolved
            and kind == "later"
            and published
            and bounds(resolved)[0] > published
            and not is_future(text, start, end)
        ):
            return  # told of as done, so counted from another time than the last one named
    elif published is not None and (kind in _FROM_REPORT or (kind == "that_weekday" and words.startswith("the "))):
        base, count = published.isoformat(), (_FROM_REPORT.get(kind) or _FROM_TEXT[kind])
        resolved = count(words, published, kind in _BY_TENSE and is_future(text, start, end))
    if resolved is not None:
        yield TimeMention(start, end, text[start:end], resolved, base)


def _anchor(words: str, start: int, found: list[TimeMention]) -> TimeMention | None:
    """The last time before `start` that is fine enough for `words` to be counted from."""
    fine = _FINE["year" if re.search(r"year|decade", words, re.I) else "month" if "month" in words.lower() else "day"]
    near = takewhile(lambda mention: start - mention.end <= _REACH, reversed(found))
    return next((mention for mention in near if granularity_of(mention.resolved) in fine), None)


def _around(match: re.Match[str], published: date | None) -> tuple[int, str | None, str | None]:
    """ "Two days after June 3", "the day after Easter": where it ends, what it stands for, and from when."""
    following = TIME_WORDS.match(match.string, match.end())
    if following is None or following.lastgroup not in {*_COMPLETE, *_FROM_REPORT, "range"}:
        return match.end(), None, None
    mention = next(_read(following.lastgroup, following, published, []), None)
    if mention is None or _anchor(match[0], mention.end, [mention]) is None:
        return match.end(), None, None
    return mention.end, resolve.shifted(match[0], bounds(mention.resolved)[0], False), mention.resolved


def _range(match: re.Match[str], published: date | None) -> Iterator[TimeMention]:
    """Both days of "June 20 to 22, 2021": each is one that can be asked for."""
    words, future = match[0], is_future(match.string, *match.span())
    month, year = re.search(MONTH, words, re.I), re.search(rf"{ANY_YEAR}$", words)
    days = list(re.finditer(rf"(?<!\d){DAY}(?!\d)", words[: year.start() if year else None]))
    assert month is not None  # the pattern contains one
    for day, start, end in ((days[0], 0, days[0].end()), (days[1], days[1].start(), len(words))):
        named, base, resolved = f"{day[0]} {month[0]}", None, None
        if year is not None:
            resolved = resolve.full(f"{named} {year[0]}")
        elif published is not None:
            base, resolved = published.isoformat(), resolve.day_month(named, published, future)
        if resolved is not None:
            yield TimeMention(match.start() + start, match.start() + end, words[start:end], resolved, base)


def _short_year(words: str, before: str) -> str | None:
    """The second year of "2008-9"; None for the month of "2008-03" and for what does not come after."""
    year = before[: 4 - len(words)] + words
    follows = int(year) == int(before) + 1 or (int(year) > int(before) and not 0 < int(words) <= 12)
    return year if follows or (len(words) == 1 and int(year) > int(before)) else None
