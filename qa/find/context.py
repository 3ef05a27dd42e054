"""A sentence that stands for itself, and one that needs what was said before it."""

from __future__ import annotations

import re
from bisect import bisect_left

from index.records import Passage, Span
from qa import tuning

_POINTS_BACK = re.compile(
    r"[\"“'‘(\[]*(?:(?:and|but|yet|so)\s+)?"
    r"(?:(?:he|she|they|his|her|their|its|both|these|those)\b|it\b(?!\s+(?:is|was)\s+(?:\w+\s+)?that\b)"
    r"|(?:this|that)\s+(?:is|was|means|meant|makes|made|came|would|will)\b"
    r"|the\s+(?:two|latter|former|same)\b)",
    re.I,
)
"""Opens with a word for somebody or something named before: "He said so on Friday"."""


def points_back(sentence: str) -> bool:
    """Whether the sentence opens with a word that only what stands before it explains."""
    return bool(_POINTS_BACK.match(sentence))


def with_context(text: str, passage: Passage, span: Span) -> Span:
    """The span of a sentence of the passage, begun early enough to name what its first word stands for.

    Args:
        text: The document's.
    """
    at = bisect_left(passage.sentences, span)
    first = at
    while first and at - first < tuning.SENTENCES_BEFORE and points_back(text[slice(*passage.sentences[first])]):
        if text[passage.sentences[first - 1][1] : passage.sentences[first][0]].strip():
            break  # a sentence between them was left out
        first -= 1
    return passage.sentences[first][0], span[1]
