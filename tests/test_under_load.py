"""The load tool: what it counts, and that it sees what a server does."""

from __future__ import annotations

import contextlib
import threading
import time

import httpx
from hypothesis import given
from hypothesis import strategies as st
from scripted import ScriptedChat
from serving import NINE, WITNESSES, HeldChat, eventually, open_engine, running

from evals.speed.asker import Reply, ask, ask_on
from evals.speed.counts import jain, memory_of, summary_of, told_of_kill
from evals.speed.served import free_port, write_keys
from evals.speed.stand_in import reply_to
from evals.speed.uploader import Uploads, lost_of
from serve.app import create_app
from serve.keys import load_keys
from serve.server import Server


def test_fairness_is_one_for_equals_and_the_share_of_one_who_has_all():
    assert jain([5, 5, 5, 5]) == 1
    assert jain([8, 0, 0, 0]) == 0.25
    assert jain([4, 2]) == 0.9  # 6² / (2 · (16 + 4))
    assert jain([0, 0]) is None


@given(st.lists(st.integers(0, 10**6), min_size=1).filter(any))
def test_fairness_lies_between_one_in_n_and_one(counts):
    assert 1 / len(counts) - 1e-9 <= jain(counts) <= 1 + 1e-9


def test_answers_refusals_and_errors_are_counted_apart():
    replies = [
        Reply(0, 1.0, "answered", 0.5, 1.0),
        Reply(0, 11.0, "not_found", 1.5, 3.0),
        Reply(1, 2.0, "429 queue_full", message="Wait."),
        Reply(1, 3.0, "503 model_unavailable", message="Gone."),
        Reply(1, 4.0, "ReadError"),
    ]
    told = summary_of(replies, askers=2, began=0.0, until=10.0)
    assert (told["answers"], told["answers_per_s"], told["refused"], told["errors"]) == (2, 0.1, 1, 2)
    assert told["answer_s"]["median"] == 2.0 and told["first_token_s"]["median"] == 1.0
    assert told["of_each"] == {"least": 0, "most": 2, "jain": 0.5, "first": 2}
    assert told["told"]["503 model_unavailable"] == {"count": 1, "first": "Gone."}


def test_what_came_of_a_kill_is_told_from_the_kill_on():
    replies = [Reply(0, at, "answered") for at in (9.0, 10.5, 16.0, 17.0)]
    replies += [Reply(0, 11.0, "ConnectError"), Reply(0, 30.0, "500 internal", message="Oh.")]
    told = told_of_kill(replies, killed=10.0, started=13.0, ready=14.0)
    assert told == {
        "started_s": 3.0,
        "ready_s": 4.0,
        "answered_again_s": 6.0,
        "longest_without_answer_s": 5.5,
        "answers_while_away": 1,
        "errors_after": {"500 internal": {"count": 1, "first": "Oh."}},
    }


def test_memory_is_told_along_the_way():
    samples = [10**6 * one for one in range(1, 21)]
    assert memory_of([*samples, 5 * 10**6]) == {"first": 1, "tenth": 3, "half": 11, "last": 5, "peak": 20}
    assert memory_of([]) == {}


@contextlib.contextmanager
def served(folder, chat=None, askers=1, waiting=8):
    """The address of a server for these askers, and their keys."""
    keys = write_keys(folder / "keys.toml", askers)
    engine = open_engine(folder, chat, waiting=waiting)
    with running(create_app(Server(engine, keys=load_keys(folder / "keys.toml")))) as address:
        yield address, keys
    engine.close()


def client_of(address, key):
    return httpx.Client(base_url=address, headers={"Authorization": f"Bearer {key}"}, timeout=30)


def test_an_answer_has_the_time_of_its_first_word_and_of_its_end(tmp_path):
    with served(tmp_path, ScriptedChat(script={"": [NINE]})) as (address, keys), client_of(address, keys[0]) as client:
        reply = ask(client, 3, WITNESSES)
    assert (reply.asker, reply.outcome) == (3, "answered")
    assert 0 < reply.first_s < reply.seconds


def test_an_error_in_the_stream_and_a_refusal_are_told_with_their_words(tmp_path):
    chat = HeldChat(script={"": ["The court DIE"]})
    with served(tmp_path, chat, askers=2, waiting=0) as (address, keys):
        replies = []
        with client_of(address, keys[0]) as client:
            held = threading.Thread(target=lambda: replies.append(ask(client, 0, WITNESSES)))
            held.start()
            eventually(lambda: len(chat.asked) == 1)
            with client_of(address, keys[1]) as other:
                refused = ask(other, 1, WITNESSES)
            chat.gate.set()
            held.join(30)
    assert (refused.outcome, refused.is_refused) == ("429 queue_full", True) and refused.wait_s >= 1
    assert replies[0].outcome in {"200 model_unavailable", "503 model_unavailable"}
    assert "DATELINE_MODEL" in replies[0].message


def test_a_server_that_is_away_is_an_error_and_not_the_end_of_asking():
    with httpx.Client(base_url=f"http://127.0.0.1:{free_port()}") as client:
        assert ask(client, 0, WITNESSES).outcome == "ConnectError"


def test_an_asker_asks_until_it_is_told_to_end(tmp_path):
    with served(tmp_path) as (address, keys):
        ended = threading.Event()
        replies = []

        def asking():
            replies.extend(ask_on(0, address, keys[0], [WITNESSES], time.monotonic() + 60, ended, 0))

        thread = threading.Thread(target=asking)
        thread.start()
        with client_of(address, keys[0]) as client:
            assert ask(client, 1, WITNESSES).is_answer
        ended.set()
        thread.join(30)
    assert replies and all(reply.outcome == "answered" for reply in replies)


def test_what_was_taken_and_is_not_there_is_counted_as_lost(tmp_path):
    with served(tmp_path) as (address, keys):
        with client_of(address, keys[-1]) as client:
            for name in ("a.txt", "b.txt"):
                assert client.post("/v1/documents", files={"file": (name, name.encode() * 20)}).status_code == 200
        told = lost_of(address, keys[-1], Uploads(["a.txt", "b.txt", "c.txt"], {"503": 2}))
    assert told == {"taken": 3, "lost": 1, "twice": 0, "failed": {"503": 2}}


def test_the_stand_in_says_the_sentence_that_is_marked_as_the_first():
    prompt = "[2] no date: Other.\n[1] 3 March 2025: The court in Koblenz heard nine witnesses.\n\nQuestion: Who?"
    assert reply_to(prompt) == "The court in Koblenz heard nine witnesses. [1]"
    assert reply_to("Question: Who?") == "NOT FOUND"
