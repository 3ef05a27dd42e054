"""How an answer is made, as it is chosen on the page: by which model, from how much, how strictly."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from streamlit.testing.v1 import AppTest
from test_ui import TODAY, filled, library, shown

from index.pipeline import Library
from index.weights.fetch import weights_state
from qa.chain import AnswerChain
from qa.history import History
from qa.model.at_hand import models_at_hand, models_to_fetch
from qa.model.open import Model
from qa.records import Event, Question
from qa.settings import EVIDENCE_TOKENS, Settings
from ui.exchange import Exchange
from ui.manner import EVIDENCE, LIKELIHOOD, MODEL, UNSUPPORTED
from ui.opening import OPENER, Chains
from ui.saving import exported

__all__ = ["filled", "library"]
SMALL, LARGE = "qwen2.5-0.5b", "qwen2.5-1.5b"


class Lender:
    """Lends a chain of the real library for each model, without its model; remembers which were lent and asked what."""

    def __init__(self, library: Library, settings: Settings) -> None:
        self.library, self.settings = library, settings
        self.lent: list[str] = []
        self.asked: list[tuple[str, Question]] = []

    def __call__(self, model: str) -> AbstractContextManager[AnswerChain]:
        self.lent.append(model)
        lender = self

        class Recording(AnswerChain):
            def stream(self, input: Any, *args: Any, **given: Any) -> Iterator[Event]:
                lender.asked.append((model, input))
                return super().stream(input, *args, **given)

        return nullcontext(Recording(self.library, Model("none", None), self.settings))


def app_with(lender: Lender) -> AppTest:
    def script(lender, today):  # type: ignore[no-untyped-def]
        from ui.ask import ask_page

        ask_page(lambda: lender.library, lender, None, today, lender.settings)

    return AppTest.from_function(script, default_timeout=20, args=(lender, lambda: TODAY)).run()


def put(name: str, cache: Path) -> None:
    """A file of the right name and size in the place of the weights."""
    state = weights_state(name, cache)
    state.path.parent.mkdir(parents=True, exist_ok=True)
    with state.path.open("wb") as file:
        file.truncate(state.bytes)


@pytest.fixture
def lender(filled: Library, tmp_path: Path) -> Lender:
    cache = tmp_path / "cache"
    put(SMALL, cache)
    return Lender(filled, Settings(library=filled.folder, cache=cache, model="http://127.0.0.1:9/v1"))


def test_model_budget_and_strictness_are_chosen_on_the_page_and_go_with_the_question(lender: Lender) -> None:
    app = app_with(lender)
    app.selectbox(MODEL).set_value(SMALL)
    app.number_input(EVIDENCE).set_value(120)
    app.radio(UNSUPPORTED).set_value("quote")
    app.slider(LIKELIHOOD).set_value(60)
    app.chat_input[0].set_value("Who met on Monday?").run()

    ((model, question),) = lender.asked
    assert (model, question.evidence_tokens) == (SMALL, 120)
    assert (question.unsupported, question.min_likelihood) == ("quote", 0.6)
    assert not app.exception


def test_what_was_chosen_stands_in_the_history_and_leaves_with_the_answer(lender: Lender) -> None:
    app = app_with(lender)
    app.selectbox(MODEL).set_value(SMALL)
    app.number_input(EVIDENCE).set_value(120)
    app.chat_input[0].set_value("Who met on Monday?").run()

    past = History(lender.library.folder)
    (kept,) = past.conversation_of(past.find()[0].id)
    made = exported(Exchange.of(kept), lender.library, lender.settings)
    assert (kept.model, kept.evidence_tokens) == (SMALL, 120)
    assert made and (made.settings["model"], made.settings["evidence_tokens"]) == (SMALL, 120)
    assert json.loads(json.dumps(dict(made.settings)))["unsupported"] == lender.settings.unsupported


def test_before_anything_is_chosen_all_is_as_set(lender: Lender) -> None:
    app = app_with(lender)
    app.chat_input[0].set_value("Who met on Monday?").run()

    ((model, question),) = lender.asked
    assert (model, question.evidence_tokens) == (lender.settings.model, lender.settings.evidence_tokens)
    assert set(lender.lent) == {lender.settings.model}


def test_only_models_that_are_here_are_offered_and_how_to_fetch_the_others_is_told(lender: Lender) -> None:
    app = app_with(lender)

    offered = [app.selectbox(MODEL).options[at] for at in range(3)]
    assert offered == ["http://127.0.0.1:9/v1 (as set)", SMALL, "No model: the documents’ own sentences"]
    assert f"dateline models fetch {LARGE}" in shown(app)
    assert f"dateline models fetch {SMALL}" not in shown(app)


def test_a_budget_stays_within_what_can_be_set(lender: Lender) -> None:
    field = app_with(lender).number_input(EVIDENCE)
    assert (field.min, field.max) == EVIDENCE_TOKENS


def test_the_model_that_is_set_is_offered_first_and_the_others_only_where_they_are(tmp_path: Path) -> None:
    settings = Settings(cache=tmp_path, model="none")
    assert (models_at_hand(settings), models_to_fetch(settings)) == (("none",), (LARGE, SMALL))
    put(LARGE, tmp_path)
    assert (models_at_hand(settings), models_to_fetch(settings)) == (("none", LARGE), (SMALL,))
    set_small = settings.model_copy(update={"model": SMALL})
    assert models_at_hand(set_small) == (SMALL, LARGE, "none"), "it is fetched, with a note, as at every start"


def test_fewer_tokens_of_evidence_are_found_where_fewer_are_asked_for(library: Library, tmp_path: Path) -> None:
    told = (f"The council of Oldham met on day {number} about it." for number in range(30))
    (tmp_path / "many.txt").write_text("\n\n".join(told))
    library.add([tmp_path / "many.txt"])
    chain = AnswerChain(library, Model("none", None), Settings(library=library.folder, model="none"))
    question = Question("When did the council of Oldham meet?")

    found, fewer = (
        len(cast(Any, next(iter(chain.stream(replace(question, evidence_tokens=tokens))))).citations)
        for tokens in (None, EVIDENCE_TOKENS[0])
    )

    assert fewer < found


# Models that are opened


class Opened:
    """Opens a chain for each model; tells which are open."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.open: list[str] = []
        self.ever: list[str] = []
        self.gate = threading.Event()
        self.gate.set()

    def __call__(self, name: str, on_progress: Any) -> AnswerChain:
        assert self.gate.wait(20)
        self.open.append(name)
        self.ever.append(name)
        return AnswerChain(self.library, Model(name, None, close=lambda: self.open.remove(name)), Settings(model=name))


