"""Time expressions in news prose: which are found, and the day each stands for."""

from __future__ import annotations

import itertools
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.dates import find_mentions
from index.load import load_document

MONDAY = date(2021, 6, 21)
SEEDS = Path(__file__).parent.parent / "seeds"


def resolved(text: str, published: date | None = MONDAY) -> list[tuple[str, str]]:
    return [(mention.text, mention.resolved) for mention in find_mentions(text, published)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He arrived on Sunday.", "2021-06-20"),
        ("He arrived on Monday.", "2021-06-21"),
        ("The talks were held last Monday.", "2021-06-14"),
        ("He is scheduled to hold talks on Tuesday.", "2021-06-22"),
        ("An aide said that he would hold talks on Wednesday.", "2021-06-23"),
        ("Minister to meet Putin in Moscow on Tuesday", "2021-06-22"),
        ("He arrived to attend the talks, said an aide, having left on Friday.", "2021-06-18"),
        ("He will return next Friday.", "2021-06-25"),
        ("The fair opens on Friday, he said.", "2021-06-25"),
        ("They have said that after it joins the court on July 1, it will sue.", "2021-07-01"),
        ("The coup was in February.", "2021-02"),
        ("In May local media reported it.", "2021-05"),
        ("It happened in December.", "2020-12"),
        ("The vote will be held in March.", "2022-03"),
        ("They met in March last year.", "2020-03"),
        ("It was so as of mid-2019, they said.", "2019"),
        ("They met on March 4.", "2021-03-04"),
        ("They met on 30 December.", "2020-12-30"),
        ("They met in the fall of 2022.", "2022-09-01/2022-11-30"),
        ("It fell in winter 2020.", "2020-12-01/2021-02-28"),
        ("Last week it signed.", "2021-06-14/2021-06-20"),
        ("It signed two weeks ago.", "2021-06-07"),
        ("It signed three months ago.", "2021-03"),
        ("It signed yesterday.", "2021-06-20"),
        ("It grew last year.", "2020"),
        ("On 24 September 2025 it began.", "2025-09-24"),
        ("On September 24th, 2025 it began.", "2025-09-24"),
        ("It was in early March 2025.", "2025-03"),
        ("It has helped since 1957.", "1957"),
        ("It opened on 2021-06-20.", "2021-06-20"),
        ("In 1564, Ribault founded it.", "1564"),
        ("It was in 1698 that he patented it.", "1698"),
        ("The war (1642–51) ruined him.", "1642"),
        ("It fell on 14 July 1789.", "1789-07-14"),
        ("It was sealed in June 1215.", "1215-06"),
        ("It boomed in the 1980s.", "1980-01-01/1989-12-31"),
        ("They came in the late 10th century.", "0901-01-01/1000-12-31"),
        ("They came in the 10th and 11th centuries.", "0901-01-01/1100-12-31"),
        ("They came in the twenty-first century.", "2001-01-01/2100-12-31"),
        ("He would resign, officials said late Saturday.", "2021-06-19"),
        ("On Thursday, the ministry will announce it.", "2021-06-24"),
        ("They meet next Monday.", "2021-06-28"),
        ("It opened this April.", "2021-04"),
        ("It closed last July.", "2020-07"),
        ("November marked its end.", "2020-11"),
        ("It was built in the late 1800s.", "1800-01-01/1899-12-31"),
        ("It was a fad of the ’80s.", "1980-01-01/1989-12-31"),
        ("The economy shrank in the first quarter.", "2021-01-01/2021-03-31"),
        ("It shrank in the second quarter of 2019.", "2019-04-01/2019-06-30"),
        ("It began a decade ago.", "2011"),
        ("It began a year and a half ago.", "2019-12"),
        ("They fought during the winter.", "2020-12-01/2021-02-28"),
        ("They sailed the day after Easter.", "2021-04-05"),
        ("It was signed two days after 3 May 2019.", "2019-05-05"),
        ("They spoke this morning.", "2021-06-21"),
        ("It has fallen since the beginning of the year.", "2021"),
        ("It was a 20th-century idea.", "1901-01-01/2000-12-31"),
    ],
)
def test_an_expression_stands_for_its_calendar_date(text, expected):
    assert [time for _, time in resolved(text)] == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He came on 3 May 2019 and left the following day.", ["2019-05-03", "2019-05-04"]),
        ("It fell on Friday, down from 19% a week earlier.", ["2021-06-18", "2021-06-11"]),
        ("In 2011 he resigned. Two years later he was back.", ["2011", "2013"]),
        ("It began in May 2019. It ended that year.", ["2019-05", "2019"]),
        ("They met on 3 May 2019 and the following Tuesday.", ["2019-05-03", "2019-05-07"]),
        ("They talked from June 8 to 10, 2020.", ["2020-06-08", "2020-06-10"]),
        ("They talked on 3-5 March.", ["2021-03-03", "2021-03-05"]),
        ("The slump of 2008-9 was deep.", ["2008", "2009"]),
        ("The 2018-2019 season ended.", ["2018", "2019"]),
        ("The 2018–19 season ended.", ["2018", "2019"]),
        ("It ran in February and March.", ["2021-02", "2021-03"]),
        ("In 2011 he resigned. The following day he left.", ["2011"]),
        ("Two days later he left.", []),
        ("June 21, 2021\n\nShe was seven. Seven decades later she has seen 500.", ["2021-06-21"]),
    ],
)
def test_times_may_be_counted_from_those_before_them_and_several_have_one_month(text, expected):
    assert [time for _, time in resolved(text)] == expected


