"""Words that stand for somebody or something named elsewhere."""

from __future__ import annotations

import re

_ANAPHOR = re.compile(
    r"\b(?:[Hh]e|[Ss]he|[Ii]t|[Tt]hey|him|[Hh]is|her|its|their|them|[Bb]oth)\b"
    r"|\b[Tt]he (?:[a-z]+ |Senior )?(?:[Gg]eneral|leaders?"
    r"|chief|president|minister|premier|chairman|commander|envoy|group|country|countries|government|junta|military"
    r"|company|party|meet|meeting|talks|visit|trip|resolution|vote|conference|forum|statement|agreements?|plan)\b"
)
"""A word that stands for something named nearby: then names may come from the passage around."""
_STANDS_FOR = re.compile(r"\b(?:he|she|it|they|both|who|which)\b", re.I)
"""One that stands for somebody or something named before."""
_PERSON = re.compile(r"\b(?:he|she)\b", re.I)
"""What a name that is all of an answer may be resolved from: "the military" may stand for its chief in no such one."""
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


def is_anaphoric(text: str) -> bool:
    """Whether a word in it may stand for something named nearby: then names may come from the passage around."""
    return bool(_ANAPHOR.search(text))


def has_pronoun(text: str) -> bool:
    """Whether a pronoun in it stands for somebody or something named before."""
    return bool(_STANDS_FOR.search(text))


def has_person(text: str) -> bool:
    """Whether a "he" or "she" stands in it."""
    return bool(_PERSON.search(text))