def test_a_model_is_opened_once_and_shared_while_nobody_wants_another(library: Library) -> None:
    opened = Opened(library)
    chains = Chains(opened)
    with chains.lend("a") as first, chains.lend("a") as second:
        assert first is second
    with chains.lend("a") as third:
        assert third is first
    assert opened.ever == ["a"]


def test_a_model_that_nobody_asks_is_closed_when_another_is_wanted(library: Library) -> None:
    opened = Opened(library)
    chains = Chains(opened)
    with chains.lend("a"):
        pass
    with chains.lend("b"):
        assert opened.open == ["b"]
    with chains.lend("a") as again:
        assert again.model.name == "a" and opened.open == ["a"]


def test_a_model_that_is_still_answering_is_closed_when_it_is_done(library: Library) -> None:
    opened = Opened(library)
    chains = Chains(opened)
    with chains.lend("a"):
        with chains.lend("b"):
            assert opened.open == ["a", "b"]
        assert opened.open == ["a", "b"], "the one last wanted stays"
    assert opened.open == ["b"]


def test_a_model_that_is_left_while_it_is_opened_is_closed_once_it_is_there(library: Library) -> None:
    class Left(Exception):
        """As of a page that is closed."""

    def leave(*told: Any) -> None:
        raise Left

    opened = Opened(library)
    chains = Chains(opened)
    opened.gate.clear()
    with pytest.raises(Left), chains.lend("a", leave):
        pass
    opened.gate.set()
    with chains.lend("b"):
        pass
    for thread in threading.enumerate():
        if thread.name == OPENER:
            thread.join(20)
    assert opened.open == ["b"]
