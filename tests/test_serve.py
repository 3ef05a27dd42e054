"""Documents, searches and answers over HTTP."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, settings
from scripted import ScriptedChat
from serving import BANK, COURT, NINE, WITNESSES, open_engine, running
from starlette.testclient import TestClient

from serve.app import create_app, create_routes
from serve.audit import Audit
from serve.keys import ANYONE, Key, Keys, digest_of
from serve.metrics import Metrics
from serve.server import Server

schemathesis = pytest.importorskip("schemathesis", reason="it is not installed: pip install 'dateline[test]'")
from schemathesis.specs.openapi.checks import positive_data_acceptance  # noqa: E402

AT = "http://127.0.0.1:8800"


def client_of(engine, **given):
    return TestClient(create_app(Server(engine, **given)), base_url=AT, raise_server_exceptions=False)


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    opened = open_engine(
        tmp_path_factory.mktemp("serve"), ScriptedChat(script={"witnesses": [NINE], "": ["NOT FOUND"]})
    )
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def client(engine):
    with client_of(engine) as opened:
        yield opened


def events_of(response):
    pairs = [event.split("\n", 1) for event in response.text.strip().split("\n\n")]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in pairs]


def test_an_answer_has_its_exact_quote_and_iso_dates(client, engine):
    response = client.post("/v1/ask", json={"question": WITNESSES})
    answer = response.json()
    assert (response.status_code, answer["status"], response.headers["x-dateline-waiting"]) == (200, "answered", "0")
    assert answer["text"] == NINE
    citation = answer["claims"][0]["citations"][0]
    document = engine.library().document(citation["doc_id"])
    assert document.text[citation["start"] : citation["end"]] == citation["quote"]
    assert [time["resolved"] for time in citation["times"]] == ["2025-03-03"]


def test_a_stream_tells_its_place_the_evidence_the_pieces_and_the_answer(client):
    response = client.post("/v1/ask", json={"question": WITNESSES, "stream": True})
    events = events_of(response)
    names = [name for name, _ in events]
    assert response.headers["content-type"].startswith("text/event-stream")
    assert names[:2] == ["waiting", "evidence"] and names[-1] == "answer" and set(names[2:-1]) == {"piece"}
    assert events[0][1] == {"ahead": 0}
    assert "".join(data["text"] for name, data in events if name == "piece").strip() == NINE
    assert events[-1][1]["text"] == NINE


def test_a_follow_up_is_completed_from_its_history(client):
    asked = {"question": "When was that?", "history": [{"question": WITNESSES, "answer": NINE}]}
    assert "Koblenz" in client.post("/v1/ask", json=asked).json()["searched"]["query"]


def test_a_search_gives_passages_of_the_documents_chosen(client):
    found = client.get("/v1/search", params={"q": "doors", "collections": "Bank"}).json()
    assert (found["documents"], {one["collection"] for one in found["passages"]}) == (1, {"Bank"})
    assert client.get("/v1/search", params={"q": "doors", "k": 1}).json()["documents"] == 2


def test_documents_are_listed_in_pages_and_shown_with_their_text(client):
    listed = client.get("/v1/documents", params={"limit": 1, "offset": 1}).json()
    assert (listed["total"], [one["title"] for one in listed["documents"]]) == (2, ["Trial opens"])
    doc_id = listed["documents"][0]["doc_id"]
    assert client.get(f"/v1/documents/{doc_id[:8]}").json()["text"] == COURT
    missing = client.get("/v1/documents/ffffffff")
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "unknown_document")


def test_the_timeline_is_in_order(client):
    events = client.get("/v1/timeline").json()
    assert [event["time"] for event in events["events"]] == ["2025-03-03", "2025-03-04"]
    assert client.get("/v1/timeline", params={"about": "bank Basel doors"}).json()["total"] == 1


def test_a_filter_that_leaves_nothing_says_what_there_is(client):
    nothing = client.get("/v1/search", params={"q": "doors", "collections": "Sport"})
    assert nothing.status_code == 404 and "'Bank', 'Court'" in nothing.json()["error"]["message"]


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ("{", 400, "no JSON"),
        ("{}", 422, "body.question: Field required"),
        ('{"question": "  "}', 422, "The question is empty"),
        ('{"question": "Who?", "since": "yesterday"}', 422, "write the day as 2025-03-31"),
        ('{"question": "Who?", "since": 5}', 422, "write the day as 2025-03-31"),
        ('{"question": "Who?", "colection": "Court"}', 422, "body.colection"),
        ('{"question": "Who?", "since": "2025-02-01", "until": "2025-01-01"}', 404, "is after the last day"),
    ],
)
def test_what_does_not_fit_is_told_by_its_place(client, body, status, words):
    response = client.post("/v1/ask", content=body, headers={"Content-Type": "application/json"})
    error = response.json()["error"]
    assert (response.status_code, error["type"]) == (status, "invalid_request_error")
    assert words in error["message"]


def test_an_upload_can_be_asked_at_once_and_replaced(tmp_path):
    engine = open_engine(tmp_path)
    with client_of(engine) as client:
        file = ("port.txt", b"Port opens\n\nThe port of Orme opened on 5 March 2025.\n")
        added = client.post("/v1/documents", files={"file": file}, data={"collection": "Ports"})
        assert (added.status_code, added.json()["outcome"]) == (200, "added")
        assert added.json()["documents"][0]["collection"] == "Ports"
        assert client.post("/v1/documents", files={"file": file}).json()["outcome"] == "unchanged"
        newer = client.post("/v1/documents", files={"file": ("port.txt", b"Port shut\n\nThe port of Orme closed.\n")})
        assert newer.json()["outcome"] == "updated"
        assert client.get("/v1/documents").json()["total"] == 3
        copy = client.post("/v1/documents", files={"file": ("copy.txt", BANK.encode())}).json()
        assert copy == {"name": "copy.txt", "outcome": "duplicate", "documents": [], "problems": []}
        found = client.get("/v1/search", params={"q": "port Orme closed", "k": 1}).json()
        assert found["passages"][0]["title"] == "Port shut"
    engine.close()


@pytest.mark.parametrize("name", ["../a.txt", "a.exe", ".a.txt", "a.pdf"])
def test_an_upload_that_cannot_be_read_is_refused(client, name):
    refused = client.post("/v1/documents", files={"file": (name, b"x")})
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "unreadable_document")
    assert client.get("/v1/documents").json()["total"] == 2


# Faults


def test_an_empty_library_says_how_to_fill_it_and_answers_once_it_is(tmp_path):
    engine = open_engine(tmp_path, empty=True)
    with client_of(engine) as client:
        assert client.get("/health").json()["status"] == "empty"
        assert client.get("/v1/documents").json() == {"total": 0, "documents": []}
        refused = client.post("/v1/ask", json={"question": WITNESSES})
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "library_empty")
        client.post("/v1/documents", files={"file": ("court.txt", COURT.encode())})
        assert client.post("/v1/ask", json={"question": WITNESSES}).json()["status"] == "answered"
    engine.close()


@pytest.mark.parametrize("stream", [True, False])
def test_after_a_model_that_died_the_next_question_is_answered(tmp_path, stream):
    engine = open_engine(tmp_path, ScriptedChat(script={"": ["The court DIE", NINE]}))
    with client_of(engine) as client:
        died = client.post("/v1/ask", json={"question": WITNESSES, "stream": stream})
        error = events_of(died)[-1][1]["error"] if stream else died.json()["error"]
        assert (died.status_code, error["code"]) == (200 if stream else 503, "model_unavailable")
        assert "stopped answering" in error["message"]
        assert client.post("/v1/ask", json={"question": WITNESSES}).json()["text"] == NINE
    engine.close()


def test_a_library_that_was_closed_is_opened_again(tmp_path):
    engine = open_engine(tmp_path)
    with client_of(engine) as client:
        engine.library().close()
        lost = client.get("/v1/documents")
        assert (lost.status_code, lost.json()["error"]["code"]) == (503, "library_unavailable")
        assert client.get("/v1/documents").json()["total"] == 2
        assert client.post("/v1/ask", json={"question": WITNESSES}).status_code == 200
    engine.close()


def test_an_engine_that_is_closed_says_so(tmp_path):
    engine = open_engine(tmp_path)
    with client_of(engine) as client:
        engine.close()
        assert client.post("/v1/ask", json={"question": WITNESSES}).json()["error"]["code"] == "closed"
        health = client.get("/health")
        assert (health.status_code, health.json()["status"]) == (503, "unavailable")


# What is kept and counted


def test_the_audit_log_says_who_asked_what_and_what_came_of_it(tmp_path):
    engine = open_engine(tmp_path)
    folder = engine.library().folder
    with client_of(engine, audit=Audit(folder)) as client:
        client.post("/v1/ask", json={"question": WITNESSES})
        client.post("/v1/ask", json={"question": "Who won the lottery in Lima?", "stream": True})
    lines = [json.loads(line) for line in (folder / "audit.jsonl").read_text().splitlines()]
    assert [(line["key"], line["way"], line["question"]) for line in lines] == [
        ("local", "/v1/ask", WITNESSES),
        ("local", "/v1/ask", "Who won the lottery in Lima?"),
    ]
    assert [line["outcome"] for line in lines] == ["answered", "not_found"]
    assert (folder / "audit.jsonl").stat().st_mode & 0o077 == 0
    engine.close()


def test_nothing_is_kept_or_counted_unasked(client, engine):
    assert not (engine.library().folder / "audit.jsonl").exists()
    assert client.get("/metrics").status_code == 404


def test_metrics_count_questions_by_outcome(tmp_path):
    engine = open_engine(tmp_path)
    with client_of(engine, metrics=Metrics(lambda: engine.line.waiting)) as client:
        client.post("/v1/ask", json={"question": WITNESSES})
        shown = client.get("/metrics").text
    assert 'dateline_questions_total{outcome="answered",way="/v1/ask"} 1.0' in shown
    assert "dateline_waiting 0.0" in shown and "dateline_answer_seconds_count 1.0" in shown
    assert "Koblenz" not in shown
    engine.close()


# The description

KEY = "k" * 20
KEYS = Keys([Key("all", ANYONE.scopes, per_minute=1_000_000, digest=digest_of(KEY))])


@pytest.fixture(scope="module")
def address(engine):
    with running(create_app(Server(engine, keys=KEYS))) as started:
        yield started


described = schemathesis.openapi.from_dict(create_routes(Server(None, keys=KEYS)).openapi())


@described.parametrize()
@settings(max_examples=8, derandomize=True, suppress_health_check=list(HealthCheck))
def test_every_route_answers_as_its_description_says(case, address):
    # What fits the description can still be no question, or no file that can be read.
    case.call_and_validate(
        address, headers={"Authorization": f"Bearer {KEY}"}, excluded_checks=[positive_data_acceptance]
    )


def test_without_keys_none_is_described(client):
    assert "Bearer" not in client.get("/openapi.json").text
    assert client.get("/docs").status_code == 200
