"""Runs the Streamlit app in a process of its own, on 127.0.0.1 unless told otherwise."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from cli.common import CODE, HOST
from index.address import is_loopback, url_of
from index.errors import UserFacingError
from index.settings import CONFIG_FILE, ENV_PREFIX, load_settings

if TYPE_CHECKING:
    import psutil

    from qa.settings import Settings

STOP_S = 10.0
PAGE = "ui.page"
SECRETS = [folder / ".streamlit" / "secrets.toml" for folder in (Path.home(), Path())]
"""Where Streamlit looks for the keys of a log-in."""
STOPPED_BY = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)]
"""Asked to end, its terminal closed, or its console window closed."""


def port_is_free(port: int, address: str = HOST) -> bool:
    """Whether `port` can be listened on at the address. Raises OSError when the reason is not that it is in use."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if os.name == "posix":  # elsewhere this would allow a port that is in use
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
            probe.listen(1)
        except PermissionError:
            raise
        except OSError:
            return False
        return True


def require_free_port(port: int, address: str = HOST) -> None:
    """Raise a UserFacingError unless `port` can be listened on at the address."""
    try:
        free = port_is_free(port, address)
    except OSError as error:
        raise UserFacingError(
            f"You may not listen on port {port} ({error.strerror}). Take one above 1023: dateline app --port 8502"
        ) from error
    if not free and (left := orphan_on(port)):
        raise OrphanError(
            f"Port {port} is held by the page of a `dateline app` that was ended without it (process {left.pid}). "
            f"End it and run this again: kill {left.pid}",
            left,
        )
    if not free:
        other = port + 1 if port < 65535 else 8502
        raise UserFacingError(
            f"Port {port} is in use, perhaps by a Dateline that runs already: see {url_of(address, port)}. "
            f"Take another one: dateline app --port {other}"
        )


class OrphanError(UserFacingError):
    """The port is held by a page whose command is gone."""

    def __init__(self, message: str, process: psutil.Process) -> None:
        super().__init__(message)
        self.process = process


def orphan_on(port: int) -> psutil.Process | None:
    """The process of a Dateline page on this port whose command has ended, if there is one."""
    import psutil

    for process in psutil.process_iter(["cmdline"]):
        words = process.info["cmdline"] or []
        if f"--server.port {port} " in f"{' '.join(words)} " and str(CODE / "app.py") in words:
            started_by = words[words.index(PAGE) + 1] if PAGE in words else str(process.ppid())
            if started_by == "1" or not psutil.pid_exists(int(started_by)):
                return process
    return None


def end_orphan(process: psutil.Process) -> None:
    """End a page, and whatever it started, and wait until it is gone."""
    import psutil

    with contextlib.suppress(psutil.NoSuchProcess):
        process.terminate()
        try:
            process.wait(STOP_S)
        except psutil.TimeoutExpired:
            process.kill()
            process.wait()


def require_guard(address: str, settings: Settings) -> None:
    """Refuse to serve the page to other machines without a password or a log-in. Raises UserFacingError."""
    if is_loopback(address) or settings.password is not None or any(map(_has_login, SECRETS)):
        return
    raise UserFacingError(
        f"At the address {address!r} other machines would see your documents. Set a password for the page first: "
        f"DATELINE_PASSWORD=… dateline app --address {address}. Or set up Streamlit's log-in in {str(SECRETS[1])!r}."
    )


def _has_login(path: Path) -> bool:
    try:
        return "auth" in tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False  # Streamlit says what is wrong with it


def run_window(port: int, given: Mapping[str, str], script: Path = CODE / "app.py", address: str = HOST) -> int:
    """Run the app until it ends or is stopped; its exit code, 0 when a signal stopped it.

    Args:
        address: To be served at; see `require_guard`.
        given: Settings of the command line, by name, which the app's process reads from its environment.
    """
    if not script.is_file():
        raise UserFacingError(
            f"The app's file {str(script)!r} is missing, so Dateline is not completely installed. Install it again: "
            "python -m pip install --force-reinstall --no-deps dateline"
        )
    environment = os.environ | {f"{ENV_PREFIX}{name.upper()}": value for name, value in given.items()}
    _check_passed_on(given)
    options = {
        "server.address": address,
        "server.port": str(port),
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
    }
    command = [sys.executable, "-m", PAGE, str(os.getpid()), "run", str(script)]
    for name, value in options.items():
        command += [f"--{name}", value]
    print(f"Dateline runs at {url_of(address, port)} and is stopped with Ctrl-C.", flush=True)
    return _run(command, environment)


def _check_passed_on(given: Mapping[str, str]) -> None:
    """The app reads `dateline.toml` too, and that comes before the environment."""
    if not given or not Path(CONFIG_FILE).is_file():
        return
    from qa.settings import Settings

    in_file = load_settings(Settings)
    for name, value in given.items():
        if name in in_file.model_fields_set and str(getattr(in_file, name)) != value:
            raise UserFacingError(
                f"{CONFIG_FILE} sets {name} = {str(getattr(in_file, name))!r}, which the app would take before "
                f"--{name} {value!r}. Change it there."
            )


def _run(command: list[str], environment: Mapping[str, str]) -> int:
    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in STOPPED_BY}
    # The pipe that tells the page of this process's end, see `ui.page`.
    process = subprocess.Popen(command, env=dict(environment), stdin=subprocess.PIPE)
    try:
        return process.wait()
    except KeyboardInterrupt:
        # On Ctrl-C the terminal told the app as well; after another signal it has to be told.
        process.terminate()
        try:
            process.wait(timeout=STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        with contextlib.suppress(OSError):  # its terminal may be closed
            print("Dateline has stopped.", file=sys.stderr)
        return 0
    finally:
        if process.poll() is None:
            process.kill()
        for number, handler in before.items():
            signal.signal(number, handler)
