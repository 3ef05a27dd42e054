"""What one does with an answer on its page: called wrong it is a case, and the conversation is found again."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from test_ui import SUPPORTED, Scripted, answered, ask_app, filled, library, shown  # noqa: F401

from evals.marked import mark_wrong
from evals.suites.cases import load_cases
from index.errors import UserFacingError
from qa.history import History, Kept
from qa.records import EvidenceFound
from ui.past import ASKED
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
    with History(filled.folder) as history:
        newest, first = history.find()
        kept = history.conversation_of(first.id)
    assert [one.question for one in kept] == ["Who voted against it?", "And when?"]
    assert kept[0].answer == answered(SUPPORTED)
    assert app.query_params[ASKED] == [newest.id] or app.query_params[ASKED] == newest.id


def test_a_page_that_was_loaded_again_before_the_answer_goes_on_with_it_and_an_old_one_does_not(filled):  # noqa: F811
    for age, asked in ((timedelta(minutes=1), 1), (timedelta(hours=1), 0)):
        with History(filled.folder) as history:
            history.keep(Kept(f"at{asked}", f"at{asked}", datetime.now(UTC) - age, "Who voted against it?"))
        chain = Scripted(EvidenceFound((), 0.1), answered(SUPPORTED))
        app = ask_app(filled, chain, **{ASKED: f"at{asked}"})
        assert len(chain.asked) == asked
        assert shown(app).count("Who voted against it?") >= 1


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
    with History(filled.folder) as history:
        (line,) = history.find()
        app.text_input(key=f"right-{line.id}").set_value("Two members")
        app.button(key=f"mark-{line.id}").click().run()
        (kept,) = history.conversation_of(line.id)
    assert kept.wrong == "Two members"
    assert json.loads((filled.folder / "marked.jsonl").read_text())["facts"] == [["Two members"]]


def test_a_refusal_offers_digests_of_the_nearest_documents():
    assert suggestions(answered()) == ["Summarise “Vote on the port”"]
