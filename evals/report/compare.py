"""Two runs, or two systems of one run, against each other: what differs beside the systems, and the tables."""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from evals.report.pairs import Change, Comparison, Ratio, compare
from evals.report.summary import Figure, title_of
from index.errors import UserFacingError

if TYPE_CHECKING:
    from evals.records import Result
    from evals.report.results import Run

__all__ = ["Comparison", "compare", "compare_runs", "render_comparison"]

WIDTH = 110
"""Of the text, in columns."""
MOST_IDS = 20
"""Case ids in one list; of more, a count."""


def compare_runs(run_a: Run, system_a: str, run_b: Run, system_b: str) -> Comparison:
    """A system of one run against a system of another, or of the same.

    Raises:
        UserFacingError: If the runs are not of the same cases, or a run lacks the system.
    """
    suite_a, suite_b = run_a.header["suite"], run_b.header["suite"]
    if suite_a["sha256"] != suite_b["sha256"]:
        raise UserFacingError(
            f"{str(run_a.path)!r} ran {suite_a['name']!r} ({suite_a['sha256'][:12]}) and {str(run_b.path)!r} ran "
            f"{suite_b['name']!r} ({suite_b['sha256'][:12]}): the cases or their documents differ, so that no pair can "
            "be made. Run both on the same suite."
        )
    comparison = compare(_of(run_a, system_a), _of(run_b, system_b))
    return replace(comparison, warnings=tuple(_warnings(run_a, system_a, run_b, system_b)))


def render_comparison(comparison: Comparison, name_a: str, name_b: str) -> str:
    """The comparison as text for a terminal of `WIDTH` columns; better and worse are said of `name_b`."""
    lines = textwrap.wrap(f"{name_b} against {name_a}: {_sides(comparison)}", WIDTH)
    for warning in comparison.warnings:
        lines += textwrap.wrap(f"Note: {warning}.", WIDTH, subsequent_indent="  ")
    lines += ["", "Over the cases scored on both sides", *_table(_change_rows(comparison.changes, name_a, name_b))]
    if comparison.chosen:
        lines += ["", "Over the cases that each side picked itself, so not in pairs"]
        lines += _table(_chosen_rows(comparison.chosen, name_a, name_b))
    if comparison.ratios:
        lines += ["", "Medians, and the median of the ratios case by case"]
        lines += _table(_ratio_rows(comparison.ratios, name_a, name_b))
    lines += [
        "",
        "p: McNemar, exact. Intervals: 95%, by resampling. Neither allows for how many measures are looked at.",
    ]
    lines += _listed("Changed cases", _changed(comparison.changes))
    lines += _listed("Not scored is never zero: these count for neither side", _unpaired(comparison, name_a, name_b))
    return "\n".join(lines)


def _sides(comparison: Comparison) -> str:
    paired = comparison.b - len(comparison.only_b)
    return f"{paired} cases asked of both (of {comparison.a} and {comparison.b})"


def _change_rows(changes: Sequence[Change], name_a: str, name_b: str) -> list[list[str]]:
    rows = [["measure", name_a, name_b, "cases", "up/down", "difference", "in words"]]
    for change in changes:
        if not change.of:
            rows.append([title_of(change.measure), "-", "-", "0", "-", "-", "no case is scored on both sides"])
            continue
        moved = f"{len(change.gained)}/{len(change.lost)}"
        values = [_value(change, mean) for mean in (change.a, change.b)]
        rows.append([title_of(change.measure), *values, str(change.of), moved, _difference(change), _words(change)])
    return rows


def _value(change: Change, mean: float) -> str:
    return f"{mean:.3f}" if change.p is None else f"{round(mean * change.of)} = {mean:.1%}"


def _difference(change: Change) -> str:
    if change.p is not None:
        return f"{100 * (change.b - change.a):+.1f} points"
    spread = f" ({change.interval[0]:+.2f} to {change.interval[1]:+.2f})" if change.interval else ""
    return f"{change.b - change.a:+.2f}{spread}"


def _words(change: Change) -> str:
    if change.verdict == "the same":
        return "the same in every case"
    if change.p is not None:
        return f"{change.verdict}, p {'< 0.001' if change.p < 0.001 else f'= {change.p:.2g}'}"
    return change.verdict if change.interval else f"{change.verdict}: too few to tell"


def _chosen_rows(
    chosen: Sequence[tuple[str, Figure | None, Figure | None]], name_a: str, name_b: str
) -> list[list[str]]:
    rows = [["measure", name_a, name_b]]
    return rows + [[title_of(name), *("none" if one is None else str(one) for one in (a, b))] for name, a, b in chosen]


