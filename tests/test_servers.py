"""What other people's model servers send: thinking, other markers, damaged lines, log-in pages, and no end."""

from __future__ import annotations

import http.server
import itertools
import json
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import HashingEmbedder
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessageChunk
from test_attached import evidence

from index.pipeline import Library, open_library
from qa.answer.tie import read_draft
from qa.chain import AnswerChain
from qa.errors import ModelError
from qa.model import open as models
from qa.model import reply as replies
from qa.model.open import open_model
from qa.model.thinking import Thinking, without_thinking
from qa.records import Answer
from qa.settings import Settings

REPORT = "Museum opening\n\nOSLO, March 3, 2024 (NTB) - The museum of Oslo opened on Friday with 11 guests.\n"
QUESTION = "How many guests did the museum of Oslo open with?"
RIGHT = "The museum opened on Friday with 11 guests [1]."
SHOWN = [replace(evidence("It had 11 guests."), number=number) for number in (1, 2, 3)]
Lines = Iterable[str]


def line(text: str = "", ended: str | None = None, **more: str) -> str:
    """A line of a stream in the OpenAI protocol."""
    choice = {"index": 0, "delta": {"role": "assistant", "content": text, **more}, "finish_reason": ended}
    return "data: " + json.dumps({"id": "1", "object": "chat.completion.chunk", "model": "m", "choices": [choice]})


def words(text: str) -> list[str]:
    return [line(word + " ") for word in text.split(" ")]


def whole(text: str) -> list[str]:
    return [*words(text), line(ended="stop"), "data: [DONE]"]


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    (tmp_path / "a.txt").write_text(REPORT)
    with open_library(tmp_path / "library", HashingEmbedder()) as opened:
        opened.add([tmp_path / "a.txt"])
        yield opened


@pytest.fixture
def ask(library: Library) -> Iterator[Callable[..., Answer]]:
    """Asks the question of a server on loopback that sends these lines, or this page, to every request."""
    servers: list[http.server.ThreadingHTTPServer] = []

    def run(lines: Callable[[], Lines], kind: str = "text/event-stream", **settings: int) -> Answer:
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.end_headers()
                try:
                    for each in lines():
                        self.wfile.write(f"{each}\n\n".encode())
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        chosen = Settings(model=f"http://127.0.0.1:{server.server_port}/v1", timeout_s=20, **settings)
        return AnswerChain(library, open_model(chosen), chosen).invoke(QUESTION)

    yield run
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    "reply",
    [
        RIGHT,
        f"<think>Let me see. The museum...</think> {RIGHT}",
        f"\n<thinking>\nIt had 12 [1].\n</thinking>\n\n{RIGHT}",
        f"[THINK]a [2] b[/THINK]{RIGHT}",
        f"The prompt began with the mark, so only its end is written. </think> {RIGHT}",
        RIGHT.replace("[1]", "【1】"),
        RIGHT.replace("[1]", "【1†source】"),
        RIGHT.replace("[1]", "(1)"),
        RIGHT.replace("[1]", "[Source 1]"),
        RIGHT.replace("[1]", "[1, 1]"),
    ],
)
def test_the_answer_is_the_same_whatever_the_server_puts_around_it(ask: Callable[..., Answer], reply: str) -> None:
    answer = ask(lambda: whole(reply))
    assert answer.text.startswith("The museum opened on Friday (1 March 2024) with 11 guests [1].")
    assert "<think" not in answer.text
    assert "12" not in answer.text


def test_thinking_in_a_field_of_its_own_is_no_answer(ask: Callable[..., Answer]) -> None:
    thinking = [line("", reasoning_content="It had 12 guests [1]. "), line("", reasoning="Or 13 [1].")]
    assert "11 guests [1]" in ask(lambda: [*thinking, *whole(RIGHT)]).text


