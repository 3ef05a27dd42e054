"""Runs of the evals as the app reads them: each file once, and again when it has changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from evals.records import Result
from evals.report.compare import compare_runs, render_comparison
from evals.report.page import build_page
from evals.report.results import Run, load_run
from evals.report.summary import (
    STEPS,
    TOKENS,
    Quantiles,
    derive,
    errors,
    latency,
    main_measure,
    names_of,
    summarise,
    title_of,
    tokens,
)
from index.errors import UserFacingError
from ui.shared import escape_markdown

NEEDED = ("suite", "systems", "models", "time")
"""Parts of a header without which nothing can be shown of a run."""

Stamp = tuple[str, int, int, int]
"""Path, times of change of the content and of the file's state, and size: other results have another stamp."""
Rows = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Listed:
    """A run as its line in the list shows it."""

    stamp: Stamp
    suite: str
    systems: tuple[str, ...]
    scored: int
    failed: int
    """Cases that ended in an error."""
    asked: int | None
    """Of all systems together; None when the file does not tell."""
    revision: str
    time: str
    """In UTC, to the second."""

    @property
    def name(self) -> str:
        """The file's."""
        return Path(self.stamp[0]).name

    @property
    def state(self) -> str:
        """Whether the run came to its end."""
        if self.asked is None:
            return "not known"
        return "finished" if self.scored + self.failed >= self.asked else "not finished"


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that could not be read, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Tables:
    """The figures of a run, in Markdown without effect."""

    comparable: str
    measures: Rows
    main: str | None
    """Title of the measure in `kinds`; None when nothing was scored."""
    kinds: Rows


def find_run(path: Path) -> Listed | Unread:
    """The run in a file, or why it cannot be read."""
    try:
        state = path.stat()
    except OSError as error:  # gone since the folder was listed, or a link to nowhere
        return Unread(path.name, f"{str(path)!r} cannot be read ({error.strerror}). Run the suite again.")
    return _listed((str(path), state.st_mtime_ns, state.st_ctime_ns, state.st_size))


@st.cache_data(show_spinner="Reading the runs…", max_entries=1_000)
def _listed(stamp: Stamp) -> Listed | Unread:
    path = Path(stamp[0])
    try:
        return _line(load_run(path), stamp)
    except UserFacingError as error:
        return Unread(path.name, str(error))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        reason = (
            f"{str(path)!r} does not hold what a file of results holds ({type(error).__name__}: {error}). "
            "It was changed by hand, or another version of Dateline wrote it. Run the suite again with "
            "`dateline eval run`; the old file stays as it is."
        )
        return Unread(path.name, reason)


def _line(run: Run, stamp: Stamp) -> Listed:
    missing = [name for name in NEEDED if name not in run.header]
    if missing:
        raise KeyError(", ".join(missing))
    suite, failed = run.header["suite"], errors(run.results)
    cases = suite["chosen"].get("run")
    return Listed(
        stamp=stamp,
        suite=str(suite["name"]),
        systems=run.systems,
        scored=len(run.results) - failed,
        failed=failed,
        asked=None if cases is None else int(cases) * len(run.systems),
        revision=_revision(run.header.get("revision")),
        time=str(run.header["time"])[:19].replace("T", " "),
    )


def _revision(revision: Mapping[str, Any] | None) -> str:
    if revision is None:
        return "not known"
    return str(revision["commit"])[:12] + (" with changes" if revision.get("dirty") else "")


@st.cache_data(show_spinner="Counting…", max_entries=50)
def tables_of(stamp: Stamp) -> Tables:
    """The figures of a run that `find_run` could read."""
    run = load_run(Path(stamp[0]))
    main = main_measure(run.results)
    kinds = [_row("Kind", name, _main_figures(some, main, run.systems)) for name, some in _groups(run.results).items()]
    return Tables(str(run.header.get("comparable") or ""), _measures(run), main and title_of(main), kinds)


def _measures(run: Run) -> Rows:
    """The figures of every system, then times, tokens and errors; a row without any figure is left out."""
    of = {system: run.of(system) for system in run.systems}
    figures = {system: summarise(results) for system, results in of.items()}
    derived = {system: derive(one) for system, one in figures.items()}
    shown: dict[str, dict[str, str]] = {}
    for name in names_of(figures.values()):
        shown[title_of(name)] = {s: str(one[name]) for s, one in figures.items() if name in one}
    for name in names_of(derived.values()):
        shown[title_of(name)] = {s: f"{one[name]:.3f}" for s, one in derived.items() if name in one}
    for step in STEPS:
        taken = {s: found for s, results in of.items() if (found := latency(results, step))}
        shown[f"seconds to {step.replace('_', ' ')}"] = {s: _middle(found) for s, found in taken.items()}
    counts = {system: tokens(results) for system, results in of.items()}
    for kind in TOKENS:
        shown[f"tokens {kind}"] = {s: _middle(one[kind]) for s, one in counts.items() if kind in one}
    shown["ended in an error"] = {s: f"{errors(results)} of {len(results)}" for s, results in of.items()}
    return [_row("Measure", name, {s: one.get(s, "–") for s in of}) for name, one in shown.items() if one]


def _groups(results: Sequence[Result]) -> dict[str, list[Result]]:
    """The results of each kind, of each half where there are halves, and of all."""
    kinds = dict.fromkeys(result.item.kind for result in results)
    halves = [half for half in ("tune", "report") if any(result.item.half == half for result in results)]
    groups = {kind: [one for one in results if one.item.kind == kind] for kind in kinds}
    groups |= {f"{half} half": [one for one in results if one.item.half == half] for half in halves}
    return {**groups, "together": list(results)}


def _main_figures(results: Sequence[Result], main: str | None, systems: Sequence[str]) -> dict[str, str]:
    figures = {system: summarise([one for one in results if one.system == system]) for system in systems}
    return {system: str(one[main]) if main in one else "–" for system, one in figures.items()}


def _middle(found: Quantiles) -> str:
    spread = f" ({_number(found.interval[0])} to {_number(found.interval[1])})" if found.interval else ""
    return f"{_number(found.median)}{spread}, 90% within {_number(found.p90)}, n = {found.of}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _row(corner: str, name: str, cells: Mapping[str, str]) -> dict[str, str]:
    return {corner: escape_markdown(name)} | {escape_markdown(s): escape_markdown(cell) for s, cell in cells.items()}


@st.cache_data(show_spinner="Building the report…", max_entries=3)
def report_of(stamps: tuple[Stamp, ...]) -> str:
    """The report of runs as a page of its own."""
    return build_page([load_run(Path(stamp[0])) for stamp in stamps])


@st.cache_data(show_spinner="Comparing…", max_entries=20)
def comparison_of(one: Stamp, system_one: str, time_one: str, two: Stamp, system_two: str, time_two: str) -> str:
    """The comparison of two systems as text; they are told apart by the time where their names do not do it.

    Raises:
        UserFacingError: If they were not run on the same cases.
    """
    comparison = compare_runs(load_run(Path(one[0])), system_one, load_run(Path(two[0])), system_two)
    if system_one != system_two:
        return render_comparison(comparison, system_one, system_two)
    return render_comparison(comparison, f"{system_one} {time_one}", f"{system_two} {time_two}")
