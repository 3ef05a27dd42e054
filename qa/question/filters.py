"""A filter in words: what the page and the command line say was searched, and dates as people type them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from index.dates.times import bounds, shown_date
from index.errors import UserFacingError
from index.records import Filter

NAMED = 3
"""Titles of documents named in words, at most; the rest is counted."""


def filter_in_words(chosen: Filter, titles: Sequence[str] = ()) -> str:
    """`published from 1 March 2025 on, by AFP or BBC, in the collection “Court”`; empty for the empty filter.

    Args:
        titles: Of the documents that the filter names; else it is said how they were named.
    """
    parts = [f"published {_range(chosen)}"] if chosen.since or chosen.until else []
    if chosen.outlets:
        parts.append(f"by {' or '.join(name.strip() for name in chosen.outlets)}")
    if chosen.collections:
        noun = "collection" if len(chosen.collections) == 1 else "collections"
        parts.append(f"in the {noun} {' or '.join(f'“{name.strip()}”' for name in chosen.collections)}")
    if chosen.documents:
        names = [f"“{' '.join(name.split())}”" for name in titles or chosen.documents]
        more = f" or {len(names) - NAMED:,} more" if len(names) > NAMED else ""
        noun = "document" if len(names) == 1 else "documents"
        parts.append(f"the {noun} {' or '.join(names[:NAMED])}{more}")
    return ", ".join(parts)


def scope_in_words(documents: int, out_of: int, words: str) -> str:
    """`Searched 2 of 3 documents: by AFP`, the words as of `filter_in_words`."""
    return f"Searched {documents:,} of {out_of:,} document{'' if out_of == 1 else 's'}: {words}"


def first_day(typed: str) -> date:
    """The day, or the first one of the month or year, written `2025-03-31`, `2025-03` or `2025`.

    Raises:
        UserFacingError: If it is no such date.
    """
    return _bounds(typed)[0]


def last_day(typed: str) -> date:
    """The day, or the last one of the month or year. Raises as `first_day` does."""
    return _bounds(typed)[1]


def _bounds(typed: str) -> tuple[date, date]:
    written = typed.strip()
    try:
        if not re.fullmatch(r"[0-9]{4}(-[0-9]{2}){0,2}", written):
            raise ValueError("it is written otherwise")
        return bounds(written)
    except ValueError as error:
        raise UserFacingError(
            f"{typed!r} is no date ({error}). Write a day, a month or a year: 2025-03-31, 2025-03 or 2025."
        ) from error


def _range(chosen: Filter) -> str:
    first, last = chosen.since, chosen.until
    if first is None or last is None:
        return f"from {shown_date(str(first))} on" if first else f"until {shown_date(str(last))}"
    if first == last:
        return f"on {shown_date(str(first))}"
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
        return f"in {first.year}" if first.year == last.year else f"from {first.year} to {last.year}"
    if first.day == 1 and last.replace(day=1) == first and (last + timedelta(1)).day == 1:
        return f"in {shown_date(f'{first:%Y-%m}')}"
    return f"from {shown_date(str(first))} to {shown_date(str(last))}"
