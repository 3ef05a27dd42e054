"""Who may ask, how much and how often, and what becomes of those who wait or leave."""

from __future__ import annotations

import hashlib
import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import httpx
import pytest
from fakes import HashingEmbedder
from scripted import ScriptedChat
from serving import BANK, NINE, WITNESSES, HeldChat, eventually, free_port, open_engine, running, serving
from starlette.testclient import TestClient
from typer.testing import CliRunner

from cli.common import State
from cli.main import app
from index.errors import UserFacingError
from index.pipeline import open_library
from serve.app import create_app
from serve.errors import Refused
from serve.keys import Keys, load_keys
from serve.limits import Limits, Rates
from serve.line import Line
from serve.server import Server
from serve.start import require_fit_host

AT = "http://127.0.0.1:8800"
ALL, COURT, READ, SLOW = "a" * 20, "c" * 20, "r" * 20, "s" * 20
FILE = f"""
[[keys]]
name = "all"
key = "{ALL}"
scopes = ["read", "ask", "write"]

[[keys]]
name = "court"
hash = "sha256:{hashlib.sha256(COURT.encode()).hexdigest()}"
scopes = ["read", "ask", "write"]
collections = ["court"]

[[keys]]
name = "reader"
key = "{READ}"
scopes = ["read"]

[[keys]]
name = "slow"
key = "{SLOW}"
scopes = ["read"]
per_minute = 2
"""


def bearer(key):
    return {"Authorization": f"Bearer {key}"}


@pytest.fixture(scope="module")
def keys(tmp_path_factory) -> Keys:
    path = tmp_path_factory.mktemp("keys") / "keys.toml"
    path.write_text(FILE)
    return load_keys(path)


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    opened = open_engine(tmp_path_factory.mktemp("limits"))
    yield opened
    opened.close()


@pytest.fixture
def client(engine, keys):
    limits = Limits(body_bytes=2000, upload_bytes=3000)
    with TestClient(create_app(Server(engine, limits, keys)), base_url="http://example.org") as opened:
        yield opened


@pytest.fixture(scope="module")
def ids(engine):
    return {facts.collection: facts.doc_id for facts in engine.library().facts()}


# Keys


@pytest.mark.parametrize(
    "header", [{}, bearer("x" * 20), {"Authorization": f"Basic {ALL}"}, {"Authorization": ALL}, bearer("")]
)
def test_without_a_key_that_is_known_nothing_is_told(client, header):
    for path in ("/v1/documents", "/v1/search?q=court", "/v1/timeline", "/v1/models", "/metrics"):
        refused = client.get(path, headers=header)
        assert (refused.status_code, refused.json()["error"]["code"]) == (401, "invalid_api_key")
        assert refused.headers["www-authenticate"] == "Bearer"
    assert client.post("/v1/ask", json={"question": WITNESSES}, headers=header).status_code == 401
    assert client.get("/health").json()["status"] == "ok"


def test_a_key_does_only_what_its_scopes_say(client):
    assert client.get("/v1/documents", headers=bearer(READ)).status_code == 200
    refused = client.post("/v1/ask", json={"question": WITNESSES}, headers=bearer(READ))
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "scope")
    assert client.post("/v1/documents", files={"file": ("a.txt", b"A")}, headers=bearer(READ)).status_code == 403


