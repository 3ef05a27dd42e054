"""How likely the documents are to answer a question: the one decision whether to answer at all.

From how near the nearest sentence is to the question and, once the model has read
the evidence, from how inclined it is to say that the answer is not there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from qa.records import Evidence

SLOPE, MIDDLE = 8.1, 0.58
"""Of the logistic curve from the nearest sentence's cosine to the probability; by `python -m evals.fit.ranking`."""
OFFSET, NEARNESS, DECLINING = -3.22, 3.29, -0.42
"""Of the curve once the model has read: from the cosine, at most `NEAR`, and from the log-odds of its declining; fitted
by `python -m evals.fit.decision`."""
NEAR = 0.7
"""Nearer than this, a sentence on the right subject looks like one with the answer, and nearness tells nothing more."""
UNREAD = 0.6
"""Before the model has read, less of the threshold is asked: nearness alone tells less."""
LIKELY = 0.75
"""From this likelihood on the documents are said to be likely to answer."""
SURE = 0.003
"""The model's own probability is taken to be no nearer to 0 and 1: it is surer than it is right."""


def likelihood_of(evidence: Sequence[Evidence], declining: float | None = None) -> float:
    """Probability from 0 to 1 that the evidence answers the question; 0 without evidence.

    Before the model has read, as often as not among questions of which half are answered: a report on the right
    subject that leaves the one detail out looks like one that has it, and only reading tells the two apart.

    Args:
        declining: The model's probability that its reply is "NOT FOUND"; None before it has read, or when unknown.

    Source: Platt, "Probabilistic Outputs for Support Vector Machines" (1999), here of one cosine and one log-odds.
    """
    nearness = max((found.nearness for found in evidence), default=-math.inf)
    if declining is None:
        return _logistic(SLOPE * (nearness - MIDDLE))
    declining = min(max(declining, SURE), 1 - SURE)
    return _logistic(OFFSET + NEARNESS * min(nearness, NEAR) + DECLINING * math.log(declining / (1 - declining)))


def is_hopeless(evidence: Sequence[Evidence], threshold: float, *, decides: bool) -> bool:
    """Whether it is of no use to ask the model.

    Args:
        threshold: The least probability under which a question is answered.
        decides: Whether the model will tell how inclined it is to decline; one that does not is judged by nearness.
    """
    return likelihood_of(evidence, 0.0) < threshold if decides else likelihood_of(evidence) < UNREAD * threshold


def _logistic(log_odds: float) -> float:
    return 1 / (1 + math.exp(min(-log_odds, 700.0)))


def likelihood_in_words(likelihood: float) -> str:
    """For a user: `likely to answer this`, `may answer this` or `unlikely to answer this`."""
    if likelihood >= LIKELY:
        return "likely to answer this"
    return "may answer this" if likelihood >= 0.35 else "unlikely to answer this"
