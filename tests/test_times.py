"""Calendar dates compared and written."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.dates.times import bounds, covers, granularity_of, overlap, shown_date

days = st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31))


@pytest.mark.parametrize(
    ("resolved", "first", "last", "words"),
    [
        ("2021-06-20", date(2021, 6, 20), date(2021, 6, 20), "20 June 2021"),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "February 2024"),
        ("1957", date(1957, 1, 1), date(1957, 12, 31), "1957"),
        ("2025-02-24/2025-03-02", date(2025, 2, 24), date(2025, 3, 2), "24 February to 2 March 2025"),
        ("2020-12-01/2021-02-28", date(2020, 12, 1), date(2021, 2, 28), "1 December 2020 to 28 February 2021"),
    ],
)
def test_a_time_has_its_days_and_its_words(resolved, first, last, words):
    assert (bounds(resolved), shown_date(resolved)) == ((first, last), words)


@pytest.mark.parametrize(
    ("resolved", "granularity"),
    [
        ("2021-06-20", "day"),
        ("2021-06", "month"),
        ("2021", "year"),
        ("2021-06-19/2021-06-20", "weekend"),
        ("2021-06-14/2021-06-20", "week"),
        ("2021-06-14/2021-06-21", "interval"),
        ("2022-09-01/2022-11-30", "quarter"),
        ("2023-01-01/2023-06-30", "interval"),
        ("2020-01-01/2029-12-31", "decade"),
        ("1901-01-01/2000-12-31", "century"),
    ],
)
def test_how_exact_a_time_is_is_told_from_its_length(resolved, granularity):
    assert granularity_of(resolved) == granularity


@given(days)
def test_a_day_lies_in_its_month_and_year_and_not_the_other_way_round(day):
    month, year = day.isoformat()[:7], day.isoformat()[:4]
    assert covers(month, day.isoformat()) and covers(year, month)
    assert not covers(day.isoformat(), month)


@given(days, days)
def test_two_days_overlap_only_when_they_are_the_same(one, other):
    assert overlap(one.isoformat(), other.isoformat()) is (one == other)
