"""Words, stems and numbers."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from string import ascii_lowercase

import pytest
from hypothesis import given
from hypothesis import strategies as st
from snowballstemmer import stemmer

from qa.english.text import read
from qa.english.words import content_stems, is_akin, stem, words_of


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("at least 870 civilians", {"870"}),
        ("eight hundred and seventy civilians", {"870"}),
        ("1,200.50 roubles", {"1200.5"}),
        ("the 80th anniversary", {"80"}),
        ("the fourth trip", {"4"}),
        ("a five-point plan of a 10-country bloc", {"5", "10"}),
        ("twenty-one to six", {"21", "6"}),
        ("three million", {"3000000"}),
        ("one of them said so", set()),
        ("no number at all", set()),
    ],
)
def test_numbers_are_the_same_in_digits_and_in_words(text, numbers):
    assert read(text).numbers == numbers


@given(st.integers(min_value=2, max_value=999_999))
def test_a_number_is_found_with_and_without_its_commas(number):
    assert read(f"It cost {number:,} in all.").numbers == read(f"It cost {number} in all.").numbers == {str(number)}


def test_a_possessive_is_its_word():
    assert words_of("Myanmar's and Myanmar’s") == ["myanmar", "and", "myanmar"]


def test_inflected_words_share_their_stem_and_empty_words_have_none():
    assert content_stems("He invited the generals") == content_stems("inviting a general")


@pytest.mark.parametrize(
    ("word", "other", "akin"),
    [
        ("russia", "russian", True),
        ("belarusian", "belarus", True),
        ("germany", "german", True),
        ("vladivostok", "vladimir", False),
        ("orme", "ormond", False),
        ("calder", "calder", True),
    ],
)
def test_a_name_is_akin_to_its_adjective_and_not_to_another_name_that_begins_alike(word, other, akin):
    assert is_akin(word, [stem(other)]) is akin


def test_stems_are_right_when_several_threads_ask_at_once():
    words = [f"{first}{middle}{last}" for first in ("accus", "relat", "nation", "defin") for middle in ascii_lowercase
             for last in ("ations", "ingly", "alities", "edness", "s")]  # fmt: skip
    alone = [stemmer("english").stemWord(word) for word in words]
    stem.cache_clear()
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # threads take turns within a word
    try:
        with ThreadPoolExecutor(8) as pool:
            together = [*pool.map(lambda _: [stem(word) for word in words], range(8))]
    finally:
        sys.setswitchinterval(before)
    assert all(stems == alone for stems in together)
