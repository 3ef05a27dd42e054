"""How likely two sentences of different documents answer one question differently: a score learned from reports.

Fitted on false reports that were written beside the dossiers' honest ones, and on the questions that honest reports
answer alike (`python -m training.differing`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.compare.values import Kind, Value, agree, values_of
from qa.english.quantities import Quantity
from qa.english.text import read
from qa.english.units import in_common
from qa.question.read import Asked
from qa.records import Evidence

WEIGHTS = Path(__file__).with_name("differing.npy")
"""(signs,): a weight of each sign of `signs_of`, in log-odds; made by `python -m training.differing`."""
_EXPECTED: dict[str, Kind] = {"number": "number", "amount": "number", "age": "number", "time": "time"}


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence and the values that it tells."""

    sentence: Evidence
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two values of one kind, of two sentences."""

    first: Value
    second: Value
    score: float
    """Probability that both are given as the answer to the question."""
    same: bool
    """Whether they agree."""


def read_told(asked: Asked, sentence: Evidence) -> Told:
    """The sentence with its values."""
    return Told(sentence, tuple(values_of(asked, sentence.quote, sentence.mentions, sentence.start)))


def likeliest_pair(asked: Asked, first: Told, second: Told, answered: Sequence[Value]) -> Pair | None:
    """The pair of their values most likely to be both given as the answer; None without one.

    Args:
        answered: The values that the answer tells: of the first sentence no other counts.
    """
    pairs = (
        Pair(mine, theirs, _probability(signs_of(asked, first, second, mine, theirs)), same)
        for mine, theirs, same in pairs_of(asked, first, second, answered)
    )
    return max(pairs, key=lambda pair: pair.score, default=None)


def pairs_of(asked: Asked, first: Told, second: Told, answered: Sequence[Value]) -> Iterator[tuple[Value, Value, bool]]:
    """Values of one kind, and whether they agree; of others only those that neither sentence tells of the other."""
    for mine, theirs in product(first.values, second.values):
        if mine.kind != theirs.kind or (
            mine.quantity and theirs.quantity and _apart(asked, mine.quantity, theirs.quantity)
        ):
            continue
        if not any(value.kind == mine.kind and agree(mine, value) for value in answered):
            continue
        if (same := agree(mine, theirs)) or not (_holds(second, mine) or _holds(first, theirs)):
            yield mine, theirs, same


def _apart(asked: Asked, mine: Quantity, theirs: Quantity) -> bool:
    """Whether they measure different things, or count such, where it is asked how many there are of one."""
    if mine.units and theirs.units:
        return in_common(mine.units, theirs.units) is None
    counted = asked.text.stems if asked.expects == "number" else frozenset()
    return bool(mine.counted & counted and theirs.counted and not theirs.counted & (counted | mine.counted))


def _holds(statement: Told, value: Value) -> bool:
    return any(theirs.kind == value.kind and agree(theirs, value) for theirs in statement.values)


def signs_of(asked: Asked, first: Told, second: Told, mine: Value, theirs: Value) -> tuple[float, ...]:
    """What makes the score: 1, how near the sentences are to the question and to each other, and the values' kind."""
    stems = [read(statement.sentence.quote).stems for statement in (first, second)]
    shared = len(stems[0] & stems[1]) / max(1, min(map(len, stems)))
    expected = _EXPECTED.get(asked.expects, "name" if asked.asks_for_name else None)
    alone = all(sum(value.kind == mine.kind for value in statement.values) == 1 for statement in (first, second))
    return (
        1.0,
        first.sentence.nearness,
        second.sentence.nearness,
        first.sentence.coverage,
        second.sentence.coverage,
        shared,
        float(expected == mine.kind),
        float(expected not in (None, mine.kind)),
        float(alone),
        *_of_numbers(mine.quantity, theirs.quantity),
        float(mine.kind == "time"),
        float(mine.kind == "name"),
    )


def _of_numbers(mine: Quantity | None, theirs: Quantity | None) -> tuple[float, float, float]:
    """Whether both have units, one alone has any, and both count the same."""
    if mine is None or theirs is None:
        return 0.0, 0.0, 0.0
    measured = sum(bool(quantity.units) for quantity in (mine, theirs))
    return float(measured == 2), float(measured == 1), float(bool(mine.counted & theirs.counted))


def _probability(signs: Sequence[float]) -> float:
    return 1 / (1 + math.exp(-float(np.dot(signs, _weights()))))


@cache
def _weights() -> NDArray[np.float64]:
    return np.asarray(np.load(WEIGHTS), dtype=np.float64)
