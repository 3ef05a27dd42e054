"""The calendar date that a time expression stands for, by plain arithmetic from the day it is counted from.

A bare weekday or month is the last one before that day, unless its sentence speaks
of what is to come.
"""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

from dateutil.easter import easter
from dateutil.relativedelta import relativedelta
from dateutil.relativedelta import weekdays as WEEK

from index.days import ANY_YEAR, MONTH, MONTHS, WEEKDAY, YEAR, day_in, day_in_year

_ONES = "one two three four five six seven eight nine".split()
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_NUMBERS = {word: number for number, word in enumerate(_ONES + _TEENS, 1)}
_NUMBERS |= {"a": 1, "an": 1, "the": 1, "half": 0.5} | {word: 10 * number for number, word in enumerate(_TENS, 2)}
_MULTIPLES = {"couple": 2, "dozen": 12, "hundred": 100, "thousand": 1000}
_SMALL = rf"(?:(?:{'|'.join(_TENS)})(?:[ -](?:{'|'.join(_ONES)}))?|{'|'.join(_TEENS + _ONES)}|an?|the)"
COUNT = rf"(?:\d{{1,3}}|half (?:an?|the)|{_SMALL}(?: (?:{'|'.join(_MULTIPLES)})(?: of)?(?: and {_SMALL})?)?|(?:{'|'.join(_MULTIPLES)})(?: of)?)(?: and a half)?"
_DAYS = {"hour": 1 / 24, "day": 1, "week": 7, "fortnight": 14}
_MONTHS = {"month": 1, "year": 12, "decade": 120, "century": 1200}
UNIT = rf"(?:{'|'.join([*_DAYS, *_MONTHS])}|centurie)"
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
SEASON = "|".join(SEASONS)
_CENTURY = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth"
    " fifteenth sixteenth seventeenth eighteenth nineteenth twentieth twenty-first".split()
)
CENTURIES = rf"(?:1\d|2[01]|[1-9])(?:st|nd|rd|th)|{'|'.join(reversed(_CENTURY))}"
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "final": -1, "last": -1}
QUARTER = "first|second|third|fourth|final"
_KNOWN = {
    (1, 6): (2021, "capitol|riot|insurrection|attack|committee|defendants|mob|pardon"),
    (2, 24): (2022, "invasion|invaded|ukraine"),
    (6, 4): (1989, "tiananmen|crackdown|massacre"),
    (7, 7): (2005, "london|bomb"),
    (8, 4): (2020, "beirut|blast|explosion"),
    (9, 11): (2001, "attack|terror|hijack|twin towers|world trade|qaeda"),
    (10, 7): (2023, "hamas|massacre|attack|hostage|assault|israel"),
}
"""Days that go by their date alone: the year, and what is named near it. Others need their year in the text."""
_BY_NAME = {"9/11": "2001-09-11", "26/11": "2008-11-26", "d-day": "1944-06-06"}
KNOWN = "|".join(_BY_NAME)
_FEASTS: dict[str, int | tuple[int, int] | tuple[int, int, int]] = {
    **{"shrove tuesday": -47, "maundy thursday": -3, "good friday": -2, "easter monday": 1, "easter sunday": 0},
    **{"easter": 0, "ascension day": 39, "pentecost": 49, "whit sunday": 49, "whit monday": 50, "corpus christi": 60},
    **{"christmas eve": (12, 24), "christmas day": (12, 25), "christmas": (12, 25), "boxing day": (12, 26)},
    **{"new year’s eve": (12, 31), "new year’s day": (1, 1), "valentine’s day": (2, 14), "st patrick’s day": (3, 17)},
    **{"may day": (5, 1), "juneteenth": (6, 19), "fourth of july": (7, 4), "bastille day": (7, 14)},
    **{"halloween": (10, 31), "all saints’ day": (11, 1), "armistice day": (11, 11), "veterans day": (11, 11)},
    **{"memorial day": (5, 0, -1), "labor day": (9, 0, 1), "columbus day": (10, 0, 2), "thanksgiving": (11, 3, 4)},
}
"""Days from Easter; a month and its day; or a month, its weekday from Monday as 0, and which of them."""
FEAST = "|".join(_FEASTS).replace("’", "['’]").replace("st ", r"St\.? ")
SHORT_DAY = "(?:Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun)"


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
    return _iso(_nth(int(re.findall(ANY_YEAR, words)[-1]), _month_number(words), _weekday(words), _ordinal(words)))


