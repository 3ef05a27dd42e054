"""What becomes of sentences that are not borne out: marked, withheld, or the documents' own words in their place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qa import tuning
from qa.answer.extractive import extract_claims, quote_outstanding
from qa.answer.quoting import quotable, verbatim
from qa.check.relevance import misleads
from qa.question.read import Asked
from qa.records import Claim, Evidence, Unsupported


@dataclass(frozen=True, slots=True)
class Settled:
    """What is answered, and what is told beside it."""

    claims: tuple[Claim, ...]
    problems: tuple[str, ...] = ()


def settle_beside(policy: Unsupported, claims: Sequence[Claim]) -> Settled:
    """Of a reply's sentences, some of them supported: all, to be shown apart; the others left out for "quote"."""
    if policy != "quote":
        return Settled(tuple(claims))
    kept = tuple(claim for claim in claims if claim.verdict == "supported")
    return Settled(kept, tuple(withheld(claim) for claim in claims if claim not in kept))


def settle_alone(
    policy: Unsupported,
    asked: Asked,
    evidence: Sequence[Evidence],
    failed: Sequence[Claim],
    *,
    likelihood: float = 0.0,
) -> Settled:
    """When none of the sentences that the model wrote is supported, the last reading's last in `failed`.

    A passage that stands out by the question's own words is quoted in any case, and so are the best sentences of
    documents that are likely to answer. Else "quote" gives these, "mark" what the model wrote, marked as not
    supported, and "withhold" nothing.
    """
    for claim in failed:
        pointed = [sentence for sentence in evidence if sentence.number in {cited.number for cited in claim.citations}]
        if misleads(asked, claim.text, pointed, pointed):
            for sentence in quotable(asked, claim.text, pointed, evidence):
                return Settled((verbatim(sentence),), (f"[{sentence.number}] is quoted in place of “{claim.text}”",))
    outstanding = quote_outstanding(asked, evidence) if failed else None
    if outstanding is not None:
        problem = "No sentence of the model's bore checking; the passage that says most of it is quoted."
        return Settled((outstanding,), (problem,))
    likely = policy == "quote" or likelihood >= tuning.LIKELY_ANSWERED
    if failed and likely and (quoted := tuple(extract_claims(asked, evidence))):
        problem = "No sentence of the model's bore checking; the nearest sentences of the documents are quoted."
        return Settled(quoted, (problem,))
    return Settled(tuple(failed) if policy == "mark" else ())


def withheld(claim: Claim) -> str:
    """What a user is told of a sentence that is left out."""
    return f"Withheld: “{claim.text}” {' '.join(claim.reasons)}"
