"""The OpenAI protocol, spoken by the client of OpenAI."""

from __future__ import annotations

import openai
import pytest
from scripted import ScriptedChat
from serving import NINE, WITNESSES, open_engine, running

from serve.app import create_app
from serve.openai_shapes import SOURCES
from serve.server import Server


@pytest.fixture(scope="module")
def chat():
    return ScriptedChat(script={"witnesses": [NINE], "": ["NOT FOUND"]})


def client_at(address):
    return openai.OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0)


@pytest.fixture(scope="module")
def client(tmp_path_factory, chat):
    engine = open_engine(tmp_path_factory.mktemp("openai"), chat)
    with running(create_app(Server(engine))) as address, client_at(address) as opened:
        yield opened
    engine.close()


def ask(client, question, **given):
    messages = question if isinstance(question, list) else [{"role": "user", "content": question}]
    return client.chat.completions.create(model="dateline", messages=messages, **given)


def test_a_completion_is_the_checked_answer_with_its_sources(client):
    completion = ask(client, WITNESSES, temperature=0.5)
    (choice,) = completion.choices
    text, _, sources = choice.message.content.partition(SOURCES)
    assert (text, choice.finish_reason, completion.object) == (NINE, "stop", "chat.completion")
    assert sources.startswith("[1] Court News, no date: Trial opens. “The court in Koblenz heard nine witnesses")
    answer = choice.message.model_extra["dateline"]
    assert (answer["status"], answer["claims"][0]["citations"][0]["title"]) == ("answered", "Trial opens")


def test_a_stream_adds_up_to_the_same_text_and_ends_with_the_citations(client):
    whole = ask(client, WITNESSES).choices[0].message.content
    chunks = list(ask(client, WITNESSES, stream=True, stream_options={"include_usage": True}))
    deltas = [chunk.choices[0] for chunk in chunks if chunk.choices]
    assert "".join(delta.delta.content or "" for delta in deltas) == whole
    assert [delta.finish_reason for delta in deltas if delta.finish_reason] == ["stop"]
    assert deltas[-1].delta.model_extra["dateline"]["text"] == NINE
    assert chunks[-1].usage.total_tokens >= 0 and chunks[-1].choices == []
    extras = [(delta.delta.model_extra or {}).get("dateline") for delta in deltas]
    assert {"waiting": 0} in extras
    assert "".join(one["piece"] for one in extras if one and "piece" in one).strip() == NINE


def test_what_the_documents_do_not_say_is_said_without_sources(client):
    assert ask(client, "Who heard the bank in Basel?").choices[0].message.content == "The documents do not say."


def test_earlier_turns_are_the_history_without_their_sources(client, chat):
    earlier = ask(client, WITNESSES).choices[0].message.content
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": WITNESSES}]},
        {"role": "assistant", "content": earlier},
        {"role": "user", "content": "When was that?"},
    ]
    answer = ask(client, messages).choices[0].message.model_extra["dateline"]
    assert "Koblenz" in answer["searched"]["query"] and "Sources" not in answer["searched"]["query"]


def test_documents_are_chosen_by_the_field_of_dateline(client):
    answer = ask(client, WITNESSES, extra_body={"dateline": {"collections": ["Bank"]}})
    searched = answer.choices[0].message.model_extra["dateline"]["searched"]
    assert (searched["documents"], searched["out_of"]) == (1, 2)


def test_the_one_model_is_listed_and_another_is_not_found(client):
    assert [model.id for model in client.models.list()] == ["dateline"]
    assert client.models.retrieve("dateline").owned_by == "dateline"
    with pytest.raises(openai.NotFoundError, match="There is no model 'gpt-4o' here") as error:
        client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": WITNESSES}])
    assert error.value.code == "model_not_found"
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("gpt-4o")


def test_what_is_no_question_is_refused_in_the_form_of_the_protocol(client):
    for messages in ([{"role": "assistant", "content": "Hello."}], [{"role": "system", "content": "Be brief."}]):
        with pytest.raises(openai.BadRequestError, match="no question"):
            ask(client, messages)
    with pytest.raises(openai.BadRequestError, match="one answer"):
        ask(client, WITNESSES, n=2)
    with pytest.raises(openai.UnprocessableEntityError, match="question is empty"):
        ask(client, " ")


def test_an_answer_that_fails_in_a_stream_is_an_error_of_the_client(tmp_path):
    engine = open_engine(tmp_path, ScriptedChat(script={"": ["The court DIE", NINE]}))
    with running(create_app(Server(engine))) as address, client_at(address) as client:
        with pytest.raises(openai.APIError, match="stopped answering"):
            list(ask(client, WITNESSES, stream=True))
        assert ask(client, WITNESSES).choices[0].message.content.startswith(NINE)
    engine.close()
