"""The calendar date that a time expression stands for, by plain arithmetic from the day it is counted from.

A bare weekday or month is the last one before that day, unless its sentence speaks
of what is to come.
"""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from index.dates.counted import COUNT, MONTHS_IN, count_of
from index.dates.days import ANY_YEAR, MONTH, MONTHS, WEEKDAY, YEAR, day_in, day_in_year
from index.dates.feasts import iso, nearest, nth_weekday
from index.dates.times import interval

SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
SEASON = "|".join(SEASONS)
_CENTURY = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth"
    " fifteenth sixteenth seventeenth eighteenth nineteenth twentieth twenty-first".split()
)
CENTURIES = rf"(?:1\d|2[01]|[1-9])(?:st|nd|rd|th)|{'|'.join(reversed(_CENTURY))}"
_ORDINALS = {name: number for number, name in enumerate(_CENTURY, 1)} | {"final": -1, "last": -1}
QUARTER = "first|second|third|fourth|final"
SHORT_DAY = "(?:Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun)"


def full(words: str) -> str | None:
    """`24 September 2025`; None when no calendar has it."""
    return iso(day_in(words))


def month_year(words: str) -> str:
    """`early March 2025`."""
    return f"{re.findall(ANY_YEAR, words)[-1]}-{_month_number(words):02d}"


def year(words: str) -> str:
    """`2022`."""
    return words


def decade(words: str) -> str:
    """`the 1980s`; of `the 1800s`, and of the hundreds before them, the whole century."""
    first = int(re.findall(ANY_YEAR, words)[-1])
    return interval(date(first, 1, 1), date(first + (99 if first % 100 == 0 and first < 2000 else 9), 12, 31))


def century(words: str) -> str:
    """The nth runs from the year 100 (n - 1) + 1 to 100 n; of two, from the first to the last."""
    named = re.findall(CENTURIES, words, re.I)
    numbers = [_century_number(one) for one in named]
    return interval(date(100 * numbers[0] - 99, 1, 1), date(100 * numbers[-1], 12, 31))


def season_year(words: str) -> str:
    """`the fall of 2022`."""
    return interval(*_season_months(words, int(re.findall(ANY_YEAR, words)[-1])))


def quarter_year(words: str) -> str:
    """`the second quarter of 2021`, `Q2 2021`, `the first half of 2021`, `H1 2021`."""
    return _part_of(int(re.findall(YEAR, words)[-1]), words)


def nth_year(words: str) -> str | None:
    """`the last Sunday of October 2023`."""
    return iso(
        nth_weekday(int(re.findall(ANY_YEAR, words)[-1]), _month_number(words), _weekday(words), _ordinal(words))
    )


def day_month(words: str, base: date, future: bool) -> str | None:
    """The occurrence nearest to `base` on the side that the tense says; of `Fri 8 March`, the one that is a Friday."""
    days = [day for near in range(base.year - 1, base.year + 2) if (day := day_in_year(words, near))]
    if named := re.match(r"(?:mon|tue|wed|thu|fri|sat|sun)", words, re.I):
        fitting = [day for day in days if calendar.day_abbr[day.weekday()].lower() == named[0].lower()]
        return iso(min(fitting, key=lambda day: abs(day - base), default=None)) or nearest(days, base, future)
    return nearest(days, base, future)


def nth(words: str, base: date, future: bool) -> str | None:
    """`the first Tuesday in November`, `… of next month`."""
    if words.lower().endswith("month"):
        at, month = (int(part) for part in relative(re.split(" (?:of|in) ", words)[1], base, future).split("-"))
        return iso(nth_weekday(at, month, _weekday(words), _ordinal(words)))
    which = _month_number(words), _weekday(words), _ordinal(words)
    return nearest((nth_weekday(at, *which) for at in range(base.year - 1, base.year + 2)), base, future)


