"""Time expressions in news prose and the calendar dates they stand for.

Found by rules, since a general finder takes "may", "march" and "80th" for dates,
and resolved by plain calendar arithmetic from the publication date. A bare
weekday or month is the last one before publication, unless its sentence speaks
of the future ("is scheduled to … on Tuesday").
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from index.days import (
    ANY_FULL_DATE,
    ANY_YEAR,
    DAY,
    DAY_MONTH,
    MONTH,
    MONTHS,
    WEEKDAY,
    WEEKDAYS,
    YEAR,
    day_in_year,
    day_of,
)
from index.records import TimeMention

_NUMBERS = dict(zip("one two three four five six seven eight nine ten".split(), range(1, 11), strict=True)) | {
    "a": 1,
    "an": 1,
}
_COUNT = rf"(?:\d{{1,2}}|{'|'.join(_NUMBERS)})"
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_SEASON = "|".join(_SEASONS)
_BEFORE_MONTH = r"(?:in|since|until|till|by|during|from|before|after|early|late|mid|of|last|next|this)"

_BEFORE_YEAR = r"(?:in|since|until|till|by|during|from|before|after|around|circa|early|late|mid|between|and|to|year)"
_COUNTED = r"(?! (?!was |as |is |has |his |its |this )(?:[a-z]+s|people|men|women|children|per|of)\b)"
"""What follows a number that counts: "to 1500 villages", not "in 1564 the colony"."""
_CENTURY = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth"
    " fifteenth sixteenth seventeenth eighteenth nineteenth twentieth twenty-first".split()
)
_CENTURIES = rf"(?:1\d|2[01]|[1-9])(?:st|nd|rd|th)|{'|'.join(reversed(_CENTURY))}"

_FUTURE = re.compile(
    r"\b(?:will|would|shall|(?:is|are|was|were) (?:scheduled|set|due|expected|planned|slated|to)\b|scheduled|upcoming"
    r"|plans? to|expects? to|intends? to|hopes? to|about to|going to)\b",
    re.I,
)
_PAST = re.compile(
    r"\b(?:\w{3,}ed|was|were|had|has|have|said|left|met|went|came|took|told|held|gave|became|began)\b", re.I
)
_TO_DO = re.compile(r"\bto [a-z]+\b")

_PATTERN = re.compile(
    "|".join(
        (
            rf"(?P<full>{ANY_FULL_DATE})",
            rf"(?P<month_year>\b(?:early |late |mid-?)?{MONTH},? (?:of )?{ANY_YEAR}\b)",
            rf"(?P<day_month>{DAY_MONTH})",
            rf"(?P<season_year>\b(?:the )?(?:last |this |next )?(?:{_SEASON}) (?:of |in )?{ANY_YEAR}\b)",
            rf"(?P<season>\b(?:last|this) (?:{_SEASON})\b)",
            rf"(?P<weekday>\b(?:last |this |next |the following |the previous )?{WEEKDAY}\b)",
            rf"(?P<month>(?<=\b)(?:{_BEFORE_MONTH} ){MONTH}\b(?: this year| last year)?"
            rf"(?!,? (?:of )?{ANY_YEAR}| {DAY}\b))",
            r"(?P<relative>\b(?:last|this|next|the previous|earlier this|later this) (?:week|month|year|weekend)\b)",
            r"(?P<day>\b(?:today|yesterday|tomorrow|the day before yesterday)\b)",
            rf"(?P<ago>\b{_COUNT} (?:day|week|month|year)s? (?:ago|earlier)\b)",
            rf"(?P<year>(?<![\d$£€.,/-])(?:{YEAR})(?![\d%]|[,./-]\d|s\b))",
            rf"(?P<old_year>\b{_BEFORE_YEAR} 1[0-8]\d\d(?![\d%]|[,./]\d|s\b){_COUNTED}|\(1[0-8]\d\d(?=\)|[–-]))",
            rf"(?P<decade>\bthe (?:early |late |mid-?)?{ANY_YEAR[:-2]}0s\b)",
            rf"(?P<century>\b(?:early |late |mid-?)?(?:{_CENTURIES})(?:(?: and | to |[–-])(?:{_CENTURIES}))?"
            r" centur(?:y|ies)\b)",
        )
    ),
    re.I,
)


def find_mentions(text: str, published: date | None) -> tuple[TimeMention, ...]:
    """Time expressions of `text` in order, each resolved; what cannot be resolved is left out.

    Without a publication date only expressions that are complete in themselves are returned.
    """
    return tuple(_mentions(text, published))


def _mentions(text: str, published: date | None) -> Iterator[TimeMention]:
    for match in _PATTERN.finditer(text):
        kind = match.lastgroup or ""
        start, end = match.span()
        words = match[0]
        if kind == "month":
            # "in May", but not "in may": a month is written with a capital.
            start += words.index(" ") + 1
            words = text[start:end]
            if not words[0].isupper():
                continue
        elif kind == "old_year":
            start, words = end - 4, words[-4:]
        elif kind in {"weekday", "day_month", "month_year"} and not re.search(r"[A-Z]", words):
            continue
        future = _is_future(text, start)
        if kind in _COMPLETE:
            resolved = _COMPLETE[kind](words)
            anchor = None
        elif published is not None:
            resolved = _ANCHORED[kind](words, published, future)
            anchor = published.isoformat()
        else:
            continue
        if resolved is not None:
            yield TimeMention(start, end, text[start:end], resolved, anchor)


def _is_future(text: str, position: int) -> bool:
    """Whether the words before `position` in its sentence speak of what is still to come."""
    begin = max(text.rfind(mark, 0, position) for mark in (". ", "\n", "? ", "! ")) + 1
    before = text[begin:position]
    if _FUTURE.search(before):
        return True
    return bool(_TO_DO.search(before)) and not _PAST.search(before)


def _month_number(words: str) -> int:
    match = re.search(MONTH, words, re.I)
    assert match is not None  # every caller's pattern contains a month
    return MONTHS[match[0].lower().rstrip(".")]


def _full(words: str) -> str | None:
    day = day_of(words, ANY_FULL_DATE)
    return day.isoformat() if day else None


def _month_year(words: str) -> str:
    return f"{re.findall(ANY_YEAR, words)[-1]}-{_month_number(words):02d}"


def _year(words: str) -> str:
    return words


def _decade(words: str) -> str:
    first = int(re.findall(ANY_YEAR, words)[-1])
    return _interval(date(first, 1, 1), date(first + 9, 12, 31))


def _century(words: str) -> str:
    """The nth runs from the year 100 (n - 1) + 1 to 100 n; of two, from the first to the last."""
    named = re.findall(_CENTURIES, words, re.I)
    numbers = [int(re.sub(r"\D", "", one)) if one[0].isdigit() else _CENTURY.index(one.lower()) + 1 for one in named]
    return _interval(date(100 * numbers[0] - 99, 1, 1), date(100 * numbers[-1], 12, 31))


def _interval(first: date, last: date) -> str:
    return f"{first.isoformat()}/{last.isoformat()}"


def _season_months(words: str, year: int) -> tuple[date, date]:
    """Three whole months, the northern hemisphere's; winter runs into the next year."""
    season = re.search(_SEASON, words, re.I)
    assert season is not None  # every caller's pattern contains one
    month = _SEASONS[season[0].lower()]
    last_year, last_month = (year + 1, 2) if month == 12 else (year, month + 2)
    return date(year, month, 1), date(last_year, last_month, calendar.monthrange(last_year, last_month)[1])


