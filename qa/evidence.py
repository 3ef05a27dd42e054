"""The few sentences that matter: chosen one by one from the passages found, under a budget.

A small model reads slowly and loses the answer among much text, so it is shown
sentences, not passages. Each is scored by what its words, its meaning, its
dates and its passage say about the question.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from index.records import Document, Span, TimeMention
from qa.question import Asked
from qa.records import Citation, Evidence, Hit
from qa.times import overlap, shown_date
from qa.words import content_stems, numbers_in, stem, words_of

CHARACTERS_PER_TOKEN = 4.2
"""Of English news prose with the tokenizer of Qwen 2.5; only a budget hangs on it."""
ALWAYS = 5
"""This many of the best are taken however long they are."""
NEAR_DUPLICATE = 0.8
"""Share of common stems from which two sentences count as one."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What each sign adds to a sentence's score; the signs themselves run from 0 to 1."""

    meaning: float = 1.0
    words: float = 0.9
    around: float = 0.35
    time: float = 0.25
    published: float = 0.15
    expected: float = 0.08
    fragment: float = -0.35
    rank: float = 0.15
    masthead: float = 0.6


@dataclass(frozen=True, slots=True)
class Lookup:
    """What was found for a question, and what is known of it."""

    vector: np.ndarray
    """The question's embedding, unit length."""
    hits: Sequence[Hit]
    sentence_vectors: Mapping[str, np.ndarray]
    """By passage_id, one row a sentence, unit length."""
    mentions: Mapping[str, Sequence[TimeMention]]
    """By doc_id, the document's time expressions."""
    rarity: Mapping[str, float]
    """Weight of each of the question's terms."""
    similar: Mapping[str, Mapping[str, float]]
    """For a term the library does not use, stems of words that it does, with their nearness from 0 to 1."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    hit: Hit
    span: Span
    quote: str
    stems: frozenset[str]
    mentions: tuple[TimeMention, ...]
    score: float
    coverage: float


def choose_evidence(
    asked: Asked,
    found: Lookup,
    *,
    sentences: int,
    tokens: int,
    first_number: int = 1,
    weights: Weights = Weights(),
) -> list[Evidence]:
    """The best sentences, best first and so numbered from 1; when the question names several times, one of each first.

    Args:
        sentences: How many at most.
        first_number: The marker of the best one.
        tokens: Their estimated tokens together, at most; the best few are always taken.
    """
    candidates = list(_candidates(asked, found, weights))
    candidates.sort(key=lambda each: (-each.score, each.hit.document.doc_id, each.span))
    candidates = _one_of_each_time_first(asked.times, candidates)
    chosen: list[_Candidate] = []
    spent = 0.0
    for candidate in candidates:
        if len(chosen) == sentences:
            break
        cost = len(candidate.quote) / CHARACTERS_PER_TOKEN
        if len(chosen) >= ALWAYS and spent + cost > tokens:
            continue
        if any(_same(candidate.stems, other.stems) for other in chosen):
            continue
        chosen.append(candidate)
        spent += cost
    return [_as_evidence(number, candidate) for number, candidate in enumerate(chosen, first_number)]


def cite(evidence: Evidence) -> Citation:
    """The evidence as a citation: nothing in it comes from a model."""
    document = evidence.document
    return Citation(
        number=evidence.number,
        doc_id=document.doc_id,
        uri=document.uri,
        title=document.title,
        outlet=document.outlet,
        author=document.author,
        published=document.published,
        page=evidence.passage.page,
        start=evidence.start,
        end=evidence.end,
        quote=evidence.quote,
    )


def rarity_of(asked: Asked, frequency: Mapping[str, int], passages: int) -> dict[str, float]:
    """Inverse document frequency of each term, ln(1 + N / (1 + df)); the words of one name share the weight of one.

    Otherwise "Min Aung Hlaing" counts three times as much as "invited", and who was asked about outweighs what.
    """
    shared: dict[str, int] = {}
    for name in asked.full_names:
        words = set(words_of(name))
        shared |= {word: max(len(words), shared.get(word, 1)) for word in words}
    return {term: math.log(1 + passages / (1 + frequency.get(term, 0))) / shared.get(term, 1) for term in asked.terms}


def _candidates(asked: Asked, found: Lookup, weights: Weights) -> Iterator[_Candidate]:
    wanted = [({stem(term): 1.0, **found.similar.get(term, {})}, found.rarity.get(term, 1.0)) for term in asked.terms]
    best_rank = max((hit.score for hit in found.hits), default=1.0)
    for hit in found.hits:
        document, passage = hit.document, hit.passage
        cosines = found.sentence_vectors[passage.passage_id] @ found.vector
        around = frozenset(content_stems(f"{passage.text} {document.title} {document.outlet or ''}"))
        for number, (start, end) in enumerate(passage.sentences):
            quote = document.text[start:end]
            stems = frozenset(content_stems(quote))
            if not stems:
                continue
            inside = tuple(m for m in found.mentions[document.doc_id] if start <= m.start and m.end <= end)
            coverage = _share(wanted, stems)
            score = (
                weights.meaning * float(cosines[number])
                + weights.words * coverage
                + weights.around * _share(wanted, around)
                + weights.rank * hit.score / best_rank
                + weights.time * _on_time(asked.times, inside)
                + weights.published * _published_then(asked.times, document)
                + weights.expected * _has_expected(asked, quote, inside)
                + (
                    weights.masthead * _is_masthead(quote, inside, document)
                    if asked.about_document
                    else weights.fragment * is_fragment(quote)
                )
            )
            yield _Candidate(hit, (start, end), quote, stems, inside, score, coverage)


def _one_of_each_time_first(times: Sequence[str], candidates: list[_Candidate]) -> list[_Candidate]:
    """For "in 2021, in March 2025 and in September": the best sentence of each time, then the others."""
    apart = [time for time in times if not any(overlap(time, other) for other in times if other != time)]
    if len(apart) < 2:
        return candidates
    first: list[_Candidate] = []
    for time in apart:
        fitting = (
            c
            for c in candidates
            if c not in first and (_published_then([time], c.hit.document) or _on_time([time], c.mentions))
        )
        first += list(islice(fitting, 1))
    return [*first, *(candidate for candidate in candidates if candidate not in first)]


def _share(wanted: Sequence[tuple[Mapping[str, float], float]], stems: frozenset[str]) -> float:
    """Share of the question's words held, each by its rarity; a near word counts by its nearness."""
    total = sum(weight for _, weight in wanted)
    held = sum(
        weight * max((near for word, near in words.items() if word in stems), default=0.0) for words, weight in wanted
    )
    return held / total if total else 0.0


