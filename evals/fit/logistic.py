"""A logistic curve over a few signs, fitted so that every data set and both answers count alike."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
RIDGE = 1e-4
"""Holds the weights of signs that the data say little about near 0."""


class Labelled(Protocol):
    """One case with its signs, the first of them 1, and whether it is what the curve shall tell."""

    @property
    def signs(self) -> Sequence[float]:
        """As the curve takes them."""

    @property
    def holds(self) -> bool:
        """What is so."""


def fit(sets: Iterable[Sequence[Labelled]]) -> Floats:
    """Offset and weights, in log-odds; a set with one answer alone tells nothing."""
    from scipy.optimize import minimize

    signs, held, weights = [], [], []
    for rows in sets:
        counts = [sum(row.holds is answer for row in rows) for answer in (False, True)]
        for row in rows if min(counts) else ():
            signs.append(row.signs)
            held.append(row.holds)
            weights.append(1 / counts[row.holds])
    x, y, w = np.array(signs), np.array(held), np.array(weights)

    def loss(curve: Floats) -> float:
        away = RIDGE * curve[1:] @ curve[1:]
        return float((w * np.logaddexp(0, np.where(y, -1, 1) * (x @ curve))).sum() + away)

    return np.asarray(minimize(loss, np.zeros(x.shape[1])).x)


def area(rows: Sequence[Labelled], curve: Floats) -> float:
    """Probability that one that holds scores above one that does not: the area under the ROC curve."""
    scores = np.array([row.signs for row in rows]) @ curve
    held = np.array([row.holds for row in rows])
    pairs = scores[held][:, None] - scores[~held][None, :]
    return float(((pairs > 0) + (pairs == 0) / 2).mean()) if pairs.size else math.nan
