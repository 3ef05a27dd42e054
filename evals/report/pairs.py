"""Two systems on the same cases, pair by pair: what changed, and whether that says anything."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from evals.measures.names import MEASURES
from evals.records import Result
from evals.report.summary import LEVEL, STEPS, Figure, Interval, bootstrap_interval, names_of, summarise

CHOSEN = ("abstention_precision", "supported_precision", "unsupported_precision")
"""Measured over the cases that a system itself picks: over those that both picked it is the same by its making."""

Verdict = Literal["better", "worse", "no difference shown", "the same"]
"""Of the second side against the first. `the same`: in every case."""


@dataclass(frozen=True, slots=True)
class Change:
    """One measure over the cases that are scored on both sides."""

    measure: str
    of: int
    a: float
    b: float
    """Means, of yes and no the share; 0.0 when `of` is 0, which says nothing."""
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    """Ids of the cases that rose and fell from a to b, those that changed most first."""
    p: float | None
    """McNemar's, exact and two-sided, where the measure is yes or no; None for numbers."""
    interval: Interval | None
    """Of 95% of the mean difference b - a, for numbers; None where resampling tells nothing."""
    only_a: tuple[str, ...]
    only_b: tuple[str, ...]
    """Ids of the cases that only that side has scored. They count for neither."""

    @property
    def verdict(self) -> Verdict:
        """By p under 0.05, or by an interval that leaves out 0."""
        if not self.gained and not self.lost:
            return "the same"
        shown = self.p < 1 - LEVEL if self.p is not None else _leaves_out(self.interval, 0.0)
        less_is_better = self.measure in MEASURES and MEASURES[self.measure].less_is_better
        by = self.a - self.b if less_is_better else self.b - self.a
        return _direction(by) if shown else "no difference shown"


@dataclass(frozen=True, slots=True)
class Ratio:
    """Seconds or tokens, over the cases in which both sides have more than 0 of them."""

    what: str
    of: int
    a: float
    b: float
    """Medians."""
    ratio: float
    """The median of b / a, case by case; under 1 is less."""
    interval: Interval | None

    @property
    def verdict(self) -> Verdict:
        """Less is better; by an interval that leaves out 1."""
        if _leaves_out(self.interval, 1.0):
            return _direction(1.0 - self.ratio)
        return "no difference shown"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Side b against side a."""

    a: int
    b: int
    """Cases of each."""
    changes: tuple[Change, ...]
    chosen: tuple[tuple[str, Figure | None, Figure | None], ...]
    """The measures of `CHOSEN`, each side over its own cases."""
    ratios: tuple[Ratio, ...]
    only_a: tuple[str, ...]
    only_b: tuple[str, ...]
    """Ids of the cases that only that side was asked."""
    errors_a: tuple[str, ...]
    errors_b: tuple[str, ...]
    """Ids of the cases that ended in an error there, and so are not scored."""
    warnings: tuple[str, ...] = ()
    """What differs beside the systems."""


def compare(a: Sequence[Result], b: Sequence[Result]) -> Comparison:
    """The results of one system against those of another, paired by case.

    Raises:
        ValueError: If a side has two results for one case.
    """
    side_a, side_b = _by_case(a), _by_case(b)
    figures_a, figures_b = summarise(a), summarise(b)
    both = [case for case in side_a if case in side_b]
    pairs = [(side_a[case], side_b[case]) for case in both]
    names = names_of([figures_a, figures_b])
    steps = [
        _ratio(f"seconds to {step}".replace("_", " "), [(x.seconds.get(step), y.seconds.get(step)) for x, y in pairs])
        for step in STEPS
    ]
    tokens = [
        _ratio(f"tokens {name}", [(x.tokens.get(name), y.tokens.get(name)) for x, y in pairs])
        for name in ("read", "written")
    ]
    return Comparison(
        a=len(side_a),
        b=len(side_b),
        changes=tuple(_change(name, pairs) for name in names if name not in CHOSEN),
        chosen=tuple((name, figures_a.get(name), figures_b.get(name)) for name in names if name in CHOSEN),
        ratios=tuple(ratio for ratio in (*steps, *tokens) if ratio),
        only_a=tuple(case for case in side_a if case not in side_b),
        only_b=tuple(case for case in side_b if case not in side_a),
        errors_a=tuple(case for case, result in side_a.items() if result.error is not None),
        errors_b=tuple(case for case, result in side_b.items() if result.error is not None),
    )


def mcnemar(gained: int, lost: int) -> float:
    """The exact two-sided p of as uneven a split of the changed cases, were both ways as likely; 1.0 without any.

    Source: McNemar, "Note on the sampling error of the difference between correlated proportions or percentages"
    (1947), with the binomial distribution itself in place of its approximation.
    """
    if not gained + lost:
        return 1.0
    from scipy.stats import binomtest

    return float(binomtest(gained, gained + lost).pvalue)


def _by_case(results: Sequence[Result]) -> dict[str, Result]:
    by_case = {result.item.id: result for result in results}
    if len(by_case) < len(results):
        raise ValueError("a side has two results for one case; give the results of one system")
    return by_case


def _change(name: str, pairs: Sequence[tuple[Result, Result]]) -> Change:
    values = [(x.item.id, x.measures.get(name), y.measures.get(name)) for x, y in pairs]
    scored = [(case, a, b) for case, a, b in values if a is not None and b is not None]
    moved = sorted(((float(b) - float(a), case) for case, a, b in scored), key=lambda one: -abs(one[0]))
    gained = tuple(case for by, case in moved if by > 0)
    lost = tuple(case for by, case in moved if by < 0)
    yes_no = all(isinstance(a, bool) and isinstance(b, bool) for _, a, b in scored)
    failed = {x.item.id for x, y in pairs if x.error is not None or y.error is not None}
    return Change(
        measure=name,
        of=len(scored),
        a=statistics.fmean(float(a) for _, a, _ in scored) if scored else 0.0,
        b=statistics.fmean(float(b) for _, _, b in scored) if scored else 0.0,
        gained=gained,
        lost=lost,
        p=mcnemar(len(gained), len(lost)) if yes_no else None,
        interval=None if yes_no else bootstrap_interval([by for by, _ in moved]),
        only_a=tuple(case for case, a, b in values if a is not None and b is None and case not in failed),
        only_b=tuple(case for case, a, b in values if a is None and b is not None and case not in failed),
    )


def _ratio(what: str, values: Sequence[tuple[float | None, float | None]]) -> Ratio | None:
    pairs = [(a, b) for a, b in values if a and b]
    if not pairs:
        return None
    ratios = [b / a for a, b in pairs]
    middle_a, middle_b = (statistics.median(side) for side in zip(*pairs, strict=True))
    return Ratio(what, len(pairs), middle_a, middle_b, statistics.median(ratios), bootstrap_interval(ratios, "median"))


def _leaves_out(interval: Interval | None, value: float) -> bool:
    return interval is not None and not interval[0] <= value <= interval[1]


def _direction(by: float) -> Verdict:
    return "better" if by > 0 else "worse"