def test_what_is_counted_from_the_text_names_that_as_its_anchor():
    *_, later = find_mentions("He came on 3 May 2019 and left the following day.", MONDAY)
    assert (later.text, later.anchored_to) == ("the following day", "2019-05-03")


def test_a_season_with_its_year_needs_no_publication_date():
    assert resolved("They met in the fall of 2022.", None) == [("the fall of 2022", "2022-09-01/2022-11-30")]
    assert resolved("They met last fall.", None) == []


@pytest.mark.parametrize(
    "text",
    [
        "It may rain.",
        "They march on the town.",
        "the 80th anniversary",
        "It cost $2019 and 2,021 people came.",
        "He sat for the second time.",
        "On 30 February 2021 nothing can happen.",
        "about 1950s music",
        "The road led to 1500 villages.",
        "They were given 1698 pounds in 1500 people's names.",
        "It cost in 1,500 places.",
        "He writes for the Sunday Metropolitan section.",
        "The team scored in the second quarter.",
        "Temperatures were in the 80s.",
        "Today, many young people have no work.",
        "They split on Super Tuesday.",
        "It sold an 1800-page book.",
        "Call 2018-555-21.",
    ],
)
def test_what_is_no_date_is_not_taken_for_one(text):
    assert resolved(text) == []


def test_without_a_publication_date_only_complete_expressions_are_resolved():
    assert resolved("On Sunday, in May 2020 and in June.", None) == [("May 2020", "2020-05")]


def test_a_complete_expression_has_no_anchor_and_a_relative_one_names_it():
    complete, relative = find_mentions("It began on 24 May 2020 and ended on Sunday.", MONDAY)
    assert (complete.anchored_to, relative.anchored_to) == (None, "2021-06-21")


@pytest.mark.parametrize(
    ("name", "words", "expected"),
    [
        ("000_bd20916481e473ef.txt", "chief arrived in Moscow on Sunday", "2021-06-20"),
        ("000_bd20916481e473ef.txt", "rare step on Friday", "2021-06-18"),
        ("000_bd20916481e473ef.txt", "government in February", "2021-02"),
        ("000_bd20916481e473ef.txt", "bloc in Jakarta in April", "2021-04"),
        ("001_524c9b7424ae7178.txt", "official visit to Russia on Monday", "2025-03-03"),
        ("001_524c9b7424ae7178.txt", "visiting Myanmar PM on Tuesday", "2025-03-04"),
        ("001_524c9b7424ae7178.txt", "Vladivostok in the fall of 2022", "2022-09-01/2022-11-30"),
        ("001_524c9b7424ae7178.txt", "Last week", "2025-02-24/2025-03-02"),
        ("001_524c9b7424ae7178.txt", "In January", "2025-01"),
        ("002_6e9632a256091697.txt", "Moscow on March 4", "2025-03-04"),
        ("002_6e9632a256091697.txt", "visit to Russia in March this year", "2025-03"),
        ("002_6e9632a256091697.txt", "second trip to Russia was in May 2025", "2025-05"),
    ],
)
def test_the_seeds_relative_dates_are_calendar_dates(name, words, expected):
    document = load_document(SEEDS / name)
    end = document.text.index(words) + len(words)
    (mention,) = [m for m in find_mentions(document.text, document.published) if m.end == end]
    assert mention.resolved == expected


@given(st.text(alphabet=st.sampled_from(list("Mondayarchjune 2021,.5thin\n")), max_size=80))
def test_mentions_are_exact_slices_in_order_that_do_not_overlap(text):
    mentions = find_mentions(text, MONDAY)
    assert all(text[m.start : m.end] == m.text for m in mentions)
    assert all(a.end <= b.start for a, b in itertools.pairwise(mentions))


READ_BY_EYE = {
    "000_bd20916481e473ef.txt": """
        June 21, 2021 = 2021-06-21
        Sunday = 2021-06-20
        February = 2021-02
        Sunday = 2021-06-20
        May = 2021-05
        Friday = 2021-06-18
        April = 2021-04
    """,
    "001_524c9b7424ae7178.txt": """
        2025-03-03 = 2025-03-03
        Monday, March 3, 2025 = 2025-03-03
        Tuesday = 2025-03-04
        Mar 3 = 2025-03-03
        Monday = 2025-03-03
        Tuesday = 2025-03-04
        the fall of 2022 = 2022-09-01/2022-11-30
        January = 2025-01
        Last week = 2025-02-24/2025-03-02
        2024 = 2024
    """,
    "002_6e9632a256091697.txt": """
        Sep 27 = 2025-09-27
        24 September 2025 = 2025-09-24
        March = 2025-03
        2025 = 2025
        March this year = 2025-03
        March 4 = 2025-03-04
        6 March 2025 = 2025-03-06
        May 2025 = 2025-05
        June 2025 = 2025-06
        2025 = 2025
        2022 = 2022
        1957 = 1957
        2025 = 2025
        2025 = 2025
    """,
}
"""Every time expression of the sample reports, in order, and what a reader takes it for."""


@pytest.mark.parametrize("name", READ_BY_EYE)
def test_every_time_of_the_seeds_is_found_and_stands_for_what_a_reader_takes_it_for(name):
    document = load_document(SEEDS / name)
    expected = [tuple(line.strip().split(" = ")) for line in READ_BY_EYE[name].strip().splitlines()]
    assert [(m.text, m.resolved) for m in find_mentions(document.text, document.published)] == expected
