"""Numbers of a bench in short, each with its n."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def summary(values: Sequence[float]) -> dict[str, Any]:
    """Median, 95th percentile, least, most and n of `values`; all but n None when there are none.

    Percentiles are numpy's, linear between the nearest two.
    """
    if not values:
        return {"median": None, "p95": None, "min": None, "max": None, "n": 0}
    median, p95 = np.percentile(values, [50, 95])
    return {
        "median": float(median),
        "p95": float(p95),
        "min": float(min(values)),
        "max": float(max(values)),
        "n": len(values),
    }
