"""`dateline serve` and `dateline mcp`: answers for other programs."""

from __future__ import annotations

import logging
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.common import State
from index.address import url_of
from index.errors import UserFacingError

if TYPE_CHECKING:
    from index.pipeline import Library
    from qa.settings import Settings
    from serve.engine import Engine

EXTRA = ("fastapi", "mcp", "prometheus_client", "python_multipart", "uvicorn")
"""Packages of `dateline[serve]`."""
Port = Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")]


def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="Address to listen on; another than this machine's needs --keys.")] = (
        "127.0.0.1"
    ),
    port: Port = 8800,
    keys: Annotated[Path | None, typer.Option(help="TOML or JSON file of the keys that may ask.")] = None,
    waiting: Annotated[int, typer.Option(min=0, max=1000, help="Questions that may wait for their turn.")] = 8,
    per_minute: Annotated[int, typer.Option(min=1, help="Requests a minute of each key.")] = 60,
    audit: Annotated[bool, typer.Option("--audit", help="Keep who asked what in the library's folder.")] = False,
    metrics: Annotated[bool, typer.Option("--metrics", help="Give counts for Prometheus at /metrics.")] = False,
) -> None:
    """Answer other programs over HTTP, also in the OpenAI protocol, until Ctrl-C."""
    _require_extra()
    from serve.app import create_app
    from serve.audit import Audit
    from serve.keys import load_keys
    from serve.limits import Limits
    from serve.metrics import Metrics
    from serve.server import Server
    from serve.start import listen, require_fit_host, run
    from serve.traces import open_traces

    state: State = context.obj
    require_fit_host(host, keys)
    known = load_keys(keys) if keys else None
    traces = open_traces()
    with listen(host, port) as bound:
        engine = _open(state, waiting)
        try:
            server = Server(
                engine,
                Limits(waiting=waiting, per_minute=per_minute),
                known,
                Audit(engine.library().folder) if audit else None,
                Metrics(lambda: engine.line.waiting) if metrics else None,
                traces,
            )
            engine.chain().warm(lambda why: print(why, file=sys.stderr))
            at = url_of(host, port)
            print(f"Dateline answers at {at}, described at {at}/docs, and is stopped with Ctrl-C.", flush=True)
            run(create_app(server), bound, verbose=state.verbose)
        finally:
            engine.close()
            if traces is not None:
                traces.close()


def mcp(
    context: typer.Context,
    http: Annotated[bool, typer.Option("--http", help="Over HTTP on 127.0.0.1 instead of standard input.")] = False,
    port: Port = 8801,
    audit: Annotated[bool, typer.Option("--audit", help="Keep what was asked in the library's folder.")] = False,
) -> None:
    """Give other assistants tools to search, read and ask (Model Context Protocol); nothing is written."""
    _require_extra()
    from serve.audit import Audit
    from serve.server import Server
    from serve.start import listen, run
    from serve.tools import create_tools

    state: State = context.obj
    bound = listen("127.0.0.1", port) if http else None
    engine = _open(state)
    try:
        tools = create_tools(Server(engine, audit=Audit(engine.library().folder) if audit else None))
        if bound is None:
            tools.run("stdio")
        else:
            print(f"Dateline's tools are at http://127.0.0.1:{port}/mcp; Ctrl-C stops them.", flush=True)
            run(tools.streamable_http_app(), bound, verbose=state.verbose)
    finally:
        engine.close()
        if bound is not None:
            bound.close()


def _require_extra() -> None:
    """Raise a UserFacingError that says how to install what these commands need."""
    missing = [name for name in EXTRA if find_spec(name) is None]
    if missing:
        raise UserFacingError(
            f"For this, packages are needed that are not installed ({', '.join(missing)}). Install them: "
            'python -m pip install "dateline[serve]"'
        )


def _open(state: State, waiting: int = 8) -> Engine:
    from cli.bars import fetch_bar
    from serve.engine import Engine

    logging.basicConfig(stream=sys.stderr, format="%(name)s: %(message)s")  # warnings, unless --verbose said more

    def open_library(settings: Settings) -> Library:
        with fetch_bar() as on_progress:
            return state.open_library(settings, on_progress)

    return Engine(state.settings(), open_library, state.open_model, waiting=waiting)