def test_a_key_of_a_collection_sees_its_documents_only(client, ids):
    mine = bearer(COURT)
    assert [one["title"] for one in client.get("/v1/documents", headers=mine).json()["documents"]] == ["Trial opens"]
    assert [one["time"] for one in client.get("/v1/timeline", headers=mine).json()["events"]] == ["2025-03-03"]
    found = client.get("/v1/search", params={"q": "bank Basel doors"}, headers=mine).json()
    assert (found["documents"], {one["collection"] for one in found["passages"]}) == (1, {"Court"})
    assert client.get(f"/v1/documents/{ids['Court']}", headers=mine).status_code == 200
    answer = client.post("/v1/ask", json={"question": "When did a bank in Basel close its doors?"}, headers=mine)
    assert "Basel" not in json.dumps({**answer.json(), "question": "", "searched": "", "problems": [], "missing": []})
    assert (answer.json()["searched"]["documents"], answer.json()["searched"]["out_of"]) == (1, 1)
    of_mine = client.post("/v1/ask", json={"question": "Which documents do you have?"}, headers=mine)
    assert "Bank" not in of_mine.text and "Trial opens" in of_mine.text
    with_all = client.post(
        "/v1/ask", json={"question": "When did a bank in Basel close its doors?"}, headers=bearer(ALL)
    ).json()
    assert "Basel" in with_all["text"]


@pytest.mark.parametrize("question", ["When did {} open its doors?", "What did {} hear on 3 March 2025?"])
def test_a_key_of_a_collection_does_not_learn_whether_a_name_stands_in_other_documents(client, question):
    def told(name):
        response = client.post("/v1/ask", json={"question": question.format(name)}, headers=bearer(COURT))
        return {**json.loads(response.text.replace(name, "NAME")), "seconds": {}}

    there, nowhere = told("Basel"), told("Wexel")
    assert there == nowhere
    assert there["problems"][-1] == "No document found mentions 'NAME'."


def test_asking_for_what_a_key_may_not_see_is_refused_without_telling_whether_it_is_there(client, ids):
    def told(path, **given):
        response = client.request("POST" if "json" in given else "GET", path, headers=bearer(COURT), **given)
        return response.status_code, response.json()["error"]["message"]

    assert told("/v1/documents?collections=Bank")[0] == 403
    assert told("/v1/search", params={"q": "x", "documents": ids["Bank"]})[0] == 403
    assert told("/v1/timeline", params={"collections": ["Court", "Bank"]})[0] == 403
    assert told("/v1/ask", json={"question": "Who?", "collections": ["Bank"]})[0] == 403
    chat = {"model": "dateline", "messages": [{"role": "user", "content": "Who?"}]}
    assert told("/v1/chat/completions", json={**chat, "dateline": {"collections": ["Bank"]}})[0] == 403
    there, not_there = told(f"/v1/documents/{ids['Bank']}"), told("/v1/documents/0123456789abcdef")
    assert there[0] == not_there[0] == 403
    assert there[1].replace(ids["Bank"], "ID") == not_there[1].replace("0123456789abcdef", "ID")
    for outlet in ("Bank News", "No News"):
        assert told("/v1/search", params={"q": "x", "outlets": outlet}) == (
            404,
            f"No document has the outlet {outlet!r}. Leave it out.",
        )
    late = told("/v1/search", params={"q": "x", "since": "2026-01-01"})
    assert late[0] == 404 and "Bank" not in late[1]


def test_a_key_of_a_collection_adds_to_it_and_changes_no_other_document(tmp_path, keys):
    engine = open_engine(tmp_path)
    with TestClient(create_app(Server(engine, keys=keys)), base_url=AT) as client:

        def add(key, name, data, **form):
            return client.post("/v1/documents", files={"file": (name, data)}, data=form, headers=bearer(key))

        assert add(COURT, "a.txt", b"Appeal\n\nAn appeal was filed.").json()["documents"][0]["collection"] == "court"
        assert add(COURT, "b.txt", b"B\n\nB.", collection="Bank").status_code == 403
        assert add(ALL, "c.txt", b"C\n\nA vault was found.", collection="Bank").json()["outcome"] == "added"
        assert add(COURT, "c.txt", b"C\n\nNo vault was found.").json()["error"]["code"] == "taken"
        assert add(COURT, "copy.txt", BANK.encode()).json()["error"]["code"] == "taken"
        assert client.get("/v1/documents", headers=bearer(COURT)).json()["total"] == 2
    engine.close()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[keys]", "no TOML or JSON"),
        ("", "keys: Field required"),
        ('[[keys]]\nname="a"\nscopes=["read"]', "give either `key` or `hash`"),
        ('[[keys]]\nname="a"\nkey="short"\nscopes=["read"]', "at least 16"),
        (f'[[keys]]\nname="a"\nkey="{ALL}"\nscopes=["admin"]', "'read', 'ask' or 'write'"),
        (f'[[keys]]\nname="a"\nkey="{ALL}"\nscopes=["read"]\ncollections=[]', "at least 1 item"),
        (f'[[keys]]\nname="a"\nkey="{ALL}"\nscopes=["read"]\ncolections=["Court"]', "Extra inputs"),
        (f'[[keys]]\nname="a"\nkey="{ALL}"\nscopes=["read"]\n' * 2, "twice"),
    ],
)
def test_a_file_of_keys_that_does_not_fit_is_refused_without_showing_a_key(tmp_path, text, words):
    (tmp_path / "keys.toml").write_text(text)
    with pytest.raises(UserFacingError) as error:
        load_keys(tmp_path / "keys.toml")
    assert words in str(error.value) and ALL not in str(error.value) and "short" not in str(error.value)


