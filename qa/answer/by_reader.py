"""Answers of a model that was trained on the task: it reads once, writes, and judges each sentence that it wrote."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace

from index.dates import find_mentions
from index.dates.times import overlap
from qa import tuning
from qa.answer.answerer import Answering, Context
from qa.answer.attempts import without_repeats
from qa.answer.decision import Decision
from qa.answer.fallback import withheld
from qa.answer.tie import Drafted, read_draft, with_dates
from qa.check.verify import check_parts, verdict_of
from qa.english.words import words_of
from qa.find.answerability import likelihood_read
from qa.model.prompt import (
    NOT_FOUND,
    YES_OR_NO,
    build_grammar,
    build_judging_prompt,
    build_trained_prompt,
    declining,
)
from qa.question.read import Asked
from qa.records import Claim, Declined, Event, Evidence, Part, Piece, marked


def by_reader(context: Context) -> Answering:
    """What the model writes, as far as it is proved; None of a model that was not trained on the task."""
    if not context.writer.model.trained or not context.evidence:
        return None
    return (yield from _Reading(context).decide())


def read_parts(text: str, cited: Sequence[Evidence], asked: Asked) -> list[Part]:
    """What exact checks say of a sentence, read as the cited report would be: its "she" and "that day" are known there.

    So a name or a time may also stand elsewhere in the report or in the question, and a "not" of which the sentences
    say nothing is left to the model's judgement, as other words are.
    """
    parts = (part for part in check_parts(text, cited, asked.text) if part.kind != "words")
    return [replace(part, verdict="supported", reason="") if _is_known(part, cited, asked) else part for part in parts]


def _is_known(part: Part, cited: Sequence[Evidence], asked: Asked) -> bool:
    if part.verdict != "unsupported":
        return False
    documents = [sentence.document for sentence in cited]
    if part.kind == "name":
        told = " ".join([asked.text, *(f"{one.title} {one.outlet} {one.author} {one.text}" for one in documents)])
        return set(words_of(part.words)) <= set(words_of(told))
    if part.kind == "date":
        days = [one.published for one in documents]
        times = [*asked.times, *(day.isoformat() for day in days if day)]
        times += [m.resolved for one in documents for m in find_mentions(one.text, one.published)]
        return all(
            any(overlap(mention.resolved, time) for time in times)
            for mention in find_mentions(part.words, next(filter(None, days), None))
        )
    return part.kind == "negation"


class _Reading:
    """The model's one reading for one part of a question."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.likelihood = context.likelihood
        self.problems: list[str] = []
        self.declined: Declined = "not_found"

    def decide(self) -> Generator[Event, None, Decision]:
        context = self.context
        context.writer.attempt += 1
        if context.before:
            yield Piece("".join(f"{marked(claim)} " for claim in context.before), context.writer.attempt)
        text = yield from self._read()
        drafted, problems = read_draft(text, context.evidence)
        self.problems += problems
        claims = without_repeats([self._claim(sentence) for sentence in drafted])
        supported = [claim for claim in claims if claim.verdict == "supported"]
        if claims and not supported:
            self.declined = "unsupported"
        shown = claims if context.settings.unsupported == "mark" else supported
        self.problems += [withheld(claim) for claim in claims if claim not in shown]
        return Decision(
            tuple(shown),
            None if supported else self.declined,
            tuple(self.problems),
            likelihood=self.likelihood,
        )

    def _read(self) -> Generator[Event, None, str]:
        """What the model writes, once its first token has told whether the sentences answer the question."""
        context, writer = self.context, self.context.writer
        prompt = build_trained_prompt(context.asked, context.evidence)
        numbers = [sentence.number for sentence in context.evidence]
        asks_again = False

        def on_first(probabilities: Mapping[str, float], piece: str) -> bool:
            nonlocal asks_again
            self.likelihood = likelihood_read(context.evidence, declining(probabilities))
            answers = self.likelihood >= context.settings.min_likelihood
            asks_again = answers and NOT_FOUND.startswith(piece.strip())
            return answers and not asks_again

        text = yield from writer.write(prompt, build_grammar(numbers), self.problems.append, on_first)
        if asks_again:
            return (yield from writer.write(prompt, build_grammar(numbers, may_decline=False), self.problems.append))
        if self.likelihood < context.settings.min_likelihood:
            self.declined = "unlikely"
            self.problems.append(f"The passages found are too unlikely to answer {context.asked.text!r}.")
        return text

    def _claim(self, drafted: Drafted) -> Claim:
        """The sentence with what exact checks and the model's own judgement say of it."""
        text = with_dates(drafted.text, drafted.evidence)
        parts = read_parts(text, drafted.evidence, self.context.asked)
        if drafted.evidence and (proved := self._proved(drafted)) < tuning.PROVED:
            reason = f"It is unlikely to follow from what it cites ({proved:.0%})."
            parts.append(Part("words", "", "unsupported", reason))
        reasons = tuple(part.reason for part in parts if part.verdict != "supported")
        citations = tuple(sentence.citation for sentence in drafted.evidence)
        return Claim(text, citations, verdict_of(parts), reasons, tuple(parts))

    def _proved(self, drafted: Drafted) -> float:
        """The model's probability that a sentence follows from what it cites, from 0 to 1; 1 where it tells none."""
        told: dict[str, float] = {}

        def on_first(probabilities: Mapping[str, float], piece: str) -> bool:
            told.update(probabilities)
            return False

        markers = "".join(f"[{sentence.number}]" for sentence in drafted.evidence)
        claim = f"{drafted.text.rstrip('.')} {markers}."
        prompt = build_judging_prompt(self.context.asked, self.context.evidence, claim)
        for _ in self.context.writer.write(prompt, YES_OR_NO, self.problems.append, on_first):
            pass
        yes, no = told.get("Yes", 0.0), told.get("No", 0.0)
        return yes / (yes + no) if yes + no else 1.0
