"""The documents' own sentences: alone without a model, and beside what a model wrote."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from test_verify import GREEN, LOAN, OPENED, SAID

from qa.answer.extractive import best_beside, extract_claims
from qa.question.read import read_question
from qa.records import Claim

TODAY = date(2026, 1, 1)
FOUND = [
    replace(one, share=share) for one, share in zip((OPENED, LOAN, GREEN, SAID), (0.7, 0.1, 0.1, 0.1), strict=True)
]


def written(text: str, *cited) -> list[Claim]:
    return [Claim(text, tuple(one.citation for one in cited), "supported")]


def beside(question: str, text: str, *cited) -> list[Claim]:
    return best_beside(read_question(question, TODAY), written(text, *cited), FOUND)


def test_without_a_model_the_best_sentences_are_the_answer_word_for_word_but_for_the_dates_put_in():
    (claim, *_) = extract_claims(read_question("What did Ines Calder open?", TODAY), FOUND)
    assert claim.verbatim
    assert claim.text.startswith("Mayor Ines Calder opened the Harrow bridge on Thursday (9 May 2019)")


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("Ines Calder opened a bridge.", OPENED),  # leaves out who came along
        ("The Green group abstained.", GREEN),  # from another sentence than the best one
    ],
)
def test_the_best_sentence_stands_beside_what_leaves_most_of_it_out(text, cited):
    (claim,) = beside("What happened in Harrow?", text, cited)
    assert (claim.verbatim, claim.citations[0].quote) == (True, OPENED.quote)


@pytest.mark.parametrize(
    ("question", "text", "cited"),
    [
        ("What happened in Harrow?", OPENED.shown, OPENED),  # says all of it
        ("When was the bridge opened?", "On 9 May 2019.", OPENED),  # a date out of that very sentence
        ("Who wrote the report on the Harrow bridge?", "Ada Orme.", OPENED),  # the head of the report says so
    ],
)
def test_nothing_stands_beside_what_says_it_already(question, text, cited):
    assert beside(question, text, cited) == []


def test_a_date_out_of_another_sentence_has_the_best_one_beside_it():
    (claim,) = beside("When was the bridge opened?", "On 14 May 2019.", LOAN)
    assert claim.citations[0].quote == OPENED.quote


def test_nothing_stands_beside_an_answer_where_no_sentence_may_answer():
    assert best_beside(read_question("How much did it cost?", TODAY), written("It is green.", GREEN), FOUND) == []
