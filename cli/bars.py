"""Progress on standard error: bars on a terminal, a few plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.text import Text

from cli.show import one_line, size

if TYPE_CHECKING:
    from evals.records import Result

OnProgress = Callable[[int, int, str], None]


def stderr_console() -> Console:
    """A console on standard error that takes text as it is."""
    return Console(file=sys.stderr, markup=False, emoji=False, highlight=False)


@contextmanager
def fetch_bar() -> Iterator[OnProgress]:
    """Shows bytes, speed and time left while weights are fetched; nothing when all are here."""
    console = stderr_console()
    text = TextColumn("{task.description}", markup=False)
    progress = Progress(
        text, BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn(), console=console
    )
    tasks = [progress.add_task("Fetching", total=None)]
    shown: list[int] = []

    def report(done: int, total: int, source: str) -> None:
        if console.is_terminal:
            progress.start()
            if done < progress.tasks[-1].completed:  # the next weights, or the next source for the same
                tasks.append(progress.add_task("Fetching"))
            progress.update(tasks[-1], completed=done, total=total, description=f"From {source}")
        elif not shown or done * 10 // max(total, 1) != shown[-1]:
            shown.append(done * 10 // max(total, 1))
            print(f"Fetching {size(total)} of model weights from {source}: {size(done)}", file=sys.stderr)

    try:
        yield report
    finally:
        if progress.live.is_started:
            progress.stop()


class _RateColumn(ProgressColumn):
    """Files a second."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:.1f}/s" if task.speed else "")


@contextmanager
def file_bar(what: str) -> Iterator[OnProgress]:
    """Shows how many files are done and which one is next; nothing where there is no terminal."""
    console = stderr_console()
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        _RateColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[path]}", markup=False),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task(what, total=None, path="")

        def report(done: int, total: int, path: str) -> None:
            progress.update(task, completed=done, total=total, path=one_line(Path(path).name))

        yield report


@contextmanager
def case_bar(done: int, total: int) -> Iterator[Callable[[Result], None]]:
    """Shows how many cases are done, how many of this run's were right, and the time left."""
    console = stderr_console()
    columns = (
        TextColumn("Asking", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[right]}", markup=False),
        TimeRemainingColumn(),
    )
    right: dict[str, int] = {}
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=total, completed=done, right="")

        def advance(result: Result) -> None:
            right[result.system] = right.get(result.system, 0) + (result.measures.get("right") is True)
            shown = ", ".join(f"{name} {count} right" for name, count in right.items() if count)
            progress.update(task, advance=1, right=shown)

        yield advance
