"""What stands in quotation marks."""

from __future__ import annotations

import re

_CUT = re.compile(r"\[[^\]]*\]|\.\.\.|…")
"""What a writer leaves out of a quotation or puts in its place."""
_QUOTATION = re.compile(r"[\"“]([^\"“”]{8,})[\"”]")


def quotations_in(text: str) -> list[str]:
    """The texts in quotation marks."""
    return _QUOTATION.findall(text)


def pieces_of(quotation: str) -> list[str]:
    """What of it is quoted, cut where a writer left something out or put other words in."""
    return _CUT.split(quotation)


def is_title(words: str) -> bool:
    """Whether it is written as the title of a work, whose words are names."""
    return all(word[0].isupper() or word[0].isdigit() for word in re.findall(r"\w{4,}|\d+", words))
