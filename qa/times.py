"""Calendar dates compared and written: a day, month, year or interval in ISO 8601."""

from __future__ import annotations

import calendar
from datetime import date


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
