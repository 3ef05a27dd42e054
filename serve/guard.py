"""The gate of the server: who has no key stays outside, and where none is needed, pages of the web do.

A page in the user's browser can send requests to 127.0.0.1. It is told by the `Origin` that browsers add, and one that
has its own name point to 127.0.0.1 ("DNS rebinding") by the `Host`.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index.address import is_loopback
from serve.errors import Refused, Told, told
from serve.server import Server

OPEN = frozenset({"/health", "/docs", "/redoc", "/openapi.json"})
"""Paths that ask for no key: they say nothing of the documents."""
NOT_LOCAL = Refused(
    403,
    "not_local",
    "This server has no keys, so it answers only programs of this machine, and no pages of other sites. Ask it at "
    "http://127.0.0.1, or start it with keys: dateline serve --keys FILE",
)
TOO_LARGE = Told(413, "too_large", "The request is larger than this server takes. Send less at once.")


class Gate:
    """An ASGI app in front of all routes: who is not admitted has nothing of the request read."""

    def __init__(self, app: ASGIApp, server: Server) -> None:
        self._app, self._server = app, server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass it on with the key of who asks in its state, or refuse it: 401, 403 or 429."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        try:
            if self._server.keys is None and not _is_local(headers):
                raise NOT_LOCAL
            if scope["path"] not in OPEN:
                scope.setdefault("state", {})["key"] = self._server.admit(headers.get("authorization"))
        except Refused as error:
            refused = told(error)
            await JSONResponse(refused.body, refused.status, refused.headers)(scope, receive, send)
            return
        await self._app(scope, receive, _in_our_form(scope, receive, send))


def _in_our_form(scope: Scope, receive: Receive, send: Send) -> Send:
    """`send`, in which Starlette's own reply to a body that is too large has the form of all errors."""
    replaced = False

    async def sent(message: Message) -> None:
        nonlocal replaced
        if message["type"] == "http.response.start" and message["status"] == TOO_LARGE.status:
            replaced = True
            await JSONResponse(TOO_LARGE.body, TOO_LARGE.status)(scope, receive, send)
        elif not replaced:
            await send(message)

    return sent


def _is_local(headers: Headers) -> bool:
    named = [f"//{headers.get('host', '')}"]
    if "origin" in headers:
        named.append(headers["origin"])
    return all(is_loopback(_host(address)) for address in named)


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
