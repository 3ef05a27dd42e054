"""How much each word of a question counts in choosing sentences."""

from __future__ import annotations

from datetime import date

import pytest

from qa.find.choose import rarity_of
from qa.question.read import read_question

TODAY = date(2026, 11, 22)


def weights(text: str) -> dict[str, float]:
    return rarity_of(read_question(text, TODAY), {}, 10)


def test_the_words_of_a_name_weigh_as_one_word_together():
    found = weights("Who invited Ada Brook Calder?")
    assert found["ada"] + found["brook"] + found["calder"] == pytest.approx(found["invited"])


def test_a_name_given_twice_in_two_lengths_is_not_divided_twice():
    found = weights("Did Calder invite those whom Ada Brook Calder knows?")
    assert found["calder"] == found["ada"] == pytest.approx(found["invite"] / 3)
