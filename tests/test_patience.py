"""A model that works slowly is told from one that is dead, on a clock that the test sets."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator

import pytest
from langchain_core.messages import HumanMessage
from scripted import ScriptedChat

from qa.errors import ModelError
from qa.model import patience as module
from qa.model.open import Model
from qa.model.patience import PROBE_S, SLOW_S, OtherPrograms, Patience, free_processors, processors
from qa.model.reply import Listener, Reply


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def wait_for(patience: Patience, clock: Clock, seconds: float) -> None:
    """Wait as a reply does, five times a second."""
    until = clock.now + seconds
    while clock.now < until:
        clock.now += 0.2
        patience.wait()


def test_a_server_that_moves_may_be_silent_for_as_long_as_it_needs() -> None:
    clock, steps = Clock(), itertools.count()
    wait_for(Patience("m", lambda: next(steps), 30, now=clock), clock, 600)
    assert clock.now >= 600


@pytest.mark.parametrize("progress", [lambda: ("task", 128), lambda: None])
def test_a_server_that_does_not_move_counts_as_dead_after_the_time_that_is_set(progress) -> None:
    clock = Clock()
    with pytest.raises(ModelError, match="not moved for 30 s.*DATELINE_MODEL=none"):
        wait_for(Patience("m", progress, 30, now=clock), clock, 600)
    assert 30 <= clock.now <= 30 + 2 * PROBE_S


def test_what_comes_starts_the_time_anew() -> None:
    clock = Clock()
    patience = Patience("m", lambda: None, 30, now=clock)
    for _ in range(10):
        wait_for(patience, clock, 25)
        patience.heard()
    assert clock.now >= 250


def test_a_server_that_tells_no_progress_is_left_to_its_own_limit() -> None:
    clock = Clock()
    wait_for(Patience("m", None, 30, now=clock), clock, 600)
    assert clock.now >= 600


def test_slowness_is_told_once_and_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OtherPrograms, "processors", lambda self: 1.8)
    clock, told = Clock(), []
    patience = Patience("m", None, 30, told.append, now=clock)
    wait_for(patience, clock, SLOW_S - 1)
    assert told == []
    wait_for(patience, clock, 60)
    assert told == [
        f"The model is working, but slow: nothing came for 10 s, since other programs use 1.8 of this machine’s "
        f"{processors()} processors."
    ]


class SlowChat(ScriptedChat):
    """Thinks for some time before each reply."""

    async def _astream(self, *arguments, **more) -> AsyncIterator:
        await asyncio.sleep(0.7)
        for chunk in self._stream(*arguments, **more):
            yield chunk


def test_a_slow_reply_is_told_while_it_is_waited_for_and_comes_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SLOW_S", 0.3)
    model, told = Model("slow", SlowChat(script={"Who": ["Nine voted [1]."]})), []
    pieces = list(Reply(model, [HumanMessage("Question: Who?")], listener=Listener(on_slow=told.append)))
    assert "".join(pieces).strip() == "Nine voted [1]."
    assert len(told) == 1


def test_a_dead_server_is_left_while_it_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PROBE_S", 0.1)
    model = Model("dead", SlowChat(script={"Who": ["Nine."]}), progress=lambda: None, timeout_s=0.3)
    with pytest.raises(ModelError, match="counts as dead"):
        list(Reply(model, [HumanMessage("Question: Who?")]))


def test_processors_that_others_use_are_left_to_them(monkeypatch: pytest.MonkeyPatch) -> None:
    for used, left in ((0.0, processors()), (processors() + 3.0, 1)):
        monkeypatch.setattr(OtherPrograms, "processors", lambda self, used=used: used)
        monkeypatch.setattr("os.getloadavg", lambda: (9.0, 9.0, 9.0), raising=False)
        assert free_processors(0.0) == left
