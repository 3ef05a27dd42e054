"""Numbers of a text with what they count: "at least 870 people", "$1.2 billion", "eight hundred", "45 per cent"."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from qa.english.words import ORDINALS, STOP_WORDS, stem, words_of, written_number

Bound = Literal["", ">", ">=", "<", "<=", "~"]
ROUNDED = 0.05
"""How far "about" and "nearly" may lie from the number itself, as a share of it."""
AT_MOST = 2.0
"""As many times larger, or smaller, a number may be than the bound that is told of it."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as it stands in a text."""

    start: int
    end: int
    words: str
    value: float
    unit: str
    """`$` for money of any currency, `%`, or empty."""
    counted: frozenset[str]
    """Stems of the words behind it, which say what is counted."""
    bound: Bound
    """What stands before it: "at least" is `>=`, "more than" `>`, "about" `~`."""


_MAGNITUDES = {
    "hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "dozen": 12.0, "k": 1e3,
    "m": 1e6, "mn": 1e6, "bn": 1e9, "tn": 1e12,
}  # fmt: skip
_MAGNITUDE = r"(?:hundred|thousand|million|billion|trillion|dozen)"
_WORD = (
    "(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen"
    "|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
)
_NUMBER = re.compile(
    r"(?P<money>(?:US|A|C|HK|NZ)?[$€£¥₹]\s?)?"
    r"(?:(?<![\w.,])(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?P<ordinal>st|nd|rd|th)?"
    rf"(?:(?P<short>(?(money)m|k)|k|mn|bn|tn)\b|[\s-](?P<magnitude>{_MAGNITUDE})\b|(?!\w))"
    rf"|\b(?P<worded>(?:an?\s(?={_MAGNITUDE})|{_WORD}\b)(?:(?:[\s-]|\sand\s)(?:{_WORD}|{_MAGNITUDE})\b|{_MAGNITUDE}\b)*)"
    rf"|\b(?P<nth>{'|'.join(ORDINALS)})\b)",
    re.I,
)
_PERCENT = re.compile(r"\s?(?:%|per\s?cent\b|percentage points?\b)|-per-?cent\b", re.I)
_MONEY = re.compile(r"\s(?:US )?(?:dollars?|euros?|pounds?|rou?bles?|yuan|yen|rupees?|kyats?|francs?|crowns?)\b", re.I)
_BOUNDS: tuple[tuple[Bound, str], ...] = (
    (">=", r"(?:at least|no (?:fewer|less) than|not less than|a minimum of|or more)"),
    ("<=", r"(?:at most|no more than|not more than|up to|as many as|a maximum of)"),
    (">", r"(?:more than|over|above|exceeding|upwards? of|greater than|in excess of)"),
    ("<", r"(?:less than|fewer than|under|below)"),
    ("~", r"(?:about|around|nearly|almost|some|roughly|approximately|close to|an estimated|circa)"),
)
_BOUND = re.compile(
    "(?:" + "|".join(rf"(?P<b{at}>\b{words})" for at, (_, words) in enumerate(_BOUNDS)) + r")\s+(?:the\s)?$", re.I
)
_COUNTED_FIRST = re.compile(
    r"(?:^|[.,;:(]\s*|[’']s?\s+|\b(?:the|a|his|her|its|their|our|my|this|that|in|at|on|and|or|of)\s+)$", re.I
)
"""What stands before a "first" that counts; "she first asked for" counts nothing."""
_RANGE = re.compile(r"\s?(?:to|and|or|-|–|—)\s?")


def find_quantities(text: str) -> list[Quantity]:
    """The numbers of `text` in order; of "3 to 5 million" the first is told both as 3 and as 3 million.

    "One" alone is left out: it is a pronoun as often as a number. A year is a number like any other.
    """
    found = [quantity for match in _NUMBER.finditer(text) if (quantity := _read(text, match))]
    ranges = [
        replace(one, value=one.value * _magnitude_of(other), unit=one.unit or other.unit, counted=other.counted)
        for one, other in pairwise(found)
        if _RANGE.fullmatch(text[one.end : other.start]) and _magnitude_of(one) == 1
        if (other.unit and not one.unit) or _magnitude_of(other) > 1
    ]
    return sorted([*found, *ranges], key=lambda quantity: quantity.start)


