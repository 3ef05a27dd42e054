"""As if it were another day: nothing published later is read, and ages are counted from it."""

from __future__ import annotations

import json
from datetime import date

import pytest
from fakes import HashingEmbedder
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest
from test_cli import dateline  # noqa: F401 - a fixture
from test_ui import ask_app, shown

from index.errors import LibraryError
from index.pipeline import open_library
from index.records import Filter
from qa.chain import AnswerChain
from qa.model.open import NONE, Model
from qa.records import Question
from qa.settings import Settings

FIRST = "Ines Calder is mayor of Harrow since last year."
LATER = "Oskar Lind is mayor of Harrow, the town said."
WHO = "Who is mayor of Harrow?"


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reports")
    with open_library(tmp_path_factory.mktemp("library"), HashingEmbedder()) as opened:
        for name, day, text in (("a", "2019-05-14", FIRST), ("b", "2023-05-15", LATER)):
            (folder / f"{name}.txt").write_text(f"The mayor {name}\n\n{text}\n", encoding="utf-8")
            opened.add([folder / f"{name}.txt"], given={"published": day})
        yield opened


def quotes(library, **given) -> set[str]:
    answer = AnswerChain(library, Model(NONE, None), Settings()).invoke(Question(WHO, **given))
    return {citation.quote for citation in answer.nearest}


def test_what_was_published_later_is_neither_quoted_nor_counted(library):
    assert {FIRST, LATER} <= quotes(library)
    assert FIRST in quotes(library, as_of=date(2023, 5, 14))
    assert LATER not in quotes(library, as_of=date(2023, 5, 14))
    assert {FIRST, LATER} <= quotes(library, as_of=date(2023, 5, 15))


def test_a_day_before_the_first_report_says_that_none_was_published_by_then(library):
    with pytest.raises(LibraryError, match="on or before 2010-01-01"):
        quotes(library, as_of=date(2010, 1, 1))


DAYS = st.none() | st.dates()


@given(DAYS, DAYS)
def test_the_earlier_of_two_limits_holds(until, day):
    limits = [limit for limit in (until, day) if limit]
    assert Filter(until=until).known_by(day).until == (min(limits) if limits else None)


def test_ages_on_the_command_line_are_counted_from_that_day(dateline, tmp_path):  # noqa: F811
    for name, day, text in (("a", "2019-05-14", FIRST), ("b", "2023-05-15", LATER)):
        (tmp_path / f"{name}.txt").write_text(f"The mayor {name}\n\n{text}\n", encoding="utf-8")
        dateline("add", tmp_path / f"{name}.txt", "--published", day)
    told = dateline("ask", WHO, "--as-of", "2021-05").stdout
    assert told.startswith("As of 31 May 2021:")
    assert "14 May 2019 (2 years ago)" in told
    assert LATER not in told
    assert json.loads(dateline("ask", WHO, "--as-of", "2021-05", "--json").stdout)["as_of"] == "2021-05-31"
    assert LATER not in dateline("search", "mayor", "--as-of", "2021").stdout
    assert "'soon' is no date" in dateline("ask", WHO, "--as-of", "soon").stderr


def test_the_page_asks_as_of_the_chosen_day_and_says_so(library):
    app: AppTest = ask_app(library, AnswerChain(library, Model(NONE, None), Settings()))
    app.session_state["filter-as-of"] = date(2021, 5, 14)
    app.chat_input[0].set_value(WHO).run()
    assert "As of 14 May 2021" in shown(app)
    assert "2 years before today" in shown(app)
    assert LATER not in shown(app)
