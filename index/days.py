"""Calendar dates as news prose writes them: patterns, and the day that one stands for."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from datetime import date

MONTHS: dict[str, int] = {
    name.lower(): number
    for names in (calendar.month_name, calendar.month_abbr)
    for number, name in enumerate(names)
    if name
} | {"sept": 9}
WEEKDAYS: dict[str, int] = {name.lower(): number for number, name in enumerate(calendar.day_name)}

MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\b\.?)"
)
DAY = r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"
YEAR = r"(?:19|20)\d\d"
"""A year that a report may be of; it is one wherever it stands."""
ANY_YEAR = r"(?:1\d|20)\d\d"
"""One that a text may tell of; without a month or a word such as "in" before it, it may be a count."""
WEEKDAY = r"(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)"

DAY_MONTH = rf"\b(?:{MONTH} {DAY}|{DAY}(?: of)? {MONTH})(?![\w])"
"""A day of a month without its year: `Sep 27`, `6 March`, `3rd of May`."""


def _full_date(year: str) -> str:
    return (
        rf"(?:\b{year}-[01]\d-[0-3]\d\b"
        rf"|\b(?:{WEEKDAY},? )?(?:{MONTH} {DAY},? {year}|{DAY}(?: of)? {MONTH},? {year})\b)"
    )


FULL_DATE = _full_date(YEAR)
"""A day with its year: `2021-06-20`, `June 21, 2021`, `24 September 2025`. Two-digit and slashed forms are
left out: `03/04/2025` is two different days on two sides of an ocean."""
ANY_FULL_DATE = _full_date(ANY_YEAR)
"""The same in older times too: `14 July 1789`."""


def day_of(text: str, pattern: str = FULL_DATE) -> date | None:
    """The first full date written in `text`; None without one, or when no calendar has it (30 February)."""
    match = re.search(pattern, text)
    if match is None:
        return None
    if re.fullmatch(rf"{ANY_YEAR}-\d\d-\d\d", match[0]):
        try:
            return date.fromisoformat(match[0])
        except ValueError:
            return None
    year = int(re.findall(ANY_YEAR, match[0])[-1])
    return day_in_year(match[0], year)


def day_in_year(day_month: str, year: int) -> date | None:
    """The day that `Sep 27` or `6 March` names in `year`; None when that year has no such day."""
    month = re.search(MONTH, day_month)
    day = re.search(rf"(?<![\d-])({DAY})(?!\d)", day_month)
    if month is None or day is None:
        return None
    try:
        return date(year, MONTHS[month[0].lower().rstrip(".")], int(re.sub(r"\D", "", day[0])))
    except ValueError:
        return None


def dates_named(text: str) -> list[tuple[date, str]]:
    """Every full date in `text` with its words; without any, the middle of the latest bare year."""
    found = [(day, f"{match[0]!r} in the text") for match in re.finditer(FULL_DATE, text) if (day := day_of(match[0]))]
    if found:
        return found
    years = [int(year) for year in re.findall(rf"(?<![\d$£€.,]){YEAR}(?![\d,.]?\d)", text)]
    return [(date(max(years), 7, 2), f"'{max(years)}' in the text")] if years else []


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
