"""Answers that the model writes from a few sentences, each of its own checked; read again without what misled."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from qa import tuning
from qa.answer.answerer import Answering, Context
from qa.answer.attempts import first_reading, next_reading, without_repeats
from qa.answer.decision import Decision
from qa.answer.extractive import best_beside
from qa.answer.fallback import Settled, settle_alone, settle_beside, withheld
from qa.answer.reading import read_once
from qa.answer.tie import read_draft, tie
from qa.records import Claim, Declined, Event, Evidence


def by_model(context: Context) -> Answering:
    """What the model answers, in steps until a sentence bears checking; None without a model."""
    return (yield from _Reading(context).decide()) if context.writer.model.chat is not None else None


class _Reading:
    """The model's readings for one part of a question."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.likelihood = context.likelihood
        self.problems: list[str] = []
        self.declined: Declined = "not_found"

    def decide(self) -> Generator[Event, None, Decision]:
        asked, evidence, policy = self.context.asked, self.context.evidence, self.context.settings.unsupported
        failed: list[Claim] = []
        sentences = first_reading(asked, evidence)
        for _ in range(tuning.READINGS):
            if not sentences:
                break
            text = yield from self._read(sentences)
            claims = without_repeats(self._tie(text, sentences))
            if supported := [claim for claim in claims if claim.verdict == "supported"]:
                answer = self._settle(settle_beside(policy, claims), failed)
                return self._decision([*answer, *best_beside(asked, supported, evidence)])
            failed += claims
            sentences = next_reading(evidence, claims)
        failed = without_repeats(failed)
        self.declined = "unsupported" if failed else self.declined
        return self._decision(
            self._settle(settle_alone(policy, asked, evidence, failed, likelihood=self.likelihood), failed)
        )

    def _read(self, sentences: Sequence[Evidence]) -> Generator[Event, None, str]:
        reading = yield from read_once(self.context, sentences, self.problems.append)
        self.likelihood = self.likelihood if reading.likelihood is None else reading.likelihood
        self.declined = "unlikely" if reading.unlikely else self.declined
        return reading.text

    def _tie(self, text: str, sentences: Sequence[Evidence]) -> list[Claim]:
        drafted, problems = read_draft(text, sentences)
        self.problems += problems
        claims: list[Claim] = []
        for sentence in drafted:
            claim, repair = tie(self.context.asked, sentence, sentences, self.context.evidence)
            claims.append(claim)
            self.problems += [repair] if repair else []
        return claims

    def _settle(self, settled: Settled, failed: Sequence[Claim]) -> list[Claim]:
        """What is answered; what failed is told where it is not shown among it."""
        self.problems += [withheld(claim) for claim in failed if claim not in settled.claims]
        self.problems += settled.problems
        return list(settled.claims)

    def _decision(self, claims: Sequence[Claim]) -> Decision:
        answered = any(claim.verdict == "supported" for claim in claims)
        declined = None if answered else self.declined
        return Decision(tuple(claims), declined, tuple(self.problems), likelihood=self.likelihood)
