"""From a question to a checked answer, with a scripted model and a real library."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from fakes import HashingEmbedder
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from langchain_core.callbacks import BaseCallbackHandler
from scripted import ScriptedChat, scripted

from index.errors import LibraryError
from index.pipeline import open_library
from qa.answer.attempts import first_reading, next_reading
from qa.chain import AnswerChain
from qa.errors import ModelError, QuestionError
from qa.find.expand import WordSimilarity
from qa.find.retrieve import PassageRetriever
from qa.find.search import find_evidence
from qa.model.open import NONE, Model
from qa.question.read import read_question
from qa.records import Answer, EvidenceFound, Piece, Question, Turn
from qa.settings import Settings

SEEDS = Path(__file__).parent.parent / "seeds"


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    with open_library(tmp_path_factory.mktemp("library"), HashingEmbedder()) as opened:
        opened.add([SEEDS])
        yield opened


def chain_with(library, model: Model, **given) -> AnswerChain:
    return AnswerChain(library, model, Settings(**given))


def number_of(chain: AnswerChain, question: str, words: str) -> int:
    """The marker of the evidence that holds `words`."""
    found = next(event for event in chain.stream(question) if isinstance(event, EvidenceFound))
    return next(citation.number for citation in found.citations if words in citation.quote)


ABSTAINED = "How many countries abstained in the June 2021 vote?"


def answer_with(library, question: str, *replies: str) -> Answer:
    return chain_with(library, Model("scripted", ScriptedChat(script={"": list(replies)}))).invoke(question)


def test_events_come_in_order_evidence_text_answer(library):
    events = list(chain_with(library, scripted(abstained=["NOT FOUND"])).stream(ABSTAINED))
    kinds = [type(event) for event in events]
    assert kinds[0] is EvidenceFound
    assert kinds[-1] is Answer
    assert set(kinds[1:-1]) == {Piece}


def test_a_right_sentence_is_supported_and_cites_its_exact_passage(library):
    chain = chain_with(library, scripted(abstained=["NOT FOUND"]))
    number = number_of(chain, ABSTAINED, "36 abstaining")
    answer = answer_with(library, ABSTAINED, f"36 countries abstained [{number}].")
    (claim,) = answer.claims
    (citation,) = claim.citations
    assert (answer.status, claim.verdict) == ("answered", "supported")
    assert library.document(citation.doc_id).text[citation.start : citation.end] == citation.quote
    assert "36 abstaining" in citation.quote
    assert answer.text == f"36 countries abstained [{number}]."


def test_the_times_of_a_quote_go_with_its_citation(library):
    citations = [c for c in answer_with(library, "When did he arrive in Moscow?", "NOT FOUND").nearest if c.times]
    assert citations
    assert all(time.text in citation.quote for citation in citations for time in citation.times)
    assert any(time.granularity == "day" and time.anchored_to for citation in citations for time in citation.times)


def test_an_invented_number_is_never_shown_as_fact(library):
    answer = answer_with(library, ABSTAINED, "48 countries abstained [1].")
    assert answer.status == "not_found"
    assert answer.text == "The documents do not say."
    assert any("48 countries" in problem for problem in answer.problems)
    assert answer.nearest


def test_a_misreading_is_read_again_without_what_misled(library):
    chat = ScriptedChat(script={"": ["48 countries abstained [1].", "NOT FOUND"]})
    chain_with(library, Model("scripted", chat)).invoke(ABSTAINED)
    first, second = (set(re.findall(r"^\[(\d+)\]", prompt, re.M)) for prompt in chat.asked[-2:])
    assert "1" in first
    assert "1" not in second


def test_what_was_withheld_is_told_also_when_the_second_reading_answers(library):
    number = number_of(chain_with(library, scripted(abstained=["NOT FOUND"])), ABSTAINED, "36 abstaining")
    wrong = 1 if number != 1 else 2
    answer = answer_with(
        library, ABSTAINED, f"48 countries abstained [{wrong}].", f"36 countries abstained [{number}]."
    )
    assert answer.text == f"36 countries abstained [{number}]."
    assert any("48 countries" in problem for problem in answer.problems)


def test_not_found_says_what_was_searched_and_the_nearest_passages(library):
    answer = answer_with(library, "What did the trip cost?", "NOT FOUND")
    assert (answer.status, answer.claims) == ("not_found", ())
    assert (answer.searched.documents, answer.searched.query) == (3, "What did the trip cost?")
    assert answer.searched.passages == library.count_passages()
    assert len(answer.nearest) == 3


def test_nothing_of_a_documents_metadata_gets_into_a_quote(library):
    found = next(iter(chain_with(library, Model(NONE, None)).stream("Who published what?")))
    for citation in found.citations:
        assert library.document(citation.doc_id).text[citation.start : citation.end] == citation.quote


def test_without_a_model_the_best_sentences_answer_for_themselves(library):
    answer = chain_with(library, Model(NONE, None)).invoke("Which country, Belarus, voted against it?")
    assert answer.status == "answered"
    assert answer.claims[0].text == "Only one country, Belarus, voted against it."


def test_a_model_that_dies_in_the_middle_is_a_clear_error(library):
    chain = chain_with(library, scripted(abstained=["36 countries DIE"]))
    events = chain.stream(ABSTAINED)
    assert isinstance(next(events), EvidenceFound)
    with pytest.raises(ModelError, match=r"stopped answering: peer closed the connection.*DATELINE_MODEL=none"):
        list(events)


def test_a_model_that_falls_silent_is_told_with_what_to_do(library):
    told = r"Nothing came for 120 s: close other programs, or set DATELINE_TIMEOUT_S higher\. Its sentences"
    with pytest.raises(ModelError, match=told):
        answer_with(library, ABSTAINED, "36 countries SILENT")


@pytest.mark.parametrize("question", ["", "  ", "x" * 20_000])
def test_a_question_that_cannot_be_asked_is_refused_before_anything_is_read(library, question):
    with pytest.raises(QuestionError):
        chain_with(library, scripted()).invoke(question)


def test_an_empty_library_says_how_to_fill_it(tmp_path):
    with open_library(tmp_path, HashingEmbedder()) as empty, pytest.raises(LibraryError, match="dateline add"):
        chain_with(empty, scripted()).invoke("Who?")


def test_a_batch_gives_the_answers_in_order_and_errors_where_asked_for(library):
    chain = chain_with(library, scripted(abstained=["NOT FOUND"], arrived=["NOT FOUND"]))
    answers = chain.batch([ABSTAINED, "", "Who arrived?"], return_exceptions=True)
    assert [getattr(answer, "question", type(answer)) for answer in answers] == [
        ABSTAINED,
        QuestionError,
        "Who arrived?",
    ]


def test_a_follow_up_is_searched_as_a_question_of_its_own(library):
    turn = Turn("When did Min Aung Hlaing arrive in Moscow?", "On Sunday, 20 June 2021 [1].")
    chain = chain_with(library, scripted(Hlaing=["NOT FOUND"]))
    answer = chain.invoke(Question("Where was he in April?", (turn,)))
    assert (answer.question, answer.searched.query) == ("Where was he in April?", "Where was Min Aung Hlaing in April?")


def test_each_part_of_a_question_is_answered_for_itself(library):
    question = "How many countries abstained in June 2021, and which country voted against the resolution?"
    chain = chain_with(library, scripted(abstained=["NOT FOUND"], against=["NOT FOUND"]))
    abstained = number_of(chain, question, "36 abstaining")
    against = [c.number for c in next(iter(chain.stream(question))).citations if "Belarus, voted" in c.quote]
    script = {
        "abstained": [f"36 countries abstained [{abstained}]."],
        "against": [f"Belarus voted against it [{against[-1]}]."],
    }
    answer = chain_with(library, Model("scripted", ScriptedChat(script=script))).invoke(question)
    written = [claim.text for claim in answer.claims if not claim.verbatim]
    assert written == ["36 countries abstained.", "Belarus voted against it."]


def test_the_chain_composes_with_other_runnables(library):
    chain = chain_with(library, scripted(abstained=["NOT FOUND"])) | (lambda answer: answer.status)
    assert chain.invoke(ABSTAINED) == "not_found"


def test_the_retriever_gives_exact_passages_with_their_source(library):
    found = PassageRetriever(library=library, k=3).invoke("Belarus voted against")
    assert len(found) == 3
    for each in found:
        text = library.document(each.metadata["doc_id"]).text
        assert text[each.metadata["start"] : each.metadata["end"]] == each.page_content
        assert each.metadata["published"]


def test_the_first_reading_is_never_empty_and_nothing_is_read_on_after_not_found(library):
    asked = read_question(ABSTAINED, date(2026, 1, 1))
    (found,) = find_evidence(library, WordSimilarity(library.embedder), Settings(), [asked])
    assert 0 < len(first_reading(asked, found)) <= len(found)
    assert next_reading(found, []) == []


def test_a_question_that_nothing_found_comes_near_is_declined_without_asking_the_model(library):
    chat = ScriptedChat(script={"": ["36 countries abstained [1]."]})
    answer = chain_with(library, Model("scripted", chat), min_likelihood=1.0).invoke(ABSTAINED)
    assert (answer.status, chat.asked) == ("not_found", [])
    assert answer.problems == (f"Nothing found comes near the question {ABSTAINED!r}.",)
    assert answer.nearest


def deciding(declining: float, *replies: str) -> Model:
    chat = ScriptedChat(script={"": list(replies)}, declining=declining)
    return Model("scripted", chat, takes_grammar=True)


RIGHT = "36 countries abstained [1]."


def test_a_model_that_is_sure_that_it_is_not_there_is_stopped_at_its_first_token(library):
    model = deciding(0.99, RIGHT)
    *pieces, answer = chain_with(library, model, min_likelihood=0.5).stream(ABSTAINED)
    assert answer.status == "not_found"
    assert not any(isinstance(event, Piece) for event in pieces)
    assert answer.problems == (f"The passages found are too unlikely to answer {ABSTAINED!r}.",)
    assert answer.likelihood < 0.5


def test_a_model_that_declines_what_is_likely_answered_is_asked_again_without_that_way_out(library):
    model = deciding(0.4, "NOT FOUND", "36 abstaining including China [1].")
    answer = chain_with(library, model, min_likelihood=0.01).invoke(ABSTAINED)
    assert len(model.chat.asked) == 2
    assert len(set(model.chat.asked)) == 1
    assert any("36" in claim.text for claim in answer.claims)


def test_a_question_may_set_its_own_threshold_and_its_own_way_with_what_is_not_borne_out(library):
    chain = chain_with(library, deciding(0.4, "48 countries abstained [1]."), min_likelihood=0.01)
    asked = [Question(ABSTAINED, unsupported=policy) for policy in ("mark", "withhold")]
    assert [bool(chain.invoke(question).claims) for question in asked] == [True, False]
    (told,) = chain.invoke(Question(ABSTAINED, min_likelihood=0.99)).problems
    assert "unlikely" in told or "comes near" in told


@pytest.mark.parametrize("policy", ["mark", "withhold", "quote"])
@pytest.mark.parametrize(
    ("question", "made_up"),
    [
        ("Who is the president of Russia?", "The president of Russia is Dmitri Volkov"),
        (ABSTAINED, "In the vote 58 countries abstained"),
        ("What did Putin say about the vote?", "Putin said that the vote cost 5 million dollars"),
    ],
)
def test_a_sentence_that_fails_is_shown_marked_or_told_of_whatever_is_answered_instead(
    library, policy, question, made_up
):
    model = Model("scripted", ScriptedChat(script={"": [f"{made_up} [1]."] * 2}))
    answer = chain_with(library, model, min_likelihood=0).invoke(Question(question, unsupported=policy))
    marked = [claim.text for claim in answer.claims if claim.verdict != "supported"]
    assert any(made_up in told for told in (*marked, *answer.problems))
    assert not any(made_up in claim.text for claim in answer.claims if claim.verdict == "supported")


def test_the_best_sentence_of_the_documents_follows_the_models(library):
    claims = answer_with(library, "Why did Min Aung Hlaing travel to Moscow?", "For a security conference [1].").claims
    assert [claim.verbatim for claim in claims] == [False, True]
    assert all(claim.verdict == "supported" for claim in claims)
    assert claims[1].citations[0].quote in library.document(claims[1].citations[0].doc_id).text


@pytest.mark.parametrize(("likelihood", "quoted"), [(0.9, True), (0.5, False)])
def test_where_nothing_written_bears_checking_likely_documents_are_quoted(library, monkeypatch, likelihood, quoted):
    monkeypatch.setattr("qa.run.likelihood_of", lambda *given: likelihood)
    monkeypatch.setattr("qa.answer.reading.likelihood_of", lambda *given, trained: likelihood)
    answer = chain_with(library, deciding(0.1, "48 countries abstained [99].")).invoke(ABSTAINED)
    assert bool(answer.claims) is quoted
    assert all(claim.verbatim for claim in answer.claims)
    assert any("48 countries" in told for told in answer.problems)


def test_a_refusal_says_what_the_passages_mention_and_what_they_lack(library):
    (lack,) = answer_with(library, "Which hotel did Putin stay in?", "NOT FOUND").missing
    assert "mention “Putin”" in lack
    assert "not “hotel”" in lack
    (lack,) = answer_with(library, "How much did the MoU with ROSATOM cost?", "NOT FOUND").missing
    assert lack.endswith("but give no amount for it.")
    assert answer_with(library, ABSTAINED, RIGHT).missing == ()


def test_the_likelihood_is_told_with_the_evidence_and_with_the_answer(library):
    *_, answer = events = list(chain_with(library, scripted(abstained=["NOT FOUND"])).stream(ABSTAINED))
    assert 0 < events[0].likelihood < 1
    assert answer.likelihood == pytest.approx(events[0].likelihood, abs=0.001)


@pytest.mark.parametrize(
    ("shares", "read"), [((0.9, 0.05, 0.03, 0.02), 2), ((0.4, 0.3, 0.2, 0.1), 3), ((0.1,) * 8, 5), ((1.0,), 1)]
)
def test_the_clearer_the_best_sentences_stand_out_the_fewer_are_read_first(library, shares, read):
    asked = read_question("What happened?", date(2026, 1, 1))
    ((found, *_),) = find_evidence(library, WordSimilarity(library.embedder), Settings(), [asked])
    evidence = [replace(found, number=number, share=share) for number, share in enumerate(shares, 1)]
    assert len(first_reading(asked, evidence)) == read


def test_after_not_found_the_model_is_not_asked_again(library):
    chat = ScriptedChat(script={"abstained": ["NOT FOUND", "36 countries abstained [1]."]})
    answer = chain_with(library, Model("scripted", chat)).invoke(ABSTAINED)
    assert (answer.status, len(chat.asked)) == ("not_found", 1)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    reply=st.lists(
        st.sampled_from(
            [
                "36",
                "countries",
                "Russia",
                "abstained",
                "voted against",
                "[1]",
                "[2][3]",
                "[99]",
                ".",
                "NOT FOUND",
                "“x”",
                "in 2021",
                "\n",
            ]
        ),
        max_size=14,
    ).map(" ".join)
)
def test_whatever_a_model_writes_every_quote_is_exact_and_every_sentence_judged(library, reply):
    answer = answer_with(library, ABSTAINED, reply)
    for claim in answer.claims:
        assert claim.verdict != "supported" or claim.citations
        assert bool(claim.reasons) == (claim.verdict != "supported")
        assert (claim.verdict == "supported") == all(part.verdict == "supported" for part in claim.parts)
        for citation in claim.citations:
            assert library.document(citation.doc_id).text[citation.start : citation.end] == citation.quote
    assert (answer.status == "answered") == any(claim.verdict == "supported" for claim in answer.claims)


class Watching(BaseCallbackHandler):
    """Keeps what it is told of, with the tags."""

    def __init__(self) -> None:
        self.events: list[tuple[str, tuple[str, ...]]] = []

    def on_chain_start(self, *_: object, tags: list[str] | None = None, **more: object) -> None:
        self.events.append(("chain", tuple(tags or ())))

    def on_chat_model_start(self, *_: object, tags: list[str] | None = None, **more: object) -> None:
        self.events.append(("model", tuple(tags or ())))

    def on_llm_end(self, *_: object, **more: object) -> None:
        self.events.append(("model ended", ()))

    def on_chain_end(self, outputs: object, **_: object) -> None:
        self.events.append((f"ended with {type(outputs).__name__}", ()))

    def on_chain_error(self, error: BaseException, **_: object) -> None:
        self.events.append((f"ended with {type(error).__name__}", ()))


@pytest.mark.parametrize("way", ["invoke", "stream", "batch"])
def test_callbacks_and_tags_reach_the_run_and_the_model_in_it(library, way):
    chain, watching = chain_with(library, scripted(abstained=["NOT FOUND"])), Watching()
    config = {"callbacks": [watching], "tags": ["mine"]}
    if way == "batch":
        chain.batch([ABSTAINED], [config])
    elif way == "stream":
        list(chain.stream(ABSTAINED, config))
    else:
        chain.invoke(ABSTAINED, config)
    tagged = ("mine",)
    assert watching.events == [("chain", tagged), ("model", tagged), ("model ended", ()), ("ended with Answer", ())]


def test_an_error_reaches_the_callbacks_too(library):
    watching = Watching()
    with pytest.raises(ModelError):
        chain_with(library, scripted(abstained=["36 DIE"])).invoke(ABSTAINED, {"callbacks": [watching]})
    assert watching.events[-1] == ("ended with ModelError", ())


def test_each_question_of_a_batch_has_its_own_config(library):
    first, second = Watching(), Watching()
    chain = chain_with(library, Model(NONE, None))
    chain.batch([ABSTAINED, "Who arrived?"], [{"callbacks": [first]}, {"callbacks": [second], "tags": ["two"]}])
    assert [watching.events[0] for watching in (first, second)] == [("chain", ()), ("chain", ("two",))]


@pytest.mark.parametrize("ask", [AnswerChain.invoke, lambda *given, **more: list(AnswerChain.stream(*given, **more))])
def test_an_argument_that_would_not_be_heeded_is_refused(library, ask):
    with pytest.raises(TypeError, match="stop"):
        ask(chain_with(library, Model(NONE, None)), ABSTAINED, stop=["."])


def test_a_batch_without_return_exceptions_raises_the_first_error(library):
    with pytest.raises(QuestionError):
        chain_with(library, scripted(abstained=["NOT FOUND"])).batch([ABSTAINED, ""])
