"""Answers of a model that was trained on the task: it reads once, writes, and judges each sentence that it wrote."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import replace

from index.dates import find_mentions
from index.dates.times import covers
from index.records import TimeMention
from qa import tuning
from qa.answer.answerer import Answering, Context
from qa.answer.attempts import without_repeats
from qa.answer.decision import Decision, decide
from qa.answer.extractive import best_beside, extract_claims
from qa.answer.fallback import withheld
from qa.answer.reading import read_once
from qa.answer.tie import Drafted, read_draft, with_dates
from qa.check.verify import check_parts, verdict_of
from qa.english.words import words_of
from qa.model.prompt import YES_OR_NO, build_judging_prompt
from qa.question.comparison import read_judgement
from qa.question.read import Asked
from qa.records import Claim, Declined, Event, Evidence, Part

Mentions = Callable[[str], Sequence[TimeMention]]
"""The times that a document names, given its doc_id."""


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
    elif policy == "quote" and claims and not supported:
        shown = extract_claims(context.asked, context.evidence)
        problems.append("No sentence of the model's bore checking; the nearest sentences of the documents are quoted.")
    problems += [withheld(claim) for claim in claims if claim not in shown]
    if supported:
        shown = [*shown, *best_beside(context.asked, supported, context.evidence)]
    otherwise: Declined = "unsupported" if claims else "unlikely" if reading.unlikely else "not_found"
    return replace(decide(shown, otherwise, problems), likelihood=reading.likelihood)


def read_parts(text: str, cited: Sequence[Evidence], asked: Asked, mentions: Mentions) -> list[Part]:
    """What exact checks say of a sentence, read as the cited report would be: its "she" and "that day" are known there.

    So a name or a time may also stand elsewhere in the report or in the question, and a "not" of which the sentences
    say nothing is left to the model's judgement, as other words are.
    """
    parts = (part for part in check_parts(text, cited, asked.text) if part.kind != "words")
    return [
        replace(part, verdict="supported", reason="") if _is_known(part, cited, asked, mentions) else part
        for part in parts
    ]


def _is_known(part: Part, cited: Sequence[Evidence], asked: Asked, mentions: Mentions) -> bool:
    if part.verdict != "unsupported":
        return False
    if part.kind == "name":
        documents = (sentence.document for sentence in cited)
        texts = [asked.text, *(text for one in documents for text in (one.title, one.outlet, one.author, one.text))]
        return set(words_of(part.words)) <= set(words_of(" ".join(filter(None, texts))))
    return _is_told(part, cited, asked, mentions) if part.kind == "date" else part.kind == "negation"


def _is_told(part: Part, cited: Sequence[Evidence], asked: Asked, mentions: Mentions) -> bool:
    """Whether a day within the part's time is named in the report or the question, or is that of the report."""
    days = [sentence.document.published for sentence in cited if sentence.document.published]
    told = [*asked.times, *(day.isoformat() for day in days)]
    told += [mention.resolved for sentence in cited for mention in mentions(sentence.document.doc_id)]
    times = [mention.resolved for mention in find_mentions(part.words, next(iter(days), None))]
    return bool(times) and all(any(covers(time, one) for one in told) for time in times)


def _claim(context: Context, drafted: Drafted, problems: list[str]) -> Claim:
    """The sentence with what exact checks and the model's own judgement say of it."""
    text = with_dates(drafted.text, drafted.evidence)
    parts = read_parts(text, drafted.evidence, context.asked, context.library.mentions)
    if drafted.evidence and (proved := _proved(context, drafted, problems)) < tuning.PROVED:
        reason = f"It is unlikely to follow from what it cites ({proved:.0%})."
        parts.append(Part("words", "", "unsupported", reason))
    reasons = tuple(part.reason for part in parts if part.verdict != "supported")
    citations = tuple(sentence.citation for sentence in drafted.evidence)
    return Claim(text, citations, verdict_of(parts), reasons, tuple(parts))


def _proved(context: Context, drafted: Drafted, problems: list[str]) -> float:
    """The model's probability that a sentence follows from what it cites; of one that tells none, its Yes or No."""
    told: dict[str, float] = {}

    def on_first(probabilities: Mapping[str, float], piece: str) -> bool:
        told.update({word: probabilities.get(word, 0.0) for word in ("Yes", "No")})
        return not any(told.values())

    markers = "".join(f"[{sentence.number}]" for sentence in drafted.evidence)
    claim = f"{drafted.text.rstrip('.')} {markers}."
    prompt = build_judging_prompt(context.asked, context.evidence, claim)
    # Its pieces are no part of the answer.
    written = "".join(piece.text for piece in context.writer.write(prompt, YES_OR_NO, problems.append, on_first))
    if any(told.values()):
        return told["Yes"] / (told["Yes"] + told["No"])
    return float(read_judgement(written) == "yes")
