"""The calendar date that a time expression stands for, by plain arithmetic from the day it is counted from.

A bare weekday or month is the last one before that day, unless its sentence speaks
of what is to come.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import date, timedelta

from dateutil.easter import easter
from dateutil.relativedelta import relativedelta

from index.days import ANY_YEAR, MONTH, MONTHS, WEEKDAYS, YEAR, day_in, day_in_year

_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen twenty".split()
)
_NUMBERS = {word: number for number, word in enumerate(_WORDS) if number} | {"a": 1, "an": 1, "the": 1, "a dozen": 12}
COUNT = rf"(?:\d{{1,3}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
SEASON = "|".join(SEASONS)
_CENTURY = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth"
    " fifteenth sixteenth seventeenth eighteenth nineteenth twentieth twenty-first".split()
)
CENTURIES = rf"(?:1\d|2[01]|[1-9])(?:st|nd|rd|th)|{'|'.join(reversed(_CENTURY))}"
_QUARTERS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "final": 4}
QUARTER = "|".join(_QUARTERS)
_FEASTS: dict[str, Callable[[int], date]] = {
    "christmas eve": lambda year: date(year, 12, 24),
    "christmas day": lambda year: date(year, 12, 25),
    "christmas": lambda year: date(year, 12, 25),
    "new year’s eve": lambda year: date(year, 12, 31),
    "new year’s day": lambda year: date(year, 1, 1),
    "good friday": lambda year: easter(year) - timedelta(2),
    "easter monday": lambda year: easter(year) + timedelta(1),
    "easter sunday": easter,
    "easter": easter,
}
FEAST = "|".join(_FEASTS).replace("’", "['’]")
_UNIT = re.compile(r"\b(day|week|fortnight|month|year|decade)s?\b", re.I)


def interval(first: date, last: date) -> str:
    """Both days and all between them."""
    return f"{first.isoformat()}/{last.isoformat()}"


def full(words: str) -> str | None:
    """`24 September 2025`; None when no calendar has it."""
    day = day_in(words)
    return day.isoformat() if day else None


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
    numbers = [int(re.sub(r"\D", "", one)) if one[0].isdigit() else _CENTURY.index(one.lower()) + 1 for one in named]
    return interval(date(100 * numbers[0] - 99, 1, 1), date(100 * numbers[-1], 12, 31))


def season_year(words: str) -> str:
    """`the fall of 2022`."""
    return interval(*_season_months(words, int(re.findall(ANY_YEAR, words)[-1])))


def quarter_year(words: str) -> str:
    """`the second quarter of 2021`, `Q2 2021`."""
    return _quarter_of(int(re.findall(YEAR, words)[-1]), _quarter_number(words))


def day_month(words: str, base: date, future: bool) -> str | None:
    """The occurrence nearest to `base` on the side that the tense says."""
    days = [day for near in range(base.year - 1, base.year + 2) if (day := day_in_year(words, near))]
    side = [day for day in days if (day >= base if future else day <= base)]
    if not side:
        return None
    return (min(side) if future else max(side)).isoformat()


def feast(words: str, base: date, future: bool) -> str:
    """`Easter`, `Christmas Day`: the nearest on the side that the tense says."""
    of_year = _FEASTS[words.lower().replace("'", "’")]
    days = [of_year(near) for near in range(base.year - 1, base.year + 2)]
    return (min(day for day in days if day >= base) if future else max(d for d in days if d <= base)).isoformat()


def weekday(words: str, base: date, future: bool) -> str:
    """`Sunday`, `last Monday`, `the following Friday`."""
    lower = words.lower()
    target = WEEKDAYS[lower.rsplit(maxsplit=1)[-1]]
    back = (base.weekday() - target) % 7
    if lower.startswith(("that", "the same")):
        return (base + timedelta(target - base.weekday())).isoformat()
    if lower.startswith(("next", "the next", "the following")):
        return (base + timedelta((target - base.weekday()) % 7 or 7)).isoformat()
    if future and not lower.startswith(("last", "the previous")):
        return (base + timedelta((target - base.weekday()) % 7)).isoformat()
    if lower.startswith(("last", "the previous")) and back == 0:
        back = 7
    return (base - timedelta(back)).isoformat()


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
    """`the second quarter of the year`, `… of last year`; without a year the last one begun."""
    number = _quarter_number(words)
    begun = 3 * number - 2 <= base.month
    step = -1 if "last year" in words or not (begun or future or "year" in words) else 0
    return _quarter_of(base.year + step, number)


def relative(words: str, base: date, _future: bool) -> str | None:
    """`last week`, `this year`, `next weekend`, `the following month`, `that day`, `the same year`."""
    lower = words.lower()
    unit = lower.split()[-1]
    step = -1 if re.search(r"\b(?:last|previous|before)\b", lower) else bool(re.search("next|following|after", lower))
    if unit in {"before", "after"}:
        unit = lower.split()[-2]
    if unit == "year":
        return str(base.year + step)
    if unit == "month":
        return f"{base + relativedelta(months=step):%Y-%m}"
    if unit not in {"week", "weekend"}:
        return (base + timedelta(step)).isoformat()
    monday = base - timedelta(base.weekday()) + timedelta(7 * step)
    return interval(monday + timedelta(5 if unit == "weekend" else 0), monday + timedelta(6))


def day(words: str, base: date, _future: bool) -> str:
    """`yesterday`, `tonight`, `this morning`, `last night`."""
    lower = words.lower()
    step = {"yesterday": -1, "tomorrow": 1, "the day before yesterday": -2, "the day after tomorrow": 2}.get(lower, 0)
    return (base + timedelta(-1 if lower.startswith("last ") else step)).isoformat()


def shifted(words: str, base: date, _future: bool) -> str:
    """`two weeks ago`, `three years later`, `a year and a half ago`: as fine as its unit, a half year as months."""
    unit = (_UNIT.search(words) or [None, "day"])[1]
    assert unit is not None  # every caller's pattern contains one
    count = re.match(rf"{COUNT}\b", words, re.I)
    number = 1 if count is None else int(count[0]) if count[0].isdigit() else _NUMBERS[count[0].lower()]
    sign = 1 if re.search(r"\b(?:later|after)\b", words, re.I) else -1
    unit = unit.lower()
    if unit == "decade":
        return str(base.year + sign * 10 * number)
    if unit == "year":
        if "half" in words.lower():
            return f"{base + relativedelta(months=sign * (12 * number + 6)):%Y-%m}"
        return str(base.year + sign * number)
    if unit == "month":
        return f"{base + relativedelta(months=sign * number):%Y-%m}"
    return (base + timedelta(sign * number * {"day": 1, "week": 7, "fortnight": 14}[unit])).isoformat()


def short_decade(words: str, base: date, _future: bool) -> str:
    """`’80s`: the last that has begun."""
    first = int(re.sub(r"\D", "", words)) + base.year // 100 * 100
    first -= 100 if first > base.year else 0
    return interval(date(first, 1, 1), date(first + 9, 12, 31))


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


def _quarter_number(words: str) -> int:
    digit = re.search(r"[1-4]", words)
    named = re.search(QUARTER, words, re.I)
    return _QUARTERS[named[0].lower()] if named else int(digit[0]) if digit else 1


def _quarter_of(of_year: int, number: int) -> str:
    last = 3 * number
    return interval(date(of_year, last - 2, 1), date(of_year, last, calendar.monthrange(of_year, last)[1]))
