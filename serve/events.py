"""Server-sent events: the steps of an answer as a client reads them."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

from fastapi.sse import format_sse_event
from pydantic import BaseModel
from pydantic_core import to_json
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from index.errors import UserFacingError
from qa.records import Answer, EvidenceFound, Piece
from serve.asking import Slow, Step, Waiting
from serve.errors import CRASH, told
from serve.given import AnswerOut, EvidenceOut

logger = logging.getLogger(__name__)


class EventStream(StreamingResponse):
    """Sends `pieces`, and closes them when the client has left, which stops the model.

    Starlette leaves that to the garbage collector.
    """

    media_type = "text/event-stream"

    def __init__(self, pieces: AsyncGenerator[bytes], headers: dict[str, str]) -> None:
        super().__init__(pieces, headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no", **headers})
        self._pieces = pieces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send all of them."""
        async with aclosing(self._pieces):
            await super().__call__(scope, receive, send)


async def after(first: Step, steps: AsyncGenerator[Step]) -> AsyncGenerator[Step]:
    """`first`, and then `steps`, which are closed with it."""
    async with aclosing(steps):
        yield first
        async for step in steps:
            yield step


async def as_events(steps: AsyncGenerator[Step]) -> AsyncGenerator[bytes]:
    """Each step as an event: waiting, slow, evidence, piece, answer; at the end of one that fails, error."""
    async with aclosing(steps):
        async for name, data in _named(steps):
            yield sse(data, name)


async def _named(steps: AsyncIterator[Step]) -> AsyncIterator[tuple[str, Any]]:
    try:
        async for step in steps:
            yield _event(step)
    except UserFacingError as error:
        yield "error", told(error).body
    except Exception:
        logger.exception("an answer failed")
        yield "error", CRASH.body


def _event(step: Step) -> tuple[str, Any]:
    match step:
        case Waiting():
            return "waiting", {"ahead": step.ahead}
        case Slow():
            return "slow", {"message": step.message}
        case EvidenceFound():
            return "evidence", EvidenceOut.model_validate(step)
        case Piece():
            return "piece", {"text": step.text, "attempt": step.attempt}
        case Answer():
            return "answer", AnswerOut.of(step)


def sse(data: BaseModel | dict[str, Any] | str, name: str | None = None) -> bytes:
    """One event, its data as JSON, or as it stands where it is text."""
    text = data if isinstance(data, str) else to_json(data, inf_nan_mode="null").decode()
    return format_sse_event(data_str=text, event=name)
