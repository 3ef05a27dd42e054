"""Questions that set reports against each other: "Does the BBC say the same as the Guardian?"

No one passage answers such a question, and a small model's Yes or No about two
passages is little better than a guess (right in 28 of 36 on MultiHop-RAG, where 28 are Yes). So what
each side says is quoted, and the model's judgement stands in front as what it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial

from index.dates.times import overlap
from qa.check.verify import is_of
from qa.question.read import Asked
from qa.records import Evidence, Judgement

MAX_SIDES = 4
_YES_OR_NO = re.compile(
    r"(?:(?!\b(?:who|whom|whose|which|what|when|where|how)\b).)*?(?:^|[,;]\s+)"
    r"(?:did|do|does|is|are|was|were|has|have|had|will|would|can|could)\b",
    re.I | re.S,
)
"""Its first question has no "which" before its verb; a clause may stand in front."""
_COMPARES = re.compile(
    r"\b(?:both|same|similar\w*|differ\w*|chang\w*|\w*consisten\w*|\w*agree\w*|align\w*|compared|contra\w+|while"
    r"|whereas|than|another|between|later|(?:and|but) (?:did|do|does|is|was|has|have))\b",
    re.I,
)
_CHOICE = re.compile(r"\bor (?:in|dis)?(?:consisten|chang|differ|similar|agree|same)\w*", re.I)
"""Not to be answered Yes or No: "consistent or inconsistent?"."""
_OF_REPORTS = re.compile(
    r"\b(?:articles?|report\w*|cover\w*|stor(?:y|ies)|pieces?|source|portray\w*|describe\w*)\b", re.I
)


def compared(asked: Asked, evidence: Sequence[Evidence], outlets: Sequence[str]) -> list[Evidence]:
    """The best sentence of each side of a Yes or No question about several reports; empty for other questions.

    Args:
        evidence: Best first.
        outlets: Those that the question names.
    """
    if not (outlets and _YES_OR_NO.match(asked.text) and _OF_REPORTS.search(asked.text)) or _CHOICE.search(asked.text):
        return []
    if len(outlets) == 1 and not _COMPARES.search(asked.text):
        return []
    named = [found for found in evidence if found.document.outlet in outlets]
    apart = [time for time in asked.times if not any(overlap(time, other) for other in asked.times if other != time)]
    sides: list[Callable[[Evidence], bool]] = [partial(_of_outlet, outlet) for outlet in outlets]
    sides += [partial(is_of, time) for time in apart] if len(apart) > 1 else []
    best: list[Evidence] = []
    for fits in sides:
        found = next((found for found in named if fits(found) and found not in best), None)
        best += [found] if found else []
    if len(best) == 1:
        best += [found for found in named if found.document.doc_id != best[0].document.doc_id][:1]
    return best[:MAX_SIDES] if len(best) > 1 else []


def read_judgement(text: str) -> Judgement | None:
    """`yes` or `no`, where the model's text opens so."""
    match = re.match(r"\W*(yes|no)\b", text, re.I)
    return None if match is None else ("yes" if match[1].lower() == "yes" else "no")


def _of_outlet(outlet: str, found: Evidence) -> bool:
    return found.document.outlet == outlet
