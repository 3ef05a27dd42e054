"""Answers without a language model: the best evidence sentences themselves, word for word."""

from __future__ import annotations

from collections.abc import Sequence

from qa.evidence import cite
from qa.question import Asked
from qa.records import Claim, Evidence
from qa.signs import is_fragment
from qa.verify import STANDS_OUT, check_answers

NEAR_BEST = 0.5
"""A second sentence is given along when it is at least this likely to be the answer, as a share of the best one."""
MAX_SENTENCES = 2
FIRST = 3
"""Of the best so many, one that may answer stands in for better ones that cannot."""


def quote_outstanding(asked: Asked, evidence: Sequence[Evidence]) -> Claim | None:
    """The sentence that stands out by the question's own words, as an answer word for word; None when none does.

    For when the model wrote sentences, and none bore checking.
    """
    fitting = (found for found in evidence if found.coverage >= STANDS_OUT and not is_fragment(found.quote))
    fitting = (found for found in fitting if not check_answers(asked, found.shown, (found,), evidence))
    best = max(fitting, key=lambda found: found.coverage, default=None)
    return Claim(best.shown, (cite(best),), "supported") if best else None


def extract_claims(asked: Asked, evidence: Sequence[Evidence]) -> list[Claim]:
    """At most two sentences, the best first; none when the best lack what the question asks for.

    Each is supported by construction: it is the passage. Whether it answers the question is for the reader to say.
    """
    good = [found for found in evidence if asked.about_document or not is_fragment(found.quote)]
    fitting = [found for found in good[:FIRST] if not check_answers(asked, found.shown, (found,), evidence)]
    near = [found for found in fitting if found.share >= NEAR_BEST * fitting[0].share]
    return [Claim(found.shown, (cite(found),), "supported") for found in near[:MAX_SENTENCES]]
