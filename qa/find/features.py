"""What a sentence's words, meaning, dates and passage say about a question, and how much each of that counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from index.dates.times import overlap, within
from index.records import Document, Span, TimeMention
from qa import tuning
from qa.english.form import AGE, is_masthead
from qa.english.text import Text, read_all
from qa.english.words import content_stems, stem
from qa.question.read import Asked
from qa.records import Hit


@dataclass(frozen=True, slots=True)
class Signs:
    """The signs of one sentence, each from 0 to 1, or what each of them adds to a score."""

    meaning: float
    """Cosine of the sentence, as it is meant in its passage, to the question."""
    words: float
    """Share of the question's words that it holds, each by its rarity."""
    around: float
    """The same of its passage with title and outlet."""
    time: float
    """Whether it speaks of a time that the question names."""
    published: float
    """Whether its document was published at such a time."""
    outlet: float
    """Whether the question names its document's outlet."""
    expected: float
    """Whether it holds a number or a time where one is asked for."""
    fragment: float
    """Whether it is a title, by-line, label or caption."""
    masthead: float
    """Whether it names the document's author, outlet or date, where the question is about the document."""
    rank: float
    """The score of its passage, as a share of the best one's."""


_values = attrgetter(*(field.name for field in fields(Signs)))


def sign_weights() -> Signs:
    """What each sign adds, in logits."""
    return Signs(
        meaning=tuning.MEANING_SIGN,
        words=tuning.WORDS_SIGN,
        around=tuning.AROUND_SIGN,
        time=tuning.TIME_SIGN,
        published=tuning.PUBLISHED_SIGN,
        outlet=tuning.OUTLET_SIGN,
        expected=tuning.EXPECTED_SIGN,
        fragment=tuning.FRAGMENT_SIGN,
        masthead=tuning.MASTHEAD_SIGN,
        rank=tuning.RANK_SIGN,
    )


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence found for a question."""

    hit: Hit
    span: Span
    quote: str
    stems: frozenset[str]
    mentions: tuple[TimeMention, ...]
    signs: Signs
    matched: float
    """Its score in `Lookup.matched`; 0 without one."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """What was found for a question, and what is known of it."""

    hits: Sequence[Hit]
    mentions: Mapping[str, Sequence[TimeMention]]
    """By doc_id, the document's time expressions."""
    rarity: Mapping[str, float]
    """Weight of each of the question's terms."""
    similar: Mapping[str, Mapping[str, float]]
    """For a term the library does not use, stems of words that it does, with their nearness from 0 to 1."""
    outlets: frozenset[str] = frozenset()
    """Those that the question names."""
    problems: tuple[str, ...] = ()
    """What was found and left out, in words for the user."""
    matched: Sequence[NDArray[np.float32]] | None = None
    """Of each hit how near each of its sentences is to the question token by token, in logits; None if not learned."""
    signs_count: float = 1.0
    """What the signs, in logits, count beside that."""


def scores_of(signs: Sequence[Signs], weights: Signs) -> np.ndarray:
    """For each sentence its signs, each by its weight, together: (n,)."""
    return np.array(list(map(_values, signs))) @ np.array(_values(weights)) if signs else np.empty(0)


def read_sentences(asked: Asked, found: Lookup) -> list[Sentence]:
    """Every sentence of the passages found that has a word of meaning, with its signs."""
    wanted = [({stem(term): 1.0, **found.similar.get(term, {})}, found.rarity.get(term, 1.0)) for term in asked.terms]
    best = max((hit.score for hit in found.hits), default=1.0) or 1.0
    numbers = asked.expects in {"number", "amount"}
    sentences: list[Sentence] = []
    matched = found.matched or [np.zeros(len(hit.passage.sentences), dtype=np.float32) for hit in found.hits]
    for hit, scores in zip(found.hits, matched, strict=True):
        document, passage = hit.document, hit.passage
        words = content_stems(f"{passage.text} {document.title} {document.outlet or ''}")
        around = share_held(wanted, frozenset(words))
        published = _published_then(asked.times, document)
        quotes = read_all([document.text[slice(*span)] for span in passage.sentences], numbers=numbers)
        every = zip(passage.sentences, quotes, hit.cosines, scores, strict=True)
        for (start, end), quote, cosine, score in every:
            if not quote.stems:
                continue
            inside = within(found.mentions[document.doc_id], start, end)
            signs = Signs(
                meaning=cosine,
                words=share_held(wanted, quote.stems),
                around=around,
                time=on_time(asked.times, inside),
                published=published,
                outlet=float(document.outlet in found.outlets),
                expected=_has_expected(asked, quote, inside),
                fragment=float(not asked.about_document and quote.is_fragment),
                masthead=float(asked.about_document and is_masthead(quote, inside, document)),
                rank=hit.score / best,
            )
            sentences.append(Sentence(hit, (start, end), quote, quote.stems, inside, signs, float(score)))
    return sentences


def share_held(wanted: Sequence[tuple[Mapping[str, float], float]], stems: frozenset[str]) -> float:
    """Share of the question's words held, each by its rarity; a near word counts by its nearness."""
    total = sum(weight for _, weight in wanted)
    held = sum(
        weight * max((near for word, near in words.items() if word in stems), default=0.0) for words, weight in wanted
    )
    return held / total if total else 0.0


def on_time(times: Sequence[str], mentions: Sequence[TimeMention]) -> float:
    """1 when a mention has a day in common with one of the times, else 0."""
    return float(any(overlap(time, mention.resolved) for time in times for mention in mentions))


def of_time(time: str, sentence: Sentence) -> bool:
    """Whether the sentence speaks of the time, or its document was published then."""
    return bool(_published_then([time], sentence.hit.document) or on_time([time], sentence.mentions))


def _published_then(times: Sequence[str], document: Document) -> float:
    published = document.published
    return float(published is not None and any(overlap(time, published.isoformat()) for time in times))


def _has_expected(asked: Asked, quote: Text, mentions: Sequence[TimeMention]) -> float:
    if asked.expects == "age":
        return float(bool(AGE.search(quote)))
    if asked.expects in {"number", "amount"}:
        return float(bool(quote.numbers))
    return float(asked.expects == "time" and bool(mentions))