def known(words: str) -> str:
    """`9/11`."""
    return _BY_NAME[words.lower()]


def known_day(words: str, base: date, near: str) -> str | None:
    """The `Jan. 6` that goes by its date, when what it is known for is named `near` it; None for any other day."""
    day = day_in_year(words, 2024)
    year, what = _KNOWN.get((day.month, day.day), (9999, "")) if day else (9999, "")
    return str(_iso(day_in_year(words, year))) if year <= base.year and re.search(what, near, re.I) else None


def day_month(words: str, base: date, future: bool) -> str | None:
    """The occurrence nearest to `base` on the side that the tense says; of `Fri 8 March`, the one that is a Friday."""
    days = [day for near in range(base.year - 1, base.year + 2) if (day := day_in_year(words, near))]
    if named := re.match(r"(?:mon|tue|wed|thu|fri|sat|sun)", words, re.I):
        fitting = [day for day in days if calendar.day_abbr[day.weekday()].lower() == named[0].lower()]
        return _iso(min(fitting, key=lambda day: abs(day - base), default=None)) or _nearest(days, base, future)
    return _nearest(days, base, future)


def nth(words: str, base: date, future: bool) -> str | None:
    """`the first Tuesday in November`, `… of next month`."""
    if words.lower().endswith("month"):
        at, month = (int(part) for part in relative(words.split(" of ")[1], base, future).split("-"))
        return _iso(_nth(at, month, _weekday(words), _ordinal(words)))
    years = range(base.year - 1, base.year + 2)
    days = [day for at in years if (day := _nth(at, _month_number(words), _weekday(words), _ordinal(words)))]
    return _nearest(days, base, future)


def feast(words: str, base: date, future: bool) -> str | None:
    """`Easter`, `Christmas Day`: the nearest on the side that the tense says."""
    rule = _FEASTS[words.lower().replace("'", "’").replace(".", "")]
    years = range(base.year - 1, base.year + 2)
    if isinstance(rule, int):
        days: list[date | None] = [easter(at) + timedelta(rule) for at in years]
    else:
        days = [_nth(at, *rule) if len(rule) == 3 else date(at, *rule) for at in years]
    return _nearest([day for day in days if day], base, future)


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
    """`Tuesday of last week`, `Friday next week`, `a week ago Monday`, `two weeks from Friday`."""
    if counted := re.match(rf"({COUNT}) weeks? (ago|from)\b", words, re.I):
        ahead = counted[2].lower() == "from"
        near = date.fromisoformat(weekday(words[counted.end() :].rsplit(maxsplit=1)[-1], base, ahead))
        return (near + timedelta(7 * int(_count(counted[1])) * (1 if ahead else -1))).isoformat()
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
    step = -1 if re.search(r"\b(?:last|previous|before)\b", lower) else bool(re.search("next|following|after", lower))
    step *= 2 if lower.endswith(("before last", "after next")) else 1
    unit = re.findall(r"weekend|week|month|year|decade|century|day|morning|afternoon|evening|night", lower)[-1]
    if unit in {"decade", "century"}:
        length = _MONTHS[unit] // 12
        first = base.year // length * length + length * step + (unit == "century")
        return interval(date(first, 1, 1), date(first + length - 1, 12, 31))
    if unit in {"year", "month"}:
        return (base + relativedelta(months=_MONTHS[unit] * step)).isoformat()[: 4 if unit == "year" else 7]
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
    last = int(re.findall(r"\d+", words)[-1]) % 100
    day = day_in_year(ended, 2000 + last)
    return (
        interval(day - relativedelta(years=1) + timedelta(1), day)
        if day and not re.search("quarter|Q|half", words)
        else None
    )