def test_keys_may_stand_in_json(tmp_path):
    path = tmp_path / "keys.json"
    path.write_text(json.dumps({"keys": [{"name": "a", "key": ALL, "scopes": ["ask"]}]}))
    assert load_keys(path).find(f"Bearer {ALL}").scopes == {"ask"}
    with pytest.raises(UserFacingError, match="cannot be read"):
        load_keys(tmp_path / "missing.json")


# From where


def test_without_keys_only_this_machine_can_be_listened_on(tmp_path):
    for host in ("127.0.0.1", "::1", "localhost"):
        require_fit_host(host, None)
    for host in ("0.0.0.0", "::", "192.168.1.4", "example.org"):
        with pytest.raises(UserFacingError, match="--keys FILE"):
            require_fit_host(host, None)
        require_fit_host(host, tmp_path / "keys.toml")


def test_without_keys_pages_of_other_sites_are_refused(engine):
    with TestClient(create_app(Server(engine)), base_url=AT) as client:
        assert client.get("/v1/documents").status_code == 200
        assert client.get("/v1/documents", headers={"Origin": "http://localhost:3000"}).status_code == 200
        for header in ({"Host": "evil.example:8800"}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
            refused = client.get("/v1/documents", headers=header)
            assert (refused.status_code, refused.json()["error"]["code"]) == (403, "not_local")


# How much and how often


def test_a_key_that_asks_too_often_is_told_when_to_come_again(client):
    assert [client.get("/v1/models", headers=bearer(SLOW)).status_code for _ in range(2)] == [200, 200]
    refused = client.get("/v1/models", headers=bearer(SLOW))
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "rate_limit")
    assert 1 <= int(refused.headers["retry-after"]) <= 30
    assert client.get("/v1/models", headers=bearer(ALL)).status_code == 200


def test_the_bucket_fills_evenly():
    now = [0.0]
    rates = Rates(lambda: now[0])
    for _ in range(2):
        rates.take("a", 2)
    with pytest.raises(Refused) as error:
        rates.take("a", 2)
    assert error.value.retry_after_s == 30
    now[0] = 29.9
    with pytest.raises(Refused):
        rates.take("a", 2)
    now[0] = 30.1
    rates.take("a", 2)


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_that_is_too_large_is_refused(client, chunked):
    body = json.dumps({"question": "x" * 3000}).encode()
    headers = bearer(ALL) | {"Content-Type": "application/json"}
    refused = client.post("/v1/ask", content=iter([body]) if chunked else body, headers=headers)
    assert (refused.status_code, refused.json()["error"]["code"]) == (413, "too_large")
    upload = {"file": ("big.txt", b"Word. " * 400)}
    assert client.post("/v1/documents", files=upload, headers=bearer(ALL)).status_code in {200, 409}
    refused = client.post("/v1/documents", files={"file": ("big.txt", b"Word. " * 600)}, headers=bearer(ALL))
    assert (refused.status_code, refused.json()["error"]["code"]) == (413, "too_large")


