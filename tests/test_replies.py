"""Who waits for a model's reply: one at a time where it has to be, in order, and free to leave at any moment."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from fakes import HashingEmbedder, prepare_lines
from langchain_core.messages import AIMessageChunk, BaseMessage, HumanMessage
from langchain_core.outputs import ChatGenerationChunk
from scripted import ScriptedChat

from index.errors import LibraryError
from index.pipeline import Library, open_library
from qa.chain import AnswerChain
from qa.model.open import Model
from qa.model.reply import Reply
from qa.model.streaming import Turns, read_reply
from qa.records import Answer, EvidenceFound, Question
from qa.settings import Settings

LIMIT_S = 20
"""No test waits for this; one that fails ends by it instead of hanging."""


class Gate:
    """Opened by the test, passed by what runs in the background."""

    def __init__(self) -> None:
        self._opened: Future[None] = Future()

    def open(self) -> None:
        self._opened.set_result(None)

    async def passed(self) -> None:
        await asyncio.shield(asyncio.wrap_future(self._opened))


class TwoPieces:
    """A server's reply of two pieces: says when it began and when it was broken off, ends when it is let go."""

    def __init__(self, log: list[str] | None = None) -> None:
        self.log = [] if log is None else log
        """Takes "began" and "over"; may be shared with other replies."""
        self.began, self.broken_off, self.go_on = threading.Event(), threading.Event(), Gate()

    async def pieces(self) -> AsyncIterator[str]:
        self.log.append("began")
        self.began.set()
        yield "one"
        try:
            await self.go_on.passed()
        except asyncio.CancelledError:
            self.broken_off.set()
            raise
        self.log.append("over")
        yield "end"


class Left(BaseException):
    """As Streamlit's own exception that ends a page's run."""


def leave(ahead: int) -> None:
    raise Left


def in_thread(work: Callable[[], object]) -> Future[object]:
    """What `work` gives, made in a thread of its own."""
    future: Future[object] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future


def test_the_pieces_come_in_order_and_complete():
    reply = TwoPieces()
    reply.go_on.open()
    assert list(read_reply(reply.pieces())) == ["one", "end"]


def test_an_error_of_the_server_comes_after_what_it_had_sent():
    async def pieces() -> AsyncIterator[str]:
        yield "one"
        raise ConnectionResetError("peer")

    reading = read_reply(pieces())
    assert next(reading) == "one"
    with pytest.raises(ConnectionResetError, match="peer"):
        next(reading)


def test_closing_breaks_the_reply_off():
    reply = TwoPieces()
    reading = read_reply(reply.pieces())
    next(reading)
    assert not reply.broken_off.is_set()
    reading.close()
    assert reply.broken_off.wait(LIMIT_S)


def test_who_leaves_while_nothing_comes_breaks_the_reply_off():
    reply = TwoPieces()
    reading = read_reply(reply.pieces(), on_wait=leave)
    next(reading)
    with pytest.raises(Left):
        next(reading)
    assert reply.broken_off.wait(LIMIT_S)


def test_replies_are_made_one_at_a_time_in_the_order_of_asking():
    turns, log = Turns(), []
    replies = [TwoPieces(log) for _ in range(3)]
    futures = []
    for reply in replies:  # the next one asks once this one is known to stand in the line
        waits = threading.Event()
        futures.append(in_thread(partial(list, read_reply(reply.pieces(), turns, lambda _, waits=waits: waits.set()))))
        assert waits.wait(LIMIT_S)
    assert [reply.began.is_set() for reply in replies] == [True, False, False]
    for reply, future in zip(replies, futures, strict=True):
        assert reply.began.wait(LIMIT_S)
        reply.go_on.open()
        assert future.result(LIMIT_S) == ["one", "end"]
    assert log == ["began", "over"] * 3


def test_who_waits_is_told_how_many_are_before_and_may_leave_without_having_begun():
    turns, first, second = Turns(), TwoPieces(), TwoPieces()
    reading = read_reply(first.pieces(), turns)
    next(reading)
    told: list[int] = []

    def leave_when_told(ahead: int) -> None:
        told.append(ahead)
        raise Left

    with pytest.raises(Left):
        next(read_reply(second.pieces(), turns, leave_when_told))
    first.go_on.open()
    assert list(reading) == ["end"]
    assert told == [1]
    assert not second.began.is_set()


def test_a_reader_that_was_left_lying_does_not_hold_up_the_others():
    turns, forgotten, other = Turns(), TwoPieces(), TwoPieces()
    reading = read_reply(forgotten.pieces(), turns)
    next(reading)
    forgotten.go_on.open()
    other.go_on.open()
    assert list(read_reply(other.pieces(), turns)) == ["one", "end"]
    reading.close()


