"""`dateline watch`: folders followed as they change, until it is ended."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event
from typing import Annotated

import typer

from cli.common import Fields, State
from index.errors import UserFacingError


def watch(
    context: typer.Context,
    folders: Annotated[list[str], typer.Argument(metavar="FOLDER...", help="Folders to follow.")],
    collection: Annotated[str | None, typer.Option(help="Name to keep all of them under, to ask them alone.")] = None,
    field: Fields = None,
) -> None:
    """Follow folders as they change, until Ctrl-C: first as sync, then each file soon after it was written."""
    from cli.bars import fetch_bar
    from cli.reports import print_report
    from cli.show import plain
    from index.fields import read_fields
    from index.watch import Follower

    if missing := [folder for folder in folders if not Path(folder).is_dir()]:
        raise UserFacingError(f"There is no folder {missing[0]!r} to follow. Check the path and its spelling.")
    fields = read_fields(field or ())
    state: State = context.obj
    with fetch_bar() as on_fetch:
        library = state.open_library(state.settings(), on_fetch)
    follower = Follower(
        library,
        folders,
        on_report=lambda report: print_report(report, flush=True),
        on_trouble=lambda told: print(plain(told), file=sys.stderr, flush=True),
        collection=collection,
        fields=fields,
    )
    with library, _ended_by_signal(follower.stopped):
        print(f"Following {', '.join(map(plain, folders))}; Ctrl-C ends it.", file=sys.stderr, flush=True)
        # What was taken in stays; a file that was being taken in is taken in again the next time.
        with suppress(KeyboardInterrupt):
            follower.run()
        print("No longer following.", file=sys.stderr, flush=True)


@contextmanager
def _ended_by_signal(stopped: Event) -> Iterator[None]:
    """Have Ctrl-C and SIGTERM end the following when what is under way is done, and the second one at once."""

    def stop(number: int, frame: object) -> None:
        # Not by an exception the first time: one that is raised in a library's callback is lost there.
        if stopped.is_set():
            raise KeyboardInterrupt
        stopped.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
