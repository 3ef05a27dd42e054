"""`dateline bench`: how fast this machine is with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.common import CODE, State
from index.errors import UserFacingError

if TYPE_CHECKING:
    from evals.speed.show import Table
    from evals.speed.texts import Corpus

CASES, SEEDS = CODE / "evals" / "cases" / "seeds.jsonl", CODE / "seeds"


def bench(
    context: typer.Context,
    *,
    only: Annotated[
        list[str] | None, typer.Option(help="Only indexing, retrieval, startup or answers; may be given again.")
    ] = None,
    texts: Annotated[
        Path | None,
        typer.Option(help="Folder of plain texts or JSON lines (text, title).", show_default="seeds"),
    ] = None,
    data: Annotated[Path | None, typer.Option(help="Folder of the public data sets, in the place of --texts.")] = None,
    passages: Annotated[
        list[int] | None,
        typer.Option(min=1, help="Size of a library to search; may be given again.", show_default="1000 10000 100000"),
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="1,000 passages and few rounds: about a minute.")] = False,
    llm: Annotated[bool, typer.Option("--llm", help="Also time answers of the model: some minutes.")] = False,
    questions: Annotated[int, typer.Option(min=1, help="Asked of the model for each budget of evidence.")] = 12,
    seed: Annotated[int, typer.Option(help="Of what is drawn by chance.")] = 0,
    out: Annotated[Path | None, typer.Option(help="New file for the results, JSON.")] = None,
) -> None:
    """Measure speed and memory on this machine: taking documents in, searching, starting, answering."""
    from dataclasses import replace

    from cli.bars import fetch_bar, file_bar
    from evals.speed.answers import expected_minutes
    from evals.speed.bench import Given, make_plan, require_new, run_bench
    from evals.speed.show import tables
    from index.places import SQLITE
    from index.weights.fetch import fetch_weights
    from index.weights.pinned import MINILM

    state: State = context.obj
    plan = make_plan(only or (), passages or (), quick=quick, llm=llm, questions=questions, seed=seed)
    if not only and not texts and not data:
        plan = replace(plan, parts=tuple(part for part in plan.parts if part != "retrieval"))
        typer.echo("Retrieval is left out: it needs more text than the samples. Give --texts FOLDER.", err=True)
    if out:
        require_new(out)
    corpus, settings = _corpus(texts, data), state.settings()
    with fetch_bar() as on_fetch:
        fetch_weights(MINILM.name, settings.cache, settings.weights, on_fetch)
        if {"startup", "answers"} & set(plan.parts):
            # Opened once: what is fetched only the first time must not be timed.
            seeds = settings.model_copy(update={"library": settings.cache / "bench" / "seeds", "record": SQLITE})
            state.open_session(seeds, on_fetch).close()
    if "answers" in plan.parts:
        typer.echo(f"The answers take about {expected_minutes(plan.questions):.0f} minutes on two cores.", err=True)
    with file_bar("Measuring") as on_progress:
        result = run_bench(plan, Given(corpus, settings, cases=CASES, documents=(SEEDS,)), on_progress, out)
    for table in tables(result):
        print_table(table)
    if out:
        print(f"Results in {out}")


def _corpus(texts: Path | None, data: Path | None) -> Corpus:
    from evals.speed.texts import read_folder, read_public

    if texts and data:
        raise UserFacingError("Both --texts and --data are given, and text is read from one place. Give one of them.")
    return read_public(data) if data else read_folder(texts or SEEDS)


def print_table(table: Table) -> None:
    """As aligned columns, the same on a terminal and in a pipe."""
    from cli.show import console

    rows = [table.columns, *table.rows]
    widths = [max(len(row[at]) for row in rows) for at in range(len(table.columns))]
    left = {at for at in range(len(table.columns)) if any(row[at][:1].isalpha() for row in table.rows)}
    out = console()
    out.print(f"\n{table.title}", style="bold")
    for row in rows:
        cells = [cell.ljust(width) if at in left else cell.rjust(width)
                 for at, (cell, width) in enumerate(zip(row, widths, strict=True))]  # fmt: skip
        out.print("  ".join(cells).rstrip())
    for note in table.notes:
        out.print(note, style="dim")