def weekday(words: str, base: date, future: bool) -> str:
    """`Sunday`, `last Monday`, `the following Friday`, `the Friday before last`."""
    lower = words.lower()
    target = _weekday(words)
    back = (base.weekday() - target) % 7
    if lower.startswith(("that", "the same")):
        return (base + timedelta(target - base.weekday())).isoformat()
    if lower.endswith("before last"):
        return (base - timedelta((back or 7) + 7)).isoformat()
    if lower.startswith(("next", "the next", "the following")) or lower.endswith("after next"):
        later = 7 if lower.endswith("after next") else 0
        return (base + timedelta(((target - base.weekday()) % 7 or 7) + later)).isoformat()
    if future and not lower.startswith(("last", "the previous")):
        return (base + timedelta((target - base.weekday()) % 7)).isoformat()
    if lower.startswith(("last", "the previous")) and back == 0:
        back = 7
    return (base - timedelta(back)).isoformat()


def weekday_of_week(words: str, base: date, _future: bool) -> str:
    """`Tuesday of last week`, `Friday next week`, `a week ago Monday`, `two weeks from Friday`, `Monday week`."""
    counted = re.match(rf"({COUNT}) (week|fortnight)s? (ago|last|from|on)\b", words, re.I)
    if counted or len(words.split()) == 2:
        ahead = counted is None or counted[3].lower() in {"from", "on"}
        weeks = int(count_of(counted[1])) * (2 if counted[2].lower() == "fortnight" else 1) if counted else 1
        near = date.fromisoformat(weekday(re.findall(WEEKDAY, words, re.I)[-1], base, ahead))
        return (near + timedelta(7 * weeks * (1 if ahead else -1))).isoformat()
    step = {"last": -7, "next": 7}.get(words.lower().split()[-2], 0)
    return (base + timedelta(_weekday(words) - base.weekday() + step)).isoformat()


def month(words: str, base: date, future: bool) -> str:
    """`May`, `March last year`, `last July`, `this April`; words before it other than these say nothing."""
    number = _month_number(words)
    lower = words.lower()
    step = 0
    if lower.endswith("last year"):
        step = -1
    elif lower.startswith("last "):
        step = -1 if number >= base.month else 0
    elif lower.startswith("next "):
        step = 1 if number <= base.month else 0
    elif not lower.endswith("this year") and not re.match(r"this (?!past)|later this", lower):
        step = (number < base.month) if future else -(number > base.month)
    return f"{base.year + step}-{number:02d}"


def season(words: str, base: date, future: bool) -> str:
    """`last summer`, `this fall`; `the summer` is the last one begun, or the next when the sentence looks ahead."""
    lower = words.lower()
    first, last = _season_months(words, base.year)
    if lower.startswith("last") and last >= base:
        first, last = _season_months(words, base.year - 1)
    elif lower.startswith("next") and first <= base:
        first, last = _season_months(words, base.year + 1)
    elif lower.startswith("the"):
        gone, ahead = future and last < base, not future and first > base
        first, last = _season_months(words, base.year + gone - ahead)
    return interval(first, last)


def quarter(words: str, base: date, future: bool) -> str:
    """`the second quarter of the year`, `the first half of last year`; without a year the last one begun."""
    at = base.year + {"last year": -1, "next year": 1}.get(words.lower()[-9:], 0)
    begun = _part_of(at, words) <= base.isoformat()
    return _part_of(at if begun or future or "year" in words else at - 1, words)


def relative(words: str, base: date, _future: bool) -> str:
    """`last week`, `this year`, `next weekend`, `the following month`, `that day`, `the end of the decade`."""
    lower = words.lower()
    step = (
        -1 if re.search(r"\b(?:last|past|previous|before)\b", lower) else bool(re.search("next|following|after", lower))
    )
    step *= 2 if lower.endswith(("before last", "after next")) else 1
    unit = re.findall(r"weekend|week|month|year|decade|century|day|morning|afternoon|evening|night", lower)[-1]
    if unit in {"decade", "century"}:
        length = MONTHS_IN[unit] // 12
        first = base.year // length * length + length * step + (unit == "century")
        return interval(date(first, 1, 1), date(first + length - 1, 12, 31))
    if unit == "year":
        return str(base.year + step)
    if unit == "month":
        return f"{base + relativedelta(months=step):%Y-%m}"
    if unit not in {"week", "weekend"}:
        return (base + timedelta(step)).isoformat()
    monday = base - timedelta(base.weekday()) + timedelta(7 * step)
    return interval(monday + timedelta(5 if unit == "weekend" else 0), monday + timedelta(6))


