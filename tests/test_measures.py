"""A measure asked for is given in its unit, and what is counted is what was asked to be counted."""

from __future__ import annotations

import pytest

from qa.check.measures import counts_what_is_asked, gives_measure
from qa.question.kinds import measure_asked

STAYED = "How many days did the mayor stay?"
POWER = "What is the planned capacity in megawatts of the plant?"
LONG = "How long did the mayor stay in Orme?"


@pytest.mark.parametrize(
    ("question", "text", "quoted", "given"),
    [
        (STAYED, "She stayed for 3 days.", "", True),
        (STAYED, "She stayed two weeks.", "", True),
        (STAYED, "She stayed a week.", "", True),
        (STAYED, "3.", "She was there for 3 days.", True),
        (STAYED, "She came on Sunday, 20 June 2021.", "She came on Sunday.", False),
        (STAYED, "She met 3 mayors.", "She met 3 mayors.", False),
        (POWER, "It is to give 100 megawatts.", "", True),
        (POWER, "The plant costs $100 million.", "The plant costs $100 million.", False),
        (LONG, "She stayed until Sunday.", "", True),
        (LONG, "She met the council.", "She met the council.", False),
        (LONG, "It is 3 km long.", "", True),
        ("How many kilometres is it?", "It is 300 metres long.", "", True),
        ("How many pesos did it cost?", "It cost 45 pesos.", "", True),
        ("How many dollars did it cost?", "It cost $5 million.", "", True),
        ("How many dollars did it cost?", "It cost 5 million euros.", "", True),
        ("What percentage voted for it?", "45% voted for it.", "", True),
        ("What percentage voted for it?", "45 voted for it.", "45 voted for it.", False),
    ],
)
def test_an_answer_has_a_number_of_the_unit_asked_for(question, text, quoted, given):
    assert gives_measure(measure_asked(question), question, text, quoted) is given


@pytest.mark.parametrize(
    "question",
    ["How many members voted?", "When did she come?", "How many years old is she?", "What share price was it?"],
)
def test_where_no_unit_is_asked_for_there_is_none(question):
    assert not measure_asked(question)


@pytest.mark.parametrize(
    ("question", "quoted", "counted"),
    [
        ("How many ministers came?", "She came on 3 March with other ministers.", False),
        ("How many ministers came?", "She came with 4 ministers.", True),
        ("How many came?", "She came with 4 ministers.", True),
        ("What was the number of trips in 2025?", "It was her fourth trip.", True),
        ("How many times had she come?", "It was her fourth trip.", True),
        ("When did she come?", "She came on 3 March.", True),
        ("How many countries approved the loan?", "It was approved by 119 countries.", True),
        ("How many countries approved the loan?", "It approved 3 loans.", False),
    ],
)
def test_a_sentence_counts_what_was_asked(question, quoted, counted):
    assert counts_what_is_asked(question, quoted) is counted