# The line


@pytest.mark.parametrize(("slots", "longest"), [(1, 0), (1, 2), (3, 1)])
def test_the_line_holds_so_many_and_no_more(slots, longest):
    line = Line(slots, longest)
    places = [line.join() for _ in range(slots + longest)]
    assert [place.ahead for place in places] == [0] * slots + list(range(1, longest + 1))
    with pytest.raises(Refused, match="wait already") as error:
        line.join()
    assert error.value.status == 429 and error.value.retry_after_s >= 1
    places[0].leave()
    places[0].leave()
    assert line.join().ahead == longest
    assert line.waiting == longest


def served(line, places, *, again=None):
    """Who has their turns, in order, when each leaves in turn; who is `again` asks anew after each of theirs."""
    turns = []
    while places:
        (place,) = (one for one in places if not one.ahead)
        turns.append(place.who)
        place.leave()
        places.remove(place)
        if place.who == again and len(turns) < 12:
            places.append(line.join(again))
    return "".join(turns)


def test_nobody_waits_for_all_that_another_has_asked_at_once():
    line = Line(1, 12)
    places = [line.join(who) for who in "aaaabcc"]
    assert [place.ahead for place in places] == [0, 3, 5, 6, 1, 2, 4]
    assert served(line, places) == "abcacaa"


def test_who_asks_one_after_the_other_has_every_second_turn_beside_one_who_asks_much():
    line = Line(1, 12)
    places = [line.join("a") for _ in range(6)]
    assert served(line, [*places, line.join("b")], again="b") == "abababababab"


def test_without_keys_the_first_who_came_is_the_first():
    line = Line(1, 3)
    assert [line.join().ahead for _ in "abcd"] == [0, 1, 2, 3]


def test_the_last_half_of_the_places_is_for_those_who_have_none():
    line = Line(1, 4)
    assert [line.join("a").ahead for _ in range(3)] == [0, 1, 2]
    with pytest.raises(Refused, match="one of them is of this key"):
        line.join("a")
    assert [line.join(who).ahead for who in "bc"] == [1, 2]
    with pytest.raises(Refused, match="no more can. Try"):
        line.join("d")


def stream_of(address, **given):
    return httpx.stream("POST", f"{address}/v1/ask", json={"question": WITNESSES, "stream": True}, timeout=30, **given)


def read_until(lines, words):
    for line in lines:
        if words in line:
            return line
    raise AssertionError(f"{words!r} never came")


@pytest.fixture
def held(tmp_path):
    """A server whose model writes only while its gate is open; one question waits at most."""
    chat = HeldChat(script={"": [NINE]})
    engine = open_engine(tmp_path, chat, waiting=1)
    with running(create_app(Server(engine))) as address:
        yield chat, engine, address
        chat.gate.set()
    engine.close()


def test_questions_wait_in_turn_and_a_full_line_says_when_to_come_again(held):
    chat, engine, address = held
    with stream_of(address) as first, stream_of(address) as second:
        assert (first.headers["x-dateline-waiting"], second.headers["x-dateline-waiting"]) == ("0", "1")
        assert httpx.get(f"{address}/health").json()["waiting"] == 1
        full = httpx.post(f"{address}/v1/ask", json={"question": WITNESSES})
        assert (full.status_code, full.json()["error"]["code"]) == (429, "queue_full")
        assert int(full.headers["retry-after"]) >= 1
        assert httpx.get(f"{address}/v1/search", params={"q": "court"}).status_code == 200
        chat.gate.set()
        read_until(first.iter_lines(), "event: answer")
        waited = second.iter_lines()
        read_until(waited, '{"ahead":1}')
        read_until(waited, '{"ahead":0}')
        read_until(waited, "event: answer")
    assert engine.line.waiting == 0


