"""`dateline eval`: the cases asked one after the other, scored, reported and kept."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cli.common import CODE, State
from index.errors import UserFacingError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evals.cases import Case
    from evals.results import ResultsFile
    from evals.run import Result

CASES, DOCUMENTS = CODE / "evals" / "cases" / "seeds.jsonl", CODE / "seeds"
THRESHOLDS, RESULTS = CODE / "evals" / "thresholds.json", CODE / "evals" / "results"


def evaluate(
    context: typer.Context,
    *,
    cases: Annotated[
        Path, typer.Option(help="File of cases, a JSON object a line.", show_default="the seeds'")
    ] = CASES,
    documents: Annotated[
        Path, typer.Option(help="Folder of the documents they ask about.", show_default="seeds")
    ] = DOCUMENTS,
    half: Annotated[Literal["tune", "report", "all"], typer.Option(help="Which half of the cases.")] = "all",
    kind: Annotated[list[str] | None, typer.Option(help="Only cases of this kind; may be given again.")] = None,
    sample: Annotated[int | None, typer.Option(min=1, help="Only so many cases, drawn by chance.")] = None,
    seed: Annotated[int, typer.Option(help="Of the chance.")] = 0,
    out: Annotated[
        Path | None,
        typer.Option(help="New file for the results, JSON lines.", show_default="a new file in evals/results"),
    ] = None,
) -> None:
    """Ask cases with known facts, score the answers, and fail when they are under the thresholds."""
    from cli.bars import fetch_bar, file_bar
    from evals.cases import choose_cases, load_cases
    from evals.report import load_thresholds, missed_thresholds, render
    from evals.results import ResultsFile, build_header, results_path
    from evals.run import check_quotes, load_suite, run_cases, suite_files, suite_settings

    state: State = context.obj
    chosen = choose_cases(load_cases(cases), half=half, kinds=kind or (), sample=sample, seed=seed)
    thresholds = load_thresholds(THRESHOLDS)
    if not documents.is_dir():
        raise UserFacingError(f"There is no folder {str(documents)!r}. Give the cases' documents with --documents.")
    files = suite_files(documents)
    settings = suite_settings(state.settings(), files)
    with fetch_bar() as on_fetch:
        session = state.open_session(settings, on_fetch)
    with session:
        with file_bar("Reading the documents") as on_progress:
            sources = load_suite(session.library, files, on_progress)
        check_quotes(chosen, sources)
        hashes = {Path(one.document.uri).name: one.document.content_hash for one in sources.values()}
        choice = {"half": half, "kinds": kind or [], "sample": sample, "seed": seed, "run": len(chosen)}
        path = out or results_path(RESULTS, settings.model, datetime.now(UTC))
        with ResultsFile(path, build_header(settings, cases, hashes, choice)) as kept:
            # Before the clock runs: a user pays this once at the start, not at each question.
            session.chain.warm()
            results = _run(run_cases(chosen, session.chain, sources), chosen, kept)
    print(render(results))
    print(f"\nResults in {path}")
    missed = missed_thresholds(results, thresholds)
    for line in missed:
        typer.echo(f"Failed: {line}.", err=True)
    if missed:
        raise typer.Exit(1)


def _run(running: Iterable[Result], cases: tuple[Case, ...], kept: ResultsFile) -> list[Result]:
    """All results, each kept as soon as it is there, with a bar and the time left."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from cli.bars import stderr_console

    console, results, right = stderr_console(), [], 0
    columns = (
        TextColumn("Asking", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[right]} right", markup=False),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=len(cases), right=0)
        for result in running:
            kept.add(result)
            results.append(result)
            right += bool(result.score and result.score.right)
            progress.update(task, advance=1, right=right)
    return results
