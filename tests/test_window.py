"""The process of the page ends with the command that started it, and one that was left behind is found."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from cli.window import OrphanError, end_orphan, port_is_free, require_free_port

ROOT = Path(__file__).parent.parent
PATIENCE_S = 60
pytestmark = pytest.mark.skipif(os.name != "posix", reason="the signals are those of POSIX")


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Starts Python with these arguments; what is left of it at the end is ended."""
    started: list[subprocess.Popen[bytes]] = []

    def run(*arguments: str, **how: int) -> subprocess.Popen[bytes]:
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        started.append(subprocess.Popen([sys.executable, *arguments], cwd=tmp_path, env=environment, **how))
        return started[-1]

    yield run
    for process in started:
        if process.poll() is None:
            for child in psutil.Process(process.pid).children(recursive=True):
                child.kill()
            process.kill()
        process.wait()
        if process.stdin:
            process.stdin.close()


def wait_until(true: Callable[[], bool]) -> bool:
    """Whether it became true within `PATIENCE_S`."""
    until = time.monotonic() + PATIENCE_S
    while not true() and time.monotonic() < until:
        time.sleep(0.05)
    return true()


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM, signal.SIGKILL])
def test_the_page_ends_with_its_command_however_that_ends(start, port, tmp_path, number):
    (tmp_path / "page.py").write_text("import streamlit\nstreamlit.write('here')\n")
    run = f"import pathlib, cli.window; cli.window.run_window({port}, {{}}, pathlib.Path('page.py'))"
    command = start("-c", run, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    assert wait_until(lambda: not port_is_free(port)), "the page never came up"
    (page,) = psutil.Process(command.pid).children()
    command.send_signal(number)
    command.wait(PATIENCE_S)
    assert wait_until(lambda: not page.is_running() or page.status() == psutil.STATUS_ZOMBIE)
    # The first thread of a process is gone before the last lets go of the port.
    assert wait_until(lambda: port_is_free(port))


def test_a_page_whose_command_is_gone_is_told_from_others_and_ended(start, port):
    gone = start("-c", "")
    gone.wait()
    quiet = {"stdin": subprocess.PIPE, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    options = ["--server.address", "127.0.0.1", "--server.headless", "true", "--server.port", str(port)]
    page = start("-m", "ui.page", str(gone.pid), "run", str(ROOT / "app.py"), *options, **quiet)
    assert wait_until(lambda: not port_is_free(port)), "the page never came up"
    with pytest.raises(OrphanError, match=rf"kill {page.pid}$") as told:
        require_free_port(port)
    end_orphan(told.value.process)
    assert page.wait(PATIENCE_S) is not None
    require_free_port(port)
