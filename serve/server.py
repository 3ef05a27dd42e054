"""What the routes of one server share, and the dependencies that say who asks."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from index.errors import UserFacingError
from qa.records import Answer, Question
from serve.asking import Step, asked
from serve.audit import Audit
from serve.course import Course
from serve.engine import Engine
from serve.errors import told
from serve.keys import ANYONE, Key, Keys, Scope
from serve.limits import Limits, Rates
from serve.metrics import Metrics
from serve.traces import Traces

LEFT = "left"
"""The outcome of a question whose asker went away."""


@dataclass(frozen=True, slots=True)
class Server:
    """An engine and who may use it, how much."""

    engine: Engine
    limits: Limits = field(default_factory=Limits)
    keys: Keys | None = None
    """None for a server on this machine that asks for none."""
    audit: Audit | None = None
    metrics: Metrics | None = None
    traces: Traces | None = None
    rates: Rates = field(default_factory=Rates)

    def admit(self, header: str | None) -> Key:
        """Who sent a request with this `Authorization` header. Raises a Refused: 401 for nobody, 429 too often."""
        if self.keys is None:
            return ANYONE
        key = self.keys.find(header)
        self.rates.take(key.name, key.per_minute or self.limits.per_minute)
        return key

    async def ask(self, key: Key, way: str, question: Question) -> AsyncGenerator[Step]:
        """The steps of `serve.asking.asked`, with the outcome kept in the audit log, counted and traced."""
        began, outcome, course = time.perf_counter(), LEFT, Course()
        try:
            async with aclosing(asked(self.engine, key, question, course)) as steps:
                async for step in steps:
                    if isinstance(step, Answer):
                        outcome = step.status
                    yield step
        except UserFacingError as error:
            outcome = told(error).code
            raise
        except Exception:
            outcome = "internal"
            raise
        finally:
            seconds = time.perf_counter() - began
            if self.audit:
                self.audit.note(key.name, way, question.text, outcome, seconds)
            if self.metrics:
                self.metrics.note(way, outcome, seconds)
            if self.traces:
                self.traces.question(course, way, outcome)


def server_of(request: Request) -> Server:
    """The server that a request came to."""
    server: Server = request.app.state.server
    return server


TheServer = Annotated[Server, Depends(server_of)]
# It only describes the key in the OpenAPI document: `serve.guard` reads the header before the body.
_bearer = HTTPBearer(auto_error=False, description="Needed where the server was started with `--keys`.")
_Bearer = Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]


def needing(scope: Scope) -> Callable[..., Key]:
    """A dependency: who asks, with `scope`. It raises a Refused with 403; the gate has let them in before."""

    def caller(request: Request, bearer: _Bearer) -> Key:
        key: Key = request.state.key
        key.require(scope)
        return key

    return caller


Reader = Annotated[Key, Depends(needing("read"))]
Asker = Annotated[Key, Depends(needing("ask"))]
Writer = Annotated[Key, Depends(needing("write"))]
