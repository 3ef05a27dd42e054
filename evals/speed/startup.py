"""Seconds from starting a new process until it has done something, and the most memory it took."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evals.speed.numbers import summary
from index.errors import UserFacingError
from index.pipeline import OnProgress

TIMEOUT_S = 600.0
PEAK = "peak memory in bytes:"
_REMEMBER = f"""\
import atexit, sys
from evals.speed.process import peak_bytes
atexit.register(lambda: print("{PEAK}", peak_bytes(), file=sys.stderr))
"""
_COMMAND = "from cli.main import main\nmain(sys.argv[1:])\n"
_OPEN = """\
import sys
from index.settings import load_settings
from qa.session import open_session
from qa.settings import Settings
with open_session(load_settings(Settings, library=sys.argv[1], model=sys.argv[2])) as session:
    session.chain.warm()
    print("open")
"""


def commands(library: Path, model: str, question: str) -> dict[str, list[str]]:
    """What is started, by what the user waits for."""
    given = ["--library", str(library), "--model", model]
    return {
        "help": ["-m", "cli.main", "--help"],
        "search": ["-m", "cli.main", *given, "search", question],
        "open": ["-c", _OPEN, str(library), model],
    }


def measure_startup(
    started: Mapping[str, Sequence[str]], *, times: int, on_progress: OnProgress
) -> dict[str, dict[str, Any]]:
    """Seconds until each command has ended, in turns, `times` each after one that does not count.

    Args:
        started: Arguments to Python, by name. The first run brings the files into
            the system's cache, and tells its peak of memory.
    """
    peaks = {name: _peak(arguments) for name, arguments in started.items()}
    seconds: dict[str, list[float]] = {name: [] for name in started}
    for done in range(times):
        for name, arguments in started.items():
            on_progress(done, times, f"start-up: {name}")
            began = time.perf_counter()
            _run(arguments)
            seconds[name].append(time.perf_counter() - began)
    on_progress(times, times, "start-up")
    return {name: {"seconds": summary(seconds[name]), "peak_bytes": peaks[name]} for name in started}


def _peak(arguments: Sequence[str]) -> int | None:
    """Most memory of the same work, told by the process itself as it ends."""
    if arguments[:2] == ["-m", "cli.main"]:
        arguments = ["-c", _REMEMBER + _COMMAND, *arguments[2:]]
    else:
        arguments = ["-c", _REMEMBER + arguments[1], *arguments[2:]]
    told = _run(arguments).rpartition(PEAK)[2].strip()
    return int(told) if told.isdigit() else None


def _run(arguments: Sequence[str]) -> str:
    """Run Python with these arguments; what it wrote to standard error.

    Raises:
        UserFacingError: If it fails or hangs, with its last line.
    """
    shown = " ".join(part for part in arguments if "\n" not in part)
    try:
        done = subprocess.run(
            [sys.executable, *arguments],
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=TIMEOUT_S,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired as error:
        raise UserFacingError(
            f"A process started to be timed ({shown}) did not end within {TIMEOUT_S:.0f} s. See `dateline doctor`."
        ) from error
    if done.returncode:
        said = [line for line in done.stderr.strip().splitlines() if not line.startswith(PEAK)]
        last = said[-1] if said else "no reason given."
        raise UserFacingError(
            f"A process started to be timed ({shown}) failed with code {done.returncode}: {last} See `dateline doctor`."
        )
    return done.stderr
