"""What is read from a question, and how a follow-up is made complete."""

from __future__ import annotations

from datetime import date

import pytest

from qa.errors import QuestionError
from qa.question.decompose import split_parts
from qa.question.read import MAX_CHARACTERS, check_question, read_question
from qa.question.rewrite import beside, own_words, query_in_words, stand_alone
from qa.question.terms import subjects_of
from qa.records import Question, Turn

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize("text", ["", "   ", "?!", "\n\t"])
def test_an_empty_question_is_refused(text):
    with pytest.raises(QuestionError, match="is empty"):
        check_question(text)


def test_a_question_of_20000_characters_is_refused_with_what_to_do():
    with pytest.raises(QuestionError, match=r"20,000 characters.*as a document"):
        check_question("x" * 20_000)
    assert check_question("x" * MAX_CHARACTERS)


@pytest.mark.parametrize(
    ("text", "expects"),
    [
        ("When did he arrive?", "time"),
        ("On what date was it signed?", "time"),
        ("in which year was that", "time"),
        ("when born", "time"),
        ("When much time is needed, what case is it?", "other"),
        ("How many countries abstained?", "number"),
        ("How much money did it cost?", "amount"),
        ("What was the bridge's budget?", "amount"),
        ("What did the bridge cost?", "amount"),
        ("What is Calder's title at the Committee for a Responsible Budget?", "other"),
        ("In what year will interest overtake the army budget?", "time"),
        ("In what season and year did they meet?", "time"),
        ("How old was he then?", "age"),
        ("Who invited him?", "other"),
        ("Where were they when it began?", "other"),
    ],
)
def test_the_kind_of_answer_is_read_from_the_question(text, expects):
    assert read_question(text, TODAY).expects == expects


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("What happened in June 2021?", ("2021-06",)),
        ("what happened in may 2025", ("2025-05",)),
        ("What happened on 18 june 2021 and in 2022?", ("2021-06-18", "2022")),
        ("What happened last year?", ("2025",)),
        ("The piece says 'last week': when was that?", ()),
        ("Talks were set for Tuesday: what date is that?", ()),
        ("May he come?", ()),
        ("Who came in October?", ()),
        ("Who came on March 4?", ()),
        ("Who came in March this year?", ("2026-03",)),
    ],
)
def test_the_times_a_question_names_are_resolved_and_a_quoted_one_is_the_documents(text, times):
    assert read_question(text, TODAY).times == times


def test_names_are_words_with_a_capital_that_does_not_only_open_the_question():
    assert read_question("Which president did Ines Calder meet in Harrow?", TODAY).names == ("Ines", "Calder", "Harrow")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Who opened it?", True),
        ("Which company built it?", True),
        ("What town was it built in?", True),
        ("What is the name of the town?", True),
        ("What did she open?", False),
        ("When was it opened, and which day was it?", False),
        ("Is it true that the one who opened it resigned?", False),
    ],
)
def test_a_name_is_asked_for_by_who_and_which(text, expected):
    assert read_question(text, TODAY).asks_for_name is expected


BRIDGE = (Turn("When did Ines Calder open the Harrow bridge?", "On Thursday, 9 May 2019 [1]."),)


@pytest.mark.parametrize(
    ("text", "complete"),
    [
        ("Where was he born?", "Where was Ines Calder born?"),
        (
            "What was her office then?",
            "What was Ines Calder's office then? (asked about: When did Ines Calder open the Harrow bridge)",
        ),
        ("When was that?", "When was that? (asked about: When did Ines Calder open the Harrow bridge)"),
        ("And why?", "And why? (asked about: When did Ines Calder open the Harrow bridge)"),
        ("Who is mayor of Orme?", "Who is mayor of Orme?"),
        ("What did Ada Orme say about her vote?", "What did Ada Orme say about her vote?"),
    ],
)
def test_a_follow_up_is_completed_from_the_conversation(text, complete):
    assert stand_alone(Question(text, BRIDGE)) == complete


