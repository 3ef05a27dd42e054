"""What a trace tells of requests and questions, and that it holds none of their words."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise

import httpx
import pytest
from scripted import ScriptedChat
from serving import NINE, WITNESSES, open_engine, serving
from starlette.testclient import TestClient

from index.errors import UserFacingError
from qa.records import EvidenceFound, Piece
from serve.app import create_app
from serve.course import Course
from serve.keys import Key, Keys, digest_of
from serve.server import Server
from serve.traces import Traces, open_traces

AT = "http://127.0.0.1:8800"
SECRET = "k" * 20
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
SECRETS = ("witnesses", "Koblenz", "nine", "Trial", "Court", SECRET, "newsdesk")
"""Words of the question, of the document and its collection, and the key and its name."""


@pytest.fixture
def traced(tmp_path):
    """A client of a traced server, and what gives the spans so far."""
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    exporter = InMemorySpanExporter()
    engine = open_engine(tmp_path, ScriptedChat(script={"witnesses": [NINE, "It DIE"]}))
    keys = Keys([Key("newsdesk", frozenset({"read", "ask"}), digest=digest_of(SECRET))])
    traces = Traces(SimpleSpanProcessor(exporter))
    headers = {"Authorization": f"Bearer {SECRET}"}
    app = create_app(Server(engine, keys=keys, traces=traces))
    with TestClient(app, base_url=AT, headers=headers, raise_server_exceptions=False) as client:
        yield client, exporter.get_finished_spans
    traces.close()
    engine.close()


def named(spans):
    return {span.name: span for span in spans()}


def test_a_question_is_a_part_of_its_request_and_its_steps_follow_each_other(traced):
    client, spans = traced
    assert client.post("/v1/ask", json={"question": WITNESSES, "stream": True}).status_code == 200
    request, question = named(spans)["POST /v1/ask"], named(spans)["question"]
    steps = [named(spans)[name] for name in ("wait", "search", "first_token", "answer", "check")]
    assert question.parent.span_id == request.context.span_id
    assert {step.parent.span_id for step in steps} == {question.context.span_id}
    assert question.start_time == steps[0].start_time and steps[-1].end_time <= question.end_time <= request.end_time
    assert all(one.end_time == other.start_time for one, other in pairwise(steps))
    assert question.attributes["dateline.outcome"] == "answered" and question.attributes["dateline.way"] == "/v1/ask"
    assert request.attributes["http.response.status_code"] == 200


def test_a_trace_that_the_client_began_goes_on(traced):
    client, spans = traced
    client.get("/health", headers={"traceparent": PARENT})
    assert f"{named(spans)['GET /health'].context.trace_id:032x}" == PARENT.split("-")[1]


def test_what_is_refused_and_what_fails_is_traced_too(traced):
    client, spans = traced
    client.get("/v1/models", headers={"Authorization": "Bearer none"})
    assert named(spans)["GET"].attributes["http.response.status_code"] == 401
    chat = {"model": "dateline", "messages": [{"role": "user", "content": WITNESSES}]}
    assert client.post("/v1/chat/completions", json=chat).status_code == 200
    assert client.post("/v1/chat/completions", json=chat).status_code == 503
    assert named(spans)["POST /v1/chat/completions"].status.is_ok is False
    assert named(spans)["question"].attributes["dateline.outcome"] == "model_unavailable"


def test_no_word_of_questions_or_documents_and_no_key_is_in_a_trace(traced):
    client, spans = traced
    (listed,) = client.get("/v1/documents", params={"collections": "Court"}).json()["documents"]
    for path in ("/v1/search?q=witnesses+Koblenz", "/v1/timeline?about=Koblenz", f"/v1/documents/{listed['doc_id']}"):
        assert client.get(path).status_code == 200
    client.get("/witnesses/of/Koblenz")
    for _ in range(2):
        client.post("/v1/ask", json={"question": WITNESSES})
    told = "".join(span.to_json() for span in spans())
    assert [word for word in (*SECRETS, listed["doc_id"]) if word in told] == []
    assert "GET /v1/documents/{doc_id}" in named(spans)


def test_the_steps_are_those_that_came():
    course = Course(iter(range(10)).__next__)
    assert list(course.steps()) == []
    course.take_turn()
    course.note(EvidenceFound((), 0.1))
    assert list(course.steps()) == [("wait", 0, 1), ("search", 1, 2)]
    for text in "abc":
        course.note(Piece(text, 1))
    assert list(course.steps())[2:] == [("first_token", 2, 3), ("answer", 3, 5)]


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"OTEL_SDK_DISABLED": "true", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"},
        {"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": ""},
    ],
)
def test_traces_are_off_unless_a_receiver_is_named(variables):
    assert open_traces(variables) is None


def test_a_protocol_that_is_not_spoken_is_told_with_one_that_is():
    given = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4317", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}
    with pytest.raises(UserFacingError, match="'grpc'.*OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"):
        open_traces(given)


@pytest.fixture
def receiver():
    """The address of a receiver on loopback, and the spans that it has got, with the service that they are of."""
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    got = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self):
            assert self.path == "/v1/traces" and self.headers["Content-Type"] == "application/x-protobuf"
            sent = ExportTraceServiceRequest.FromString(self.rfile.read(int(self.headers["Content-Length"])))
            for resource in sent.resource_spans:
                known = {each.key: each.value.string_value for each in resource.resource.attributes}
                got.extend((known["service.name"], span) for scope in resource.scope_spans for span in scope.spans)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *arguments):
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", got
        server.shutdown()
        thread.join()


def test_the_command_sends_its_traces_to_the_receiver_that_is_set(tmp_path, receiver):
    address, got = receiver
    engine = open_engine(tmp_path)
    engine.close()
    variables = {"OTEL_EXPORTER_OTLP_ENDPOINT": address, "OTEL_SERVICE_NAME": "newsroom"}
    with serving(tmp_path / "library", variables=variables) as (process, at):
        assert httpx.post(f"{at}/v1/ask", json={"question": WITNESSES}, timeout=30).json()["status"] == "answered"
        process.terminate()
        assert process.wait(30) == 0
    assert {service for service, _ in got} == {"newsroom"}
    assert {"POST /v1/ask", "question", "search", "check"} <= {span.name for _, span in got}


def test_a_receiver_that_is_not_there_holds_up_no_answer(tmp_path):
    engine = open_engine(tmp_path)
    engine.close()
    variables = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}
    with serving(tmp_path / "library", variables=variables) as (process, at):
        assert httpx.post(f"{at}/v1/ask", json={"question": WITNESSES}, timeout=30).json()["status"] == "answered"
        process.terminate()
        assert process.wait(30) == 0
