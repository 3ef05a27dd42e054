"""Shares and times over the results of a run, as a table, and held against the thresholds."""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.run import Result
from index.errors import UserFacingError

Z_95 = 1.959964
"""Of the normal distribution, for an interval of 95%."""


@dataclass(frozen=True, slots=True)
class Share:
    """`held` of `of`; of none there is no value."""

    held: float
    of: int

    @property
    def value(self) -> float | None:
        """0.0 to 1.0, or None when nothing could be measured."""
        return self.held / self.of if self.of else None

    def __str__(self) -> str:
        if self.value is None:
            return "none to measure"
        low, high = wilson(self.held, self.of)
        held = f"{self.held:.0f}" if float(self.held).is_integer() else f"{self.held:.1f}"
        return f"{held} of {self.of} = {self.value:.1%} ({low:.0%} to {high:.0%})"


def wilson(held: float, of: int) -> tuple[float, float]:
    """The interval of 95% of a share, `of` at least 1.

    Source: Wilson, "Probable inference, the law of succession, and statistical inference" (1927).
    """
    share, z2 = held / of, Z_95**2
    centre = (share + z2 / (2 * of)) / (1 + z2 / of)
    reach = Z_95 / (1 + z2 / of) * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    return max(0.0, centre - reach), min(1.0, centre + reach)


def summarise(results: Sequence[Result]) -> dict[str, Share]:
    """Every measure over the scored results, by its name in `thresholds.json`."""
    scored = [(result.case, result.score) for result in results if result.score is not None]
    answerable = [score for case, score in scored if case.answerable]
    others = [score for case, score in scored if not case.answerable]
    return {
        "right": _share(score.right for _, score in scored),
        "answerable_right": _share(score.right for score in answerable),
        "unanswerable_right": _share(score.right for score in others),
        "declined": _share(score.abstained for score in others),
        "answerable_declined": _share(score.abstained for score in answerable),
        "quotes_exact": _share(score.quotes_exact for _, score in scored),
        "right_document": _share(score.right_document for _, score in scored),
        "evidence_recall": _share(score.evidence_recall for _, score in scored),
    }


def load_thresholds(path: Path) -> dict[str, float]:
    """The least shares by the names of `summarise`. Raises UserFacingError."""
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
        thresholds = {str(name): float(value) for name, value in read.items()}
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise UserFacingError(f"The thresholds in {str(path)!r} cannot be read ({error}). Restore the file.") from error
    known = summarise(())
    for name in thresholds:
        if name not in known:
            raise UserFacingError(
                f"{str(path)!r} names {name!r}, which is not measured. There are: {', '.join(known)}."
            )
    return thresholds


def missed_thresholds(results: Sequence[Result], thresholds: Mapping[str, float]) -> list[str]:
    """Each measure that lies under its threshold, and the cases that ended in an error, in words."""
    shares = summarise(results)
    missed = [
        f"{name} is {value:.1%}, under its threshold of {least:.1%}"
        for name, least in thresholds.items()
        if (value := shares[name].value) is not None and value < least
    ]
    failed = sum(result.error is not None for result in results)
    return [*missed, f"{failed} of {len(results)} cases ended in an error"] if failed else missed


def render(results: Sequence[Result]) -> str:
    """The report as text: right by kind and half, every measure with its interval, times, and what was not right."""
    halves = [half for half in ("tune", "report") if any(result.case.half == half for result in results)]
    columns = [*halves, "all"] if halves else ["all"]
    by_half = {name: [r for r in results if name in ("all", r.case.half)] for name in columns}
    lines = ["Right, by kind", *_kind_table(results, by_half), ""]
    for name, some in by_half.items():
        lines += [f"{name}: {len(some)} cases", *(f"  {line}" for line in _measures(some)), ""]
    # Who reads why cases of the report half fail begins to tune to them.
    told = [r for r in results if r.case.half != "report"]
    lines += ["Not right:", *(f"  {line}" for line in _not_right(told))]
    if len(told) < len(results):
        lines.append("  (the report half's are in the results file)")
    return "\n".join(lines)


def _kind_table(results: Sequence[Result], by_half: Mapping[str, Sequence[Result]]) -> list[str]:
    kinds = list(dict.fromkeys(result.case.kind for result in results))
    width = max(len(kind) for kind in [*kinds, "together"])
    rows = ["  ".join([" " * width, *(f"{name:>10}" for name in by_half)])]
    for kind in [*kinds, "together"]:
        cells = [_right([r for r in some if kind in ("together", r.case.kind)]) for some in by_half.values()]
        rows.append("  ".join([f"{kind:{width}}", *(f"{cell:>10}" for cell in cells)]))
    return rows


def _right(results: Sequence[Result]) -> str:
    share = summarise(results)["right"]
    return f"{share.held:.0f} of {share.of}"


def _measures(results: Sequence[Result]) -> list[str]:
    lines = [f"{name.replace('_', ' '):20} {share}" for name, share in summarise(results).items()]
    failed = sum(result.error is not None for result in results)
    lines.append(f"{'ended in an error':20} {failed}")
    for step in ("evidence", "first_word", "answer"):
        taken = sorted(result.seconds[step] for result in results if step in result.seconds)
        if taken:
            tenth = taken[max(0, math.ceil(0.9 * len(taken)) - 1)]
            what = f"seconds to {step}".replace("_", " ")
            lines.append(
                f"{what:20} median {statistics.median(taken):.2f}, 90% within {tenth:.2f} ({len(taken)} cases)"
            )
    return lines


def _not_right(results: Iterable[Result]) -> list[str]:
    lines = []
    for result in results:
        if result.error is not None:
            lines.append(f"{result.case.id}: error: {result.error}")
        elif result.score is not None and not result.score.right:
            lines.append(f"{result.case.id}: {result.score.outcome}: {'; '.join(result.score.reasons)}")
    return lines or ["none"]


def _share(values: Iterable[float | bool | None]) -> Share:
    counted = [float(value) for value in values if value is not None]
    return Share(sum(counted), len(counted))