def _season_year(words: str) -> str:
    return _interval(*_season_months(words, int(re.findall(ANY_YEAR, words)[-1])))


_COMPLETE: dict[str, Callable[[str], str | None]] = {
    "full": _full,
    "month_year": _month_year,
    "year": _year,
    "season_year": _season_year,
    "old_year": _year,
    "decade": _decade,
    "century": _century,
}


def _day_month(words: str, published: date, future: bool) -> str | None:
    """The occurrence nearest to publication on the side that the tense says."""
    days = [day for year in range(published.year - 1, published.year + 2) if (day := day_in_year(words, year))]
    side = [day for day in days if (day >= published if future else day <= published)]
    if not side:
        return None
    return (min(side) if future else max(side)).isoformat()


def _weekday(words: str, published: date, future: bool) -> str:
    target = WEEKDAYS[words.rsplit(maxsplit=1)[-1].lower()]
    back = (published.weekday() - target) % 7
    if words.lower().startswith(("next", "the following")):
        future = True
    if future and not words.lower().startswith(("last", "the previous")):
        return (published + timedelta((target - published.weekday()) % 7)).isoformat()
    if words.lower().startswith("last") and back == 0:
        back = 7
    return (published - timedelta(back)).isoformat()


def _month(words: str, published: date, future: bool) -> str:
    month = _month_number(words)
    year = published.year
    if words.endswith("last year"):
        year -= 1
    elif not words.endswith("this year"):
        if future and month < published.month:
            year += 1
        elif not future and month > published.month:
            year -= 1
    return f"{year}-{month:02d}"


def _season(words: str, published: date, _future: bool) -> str:
    first, last = _season_months(words, published.year)
    if words.lower().startswith("last") and first >= published:
        first, last = _season_months(words, published.year - 1)
    return _interval(first, last)


def _relative(words: str, published: date, _future: bool) -> str | None:
    *_, which, unit = words.lower().split()
    step = {"last": -1, "previous": -1, "this": 0, "next": 1}[which]
    if unit == "year":
        return str(published.year + step)
    if unit == "month":
        months = published.year * 12 + published.month - 1 + step
        return f"{months // 12}-{months % 12 + 1:02d}"
    monday = published - timedelta(published.weekday()) + timedelta(7 * step)
    if unit == "weekend":
        return _interval(monday + timedelta(5), monday + timedelta(6))
    return _interval(monday, monday + timedelta(6))


def _day(words: str, published: date, _future: bool) -> str:
    step = {"today": 0, "yesterday": -1, "tomorrow": 1, "the day before yesterday": -2}[words.lower()]
    return (published + timedelta(step)).isoformat()


def _ago(words: str, published: date, _future: bool) -> str | None:
    count, unit, _ = words.lower().split()
    number = int(count) if count.isdigit() else _NUMBERS[count]
    if unit.startswith("year"):
        return str(published.year - number)
    if unit.startswith("month"):
        months = published.year * 12 + published.month - 1 - number
        return f"{months // 12}-{months % 12 + 1:02d}"
    days = number * (7 if unit.startswith("week") else 1)
    return (published - timedelta(days)).isoformat()


_ANCHORED: dict[str, Callable[[str, date, bool], str | None]] = {
    "day_month": _day_month,
    "weekday": _weekday,
    "month": _month,
    "season": _season,
    "relative": _relative,
    "day": _day,
    "ago": _ago,
}
