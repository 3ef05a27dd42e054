"""Processes that the load tool starts, kills and starts again on the same port: a server of answers, an engine."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import httpx
import psutil

from evals.speed.stand_in import WORD_S

ROOT = Path(__file__).resolve().parents[2]
READY_S = 600.0
"""A model is loaded, and its prompt read, within that."""
LOOK_S = 0.1
SAMPLE_S = 1.0


class Process:
    """A program that runs, until it is killed or closed, and may be started again."""

    def __init__(
        self,
        command: Sequence[str],
        is_ready: Callable[[], bool],
        log: Path,
        variables: Mapping[str, str] | None = None,
    ) -> None:
        self._command, self._is_ready, self._log = command, is_ready, log
        self._variables = {**os.environ, **(variables or {})}
        self.start()

    def start(self) -> None:
        """Start it, and wait until it is ready. Raises RuntimeError when it ends before, with the end of its log."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, cwd=ROOT, env=self._variables, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )
        end = time.monotonic() + READY_S
        while not self._is_ready():
            if self._process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"{self._command} did not start: {self._log.read_text(errors='replace')[-2000:]}")
            time.sleep(LOOK_S)

    @property
    def pid(self) -> int:
        """Of the process that runs, or ran last."""
        return self._process.pid

    def kill(self) -> None:
        """End it at once, as a fault does."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """End it in good order."""
        self._process.terminate()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()


class Watch:
    """Samples memory and processor time of a process each second, whichever it is by then, until it is closed."""

    def __init__(self, process: Process) -> None:
        self._process, self._ended = process, threading.Event()
        self.bytes: list[int] = []
        self.cpu_s: list[float] = []
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()

    def _sample(self) -> None:
        while not self._ended.wait(SAMPLE_S):
            with suppress(psutil.Error):  # it is being killed and started again
                watched = psutil.Process(self._process.pid)
                self.bytes.append(watched.memory_info().rss)
                self.cpu_s.append(sum(watched.cpu_times()[:2]))

    def close(self) -> None:
        """Sample no more."""
        self._ended.set()
        self._thread.join()


def free_port() -> int:
    """A port of 127.0.0.1 on which nothing listens just now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def answers_at(address: str) -> bool:
    """Whether a server of answers says that it is well."""
    try:
        return httpx.get(f"{address}/health", timeout=10).status_code == 200
    except httpx.HTTPError:
        return False


def listens(port: int) -> bool:
    """Whether something on 127.0.0.1 takes connections there."""
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def write_keys(path: Path, askers: int) -> list[str]:
    """A file with a key for each asker, and one more that may also add documents; the keys in this order."""
    made = [secrets.token_urlsafe(24) for _ in range(askers + 1)]
    scopes = ['["read", "ask"]'] * askers + ['["read", "write"]']
    # Past what anybody asks: the limit of a key is not what is measured.
    lines = [
        f'[[keys]]\nname = "asker-{number}"\nkey = "{key}"\nscopes = {of_it}\nper_minute = 100000\n'
        for number, (key, of_it) in enumerate(zip(made, scopes, strict=True))
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    return made


def start_answers(
    library: Path, keys: Path, port: int, log: Path, waiting: int, variables: Mapping[str, str]
) -> Process:
    """`dateline serve`, ready."""
    command = [sys.executable, "-m", "cli.main", "--library", str(library), "serve", "--port", str(port)]
    command += ["--keys", str(keys), "--waiting", str(waiting), "--metrics", "--audit"]
    return Process(command, lambda: answers_at(f"http://127.0.0.1:{port}"), log, variables)


def fill_library(library: Path, sources: Sequence[Path], variables: Mapping[str, str]) -> None:
    """`dateline add`, in a process of its own: what it needs would stand in the way of those who ask."""
    command = [sys.executable, "-m", "cli.main", "--library", str(library), "add", *map(str, sources)]
    subprocess.run(command, cwd=ROOT, env={**os.environ, **variables}, check=True, stdout=subprocess.DEVNULL)


def start_milvus(folder: Path, port: int, log: Path) -> Process:
    """`milvus-lite server`, ready."""
    command = [sys.executable, "-u", "-m", "milvus_lite", "server", "--data-dir", str(folder), "--host", "127.0.0.1"]
    return Process([*command, "--port", str(port)], lambda: listens(port), log)


def start_model(port: int, log: Path, word_s: float = WORD_S) -> Process:
    """A stand-in for a model server, ready."""
    command = [sys.executable, "-m", "evals.speed.stand_in", str(port), str(word_s)]
    return Process(command, lambda: listens(port), log)
