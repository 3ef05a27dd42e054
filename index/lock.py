"""One process writes to a library at a time; who is told to wait is told for whom."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from index.errors import LibraryBusyError

LOCK_WAIT_S = 2.0


@contextmanager
def write_lock(folder: Path, wait_s: float = LOCK_WAIT_S) -> Iterator[None]:
    """Hold the write lock of the library in `folder`. Raises LibraryBusyError when another process does so longer."""
    pid_file = folder / "write.pid"
    lock = FileLock(folder / "write.lock", timeout=wait_s)
    try:
        lock.acquire()
    except Timeout as error:
        # On Windows a locked file cannot be read, so the process that holds it is named in a file beside it.
        pid = pid_file.read_text(encoding="utf-8").strip() if pid_file.is_file() else "unknown"
        raise busy(pid, folder) from error
    try:
        pid_file.write_text(str(os.getpid()), encoding="utf-8")
        yield
    finally:
        pid_file.unlink(missing_ok=True)
        lock.release()


def busy(process: str, folder: Path) -> LibraryBusyError:
    """The error that says which process writes to the library in `folder`."""
    return LibraryBusyError(
        f"Another run (process {process}) is writing to the library in {str(folder)!r}. "
        "Wait until it has finished and try again; asking is possible meanwhile."
    )