def turn(words: str, base: date, _future: bool) -> str:
    """`the turn of the century`, `of the 20th century` (1900), `of the millennium`: where its hundreds change."""
    named = re.search(CENTURIES, words, re.I)
    length = 1000 if "millennium" in words.lower() else 100
    return f"{100 * (_century_number(named[0]) - 1) if named else base.year // length * length:04d}"


def two_digit(words: str, base: date, _future: bool) -> str:
    """`’69`: the last year that ends so."""
    return str(base.year - (base.year - int(words[1:])) % 100)


def years(words: str, of_season: bool) -> str | None:
    """`2022/23`: the months of sports and schools when it is `of_season`, else both years; None unless it follows."""
    first = int(words[:4])
    if (first + 1) % 100 != int(words[5:]):
        return None
    return interval(date(first, 8 if of_season else 1, 1), date(first + 1, *((5, 31) if of_season else (12, 31))))


def fiscal(words: str, ended: str) -> str | None:
    """The twelve months up to the day that `ended` names, of the last year in `words`; None for a part of it."""
    last = re.findall(r"\d+", words)[-1]
    day = day_in_year(ended, int(last if len(last) == 4 else f"20{last}"))
    if day is None or re.search("quarter|Q|half", words):
        return None
    return interval(day - relativedelta(years=1) + timedelta(1), day)


def day(words: str, base: date, _future: bool) -> str:
    """`yesterday`, `tonight`, `this morning`, `last night`."""
    lower = words.lower()
    step = {"yesterday": -1, "tomorrow": 1, "the day before yesterday": -2, "the day after tomorrow": 2}.get(lower, 0)
    return (base + timedelta(-1 if lower.startswith("last ") else step)).isoformat()


def short_decade(words: str, base: date, _future: bool) -> str:
    """`’80s`: the last that has begun."""
    first = int(re.sub(r"\D", "", words)) + base.year // 100 * 100
    first -= 100 if first > base.year else 0
    return interval(date(first, 1, 1), date(first + 9, 12, 31))


def _century_number(named: str) -> int:
    return int(re.sub(r"\D", "", named)) if named[0].isdigit() else _ORDINALS[named.lower()]


def _month_number(words: str) -> int:
    match = re.search(MONTH, words, re.I)
    assert match is not None  # every caller's pattern contains a month
    return MONTHS[match[0].lower().rstrip(".")]


def _season_months(words: str, of_year: int) -> tuple[date, date]:
    """Three whole months, the northern hemisphere's; winter runs into the next year."""
    named = re.search(SEASON, words, re.I)
    assert named is not None  # every caller's pattern contains one
    first = date(of_year, SEASONS[named[0].lower()], 1)
    return first, first + relativedelta(months=3, days=-1)


def _part_of(of_year: int, words: str) -> str:
    """The quarter, or the half, of the year that `words` number."""
    length = 6 if re.search(r"\bhalf\b|H\d|\dH", words) else 3
    digit = re.search(r"(?<!\d)[1-4](?!\d)", words)
    last = length * (int(digit[0]) if digit else _ordinal(words) % (12 // length + 1))
    return interval(date(of_year, last - length + 1, 1), date(of_year, last, calendar.monthrange(of_year, last)[1]))


def _ordinal(words: str) -> int:
    named = re.search(rf"{QUARTER}|fifth|last", words, re.I)
    return _ORDINALS[named[0].lower()] if named else 1


def _weekday(words: str) -> int:
    named = re.search(rf"{WEEKDAY}|{SHORT_DAY}", words, re.I)
    assert named is not None  # every caller's pattern contains one
    return [name.lower() for name in calendar.day_abbr].index(named[0][:3].lower())
