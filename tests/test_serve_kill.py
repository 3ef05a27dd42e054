"""What clients see when a part is killed under their hands: a status and words, nothing lost, and it comes back."""

from __future__ import annotations

import contextlib
import json
import threading

import httpx
import pytest
from fakes import HashingEmbedder
from serving import BANK, COURT, WITNESSES, eventually, fill, free_port, running, serving

from evals.speed.served import free_port as port_of
from evals.speed.served import start_milvus, start_model
from index.engines import open_engine
from index.pipeline import open_library
from qa.model.open import NONE, open_model
from qa.settings import Settings
from serve.app import create_app
from serve.engine import Engine
from serve.server import Server


def engine_of(folder, model=NONE, engine="local", heal_s=3600.0):
    settings = Settings(library=folder / "library", cache=folder / "cache", model=model, engine=engine)

    def opened(settings):
        return open_library(settings.library, HashingEmbedder(), open_engine=lambda *of: open_engine(engine, "", *of))

    return Engine(settings, opened, open_model, heal_s=heal_s)


def ask(address, **given):
    return httpx.post(f"{address}/v1/ask", json={"question": WITNESSES, **given}, timeout=60)


def upload(address, name, text):
    return httpx.post(f"{address}/v1/documents", files={"file": (name, text.encode())}, timeout=60)


def names_at(address):
    listed = httpx.get(f"{address}/v1/documents", params={"limit": 1000}, timeout=60).json()["documents"]
    return sorted(one["uri"].rpartition("/")[2] for one in listed)


# The model server


def test_a_model_server_that_is_killed_is_told_and_asked_again_when_it_is_back(tmp_path):
    port = port_of()
    model = start_model(port, tmp_path / "model.log", word_s=30)  # so that it is killed in the middle
    engine = engine_of(tmp_path, f"http://127.0.0.1:{port}/v1")
    fill(engine.library(), tmp_path / "documents")
    with running(create_app(Server(engine))) as address:
        with httpx.stream("POST", f"{address}/v1/ask", json={"question": WITNESSES, "stream": True}, timeout=60) as one:
            lines = one.iter_lines()
            assert any(line == "event: piece" for line in lines)
            model.kill()
            told = [*lines]
        assert "event: error" in told and '"model_unavailable"' in "".join(told)
        died = ask(address)
        assert (died.status_code, died.json()["error"]["code"]) == (503, "model_unavailable")
        assert int(died.headers["retry-after"]) >= 1
        assert httpx.get(f"{address}/v1/search", params={"q": "court"}).status_code == 200
        model = start_model(port, tmp_path / "model.log")
        answer = ask(address).json()
        assert "nine witnesses" in answer["text"] and answer["model"].startswith("http")
    engine.close()
    model.close()


# The search engine


@pytest.fixture
def milvus(tmp_path):
    pytest.importorskip("milvus_lite", reason="it is not installed: pip install 'dateline[milvus]'")
    port = port_of()
    process = start_milvus(tmp_path / "milvus", port, tmp_path / "milvus.log")
    yield process, f"milvus:http://127.0.0.1:{port}"
    process.close()


def test_while_the_search_engine_is_away_all_goes_on_and_it_catches_up_by_itself(tmp_path, milvus):
    process, name = milvus
    engine = engine_of(tmp_path, engine=name, heal_s=0.2)
    fill(engine.library(), tmp_path / "documents")
    with running(create_app(Server(engine))) as address:
        assert ask(address).json()["status"] == "answered"
        process.kill()
        assert ask(address).json()["status"] == "answered"
        kept = upload(address, "fire.txt", "Fire\n\nA fire in Lund destroyed a mill on 5 March 2025.\n")
        assert (kept.status_code, kept.json()["outcome"]) == (200, "added")
        assert "The library itself is whole" in kept.json()["problems"][0]
        found = httpx.get(f"{address}/v1/search", params={"q": "fire Lund mill"}, timeout=60).json()
        assert found["passages"][0]["title"] == "Fire"
        assert httpx.get(f"{address}/health", timeout=60).status_code == 200
        process.start()
        eventually(lambda: not engine.library()._engine.is_behind(), 60)
        assert len(engine.library()._engine.ids()) == engine.library().count_passages()
    engine.close()


# The server itself


def test_a_server_that_is_killed_loses_nothing_that_it_took_and_goes_on_when_it_is_started_again(tmp_path):
    for name, text in (("court.txt", COURT), ("bank.txt", BANK)):
        (tmp_path / name).write_text(text)
    with free_port() as found:
        port = found.getsockname()[1]
    address, library, taken, told, asked = f"http://127.0.0.1:{port}", tmp_path / "library", [], [], []
    with serving(library, "--audit", port=port) as (process, _):
        assert upload(address, "court.txt", COURT).status_code == 200

        def uploading():
            with contextlib.suppress(httpx.TransportError):
                for number in range(10_000):
                    name = f"{number:05d}.txt"
                    if upload(address, name, f"Report {number}\n\nMill {number} burned.\n").status_code == 200:
                        taken.append(name)
            told.append("upload")

        def asking():
            with contextlib.suppress(httpx.TransportError):
                while True:
                    asked.append(ask(address).json()["status"])
            told.append("question")

        threads = [threading.Thread(target=one) for one in (uploading, asking)]
        for thread in threads:
            thread.start()
        eventually(lambda: len(taken) > 2 and len(asked) > 2, 60)
        process.kill()
        process.wait()
        for thread in threads:
            thread.join(60)
    assert sorted(told) == ["question", "upload"]
    with serving(library, "--audit", port=port):
        there = names_at(address)
        assert [name for name in taken if there.count(name) != 1] == []
        assert len(there) <= len(taken) + 2  # the court, and one whose taking nobody was told of
        assert upload(address, "last.txt", "Last\n\nThe last mill burned.\n").json()["outcome"] == "added"
        assert upload(address, taken[0], "Report 0\n\nMill 0 burned.\n").json()["outcome"] == "unchanged"
        assert ask(address).json()["status"] == "answered"
    lines = (library / "audit.jsonl").read_text().splitlines()
    assert len([json.loads(line) for line in lines]) > len(asked)
