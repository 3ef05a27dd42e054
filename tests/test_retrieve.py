"""Two searches in one ranking, and the signs by which a sentence is chosen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from fakes import HashingEmbedder, prepare_lines
from hypothesis import given
from hypothesis import strategies as st

from index.pipeline import open_library
from qa import tuning
from qa.find.expand import WordSimilarity
from qa.find.features import Signs, read_sentences, scores_of, sign_weights
from qa.find.retrieve import fuse, retrieve
from qa.find.search import look_up
from qa.question.read import outlets_named, read_question

NOTHING = Signs(*[0.0] * 10)


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reports")
    for lines in (
        ("Bridge", "The bridge was opened in May.", "A band played."),
        ("Tunnel", "The tunnel was opened in June.", "No band played."),
    ):
        (folder / f"{lines[0]}.txt").write_text("\n".join(lines), encoding="utf-8")
    with open_library(tmp_path_factory.mktemp("library"), HashingEmbedder(), prepare=prepare_lines) as opened:
        opened.add([folder / "Bridge.txt"], given={"outlet": "The Harbour Post"})
        opened.add([folder / "Tunnel.txt"], given={"outlet": "Orme Times"})
        yield opened


def found_for(library, question: str, k: int = 6):
    return retrieve(library, question, library.embedder.encode([question])[0], k)


def test_a_lexical_score_counts_as_a_share_of_the_best_one():
    fused = fuse({"a": 0.5, "b": 0.5, "c": 0.6}, {"a": 8.0, "b": 2.0})
    assert fused == pytest.approx({"a": 0.5 + tuning.LEXICAL_WEIGHT, "b": 0.5 + tuning.LEXICAL_WEIGHT / 4, "c": 0.6})


@given(st.dictionaries(st.text(max_size=2), st.floats(-1, 1)), st.dictionaries(st.text(max_size=2), st.floats(-9, 9)))
def test_every_passage_that_is_near_has_a_score_and_no_other(nearness, lexical):
    fused = fuse(nearness, lexical)
    assert fused.keys() == nearness.keys()
    assert all(nearness[one] <= score <= nearness[one] + tuning.LEXICAL_WEIGHT + 1e-9 for one, score in fused.items())


def test_a_hit_has_the_cosine_of_each_of_its_sentences(library):
    for hit in found_for(library, "What was opened in May?"):
        assert len(hit.cosines) == len(hit.passage.sentences)
        assert hit.score >= max(hit.cosines)


@pytest.mark.parametrize(
    ("question", "first"), [('"no band played"', "No band played."), ("“A band”?", "A band played.")]
)
def test_a_passage_that_holds_a_quoted_phrase_word_for_word_comes_first(library, question, first):
    assert found_for(library, f"What was opened where {question}")[0].passage.text == first


@pytest.mark.parametrize(("question", "first"), [("Orme Times", "Tunnel"), ("harbour post", "Bridge")])
def test_an_outlet_that_the_question_names_comes_first_and_the_others_stay(library, question, first):
    hits = found_for(library, f"What was opened, according to {question}?")
    assert hits[0].document.title == first
    assert {hit.document.title for hit in hits} == {"Bridge", "Tunnel"}


def test_a_named_outlet_is_searched_no_further_than_the_filter_goes(library):
    (bridge,) = library.outlets()["The Harbour Post"]
    question = "What was opened, according to Orme Times?"
    hits = retrieve(library, question, library.embedder.encode([question])[0], 6, [bridge])
    assert {hit.document.doc_id for hit in hits} == {bridge}


def test_nor_are_other_outlets_let_in_where_it_lies_within_the_filter(library):
    (tunnel,) = library.outlets()["Orme Times"]
    question = "What was opened, according to Orme Times?"
    hits = retrieve(library, question, library.embedder.encode([question])[0], 6, [tunnel])
    assert {hit.document.doc_id for hit in hits} == {tunnel}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("What did the moscow times write?", ["The Moscow Times"]),
        ("As The Age reported, who won?", ["The Age"]),
        ("At the age of five, how much time had he?", []),
        ("Did Time or IANS say so?", ["IANS", "Time"]),
        ("Did IANSA say so?", []),
    ],
)
def test_an_outlet_is_named_as_a_whole_and_words_that_are_also_outlets_are_not(text, named):
    assert sorted(outlets_named(text, ["The Moscow Times", "The Age", "Time", "IANS"])) == named


def test_each_sign_adds_its_weight():
    assert scores_of([NOTHING], sign_weights()).item() == 0
    assert scores_of([replace(NOTHING, meaning=0.5, fragment=1.0)], sign_weights()).item() == pytest.approx(
        0.5 * tuning.MEANING_SIGN + tuning.FRAGMENT_SIGN
    )


def test_a_sentence_has_the_signs_of_its_words_its_outlet_and_what_is_asked_for(library):
    asked = read_question("When was the tunnel opened, according to Orme Times?", date(2026, 1, 1))
    vector = library.embedder.encode([asked.text])[0]
    found = look_up(library, WordSimilarity(library.embedder), asked, vector)
    signs = {sentence.quote: sentence.signs for sentence in read_sentences(asked, found)}
    opened, band = signs["The tunnel was opened in June."], signs["No band played."]
    assert opened.words > band.words == 0
    assert (opened.outlet, band.outlet, signs["The bridge was opened in May."].outlet) == (1, 1, 0)
    assert signs["Tunnel"].fragment == 1 > opened.fragment
    assert max(signs.values(), key=lambda one: scores_of([one], sign_weights()).item()) == opened
