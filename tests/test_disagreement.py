"""Sources that answer differently are set against each other; those that agree, or speak of two things, are not."""

from __future__ import annotations

from datetime import date
from io import StringIO

import numpy as np
import pytest
from fakes import HashingEmbedder
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from cli.show import print_answer
from evals.suites.stated import evidence_of
from index.pipeline import open_library
from index.records import Document
from qa.chain import AnswerChain
from qa.compare.differing import WEIGHTS, Told, likeliest_pair, pairs_of, read_told, signs_of
from qa.model.open import NONE, Model
from qa.question.read import read_question
from qa.records import Answer
from qa.settings import Settings

TODAY = date(2026, 11, 23)


def answer_from(folder, question: str, *reports: tuple[str, str, str], sentences: int = 12) -> Answer:
    """The answer without a model from reports of (outlet, date of publication, sentences), so many of them read."""
    folder.mkdir(exist_ok=True)
    with open_library(folder / "library", HashingEmbedder()) as library:
        for number, (outlet, published, text) in enumerate(reports):
            path = folder / f"{number}.txt"
            path.write_text(f"Report {number}\n\n{text}\n", encoding="utf-8")
            library.add([path], given={"outlet": outlet, "published": published, "title": f"Report {number}"})
        return AnswerChain(library, Model(NONE, None), Settings(evidence_sentences=sentences)).invoke(question)


def told(answer: Answer) -> list[tuple[str, list[tuple[str, set[str | None], int]]]]:
    return [
        (one.kind, [(each.value, {c.outlet for c in each.citations}, each.sources) for each in one.positions])
        for one in answer.disagreements
    ]


KILLED = "How many miners were killed in the Orme tunnel collapse?"
OPENED = "When was the Harrow bridge opened?"
COST = "How much did the Harrow bridge cost?"
MAYOR = "Who opened the Harrow bridge?"


@pytest.mark.parametrize(
    ("question", "reports", "kind", "positions"),
    [
        (
            KILLED,
            [
                ("Post", "2023-05-02", "Rescuers said 12 miners were killed in the Orme tunnel collapse."),
                ("Times", "2023-05-03", "In the Orme tunnel collapse 15 miners were killed, the company said."),
                (
                    "Herald",
                    "2023-05-03",
                    "Police said that fifteen miners were killed when the Orme tunnel collapse came.",
                ),
            ],
            "conflict",
            [("12", {"Post"}, 1), ("15", {"Times", "Herald"}, 2)],
        ),
        (
            KILLED,
            [
                ("Post", "2023-05-02", "Rescuers said 12 miners were killed in the Orme tunnel collapse."),
                ("Times", "2024-05-03", "In the Orme tunnel collapse 19 miners were killed, an inquiry found."),
            ],
            "change",
            [("12", {"Post"}, 1), ("19", {"Times"}, 1)],
        ),
        (
            OPENED,
            [
                ("Post", "2023-05-20", "The Harrow bridge was opened on 9 May 2023."),
                ("Times", "2023-05-21", "The Harrow bridge was opened on 11 May 2023 by the mayor."),
            ],
            "conflict",
            [("9 May 2023", {"Post"}, 1), ("11 May 2023", {"Times"}, 1)],
        ),
        (
            COST,
            [
                ("Post", "2023-05-20", "The Harrow bridge cost $40 million."),
                ("Times", "2023-05-21", "The Harrow bridge cost 55 million dollars, the auditors found."),
            ],
            "conflict",
            [("$40 million", {"Post"}, 1), ("55 million dollars", {"Times"}, 1)],
        ),
        (
            MAYOR,
            [
                ("Post", "2023-05-20", "The Harrow bridge was opened by Ines Calder."),
                ("Times", "2023-05-21", "The Harrow bridge was opened by Oskar Lindqvist."),
            ],
            "conflict",
            [("Ines Calder", {"Post"}, 1), ("Oskar Lindqvist", {"Times"}, 1)],
        ),
    ],
)
def test_who_says_what_and_whether_it_changed(tmp_path, question, reports, kind, positions):
    assert told(answer_from(tmp_path, question, *reports)) == [(kind, positions)]


