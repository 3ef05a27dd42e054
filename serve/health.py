"""`GET /health` for whoever watches over the server, and `GET /metrics` where that is on."""

from __future__ import annotations

from fastapi import APIRouter, Response
from starlette.concurrency import run_in_threadpool

from index.errors import UserFacingError
from serve.given import HealthOut
from serve.metrics import CONTENT_TYPE
from serve.server import Reader, Server, TheServer

router = APIRouter(tags=["state"])


@router.get("/health", responses={503: {"model": HealthOut, "description": "No question can be answered now."}})
async def health(server: TheServer, response: Response) -> HealthOut:
    """Whether questions can be answered; asks for no key, and says nothing about the documents."""
    found = await run_in_threadpool(_health, server)
    response.status_code = 503 if found.status == "unavailable" else 200
    return found


def _health(server: Server) -> HealthOut:
    engine = server.engine
    waiting = engine.line.waiting
    try:
        with engine.mending():
            documents = engine.library().count_documents()
            engine.chain()
    except UserFacingError as error:
        # Where its files lie is told only to who has a key.
        message = str(error) if server.keys is None else "The library or the model cannot be used; the log says why."
        return HealthOut(status="unavailable", message=message, waiting=waiting)
    if not documents:
        return HealthOut(status="empty", message="The library holds no documents yet.", waiting=waiting)
    return HealthOut(status="ok", message="Questions are answered.", waiting=waiting)


@router.get("/metrics", include_in_schema=False)
def metrics(server: TheServer, key: Reader) -> Response:
    """The counts for Prometheus."""
    if server.metrics is None:
        return Response("Start the server with --metrics for these.\n", 404, media_type="text/plain")
    return Response(server.metrics.shown(), media_type=CONTENT_TYPE)
