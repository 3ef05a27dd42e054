"""Questions about the collection itself: a list of documents, a digest, or no question; all others as before."""

from __future__ import annotations

import pytest
from fakes import HashingEmbedder

from index.embed import open_embedder
from index.pipeline import open_library
from qa import tuning
from qa.answer import by_catalogue
from qa.chain import AnswerChain
from qa.model.open import Model
from qa.question.request import request_of
from qa.settings import Settings

PORT = (
    "Vote on the port\nThe Oldham Post, 4 May 2021\n\nThe council of Oldham met on Monday. Nobody voted against it. "
    "The mayor left.\n"
)
DAM = (
    "Dam is safe\nRiver Times, 3 March 2024\n\nInspector Odile Brandt looked at the dam on Friday. "
    "The wall holds back the water.\n"
)


@pytest.fixture
def library(tmp_path):
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "port.txt").write_text(PORT)
    (tmp_path / "news" / "dam.txt").write_text(DAM)
    with open_library(tmp_path / "library", HashingEmbedder()) as opened:
        opened.add([tmp_path / "news"])
        yield opened


def ask(library, monkeypatch, question, request, **settings):
    monkeypatch.setattr(by_catalogue, "request_of", lambda vector, least: request)
    return AnswerChain(library, Model("none", None), Settings(**settings)).invoke(question)


def test_a_list_names_each_document_with_outlet_and_date_newest_first(library, monkeypatch):
    answer = ask(library, monkeypatch, "What is here?", "list")
    whole, *each = [claim.text for claim in answer.claims]
    assert whole == "2 documents, published from 4 May 2021 to 3 March 2024."
    assert each == ["“Dam is safe” (River Times, 3 March 2024).", "“Vote on the port” (The Oldham Post, 4 May 2021)."]
    assert [citation.quote for citation in answer.claims[1].citations] == ["Dam is safe"]


@pytest.mark.parametrize(
    ("question", "titles"),
    [
        ("Which documents are there from 2021?", ["Vote on the port"]),
        ("What do we have from the River Times?", ["Dam is safe"]),
        ("Which reports mention Odile Brandt?", ["Dam is safe"]),
        ("Which documents are like “Vote on the port”?", ["Vote on the port"]),
    ],
)
def test_a_list_keeps_to_the_time_outlet_name_or_title_that_is_asked_for(library, monkeypatch, question, titles):
    answer = ask(library, monkeypatch, question, "list")
    assert [claim.citations[0].title for claim in answer.claims[1:]] == titles


def test_a_digest_quotes_the_first_sentences_of_each_document_oldest_first_with_their_dates(library, monkeypatch):
    answer = ask(library, monkeypatch, "Summarise it all", "digest")
    assert [claim.text for claim in answer.claims] == [
        "The council of Oldham met on Monday (3 May 2021).",
        "Nobody voted against it.",
        "Inspector Odile Brandt looked at the dam on Friday (1 March 2024).",
        "The wall holds back the water.",
    ]
    assert all(claim.verbatim for claim in answer.claims)
    for claim in answer.claims:
        (citation,) = claim.citations
        assert library.document(citation.doc_id).text[citation.start : citation.end] == citation.quote


def test_documents_that_fit_and_are_not_shown_are_counted(library, monkeypatch):
    monkeypatch.setattr(by_catalogue, "DIGESTED", 1)
    answer = ask(library, monkeypatch, "Summarise it all", "digest")
    assert answer.problems == ("1 older documents that fit are not shown.",)


def test_what_is_no_question_is_told_to_be_none_with_what_may_be_asked(library, monkeypatch):
    answer = ask(library, monkeypatch, "hello", "chat")
    assert (answer.status, answer.declined) == ("not_found", ("no_question",))
    assert "“hello” is not taken for a question" in answer.missing[0]


def test_where_no_document_fits_the_question_goes_the_usual_way(library, monkeypatch):
    answer = ask(library, monkeypatch, "Which documents of 1999 say who voted against it?", "list")
    assert not any("documents, published" in claim.text for claim in answer.claims)


def test_an_embedding_of_another_model_tells_nothing():
    assert request_of(HashingEmbedder().encode(["What is here?"])[0], 1.0) == "content"


@pytest.mark.model
@pytest.mark.parametrize(
    ("message", "request_"),
    [
        ("Which articles do you have from last year?", "list"),
        ("Can you summarise the Gazette article for me?", "digest"),
        ("good morning", "chat"),
        ("How many boats were lost in the storm?", "content"),
        ("What did the summary of the commission recommend?", "content"),
    ],
)
def test_messages_of_each_kind_are_told_apart(message, request_):
    settings = Settings()
    embedder = open_embedder(settings.embedder, settings.cache, settings.weights)
    assert request_of(embedder.encode([message])[0], tuning.CONTENT_WHERE_DECLINED) == request_