def day(words: str, base: date, _future: bool) -> str:
    """`yesterday`, `tonight`, `this morning`, `last night`."""
    lower = words.lower()
    step = {"yesterday": -1, "tomorrow": 1, "the day before yesterday": -2, "the day after tomorrow": 2}.get(lower, 0)
    return (base + timedelta(-1 if lower.startswith("last ") else step)).isoformat()


def shifted(words: str, base: date, _future: bool) -> str | None:
    """`two weeks ago`, `three years later`, `a year and a half ago`: as fine as its unit, a half year as months."""
    unit, count = _unit(words), _count(words)
    day = _moved(base, count if re.search(r"\b(?:later|after)\b", words, re.I) else -count, unit)
    months = _MONTHS.get(unit, 0) * count
    return day.isoformat()[: 10 if unit in _DAYS else 7 if months % 12 or unit == "month" else 4] if day else None


def span(words: str, base: date, _future: bool) -> str | None:
    """`the past three days`, `the next two weeks`: as many up to `base` or from it on, that day being one of them."""
    which, counted = words.split(maxsplit=2)[1:]
    ahead, unit = which.lower() in {"next", "coming"}, _unit(words)
    end = _moved(base, _count(counted) if ahead else -_count(counted), unit)
    if end is None:
        return None
    end += timedelta(0 if unit == "hour" else -1 if ahead else 1)
    return interval(base, end) if ahead else interval(end, base)


def _unit(words: str) -> str:
    unit = re.search(UNIT, words, re.I)
    assert unit is not None  # every caller's pattern contains one
    return unit[0].lower().replace("centurie", "century")


def _count(words: str) -> float:
    """`fifty-five`, `a hundred and ten`, `a couple of`, `two and a half`; 1 where none is named."""
    total = 0.0
    for word in re.findall(r"[a-z]+|\d+", re.sub(r"\ba half|half (?:an?|the)\b", "half", words.lower())):
        total = (total or 1) * _MULTIPLES[word] if word in _MULTIPLES else total + _NUMBERS.get(word, 0)
        total += int(word) if word.isdigit() else 0
    return total or 1


def _moved(day: date, count: float, unit: str) -> date | None:
    """None where the calendar ends."""
    try:
        return day + (
            timedelta(int(count * _DAYS[unit])) if unit in _DAYS else relativedelta(months=int(count * _MONTHS[unit]))
        )
    except (ValueError, OverflowError):
        return None


def short_decade(words: str, base: date, _future: bool) -> str:
    """`’80s`: the last that has begun."""
    first = int(re.sub(r"\D", "", words)) + base.year // 100 * 100
    first -= 100 if first > base.year else 0
    return interval(date(first, 1, 1), date(first + 9, 12, 31))


def _century_number(named: str) -> int:
    return int(re.sub(r"\D", "", named)) if named[0].isdigit() else _CENTURY.index(named.lower()) + 1


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
    named = re.search("|".join(_ORDINALS), words, re.I)
    return _ORDINALS[named[0].lower()] if named else 1


def _weekday(words: str) -> int:
    named = re.search(rf"{WEEKDAY}|{SHORT_DAY}", words, re.I)
    assert named is not None  # every caller's pattern contains one
    return [name.lower() for name in calendar.day_abbr].index(named[0][:3].lower())


def _nth(of_year: int, month: int, weekday: int, number: int) -> date | None:
    """The `number`th such weekday of a month, -1 being the last; None when it has no fifth."""
    day = date(of_year, month, 1) + relativedelta(day=31 if number < 0 else 1, weekday=WEEK[weekday](number))
    return day if day.month == month else None


def _nearest(days: list[date], base: date, future: bool) -> str | None:
    """The first of the days from `base` on, or the last up to it."""
    return _iso(
        min((d for d in days if d >= base), default=None)
        if future
        else max((d for d in days if d <= base), default=None)
    )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
