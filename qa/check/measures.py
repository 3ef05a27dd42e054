"""Units of measure: the one that a question asks for, and whether an answer gives a number of it."""

from __future__ import annotations

from index.dates.days import MONTHS
from qa import tuning
from qa.english.quantities import Quantity
from qa.english.text import read
from qa.english.units import has_one_of, kinds_of, tells_end, units_named
from qa.english.words import stem
from qa.question.kinds import thing_counted


def gives_measure(kinds: frozenset[str], question: str, text: str, cited: str) -> bool:
    """Whether `text` has a number that measures what is asked for, or one that `cited` has with a unit.

    "A week" and "an hour" are numbers; asked how long, "until Sunday" tells it too.
    """
    claimed = read(text).quantities
    if any(quantity.kinds & kinds for quantity in claimed):
        return True
    values = {quantity.value for quantity in read(cited).quantities if quantity.kinds & kinds}
    if any(quantity.value in values for quantity in claimed) or has_one_of(kinds, text):
        return True
    return "how long" in question.lower() and tells_end(text)


def gives_amount(text: str, cited: str) -> bool:
    """Whether `text` has a sum of money, a share or a measure other than of time, or the number of one in `cited`.

    Of millions and more the unit may go without saying.
    """
    claimed = read(text).quantities
    values = {quantity.value for quantity in (*claimed, *read(cited).quantities) if _is_amount(quantity)}
    return any(quantity.value in values for quantity in claimed)


def _is_amount(quantity: Quantity) -> bool:
    return bool(quantity.kinds - {"time"}) or quantity.magnitude >= tuning.AMOUNT


_MONTHS = frozenset(map(stem, MONTHS))


def counts_what_is_asked(question: str, quoted: str) -> bool:
    """Whether a sentence has a number of the things asked for, "how many ministers"; True when none are named."""
    thing = thing_counted(question)
    kinds, things = kinds_of(units_named(thing)), {stem(thing)}
    return not thing or any(
        quantity.kinds & kinds or (quantity.counted & things and not quantity.counted & _MONTHS)
        for quantity in read(quoted).quantities
    )
