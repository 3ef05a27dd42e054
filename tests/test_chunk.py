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
         " ",          "Ünïcode 😀 stays.", "\r\n", "- a point", "Q: Who?", "1. One. Two.",
         "a: b; c: d", "He left at 5 p.m. on Jan. 3.", "word " * 30]
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


def sentences_of(text: str, words: int = 120) -> list[list[str]]:
    return [[text[a:b] for a, b in passage.sentences] for passage in split_document(document(text), words)]


def test_paragraphs_of_two_broken_lines_are_not_cut_in_them():
    first = "Its owner, Fergal Daly, must fill the pit by 30 September or pay a fine of\n25,000 euros a month."
    second = "The inspector who measured the blasts, Orla Keane, found them to be three\ntimes too strong."
    assert sentences_of(f"Quarry\n\n{first}\n\n{second}") == [["Quarry", first, second]]


def test_an_item_keeps_its_number_and_what_says_nothing_alone():
    items = ["1. Minutes of 6 February were agreed.", "2. Playground. AGREED to buy two swings for 300 euros. Carried."]
    assert sentences_of("\n\n".join(items)) == [items]
    assert sentences_of("- Pay the fee. It is 85 crowns this year.") == [
        ["- Pay the fee.", "It is 85 crowns this year."]
    ]


def test_a_list_stays_with_the_line_that_opens_it_or_is_known_by_it():
    before, opens = "The board met on Monday and spoke of many things. ", "Its members are:"
    items = [f"- Name{number} Surname, lawyer" for number in range(8)]
    text = before + opens + "\n\n" + "\n".join(items)
    assert sentences_of(text, 40) == [[before.strip()], [opens, *items]]
    cut = split_document(document(text), 20)
    assert [passage.headings for passage in cut] == [(), (opens,), (opens,)]


def test_a_short_turn_is_one_with_its_speaker_and_a_long_one_is_known_by_him():
    short = "MS RUIZ: I disagree. We should turn it into flats."
    assert sentences_of(f"MR HALE: Sell it.\n\n{short}") == [["MR HALE: Sell it.", short]]
    long = "MR HALE: " + "We have heard a great deal about the depot tonight. " * 9
    passages = split_document(document(f"{long}\n\n{short}"), 40)
    assert [passage.headings for passage in passages] == [(), ("MR HALE",), ("MR HALE",)]


def test_a_question_stays_with_its_answer():
    talk = [f"Q: Will the tunnel number {number} open this year?\nA: No. It will open in June." for number in range(4)]
    for passage in split_document(document("\n".join(talk)), 40):
        assert passage.text.startswith("Q: ") and passage.text.endswith("June.")


def test_a_row_of_a_table_is_not_cut():
    rows = ["Name: Dr. A. Orme; Said: No. Never again.", "Name: B. Lind; Said: Yes. At once."]
    assert sentences_of("\n".join(rows)) == [rows]
