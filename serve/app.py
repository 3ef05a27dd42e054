"""The HTTP server as a FastAPI app: its routes, and how every error is told."""

from __future__ import annotations

import logging
from importlib.metadata import version

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp

from index.errors import UserFacingError
from serve import completions, health, rest
from serve.documents import documents_router
from serve.errors import CRASH, Told, told
from serve.guard import Gate
from serve.server import Server

logger = logging.getLogger(__name__)
ABOUT = (
    "Dated, cited answers from your own documents. Every sentence of an answer has the exact passage that it rests on. "
    "Errors have the form of the OpenAI protocol: `error.code` is for programs, `error.message` for people."
)


def create_app(server: Server) -> ASGIApp:
    """What serves `server`: the routes behind the gate."""
    # Around all of it: Starlette refuses a body that is too large outside of what is added to an app.
    gate = Gate(create_routes(server), server)
    return server.traces.around(gate) if server.traces else gate


def create_routes(server: Server) -> FastAPI:
    """The routes, for requests that `serve.guard.Gate` has admitted."""
    app = FastAPI(
        title="Dateline", version=version("dateline"), description=ABOUT, max_body_size=server.limits.body_bytes
    )
    app.state.server = server
    for router in (rest.router, documents_router(server.limits), completions.router, health.router):
        app.include_router(router)
    if server.keys is None:
        _describe_without_keys(app)
    app.add_exception_handler(UserFacingError, _on_user_facing)
    app.add_exception_handler(RequestValidationError, _on_misfit)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(Exception, _on_crash)
    return app


def _describe_without_keys(app: FastAPI) -> None:
    description = app.openapi()  # which FastAPI keeps
    description["components"].pop("securitySchemes")
    for operations in description["paths"].values():
        for operation in operations.values():
            operation.pop("security", None)


def _sent(error: Told) -> JSONResponse:
    return JSONResponse(error.body, error.status, error.headers)


def _on_user_facing(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, UserFacingError)  # the only kind that it is registered for
    found = told(error)
    if found.status >= 500:
        logger.warning("%s: %s", request.url.path, error)
    return _sent(found)


def _on_misfit(request: Request, error: Exception) -> JSONResponse:
    """What does not fit, by its place; what was sent is not repeated."""
    assert isinstance(error, RequestValidationError)
    lines = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()]
    if any(each["type"] == "json_invalid" for each in error.errors()):
        return _sent(Told(400, "invalid_json", f"The body is no JSON. {'; '.join(lines)}"))
    return _sent(Told(422, "invalid_request", f"The request does not fit. {'; '.join(lines)}"))


_CODES = {404: "not_found", 405: "method_not_allowed"}


def _on_http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    sent = _sent(Told(error.status_code, _CODES.get(error.status_code, "http"), str(error.detail)))
    sent.headers.update(error.headers or {})
    # Starlette names the methods of the first route of a path only.
    if error.status_code == 405 and (operations := request.app.openapi()["paths"].get(request.url.path)):
        sent.headers["Allow"] = ", ".join(map(str.upper, operations))
    return sent


def _on_crash(request: Request, error: Exception) -> JSONResponse:
    return _sent(CRASH)  # the error itself goes to the log of uvicorn