@pytest.mark.parametrize(
    ("text", "complete"),
    [
        ("And in September 2025?", "What was Calder's title in September 2025?"),
        ("what about 2022", "What was Calder's title in 2022?"),
        ("And in Orme?", "And in Orme? (asked about: What was Calder's title in March 2019)"),
    ],
)
def test_another_time_takes_the_place_of_the_one_before(text, complete):
    before = (Turn("What was Calder's title in March 2019?", "Mayor [1]."),)
    assert stand_alone(Question(text, before)) == complete


def test_the_one_of_another_time_is_a_part_of_its_own():
    parts = split_parts("Calder's May 2019 visit was which of the year, and the October 2022 one which visit to Orme?")
    assert parts == [
        "Calder's May 2019 visit was which of the year",
        "the October 2022 one which visit to Orme? (asked about: Calder's visit was which of the year)",
    ]


def test_without_a_conversation_a_question_stays_as_it_is():
    assert stand_alone(Question("When was that?")) == "When was that?"


def test_a_question_of_two_parts_is_split_and_each_part_stands_alone():
    assert split_parts("When did Ines Calder open the Harrow bridge, and which office did he hold in 2022?") == [
        "When did Ines Calder open the Harrow bridge",
        "which office did Ines Calder hold in 2022?",
    ]


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("Which bridge did she open in 2019, and which tunnel in autumn 2022?", "which tunnel in autumn 2022?"),
        ("What was Calder's office in 2019, and what in 2022?", "what in 2022?"),
    ],
)
def test_a_part_without_a_verb_takes_the_first_along_but_not_its_time(text, second):
    first, completed = split_parts(text)
    assert completed.startswith(f"{second} (asked about: {first.partition(' in 2019')[0]}")
    assert "2019" not in completed


def test_a_part_with_a_verb_of_its_own_is_not_completed():
    assert split_parts("Who opened the Harrow bridge, and who leads Orme Borough Council?")[1:] == [
        "who leads Orme Borough Council?"
    ]


def test_two_things_asked_of_one_clause_are_asked_one_by_one():
    assert split_parts("They met in May. On what date and in which building did they meet?") == [
        "They met in May. On what date did they meet?",
        "They met in May. in which building did they meet?",
    ]


@pytest.mark.parametrize(
    "text",
    ["How many voted against it, and which?", "When and where did they meet?", "Who met whom in Harrow and in Orme?"],
)
def test_a_question_whose_second_half_says_too_little_stays_whole(text):
    assert split_parts(text) == [text]


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("I'm writing a piece on bridges. When was it opened?", "When was it opened?"),
        ("Hello! We need this today. Who paid for it?", "Who paid for it?"),
        ("The story says Tuesday. What date is that?", "The story says Tuesday. What date is that?"),
        ("I need the cost of the bridge", "I need the cost of the bridge"),
        ("I need the cost.", "I need the cost."),
    ],
)
def test_what_is_said_about_the_asker_is_left_out(text, question):
    assert stand_alone(Question(text)) == question


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("What was her official title in 2021?", False),
        ("What is the title of the Harrow Post's report?", True),
        ("What is the title of the report?", True),
        ("Which report is titled “Bridge opened”?", True),
        ("Who wrote it?", True),
    ],
)
def test_a_persons_title_is_no_question_about_a_report(text, about):
    assert read_question(text, TODAY).about_document is about


def test_a_question_put_beside_another_is_told_in_words_and_its_own_words_are_kept_apart() -> None:
    query = beside("And where was that?", "When did Ines Calder open the Harrow bridge?")
    assert own_words(query) == "And where was that?"
    assert query_in_words(query) == "And where was that? – read with: When did Ines Calder open the Harrow bridge"
    assert query_in_words("Who won?") == own_words("Who won?") == "Who won?"
    assert "When" not in subjects_of(read_question(query, date(2026, 1, 1)))
