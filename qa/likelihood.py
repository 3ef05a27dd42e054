"""How likely the documents are to answer a question, from how near the nearest sentence is to it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from qa.records import Evidence

SLOPE, MIDDLE = 8.1, 0.58
"""Of the logistic curve from the nearest sentence's cosine to the probability; fitted by `python -m evals.fitting`."""


def likelihood_of(evidence: Sequence[Evidence]) -> float:
    """Probability from 0 to 1 that the evidence answers the question; 0 without evidence.

    As often as not among questions of which half are answered: a report on the right subject that leaves the one
    detail out looks like one that has it, and only reading tells the two apart.

    Source: Platt, "Probabilistic Outputs for Support Vector Machines" (1999), here of one cosine.
    """
    nearness = max((found.nearness for found in evidence), default=-math.inf)
    return 1 / (1 + math.exp(min(SLOPE * (MIDDLE - nearness), 700.0)))


def likelihood_in_words(likelihood: float) -> str:
    """For a user: `likely to answer this`, `may answer this` or `unlikely to answer this`."""
    if likelihood >= 0.75:
        return "likely to answer this"
    return "may answer this" if likelihood >= 0.35 else "unlikely to answer this"
