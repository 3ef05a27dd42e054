"""`POST /v1/ask`: the checked answer, whole or as it comes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from contextlib import aclosing

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from index.records import Filter
from qa.question.read import check_question
from qa.records import Answer
from serve.asking import Step, Waiting
from serve.events import EventStream, after, as_events
from serve.given import AnswerOut, ErrorOut
from serve.keys import Key
from serve.scope import narrowed
from serve.server import Asker, Server, TheServer
from serve.taken import AskIn

WAITING = "X-Dateline-Waiting"
"""The header that says how many questions were answered first."""
ERRORS: dict[int | str, dict[str, object]] = {
    status: {"model": ErrorOut, "description": words}
    for status, words in {
        400: "The body is no JSON.",
        401: "No key that the server knows.",
        403: "Not for this key.",
        404: "There is no such thing.",
        409: "The library is empty.",
        413: "The body is too large.",
        422: "The request does not fit.",
        429: "Too often, or too many wait; see Retry-After.",
        503: "The model or the library cannot be used now.",
    }.items()
}
router = APIRouter(tags=["answers"], responses=ERRORS)


@router.post(
    "/v1/ask",
    response_model=AnswerOut,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)
async def ask(body: AskIn, request: Request, server: TheServer, key: Asker) -> Response:
    """Answer a question from the documents, every sentence with the passage it rests on."""
    text = check_question(body.question)
    narrow = await run_in_threadpool(narrow_for, server, key, body.filter)
    question = body.model_copy(update={"question": text}).asked(narrow)
    steps = server.ask(key, "/v1/ask", question)
    first, headers = await begun(steps)
    if body.stream:
        return EventStream(as_events(after(first, steps)), headers)
    answer = await unless_left(request, steps)
    if answer is None:
        return Response(status_code=499)  # nobody reads it
    return Response(AnswerOut.of(answer).model_dump_json(), media_type="application/json", headers=headers)


def narrow_for(server: Server, key: Key, chosen: Filter) -> Filter:
    """The filter less what `key` may not see. Raises as `serve.scope.narrowed`, and LibraryError."""
    with server.engine.mending():
        return narrowed(server.engine.library(), key, chosen)


async def begun(steps: AsyncGenerator[Step]) -> tuple[Step, dict[str, str]]:
    """The first step, with the header that tells the place in the line. Raises a Refused with 429 when it is full."""
    first = await anext(steps)
    return first, {WAITING: str(first.ahead)} if isinstance(first, Waiting) else {}


async def unless_left(request: Request, steps: AsyncGenerator[Step]) -> Answer | None:
    """The answer at the end of `steps`; None when the client has left, which stops the model. Raises as they do."""
    answering, leaving = asyncio.create_task(_last(steps)), asyncio.create_task(_until_left(request))
    try:
        await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
        return await answering if answering.done() else None
    finally:
        for task in (answering, leaving):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):  # told above
                await task


async def _last(steps: AsyncGenerator[Step]) -> Answer:
    async with aclosing(steps):
        async for step in steps:
            if isinstance(step, Answer):
                return step
    raise RuntimeError("the chain ended without an answer")


async def _until_left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
