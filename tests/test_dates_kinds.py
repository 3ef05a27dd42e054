"""Kinds of time expressions that people write: weekdays of a week, spans, fiscal years, feasts, names that look so."""

from __future__ import annotations

from datetime import date

import pytest

from index.dates import find_mentions

WEDNESDAY = date(2024, 3, 6)
TIMES = """
The bill passed on Tuesday of last week. = 2024-02-27
They meet Thursday of next week. = 2024-03-14
It closed on Monday last week. = 2024-02-26
It began a week ago Monday. = 2024-02-26
It began the Friday before last. = 2024-02-23
It began a week last Friday. = 2024-02-23
It began a fortnight ago on Tuesday. = 2024-02-20
The court sits on Monday week. = 2024-03-18
The week before last it rained. = 2024-02-19/2024-02-25
The fair is on the last Saturday of this month. = 2024-03-30
The fair is on the last Saturday in next month. = 2024-04-27
It was signed on the last Sunday of October 2023. = 2023-10-29
It was the worst since 9/11. = 2001-09-11
He was charged over the Jan. 6 attack on the Capitol. = 2021-01-06
The Sept. 11 attacks changed it. = 2001-09-11
He met her on Sept. 11. = 2023-09-11
The firm was founded fifty years ago. = 1974
It was lost ninety-two years ago. = 1932
It fell three hundred years ago. = 1724
It was lost a hundred and ten years ago. = 1914
It was lost a century ago. = 1924
It was found half a century ago. = 1974
It was dug a quarter of a century ago. = 1999
It was half a dozen years ago. = 2018
It began a month and a half ago. = 2024-01
It began forty minutes ago. = 2024-03-06
He left two and a half years ago. = 2021-09
She left a couple of weeks ago. = 2024-02-21
She left two
weeks ago. = 2024-02-21
It struck 36 hours ago. = 2024-03-05
It was lost nineteen thousand years ago. =
Two drones were shot down overnight. = 2024-03-06
They met at Thanksgiving. = 2023-11-23
They will meet on the first Monday in January. = 2025-01-06
She was born on the Fourth of July. = 2023-07-04
Shops shut on Presidents' Day. = 2024-02-19
They marched on Labor Day. = 2023-09-04
They prayed on Good Friday. = 2023-04-07
They will sing on Christmas Eve. = 2024-12-24
It has rained for the past three days. = 2024-03-04/2024-03-06
Prices rose in the last two weeks. = 2024-02-22/2024-03-06
In the next two weeks it will close. = 2024-03-06/2024-03-19
These past two weeks it rained. = 2024-02-22/2024-03-06
Over the past weekend it rained. = 2024-03-02/2024-03-03
By year's end it was gone. = 2024
It rose over the past decade. = 2014-03-07/2024-03-06
In the past 24 hours it snowed. = 2024-03-05/2024-03-06
Sales fell in H1 2023. = 2023-01-01/2023-06-30
Sales fell in the second half of last year. = 2023-07-01/2023-12-31
Sales fell in fiscal 2023, ended June 30. = 2022-07-01/2023-06-30, 2023-06-30
Revenue of FY2022-23 was flat. =
The 2022-23 financial year was poor. =
The second quarter of fiscal 2023 was poor. =
They won the league in the 2022/23 season. = 2022-08-01/2023-05-31
Rents rose in 2022/23. = 2022-01-01/2023-12-31
It must be ready by the end of the month. = 2024-03
It will be ready by the end of the decade. = 2020-01-01/2029-12-31
At the turn of the century the town was rich. = 2000
At the turn of the 20th century the town was rich. = 1900
The minister resigned on Tues., aides said. = 2024-03-05
He was there in the summer of '69. = 1969
The charter of 1215 stood until 1604. = 1215, 1604
"""
FEASTS = """
New Year's Day = 01-01, Martin Luther King Day = 01-15, Shrove Tuesday = 02-13, Valentine's Day = 02-14,
Presidents' Day = 02-19, St. Patrick's Day = 03-17, Maundy Thursday = 03-28, Good Friday = 03-29, Easter = 03-31,
Easter Sunday = 03-31, Easter Monday = 04-01, May Day = 05-01, Ascension Day = 05-09, Pentecost = 05-19,
Whit Sunday = 05-19, Whit Monday = 05-20, Memorial Day = 05-27, Corpus Christi = 05-30, Juneteenth = 06-19,
Fourth of July = 07-04, Bastille Day = 07-14, Labor Day = 09-02, Columbus Day = 10-14, Halloween = 10-31,
All Saints' Day = 11-01, Armistice Day = 11-11, Veterans' Day = 11-11, Thanksgiving = 11-28, Christmas Eve = 12-24,
Christmas = 12-25, Christmas Day = 12-25, Boxing Day = 12-26, New Year's Eve = 12-31
"""
NO_TIMES = """
April told the court that she had seen nothing.
August was an august man, and August Strindberg wrote of it.
His sister June was not at home.
Servers MAY refuse it.
Black Friday sales fell, and Giving Tuesday brought little.
Sheffield Wednesday beat Leeds by three goals.
The Wednesday Club met.
The flight left at 1930 GMT and landed at 2015 GMT.
The peak is 2014 metres high and 1985 feet wide.
The fee rose to Rs 2000 from Rs. 1950, or USD 2000.
Agenda 2063 was praised in room 2010 at 1984 Oak Avenue.
More than 2000 people came.
She was an overnight success.
The population of 1450 starved.
"""


def rows() -> list[tuple[str, list[str]]]:
    lines = TIMES.strip().replace("two\nweeks", "two~weeks").splitlines()
    pairs = (line.rpartition(" =") for line in lines)
    return [(text.replace("~", "\n"), [one for one in times.strip().split(", ") if one]) for text, _, times in pairs]


@pytest.mark.parametrize(("text", "expected"), rows())
def test_what_people_write_for_a_time_is_the_time_they_mean(text: str, expected: list[str]) -> None:
    assert [mention.resolved for mention in find_mentions(text, WEDNESDAY)] == expected


@pytest.mark.parametrize(("name", "day"), [one.strip().split(" = ") for one in FEASTS.split(",")])
def test_a_feast_of_2024_is_the_day_of_the_calendar(name: str, day: str) -> None:
    mentions = find_mentions(f"They met on {name}.", date(2024, 12, 31))
    assert [mention.resolved for mention in mentions] == [f"2024-{day}"]


@pytest.mark.parametrize("text", NO_TIMES.strip().splitlines())
def test_names_prices_counts_and_hours_are_no_times(text: str) -> None:
    assert find_mentions(text, WEDNESDAY) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The 2014 elections were fair.", ["2014"]),
        ("In 2014 metres were used.", ["2014"]),
        ("At 2019 prices it was dear.", ["2019"]),
        ("The June and October figures fell.", ["2023-06", "2023-10"]),
        ("It fell in May and June.", ["2023-05", "2023-06"]),
    ],
)
def test_years_and_months_stay_what_they_are(text: str, expected: list[str]) -> None:
    assert [mention.resolved for mention in find_mentions(text, WEDNESDAY)] == expected


def test_a_day_with_its_weekday_is_in_the_year_in_which_it_falls_on_it() -> None:
    assert find_mentions("They met on Friday, 8 March.", WEDNESDAY)[0].resolved == "2024-03-08"
    assert find_mentions("They met on Friday, 10 March.", WEDNESDAY)[0].resolved == "2023-03-10"
