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

from index.dates import resolve
from index.dates.counted import shifted, span
from index.dates.days import ANY_YEAR, DAY, DAY_MONTH, MONTH, day_in, is_day_first
from index.dates.expressions import TIME_WORDS
from index.dates.feasts import feast, known, known_day
from index.dates.genuine import is_time
from index.dates.tense import is_future, sentence_around
from index.dates.times import Granularity, bounds, granularity_of
from index.records import TimeMention

_COMPLETE: dict[str, Callable[[str], str | None]] = {
    "full": resolve.full,
    "month_year": resolve.month_year,
    "year": resolve.year,
    "season_year": resolve.season_year,
    "quarter_year": resolve.quarter_year,
    "nth_year": resolve.nth_year,
    "known": known,
    "old_year": resolve.year,
    "decade": resolve.decade,
    "century": resolve.century,
}
Count = Callable[[str, date, bool], str | None]
"""What words stand for, counted from a day, in a sentence that looks ahead or not."""
_FROM_REPORT: dict[str, Count] = {
    "day_month": resolve.day_month,
    "weekday": resolve.weekday,
    "weekday_of_week": resolve.weekday_of_week,
    "nth": resolve.nth,
    "month": resolve.month,
    "bare_month": resolve.month,
    "season": resolve.season,
    "quarter": resolve.quarter,
    "relative": resolve.relative,
    "day": resolve.day,
    "ago": shifted,
    "span": span,
    "turn": resolve.turn,
    "two_digit": resolve.two_digit,
    "feast": feast,
    "short_decade": resolve.short_decade,
}
_FROM_TEXT: dict[str, Count] = {
    "that": resolve.relative,
    "that_weekday": resolve.weekday,
    "later": shifted,
}
_BY_TENSE = frozenset("day_month weekday that_weekday nth month bare_month season quarter feast".split())
"""Kinds that mean another day in a sentence that looks ahead."""
_FINE: dict[str, frozenset[Granularity]] = {
    "day": frozenset({"day"}),
    "month": frozenset({"day", "month"}),
    "year": frozenset({"day", "month", "quarter", "year"}),
}
"""How fine a time must be for others to be counted from it, by their unit."""
_NEAR = 40
"""Characters around a day in which that is named for which it is known."""
_REACH = 300
"""Characters back to the time that "the following day" is counted from; further back, it may be another's."""
_SEASON = re.compile(r"\b(?:season|campaign|league|cup|title|champion\w*|school|academic|term|goals|club)\b", re.I)
_ENDED = re.compile(r"\W{1,3}(?:which\s|that\s)?(?:ended|ending|ends|to)\s(?:on\s)?(" + DAY_MONTH + ")")


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
        elif is_time(kind, match, text):
            found += _read(kind, match, published, found)
    return tuple(found)


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
    words, base, resolved = " ".join(text[start:end].split()), None, None
    if kind in _COMPLETE:
        resolved = _COMPLETE[kind](words)
    elif kind in _FROM_AROUND:
        resolved = _FROM_AROUND[kind](words, text, start, end)
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
        count = _FROM_REPORT.get(kind) or _FROM_TEXT[kind]
        future = kind in _BY_TENSE and is_future(text, start, end)
        if kind == "day_month" and not future:
            resolved = known_day(words, published, text[max(0, start - _NEAR) : end + _NEAR])
        if resolved is None:
            base, resolved = published.isoformat(), count(words, published, future)
    if resolved is not None:
        yield TimeMention(start, end, text[start:end], resolved, base)


def _anchor(words: str, start: int, found: list[TimeMention]) -> TimeMention | None:
    """The last time before `start` that is fine enough for `words` to be counted from."""
    fine = _FINE[
        "year" if re.search(r"year|decade|centur", words, re.I) else "month" if "month" in words.lower() else "day"
    ]
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
    return mention.end, shifted(match[0], bounds(mention.resolved)[0], False), mention.resolved


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


def _short_year(words: str, text: str, start: int, _end: int) -> str | None:
    """The second year of "2008-9"; None for the month of "2008-03" and for what does not come after."""
    before = text[start - 5 : start - 1]
    year = before[: 4 - len(words)] + words
    follows = int(year) == int(before) + 1 or (int(year) > int(before) and not 0 < int(words) <= 12)
    return year if follows or (len(words) == 1 and int(year) > int(before)) else None


def _years(words: str, text: str, start: int, end: int) -> str | None:
    return resolve.years(words, bool(_SEASON.search(text[slice(*sentence_around(text, start, end))])))


def _fiscal(words: str, text: str, _start: int, end: int) -> str | None:
    ended = _ENDED.match(text, end)
    return resolve.fiscal(words, ended[1]) if ended else None


_FROM_AROUND: dict[str, Callable[[str, str, int, int], str | None]] = {
    "short_year": _short_year,
    "years": _years,
    "fiscal": _fiscal,
}
"""What takes the words around it to be read: those, the text, and where they begin and end."""
