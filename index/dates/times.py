"""Calendar dates compared, measured and written: a day, month, year or interval in ISO 8601."""

from __future__ import annotations

import calendar
from bisect import bisect_left
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from itertools import takewhile
from typing import Literal

from index.records import TimeMention

Granularity = Literal["day", "week", "weekend", "month", "quarter", "year", "decade", "century", "interval"]

_DAYS: tuple[tuple[range, Granularity], ...] = (
    (range(2, 3), "weekend"),
    (range(7, 8), "week"),
    (range(89, 93), "quarter"),
    (range(3652, 3654), "decade"),
    (range(36524, 36526), "century"),
)
_PARTS: dict[int, Granularity] = {1: "year", 2: "month", 3: "day"}


@lru_cache(maxsize=20_000)
def bounds(resolved: str) -> tuple[date, date]:
    """First and last day of `2021-06-20`, `2021-06`, `2021` or `2021-06-14/2021-06-20`."""
    if "/" in resolved:
        first, last = resolved.split("/")
        return bounds(first)[0], bounds(last)[1]
    parts = [int(part) for part in resolved.split("-")]
    if len(parts) == 3:
        day = date(*parts)
        return day, day
    if len(parts) == 2:
        year, month = parts
        return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
    return date(parts[0], 1, 1), date(parts[0], 12, 31)


def interval(first: date, last: date) -> str:
    """Both days and all between them."""
    return f"{first.isoformat()}/{last.isoformat()}"


def within(mentions: Sequence[TimeMention], start: int, end: int) -> tuple[TimeMention, ...]:
    """Those of the mentions, which stand in the order of their text, from `start` to `end`."""
    first = bisect_left(mentions, start, key=lambda mention: mention.start)
    near = takewhile(lambda at: mentions[at].start < end, range(first, len(mentions)))
    return tuple(mentions[at] for at in near if mentions[at].end <= end)


def overlap(one: str, other: str) -> bool:
    """Whether the two times have a day in common."""
    (a, b), (c, d) = bounds(one), bounds(other)
    return a <= d and c <= b


def covers(outer: str, inner: str) -> bool:
    """Whether every day of `inner` lies in `outer`."""
    (a, b), (c, d) = bounds(outer), bounds(inner)
    return a <= c and d <= b


def shown_date(resolved: str) -> str:
    """In words: `20 June 2021`, `June 2021`, `2021`, `24 February to 2 March 2025`."""
    if "/" in resolved:
        first, last = (date.fromisoformat(part) for part in resolved.split("/"))
        year = "" if first.year == last.year else f" {first.year}"
        return f"{first.day} {calendar.month_name[first.month]}{year} to {shown_date(last.isoformat())}"
    parts = [int(part) for part in resolved.split("-")]
    if len(parts) == 3:
        return f"{parts[2]} {calendar.month_name[parts[1]]} {parts[0]}"
    if len(parts) == 2:
        return f"{calendar.month_name[parts[1]]} {parts[0]}"
    return resolved


def granularity_of(resolved: str) -> Granularity:
    """Of `2021-06-20`, `2021-06`, `2021` or `2021-06-14/2021-06-20`: a season is a `quarter`, of three months."""
    if "/" not in resolved:
        return _PARTS[resolved.count("-") + 1]
    first, last = (date.fromisoformat(part) for part in resolved.split("/"))
    length = (last - first).days + 1
    return next((name for days, name in _DAYS if length in days), "interval")
