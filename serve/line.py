"""The line in front of the model: who is being answered, who waits, and who is told to come again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from serve.errors import Refused

ANSWER_S = 8
"""Seconds that one answer takes on two cores, more or less: what `Retry-After` is reckoned from."""


class Line:
    """Lets in `slots` at once, and holds `longest` more. For one event loop.

    Those who wait have their turns by rounds, one question of each in a round, so that nobody waits for all that
    another has asked at once. The last half of the places is for those of whom none waits yet.

    Source: the rounds are the start tags of Goyal, Vin & Cheng, "Start-time fair queuing" (SIGCOMM 1996), with every
    question of the same length.
    """

    def __init__(self, slots: int, longest: int) -> None:
        self._slots, self._longest = slots, longest
        self._places: list[Place] = []
        """Those being answered, in the order of their turns, and then those who wait, in theirs."""
        self._round = 0
        """Of the last one who was let in."""
        self._moved = asyncio.Event()

    def join(self, who: str | None = None) -> Place:
        """A place, to be left once; nobody is told apart from others with `who` None.

        Raises:
            Refused: 429 when the line is full, or has no more room for one of whom another waits.
        """
        waits = who is not None and any(place.who == who for place in self._places[self._slots :])
        if len(self._places) >= self._slots + (self._longest // 2 if waits else self._longest):
            wait_s = max(1, ANSWER_S * (self.waiting + 1) // self._slots)
            raise Refused(
                429,
                "queue_full",
                f"{self.waiting} questions wait already, and no more can"
                f"{': one of them is of this key, and the places left are for others' if waits else ''}. "
                f"Try again in some {wait_s} s.",
                wait_s,
            )
        place = Place(self, who, self._round_for(who))
        behind = next((at for at, other in enumerate(self._waiting) if other.round > place.round), len(self._waiting))
        self._places.insert(min(self._slots, len(self._places)) + behind, place)
        self._go_on()
        return place

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._waiting)

    def ahead_of(self, place: Place) -> int:
        """How many must end before `place` has its turn; 0 when it has."""
        return max(0, self._places.index(place) + 1 - self._slots)

    def remove(self, place: Place) -> None:
        if place in self._places:
            self._places.remove(place)
            self._go_on()

    async def until_moved(self) -> None:
        await self._moved.wait()

    @property
    def _waiting(self) -> list[Place]:
        return self._places[self._slots :]

    def _round_for(self, who: str | None) -> int:
        """The present one, or that behind the last question of the same who."""
        own = [place.round + 1 for place in self._places if who is not None and place.who == who]
        return max([self._round, *own])

    def _go_on(self) -> None:
        """The front has its turn, and all look again where they stand."""
        self._round = max([self._round, *(place.round for place in self._places[: self._slots])])
        self._moved.set()
        self._moved = asyncio.Event()


class Place:
    """Somebody's place in a line."""

    def __init__(self, line: Line, who: str | None, round: int) -> None:
        self._line, self.who, self.round = line, who, round

    @property
    def ahead(self) -> int:
        """How many come first."""
        return self._line.ahead_of(self)

    async def until_turn(self) -> AsyncIterator[int]:
        """How many come first, again each time that this has changed, until none does; it may become more."""
        before = self.ahead
        while self.ahead:
            await self._line.until_moved()
            if self.ahead != before:
                before = self.ahead
                yield before

    def leave(self) -> None:
        """Let the next one in. A second call does nothing."""
        self._line.remove(self)
