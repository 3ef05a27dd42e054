"""The few sentences that matter: chosen one by one from the passages found, under a budget.

A small model reads slowly and loses the answer among much text, so it is shown
sentences, not passages: the fewer, the clearer the best stand out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from functools import partial
from itertools import islice

import numpy as np

from index.dates.times import overlap, shown_date, within
from index.records import Span, TimeMention
from qa import tuning
from qa.english.text import read
from qa.find.context import with_context
from qa.find.features import Lookup, Sentence, Signs, of_time, read_sentences, scores_of, sign_weights
from qa.guard.sanitize import neutral, without_links
from qa.question.read import Asked
from qa.records import Evidence

Ranked = tuple[Sentence, float]
"""A sentence and its share of the probability."""


def choose_evidence(
    asked: Asked,
    found: Lookup,
    *,
    sentences: int,
    tokens: int,
    first_number: int = 1,
    weights: Signs | None = None,
    surely: float = tuning.SURELY_AMONG,
) -> list[Evidence]:
    """The best sentences, best first and so numbered from 1; of several times or outlets that it names, one each first.

    One that opens with a word for something named before brings the sentences before along.

    Args:
        sentences: How many at most.
        tokens: Their estimated tokens together, at most; the best two are always taken.
        weights: What each sign adds; those of `qa.tuning` when None.
        surely: Share of the probability with which those chosen are enough.
        first_number: The marker of the best one.
    """
    ranked = rank_sentences(asked, found, weights)
    return choose_ranked(ranked, found, sentences=sentences, tokens=tokens, first_number=first_number, surely=surely)


def rank_sentences(asked: Asked, found: Lookup, weights: Signs | None = None) -> list[Ranked]:
    """Every sentence found, in the order in which they are chosen."""
    read = read_sentences(asked, found)
    scores = scores_of([sentence.signs for sentence in read], weights or sign_weights()) * found.signs_count
    scores += np.array([sentence.matched for sentence in read])
    shares = np.exp(scores - scores.max(initial=0.0))
    shares /= shares.sum() or 1.0
    order = sorted(range(len(read)), key=lambda at: (-scores[at], read[at].hit.document.doc_id, read[at].span))
    return _one_of_each_first(asked, found.outlets, [(read[at], float(shares[at])) for at in order])


def choose_ranked(
    ranked: Sequence[Ranked], found: Lookup, *, sentences: int, tokens: int, first_number: int, surely: float
) -> list[Evidence]:
    """The first of them, as `choose_evidence` says."""
    chosen: list[tuple[Sentence, float, Span]] = []
    spent = 0.0
    for sentence, share in ranked:
        always = len(chosen) < tuning.ALWAYS_CHOSEN
        enough = sum(other for _, other, _ in chosen) >= surely
        if len(chosen) == sentences or (enough and not always):
            break
        document = sentence.hit.document
        taken = [shown for other, _, shown in chosen if other.hit.document.doc_id == document.doc_id]
        if any(_same(sentence.stems, other.stems) for other, *_ in chosen) or _meets(sentence.span, taken):
            continue
        span = with_context(document.text, sentence.hit.passage, sentence.span)
        span = sentence.span if _meets(span, taken) else span
        cost = (span[1] - span[0]) / tuning.CHARACTERS_PER_TOKEN
        if not always and spent + cost > tokens:
            continue
        chosen.append((sentence, share, span))
        spent += cost
    return [_as_evidence(number, *one, found.mentions) for number, one in enumerate(chosen, first_number)]


def rarity_of(asked: Asked, frequency: Mapping[str, int], passages: int) -> dict[str, float]:
    """Inverse document frequency of each term, ln(1 + N / (1 + df)); the words of one name share the weight of one.

    Otherwise "Min Aung Hlaing" counts three times as much as "invited", and who was asked about outweighs what.
    """
    shared: dict[str, int] = {}
    for name in asked.full_names:
        words = read(name).vocabulary
        shared |= {word: max(len(words), shared.get(word, 1)) for word in words}
    return {term: math.log(1 + passages / (1 + frequency.get(term, 0))) / shared.get(term, 1) for term in asked.terms}


def _one_of_each_first(asked: Asked, outlets: Set[str], ordered: list[Ranked]) -> list[Ranked]:
    """For "in 2021, in March 2025 and in September", or "IANS and AFP": the best of each, then the others."""
    apart = [time for time in asked.times if not any(overlap(time, other) for other in asked.times if other != time)]
    sides: list[Callable[[Sentence], bool]] = []
    if len(apart) > 1:
        sides += [partial(of_time, time) for time in apart]
    if len(outlets) > 1:
        sides += [partial(_is_of_outlet, outlet) for outlet in sorted(outlets)]
    first: list[Ranked] = []
    for fits in sides:
        first += islice((one for one in ordered if one not in first and fits(one[0])), 1)
    return [*first, *(one for one in ordered if one not in first)]


def _is_of_outlet(outlet: str, sentence: Sentence) -> bool:
    return sentence.hit.document.outlet == outlet


def _same(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) >= tuning.NEAR_DUPLICATE * len(one | other)


def _meets(span: Span, others: Iterable[Span]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in others)


def _as_evidence(
    number: int, sentence: Sentence, share: float, span: Span, mentions: Mapping[str, Sequence[TimeMention]]
) -> Evidence:
    document = sentence.hit.document
    start, end = span
    quote = document.text[start:end]
    inside = within(mentions[document.doc_id], start, end)
    return Evidence(
        number=number,
        document=document,
        passage=sentence.hit.passage,
        start=start,
        end=end,
        quote=quote,
        shown=show(quote, start, inside),
        mentions=inside,
        share=share,
        nearness=sentence.signs.meaning,
        coverage=sentence.signs.words,
    )


def show(quote: str, start: int, mentions: Sequence[TimeMention]) -> str:
    """The quote on one line, neutral, each relative time with its calendar date behind it: `on Sunday (20 June 2021)`.

    See `qa.guard.sanitize` for what is not read; of a link only its text is.
    """
    pieces: list[str] = []
    position = 0
    for mention in mentions:
        pieces.append(quote[position : mention.end - start])
        position = mention.end - start
        if mention.anchored_to is not None:
            pieces.append(f" ({shown_date(mention.resolved)})")
    pieces.append(quote[position:])
    return neutral(without_links(neutral("".join(pieces))))
