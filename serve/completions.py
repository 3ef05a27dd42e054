"""`/v1/chat/completions` and `/v1/models`: for clients of the OpenAI protocol.

What a client shows cannot be taken back, so the text of a stream is that of the checked answer. What the model writes
before the check comes in the field `dateline`, for those that know it.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from index.errors import UserFacingError
from qa.question.read import check_question
from qa.records import Answer, Piece, Question, marked
from serve.asking import Step, Waiting
from serve.errors import CRASH, Refused, told
from serve.events import EventStream, after, sse
from serve.openai_shapes import (
    MODEL,
    ChatIn,
    ChatOut,
    ModelOut,
    ModelsOut,
    extension,
    question_of,
    sources_in_words,
    usage_of,
)
from serve.rest import ERRORS, begun, narrow_for, unless_left
from serve.server import Asker, Reader, TheServer
from serve.taken import Chosen

logger = logging.getLogger(__name__)
STARTED = int(time.time())
router = APIRouter(tags=["OpenAI protocol"], responses=ERRORS)


@router.get("/v1/models")
def models(key: Reader) -> ModelsOut:
    """What can be named as `model`."""
    return ModelsOut(data=[ModelOut(id=MODEL, created=STARTED)])


@router.get("/v1/models/{model}")
def model(model: str, key: Reader) -> ModelOut:
    """One of them."""
    _require_known(model)
    return ModelOut(id=MODEL, created=STARTED)


@router.post(
    "/v1/chat/completions",
    response_model=ChatOut,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)
async def complete(body: ChatIn, request: Request, server: TheServer, key: Asker) -> Response:
    """Answer the last message of the user; those before it are the history."""
    _require_known(body.model)
    if body.n not in {None, 1}:
        raise Refused(400, "one_answer", f"There is one answer to a question, not n = {body.n}. Leave n out.")
    text, history = question_of(body.messages)
    chosen = body.dateline or Chosen()
    narrow = await run_in_threadpool(narrow_for, server, key, chosen.filter)
    steps = server.ask(key, "/v1/chat/completions", Question(check_question(text), history, chosen.as_of, narrow))
    first, headers = await begun(steps)
    named: dict[str, Any] = {"id": f"chatcmpl-{uuid.uuid4().hex}", "created": int(time.time()), "model": MODEL}
    if body.stream:
        usage = body.stream_options is not None and body.stream_options.include_usage
        return EventStream(_chunks(after(first, steps), named, usage=usage), headers)
    answer = await unless_left(request, steps)
    if answer is None:
        return Response(status_code=499)  # nobody reads it
    content = answer.text + sources_in_words(answer)
    message = {"role": "assistant", "content": content, "refusal": None, "dateline": extension(answer)}
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    whole = ChatOut(**named, choices=[choice], usage=usage_of(answer))
    return Response(whole.model_dump_json(), media_type="application/json", headers=headers)


def _require_known(name: str) -> None:
    if name != MODEL:
        raise Refused(
            404, "model_not_found", f"There is no model {name!r} here. Name the one that there is: {MODEL!r}."
        )


async def _chunks(steps: AsyncGenerator[Step], named: dict[str, Any], *, usage: bool) -> AsyncGenerator[bytes]:
    """The stream of the protocol: chunks, and `[DONE]`; at the end of one that fails, an error in its place."""
    frame = {**named, "object": "chat.completion.chunk"}
    async with aclosing(steps):
        try:
            async for delta, ended, answer in _deltas(steps):
                choice = {"index": 0, "delta": delta, "finish_reason": ended, "logprobs": None}
                yield sse({**frame, "choices": [choice]})
                if answer is not None and usage:
                    yield sse({**frame, "choices": [], "usage": usage_of(answer)})
        except UserFacingError as error:
            yield sse(told(error).body)
        except Exception:
            logger.exception("an answer failed")
            yield sse(CRASH.body)
    yield sse("[DONE]")


_Delta = tuple[dict[str, Any], str | None, Answer | None]


async def _deltas(steps: AsyncIterator[Step]) -> AsyncIterator[_Delta]:
    """What each chunk adds, with the reason of the end, and the answer, in the last one."""
    yield {"role": "assistant", "content": ""}, None, None
    async for step in steps:
        match step:
            case Waiting():
                yield {"content": "", "dateline": {"waiting": step.ahead}}, None, None
            case Piece():
                yield {"content": "", "dateline": {"piece": step.text, "attempt": step.attempt}}, None, None
            case Answer():
                for content in _parts(step):
                    yield {"content": content}, None, None
                yield {"dateline": extension(step)}, "stop", step


def _parts(answer: Answer) -> list[str]:
    """The text of the answer sentence by sentence, and its sources; together they are its whole content."""
    supported = [marked(claim) for claim in answer.claims if claim.verdict == "supported"]
    text = answer.text
    if answer.status == "not_found" or not text.endswith(" ".join(supported)):
        parts = [text]
    else:
        before = text.removesuffix(" ".join(supported))
        parts = [before] if before else []
        parts += [sentence if at == 0 else f" {sentence}" for at, sentence in enumerate(supported)]
    return [*parts, *filter(None, [sources_in_words(answer)])]
