"""Numbers as they are written: "870", "eight hundred", "1.2 million", "the eighty-first", "a third"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

from text_to_num import find_numbers

_TOKEN = re.compile(r"[^\W\d_]+|[\W\d_]+")
_DIGITS = re.compile(
    r"(?<![\d.,_])(?P<digits>\d{1,3}(?:[,\u00a0\u202f]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?![\d_])(?P<part>[¼-¾⅐-⅞])?"
    r"(?:(?P<nth>st|nd|rd|th)|(?P<short>k|mn|bn|tn))?",
    re.I,
)
_SHORT = {"k": 1e3, "mn": 1e6, "bn": 1e9, "tn": 1e12}
_PART = re.compile(
    r"\bhalf[ -]an?\b|(?<!the )(?<!\w(?:nd|rd|st|th) )(?<!first )\bhalf(?= (?:of|the|its|his|her|their|our|my)\b)"
    r"|(?<= and a )half\b|\b(?:a|three)[ -]quarters?(?= of\b)|\bdozen\b",
    re.I,
)
_ARTICLE = re.compile(r"(?<!half )\ban? $", re.I)
_OF_A_WHOLE = re.compile(r"\b(?:an?|one) $", re.I)
_MAGNITUDES = frozenset({1e2, 1e3, 1e6, 1e9, 1e12})
_FEWEST_PARTS = 3
"""A second is no part of a whole."""


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number where it stands in a text."""

    start: int
    end: int
    value: float
    magnitude: float = 1.0
    """The million of "4.5 million"."""
    step: float = 1.0
    """What the last digit written stands for: 100,000 there; 0 where a part of a whole is told to the letter."""
    ordinal: bool = False
    share: bool = False
    """Whether it is a part of a whole: "half", "two thirds"."""


class _Token(str):
    """A word as text_to_num takes it."""

    __slots__ = ()

    def text(self) -> str:
        """The word."""
        return str(self)

    def nt_separated(self, _previous: _Token) -> bool:
        """Whether it is apart from the word before."""
        return False

    def not_a_number_part(self) -> bool:
        """Seconds are a unit; hundreds, and what stands behind a "point", are no certain number."""
        return self.lower() in {"seconds", "hundreds", "thousands", "millions", "billions", "trillions", "point"}


def find_numerals(text: str) -> list[Numeral]:
    """The numbers of `text` in order. "One" is there too, and letters may stand right before digits: "v2", "5km"."""
    found: list[Numeral] = []
    for numeral in sorted([*_in_digits(text), *_in_words(text), *_parts(text)], key=lambda one: (one.start, -one.end)):
        last = found[-1] if found else None
        together = _together(text, last, numeral) if last else None
        if together:
            found[-1] = together
        elif not last or numeral.start >= last.end:
            found.append(numeral)
    return found


def _in_digits(text: str) -> Iterator[Numeral]:
    for match in _DIGITS.finditer(text):
        short = _SHORT.get((match["short"] or "").lower(), 1.0)
        end = match.end()
        if text[end : end + 1].isalpha() and (match["nth"] or match["short"]):
            end, short = match.end("digits"), 1.0  # the letters begin a longer word
        part = unicodedata.numeric(match["part"]) if match["part"] else 0.0
        decimals = len(match["digits"].partition(".")[2])
        value = (float(re.sub(r"[^\d.]", "", match["digits"])) + part) * short
        ordinal = bool(match["nth"]) and end > match.end("digits")
        yield Numeral(match.start(), end, value, short, short / 10**decimals, ordinal)


def _in_words(text: str) -> Iterator[Numeral]:
    """Source: the library text2num, which gives places in a row of tokens."""
    spans = [match.span() for match in _TOKEN.finditer(text)]
    tokens = [_Token(text[start:end]) for start, end in spans]
    for found in find_numbers(tokens, "en", threshold=0):
        start, end = spans[found.start][0], spans[found.end - 1][1]
        last = float(_value(tokens[found.end - 1]) or 1)
        magnitude = last if last in _MAGNITUDES else 1.0
        numeral = Numeral(start, end, found.value, magnitude, magnitude, found.is_ordinal)
        whole = _OF_A_WHOLE.search(text[:start]) if re.match(r" of\b", text[end:]) else None
        if found.is_ordinal and whole and found.value >= _FEWEST_PARTS:
            numeral = replace(numeral, start=whole.start(), value=1 / found.value, step=0.0, ordinal=False, share=True)
        elif found.start + 1 == found.end and magnitude > 1 and (article := _ARTICLE.search(text[:start])):
            numeral = replace(numeral, start=article.start())
        yield numeral


def _value(word: str) -> float | None:
    """That of one word, if it is a number."""
    found = find_numbers([_Token(word)], "en", threshold=0)
    return found[0].value if found else None


def _parts(text: str) -> Iterator[Numeral]:
    for match in _PART.finditer(text):
        word = match[0].lower()
        if word == "dozen":
            yield Numeral(*match.span(), 12.0, 12.0, 12.0)
        else:
            value = 0.5 if word.startswith("half") else 0.75 if word.startswith("three") else 0.25
            yield Numeral(*match.span(), value, step=0.0, share=True)


def _together(text: str, last: Numeral, numeral: Numeral) -> Numeral | None:
    """Two that are one number: "1.2 million", "two dozen", "two and a half", "two thirds"; None where they are two."""
    between, whole = text[last.end : numeral.start], last.value == int(last.value)
    if last.ordinal:
        return None
    if numeral.value == numeral.magnitude > 1 and between in {" ", "-", "\u00a0"}:
        return Numeral(
            last.start, numeral.end, last.value * numeral.value, numeral.magnitude, last.step * numeral.value
        )
    if numeral.value == 0.5 and between == " and a ":
        return replace(last, end=numeral.end, value=last.value + 0.5 * last.magnitude, step=last.step / 2)
    parts = numeral.ordinal and whole and last.value < numeral.value and numeral.value >= _FEWEST_PARTS
    if parts and between in {" ", "-"} and (text[: numeral.end].endswith("s") == (last.value > 1)):
        return Numeral(last.start, numeral.end, last.value / numeral.value, step=0.0, share=True)
    return None