def _on_time(times: Sequence[str], mentions: Sequence[TimeMention]) -> float:
    return float(any(overlap(time, mention.resolved) for time in times for mention in mentions))


def _published_then(times: Sequence[str], document: Document) -> float:
    published = document.published
    return float(published is not None and any(overlap(time, published.isoformat()) for time in times))


def _has_expected(asked: Asked, quote: str, mentions: Sequence[TimeMention]) -> float:
    if asked.expects in {"number", "amount", "age"}:
        return float(bool(numbers_in(quote)))
    return float(asked.expects == "time" and bool(mentions))


def is_fragment(quote: str) -> bool:
    """Whether this is a title, by-line, label or caption rather than a sentence."""
    return not re.search(r"[.!?…][\"'”’)\]]*$", quote) or len(quote.split()) < 4


def _is_masthead(quote: str, mentions: Sequence[TimeMention], document: Document) -> bool:
    """Whether this is where the document names its author, outlet or date: the proof of an answer about it."""
    published = document.published.isoformat() if document.published else None
    names = [name for name in (document.author, document.outlet) if name]
    return is_fragment(quote) and (
        any(name in quote for name in names) or any(m.resolved == published for m in mentions)
    )


def _same(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) >= NEAR_DUPLICATE * len(one | other)


def _as_evidence(number: int, candidate: _Candidate) -> Evidence:
    start, end = candidate.span
    return Evidence(
        number=number,
        document=candidate.hit.document,
        passage=candidate.hit.passage,
        start=start,
        end=end,
        quote=candidate.quote,
        shown=show(candidate.quote, start, candidate.mentions),
        mentions=candidate.mentions,
        score=candidate.score,
        coverage=candidate.coverage,
    )


def show(quote: str, start: int, mentions: Sequence[TimeMention]) -> str:
    """The quote on one line, each relative time followed by its calendar date: `on Sunday (20 June 2021)`."""
    pieces: list[str] = []
    position = 0
    for mention in mentions:
        pieces.append(quote[position : mention.end - start])
        position = mention.end - start
        if mention.anchored_to is not None:
            pieces.append(f" ({shown_date(mention.resolved)})")
    pieces.append(quote[position:])
    return " ".join(re.sub(r"\]\([^)]*\)|\[", "", "".join(pieces)).split())
