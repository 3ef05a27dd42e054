"""Numbers that are reckoned: what two that are cited differ by, and what share of the other one is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import combinations, permutations

from index.dates.times import bounds
from qa import tuning
from qa.english.quantities import Quantity, bears
from qa.english.units import SHARE, units_named
from qa.records import Evidence


def reckoned_from(number: Quantity, cited: Sequence[Quantity], evidence: Sequence[Evidence]) -> str:
    """The two numbers or days that a number follows from, in words; empty where it follows from none.

    Nothing is looked for among more than `tuning.RECKONED_AMONG` numbers, as a table has them.

    Sums are not looked for: of the claims of dossiers with a number that is cited nowhere, one of 204 that are borne
    out has one, and 7 of 80 that are not.
    """
    # Nobody says "a third" to the last digit.
    claimed = replace(number, bound=number.bound or "~") if SHARE in number.kinds else number
    for first, second in permutations(cited, 2) if len(cited) <= tuning.RECKONED_AMONG else ():
        larger = first.start != second.start and first.value > second.value > 0
        if larger and any(bears(one, claimed) for one in _made_of(first, second)):
            return f"{first.words} and {second.words}"
    if "time" in number.kinds:
        for earlier, later in combinations(sorted(_days(evidence)), 2):
            if bears(_exact(number, (later - earlier).days, "days"), claimed):
                return f"{earlier} and {later}"
    return ""


def _made_of(larger: Quantity, smaller: Quantity) -> Iterator[Quantity]:
    share = 100 * smaller.value / larger.value
    yield replace(_exact(larger, larger.value - smaller.value), units=larger.units)
    yield _exact(larger, share, "%")
    yield _exact(larger, 100 - share, "%")
    yield _exact(larger, 100 * 100 / share - 100, "%")


def _exact(like: Quantity, value: float, unit: str = "") -> Quantity:
    return replace(like, value=value, units=units_named(unit), bound="", magnitude=1, step=0, ordinal=False)


def _days(evidence: Sequence[Evidence]) -> set[date]:
    """The days that the sentences name, of a longer time the first, and those of their reports."""
    named = {bounds(mention.resolved)[0] for sentence in evidence for mention in sentence.mentions}
    return named | {day for sentence in evidence if (day := sentence.document.published)}
