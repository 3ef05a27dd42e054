"""The one decision on a question, or on one part of it: which sentences answer it, or why none does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qa.records import Claim, Declined, Disagreement, Judgement


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of one part of a question."""

    claims: tuple[Claim, ...] = ()
    """Its answer; of a part that is declined some only to be shown as marked."""
    declined: Declined | None = None
    """Why no sentence answers it; None where one does."""
    problems: tuple[str, ...] = ()
    """What was set right or left out on the way, in words for the user."""
    judgement: Judgement | None = None
    """What the model takes several claims together to mean."""
    likelihood: float | None = None
    """Probability that the documents answer it, where the model's reading told more than the search."""
    differing: Disagreement | None = None
    """Where reports differ in it, if that came with the answer."""
    compared: bool = False
    """Whether the other reports have been looked at already."""


def decide(claims: Sequence[Claim], otherwise: Declined, problems: Sequence[str] = ()) -> Decision:
    """Answered where one of the claims is supported, else declined for the reason `otherwise`."""
    answered = any(claim.verdict == "supported" for claim in claims)
    return Decision(tuple(claims), None if answered else otherwise, tuple(problems))
