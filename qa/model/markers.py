"""The markers of a reply: in which forms models write them, and the sentences that they stand behind."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator

_MARKER = re.compile(r"\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\]")
_BRACKETS = str.maketrans("【〔［】〕］", "[[[]]]")
_SEVERAL = re.compile(
    r"\[\s*(?:(?:source|sentence)s?\s+)?#?(\d{1,3}(?:\s*(?:,|;|and|&|-|–)\s*\d{1,3})*)(?:†[^\[\]]{0,40})?\s*\]", re.I
)
_PARENTHESES = re.compile(r"\((\d{1,3})\)(?=\s*(?:[.!?;]|$|\n))")
MAX_RANGE = 12
"""Sentences between the first and the last of `[1-3]`, at most; what is wider is no range of markers."""
_SENTENCE = re.compile(r"(?P<text>[^\[\]]+?)\s*(?P<markers>(?:\[\d{1,3}(?:\s*,\s*\d{1,3})*\]\s*)+)(?P<stop>[.!?]?)\s*")


def as_markers(text: str, in_prompt: Container[int]) -> str:
    """The reply with its markers in the one form that is read: `[1][2]` of `【1】`, `[1 and 2]`, `[1-2]`, `[1], [2]`.

    A number in parentheses is one only at the end of a sentence, in a reply that has no others, if it was shown.
    """
    text = re.sub(r"\]\s*[-–]\s*\[(?=\d)", "-", text.translate(_BRACKETS))
    text = _SEVERAL.sub(lambda match: _each(match[1]), text)
    text = re.sub(r"(?<=\])\s*(?:,|;|and|&)\s*(?=\[\d)", "", text)
    if _MARKER.search(text):
        return text
    return _PARENTHESES.sub(lambda match: f"[{match[1]}]" if int(match[1]) in in_prompt else match[0], text)


def _each(numbers: str) -> str:
    """`[1][2]` of `1 and 2` or `1, 2`, and every number of `1-3`."""
    listed = [int(number) for number in re.findall(r"\d+", numbers)]
    if re.search(r"[-–]", numbers) and len(listed) == 2 and 0 < listed[1] - listed[0] <= MAX_RANGE:
        listed = list(range(listed[0], listed[1] + 1))
    return "".join(f"[{number}]" for number in listed)


def marked_sentences(text: str, in_prompt: Container[int]) -> Iterator[tuple[str, list[int]]]:
    """The sentences of a reply, each with the numbers that stand behind it; one without any comes last.

    Args:
        in_prompt: The numbers that were shown.
    """
    text, position = as_markers(text, in_prompt), 0
    for match in _SENTENCE.finditer(text):
        yield match["text"], [int(number) for each in _MARKER.findall(match["markers"]) for number in each.split(",")]
        position = match.end()
    rest = _MARKER.sub("", text[position:]).strip(" .\n")
    if re.search(r"\w", rest):
        yield rest, []
