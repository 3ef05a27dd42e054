"""One who asks a running server, question after question, by the OpenAI protocol, and notes what comes of each."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

AGAIN_S = 1.0
"""Until a question is asked again after an error that says nothing of when."""
TIMEOUT_S = 600.0
"""Without a byte."""
DONE = frozenset({"answered", "not_found"})
REFUSED = "429"


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of one question."""

    asker: int
    ended: float
    """By `time.monotonic`."""
    outcome: str
    """`answered` or `not_found`, or the status and the code of an error, or the kind of a broken connection."""
    first_s: float | None = None
    """To the first word, of the model or of the answer; None without any."""
    seconds: float = 0.0
    message: str = ""
    """Of an error."""
    wait_s: float = AGAIN_S
    """After an error, until it may be asked again."""

    @property
    def is_answer(self) -> bool:
        """Whether it is one, be it that the documents do not say."""
        return self.outcome in DONE

    @property
    def is_refused(self) -> bool:
        """Whether the server said in good order that it has too much to do."""
        return self.outcome.startswith(REFUSED)


def ask_on(
    asker: int, address: str, key: str, questions: Sequence[str], until: float, ended: threading.Event, seed: int
) -> list[Reply]:
    """Ask until the time `until`, in an order of its own; a question under way then is waited for, and counts."""
    replies: list[Reply] = []
    chance = random.Random(f"{seed} {asker}")
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=address, headers=headers, timeout=TIMEOUT_S) as client:
        while time.monotonic() < until and not ended.is_set():
            replies.append(reply := ask(client, asker, chance.choice(questions)))
            if not reply.is_answer:
                ended.wait(max(0.0, min(reply.wait_s, until - time.monotonic())))
    return replies


def ask(client: httpx.Client, asker: int, question: str) -> Reply:
    """What comes of one question, streamed."""
    body = {"model": "dateline", "stream": True, "messages": [{"role": "user", "content": question}]}
    began, first = time.monotonic(), None
    try:
        with client.stream("POST", "/v1/chat/completions", json=body) as response:
            if response.status_code != 200:
                response.read()
                return _failed(asker, response.status_code, response.json(), response.headers.get("retry-after"))
            for chunk in _chunks(response.iter_lines()):
                if "error" in chunk:
                    return _failed(asker, 200, chunk, None)
                delta = chunk["choices"][0]["delta"]
                told = delta.get("dateline", {})
                if first is None and (delta.get("content") or "piece" in told):
                    first = time.monotonic() - began
                if "status" in told:
                    now = time.monotonic()
                    return Reply(asker, now, told["status"], first, now - began)
    except (httpx.HTTPError, ValueError) as error:
        return Reply(asker, time.monotonic(), type(error).__name__, message=str(error))
    return Reply(asker, time.monotonic(), "ended without an answer")


def _chunks(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    for line in lines:
        if line.startswith("data: {"):
            yield json.loads(line.removeprefix("data: "))


def _failed(asker: int, status: int, body: dict[str, Any], retry_after: str | None) -> Reply:
    error = body["error"]
    wait_s = AGAIN_S if retry_after is None else float(retry_after)
    return Reply(asker, time.monotonic(), f"{status} {error['code']}", message=error["message"], wait_s=wait_s)
