"""Passages are exact slices of whole sentences that lose nothing."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.chunk import split_document, split_paragraphs, split_sentences
from index.load import load_document
from index.records import Document

SEEDS = sorted((Path(__file__).parent.parent / "seeds").glob("*.txt"))


def document(text: str) -> Document:
    return Document("d" * 16, "/d.txt", "T", None, None, None, None, text, "h")


texts = st.lists(
    st.sampled_from(
        ["The vote was held.", "“No,” he said.", "It was 3.5 percent, said Mr. A. Smith.", "A Heading", "\n", "\n\n",
         " ",          "Ünïcode 😀 stays.", "\r\n", "- a point", "He left at 5 p.m. on Jan. 3.", "word " * 30]
    ),
    max_size=25,
).map("".join)  # fmt: skip


@given(texts)
def test_passages_are_exact_slices_that_cover_the_text(text):
    passages = split_document(document(text), 40)
    assert all(text[p.start : p.end] == p.text for p in passages)
    spans = [span for p in passages for span in p.sentences]
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))
    assert "".join("".join(text[start:end].split()) for start, end in spans) == "".join(text.split())


@given(texts)
def test_a_passage_keeps_to_its_words_unless_one_sentence_has_more(text):
    for passage in split_document(document(text), 40):
        assert len(passage.text.split()) <= 40 or len(passage.sentences) == 1


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.name)
def test_the_seeds_are_cut_at_their_sentences(path):
    loaded = load_document(path)
    sentences = {loaded.text[s:e] for p in split_document(loaded, 120) for s, e in p.sentences}
    expected = {
        "000_bd20916481e473ef.txt": "Only one country, Belarus, voted against it.",
        "001_524c9b7424ae7178.txt": "Russia helps Myanmar maintain its army at a modern level.",
        "002_6e9632a256091697.txt": "The second trip to Russia was in May 2025.",
    }
    assert expected[path.name] in sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("It began at 10:30 p.m. Tuesday (8:30 a.m. ET) in Orme. It ended.", 2),
        ("It began at 10 p.m. on Tuesday.", 1),
        ("It began at 5 p.m. He left.", 2),
        ("It began at 5 p.m. On Sunday he left.", 2),
    ],
)
def test_an_hour_ends_a_sentence_only_where_a_new_one_begins(text, sentences):
    assert len(list(split_sentences(text, 0, len(text)))) == sentences


def test_a_heading_opens_a_passage_and_is_named_by_it():
    body = "The council met on Tuesday and approved the loan after a long debate about costs. It was cheap."
    passages = split_document(document(f"{body}\nWhat comes next\n{body}"), 120)
    assert [p.headings for p in passages] == [(), ("What comes next",)]


def test_lines_wrapped_by_hand_are_one_paragraph_and_other_lines_are_not():
    wrapped = "The council of Harrow met on Tuesday evening and after a long debate\n" * 3 + "approved it."
    assert len(list(split_paragraphs(wrapped))) == 1
    assert len(list(split_paragraphs("First point.\nSecond point.\nThird point."))) == 3
