"""`dateline models`, `doctor` and `app`: what is on this machine, whether it is well, and the window in the browser."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.common import HOST, Group, State
from index.errors import UserFacingError

DEFAULT_PORT = 8501
models_app = typer.Typer(
    cls=Group, help="List what can answer and embed, and fetch weights.", invoke_without_command=True
)


@models_app.callback()
def models(
    context: typer.Context,
    json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """List the models that can be chosen, and which weights are here."""
    if context.invoked_subcommand is not None:
        return
    from cli.show import one_line, print_json, size
    from index.weights.fetch import weights_state
    from index.weights.pinned import MINILM, WEIGHTS

    state: State = context.obj
    settings = state.settings()
    used = {settings.model, MINILM.name}
    weights = [weights_state(name, settings.cache, settings.weights) for name in WEIGHTS]
    if json:
        print_json({"model": settings.model, "embedder": settings.embedder, "weights": weights})
        return
    for one in weights:
        mark = "*" if one.name in used else " "
        here = "here" if one.present else "not here"
        print(f"{mark} {one.name:18} {size(one.bytes):>7}  {one.licence}  {here:8}  {one_line(str(one.path))}")
    print(f"{'*' if settings.model == 'none' else ' '} {'none':18} no model: the best sentences themselves")
    print("  gguf:FILE: a model file of your own")
    print("  ollama:NAME, openai:NAME, anthropic:NAME or http://ADDRESS/v1: a model served elsewhere")
    print(
        f"\n* in use. Answers: {settings.model}; vectors: {MINILM.name} ({settings.embedder}). "
        "Choose with DATELINE_MODEL or `dateline --model NAME …`; fetch with `dateline models fetch NAME`."
    )


@models_app.command("fetch")
def fetch(
    context: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="Weights; else those in use.")] = None,
) -> None:
    """Fetch weights and verify them; what is already here is only verified."""
    from cli.bars import fetch_bar
    from cli.show import plain
    from index.weights.fetch import fetch_weights
    from index.weights.pinned import weights_in_use

    state: State = context.obj
    settings = state.settings()
    for name in names or weights_in_use(settings.model):
        with fetch_bar() as on_progress:
            path = fetch_weights(name, settings.cache, settings.weights, on_progress)
        print(f"{name}  {plain(str(path))}")


def doctor(context: typer.Context) -> None:
    """Check everything that answering needs, a line each, with the command that mends it."""
    from cli.checks import run_checks
    from cli.show import plain

    failed = False
    for check in run_checks(context.obj, DEFAULT_PORT):
        print(f"{check.verdict:8} {check.name:15} {plain(check.found)}", flush=True)
        if check.verdict != "ok" and check.mend:
            print(f"{'':24} -> {check.mend}")
        failed |= check.needed and check.verdict != "ok"
    if failed:
        raise typer.Exit(1)


def app(
    context: typer.Context,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the page.")] = DEFAULT_PORT,
    sample: Annotated[Path | None, typer.Option(help="Folder to index first when the library is empty.")] = None,
    address: Annotated[str, typer.Option(help="To serve the page at; any but this machine's own needs a password.")] = (
        HOST
    ),
) -> None:
    """Open the window in the browser: runs until Ctrl-C, for this machine alone unless told otherwise."""
    from cli.window import OrphanError, end_orphan, require_free_port, require_guard, run_window

    state: State = context.obj
    settings = state.settings()
    if sample is not None and not sample.is_dir():
        raise UserFacingError(f"There is no folder {str(sample)!r} for --sample. Check the path and its spelling.")
    require_guard(address, settings)
    try:
        require_free_port(port, address)
    except OrphanError as left:
        if not (sys.stdin and sys.stdin.isatty() and typer.confirm(f"{left} Shall I end it?", default=True, err=True)):
            raise
        end_orphan(left.process)
        require_free_port(port, address)
    _fetch_missing(state)
    if sample is not None:
        _add_sample(state, sample)
    code = run_window(port, {name: str(getattr(settings, name)) for name in state.given}, address=address)
    if code:
        raise typer.Exit(code)


def _fetch_missing(state: State) -> None:
    from cli.bars import fetch_bar
    from index.weights.fetch import fetch_weights
    from index.weights.pinned import weights_in_use

    settings = state.settings()
    for name in weights_in_use(settings.model):
        with fetch_bar() as on_progress:
            fetch_weights(name, settings.cache, settings.weights, on_progress)


def _add_sample(state: State, folder: Path) -> None:
    """Index `folder` when the library holds nothing yet."""
    from cli.bars import fetch_bar, file_bar
    from cli.reports import print_report

    with fetch_bar() as on_fetch, state.open_library(state.settings(), on_fetch) as library:
        if library.documents():
            print("The library holds documents already, so --sample was not indexed.", file=sys.stderr)
            return
        with file_bar("Adding") as on_progress:
            report = library.add([folder], on_progress)
    print_report(report)
