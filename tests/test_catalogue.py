"""Questions about the collection itself: a list of documents, a digest, or no question; all others as before."""

from __future__ import annotations

from datetime import date

import pytest
from fakes import HashingEmbedder

from index.embed import open_embedder
from index.pipeline import open_library
from qa import tuning
from qa.answer.answerer import Context
from qa.answer.by_catalogue import answer_request
from qa.chain import AnswerChain
from qa.find.expand import WordSimilarity
from qa.find.numbering import Numbering
from qa.find.search import find_evidence
from qa.model.open import Model
from qa.model.reply import Listener
from qa.model.writer import Writer
from qa.question.read import read_question
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


BANK = "Bank closes\n\nA bank in Orme closed. Nobody knew why it had closed then.\n"


@pytest.fixture
def library(tmp_path):
    (tmp_path / "news").mkdir()
    for name, text in (("port", PORT), ("dam", DAM), ("bank", BANK)):
        (tmp_path / "news" / f"{name}.txt").write_text(text)
    with open_library(tmp_path / "library", HashingEmbedder()) as opened:
        opened.add([tmp_path / "news"])
        yield opened


def told(library, question, request, doc_ids=None):
    """What is decided on a question that is of this kind."""
    asked = read_question(question, date(2026, 1, 1))
    similarity = WordSimilarity(library.embedder)
    (evidence,) = find_evidence(library, similarity, Settings(), [asked], doc_ids)
    writer = Writer(Model("none", None), Listener())
    context = Context(asked, evidence, [], library, doc_ids, similarity, Settings(), writer, Numbering(), 1.0)
    return answer_request(context, request)


def test_a_list_names_each_document_with_outlet_and_date_newest_first(library):
    whole, *each = [claim.text for claim in told(library, "What is here?", "list").claims]
    assert whole == "3 documents, published from 4 May 2021 to 3 March 2024, 1 without a date."
    assert each == [
        "“Dam is safe” (River Times, 3 March 2024).",
        "“Vote on the port” (The Oldham Post, 4 May 2021).",
        "“Bank closes” (no date found).",
    ]


def test_every_sentence_of_a_list_cites_the_title_where_it_stands(library):
    for claim in told(library, "What is here?", "list").claims[1:]:
        (citation,) = claim.citations
        assert library.document(citation.doc_id).text[citation.start : citation.end] == citation.quote
        assert citation.quote in claim.text


@pytest.mark.parametrize(
    ("question", "titles"),
    [
        ("Which documents are there from 2021?", ["Vote on the port"]),
        ("What do we have from the River Times?", ["Dam is safe"]),
        ("Which reports mention Odile Brandt?", ["Dam is safe"]),
        ("Which documents are like “Vote on the port”?", ["Vote on the port"]),
    ],
)
def test_a_list_keeps_to_the_time_outlet_name_or_title_that_is_asked_for(library, question, titles):
    assert [claim.citations[0].title for claim in told(library, question, "list").claims[1:]] == titles


def test_who_is_named_is_looked_for_in_every_document_and_not_in_the_few_that_were_read(library, tmp_path):
    for number in range(30):
        path = tmp_path / "news" / f"dam-{number}.txt"
        path.write_text(f"Dam {number}\n\nInspector Odile Brandt looked at dam number {number} with great care.\n")
    library.add([tmp_path / "news"])
    decision = told(library, "Which reports mention Odile Brandt?", "list")
    assert decision.claims[0].text.startswith("31 documents")
    assert decision.problems == ("19 more documents that fit are not shown.",)


def test_of_documents_that_one_may_not_see_not_even_the_outlet_is_known(library):
    ids = [one.doc_id for one in library.facts() if one.outlet != "River Times"]
    decision = told(library, "What do we have from the River Times?", "list", ids)
    assert decision is None or decision.claims[0].text.startswith("2 documents")


def test_a_digest_quotes_the_first_sentences_of_each_document_oldest_first_with_their_dates(library):
    claims = told(library, "Summarise it all", "digest").claims
    assert [claim.text for claim in claims] == [
        "A bank in Orme closed.",
        "Nobody knew why it had closed then.",
        "The council of Oldham met on Monday (3 May 2021).",
        "Nobody voted against it.",
        "Inspector Odile Brandt looked at the dam on Friday (1 March 2024).",
        "The wall holds back the water.",
    ]
    assert all(claim.verbatim for claim in claims)


def test_what_is_no_question_is_declined_and_where_nothing_fits_it_goes_the_usual_way(library):
    assert told(library, "hello", "chat").declined == "no_question"
    assert told(library, "Which documents are there from 1999?", "list") is None
    assert told(library, "Who voted against it?", "content") is None


@pytest.mark.model
def test_what_is_asked_of_the_collection_is_answered_from_it_and_a_greeting_is_told_what_may_be_asked(seed_library):
    chain = AnswerChain(seed_library, Model("none", None), Settings())
    listed = chain.invoke("Which documents are there from 2021?")
    assert [citation.outlet for citation in listed.claims[0].citations] == ["The Moscow Times"]
    greeted = chain.invoke("hello")
    assert (greeted.status, greeted.declined) == ("not_found", ("no_question",))
    assert "“hello” is not taken for a question" in greeted.missing[0]


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
