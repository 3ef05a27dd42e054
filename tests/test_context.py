"""A sentence that opens with "She" brings the one that says who."""

from __future__ import annotations

from datetime import date

import pytest
from fakes import prepare_lines

from index.chunk import split_document
from qa.english.pointing import points_back
from qa.find.choose import choose_evidence
from qa.find.context import with_context
from qa.find.features import Lookup
from qa.question.read import read_question
from qa.records import Hit

MAYOR, THANKS, PRAISE, RAIN = "Mayor Calder opened it.", "She thanked the band.", "She praised the cook.", "Rain fell."


@pytest.fixture
def hit(tmp_path) -> Hit:
    path = tmp_path / "bridge.txt"
    path.write_text(" ".join([MAYOR, THANKS, PRAISE, RAIN]), encoding="utf-8")
    document = prepare_lines(path).document
    (passage,) = split_document(document, 120)
    assert [document.text[slice(*span)] for span in passage.sentences] == [MAYOR, THANKS, PRAISE, RAIN]
    return Hit(passage, document, 1.0, {}, (0.1, 0.2, 0.3, 0.0))


@pytest.mark.parametrize(
    ("sentence", "does"),
    [
        ("He said so on Friday.", True),
        ("“They left,” he said.", True),
        ("But it failed.", True),
        ("The two met again.", True),
        ("That was in May.", True),
        ("It was Calder that left.", False),
        ("Heavy rain fell.", False),
        ("This bridge was opened in May.", False),
        ("Calder said that he left.", False),
    ],
)
def test_only_a_word_at_the_opening_points_back(sentence, does):
    assert points_back(sentence) is does


@pytest.mark.parametrize(
    ("at", "quote"),
    [(0, MAYOR), (1, f"{MAYOR} {THANKS}"), (2, f"{MAYOR} {THANKS} {PRAISE}"), (3, RAIN)],
)
def test_the_span_begins_where_the_name_stands(hit, at, quote):
    text = hit.document.text
    assert text[slice(*with_context(text, hit.passage, hit.passage.sentences[at]))] == quote


def chosen_for(hit: Hit, question: str, sentences: int, tokens: int = 200) -> list[str]:
    found = Lookup([hit], {hit.document.doc_id: ()}, {}, {})
    asked = read_question(question, date(2026, 11, 23))
    return [one.quote for one in choose_evidence(asked, found, sentences=sentences, tokens=tokens)]


def test_a_sentence_chosen_brings_what_it_points_back_to_and_nothing_is_shown_twice(hit):
    question = "Who praised the cook?"
    assert chosen_for(hit, question, 1) == [f"{MAYOR} {THANKS} {PRAISE}"]
    assert chosen_for(hit, question, 4) == [f"{MAYOR} {THANKS} {PRAISE}", RAIN]


def test_a_sentence_whose_forerunner_is_shown_already_stays_alone(hit):
    quotes = chosen_for(hit, "Did Mayor Calder open it?", 4)
    assert quotes[0] == MAYOR
    assert len(quotes) > 1
    assert not any(quote.startswith(MAYOR) for quote in quotes[1:])


def test_no_more_sentences_are_shown_than_fit_the_tokens_but_always_two(tmp_path):
    path = tmp_path / "guests.txt"
    path.write_text("\n".join(f"{name} came." for name in ("Anna", "Berta", "Clara", "Doris")), encoding="utf-8")
    prepared = prepare_lines(path)
    hits = [Hit(passage, prepared.document, 1.0, {}, (0.5,)) for passage in prepared.passages]
    found = Lookup(hits, {prepared.document.doc_id: ()}, {}, {})
    asked = read_question("Who came?", date(2026, 11, 23))
    # Of 10 or 11 characters, each is some 2.5 tokens.
    counts = [len(choose_evidence(asked, found, sentences=12, tokens=tokens)) for tokens in (1, 6, 8, 11)]
    assert counts == [2, 2, 3, 4]
