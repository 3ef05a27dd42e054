"""A server over a small library with a scripted model, for the tests of `serve`; skips them without the extra."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from fakes import HashingEmbedder
from langchain_core.outputs import ChatGenerationChunk
from pydantic import Field
from scripted import ScriptedChat

for name in ("fastapi", "mcp", "prometheus_client", "python_multipart", "uvicorn"):
    pytest.importorskip(name, reason=f"{name} is not installed: pip install 'dateline[serve]'")

import uvicorn  # noqa: E402
from starlette.types import ASGIApp  # noqa: E402

from index.pipeline import Library, open_library  # noqa: E402
from qa.model.open import NONE, Model  # noqa: E402
from qa.model.streaming import Turns  # noqa: E402
from qa.settings import Settings  # noqa: E402
from serve.engine import Engine  # noqa: E402

COURT = "Trial opens\n\nThe court in Koblenz heard nine witnesses on 3 March 2025.\n"
BANK = "Bank closes\n\nA bank in Basel closed its doors on 4 March 2025.\n"
WITNESSES = "How many witnesses did the court in Koblenz hear?"
NINE = "The court in Koblenz heard nine witnesses [1]."
PORTS = range(8700, 8800)
ROOT = Path(__file__).parent.parent
PROGRAM = """
import sys; sys.path.insert(0, 'tests')
from fakes import HashingEmbedder
from cli.common import State
from cli.main import app
from index.pipeline import open_library
state = State(open_library=lambda settings, on_progress: open_library(settings.library, HashingEmbedder()))
app(args=['--library', sys.argv[1], '--model', sys.argv[2], 'serve', *sys.argv[3:]], obj=state)
"""


class HeldChat(ScriptedChat):
    """Writes its next word only while `gate` is open, and counts those it wrote."""

    gate: Any = Field(default_factory=threading.Event)
    written: int = 0

    def _stream(
        self, messages: Any, stop: Any = None, run_manager: Any = None, **given: Any
    ) -> Iterator[ChatGenerationChunk]:
        for chunk in super()._stream(messages, stop, run_manager, **given):
            assert self.gate.wait(60)
            self.written += 1
            yield chunk


def fill(library: Library, folder: Path) -> None:
    """Two documents, each in a collection of its own."""
    folder.mkdir()
    for name, text, collection in (("court.txt", COURT, "Court"), ("bank.txt", BANK, "Bank")):
        (folder / name).write_text(text)
        library.add([folder / name], given={"collection": collection, "outlet": f"{collection} News"})


def open_engine(folder: Path, chat: ScriptedChat | None = None, *, waiting: int = 8, empty: bool = False) -> Engine:
    """An engine on a library in `folder`; with a chat, that is a model which makes one reply at a time."""
    model = Model(NONE, None) if chat is None else Model("scripted", chat, turns=Turns())

    def opened(settings: Settings) -> Library:
        return open_library(settings.library, HashingEmbedder())

    settings = Settings(library=folder / "library", cache=folder / "cache", model=NONE)
    engine = Engine(settings, opened, lambda settings: model, waiting=waiting)
    if not empty:
        fill(engine.library(), folder / "documents")
    return engine


def free_port() -> socket.socket:
    """A socket that listens on a free port of those for tests."""
    for port in PORTS:
        bound = socket.socket()
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError):
            bound.bind(("127.0.0.1", port))
            bound.listen()
            return bound
        bound.close()
    pytest.fail("no port from 8700 to 8799 is free")


@contextlib.contextmanager
def running(app: ASGIApp) -> Iterator[str]:
    """The address at which `app` is served, on loopback, until the end."""
    bound = free_port()
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, args=([bound],), daemon=True)
    thread.start()
    try:
        eventually(lambda: server.started)
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(20)
        bound.close()


@contextlib.contextmanager
def serving(
    library: Path, *options: str, model: str = NONE, port: int | None = None, variables: Mapping[str, str] | None = None
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process of `dateline serve` once it answers, and its address; it is ended if it has not ended by itself."""
    if port is None:
        with free_port() as found:
            port = found.getsockname()[1]
    path = os.pathsep.join(map(str, [ROOT, *sys.path[1:]]))
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(library), model, "--port", str(port), *options],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path, **(variables or {})},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert f"http://127.0.0.1:{port}/docs" in process.stdout.readline()
            yield process, f"http://127.0.0.1:{port}"
        finally:
            process.kill()


def eventually(holds: Callable[[], bool], within_s: float = 20.0) -> None:
    """Wait until it holds; fail when it does not in time."""
    end = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < end, "it never came to hold"
        threading.Event().wait(0.02)
