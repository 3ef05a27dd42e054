"""Runs the server until it is stopped."""

from __future__ import annotations

import signal
import socket
from contextlib import suppress
from pathlib import Path
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from index.address import is_loopback
from index.errors import UserFacingError

CONNECTIONS = 200
"""At once; more are told to come again."""
STOP_S = 3
"""How long the answers under way may take when the server is stopped."""


def require_fit_host(host: str, keys: Path | None) -> None:
    """Raise a UserFacingError where others than this machine could ask and no key is wanted."""
    if keys is None and not is_loopback(host):
        raise UserFacingError(
            f"--host {host!r} can be reached from other machines, and without keys anyone there could read your "
            "documents. Give a file of keys (docs/serve.md shows one): dateline serve --keys FILE, or leave --host out."
        )


def listen(host: str, port: int) -> socket.socket:
    """A socket bound to the address. Raises UserFacingError when it cannot be had."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        bound = socket.socket(family, kind, protocol)
    except OSError as error:
        raise UserFacingError(
            f"There is no address {host!r} on this machine ({error.strerror}). Check --host."
        ) from error
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen()
    except OSError as error:
        bound.close()
        raise UserFacingError(
            f"Port {port} on {host!r} cannot be listened on ({error.strerror}). Take another one: --port {port + 1}"
        ) from error
    return bound


def run(app: ASGIApp, bound: socket.socket, *, verbose: bool = False) -> None:
    """Serve on `bound`, which is listened on already, until Ctrl-C or a signal to end; then return."""
    config = uvicorn.Config(
        app,
        log_level="info" if verbose else "warning",
        access_log=verbose,
        limit_concurrency=CONNECTIONS,
        timeout_graceful_shutdown=STOP_S,
        server_header=False,
    )
    # When it has ended, uvicorn raises the signal that ended it once more, which would kill this process uncleaned.
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        with suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[bound])
    finally:
        signal.signal(signal.SIGTERM, before)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
