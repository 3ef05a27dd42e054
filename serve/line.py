"""The line in front of the model: who is being answered, who waits, and who is told to come again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from serve.errors import Refused

ANSWER_S = 8
"""Seconds that one answer takes on two cores, more or less: what `Retry-After` is reckoned from."""


class Line:
    """Lets in `slots` at once, in the order of their coming, and holds `longest` more. For one event loop."""

    def __init__(self, slots: int, longest: int) -> None:
        self._slots, self._longest = slots, longest
        self._places: list[Place] = []
        self._moved = asyncio.Event()

    def join(self) -> Place:
        """A place at its end, to be left once. Raises a Refused with 429 when the line is full."""
        if len(self._places) >= self._slots + self._longest:
            wait_s = max(1, ANSWER_S * (self.waiting + 1) // self._slots)
            raise Refused(
                429,
                "queue_full",
                f"{self.waiting} questions wait already, and no more can. Try again in some {wait_s} s.",
                wait_s,
            )
        place = Place(self)
        self._places.append(place)
        return place

    @property
    def waiting(self) -> int:
        """How many wait."""
        return max(0, len(self._places) - self._slots)

    def ahead_of(self, place: Place) -> int:
        """How many must end before `place` has its turn; 0 when it has."""
        return max(0, self._places.index(place) + 1 - self._slots)

    def remove(self, place: Place) -> None:
        if place in self._places:
            self._places.remove(place)
            self._moved.set()
            self._moved = asyncio.Event()

    async def until_moved(self) -> None:
        await self._moved.wait()


class Place:
    """Somebody's place in a line."""

    def __init__(self, line: Line) -> None:
        self._line = line

    @property
    def ahead(self) -> int:
        """How many come first."""
        return self._line.ahead_of(self)

    async def until_turn(self) -> AsyncIterator[int]:
        """How many come first, again each time that this has changed, until none does."""
        before = self.ahead
        while self.ahead:
            await self._line.until_moved()
            if self.ahead != before:
                before = self.ahead
                yield before

    def leave(self) -> None:
        """Let the next one in. A second call does nothing."""
        self._line.remove(self)
