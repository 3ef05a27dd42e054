"""Times that are counted: `fifty years ago`, `two weeks later`, `the past three days`."""

from __future__ import annotations

import re
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from index.dates.times import interval

_ONES = "one two three four five six seven eight nine".split()
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_NUMBERS: dict[str, float] = {word: number for number, word in enumerate(_ONES + _TEENS, 1)}
_NUMBERS |= {"a": 1, "an": 1, "the": 1, "half": 0.5, "quarter": 0.25} | {
    word: 10 * number for number, word in enumerate(_TENS, 2)
}
_MULTIPLES = {"couple": 2, "dozen": 12, "hundred": 100, "thousand": 1000}
_SMALL = rf"(?:(?:{'|'.join(_TENS)})(?:[ -](?:{'|'.join(_ONES)}))?|{'|'.join(_TEENS + _ONES)}|an?|the)"
_MULTIPLE = rf"(?:{'|'.join(_MULTIPLES)})(?: of)?"
_PART = rf"(?:an? )?(?:half|quarter)(?: (?:of )?an?)?(?: {_MULTIPLE})?"
COUNT = rf"(?:\d{{1,3}}|{_PART}|{_SMALL}(?: {_MULTIPLE}(?: and {_SMALL})?)?|{_MULTIPLE})(?: and a half)?"
_DAYS = {"minute": 1 / 1440, "hour": 1 / 24, "day": 1, "week": 7, "fortnight": 14}
MONTHS_IN = {"month": 1, "year": 12, "decade": 120, "century": 1200}
UNIT = rf"(?:{'|'.join([*_DAYS, *MONTHS_IN])}|centurie)"


def shifted(words: str, base: date, _future: bool) -> str | None:
    """`two weeks ago`, `three years later`, `a year and a half ago`: as fine as its unit, a half year as months."""
    unit, count = unit_of(words), count_of(words)
    day = _moved(base, count if re.search(r"\b(?:later|after)\b", words, re.I) else -count, unit)
    months = MONTHS_IN.get(unit, 0) * count
    return day.isoformat()[: 10 if unit in _DAYS else 7 if months % 12 or unit == "month" else 4] if day else None


def span(words: str, base: date, _future: bool) -> str | None:
    """`the past three days`, `the next two weeks`: as many up to `base` or from it on, that day being one of them."""
    which, counted = re.sub("^(?:the|these) ", "", words, flags=re.I).split(maxsplit=1)
    ahead, unit = which.lower() in {"next", "coming"}, unit_of(words)
    end = _moved(base, count_of(counted) if ahead else -count_of(counted), unit)
    if end is None:
        return None
    end += timedelta(0 if unit in {"minute", "hour"} else -1 if ahead else 1)
    return interval(base, end) if ahead else interval(end, base)


def unit_of(words: str) -> str:
    """`month` of `three months ago`."""
    unit = re.search(UNIT, words, re.I)
    assert unit is not None  # every caller's pattern contains one
    return unit[0].lower().replace("centurie", "century")


def count_of(words: str) -> float:
    """`fifty-five`, `a hundred and ten`, `a couple of`, `two and a half`; 1 where none is named."""
    total = 0.0
    for word in re.findall(
        r"[a-z]+|\d+", re.sub(r"\b(?:an? )?(half|quarter)(?: of)?(?: an?)?\b", r"\1", words.lower())
    ):
        total = (total or 1) * _MULTIPLES[word] if word in _MULTIPLES else total + _NUMBERS.get(word, 0)
        total += int(word) if word.isdigit() else 0
    return total or 1


def _moved(day: date, count: float, unit: str) -> date | None:
    """None where the calendar ends."""
    months = MONTHS_IN.get(unit, 0) * count
    rest = _DAYS[unit] * count if unit in _DAYS else (months - int(months)) * 30
    try:
        moved: date = day + relativedelta(months=int(months), days=int(rest))
    except (ValueError, OverflowError):
        return None
    return moved