def _read(text: str, match: re.Match[str]) -> Quantity | None:
    value = _value(match)
    if value is None:
        return None
    start, end = match.span()
    unit = "$" if match["money"] else ""
    for sign, pattern in (("%", _PERCENT), ("$", _MONEY)):
        behind = pattern.match(text, end)
        if behind and not unit:
            end, unit = behind.end(), sign
    before = _BOUND.search(text[max(0, start - 30) : start])
    bound: Bound = next((name for at, (name, _) in enumerate(_BOUNDS) if before and before[f"b{at}"]), "")
    rest = re.split(r"[.,;:()]", text[end : end + 60], maxsplit=1)[0]
    counted = [word for word in words_of(rest) if word not in STOP_WORDS and not word.isdigit()][:2]
    return Quantity(start, end, text[start:end].strip(), value, unit, frozenset(map(stem, counted)), bound)


def _value(match: re.Match[str]) -> float | None:
    if match["nth"]:
        adverb = match["nth"].lower() == "first" and not _COUNTED_FIRST.search(match.string, 0, match.start())
        return None if adverb else float(ORDINALS[match["nth"].lower()])
    if match["worded"]:
        return written_number(match["worded"])
    number = float(match["digits"].replace(",", ""))
    return number * _MAGNITUDES.get((match["magnitude"] or match["short"] or "").lower(), 1.0)


def _magnitude_of(quantity: Quantity) -> float:
    last = re.findall(r"[a-z]+", quantity.words.lower())
    return next((_MAGNITUDES[word] for word in reversed(last) if word in _MAGNITUDES), 1.0)


def is_ordinal(quantity: Quantity) -> bool:
    """Whether it is a "fourth" or "4th", which counts up to itself."""
    words = quantity.words.lower()
    return words in ORDINALS or bool(re.fullmatch(r"[\d,]+(?:st|nd|rd|th)", words))


def same_unit(one: Quantity, other: Quantity) -> bool:
    """Whether both count the same, as far as the words behind them tell."""
    return one.unit == other.unit and bool(one.unit or one.counted & other.counted)


def bears(told: Quantity, said: Quantity) -> bool:
    """Whether a text that tells the one quantity bears a sentence that says the other.

    870 bears "870", "at least 870" and "more than 800", of the same things; "at least 870" bears "870" as well, as
    the press writes it, but "870" not "more than 870".
    """
    if _equal(told.value, said.value):
        units = told.unit == said.unit or not (said.unit or (told.unit == "$" and said.counted - {"dollar"}))
        return units and not (said.bound in {">", "<"} and told.bound == "") and not opposed(told, said)
    if not same_unit(told, said) or opposed(told, said):
        return False
    if said.bound in {">", ">="}:
        return said.value < told.value <= AT_MOST * said.value
    if said.bound in {"<", "<="}:
        return said.value / AT_MOST <= told.value < said.value
    if said.bound == "~":
        return abs(told.value - said.value) <= ROUNDED * told.value
    return _magnitude_of(said) > 1 and _equal(round(told.value / _step(said)) * _step(said), said.value)


def opposed(one: Quantity, other: Quantity) -> bool:
    """Whether one is a bound from below and the other from above."""
    return {one.bound[:1], other.bound[:1]} == {">", "<"}


def _step(quantity: Quantity) -> float:
    """What the last digit written stands for: 100,000 in "4.5 million"."""
    decimals = re.search(r"\.(\d+)", quantity.words)
    return float(_magnitude_of(quantity) / 10 ** (len(decimals[1]) if decimals else 0))


def _equal(one: float, other: float) -> bool:
    return abs(one - other) <= 1e-9 * max(abs(one), abs(other))
