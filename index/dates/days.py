"""Calendar dates as people write them: patterns, and the day that one stands for.

English names stand in the patterns. Those of other languages are looked up in CLDR, where a date with its year has a
word that is none of them.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache

MONTHS: dict[str, int] = {
    name.lower(): number
    for names in (calendar.month_name, calendar.month_abbr)
    for number, name in enumerate(names)
    if name
} | {"sept": 9}
WEEKDAYS: dict[str, int] = {name.lower(): number for number, name in enumerate(calendar.day_name)}
LANGUAGES = (
    "af ar az be bg bn ca cs cy da de el es et eu fa fi fr ga gl gu he hi hr hu hy id is it ka kk lt lv mk mr ms nb nl"
    " pl pt ro ru sk sl sq sr sv sw ta te th tr uk ur vi".split()
)
"""Whose names of months are known beside English; Chinese, Japanese and Korean write numbers."""

MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\b\.?)"
)
_NUMBER = r"(?:3[01]|[12]\d|0?[1-9])"
DAY = rf"{_NUMBER}(?:st|nd|rd|th)?"
YEAR = r"(?:19|20)\d\d"
"""A year that a report may be of; it is one wherever it stands."""
ANY_YEAR = r"(?:1\d|20)\d\d"
"""One that a text may tell of; without a month or a word such as "in" before it, it may be a count."""
WEEKDAY = r"(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)"

DAY_MONTH = rf"\b(?:{MONTH}\s{DAY}|{DAY}(?:\sof)?\s{MONTH})(?![\w])"
"""A day of a month without its year: `Sep 27`, `6 March`, `3rd of May`."""
_WORD = r"[^\s\d.,;:!?()\[\]\"“”/–-]"
_ROMANS = "I II III IV V VI VII VIII IX X XI XII".split()
_ROMAN = r"(?:I{1,3}|I?V|VI{1,3}|I?X|XI{1,2})"
ANY_FULL_DATE = (
    rf"(?:(?<![\d./-]){ANY_YEAR}(?:-[01]?\d-[0-3]?\d|/[01]?\d/[0-3]?\d|\.[01]?\d\.[0-3]?\d)(?![\d-])"
    rf"|(?<![\d./-])[0-3]?\d(?:/[0-3]?\d/|\.\s?(?:[01]?\d|{_ROMAN})\.\s?|-[01]?\d-){ANY_YEAR}(?![\d/-]|\.\d)"
    rf"|\b(?:{WEEKDAY},?\s)?{MONTH}\s{DAY}(?:,?\s(?:\d\d:\d\d:\d\d\s(?:[A-Z]{{3,4}}\s)?)?{ANY_YEAR}|,?\s['’]\d\d)\b"
    rf"|\b(?:{WEEKDAY},?\s)?{DAY}(?:\sof\s|[\s-]){MONTH}(?:,?[\s-]{ANY_YEAR}|\s['’]\d\d|-\d\d)\b"
    rf"|\b{ANY_YEAR}\s{MONTH}\s{DAY}\b"
    rf"|\b{_NUMBER}(?:\.|er|º|ª)?\s(?:de\s)?(?!{MONTH}\b){_WORD}{{3,16}}\.?(?:\s\d\d?)?,?\s(?:del?\s|năm\s)?{ANY_YEAR}\b"
    rf"|\b{ANY_YEAR}\.?(?:\s{_WORD}{{1,5}}\.?)?\s(?:{_NUMBER}\.\s{_WORD}{{3,16}}|{_WORD}{{3,16}}\s{_NUMBER})\b"
    rf"|{ANY_YEAR}\s?[年년]\s?\d\d?\s?[月월]\s?\d\d?\s?[日일]"
    rf"|(?<!\d){YEAR}[01]\d[0-3]\d(?=T\d{{4}}))"
)
"""A day with its year, as people write it: `2021-06-20`, `June 21, 2021`, `24.9.2025`, `3 de marzo de 2024`.
In languages other than English some that match are none: `day_in` knows."""
_SLASHED = re.compile(rf"(?<![\d/-])(\d\d?)([/-])(\d\d?)\2{ANY_YEAR}(?![\d/-])")
_FULL = re.compile(ANY_FULL_DATE, re.I)


def days_of(text: str, day_first: bool | None = None) -> Iterator[tuple[re.Match[str], date]]:
    """Every full date written in `text` with its day, in order.

    Left out is what no calendar has (30 February), and what is two days on two sides of an ocean (03/04/2024) unless
    `day_first` decides, or another date of the text.
    """
    for match in _FULL.finditer(text):
        if day_first is None and _SLASHED.match(match[0]):
            day_first = is_day_first(text)
        if day := day_in(match[0], day_first):
            yield match, day


def either_day(text: str) -> str | None:
    """The first date in `text` that may be two days, 03/04/2024, when no other date of it decides."""
    dates = (match[0] for match in _SLASHED.finditer(text))
    return next((words for words in dates if day_in(words) is None and day_in(words, day_first=True)), None)


def day_of(text: str, day_first: bool | None = None) -> date | None:
    """The first day that is written in `text` with its year, as `days_of`; None without one."""
    return next((day for _, day in days_of(text, day_first)), None)


def months_of(text: str) -> Iterator[tuple[re.Match[str], date]]:
    """Every month written in `text` with its year and without a day, and its first day."""
    for match in re.finditer(rf"(?<!\d )\b({MONTH}),?\s(?:of\s)?({ANY_YEAR})\b", text):
        yield match, date(int(match[2]), MONTHS[match[1].lower().rstrip(".")], 1)


def is_day_first(text: str) -> bool | None:
    """Whether 03/04/2024 is in April for who wrote `text`, by its dates that are clear; None when they do not say."""
    found = {int(match[1]) > 12 for match in _SLASHED.finditer(text) if (int(match[1]) > 12) != (int(match[3]) > 12)}
    return found.pop() if len(found) == 1 else None


def day_in(words: str, day_first: bool | None = None) -> date | None:
    """The day of a date with its year; None for none, and for one of two when `day_first` does not decide."""
    words = re.sub(r"\d\d:\d\d:\d\d", "", re.sub(rf"^({YEAR})(\d\d)(\d\d)$", r"\1-\2-\3", words))
    month, words = _month_in(words)
    numbers = [int(number) for number in re.findall(r"\d+", words)]
    years = [number for number in numbers if number > 999]
    rest = [number for number in numbers if number <= 999]
    if month and not years and len(rest) == 2:
        # As POSIX reads two digits: from 1969 to 2068.
        years, rest = [rest[1] + (1900 if rest[1] > 68 else 2000)], rest[:1]
    if len(years) != 1 or len(rest) != (1 if month else 2):
        return None
    if month is None:
        first, second = rest
        if numbers[0] == years[0]:
            rest, month = [second], first
        elif "." in words or first > 12 or first == second or (day_first and second <= 12):
            month = second
        elif second > 12 or day_first is False:
            rest, month = [second], first
        else:
            return None
    return _date(years[0], month, rest[0])


def day_in_year(day_month: str, year: int) -> date | None:
    """The day that `Sep 27` or `6 March` names in `year`; None when that year has no such day."""
    month = re.search(MONTH, day_month, re.I)
    day = re.search(rf"(?<![\d-])({DAY})(?!\d)", day_month)
    if month is None or day is None:
        return None
    return _date(year, MONTHS[month[0].lower().rstrip(".")], int(re.sub(r"\D", "", day[0])))


def complete_day(day_month: str, known: Sequence[tuple[date, str]]) -> tuple[date, str] | None:
    """`day_month` in the year that brings it nearest to a `known` date, and that date's words."""
    candidates = [
        (abs((day - other).days), day, words)
        for other, words in known
        for year in (other.year - 1, other.year, other.year + 1)
        if (day := day_in_year(day_month, year))
    ]
    if not candidates:
        return None
    _, day, words = min(candidates, key=lambda found: found[0])
    return day, words


