"""Units of measure: the one that a question asks for, and whether an answer gives a number of it."""

from __future__ import annotations

import re

from index.dates.days import MONTHS
from qa import tuning
from qa.english.quantities import Quantity, find_quantities
from qa.english.units import SHARE, kinds_of, units_named
from qa.english.words import IRREGULAR_PASTS, STOP_WORDS, stem, words_of

_ASKED = re.compile(
    r"\bhow many (?:(?:more|full|whole|us|million|billion) )*(?P<many>[\w’'-]+(?: [\w’'-]+){0,2})"
    r"|\bin (?P<given>(?:square |cubic )?\w+)(?= (?:of|was|is|were|are|did|does|do|will|would)\b|[?,]|$)"
    r"|(?P<share>\b(?:what|which) (?:\w+ )?(?:percentage|per ?cent|share of)\b)"
    r"|\bhow (?P<long>long) (?:did|does|do|will|would|was|is|were|are|has|have|had|can|it)\b",
    re.I,
)
_NO_LENGTH = re.compile(
    r"\b(?:until|till|since|from|between|through|permanent\w*|indefinite\w*|forever|for life)\b", re.I
)
"""How an answer tells "how long" without a number of days."""


def measure_asked(question: str) -> frozenset[str]:
    """What the number asked for measures, as `Quantity.kinds`; empty when the question names no unit."""
    for match in _ASKED.finditer(question):
        if match["share"] or match["long"]:
            return frozenset({SHARE} if match["share"] else {"time", "length"})
        words = (match["many"] or match["given"]).split(" ")
        for count in range(len(words), 0, -1):
            units = units_named(" ".join(words[:count]))
            if units and words[count : count + 1] != ["old"]:
                return kinds_of(units)
    return frozenset()


def gives_measure(kinds: frozenset[str], question: str, text: str, quoted: str) -> bool:
    """Whether `text` has a number that measures what is asked for, or one that `quoted` has with a unit.

    "A week" and "an hour" are numbers; asked how long, "until Sunday" tells it too.
    """
    own = find_quantities(text)
    if any(one.kinds & kinds for one in own):
        return True
    told = {one.value for one in find_quantities(quoted) if one.kinds & kinds}
    if any(one.value in told for one in own) or _one_of(kinds, text):
        return True
    return "how long" in question.lower() and bool(_NO_LENGTH.search(text))


def gives_amount(text: str, quoted: str) -> bool:
    """Whether `text` has a sum of money, a share or a measure other than of time, or the number of one in `quoted`.

    Of millions and more the unit may go without saying.
    """
    own = find_quantities(text)
    told = {one.value for one in (*own, *find_quantities(quoted)) if _is_amount(one)}
    return any(one.value in told for one in own)


def _is_amount(quantity: Quantity) -> bool:
    return bool(quantity.kinds - {"time"}) or quantity.magnitude >= tuning.AMOUNT


def _one_of(kinds: frozenset[str], text: str) -> bool:
    ones = re.findall(r"\b(?:a|an|one|several|a few) (\w+)", text.lower())
    return any(kinds_of(units_named(word)) & kinds for word in ones)


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
    kinds = kinds_of(units_named(words[-1])) if things else frozenset()
    return not things or any(
        one.kinds & kinds or (one.counted & things and not one.counted & _MONTHS) for one in find_quantities(quoted)
    )
