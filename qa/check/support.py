"""How likely a sentence is borne out: a trained model's judgement of it, weighed with what the exact checks find.

The model reads other words and reckons; the checks read numbers, dates and names letter by letter. Each sees what the
other misses, so neither decides alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from qa import tuning
from qa.records import Part, PartKind

_VALUES: frozenset[PartKind] = frozenset({"number", "date", "quotation"})


def signs_of(judged: float, parts: Sequence[Part]) -> tuple[float, ...]:
    """What the probability hangs on: 1, the log-odds of the judgement, and whether the checks deny anything, miss a
    number, date or quotation, miss a name, or miss anything else.

    Args:
        judged: The model's probability that the sentence follows from what it cites.
        parts: What the exact checks say of it.
    """
    p = min(max(judged, tuning.SUREST), 1 - tuning.SUREST)
    missed = {part.kind for part in parts if part.verdict == "unsupported"}
    denied = any(part.verdict == "contradicted" for part in parts)
    flags = (denied, missed & _VALUES, missed & {"name"}, missed - _VALUES - {"name"})
    return (1.0, math.log(p / (1 - p)), *(float(bool(flag)) for flag in flags))


def support_of(judged: float, parts: Sequence[Part]) -> float:
    """Probability from 0 to 1 that the sentence is borne out; arguments as in `signs_of`.

    Source: Platt, "Probabilistic Outputs for Support Vector Machines" (1999), here of one log-odds and four flags.
    """
    log_odds = sum(weight * sign for weight, sign in zip(tuning.SUPPORT, signs_of(judged, parts), strict=True))
    return 1 / (1 + math.exp(-log_odds))


def weigh(judged: float, parts: Sequence[Part]) -> tuple[Part, ...]:
    """The parts with the verdict that both together give: none fails of a sentence that is likely borne out."""
    support = support_of(judged, parts)
    if support >= tuning.BORNE_OUT:
        return tuple(replace(part, verdict="supported", reason="") for part in parts)
    reason = f"It is unlikely to follow from what it cites ({support:.0%})."
    return (*parts, Part("words", "", "unsupported", reason))
