"""Days that have a name: feasts by their rules, the nth weekday of a month, and days known by their date alone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta

from dateutil.easter import easter
from dateutil.relativedelta import relativedelta
from dateutil.relativedelta import weekdays as _WEEK

from index.dates.days import day_in_year

_KNOWN = {
    (1, 6): (2021, "capitol|riot|insurrection|attack|committee|hearing|defendants|mob|pardon"),
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
    **{"halloween": (10, 31), "all saints’ day": (11, 1), "armistice day": (11, 11), "veterans’ day": (11, 11)},
    **{
        "presidents’ day": (2, 0, 3),
        "martin luther king day": (1, 0, 3),
        "memorial day": (5, 0, -1),
        "labor day": (9, 0, 1),
        "columbus day": (10, 0, 2),
        "thanksgiving": (11, 3, 4),
    },
}
"""Days from Easter; a month and its day; or a month, its weekday from Monday as 0, and which of them."""
_RULES = {name.replace("’", ""): rule for name, rule in _FEASTS.items()}
FEAST = "|".join(_FEASTS).replace("’", "['’]?").replace("st ", r"St\.? ")


def known(words: str) -> str:
    """`9/11`."""
    return _BY_NAME[words.lower()]


def known_day(words: str, base: date, near: str) -> str | None:
    """The `Jan. 6` that goes by its date, when what it is known for is named `near` it; None for any other day."""
    day = day_in_year(words, 2024)
    year, what = _KNOWN.get((day.month, day.day), (9999, "")) if day else (9999, "")
    return iso(day_in_year(words, year)) if year <= base.year and re.search(what, near, re.I) else None


def feast(words: str, base: date, future: bool) -> str | None:
    """`Easter`, `Christmas Day`: the nearest on the side that the tense says."""
    rule = _RULES[re.sub("[’'.]", "", words.lower())]
    years = range(base.year - 1, base.year + 2)
    if isinstance(rule, int):
        return nearest((easter(at) + timedelta(rule) for at in years), base, future)
    return nearest((nth_weekday(at, *rule) if len(rule) == 3 else date(at, *rule) for at in years), base, future)


def nth_weekday(of_year: int, month: int, weekday: int, number: int) -> date | None:
    """The `number`th such weekday of a month, -1 being the last; None when it has no fifth."""
    day = date(of_year, month, 1) + relativedelta(day=31 if number < 0 else 1, weekday=_WEEK[weekday](number))
    return day if day.month == month else None


def nearest(days: Iterable[date | None], base: date, future: bool) -> str | None:
    """The first of the days from `base` on, or the last up to it."""
    if future:
        return iso(min((day for day in days if day and day >= base), default=None))
    return iso(max((day for day in days if day and day <= base), default=None))


def iso(day: date | None) -> str | None:
    """The day as it is written in ISO 8601; None of none."""
    return day.isoformat() if day else None