class GatedChat(ScriptedChat):
    """A scripted chat whose server says nothing before `gate` is open, and that knows whether it was broken off."""

    gate: Any
    broken_off: Any

    async def _astream(self, messages: list[BaseMessage], *_: Any, **__: Any) -> AsyncIterator[ChatGenerationChunk]:
        reply = self._reply(messages)
        try:
            await self.gate.passed()
        except asyncio.CancelledError:
            self.broken_off.set()
            raise
        for word in reply.split(" "):
            yield ChatGenerationChunk(message=AIMessageChunk(f"{word} "))


def gated(**script: list[str]) -> tuple[Model, GatedChat]:
    chat = GatedChat(script=script, gate=Gate(), broken_off=threading.Event())
    return Model("gated", chat, turns=Turns()), chat


@pytest.fixture
def library(tmp_path) -> Iterator[Library]:
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "a.txt").write_text("The council of Oldham met on Monday.\nNobody voted against the loan.\n")
    (folder / "b.txt").write_text("The bridge at Harrow was opened.\nIt cost nine million crowns.\n")
    with open_library(tmp_path / "library", HashingEmbedder(), prepare=prepare_lines) as opened:
        opened.add([folder])
        yield opened


LOAN, BRIDGE = "Who voted against the loan?", "What did the bridge cost?"


def test_a_page_that_is_left_while_the_model_reads_stops_the_model(library):
    model, chat = gated(loan=["NOT FOUND"])
    events = AnswerChain(library, model, Settings()).stream(LOAN, on_wait=leave)
    assert isinstance(next(events), EvidenceFound)
    with pytest.raises(Left):
        next(events)
    assert chat.broken_off.wait(LIMIT_S)


def test_an_answer_that_waits_for_another_has_its_evidence_already(library):
    model, chat = gated(loan=["NOT FOUND"], bridge=["NOT FOUND"])
    chain = AnswerChain(library, model, Settings())
    waiting = threading.Event()
    first = in_thread(lambda: list(chain.stream(LOAN, on_wait=lambda ahead: waiting.set())))
    assert waiting.wait(LIMIT_S)
    with closing(chain.stream(BRIDGE)) as events:
        found = next(events)
    chat.gate.open()
    first.result(LIMIT_S)
    assert "nine million" in " ".join(citation.quote for citation in found.citations)


def test_questions_asked_at_the_same_time_each_get_their_own_answer(library):
    model, chat = gated(loan=["NOT FOUND"], bridge=["NOT FOUND"])
    chain = AnswerChain(library, model, Settings())
    futures = [in_thread(lambda text=text: chain.invoke(Question(text))) for text in (LOAN, BRIDGE) * 2]
    chat.gate.open()
    answers = [future.result(LIMIT_S) for future in futures]
    assert all(isinstance(answer, Answer) for answer in answers)
    assert [answer.question for answer in answers] == [LOAN, BRIDGE] * 2
    assert ["loan" in answer.nearest[0].quote for answer in answers] == [True, False] * 2


def test_the_first_question_after_a_start_finds_the_search_open(library):
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from fakes import HashingEmbedder, prepare_lines\n"
        "from index.pipeline import open_library\n"
        "from qa.chain import AnswerChain\n"
        "from qa.model.open import Model\n"
        "from qa.settings import Settings\n"
        "with open_library(Path(sys.argv[1]), HashingEmbedder(), prepare=prepare_lines) as library:\n"
        "    AnswerChain(library, Model('none', None), Settings()).warm()\n"
        "    print('chromadb' in sys.modules)\n"
    )
    here = Path(__file__).parent
    environment = os.environ | {"PYTHONPATH": f"{here.parent}{os.pathsep}{here}"}
    command = [sys.executable, "-c", code, str(library.folder)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("True\n", "")


def test_an_empty_library_can_be_warmed_and_says_that_it_is_empty(tmp_path):
    with open_library(tmp_path / "library", HashingEmbedder(), prepare=prepare_lines) as empty:
        chain = AnswerChain(empty, Model("none", None), Settings())
        chain.warm()
        with pytest.raises(LibraryError, match="dateline add FOLDER"):
            chain.invoke("Who came?")


@pytest.mark.model
def test_the_embedded_model_stops_when_its_reader_leaves(tmp_path):
    import httpx

    from index.weights.fetch import fetch_weights
    from qa.model.embedded import EmbeddedServer
    from qa.model.open import open_model

    settings = Settings(answer_tokens=2000)
    server = EmbeddedServer(fetch_weights("qwen2.5-0.5b", settings.cache, settings.weights), None, tmp_path)
    try:
        model = open_model(settings.model_copy(update={"model": server.address}))
        with Reply(model, [HumanMessage("Count from 1 to 1000, in words.")]) as reply:
            next(iter(reply))
        for _ in range(1000):  # each asks the server, which answers between two steps of the model
            slots = httpx.get(f"{server.address.removesuffix('/v1')}/slots", timeout=LIMIT_S).json()
            if not any(slot["is_processing"] for slot in slots):
                break
        assert not any(slot["is_processing"] for slot in slots)
        (slot,) = [one for one in slots if "next_token" in one]  # the other was never used
        assert slot["next_token"][0]["n_decoded"] < 1000
    finally:
        server.close()