def test_a_model_that_only_thinks_is_told_with_what_helps(ask: Callable[..., Answer]) -> None:
    with pytest.raises(ModelError, match="only thought.*DATELINE_ANSWER_TOKENS"):
        ask(lambda: [*words("<think> it may have been eleven"), line(ended="length"), "data: [DONE]"])


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        (["<html><body>Log in</body></html>"], "text/html"),
        (["<html><body>Log in</body></html>"], "text/event-stream"),
        (['{"status":"ok"}'], "application/json"),
        ([line("The museum "), 'data: {"choices": [{"delta"'], "text/event-stream"),
        ([line("The museum "), "data: []"], "text/event-stream"),
        (["data: \x00\x01"], "text/event-stream"),
        ([], "text/event-stream"),
    ],
)
def test_what_is_no_model_is_told_and_what_to_do(ask: Callable[..., Answer], sent: list[str], kind: str) -> None:
    with pytest.raises(ModelError, match="http://127.*(?:is no answer of a model|stopped answering).*dateline doctor"):
        ask(lambda: sent, kind)


def test_a_server_that_ends_in_mid_sentence_is_told(ask: Callable[..., Answer]) -> None:
    answer = ask(lambda: words("The museum opened on"))
    assert any(problem.startswith("The answer broke off: the model http://127") for problem in answer.problems)


def test_a_reply_without_end_is_left(ask: Callable[..., Answer]) -> None:
    answer = ask(lambda: itertools.chain(words(RIGHT), itertools.repeat(line("and so on "))))
    assert any("would not end its answer" in problem for problem in answer.problems)
    assert "11 guests [1]" in answer.text


def test_a_line_without_end_is_left(ask: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "MAX_BYTES", 300_000)
    with pytest.raises(ModelError, match="the reply has no end"):
        ask(lambda: ['data: {"a": "' + "x" * 400_000])


@given(st.text("ab<think>/ \n", max_size=40), st.lists(st.integers(1, 5), max_size=30), st.text("xyz [1].", min_size=1))
def test_thinking_is_told_from_an_answer_however_it_is_cut(thought: str, cuts: list[int], answer: str) -> None:
    thought = thought.replace("</think>", "")
    whole, filtered, pieces = f"<think>{thought}</think>{answer}", Thinking(), []
    while whole:
        size = cuts.pop() if cuts else len(whole)
        pieces.append(filtered.answer_in(whole[:size]))
        whole = whole[size:]
    assert "".join(pieces) + filtered.rest() == answer.lstrip()
    assert without_thinking(answer) == answer.lstrip()


def test_what_only_looks_like_the_start_of_thinking_is_answered() -> None:
    for text in ("<th", "< 5 guests", "[", "", "<thinner> walls"):
        filtered = Thinking()
        assert "".join(map(filtered.answer_in, text)) + filtered.rest() == text


def test_blocks_of_text_are_read_and_those_of_thinking_are_not() -> None:
    blocks = [{"type": "thinking", "thinking": "12"}, {"type": "text", "text": "11 "}, "guests"]
    assert replies._text_of(AIMessageChunk(content=blocks).content) == "11 guests"


@pytest.mark.parametrize(
    ("markers", "numbers"),
    [("[1, 2]", [1, 2]), ("[1][2]", [1, 2]), ("[1], [2] and [3]", [1, 2, 3]), ("[1-3]", [1, 2, 3]),
     ("[1]–[3]", [1, 2, 3]), ("[1;3]", [1, 3]), ("【2】【3】", [2, 3]), ("(2)", [2]), ("［1］", [1])],
)  # fmt: skip
def test_markers_are_read_in_every_form(markers: str, numbers: list[int]) -> None:
    (drafted,), problems = read_draft(f"It had 11 guests {markers}.", SHOWN)
    assert (drafted.text, [one.number for one in drafted.evidence], problems) == ("It had 11 guests.", numbers, [])


def test_a_number_in_parentheses_that_was_not_shown_or_stands_elsewhere_is_no_marker() -> None:
    for text in ("It had guests (11).", "Article 5 (2) says so [1].", "Rule (3) was kept."):
        (drafted,), _ = read_draft(text, SHOWN)
        assert "(" in drafted.text