def names_month(words: str) -> bool:
    """Whether a month stands in it."""
    return bool(re.search(MONTH, words, re.I))


def is_weekday(word: str) -> bool:
    """Whether it is a day of the week in English, or in another language by CLDR."""
    key = word.lower().strip(".,")
    short = {name[:length] for name in WEEKDAYS for length in (3, 4, len(name))} | {"thurs"}
    return key in short or (len(key) > 2 and key in _names_elsewhere()[1])


def _month_in(words: str) -> tuple[int | None, str]:
    """The month that is named, and the words without its name: in Vietnamese that has a number."""
    if roman := re.search(rf"\.\s?({_ROMAN})\.", words):
        return _ROMANS.index(roman[1]) + 1, words.replace(roman[1], " ", 1)
    for match in re.finditer(rf"{_WORD}{{2,}}(?:\s\d\d?\b)?", words):
        for name in (match[0], match[0].split()[0]):
            key = name.lower()
            number = MONTHS.get(key) or (None if key in WEEKDAYS else _names_elsewhere()[0].get(key.removeprefix("ב")))
            if number:
                return number, words.replace(name, " ", 1)
    return None, words


@cache
def _names_elsewhere() -> tuple[dict[str, int], frozenset[str]]:
    """Months by their names in other languages, but for the few that are another's elsewhere; and days of the week."""
    from babel import Locale

    months: dict[str, set[int]] = {}
    days: set[str] = set()
    for language in LANGUAGES:
        locale = Locale.parse(language)
        for width in ("wide", "abbreviated"):
            days.update(name.lower().strip(".") for name in locale.days["format"][width].values())
            for forms in locale.months.values():
                for number, name in forms[width].items():
                    months.setdefault(re.sub(r"^de |\.$", "", name.lower()), set()).add(number)
    return {name: numbers.pop() for name, numbers in months.items() if len(numbers) == 1}, frozenset(days)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
