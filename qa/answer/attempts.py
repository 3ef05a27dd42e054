"""Which sentences the model reads first, and which after an answer that did not bear checking."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from qa import tuning
from qa.check.relevance import in_focus
from qa.question.read import Asked
from qa.records import Claim, Evidence


def first_reading(asked: Asked, evidence: Sequence[Evidence]) -> list[Evidence]:
    """The sentences to read first: about the names and times asked for, the fewer the clearer the best stand out."""
    if not evidence:
        return []
    focused = in_focus(asked, evidence)
    shares = list(accumulate(sentence.share for sentence in focused))
    enough = sum(share < tuning.LIKELY_READ * shares[-1] for share in shares) + 1
    return focused[: min(max(tuning.FEWEST_READ, enough), tuning.FIRST_READING)]


def next_reading(evidence: Sequence[Evidence], failed: Sequence[Claim]) -> list[Evidence]:
    """What to read after an answer that did not bear checking: all but the sentences that misled.

    Empty after "not found": read on, the small model made up answers and found none (174 development cases).
    """
    misled = {citation.number for claim in failed for citation in claim.citations}
    return [sentence for sentence in evidence if sentence.number not in misled][: tuning.NEXT_READING] if failed else []


def without_repeats(claims: Sequence[Claim]) -> list[Claim]:
    """The claims, each supported sentence once."""
    kept: dict[tuple[str, ...], Claim] = {}
    for claim in claims:
        kept.setdefault((claim.verdict, claim.text), claim)
    return list(kept.values())
