"""The models an answer can come from; the embedded one for real, inside this process and over its address."""

from __future__ import annotations

import os
import socket
import time

import httpx
import pytest
from langchain_core.messages import HumanMessage

from index.weights.fetch import fetch_weights
from qa.chain import AnswerChain
from qa.errors import ModelError
from qa.model.embedded import KEPT_DAYS, EmbeddedServer, forget_unused
from qa.model.open import NONE, Model, open_model
from qa.model.prompt import build_front, build_grammar
from qa.model.reply import Reply
from qa.settings import Settings

LIGHT = "qwen2.5-0.5b"
ABSTAINED = "How many countries abstained in the June 2021 vote?"


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_none_is_a_model_without_a_chat():
    assert open_model(Settings(model=NONE)) == Model(NONE, None)


@pytest.mark.parametrize("name", ["gpt", "mistral:7b", "ollama:", ""])
def test_an_unknown_name_is_refused_with_those_that_are_known(name):
    with pytest.raises(ModelError, match=r"qwen2\.5-1\.5b.*ollama:NAME.*http://127"):
        open_model(Settings(model=name))


def test_a_provider_without_its_key_says_what_to_set(monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(ModelError, match="OPENAI_API_KEY"):
        open_model(Settings(model="openai:gpt-x"))


@pytest.mark.parametrize(
    ("content", "told"), [(None, r"cannot be read \(No such file"), (b"PK\3\4", "is no GGUF file"), (b"", "is no GGUF")]
)
def test_a_file_that_is_no_model_is_refused_with_what_to_do(tmp_path, content, told):
    path = tmp_path / "mine.gguf"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError, match=told):
        open_model(Settings(model=f"gguf:{path}"))


def test_a_damaged_model_file_is_a_clear_error(tmp_path):
    path = tmp_path / "mine.gguf"
    path.write_bytes(b"GGUF" + bytes(range(256)) * 40)
    with pytest.raises(ModelError, match="cannot be started"):
        open_model(Settings(model=f"gguf:{path}", cache=tmp_path))


@pytest.mark.model
def test_a_model_file_of_the_users_own_answers(tmp_path):
    settings = Settings()
    weights = fetch_weights(LIGHT, settings.cache, settings.weights)
    model = open_model(Settings(model=f"gguf:{weights}", cache=tmp_path))
    try:
        text = "".join(Reply(model, [HumanMessage("[7] Rome is in Italy. Where is Rome?")], build_grammar([7])))
    finally:
        model.close()
    assert text.startswith("NOT FOUND") or "[7" in text


def test_a_server_that_is_not_there_is_a_clear_error():
    model = open_model(Settings(model=f"http://127.0.0.1:{closed_port()}/v1", timeout_s=5))
    with pytest.raises(ModelError, match="stopped answering"):
        list(Reply(model, [HumanMessage("Hello")]))


@pytest.mark.parametrize("name", ["http://127.0.0.1:9/v1", "openai:gpt"])
def test_a_server_may_be_silent_for_as_long_as_is_set(name, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    chat = open_model(Settings(model=name, timeout_s=700)).chat
    assert (chat.request_timeout, chat.stream_chunk_timeout) == (700, 700)


def test_a_file_that_is_no_model_is_a_clear_error(tmp_path):
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"no model at all")
    with pytest.raises(ModelError, match=r"broken\.gguf.*DATELINE_MODEL"):
        EmbeddedServer(broken, 1, tmp_path / "kept")


def test_a_cache_that_cannot_be_made_is_a_clear_error(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(ModelError, match="DATELINE_CACHE"):
        EmbeddedServer(tmp_path / "any.gguf", 1, tmp_path / "file" / "prompts")


def test_a_grammar_names_only_the_markers_shown():
    grammar = build_grammar([3, 11])
    assert '"3" | "11"' in grammar
    assert '"NOT FOUND"' in grammar


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    from index.weights.fetch import fetch_weights

    settings = Settings()
    weights = fetch_weights(LIGHT, settings.cache, settings.weights)
    opened = EmbeddedServer(weights, None, tmp_path_factory.mktemp("kept"))
    yield opened
    opened.close()


@pytest.mark.model
def test_any_server_with_the_openai_protocol_answers_over_its_address(server, seed_library):
    settings = Settings(model=server.address)
    answer = AnswerChain(seed_library, open_model(settings), settings).invoke(ABSTAINED)
    assert answer.model == server.address
    assert answer.tokens["written"] > 0
    for citation in (*answer.nearest, *(c for claim in answer.claims for c in claim.citations)):
        assert seed_library.document(citation.doc_id).text[citation.start : citation.end] == citation.quote


@pytest.mark.model
def test_the_grammar_holds_the_model_to_markers_that_were_shown(server):
    chat = open_model(Settings(model=server.address)).chat
    model = Model("local", chat, takes_grammar=True)
    text = "".join(Reply(model, [HumanMessage("[7] Rome is in Italy. Where is Rome?")], build_grammar([7])))
    assert text.startswith("NOT FOUND") or "[7]" in text
    assert "[1]" not in text


@pytest.mark.model
def test_the_front_of_the_prompt_is_read_once_and_kept(server):
    roles = {"system": "system", "human": "user", "ai": "assistant"}
    front = build_front()
    server.warm([{"role": roles[message.type], "content": str(message.content)} for message in front])
    model = open_model(Settings(model=server.address, answer_tokens=16))
    reply = Reply(model, [*front, HumanMessage("Question: Who?")])
    list(reply)
    assert reply.tokens.kept > 10 * reply.tokens.read


def test_saved_prompts_that_nobody_used_for_a_month_are_removed(tmp_path):
    old, recent = tmp_path / "old.state", tmp_path / "recent.state"
    for path in (old, recent):
        path.write_bytes(b"state")
    month_ago = time.time() - (KEPT_DAYS + 1) * 86_400
    os.utime(old, (month_ago, month_ago))
    forget_unused(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["recent.state"]


@pytest.mark.model
def test_a_closed_server_listens_no_more(tmp_path):
    from index.weights.fetch import fetch_weights

    settings = Settings()
    weights = fetch_weights(LIGHT, settings.cache, settings.weights)
    for _ in range(5):  # closed at once: before its loop ran, that never ended
        server = EmbeddedServer(weights, None, tmp_path)
        address = server.address
        server.close()
        server.close()
        with pytest.raises(httpx.HTTPError):
            httpx.get(f"{address}/models", timeout=2)


@pytest.mark.model
def test_the_default_model_answers_from_the_seeds_and_takes_no_false_premise_for_true(seed_library):
    settings = Settings()
    model = open_model(settings)
    try:
        chain = AnswerChain(seed_library, model, settings)
        chain.warm()
        answer = chain.invoke("Which country voted against the UN resolution on Myanmar?")
        misled = chain.invoke("Why did Russia vote against the UN General Assembly's resolution on Myanmar?")
    finally:
        model.close()
    assert "Belarus" in answer.text
    assert {citation.outlet for claim in answer.claims for citation in claim.citations} == {"The Moscow Times"}
    assert misled.status == "not_found" or "abstained" in misled.text
