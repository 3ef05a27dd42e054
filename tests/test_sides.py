"""Reports set against each other: what each side says is quoted, and the model's judgement is told as one."""

from __future__ import annotations

from datetime import date

import pytest
from fakes import HashingEmbedder, prepare_lines
from scripted import scripted

from index.pipeline import open_library
from qa.answer.by_comparison import compared, read_judgement
from qa.chain import AnswerChain
from qa.find.expand import WordSimilarity
from qa.find.search import find_evidence
from qa.model.open import NONE, Model
from qa.question.read import outlets_named, read_question
from qa.settings import Settings

POST = "The bridge cost 40 million crowns."
TIMES = "The bridge was a bargain, the mayor said."
SEQUEL = "The bridge is closed again."
SAME = "Do the Harbour Post and Orme Times articles both say that the bridge cost millions?"


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reports")
    with open_library(tmp_path_factory.mktemp("library"), HashingEmbedder(), prepare=prepare_lines) as opened:
        for name, outlet, day, line in (
            ("a", "Harbour Post", "2023-10-07", POST),
            ("b", "Orme Times", "2023-10-09", TIMES),
            ("c", "Harbour Post", "2023-11-13", SEQUEL),
        ):
            path = folder / f"{name}.txt"
            path.write_text(f"Bridge {name}\n{line}", encoding="utf-8")
            opened.add([path], given={"outlet": outlet, "published": day})
        yield opened


def sides_of(library, question: str) -> set[str]:
    asked = read_question(question, date(2026, 11, 23))
    (evidence,) = find_evidence(library, WordSimilarity(library.embedder), Settings(), [asked])
    return {found.quote for found in compared(asked, evidence, outlets_named(question, library.outlets()))}


@pytest.mark.parametrize(
    ("question", "sides"),
    [
        (SAME, {POST, TIMES}),
        (
            "Between the Harbour Post report of October 7, 2023 and the one of November 13, 2023, "
            "was there a change in what it says of the bridge?",
            {POST, SEQUEL},
        ),
        ("Does the Harbour Post report that the bridge is closed?", set()),
        ("Did the bridge cost the same as the tunnel?", set()),
        ("Which bridge, in articles of both Harbour Post and Orme Times, is closed?", set()),
        ("Do the articles of Harbour Post and Orme Times agree or disagree about the bridge?", set()),
    ],
)
def test_only_a_yes_or_no_question_about_several_reports_has_sides(library, question, sides):
    assert sides_of(library, question) == sides


def test_each_side_is_quoted_and_the_judgement_is_told_as_unchecked(library):
    answer = AnswerChain(library, scripted(bridge=["No"]), Settings()).invoke(SAME)
    assert (answer.status, answer.judgement) == ("answered", "no")
    assert {claim.text for claim in answer.claims} == {POST, TIMES}
    assert {claim.citations[0].quote for claim in answer.claims} == {POST, TIMES}
    assert answer.text.startswith("No, as the model reads these sentences together (nothing checks that): ")


@pytest.mark.parametrize("model", [Model(NONE, None), scripted(bridge=["It depends on the [1] reading."])])
def test_without_a_judgement_the_sides_speak_for_themselves(library, model):
    answer = AnswerChain(library, model, Settings()).invoke(SAME)
    assert answer.judgement is None
    assert answer.text.startswith("The bridge")


@pytest.mark.parametrize(
    ("text", "judgement"), [("Yes", "yes"), (" no.", "no"), ("“No, it", "no"), ("Nothing says so", None), ("", None)]
)
def test_a_judgement_is_the_word_that_the_text_opens_with(text, judgement):
    assert read_judgement(text) == judgement
