"""The evidence for each part of a question: from a search to the few sentences that matter."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

import numpy as np
from numpy.typing import NDArray

from index.late import LateInteraction, introduce
from index.pipeline import Library
from index.records import Document
from qa import tuning
from qa.english.words import without_words, words_of
from qa.find.choose import choose_ranked, rank_sentences, rarity_of
from qa.find.expand import WordSimilarity
from qa.find.features import Lookup
from qa.find.retrieve import retrieve
from qa.guard.injection import without_commands
from qa.question.read import Asked, outlets_named
from qa.records import Evidence, Hit
from qa.settings import Settings


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for one part of a question."""

    evidence: list[Evidence]
    """What is read for the answer, best first."""
    others: list[Evidence]
    """Of the sentences that are not read the best ones, best first."""


def find_evidence(
    library: Library,
    similarity: WordSimilarity,
    settings: Settings,
    parts: Sequence[Asked],
    doc_ids: Sequence[str] | None = None,
    on_problem: Callable[[str], object] = str,
) -> list[list[Evidence]]:
    """The evidence for each part of a question, best first, the markers numbered through; from `doc_ids` or all.

    Args:
        on_problem: Told what was found and left out, in words for the user.
    """
    return [found.evidence for found in find(library, similarity, settings, parts, doc_ids, on_problem)]


def find(
    library: Library,
    similarity: WordSimilarity,
    settings: Settings,
    parts: Sequence[Asked],
    doc_ids: Sequence[str] | None = None,
    on_problem: Callable[[str], object] = str,
) -> list[Found]:
    """The evidence as `find_evidence` gives it, and beside it what is not read."""
    vectors = library.embedder.encode([asked.text for asked in parts])
    every: list[Found] = []
    number = 1
    for asked, vector in zip(parts, vectors, strict=True):
        found = look_up(library, similarity, asked, vector, doc_ids)
        for problem in found.problems:
            on_problem(problem)
        of_part = _choose(asked, found, settings, number)
        number += len(of_part.evidence)
        every.append(of_part)
    return every


def _choose(asked: Asked, found: Lookup, settings: Settings, first_number: int) -> Found:
    ranked = rank_sentences(asked, found)
    chosen = choose_ranked(
        ranked,
        found,
        sentences=settings.evidence_sentences,
        tokens=settings.evidence_tokens,
        first_number=first_number,
        surely=tuning.SURELY_AMONG,
    )
    most = len(chosen) + tuning.COMPARED_SENTENCES
    more = choose_ranked(ranked, found, sentences=most, tokens=sys.maxsize, first_number=first_number, surely=math.inf)
    read = {(sentence.document.doc_id, sentence.start) for sentence in chosen}
    others = (sentence for sentence in more if (sentence.document.doc_id, sentence.start) not in read)
    numbered = [replace(sentence, number=at) for at, sentence in enumerate(others, first_number + len(chosen))]
    return Found(newest_first(chosen) if asked.latest else chosen, numbered)


def newest_first(evidence: Sequence[Evidence]) -> list[Evidence]:
    """The sentences about what is asked by their report's date, the newest first; the others after them."""
    enough = tuning.NEWEST_ABOUT * max((found.coverage for found in evidence), default=0.0)
    return sorted(
        evidence,
        key=lambda found: (found.coverage < enough, -(found.document.published or date.min).toordinal()),
    )


def look_up(
    library: Library, similarity: WordSimilarity, asked: Asked, vector: np.ndarray, doc_ids: Sequence[str] | None = None
) -> Lookup:
    """What the library holds on one question, whose embedding is `vector`."""
    retrieved = retrieve(library, asked.text, vector, tuning.PASSAGES_READ, doc_ids)
    hits, problems = without_commands(retrieved, partial(without_words, asked.text.stems))
    frequency = library.document_frequency(asked.terms, doc_ids)
    long = (term for term in asked.terms if len(term) >= tuning.NEAR_WORD_LETTERS and term.isalpha())
    unused = [term for term in long if not frequency.get(term)]
    late = library.embedder.late
    return Lookup(
        hits,
        {hit.document.doc_id: library.mentions(hit.document.doc_id) for hit in hits},
        rarity_of(asked, frequency, library.count_passages(doc_ids)),
        similarity.near(unused, [word for hit in hits for word in words_of(hit.passage.text)]) if unused else {},
        frozenset(outlets_named(asked.text, library.outlets())),
        tuple(problems),
        match(late, asked.text, hits) if late else None,
        late.others if late else 1.0,
    )


def match(late: LateInteraction, question: str, hits: Sequence[Hit]) -> list[NDArray[np.float32]]:
    """Of each hit how near each of its sentences is to the question, read within its passage, in logits."""
    heads = [introduction_of(hit.document) for hit in hits]
    texts = [head + hit.passage.text for head, hit in zip(heads, hits, strict=True)]
    spans = [
        [(start - hit.passage.start + len(head), end - hit.passage.start + len(head)) for start, end in of_hit]
        for head, hit, of_hit in zip(heads, hits, (hit.passage.sentences for hit in hits), strict=True)
    ]
    return late.score(question, texts, spans)


def introduction_of(document: Document) -> str:
    """What is read before a passage of it."""
    published = document.published.isoformat() if document.published else None
    return introduce(document.title, document.outlet, published)
