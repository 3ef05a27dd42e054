"""Of several numbers or times in one sentence, that is answered which stands by what was asked; else it is quoted."""

from __future__ import annotations

from datetime import date

import pytest

from evals.suites.stated import evidence_of
from index.records import Document
from qa.answer.tie import Drafted, tie
from qa.check.attachment import cuts_short, leaves_out
from qa.check.relevance import check_answers
from qa.question.read import read_question


def evidence(text: str):
    document = Document("d", "/d.txt", "A report", None, None, date(2019, 5, 14), None, text, "h")
    return evidence_of(document, [(0, len(text))])[0]


INTEREST = evidence("Interest will overtake the health service in 2020 and the army budget in 2023.")
POLL = evidence("A poll put the mayor's rating at 13%, the paper said, down from 19% a week earlier.")
VOTE = evidence("It was approved by 119 countries, with 36 abstaining.")
FORUM = evidence("The two met in Harrow in May, when Calder was at the Eastern Economic Forum.")


def answered(question: str, text: str, found) -> tuple[str, str | None]:
    made, repair = tie(read_question(question, date(2026, 1, 1)), Drafted(text, (found,)), (found,))
    assert made.verdict == "supported"
    return made.text, repair


@pytest.mark.parametrize(
    ("question", "text", "found"),
    [
        ("In what year will interest overtake the army budget?", "2020.", INTEREST),
        ("In what year will interest overtake the army budget?", "It will in 2020.", INTEREST),
        ("What was the mayor's rating in the poll?", "The mayor's rating was 19% a week earlier.", POLL),
        ("How many countries approved it?", "36 countries.", VOTE),
    ],
)
def test_a_number_that_stands_by_something_else_gives_way_to_the_sentence(question, text, found):
    shown, repair = answered(question, text, found)
    assert shown == found.quote and repair is not None and "quoted word for word" in repair


@pytest.mark.parametrize(
    ("question", "text", "found"),
    [
        ("In what year will interest overtake the army budget?", "It will in 2023.", INTEREST),
        ("In what year will interest overtake the health service?", "It will in 2020.", INTEREST),
        ("What was the mayor's rating in the poll?", "The mayor's rating was 13%.", POLL),
        ("How many countries approved it?", "119 countries approved it.", VOTE),
        ("How many countries abstained?", "36 countries abstained.", VOTE),
    ],
)
def test_the_number_that_stands_by_what_was_asked_is_the_answer(question, text, found):
    assert answered(question, text, found) == (text, None)


def test_a_sentence_that_leaves_out_the_name_asked_for_is_shown_whole():
    question = "Which forum did Calder go to in May?"
    shown, repair = answered(question, "The two met in Harrow in May.", FORUM)
    assert shown == FORUM.shown and repair is not None and "in full" in repair
    assert leaves_out(read_question("Which gathering was it?", date(2026, 1, 1)), "They met in Harrow.", FORUM)
    assert not leaves_out(read_question(question, date(2026, 1, 1)), "The Eastern Economic Forum.", FORUM)


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("The two met in Harrow in May.", True),
        ("The two met in Harrow in May (May 2019).", True),
        ("The two met.", False),
        ("Calder was at the Eastern Economic Forum in May.", False),
        (FORUM.quote, False),
    ],
)
def test_the_beginning_of_a_sentence_is_told_from_words_of_the_models_own(text, short):
    assert cuts_short(text, FORUM) is short


@pytest.mark.parametrize(
    ("text", "found", "counts"), [("She made two trips.", 0, False), ("She made four trips.", 1, True)]
)
def test_the_second_of_four_does_not_make_them_two(text, found, counts):
    shown = (evidence("The second trip was in May."), evidence("This is her fourth trip this year."))
    asked = read_question("How many trips did she make?", date(2026, 1, 1))
    off = check_answers(asked, text, (shown[found],), shown)
    assert any("count on" in reason for reason in off) is not counts


def test_nor_is_the_second_quoted_for_them():
    shown = (evidence("The second trip was in May."), evidence("This is her fourth trip this year."))
    asked = read_question("How many trips did she make?", date(2026, 1, 1))
    assert tie(asked, Drafted("She made two trips.", (shown[0],)), shown)[0].verdict != "supported"
