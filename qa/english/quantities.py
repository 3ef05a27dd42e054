"""Numbers of a text with what they count: "at least 870 people", "$1.2 billion", "3 km", "half of the members"."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from index.numerals import Numeral, find_numerals
from qa import tuning
from qa.english.units import MONEY, SHARE, Units, in_common, kinds_of, sign_before, unit_behind, units_named
from qa.english.words import STOP_WORDS, stem, words_of

Bound = Literal["", ">", ">=", "<", "<=", "~"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as it stands in a text."""

    start: int
    end: int
    words: str
    value: float
    """Of a share, in per cent."""
    units: Units
    """What it is measured in, of which `kinds` are told; empty of what is only counted."""
    counted: frozenset[str]
    """Stems of the words behind it, which say what is counted."""
    bound: Bound
    """What stands before it: "at least" is `>=`, "more than" `>`, "about" `~`."""
    magnitude: float
    """The million of "4.5 million"."""
    step: float
    """What its last digit stands for: 100,000 there."""
    ordinal: bool
    """Whether it is a "fourth" or "4th", which counts up to itself."""

    @property
    def kinds(self) -> frozenset[str]:
        """`money`, `share`, `length`, …: what its units measure."""
        return kinds_of(self.units)


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


@lru_cache(maxsize=2_000)
def find_quantities(text: str) -> tuple[Quantity, ...]:
    """The numbers of `text` in order; of "3 to 5 million" the first is told both as 3 and as 3 million.

    "One" is left out where no unit follows: it is a pronoun as often as a number. A year is a number like any other.
    """
    quantities = [quantity for numeral in find_numerals(text) if (quantity := _read(text, numeral))]
    ranges = [
        replace(first, value=first.value * second.magnitude, units=first.units or second.units, counted=second.counted)
        for first, second in pairwise(quantities)
        if _RANGE.fullmatch(text[first.end : second.start]) and first.magnitude == 1
        if (second.units and not first.units) or second.magnitude > 1
    ]
    return tuple(sorted([*quantities, *ranges], key=lambda quantity: quantity.start))


def _read(text: str, numeral: Numeral) -> Quantity | None:
    start, end, value, magnitude = numeral.start, numeral.end, numeral.value, numeral.magnitude
    first, units = sign_before(text, start, text[start:end])
    million = re.compile(r"\s?m\b", re.I).match(text, end) if units else None
    if million:
        end, magnitude = million.end(), 1e6
    behind, more = unit_behind(text, end) if not numeral.ordinal else (end, units)
    units, last = (units, behind if more & units else end) if units else (more, behind)
    glued = (first == start and text[start - 1 : start].isalpha()) or (last == end and text[end : end + 1].isalpha())
    lone = numeral.value == 1 and text[start:end].lower() == "one" and not units
    if glued or lone or (numeral.ordinal and text[start:end].lower() == "first" and not _counts_first(text, start)):
        return None
    if numeral.share and (not units or kinds_of(units) == {SHARE}):
        value, units = 100 * value, units_named("%")
    before = _BOUND.search(text[max(0, first - 30) : first])
    bound: Bound = next((name for at, (name, _) in enumerate(_BOUNDS) if before and before[f"b{at}"]), "")
    counts = last if kinds_of(units) & {MONEY, SHARE} else end
    rest = re.split(r"[.,;:()]", text[counts : counts + 60], maxsplit=1)[0]
    counted = [word for word in words_of(rest) if word not in STOP_WORDS and not word.isdigit()][: tuning.COUNTED_WORDS]
    scale = magnitude / numeral.magnitude
    return Quantity(
        first, last, text[first:last].strip(), value * scale, units, frozenset(map(stem, counted)), bound, magnitude,
        numeral.step * scale, numeral.ordinal,
    )  # fmt: skip


def _counts_first(text: str, start: int) -> bool:
    return bool(_COUNTED_FIRST.search(text, 0, start))


def measures_alike(first: Quantity, second: Quantity) -> bool:
    """Whether both measure the same kind of thing, or neither measures anything."""
    return bool(first.kinds & second.kinds) or not (first.units or second.units)


def same_unit(first: Quantity, second: Quantity) -> bool:
    """Whether both count the same, as far as their units and the words behind them tell."""
    return bool(first.kinds & second.kinds or (not first.units and not second.units and first.counted & second.counted))


def bears(cited: Quantity, claimed: Quantity) -> bool:
    """Whether a text that tells the one quantity bears a sentence that says the other.

    870 bears "870", "at least 870" and "more than 800", of the same things; "at least 870" bears "870" as well, as
    the press writes it, but "870" not "more than 870". 3,000 metres bear "3 km", and 34.6 km "21.5 miles".
    """
    if opposed(cited, claimed) or not _may_be_same(cited, claimed):
        return False
    ours, theirs = in_common(claimed.units, cited.units) or (1.0, 1.0)
    value, wanted, step = cited.value * theirs, claimed.value * ours, claimed.step * ours
    if _equal(value, wanted):
        return not (claimed.bound in {">", "<"} and cited.bound == "")
    if not same_unit(cited, claimed):
        return False
    if claimed.bound:
        return _within(claimed.bound, value, wanted)
    if not (cited.step and claimed.step):
        allowed = max(cited.step * theirs, step) / 2  # a third is 33 per cent, or 33.3
    elif ours != theirs:
        allowed = min(tuning.ROUNDED * value, step / 2)  # a measure in other units is seldom a round number
    else:
        return claimed.magnitude > 1 and _equal(round(value / step) * step, wanted)
    return abs(value - wanted) <= allowed


def _within(bound: Bound, value: float, wanted: float) -> bool:
    if bound == "~":
        return abs(value - wanted) <= tuning.ROUNDED * value
    if bound[0] == ">":
        return wanted < value <= tuning.BEYOND_BOUND * wanted
    return wanted / tuning.BEYOND_BOUND <= value < wanted


def _may_be_same(cited: Quantity, claimed: Quantity) -> bool:
    """Whether their units leave it open that both count the same; a number without any may be one of the same."""
    if cited.units and claimed.units:
        return in_common(cited.units, claimed.units) is not None
    if claimed.kinds & {MONEY, SHARE}:
        return False
    return not cited.units or not claimed.counted or bool(cited.counted & claimed.counted)


def opposed(first: Quantity, second: Quantity) -> bool:
    """Whether one is a bound from below and the other from above."""
    return {first.bound[:1], second.bound[:1]} == {">", "<"}


def _equal(first: float, second: float) -> bool:
    return abs(first - second) <= 1e-9 * max(abs(first), abs(second))