def _ratio_rows(ratios: Sequence[Ratio], name_a: str, name_b: str) -> list[list[str]]:
    rows = [["what", name_a, name_b, "cases", "ratio", "in words"]]
    for ratio in ratios:
        spread = f" ({ratio.interval[0]:.2f} to {ratio.interval[1]:.2f})" if ratio.interval else ""
        words = {"better": "less", "worse": "more"}.get(ratio.verdict, ratio.verdict)
        rows.append(
            [ratio.what, f"{ratio.a:,.4g}", f"{ratio.b:,.4g}", str(ratio.of), f"{ratio.ratio:.2f}{spread}", words]
        )
    return rows


def _changed(changes: Sequence[Change]) -> list[tuple[str, Sequence[str]]]:
    named = [(change, title_of(change.measure)) for change in changes]
    return [
        one for change, title in named for one in ((f"{title} rose", change.gained), (f"{title} fell", change.lost))
    ]


def _unpaired(comparison: Comparison, name_a: str, name_b: str) -> list[tuple[str, Sequence[str]]]:
    cases: list[tuple[str, Sequence[str]]] = [
        (f"asked only of {name_a}", comparison.only_a),
        (f"asked only of {name_b}", comparison.only_b),
        (f"ended in an error with {name_a}", comparison.errors_a),
        (f"ended in an error with {name_b}", comparison.errors_b),
    ]
    for change in comparison.changes:
        title = title_of(change.measure)
        cases += [
            (f"{title}, scored only with {name_a}", change.only_a),
            (f"{title}, scored only with {name_b}", change.only_b),
        ]
    return cases


def _listed(heading: str, named: Sequence[tuple[str, Sequence[str]]]) -> list[str]:
    """Each name with its case ids, those without any left out."""
    lines = []
    for name, cases in named:
        if cases:
            more = f", and {len(cases) - MOST_IDS} more" if len(cases) > MOST_IDS else ""
            text = f"{name} ({len(cases)}): {', '.join(cases[:MOST_IDS])}{more}"
            lines += textwrap.wrap(text, WIDTH, initial_indent="  ", subsequent_indent="    ")
    return ["", heading, *lines] if lines else []


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows under the first as their heading, long cells folded."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 1), collapse_padding=True, pad_edge=False)
    for number, name in enumerate(rows[0]):
        table.add_column(Text(name), justify="left" if number in (0, len(rows[0]) - 1) else "right", overflow="fold")
    for row in rows[1:]:
        table.add_row(*map(Text, row))
    out = io.StringIO()
    Console(file=out, width=WIDTH - 2, color_system=None, force_terminal=False).print(table)
    return [f"  {line.rstrip()}" for line in out.getvalue().splitlines()]


def _of(run: Run, system: str) -> tuple[Result, ...]:
    if system not in run.systems:
        raise UserFacingError(
            f"{str(run.path)!r} has no system {system!r}. It has: {', '.join(run.systems)}. Name one of these."
        )
    return run.of(system)


def _warnings(run_a: Run, system_a: str, run_b: Run, system_b: str) -> list[str]:
    """What differs beside the systems, in words."""
    a, b = run_a.header, run_b.header
    parts = [("model", a["models"].get(system_a), b["models"].get(system_b))]
    parts += [(name, a.get(name), b.get(name)) for name in ("revision", "embedder", "settings", "packages", "machine")]
    lines = [f"{name} differs: {', '.join(found)}" for name, x, y in parts if (found := _differing(x, y))]
    if run_a.path != run_b.path:
        lines.append("times were taken in two runs, not side by side")
        if any((header.get("revision") or {}).get("dirty", True) for header in (a, b)):
            lines.append("the code of a run is not known: it had changes that are in no commit, or no revision")
    return lines


def _differing(a: Any, b: Any) -> list[str]:
    """Each key in which two values differ, with both, or the two values when they have no keys."""
    if a == b:
        return []
    if not isinstance(a, Mapping) or not isinstance(b, Mapping):
        return [f"{_short(a)} -> {_short(b)}"]
    names = dict.fromkeys([*a, *b])
    return [f"{name} {_short(a.get(name))} -> {_short(b.get(name))}" for name in names if a.get(name) != b.get(name)]


def _short(value: Any) -> str:
    text = "none" if value is None else str(value)
    if re.fullmatch("[0-9a-f]{40,}", text):
        return text[:12]
    return text if len(text) <= 60 else f"{text[:60]}…"
