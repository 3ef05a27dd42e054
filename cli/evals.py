"""`dateline eval`: suites of cases put to systems, compared and reported."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from cli.common import CODE, Group, State
from index.errors import UserFacingError

if TYPE_CHECKING:
    from evals.opening import Opening
    from evals.records import Suite
    from evals.report.results import Run

RESULTS, THRESHOLDS, FLOOR = (CODE / "evals" / name for name in ("results", "thresholds.json", "floor.json"))

evals_app = typer.Typer(cls=Group, no_args_is_help=False, help="Know how good the answers are.")

Half = Annotated[Literal["tune", "report", "all"], typer.Option(help="Which half of the cases.")]
OwnHalf = Annotated[
    Literal["tune", "report", "all"] | None,
    typer.Option(help="Which half of the cases.", show_default="all; report of dossiers and claims"),
]
Kind = Annotated[list[str] | None, typer.Option(help="Only cases of this kind; may be given again.")]
Sample = Annotated[int | None, typer.Option(min=1, help="Only so many cases, drawn by chance.")]
Seed = Annotated[int, typer.Option(help="Of the chance.")]
Documents = Annotated[Path | None, typer.Option(help="Folder of the documents that a file of cases asks about.")]
Out = Annotated[
    Path | None,
    typer.Option(help="File for the results; one that was begun goes on.", show_default="a new one in evals/results"),
]


@evals_app.callback(invoke_without_command=True)
def evaluate(
    context: typer.Context,
    *,
    half: Half = "all",
    kind: Kind = None,
    sample: Sample = None,
    seed: Seed = 0,
    documents: Documents = None,
    cases: Annotated[
        Path | None, typer.Option(help="File of cases, a JSON object a line.", show_default="the seeds'")
    ] = None,
    out: Out = None,
) -> None:
    """Ask the sample reports' cases, score the answers, and fail when they are under the thresholds.

    With a command behind it: other suites and systems, comparing, reporting.
    """
    if context.invoked_subcommand is not None:
        return
    from evals.report.text import load_thresholds, missed_thresholds
    from evals.suites.named import SEEDS

    state: State = context.obj
    thresholds = load_thresholds(THRESHOLDS)
    suite = _suite(state, str(cases) if cases else SEEDS, documents, None)
    run = _measure(state, suite, [], {"half": half, "kinds": kind or [], "sample": sample, "seed": seed}, out)
    missed = missed_thresholds(run.results, thresholds)
    for line in missed:
        typer.echo(f"Failed: {line}.", err=True)
    if missed:
        raise typer.Exit(1)


@evals_app.command("run")
def run_suite(
    context: typer.Context,
    suite: Annotated[
        str, typer.Argument(help="seeds, dossiers, claims, poison, a public data set, or a file of cases (.jsonl).")
    ],
    *,
    system: Annotated[list[str] | None, typer.Option(help="What is measured; may be given again.")] = None,
    half: OwnHalf = None,
    kind: Kind = None,
    sample: Sample = None,
    seed: Seed = 0,
    documents: Documents = None,
    data: Annotated[Path | None, typer.Option(help="Folder of the public data sets.")] = None,
    judge: Annotated[
        str | None, typer.Option(help="Model that also gives its opinion of each answer.", show_default="none")
    ] = None,
    out: Out = None,
) -> None:
    """Put a suite of cases to one or more systems, in turn, and keep every result."""
    from evals.suites.named import DEFAULT_HALF

    state: State = context.obj
    chosen = {"half": half or DEFAULT_HALF.get(suite, "all"), "kinds": kind or [], "sample": sample, "seed": seed}
    run = _measure(state, _suite(state, suite, documents, data), system or [], chosen, out, judge)
    failed = sum(result.error is not None for result in run.results)
    if failed:
        typer.echo(f"Failed: {failed} of {len(run.results)} cases ended in an error.", err=True)
        raise typer.Exit(1)


@evals_app.command("check")
def check(
    context: typer.Context,
    *,
    update: Annotated[bool, typer.Option("--update", help="Keep what is measured now as the new floor.")] = False,
    out: Out = None,
) -> None:
    """Measure in seconds what needs no language model, and fail where it is worse than evals/floor.json."""
    from evals.short import SYSTEMS, better, load_floor, values_of, worse, write_floor
    from evals.suites.named import SEEDS

    state: State = context.obj
    floor = {} if update else load_floor(FLOOR)
    chosen: dict[str, Any] = {"half": "all", "kinds": [], "sample": None, "seed": 0}
    found = values_of(_measure(state, _suite(state, SEEDS, None, None), list(SYSTEMS), chosen, out).results)
    if update:
        write_floor(FLOOR, found)
        print(f"Kept in {FLOOR}")
    for line in better(found, floor):
        print(f"Better: {line}. Keep it with `dateline eval check --update`.")
    fell = worse(found, floor)
    for line in fell:
        typer.echo(f"Failed: {line}.", err=True)
    if fell:
        raise typer.Exit(1)


@evals_app.command("compare")
def compare(
    first: Annotated[str, typer.Argument(help="File of results, FILE@SYSTEM where it holds several.")],
    second: Annotated[str, typer.Argument(help="Another, or another system of the same file.")],
) -> None:
    """Set two systems or two runs against each other, case by case."""
    from evals.report.compare import compare_runs, render_comparison

    (one, system_one), (two, system_two) = _named_run(first), _named_run(second)
    names = [system_one, system_two]
    if one.path != two.path:
        names = [f"{run.path.stem}@{system}" for run, system in ((one, system_one), (two, system_two))]
    print(render_comparison(compare_runs(one, system_one, two, system_two), *names))


@evals_app.command("report")
def report(
    files: Annotated[list[Path] | None, typer.Argument(help="Files of results; the newest when none is given.")] = None,
    *,
    out: Annotated[Path, typer.Option(help="The page.")] = Path("dateline-report.html"),
) -> None:
    """Write one HTML page, complete in itself, of one or more runs."""
    from evals.report.page import build_page
    from evals.report.results import load_run

    found = files or sorted(RESULTS.glob("*.jsonl"))[-1:]
    if not found:
        raise UserFacingError(f"There are no results in {str(RESULTS)!r}. Make some with `dateline eval run seeds`.")
    page = build_page([load_run(path) for path in found])
    try:
        out.write_text(page, encoding="utf-8")
    except OSError as error:
        raise UserFacingError(
            f"The page cannot be written to {str(out)!r} ({error.strerror}). Name another file with --out."
        ) from error
    print(f"Report of {', '.join(path.name for path in found)} in {out}")


def _suite(state: State, name: str, documents: Path | None, data: Path | None) -> Suite:
    from evals.suites.named import open_suite

    return open_suite(name, settings=state.settings(), opening=_opening(state), documents=documents, data=data)


def _opening(state: State) -> Opening:
    from cli.bars import fetch_bar
    from evals.opening import Opening

    def open_session(settings: Any) -> Any:
        with fetch_bar() as on_fetch:
            return state.open_session(settings, on_fetch)

    def open_embedder(settings: Any) -> Any:
        with fetch_bar() as on_fetch:
            return state.open_embedder(settings, on_fetch)

    return Opening(open_embedder, open_session, state.open_model)


def _measure(
    state: State,
    suite: Suite,
    systems: list[str],
    chosen: dict[str, Any],
    out: Path | None,
    judge: str | None = None,
) -> Run:
    """Runs what is left to run, shows it and gives all of it."""
    from cli.bars import case_bar, file_bar
    from evals.measures.judge import Judged
    from evals.report.results import ResultsFile, build_header, load_run, results_path
    from evals.report.text import render
    from evals.run import choose_systems, run_items
    from evals.suites.cases import choose_items

    settings = state.settings()
    items = choose_items(suite.items, **chosen)
    names = choose_systems(systems, suite.systems)
    path = out or results_path(RESULTS, suite.name, datetime.now(UTC))
    header = build_header(suite, names, settings, chosen | {"run": len(items)}, judge)
    with ExitStack() as stack:
        with file_bar("Reading the documents") as on_progress:
            asks = stack.enter_context(suite.open(names, settings, items, on_progress))
        if judge:
            model = state.open_model(settings.model_copy(update={"model": judge}))
            stack.callback(model.close)
            asks = {name: Judged(ask, model) for name, ask in asks.items()}
        kept = stack.enter_context(ResultsFile(path, header))
        done = {(result.system, result.item.id) for result in kept.earlier if result.error is None}
        left = sum((name, item.id) not in done for name in names for item in items)
        if done:
            typer.echo(f"{len(done)} results are in {path} already; {left} are left.", err=True)
        with case_bar(len(done), len(done) + left) as advance:
            for result in run_items(items, asks, done):
                kept.add(result)
                advance(result)
    run = load_run(path)
    print(render(run.results))
    print(f"\nResults in {path}")
    return run


def _named_run(name: str) -> tuple[Run, str]:
    """The run and the system of `FILE` or `FILE@SYSTEM`."""
    from evals.report.results import load_run

    file, _, system = name.rpartition("@") if not Path(name).exists() else (name, "", "")
    run = load_run(Path(file or name))
    if not system and len(run.systems) > 1:
        raise UserFacingError(
            f"{name!r} holds several systems. Name one: " + ", ".join(f"{run.path}@{each}" for each in run.systems)
        )
    return run, system or run.systems[0]
