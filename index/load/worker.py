"""Files that other people's libraries read are read in a process of its own: one that hangs, eats the memory or dies
there takes nothing else along.

What runs there is `index.load.process`.
"""

from __future__ import annotations

import contextlib
import json
import queue
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Literal

import psutil

from index.errors import LoadError
from index.load.content import Content
from index.load.kinds import Kind
from index.load.signs import Read

CPU_LIMIT_S = 30.0
"""Of one file; the slowest honest one seen took 3 s."""
WALL_LIMIT_S = 300.0
"""The same on a machine that is busy."""
MEMORY_LIMIT = 1_500_000_000
"""Bytes of the process; honest files took 250 MB."""
POLL_S = 0.05
STILL_AT_WORK = b"\n"
"""What the process writes when a page of many is done: the limits of time begin anew."""


class Worker:
    """The process that reads files, started when it is first needed; one object may serve several threads."""

    def __init__(
        self, cpu_limit_s: float = CPU_LIMIT_S, memory_limit: int = MEMORY_LIMIT, wall_limit_s: float = WALL_LIMIT_S
    ) -> None:
        self._cpu_limit_s, self._memory_limit, self._wall_limit_s = cpu_limit_s, memory_limit, wall_limit_s
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._answers: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def read(
        self,
        path: Path,
        kind: Kind | Literal["pdf slowly"],
        digest: str | None = None,
        file: Path | None = None,
        encoding: str | None = None,
    ) -> Content:
        """What the file holds.

        Args:
            path: Of the file, as it is called to the user.
            kind: What it is read as.
            digest: The SHA-256 that its bytes must have; any when None.
            file: Where its bytes lie, if that is elsewhere.
            encoding: Of a web page that is not UTF-8, where the user gives it.

        Raises:
            LoadError: If it cannot be read, or is another file than `digest` tells.
            ReaderEndedError: If reading it took too long or too much memory, or its process died.
        """
        with self._lock:
            process = self._started()
            assert process.stdin is not None
            try:
                process.stdin.write(json.dumps([str(file or path), kind, str(path), encoding]).encode() + b"\n")
                process.stdin.flush()
                answer = json.loads(self._awaited(process, path))
            except OSError as error:
                self._end()
                raise _ended(path, "its reader could not be reached") from error
        if "error" in answer:
            raise LoadError(answer["error"])
        if digest not in (None, answer["digest"]):
            raise LoadError(f"{str(path)!r} changed while it was read. Add it again when it is complete.")
        known = {name: Read(*read) for name, read in answer["metadata"].items()}
        notes, attached = tuple(answer["notes"]), tuple(answer["attached"])
        return Content(answer["text"], tuple(answer["page_starts"]), known, notes, attached)

    def close(self) -> None:
        """End the process. A second call does nothing, and a later `read` starts a new one."""
        with self._lock:
            self._end()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._end()
            command = [sys.executable, "-m", "index.load.process"]
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # warnings of libraries about files that are none of theirs
                cwd=Path(__file__).resolve().parents[2],
            )
            self._answers = queue.SimpleQueue()
            threading.Thread(target=_listen, args=(self._process, self._answers), daemon=True).start()
        return self._process

    def _awaited(self, process: subprocess.Popen[bytes], path: Path) -> bytes:
        watched, began = psutil.Process(process.pid), time.monotonic()
        spent = _cpu_s(watched)
        while True:
            try:
                answer = self._answers.get(timeout=POLL_S)
            except queue.Empty:
                reason = self._over_limit(watched, spent, began)
                if reason is None:
                    continue
                self._end()
                raise _ended(path, reason) from None
            if answer == STILL_AT_WORK:
                spent, began = _cpu_s(watched), time.monotonic()
                continue
            if answer:
                return answer
            code = process.wait()
            self._end()
            raise _ended(path, f"its reader ended with {code}")

    def _over_limit(self, process: psutil.Process, spent: float, began: float) -> str | None:
        """What limit is passed; None where none is, or the process is gone, which its end tells."""
        with contextlib.suppress(psutil.Error):
            if process.memory_info().rss > self._memory_limit:
                return f"it takes more than {self._memory_limit / 1e9:g} GB of memory"
            if _cpu_s(process) - spent > self._cpu_limit_s or time.monotonic() - began > self._wall_limit_s:
                return f"it takes more than {self._cpu_limit_s:g} s"
        return None

    def _end(self) -> None:
        if self._process is None:
            return
        if self._process.poll() is None:
            with contextlib.suppress(psutil.Error):  # gone meanwhile
                for child in psutil.Process(self._process.pid).children(recursive=True):
                    child.kill()
            self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                with contextlib.suppress(OSError):  # what waited for the process is lost with it
                    stream.close()
        self._process = None


class Workers:
    """A `Worker` for each thread that reads."""

    def __init__(self) -> None:
        self._of_thread, self._lock = threading.local(), threading.Lock()
        self._all: list[Worker] = []

    def read(self, path: Path, kind: Kind | Literal["pdf slowly"], *how: Any) -> Content:
        """As `Worker.read`, with the rest of its arguments."""
        worker: Worker | None = getattr(self._of_thread, "worker", None)
        if worker is None:
            worker = self._of_thread.worker = Worker()
            with self._lock:
                self._all.append(worker)
        return worker.read(path, kind, *how)

    def close(self) -> None:
        """End all processes; a later `read` starts new ones."""
        with self._lock:
            for worker in self._all:
                worker.close()
            self._all, self._of_thread = [], threading.local()


class ReaderEndedError(LoadError):
    """The reading was ended, or its process died: another reader may do better."""


def _ended(path: Path, reason: str) -> ReaderEndedError:
    return ReaderEndedError(
        f"{path.name!r} could not be read: {reason}. It is damaged, or made to do harm; the other files are not "
        "affected. Print it to PDF anew, or split it, and add that."
    )


def _listen(process: subprocess.Popen[bytes], answers: queue.SimpleQueue[bytes]) -> None:
    assert process.stdout is not None
    with contextlib.suppress(OSError, ValueError):  # closed by whoever ended the process
        for line in process.stdout:
            answers.put(line)
    answers.put(b"")


def _cpu_s(process: psutil.Process) -> float:
    with contextlib.suppress(psutil.Error):
        times = process.cpu_times()
        return float(times.user + times.system)
    return 0.0
