"""A process of its own for each thing that is measured, so that its memory is nobody else's."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path
from types import TracebackType
from typing import Any, Concatenate, Generic, ParamSpec, Self, TypeVar

from index.errors import UserFacingError

T = TypeVar("T")
R = TypeVar("R")
P = ParamSpec("P")


class Worker(Generic[T]):
    """Holds what `open` gives in a new process, and calls functions there on it, one at a time."""

    def __init__(self, what: str, open: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> None:
        """`what` names it in errors. Raises what `open` raises."""
        self._what = what
        # Spawned, never forked: a fork would begin with this process's memory and its threads' locks.
        self._pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
        try:
            self._result(_hold, open, args, kwargs)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def call(self, function: Callable[Concatenate[T, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """What `function` gives for the held value and `args`."""
        result: R = self._result(_call, function, args, kwargs)
        return result

    def peak_bytes(self) -> int | None:
        """Most memory that the process has had so far."""
        result: int | None = self._result(peak_bytes)
        return result

    def close(self) -> None:
        """Close what is held and end the process."""
        try:
            self._pool.submit(_let_go).result()
        except BrokenProcessPool:
            pass  # it is gone already, and whoever asked it for a result was told
        finally:
            self._pool.shutdown()

    def _result(self, function: Callable[..., Any], *args: Any) -> Any:
        try:
            return self._pool.submit(function, *args).result()
        except BrokenProcessPool as error:
            raise UserFacingError(
                f"The process that measured {self._what} was ended from outside, most likely for want of memory. "
                "Close other programs, or measure less: see `dateline bench --help`."
            ) from error


def peak_bytes() -> int | None:
    """Most memory that this process has had; None where the system does not tell."""
    # Not getrusage on Linux: its peak goes on counting from that of the process which started this one (getrusage(2)
    # keeps it over execve).
    if (told := _status("VmHWM")) is not None:
        return told
    try:
        import resource
    except ImportError:  # Windows
        return None
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def resident_bytes() -> int | None:
    """Memory that this process has now; None where the system does not tell."""
    return _status("VmRSS")


def disk_bytes(folder: Path) -> int:
    """Bytes of all files under a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _status(name: str) -> int | None:
    path = Path("/proc") / str(os.getpid()) / "status"
    if not path.is_file():
        return None
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:")), None)


_held: list[Any] = []
"""In a worker's process: the one thing that it holds."""


def _hold(open: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    _held.append(open(*args, **kwargs))


def _call(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return function(_held[0], *args, **kwargs)


def _let_go() -> None:
    while _held:
        close = getattr(_held.pop(), "close", None)
        if close:
            close()
