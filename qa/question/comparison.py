"""Whether a question sets reports against each other: "Does the BBC say the same as the Guardian?"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.question.read import Asked
from qa.records import Judgement

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


def compares_reports(asked: Asked, outlets: Sequence[str]) -> bool:
    """Whether it is to be answered Yes or No from what several reports say.

    Args:
        outlets: Those that the question names.
    """
    if not (outlets and _YES_OR_NO.match(asked.text) and _OF_REPORTS.search(asked.text)) or _CHOICE.search(asked.text):
        return False
    return len(outlets) > 1 or bool(_COMPARES.search(asked.text))


def read_judgement(text: str) -> Judgement | None:
    """`yes` or `no`, where the model's text opens so."""
    match = re.match(r"\W*(yes|no)\b", text, re.I)
    return None if match is None else ("yes" if match[1].lower() == "yes" else "no")
