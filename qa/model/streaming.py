"""A chat model's reply, read in the background, so that who waits for it may leave at any moment."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import AsyncIterator, Callable, Generator
from typing import TypeVar

T = TypeVar("T")
OnWait = Callable[[int], object]
"""Called while there is nothing new, with how many other replies are made first. It may raise, to leave."""
WAIT_S = 0.2
"""Seconds between two such calls."""

_starting = threading.Lock()
_loops: list[asyncio.AbstractEventLoop] = []


class Turns:
    """Who is being answered and who comes next, for a model that makes one reply at a time: in the order of asking.

    The line stands here and not in the server, where a request that waits could not be told from a dead one.
    """

    def __init__(self) -> None:
        self._lock = asyncio.Lock()  # wakes those who wait in the order in which they came
        self._line: list[object] = []

    async def one_by_one(self, pieces: AsyncIterator[T], who: object) -> AsyncIterator[T]:
        """The same pieces, begun once it is the turn of `who`."""
        self._line.append(who)
        try:
            async with self._lock:
                async for piece in pieces:
                    yield piece
        finally:
            self._line.remove(who)

    def ahead_of(self, who: object) -> int:
        """How many are before `who`; 0 when it is its turn, or over."""
        line = list(self._line)
        return line.index(who) if who in line else 0


def read_reply(pieces: AsyncIterator[T], turns: Turns | None = None, on_wait: OnWait | None = None) -> Generator[T]:
    """The pieces as they come. Closing the iterator, or an error in `on_wait`, stops the reply at once.

    At once means also while the server still reads the prompt and while others are answered first: a task can be
    cancelled there, and closes its connection; a thread that reads from a socket cannot.

    Args:
        pieces: What the server sends.
        turns: The line to stand in; None where the server answers several at a time.
    """
    who = object()
    arrived: queue.SimpleQueue[T | _End] = queue.SimpleQueue()
    mine = turns.one_by_one(pieces, who) if turns else pieces
    reading = asyncio.run_coroutine_threadsafe(_read(mine, arrived), _loop())
    try:
        while True:
            try:
                piece = arrived.get(timeout=WAIT_S)
            except queue.Empty:
                if on_wait:
                    on_wait(turns.ahead_of(who) if turns else 0)
                continue
            if isinstance(piece, _End):
                break
            yield piece
        reading.result()  # raises what ended the reply
    finally:
        reading.cancel()


class _End:
    """Behind the last piece."""


async def _read(pieces: AsyncIterator[T], arrived: queue.SimpleQueue[T | _End]) -> None:
    try:
        async for piece in pieces:
            arrived.put(piece)
    finally:
        arrived.put(_End())


def _loop() -> asyncio.AbstractEventLoop:
    """The one loop in which all replies are read: connections that are kept open belong to one loop."""
    with _starting:
        if not _loops:
            _loops.append(asyncio.new_event_loop())
            threading.Thread(target=_loops[0].run_forever, name="replies", daemon=True).start()
        return _loops[0]
