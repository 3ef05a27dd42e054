"""Questions asked before: kept over restarts, found by words, and not lost with a damaged file unheard."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from fakes import HashingEmbedder
from hypothesis import given
from hypothesis import strategies as st
from test_ui import SUPPORTED, answered, citation

from index.backup import HISTORY, back_up
from index.from_backup import restore_backup
from index.pipeline import open_library
from index.records import Filter
from qa.errors import HistoryError
from qa.history import History, Kept, new_id
from qa.records import Disagreement, EvidenceFound, Position, Time

NOW = datetime(2026, 11, 29, 10, tzinfo=UTC)


def kept(question: str = "Who voted against it?", conversation: str = "", **changed) -> Kept:
    ident = new_id()
    return replace(Kept(ident, conversation or ident, NOW, question), **changed)


def full() -> Kept:
    """One in which nothing is left out."""
    told = replace(citation(), times=(Time("Monday", "2025-05-05", "day", "2025-05-04"),))
    differing = Disagreement("change", (Position("5", (told,), 1), Position("6", (citation(),), 2)))
    answer = answered(SUPPORTED, disagreements=(differing,), likelihood=0.5, declined=("off",))
    return kept(
        filter=Filter(date(2020, 1, 1), None, ("The Post",), ("a", "b%"), ("d1",)),
        scope="of The Post",
        as_of=date(2025, 5, 4),
        evidence=EvidenceFound((told,), 0.1, 0.4),
        answer=answer,
        prompts=("What the model read.",),
        unsupported="mark",
        min_likelihood=0.3,
        made_with={"model": "none", "evidence_tokens": 480, "password": None},
        wrong="119",
    )


def test_what_was_asked_is_there_after_a_restart_with_every_detail(tmp_path):
    asked = full()
    history = History(tmp_path)
    history.keep(asked)
    history = History(tmp_path)
    assert history.conversation_of(asked.id) == (asked,)


def test_a_conversation_comes_back_in_its_order_by_any_of_its_questions(tmp_path):
    first = kept("Who?")
    second = kept("When?", first.id, asked_at=NOW + timedelta(minutes=1))
    history = History(tmp_path)
    for one in (second, kept("Another?"), first):
        history.keep(one)
    assert history.conversation_of(second.id) == (first, second)
    assert history.conversation_of("none") == ()


def test_an_answer_takes_the_place_of_the_question_that_waited_for_it(tmp_path):
    waiting = kept()
    history = History(tmp_path)
    history.keep(waiting)
    history.keep(replace(waiting, answer=answered(SUPPORTED)))
    (found,) = history.conversation_of(waiting.id)
    assert found.answer is not None
    assert len(history.find()) == 1


def test_questions_are_found_by_words_of_theirs_and_of_their_answers_newest_first(tmp_path):
    old, new = kept("Who won 50% of it?"), kept("Who paid_for it?", asked_at=NOW + timedelta(days=1))
    history = History(tmp_path)
    history.keep(old)
    history.keep(replace(new, answer=answered(SUPPORTED)))
    assert [line.id for line in history.find()] == [new.id, old.id]
    assert [line.id for line in history.find("voted WHO")] == [new.id]
    assert [line.id for line in history.find("50%")] == [old.id]
    assert [line.id for line in history.find("paid_for")] == [new.id]
    assert history.find("5_%") == []
    assert len(history.find(most=1)) == 1


def test_questions_are_found_by_the_collection_that_was_asked(tmp_path):
    of_a, of_b = (kept(filter=Filter(None, None, (), collections, ())) for collections in (("a",), ("b%", "c")))
    history = History(tmp_path)
    for one in (of_a, of_b, kept()):
        history.keep(one)
    assert [line.id for line in history.find(collection="b%")] == [of_b.id]
    assert [line.id for line in history.find(collection="a")] == [of_a.id]
    assert history.find(collection="b") == []


@given(words=st.text(max_size=20))
def test_any_words_may_be_searched(tmp_path_factory, words):
    history = History(tmp_path_factory.mktemp("h"))
    history.keep(kept(words or "?"))
    assert len(history.find(words)) == 1 or "\x00" in words


def test_questions_are_forgotten_only_where_asked_to(tmp_path):
    one, other = kept(), kept()
    history = History(tmp_path)
    history.keep(one)
    history.keep(other)
    history.forget([one.id])
    assert [line.id for line in history.find()] == [other.id]
    history.forget([other.id])
    assert history.find() == []


def test_a_damaged_file_is_told_with_what_to_do_and_stays_as_it_is(tmp_path):
    (tmp_path / HISTORY).write_bytes(b"no database, but something of the user's " * 30)
    with pytest.raises(HistoryError, match="move it away"):
        History(tmp_path)
    assert (tmp_path / HISTORY).read_bytes().startswith(b"no database")


def test_a_row_that_is_not_what_was_written_is_told(tmp_path):
    asked = kept()
    history = History(tmp_path)
    history.keep(asked)
    with closing(sqlite3.connect(tmp_path / HISTORY)) as db, db:
        db.execute("UPDATE asked SET kept = '{}'")
    with pytest.raises(HistoryError, match="cannot be read"):
        history.conversation_of(asked.id)
    history.keep(asked)
    assert history.conversation_of(asked.id) == (asked,)


def test_several_pages_may_keep_at_once(tmp_path):
    one, other = History(tmp_path), History(tmp_path)
    threads = [threading.Thread(target=history.keep, args=(kept(),)) for history in (one, other) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(one.find()) == 40


def test_what_was_asked_goes_with_a_backup_and_comes_back(tmp_path):
    asked = full()
    with open_library(tmp_path / "library", HashingEmbedder()):
        history = History(tmp_path / "library")
        history.keep(asked)
        back_up(tmp_path / "library", tmp_path / "backup.zip")
    restore_backup(tmp_path / "other", tmp_path / "backup.zip")
    history = History(tmp_path / "other")
    assert history.conversation_of(asked.id) == (asked,)


def test_a_file_that_was_moved_away_is_begun_anew_by_a_page_that_is_open(tmp_path):
    history = History(tmp_path)
    history.keep(kept())
    (tmp_path / HISTORY).rename(tmp_path / "aside")
    history.keep(kept("Another?"))
    assert [line.question for line in history.find()] == ["Another?"]


def test_what_was_asked_is_for_its_owner_alone_and_found_in_any_case(tmp_path):
    history = History(tmp_path)
    history.keep(kept("Wer ist Ödön?"))
    assert (tmp_path / HISTORY).stat().st_mode & 0o077 == 0
    assert len(history.find("ödön")) == len(history.find("Ödön " * 5000)) == 1


def test_what_cannot_be_written_is_told_and_no_crash(tmp_path):
    with pytest.raises(HistoryError, match="cannot be read or written"):
        History(tmp_path).keep(kept("\ud800"))
