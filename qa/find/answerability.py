"""How likely the documents are to answer a question: the one decision whether to answer at all.

From how near the nearest sentence is to the question and, once the model has read
the evidence, from how inclined it is to say that the answer is not there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from qa import tuning
from qa.records import Evidence


def likelihood_of(evidence: Sequence[Evidence], declining: float | None = None, *, trained: bool = False) -> float:
    """Probability from 0 to 1 that the evidence answers the question; 0 without evidence.

    Before the model has read, as often as not among questions of which half are answered: a report on the right
    subject that leaves the one detail out looks like one that has it, and only reading tells the two apart.

    Args:
        declining: The model's probability that its reply is "NOT FOUND"; None before it has read, or when unknown.
        trained: Whether it was trained on the task: then its own inclination, set right, tells all.

    Source: Platt, "Probabilistic Outputs for Support Vector Machines" (1999), here of one cosine and one log-odds.
    """
    nearness = max((found.nearness for found in evidence), default=-math.inf)
    if declining is None:
        return _logistic(tuning.CURVE_SLOPE * (nearness - tuning.CURVE_MIDDLE))
    declining = min(max(declining, tuning.SUREST), 1 - tuning.SUREST)
    inclined = math.log(declining / (1 - declining))
    if trained:
        return _logistic(tuning.READER_OFFSET + tuning.READER_DECLINING * inclined)
    return _logistic(
        tuning.READ_OFFSET
        + tuning.READ_NEARNESS * min(nearness, tuning.NEAREST_COUNTED)
        + tuning.READ_DECLINING * inclined
    )


def is_hopeless(evidence: Sequence[Evidence], threshold: float, *, decides: bool) -> bool:
    """Whether it is of no use to ask the model.

    Args:
        threshold: The least probability under which a question is answered.
        decides: Whether the model will tell how inclined it is to decline; one that does not is judged by nearness.
    """
    return likelihood_of(evidence, 0.0) < threshold if decides else likelihood_of(evidence) < tuning.UNREAD * threshold


def _logistic(log_odds: float) -> float:
    return 1 / (1 + math.exp(min(-log_odds, 700.0)))


def likelihood_in_words(likelihood: float) -> str:
    """For a user: `likely to answer this`, `may answer this` or `unlikely to answer this`."""
    if likelihood >= tuning.LIKELY_ANSWERED:
        return "likely to answer this"
    return "may answer this" if likelihood >= tuning.MAY_BE_ANSWERED else "unlikely to answer this"
