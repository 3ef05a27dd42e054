"""Units of measure: the one that a question asks for, and whether an answer gives a number of it."""

from __future__ import annotations

import re

from index.dates.days import MONTHS
from qa.english.quantities import Quantity, find_quantities
from qa.english.words import IRREGULAR_PASTS, STOP_WORDS, stem, words_of

_UNITS: tuple[str, ...] = (
    "second seconds minute minutes hour hours day days night nights week weeks month months year years decade decades"
    " century centuries",
    "mile miles kilometre kilometres kilometer kilometers km metre metres meter meters"
    " foot feet inch inches yard yards",
    "tonne tonnes ton tons kilogram kilograms kilo kilos kg gram grams",
    "megawatt megawatts mw gigawatt gigawatts gw kilowatt kilowatts kw watt watts",
    "litre litres liter liters gallon gallons barrel barrels",
    "acre acres hectare hectares",
    "degree degrees",
)
"""What measures the same, a line a kind: asked for days, an answer may be given in weeks."""
_MONEY = "dollar dollars euro euros pound pounds rouble roubles ruble rubles yuan yen rupee rupees kyat kyats"
_EVERY = "|".join(" ".join((*_UNITS, _MONEY)).split())
_ASKED = re.compile(
    rf"\bhow many (?:(?:more|square|cubic|full|whole|metric|us|million|billion) )*(?P<many>{_EVERY})\b(?! old)"
    rf"|\bin (?:square |cubic )?(?P<given>{_EVERY})\b(?= (?:of|was|is|were|are|did|does|do|will|would)\b|[?,]|$)"
    r"|(?P<share>\b(?:what|which) (?:\w+ )?(?:percentage|per ?cent|share of)\b)"
    r"|\bhow (?P<long>long) (?:did|does|do|will|would|was|is|were|are|has|have|had|can|it)\b",
    re.I,
)
_NO_LENGTH = re.compile(
    r"\b(?:until|till|since|from|between|through|permanent\w*|indefinite\w*|forever|for life)\b", re.I
)
"""How an answer tells "how long" without a number of days."""


def measure_asked(question: str) -> frozenset[str]:
    """What may stand behind the number asked for: stems of units, `$` or `%`; empty when no unit is asked for."""
    match = _ASKED.search(question)
    if match is None:
        return frozenset()
    if match["share"]:
        return frozenset("%")
    if match["long"]:
        return frozenset(map(stem, _UNITS[0].split()))
    unit = (match["many"] or match["given"]).lower()
    kind = next((kind for kind in _UNITS if unit in kind.split()), None)
    return frozenset(map(stem, kind.split())) if kind else frozenset("$")


def gives_measure(units: frozenset[str], question: str, text: str, quoted: str) -> bool:
    """Whether `text` has a number of one of the units, or one that `quoted` has with it.

    "A week" and "an hour" are numbers; asked how long, "until Sunday" tells it too.
    """
    own = find_quantities(text)
    if any(_is_of(units, one) for one in own):
        return True
    told = {one.value for one in find_quantities(quoted) if _is_of(units, one)}
    if any(one.value in told for one in own) or _one_of(units, text):
        return True
    return "how long" in question.lower() and bool(_NO_LENGTH.search(text))


def _is_of(units: frozenset[str], quantity: Quantity) -> bool:
    return quantity.unit in units or bool(quantity.counted & units)


def _one_of(units: frozenset[str], text: str) -> bool:
    return any(stem(word) in units for word in re.findall(r"\b(?:a|an|one|half a|several|a few) (\w+)", text.lower()))


_MONTHS = frozenset(map(stem, MONTHS))
_COUNTED = re.compile(
    r"\b(?:how many|number of) ((?:[\w’'-]+ ){0,4}?[\w’'-]+)(?= (?:did|does|do|was|were|is|are|has|have|had|will"
    r"|would|can|of|in|on|by|at|for|from|to|with|that|who|which)\b|[?,]|$)",
    re.I,
)


def counts_what_is_asked(question: str, quoted: str) -> bool:
    """Whether a sentence has a number of the things asked for, "how many ministers"; True when none are named."""
    match = _COUNTED.search(question)
    words = [word for word in words_of(match[1]) if word not in IRREGULAR_PASTS and word[-2:] != "ed"] if match else []
    things = {stem(word) for word in words[-1:] if word not in STOP_WORDS}
    return not things or any(one.counted & things and not one.counted & _MONTHS for one in find_quantities(quoted))
