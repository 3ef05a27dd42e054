"""A yes or a no is given only where one sentence says it; all else is left open."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from evals.stated import evidence_of
from index.records import Document
from qa.question import read_question
from qa.stance import judge_stance


def stance(question: str, *sentences: str) -> str:
    found = []
    for number, text in enumerate(sentences):
        document = Document(f"d{number}", "/d", "T", f"Paper {number}", None, date(2021, 6, 21), None, text, "h")
        found += [replace(one, number=number + 1) for one in evidence_of(document, [(0, len(text))])]
    judged = judge_stance(read_question(question, date(2026, 1, 1)), found)
    assert bool(judged.bearing) == (judged.verdict != "open")
    return judged.verdict


@pytest.mark.parametrize(
    ("question", "sentence", "expected"),
    [
        ("Did the council approve the loan?", "The council approved the loan by 21 votes.", "yes"),
        ("Was the loan approved by the council?", "The loan was approved by the council.", "yes"),
        ("Is Ines Calder the mayor of Harrow?", "Ines Calder is the mayor of Harrow.", "yes"),
        ("Did the council approve the loan?", "The council did not approve the loan.", "no"),
        ("Is Ines Calder the mayor of Harrow?", "Ines Calder is not the mayor of Harrow.", "no"),
        ("Was the date of the vote set?", "The date of the vote has yet to be set.", "no"),
        ("Did Harrow invite Elsby?", "Elsby invited Harrow.", "no"),
        ("Did Harrow invite Elsby?", "Harrow invited Elsby.", "yes"),
        ("Did the council approve the loan?", "The council plans to approve the loan.", "open"),
        ("Did the council approve the loan?", "The council may have approved the loan.", "open"),
        ("Did the council approve the loan?", "The council denied that it approved the loan.", "open"),
        ("Did the council approve the loan in 2019?", "The council approved the loan in 2018.", "open"),
        ("Did 25 members approve the loan?", "The loan was approved by 21 members.", "open"),
        ("Did the council approve the loan?", "The council met on Thursday.", "open"),
        ("Didn't the council approve the loan?", "The council approved the loan.", "open"),
        ("Did both papers say the same of the loan?", "Both papers say the same of the loan.", "open"),
        ("Who approved the loan?", "The council approved the loan.", "open"),
    ],
)
def test_a_sentence_affirms_denies_or_leaves_open(question, sentence, expected):
    assert stance(question, sentence) == expected


def test_sentences_that_differ_leave_it_open():
    said = "The council approved the loan."
    assert stance("Did the council approve the loan?", said, "The council did not approve the loan.") == "open"


def test_of_two_things_asked_each_must_be_said_by_the_outlet_it_is_asked_of():
    question = (
        "Does the Paper 0 article claim that the council approved the loan, while the Paper 1 article states that the "
        "Green group abstained?"
    )
    loan, green = "The council approved the loan.", "The Green group abstained."
    assert stance(question, loan, green) == "yes"
    assert stance(question, green, loan) == "open"
    assert stance(question, loan, "The Green group did not abstain.") == "no"