@pytest.mark.parametrize("streamed", [True, False])
def test_a_client_that_leaves_stops_its_answer(held, streamed):
    chat, engine, address = held
    if streamed:
        with stream_of(address) as leaving:
            read_until(leaving.iter_lines(), "event: evidence")
    else:
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(f"{address}/v1/ask", json={"question": WITNESSES}, timeout=1.5)
    eventually(lambda: not engine.line._places)
    chat.gate.set()
    assert httpx.post(f"{address}/v1/ask", json={"question": WITNESSES}, timeout=30).json()["text"] == NINE
    assert chat.written <= len(NINE.split()) + 1


def test_a_client_that_waits_and_leaves_gives_up_its_place(held):
    _, engine, address = held
    with stream_of(address) as first:
        with stream_of(address) as second:
            read_until(second.iter_lines(), '{"ahead":1}')
        eventually(lambda: engine.line.waiting == 0)
        assert first.headers["x-dateline-waiting"] == "0" and len(engine.line._places) == 1


def test_a_client_that_does_not_read_holds_up_no_other(tmp_path):
    long = " ".join(["The court in Koblenz heard nine witnesses [1]."] * 2000)
    chat = ScriptedChat(script={"": [long, NINE]})
    engine = open_engine(tmp_path, chat, waiting=1)
    with running(create_app(Server(engine))) as address:
        at = urlsplit(address)
        body = json.dumps({"question": WITNESSES, "stream": True})
        with socket.socket() as stalled:
            stalled.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            stalled.connect((at.hostname, at.port))
            head = f"POST /v1/ask HTTP/1.1\r\nHost: {at.netloc}\r\nContent-Type: application/json\r\n"
            stalled.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
            eventually(lambda: len(chat.asked) > 0)
            answer = httpx.post(f"{address}/v1/ask", json={"question": WITNESSES}, timeout=30)
            assert answer.json()["status"] == "answered"
    engine.close()


def test_without_a_model_questions_are_answered_side_by_side(tmp_path):
    engine = open_engine(tmp_path)
    together = threading.Barrier(3, timeout=20)
    chain = engine.chain()

    class Meeting:
        library = chain.library

        def stream(self, question, **given):
            together.wait()  # which only three at once can pass
            return chain.stream(question, **given)

    engine._chain = Meeting()
    with running(create_app(Server(engine))) as address, ThreadPoolExecutor(3) as pool:
        asked = [pool.submit(httpx.post, f"{address}/v1/ask", json={"question": WITNESSES}, timeout=30) for _ in "abc"]
        assert [one.result().json()["status"] for one in asked] == ["answered"] * 3
    engine.close()


# The command


def command(folder, *arguments):
    state = State(open_library=lambda settings, on_progress: open_library(settings.library, HashingEmbedder()))
    return CliRunner().invoke(app, ["--library", str(folder / "library"), "--model", "none", *arguments], obj=state)


def test_the_command_refuses_what_would_show_the_documents_to_others(tmp_path):
    refused = command(tmp_path, "serve", "--host", "0.0.0.0")
    assert refused.exit_code == 1 and "dateline serve --keys FILE" in refused.stderr
    with free_port() as taken:
        refused = command(tmp_path, "serve", "--port", str(taken.getsockname()[1]))
    assert refused.exit_code == 1 and "Take another one: --port" in refused.stderr
    assert not (tmp_path / "library").exists()


def test_the_command_serves_until_it_is_told_to_end(tmp_path):
    (tmp_path / "keys.toml").write_text(FILE)
    options = ["--keys", str(tmp_path / "keys.toml"), "--audit", "--metrics"]
    with serving(tmp_path / "library", *options) as (process, address):
        assert httpx.get(f"{address}/health").json()["status"] == "empty"
        assert httpx.get(f"{address}/metrics", headers=bearer(READ)).status_code == 200
        process.terminate()
        assert process.wait(30) == 0
    assert (tmp_path / "library" / "audit.jsonl").exists()
