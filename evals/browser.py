"""A real browser on the real page, for tests and pictures: starts both, and says why where there is none."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update "
    "--disable-sync --disable-quic"
).split()
LACKS = (
    "no Chromium is on the path" if CHROMIUM is None else "playwright is missing" if not find_spec("playwright") else ""
)
"""Why the page cannot be looked at; empty when it can."""
START_S = 90.0


@contextmanager
def served(library: Path, **environment: str) -> Iterator[str]:
    """The address of the app over the library in this folder, in a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    told = {name: value for name, value in os.environ.items() if not name.startswith("DATELINE_")}
    told |= {"DATELINE_LIBRARY": str(library), "DATELINE_MODEL": "none"} | environment
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), "--server.port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=told, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}"
        _await(address, process)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def _await(address: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the app ended with {process.returncode}")
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=1):
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"the app at {address} did not start within {START_S:.0f} s")


@contextmanager
def opened_browser() -> Iterator[Any]:
    """Chromium, without a window."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def ask(page: Any, question: str) -> None:
    """Type the question, and wait for its answer."""
    before = page.locator(".dl-answer").count()
    page.get_by_placeholder("Ask a question").fill(question)
    page.keyboard.press("Enter")
    page.locator(".dl-answer").nth(before).wait_for(timeout=120_000)
    settle(page)


def settle(page: Any) -> None:
    """Wait until the page has stopped running."""
    page.wait_for_selector('.stApp[data-test-script-state="notRunning"]', timeout=120_000)
    page.wait_for_timeout(150)
