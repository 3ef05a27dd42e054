"""Answers of a model that was trained on the task: it reads once, writes, and judges each sentence that it wrote."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace

import numpy as np

from qa import tuning
from qa.answer.answerer import Answering, Context
from qa.answer.attempts import without_repeats
from qa.answer.decision import Decision, decide
from qa.answer.extractive import best_beside, extract_claims
from qa.answer.fallback import withheld
from qa.answer.judging import check_judged
from qa.answer.reading import Reading, read_once
from qa.answer.tie import Drafted, cited_instead, read_draft, with_dates
from qa.check.verify import verdict_of
from qa.records import Claim, Declined, Event, Evidence


def by_reader(context: Context) -> Answering:
    """What the model writes, as far as it is proved; None of a model that was not trained on the task."""
    if not context.writer.model.trained or not context.evidence:
        return None
    return (yield from _decide(context))


def _decide(context: Context) -> Generator[Event, None, Decision]:
    problems: list[str] = []
    reading = yield from read_once(context, context.evidence, problems.append)
    drafted, wrong_markers = read_draft(reading.text, context.evidence)
    problems += wrong_markers
    claims = without_repeats([_claim(context, sentence, problems) for sentence in drafted])
    supported = [claim for claim in claims if claim.verdict == "supported"]
    shown, policy = supported, context.settings.unsupported
    if policy == "mark":
        shown = claims
    elif claims and not supported and (policy == "quote" or _is_likely(reading)):
        shown = extract_claims(context.asked, context.evidence)
        told = "No sentence of the model's bore checking; the nearest sentences of the documents are quoted."
        problems += [told] if shown else []
    problems += [withheld(claim) for claim in claims if claim not in shown]
    if supported:
        shown = [*shown, *best_beside(context.asked, supported, context.evidence)]
    otherwise: Declined = "unsupported" if claims else "unlikely" if reading.unlikely else "not_found"
    return replace(decide(shown, otherwise, problems), likelihood=reading.likelihood)


def _is_likely(reading: Reading) -> bool:
    return reading.likelihood is None or reading.likelihood >= tuning.QUOTED_FROM


def _claim(context: Context, drafted: Drafted, problems: list[str]) -> Claim:
    """The sentence, tied to what it points to, or where that does not bear it, to what does of all that was read."""
    claim = _checked(context, drafted.text, drafted.evidence, problems)
    for cited in _other_proofs(context, drafted) if claim.verdict != "supported" else ():
        moved = _checked(context, drafted.text, cited, problems)
        if moved.verdict == "supported":
            problems.append(cited_instead(drafted.evidence, cited))
            return moved
    return claim


def _other_proofs(context: Context, drafted: Drafted) -> Iterator[tuple[Evidence, ...]]:
    """The sentence nearest in meaning of those read that it does not point to: alone, then beside those it does."""
    others = [sentence for sentence in context.evidence if sentence not in drafted.evidence]
    if others:
        vectors = context.library.embedder.encode([drafted.text, *(sentence.shown for sentence in others)])
        nearest = others[int(np.argmax(vectors[1:] @ vectors[0]))]
        yield (nearest,)
        if drafted.evidence:
            yield (*drafted.evidence, nearest)


def _checked(context: Context, text: str, cited: Sequence[Evidence], problems: list[str]) -> Claim:
    """The sentence with what exact checks and the model's own judgement say of it."""
    parts = check_judged(context.writer, context.asked, text, cited, context.library.mentions, problems.append)
    reasons = tuple(part.reason for part in parts if part.verdict != "supported")
    citations = tuple(sentence.citation for sentence in cited)
    return Claim(with_dates(text, cited), citations, verdict_of(parts), reasons, parts)
