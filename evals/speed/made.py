"""A record of passages in any number, and questions to its search: real sentences, their vectors with some noise."""

from __future__ import annotations

import random
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from evals.speed.passages import compose, composed_vectors, cut, first_passages
from evals.speed.texts import read_public
from index.embed import open_embedder
from index.record import Embedding, Record
from qa.question.terms import search_terms
from qa.settings import Settings

NOISE = 0.02
"""Standard deviation added to each number of a vector, which is 0.05 on average."""
REUSED = 10
"""How often a real sentence is used, about."""


class Asked(NamedTuple):
    """A question: its vector and its words."""

    vector: NDArray[np.float32]
    terms: tuple[str, ...]


def write_record(folder: Path, texts: Path, count: int, seed: int, settings: Settings) -> Record:
    """A record of `count` passages, open. Raises a UserFacingError when the texts are too few for so many."""
    embedder = open_embedder(settings.embedder, settings.cache, settings.weights)
    real = [*first_passages(cut(read_public(texts).texts, settings.passage_words), max(200, count // REUSED))]
    sentences = [
        each.document.text[start:end] for each in real for one in each.passages for start, end in one.sentences
    ]
    vectors, chance = embedder.encode(sentences), np.random.default_rng(seed)
    record, embedding = Record(folder), Embedding(embedder.name, embedder.dimension)
    for composed in compose(real, count, seed, settings.passage_words):
        made = composed_vectors(composed, vectors)
        passages = made.passages + chance.normal(scale=NOISE, size=made.passages.shape).astype(np.float32)
        passages /= np.linalg.norm(passages, axis=1, keepdims=True)
        record.put(composed.prepared, passages, made.sentences, embedding)
    return record


def questions(record: Record, count: int, seed: int) -> list[Asked]:
    """The vector of a passage with noise, and six of its words."""
    chance, noise = random.Random(seed), np.random.default_rng(seed)
    asked = []
    for passage in record.passages(chance.sample(sorted(record.stamps()), count)):
        vector = record.vectors([passage.passage_id])[1][0]
        vector = vector + noise.normal(scale=NOISE, size=vector.shape).astype(np.float32)
        terms = search_terms(passage.text)
        asked.append(Asked(vector / np.linalg.norm(vector), tuple(chance.sample(terms, min(6, len(terms))))))
    return asked
