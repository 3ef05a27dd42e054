"""Answers without a language model: the best evidence sentences themselves, word for word."""

from __future__ import annotations

from collections.abc import Sequence

from qa.evidence import cite, is_fragment
from qa.question import Asked
from qa.records import Claim, Evidence
from qa.verify import STANDS_OUT, check_answers

MIN_SCORE = 0.75
"""A best sentence that scores less is too far from the question; chosen on the tuning half of the cases."""
NEAR_BEST = 0.85
"""A second sentence is given along when its score is at least this share of the best one's."""
MAX_SENTENCES = 2


def quote_outstanding(asked: Asked, evidence: Sequence[Evidence]) -> Claim | None:
    """The sentence that stands out by the question's own words, as an answer word for word; None when none does.

    For when the model wrote sentences, and none bore checking.
    """
    fitting = (found for found in evidence if found.coverage >= STANDS_OUT and not is_fragment(found.quote))
    fitting = (found for found in fitting if not check_answers(asked, found.shown, (found,), evidence))
    best = max(fitting, key=lambda found: found.coverage, default=None)
    return Claim(best.shown, (cite(best),), "supported") if best else None


def extract_claims(asked: Asked, evidence: Sequence[Evidence]) -> list[Claim]:
    """At most two sentences, the best first; none when the best are too far from the question or lack what it asks for.

    Each is supported by construction: it is the passage. Whether it answers the question is for the reader to say.
    """
    good = [found for found in evidence if asked.about_document or not is_fragment(found.quote)]
    if not good or good[0].score < MIN_SCORE:
        return []
    near = [found for found in good if found.score >= NEAR_BEST * good[0].score]
    fitting = [found for found in near if not check_answers(asked, found.shown, (found,), evidence)]
    return [Claim(found.shown, (cite(found),), "supported") for found in fitting[:MAX_SENTENCES]]
