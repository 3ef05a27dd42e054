"""Whether a time expression in news prose lies ahead of the report or behind it."""

from __future__ import annotations

import re

_FUTURE = re.compile(
    r"\b(?:will|would|shall|won[’']t|(?:is|are|was|were) (?:scheduled|set|due|expected|planned|slated|to)\b"
    r"|scheduled|set for|upcoming|plans? to|expects? to|intends? to|hopes? to|about to|going to"
    r"|(?:begins|starts|opens|ends|closes|expires|leaves|arrives|returns|resumes|launches)(?=(?: on)?\s*$)"
    r"|(?:takes (?:effect|place|office)|comes into force|goes on sale)"
    r"|(?:after|before|when|once|until|if) (?:it|he|she) (?!was\b|has\b|is\b)[a-z]{3,}s)\b",
    re.I,
)
_PAST = re.compile(
    r"\b(?:(?!need|speed|exceed|proceed|indeed)\w{3,}ed|was|were|had|has|have|said|left|met|went|came|took|told|held"
    r"|gave|became|began|shot|fled|fell|rose|hit|won|lost|sent|spoke|wrote|saw|killed)\b",
    re.I,
)
_TO_DO = re.compile(r"\bto [a-z]+\b(?!.*\b(?:and|that|which|who)\b)", re.S)
_SENTENCE_MARKS = (". ", "\n", "? ", "! ")
REACH = 300
"""Characters of a sentence that are read on either side of a time: what decides stands near it, and a line of an
export may have no end."""


def is_future(text: str, start: int, end: int) -> bool:
    """Whether the words around `start` to `end` in its sentence speak of what is still to come.

    The last verb before it decides, "he would resign, she said on Monday" being past; then a "to meet" before it;
    then the first verb after it: "On Friday it will announce".
    """
    begin, finish = sentence_around(text, start, end)
    before = text[begin:start]
    ahead = max((match.end() for match in _FUTURE.finditer(before)), default=-1)
    behind = max((match.end() for match in _PAST.finditer(before)), default=-1)
    if ahead >= 0 or behind >= 0:
        return ahead >= behind or _still_ahead(before, ahead)
    if _TO_DO.search(before):
        return True
    after = text[end:finish]
    if re.match(r"\s+(?:that|to)\b", after):  # "his vow on Monday that there would be"
        return False
    coming, gone = _FUTURE.search(after), _PAST.search(after)
    return coming is not None and (gone is None or coming.start() <= gone.start())


def _still_ahead(before: str, ahead: int) -> bool:
    """Whether nothing after the future at `ahead` starts a clause of its own: "will meet the envoys sent on"."""
    return ahead >= 0 and not re.search(r"[,;:”\"]|\b(?:said|told|announced|added|says)\b", before[ahead:])


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the sentence with `start` to `end` in it begins and ends, at most `REACH` characters away from them."""
    first, last = max(0, start - REACH), min(len(text), end + REACH)
    begin = max(text.rfind(mark, first, start) for mark in _SENTENCE_MARKS)
    ends = [found for mark in _SENTENCE_MARKS if (found := text.find(mark, end, last)) >= 0]
    return max(begin + 1, first), min(ends, default=last)
