"""Words that the library does not use stand for near ones that it does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.embed import open_embedder
from qa.find.expand import WordSimilarity
from qa.settings import Settings


class Pairs:
    """Embeds words so that "ballot" and "vote" are near, and everything else is apart."""

    name, dimension = "pairs", 3

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode(self, texts):
        self.encoded += texts
        known = {"ballot": (0.8, 0.6, 0.0), "vote": (1.0, 0.0, 0.0), "voted": (1.0, 0.0, 0.0)}
        return np.array([known.get(text, (0.0, 0.0, 1.0)) for text in texts], dtype=np.float32)


def test_a_near_word_is_found_by_its_stem_with_its_cosine():
    found = WordSimilarity(Pairs()).near(["ballot"], ["vote", "voted", "river"])
    assert found == {"ballot": {"vote": pytest.approx(0.8)}}


def test_a_term_without_a_near_word_has_none():
    assert WordSimilarity(Pairs()).near(["ballot"], ["river"]) == {"ballot": {}}
    assert WordSimilarity(Pairs()).near(["ballot"], []) == {"ballot": {}}
    assert WordSimilarity(Pairs()).near([], ["vote"]) == {}


def test_each_word_is_embedded_once():
    embedder = Pairs()
    similarity = WordSimilarity(embedder)
    similarity.near(["ballot"], ["vote", "river"])
    similarity.near(["ballot"], ["river", "vote"])
    assert sorted(embedder.encoded) == ["ballot", "river", "vote"]


def test_numbers_and_words_of_two_letters_are_near_to_nothing():
    embedder = Pairs()
    WordSimilarity(embedder).near(["ballot"], ["vote", "no", "2021", "covid-19"])
    assert sorted(embedder.encoded) == ["ballot", "vote"]


@pytest.mark.model
@pytest.mark.parametrize(("term", "word"), [("ballot", "vote"), ("soldiers", "army"), ("burmese", "myanmar")])
def test_the_real_embeddings_know_words_of_one_meaning(term, word):
    settings = Settings()
    embedder = open_embedder(settings.embedder, Path(settings.cache), settings.weights)
    assert WordSimilarity(embedder).near([term], [word, "refinery"])[term]
    assert not WordSimilarity(embedder).near([term], ["refinery"])[term]
