"""The figures of a run: shares, means and times, each with its n, and an interval where there can be one."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from evals.measures.names import MEASURES
from evals.records import Result

LEVEL = 0.95
"""Of every interval."""
RESAMPLES = 2_000
SEED = 0
MAIN = ("attack_success", "right", "ndcg_at_10")
"""The measures that a suite is judged by, the first that it has."""
STEPS = ("evidence", "first_word", "answer")
"""That seconds are counted to, in the order in which they come."""
TOKENS = ("read", "kept", "written")

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Share:
    """`held` of `of`; of none there is no value."""

    held: int
    of: int

    @property
    def value(self) -> float | None:
        """0.0 to 1.0, or None when nothing could be measured."""
        return self.held / self.of if self.of else None

    @property
    def interval(self) -> Interval | None:
        """Wilson's, of 95%; None when nothing could be measured."""
        return wilson(self.held, self.of) if self.of else None

    def __str__(self) -> str:
        if not self.of:
            return "none to measure"
        low, high = wilson(self.held, self.of)
        return f"{self.held} of {self.of} = {self.held / self.of:.1%} ({low:.0%} to {high:.0%})"


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of `of` numbers."""

    value: float
    of: int
    interval: Interval | None
    """Of 95%, by resampling; None for fewer than two numbers or when all are equal, which tells nothing of others."""

    def __str__(self) -> str:
        spread = f"({self.interval[0]:.3f} to {self.interval[1]:.3f})" if self.interval else "(no interval)"
        return f"{self.value:.3f} {spread}, n = {self.of}"


@dataclass(frozen=True, slots=True)
class Quantiles:
    """The middle of `of` numbers, and what nine tenths of them do not exceed."""

    median: float
    p90: float
    of: int
    interval: Interval | None
    """Of the median, as in `Mean`."""


Figure = Share | Mean


def summarise(results: Sequence[Result]) -> dict[str, Figure]:
    """The figure of each measure that a result has, in the order of `evals.measures.names.MEASURES`.

    Yes or no gives a `Share`, numbers a `Mean`. None is not counted, and a measure without any value is left out.
    """
    figures: dict[str, Figure] = {}
    for name in names_of(result.measures for result in results):
        values = [value for result in results if (value := result.measures.get(name)) is not None]
        if values:
            yes_no = all(isinstance(value, bool) for value in values)
            figures[name] = Share(sum(map(bool, values)), len(values)) if yes_no else mean_of(values)
    return figures


def names_of(groups: Iterable[Iterable[str]]) -> list[str]:
    """The names in all groups, each once, in the order of `evals.measures.names.MEASURES`, and then those not in it."""
    named = dict.fromkeys(name for group in groups for name in group)
    return [*(name for name in MEASURES if name in named), *(name for name in named if name not in MEASURES)]


def derive(summaries: Mapping[str, Figure]) -> dict[str, float]:
    """What follows from the figures: F1 for every pair of precision and recall, and balanced accuracy.

    F1 is the harmonic mean of the two figures as they stand, 0.0 when both are 0.
    """
    values = {name: figure.value for name, figure in summaries.items() if figure.value is not None}
    derived: dict[str, float] = {}
    for name, recall in values.items():
        stem = name.removesuffix("_recall")
        precision = values.get(f"{stem}_precision")
        if stem != name and precision is not None:
            both = precision + recall
            derived[f"{stem}_f1"] = 2 * precision * recall / both if both else 0.0
    recalls = [values[name] for name in ("supported_recall", "unsupported_recall") if name in values]
    if len(recalls) == 2:
        derived["balanced_accuracy"] = statistics.fmean(recalls)
    return derived


def title_of(name: str) -> str:
    """A measure's name as a reader sees it, that of a derived one too."""
    if name in MEASURES:
        return MEASURES[name].title
    recall = f"{name.removesuffix('_f1')}_recall"
    return MEASURES[recall].title.replace("recall", "F1") if recall in MEASURES else name.replace("_", " ")


def main_measure(results: Sequence[Result]) -> str | None:
    """The measure to judge these by: of `MAIN`, else the first that there is; None when nothing is scored."""
    figures = summarise(results)
    return next((name for name in MAIN if name in figures), next(iter(figures), None))


def main_step(results: Sequence[Result]) -> str | None:
    """The last of `STEPS` that any result has its seconds to."""
    return next((step for step in reversed(STEPS) if any(step in result.seconds for result in results)), None)


def latency(results: Sequence[Result], step: str) -> Quantiles | None:
    """Seconds to a step of `STEPS`, over the results that came to it; None when none did."""
    return quantiles_of([result.seconds[step] for result in results if step in result.seconds])


def tokens(results: Sequence[Result]) -> dict[str, Quantiles]:
    """Tokens read, kept and written a case, over the results that tell."""
    counted = {name: quantiles_of([r.tokens[name] for r in results if name in r.tokens]) for name in TOKENS}
    return {name: quantiles for name, quantiles in counted.items() if quantiles is not None}


def answer_words(results: Sequence[Result]) -> Quantiles | None:
    """Words of an answer, markers counted, over the cases that were answered; None when none was."""
    answers = [answer for result in results if isinstance(answer := result.shown.get("answer"), Mapping)]
    return quantiles_of([len(str(one.get("text")).split()) for one in answers if one.get("status") == "answered"])


def errors(results: Sequence[Result]) -> int:
    """How many cases ended in an error; they are unscored, not wrong."""
    return sum(result.error is not None for result in results)


def mean_of(values: Sequence[float]) -> Mean:
    """The mean of at least one number, with its interval."""
    return Mean(statistics.fmean(values), len(values), bootstrap_interval(values))


def quantiles_of(values: Sequence[float]) -> Quantiles | None:
    """The quantiles of numbers; None of none."""
    if not values:
        return None
    import numpy

    p90 = float(numpy.quantile(values, 0.9, method="inverted_cdf"))
    return Quantiles(statistics.median(values), p90, len(values), bootstrap_interval(values, "median"))


def wilson(held: int, of: int) -> Interval:
    """The interval of 95% of a share, `of` at least 1.

    Source: Wilson, "Probable inference, the law of succession, and statistical inference" (1927).
    """
    from scipy.stats import binomtest

    found = binomtest(held, of).proportion_ci(LEVEL, method="wilson")
    return float(found.low), float(found.high)


def bootstrap_interval(values: Sequence[float], middle: Literal["mean", "median"] = "mean") -> Interval | None:
    """The interval of 95% of a mean or median, the same for the same numbers.

    Returns:
        None for fewer than two numbers and where all are equal: resampling them would claim to be certain.

    Source: Efron & Tibshirani, "An Introduction to the Bootstrap" (1993): BCa for the mean, percentiles for the median,
    whose jackknife BCa cannot use.
    """
    if len(values) < 2 or math.isclose(min(values), max(values), rel_tol=1e-9, abs_tol=1e-9):
        return None
    import numpy
    from scipy.stats import bootstrap

    found = bootstrap(
        (numpy.asarray(values, dtype=float),),
        numpy.mean if middle == "mean" else numpy.median,
        n_resamples=RESAMPLES,
        batch=max(1, 2_000_000 // len(values)),  # some 16 MB at once, however many cases there are
        confidence_level=LEVEL,
        method="BCa" if middle == "mean" else "percentile",
        rng=numpy.random.default_rng(SEED),
    ).confidence_interval
    return float(found.low), float(found.high)
