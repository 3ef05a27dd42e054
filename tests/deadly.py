"""What ends its own process where it is told to: importable where Ray works."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from fakes import prepare_lines

from index.records import Prepared


def echo_or_die() -> Callable[[Sequence[str]], list[str]]:
    """Gives back what it is given; `deadly` ends the process."""
    return _echo


def _echo(words: Sequence[str]) -> list[str]:
    if "deadly" in words:
        os.kill(os.getpid(), signal.SIGKILL)
    return list(words)


def prepare_or_die(path: Path, given: Mapping[str, str] | None = None) -> Prepared:
    """As `prepare_lines`; `DEADLY` in a file ends the process each time, `DEADLY ONCE` the first time."""
    text, seen = path.read_text(), path.with_name(f".{path.name}.seen")
    if "DEADLY" in text and not ("ONCE" in text and seen.exists()):
        seen.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return prepare_lines(path, given)
