"""A sentence that stands for itself, and one that needs what was said before it."""

from __future__ import annotations

from bisect import bisect_left

from index.records import Passage, Span
from qa import tuning
from qa.english.pointing import points_back


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