@pytest.mark.parametrize(
    ("question", "reports"),
    [
        (
            KILLED,  # two ways to write one number
            [
                ("Post", "2023-05-02", "Rescuers said 12 miners were killed in the Orme tunnel collapse."),
                ("Times", "2023-05-03", "In the Orme tunnel collapse twelve miners were killed."),
            ],
        ),
        (
            KILLED,  # the later report knows the earlier number
            [
                ("Post", "2023-05-02", "Rescuers said 12 miners were killed in the Orme tunnel collapse."),
                ("Times", "2023-05-03", "15 miners were killed in the Orme tunnel collapse. First it was 12 miners."),
            ],
        ),
        (
            KILLED,  # another thing counted
            [
                ("Post", "2023-05-02", "Rescuers said 12 miners were killed in the Orme tunnel collapse."),
                ("Times", "2023-05-03", "After the Orme tunnel collapse that killed miners, 300 families left."),
            ],
        ),
        (
            KILLED,  # another event
            [
                ("Post", "2023-05-02", "Rescuers said 12 miners were killed in the Orme tunnel collapse."),
                ("Times", "2023-05-03", "In Harrow 40 miners went on strike."),
            ],
        ),
        (
            OPENED,  # a month that holds the day
            [
                ("Post", "2023-05-20", "The Harrow bridge was opened on 9 May 2023."),
                ("Times", "2023-07-21", "The Harrow bridge was opened in May 2023."),
            ],
        ),
        (
            COST,  # the same in other words
            [
                ("Post", "2023-05-20", "The Harrow bridge cost $40 million."),
                ("Times", "2023-05-21", "The Harrow bridge cost 40,000,000 dollars."),
            ],
        ),
        (
            MAYOR,  # the same person, with a title and in short
            [
                ("Post", "2023-05-20", "The Harrow bridge was opened by Ines Calder."),
                ("Times", "2023-05-21", "The Harrow bridge was opened by Mayor Calder."),
            ],
        ),
        (
            KILLED,
            [("Post", "2023-05-02", "12 miners were killed in the Orme tunnel collapse. Later 15 miners were killed.")],
        ),
    ],
)
def test_sources_that_agree_or_speak_of_two_things_are_not_set_against_each_other(tmp_path, question, reports):
    answer = answer_from(tmp_path, question, *reports)
    assert answer.nearest
    assert told(answer) == []


@settings(max_examples=8)
@given(st.sampled_from([12, 15]), st.sampled_from([12, 15]))
def test_there_is_a_disagreement_exactly_when_the_numbers_differ(tmp_path_factory, one, other):
    reports = [
        (
            outlet,
            "2023-05-02",
            f"Rescuers said {number} miners were killed in the Orme tunnel collapse, wrote {outlet}.",
        )
        for outlet, number in (("Post", one), ("Times", other))
    ]
    assert bool(told(answer_from(tmp_path_factory.mktemp("reports"), KILLED, *reports))) is (one != other)


def test_the_command_line_shows_each_position_with_its_source_and_quote(tmp_path):
    answer = answer_from(
        tmp_path,
        KILLED,
        ("Post", "2023-05-02", "Rescuers said 12 miners were killed in the Orme tunnel collapse."),
        ("Times", "2023-05-03", "In the Orme tunnel collapse 15 miners were killed, the company said."),
    )
    print_answer(Console(file=(out := StringIO()), width=200), answer, TODAY)
    shown = out.getvalue()
    assert "The sources differ:" in shown
    for position in answer.disagreements[0].positions:
        (citation,) = position.citations
        assert f"- {position.value}: {citation.outlet}, " in shown
        assert f"“{citation.quote}”" in shown


def test_a_report_printed_again_with_its_sentence_in_other_words_is_no_second_source(tmp_path):
    rest = (
        " Divers and dogs were brought from the coast to look for those who are missing below the old shaft. The mine "
        "has been in the hands of one family since it was sunk, and its owner spoke to the widows in the church hall."
    )
    answer = answer_from(
        tmp_path,
        KILLED,
        ("Post", "2023-05-02", "Rescuers said 12 miners were killed in the Orme tunnel collapse." + rest),
        ("Mail", "2023-05-02", "The Orme tunnel collapse killed 12 miners, a doctor told neighbours there." + rest),
        ("Times", "2023-05-03", "In the Orme tunnel collapse 15 miners were killed, the company said."),
    )
    ((_, positions),) = told(answer)
    assert {value: sources for value, _, sources in positions} == {"12": 1, "15": 1}


def test_what_was_not_read_for_the_answer_is_set_against_it_as_well(tmp_path):
    answer = answer_from(
        tmp_path,
        KILLED,
        ("Post", "2023-05-02", "Rescuers said 12 miners were killed in the Orme tunnel collapse."),
        ("Times", "2023-05-03", "In the Orme tunnel collapse, which shook the town, 15 miners were killed."),
        sentences=1,
    )
    assert len({citation.doc_id for claim in answer.claims for citation in claim.citations}) == 1
    ((_, positions),) = told(answer)
    assert [value for value, *_ in positions] == ["12", "15"]
    markers = [citation.number for position in answer.disagreements[0].positions for citation in position.citations]
    assert len(set(markers)) == len(markers)


def read(text: str, question: str) -> Told:
    document = Document("d", "/d.txt", "A report", None, None, date(2023, 5, 20), None, text, "h")
    return read_told(read_question(question, TODAY), evidence_of(document, [(0, len(text))])[0])


def test_an_answer_is_only_denied_in_what_it_tells():
    first, second = (
        read(f"The Harrow bridge cost $40 million and is {length} metres long.", COST) for length in (900, 950)
    )
    cost, length = first.values
    asked = read_question(COST, TODAY)
    assert [same for *_, same in pairs_of(asked, first, second, [cost])] == [True]
    assert [(one.words, other.words) for one, other, _ in pairs_of(asked, first, second, [length])] == [
        ("900 metres", "950 metres")
    ]


def test_the_weights_are_those_of_the_signs():
    asked = read_question(COST, TODAY)
    first, second = (read(f"The Harrow bridge cost {amount}.", COST) for amount in ("$40 million", "$50 million"))
    assert len(np.load(WEIGHTS)) == len(signs_of(asked, first, second, first.values[0], second.values[0]))
    pair = likeliest_pair(asked, first, second, first.values)
    assert pair and not pair.same and 0 < pair.score < 1
