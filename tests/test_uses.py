"""What one does with an answer on its page: called wrong it is a case, and the conversation is found again."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
import streamlit
from test_ui import SUPPORTED, Scripted, answered, ask_app, citation, filled, library, shown  # noqa: F401

from evals.marked import mark_wrong
from evals.suites.cases import load_cases
from index.errors import UserFacingError
from qa.chain import AnswerChain
from qa.errors import ModelError
from qa.history import History, Kept
from qa.model.open import Model
from qa.records import EvidenceFound
from qa.settings import Settings
from ui.exchange import Exchange
from ui.past import ASKED
from ui.saving import exported
from ui.uses import suggestions


def test_a_wrong_answer_becomes_a_case_that_the_evals_read_and_is_written_once(tmp_path):
    mark_wrong(tmp_path, "a", "Who\nwon?", "")
    mark_wrong(tmp_path, "b", "Who lost?", " the mayor ")
    path = mark_wrong(tmp_path, "a", "Who won?", "Ann")
    lost, won = load_cases(path)
    assert (lost.question, lost.answerable, lost.facts) == ("Who lost?", True, (("the mayor",),))
    assert (won.id, won.question, won.facts) == ("a", "Who won?", (("Ann",),))


def test_a_damaged_file_of_wrong_answers_is_told_and_left_as_it_is(tmp_path):
    (tmp_path / "marked.jsonl").write_text("{")
    with pytest.raises(UserFacingError, match="move it away"):
        mark_wrong(tmp_path, "a", "Who?", "")
    assert (tmp_path / "marked.jsonl").read_text() == "{"


def test_what_is_asked_on_the_page_is_kept_with_its_answer_and_its_address(filled):  # noqa: F811
    chain = Scripted(EvidenceFound((), 0.1), answered(SUPPORTED))
    app = ask_app(filled, chain)
    app.chat_input[0].set_value("Who voted against it?").run()
    app.chat_input[0].set_value("And when?").run()
    history = History(filled.folder)
    newest, first = history.find()
    kept = history.conversation_of(first.id)
    assert [one.question for one in kept] == ["Who voted against it?", "And when?"]
    assert kept[0].answer == answered(SUPPORTED)
    assert app.query_params[ASKED] == [newest.id] or app.query_params[ASKED] == newest.id


def test_a_page_that_was_loaded_again_before_the_answer_goes_on_with_it(filled):  # noqa: F811
    class StopsThePage:
        """In an answer's place: the page is stopped when it draws it."""

        def __getattr__(self, name):
            streamlit.stop()

    app = ask_app(filled, Scripted(EvidenceFound((), 0.1), StopsThePage()))
    app.chat_input[0].set_value("Who voted against it?").run()
    (line,) = History(filled.folder).find()
    chain = Scripted(EvidenceFound((), 0.1), answered(SUPPORTED))
    again = ask_app(filled, chain, **{ASKED: line.id})
    assert [question.text for question in chain.asked] == ["Who voted against it?"]
    assert "Nobody voted against it" in shown(again)
    assert len(History(filled.folder).find()) == 1


def test_a_question_that_somebody_else_left_unanswered_is_shown_and_not_asked(filled):  # noqa: F811
    History(filled.folder).keep(Kept("left", "left", datetime.now(UTC), "Who voted against it?"))
    chain = Scripted(EvidenceFound((), 0.1), answered(SUPPORTED))
    app = ask_app(filled, chain, **{ASKED: "left"})
    assert chain.asked == []
    assert "Stopped before there was a checked answer" in shown(app)


def test_only_the_questions_that_were_shown_are_deleted_and_only_once_that_is_confirmed(filled):  # noqa: F811
    history = History(filled.folder)
    for name in ("one", "two"):
        history.keep(Kept(name, name, datetime.now(UTC), f"Who was {name}?"))
    app = ask_app(filled, Scripted())
    app.text_input(key="past-words").set_value("two").run()
    app.button(key="past-forget-begin").click().run()
    assert len(history.find()) == 2
    app.text_input(key="past-words").set_value("").run()
    app.button(key="past-yes").click().run()
    assert [line.id for line in history.find()] == ["one"]


def test_a_failed_question_that_is_answered_without_the_model_stands_there_once(filled):  # noqa: F811
    app = ask_app(filled, Scripted(EvidenceFound((citation(),), 0.1), ModelError("It stopped.")))
    app.chat_input[0].set_value("Who voted against it?").run()
    app.button(key="without-model").click().run()
    (line,) = History(filled.folder).find()
    app.button(key=f"mark-{line.id}").click().run()
    app.run()
    assert not app.exception
    assert len(app.session_state["exchanges"]) == 1


def test_a_wrong_follow_up_becomes_a_question_that_stands_alone(tmp_path):
    path = mark_wrong(tmp_path, "a", "And when? (asked about: Who won)", "the\u2028mayor\n", scope="of The Post")
    (case,) = load_cases(path)
    assert (case.question, case.facts) == ("And when? (asked about: Who won)", (("the mayor",),))
    assert case.note == "Asked only of documents of The Post"


def test_several_answers_may_be_called_wrong_at_once(tmp_path):
    names = [f"case-{number}" for number in range(30)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: mark_wrong(tmp_path, name, "Who?", "x"), names))
    assert sorted(case.id for case in load_cases(tmp_path / "marked.jsonl")) == sorted(names)


def test_an_answer_leaves_with_the_settings_that_it_was_made_with(filled):  # noqa: F811
    settings = Settings(library=filled.folder, model="none", evidence_tokens=321)
    app = ask_app(filled, AnswerChain(filled, Model("none", None), settings))
    app.chat_input[0].set_value("Who voted against it?").run()
    (line,) = History(filled.folder).find()
    (kept,) = History(filled.folder).conversation_of(line.id)
    made = exported(Exchange.of(kept), filled, Settings(evidence_tokens=99))
    assert made is not None
    assert made.settings == kept.made_with
    assert made.settings["embedder"] == filled.embedder.name


def test_an_address_of_a_question_that_is_gone_says_so(filled):  # noqa: F811
    assert "is not kept here any more" in shown(ask_app(filled, Scripted(), **{ASKED: "gone"}))


def test_a_history_that_cannot_be_read_is_told_and_questions_are_answered_all_the_same(filled):  # noqa: F811
    (filled.folder / "history.sqlite3").write_bytes(b"no database at all " * 100)
    app = ask_app(filled, Scripted(EvidenceFound((), 0.1), answered(SUPPORTED)))
    assert "Answers are given all the same" in shown(app)
    app.chat_input[0].set_value("Who voted against it?").run()
    assert "Nobody voted against it" in shown(app)


def test_marking_an_answer_on_the_page_writes_the_case_and_is_remembered(filled):  # noqa: F811
    app = ask_app(filled, Scripted(EvidenceFound((), 0.1), answered(SUPPORTED)))
    app.chat_input[0].set_value("Who voted against it?").run()
    history = History(filled.folder)
    (line,) = history.find()
    app.text_input(key=f"right-{line.id}").set_value("Two members")
    app.button(key=f"mark-{line.id}").click().run()
    (kept,) = history.conversation_of(line.id)
    assert kept.wrong == "Two members"
    assert json.loads((filled.folder / "marked.jsonl").read_text())["facts"] == [["Two members"]]


def test_a_refusal_offers_digests_of_the_nearest_documents():
    assert suggestions(answered()) == ["Summarise “Vote on the port”"]
