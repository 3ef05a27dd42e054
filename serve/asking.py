"""One question from its place in the line to its answer, told as it goes; who leaves stops the model."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from typing import cast

from qa.records import Answer, Event, Question
from serve.course import Course
from serve.engine import Engine
from serve.keys import ANYONE, Key
from serve.line import Place
from serve.scope import for_key


@dataclass(frozen=True, slots=True)
class Waiting:
    """The question stands in the line."""

    ahead: int
    """How many are answered first."""


@dataclass(frozen=True, slots=True)
class Slow:
    """The model is at work and silent for long."""

    message: str


Step = Waiting | Slow | Event
Tell = Callable[[Step | None], object]
"""Given None only to see whether who asked is still there."""


class _Left(Exception):
    """Who asked is gone."""


class _End:
    """Behind the last step."""


async def asked(engine: Engine, key: Key, question: Question, course: Course) -> AsyncGenerator[Step]:
    """First a `Waiting`, again for each place gone forward, then what the chain's `stream` gives.

    Closing the generator stops the model. The slot is free once the model has stopped, however slowly the steps are
    taken from here: they are kept until then. `course` is told of each as it comes.

    Raises:
        Refused: 429 at the first step, when the line has no room for it.
        UserFacingError: As the chain does.
    """
    place = engine.line.join(None if key is ANYONE else key.name)
    steps: asyncio.Queue[Step | _End] = asyncio.Queue()
    running = asyncio.create_task(_answer(engine, key, question, course, place, steps))
    try:
        yield Waiting(place.ahead)
        while not isinstance(step := await steps.get(), _End):
            yield step
        await running
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):  # told above, or to nobody
            await running


async def _answer(
    engine: Engine, key: Key, question: Question, course: Course, place: Place, steps: asyncio.Queue[Step | _End]
) -> None:
    loop, left = asyncio.get_running_loop(), threading.Event()

    def tell(step: Step | None) -> None:
        if left.is_set():
            raise _Left
        if step is None:
            return
        with contextlib.suppress(RuntimeError):  # the loop is closed: the server has ended
            loop.call_soon_threadsafe(steps.put_nowait, step)

    begun = False
    try:
        async for ahead in place.until_turn():
            steps.put_nowait(Waiting(ahead))
        work = loop.run_in_executor(engine.pool, _work, engine, key, question, course, tell)
        begun = True
        # Not when it is cancelled: the model is free only after the thread has ended.
        work.add_done_callback(lambda done: place.leave())
        await asyncio.shield(work)
    finally:
        left.set()
        if not begun:
            place.leave()
        steps.put_nowait(_End())


def _work(engine: Engine, key: Key, question: Question, course: Course, tell: Tell) -> None:
    """In a thread: the chain, stopped where `tell` raises, which is called at least every 0.2 s of the model's."""
    course.take_turn()
    with contextlib.suppress(_Left), engine.mending():
        chain = engine.chain()
        stream = chain.stream(question, on_wait=lambda ahead: tell(None), on_slow=lambda words: tell(Slow(words)))
        with closing(cast("Generator[Event]", stream)) as events:
            for event in events:
                course.note(event)
                tell(for_key(chain.library, key, event) if isinstance(event, Answer) else event)
