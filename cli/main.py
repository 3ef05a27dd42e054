"""`dateline`: the options that stand before a command, and the commands. Each command's file does the rest."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from cli import ask, bench, evals, library, machine, timeline
from cli.common import Group, State

app = typer.Typer(
    cls=Group,
    help="Dated, cited answers from your own documents, on your own machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def options(
    context: typer.Context,
    library: Annotated[Path | None, typer.Option(help="Folder of the library; else DATELINE_LIBRARY.")] = None,
    model: Annotated[str | None, typer.Option(help="What answers, see `dateline models`; else DATELINE_MODEL.")] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log each slow step to standard error.")] = False,
) -> None:
    """Dated, cited answers from your own documents, on your own machine."""
    if verbose:
        logging.basicConfig(stream=sys.stderr, format="%(relativeCreated)6.0f ms  %(name)s: %(message)s")
        for name in ("index", "qa", "evals", "cli"):
            logging.getLogger(name).setLevel(logging.INFO)
    given = {"library": library.absolute() if library else None, "model": model}
    state = context.obj or State()
    context.obj = replace(state, given=state.given | {k: v for k, v in given.items() if v is not None}, verbose=verbose)


app.command("ask")(ask.ask)
app.command("search")(ask.search)
app.command("timeline")(timeline.timeline)
app.command("add")(library.add)
app.command("sync")(library.sync)
app.command("list")(library.list_documents)
app.command("show")(library.show)
app.command("remove")(library.remove)
app.command("restore")(library.restore)
app.command("rebuild")(library.rebuild)
app.add_typer(machine.models_app, name="models")
app.command("doctor")(machine.doctor)
app.command("app")(machine.app)
app.add_typer(evals.evals_app, name="eval")
app.command("bench")(bench.bench)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    for stream in (sys.stdout, sys.stderr):
        # A file name may hold bytes that are no character, and a pipe on Windows not every character.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    app(args=arguments)


if __name__ == "__main__":
    main()
