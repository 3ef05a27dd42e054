"""`dateline`: the options that stand before a command, and the commands. Each command's file does the rest."""

from __future__ import annotations

import errno
import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from cli import ask, backup, bench, edit, evals, fetch, library, machine, past, serve, timeline, watch
from cli.common import Group, State

NO_ROOM = {errno.ENOSPC, errno.EIO, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
"""Errors of a disk under standard output, which has no file name to tell."""

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
        for name in ("index", "qa", "evals", "serve", "cli"):
            logging.getLogger(name).setLevel(logging.INFO)
    given = {"library": library.absolute() if library else None, "model": model}
    state = context.obj or State()
    context.obj = replace(state, given=state.given | {k: v for k, v in given.items() if v is not None}, verbose=verbose)


app.command("ask")(ask.ask)
app.command("search")(ask.search)
app.command("timeline")(timeline.timeline)
app.command("fetch")(fetch.fetch)
app.command("add")(library.add)
app.command("sync")(library.sync)
app.command("watch")(watch.watch)
app.command("list")(library.list_documents)
app.command("show")(library.show)
app.command("edit")(edit.edit)
app.command("history")(past.history)
app.command("remove")(past.remove)
app.command("restore")(past.restore)
app.command("backup")(backup.backup)
app.command("restore-backup")(backup.restore_backup)
app.command("export")(backup.export)
app.command("rebuild")(library.rebuild)
app.add_typer(machine.models_app, name="models")
app.command("doctor")(machine.doctor)
app.command("app")(machine.app)
app.command("serve")(serve.serve)
app.command("mcp")(serve.mcp)
app.add_typer(evals.evals_app, name="eval")
app.command("bench")(bench.bench)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    _open_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        # A file name may hold bytes that are no character, and a pipe on Windows not every character.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        app(args=arguments)
    except OSError as error:
        if error.errno not in NO_ROOM or error.filename is not None:
            raise
        # What still waits for it is given up, or Python would try once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        print(f"Not all of this could be written: {error.strerror}. Free some space and try again.", file=sys.stderr)
        sys.exit(1)


def _open_closed_streams() -> None:
    """Put the null device in the place of standard streams that were closed before the start: Python has None there."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - for the life of the process


if __name__ == "__main__":
    main()
