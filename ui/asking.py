"""One question put to the chain, and its place on the page while the answer comes."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import streamlit as st

from index.errors import UserFacingError
from qa.chain import AnswerChain
from qa.errors import ModelError
from qa.export.prompts import PromptLog
from qa.records import Event, Piece, Turn, marked, written
from ui.answer import cited_by
from ui.dates import show_dates
from ui.exchange import Exchange, Look, answer_html, beside_html, question_html
from ui.printed import show_as_printed
from ui.shared import error_markdown

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

REMEMBERED = 3
"""Latest questions and answers that a follow-up question is read with."""
WIDTHS = (11, 10)
"""Of the answer, and of what stands beside it."""
OnKept = Callable[[Exchange], None]


class View:
    """The places of one exchange on the page, drawn again as more of it is known; `left` takes its controls."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._question = st.empty()
        with st.container(key=f"desk-{look.number}"):
            self.left, self._right = st.columns(WIDTHS, gap="medium")
        self._answer, self._offer, self._error = (self.left.empty() for _ in range(3))
        self._beside = self._right.empty()

    def show(self, exchange: Exchange) -> None:
        """Draw `exchange` as it is now."""
        self._question.html(question_html(exchange))
        self.show_progress(exchange)
        _fill(self._beside, beside_html(exchange, self._look))
        if exchange.error is not None:
            self._error.error(error_markdown(exchange.error))

    def show_progress(self, exchange: Exchange) -> None:
        """Draw only the answer, or how far it is; also the moment at which a page that was left ends its run."""
        _fill(self._answer, answer_html(exchange, self._look))

    def show_more(self, exchange: Exchange) -> None:
        """What can be looked at once there is an answer: its dates under it, beside it the pages of its quotes."""
        if exchange.answer:
            with self.left:
                show_dates(exchange, self._look)
            with self._right:
                show_as_printed(exchange.id, cited_by(exchange.answer), self._look.find)

    def offer_without_model(self, exchange: Exchange) -> None:
        """A button that has the question answered from the passages alone; the run that draws it ends by it."""
        self._offer.button(
            "Show the best passages now", key="without-model", on_click=_want_no_model, args=(exchange,), type="primary"
        )

    def withdraw_offer(self) -> None:
        """Take the button away."""
        self._offer.empty()


def _want_no_model(exchange: Exchange) -> None:
    """Has the next run answer this question alone, in the place of the answer that was being made."""
    st.session_state["without_model"] = exchange
    exchanges: list[Exchange] = st.session_state["exchanges"]
    exchanges[:] = [other for other in exchanges if (other.answer or other.error) and other.id != exchange.id]


def _fill(place: DeltaGenerator, html: str) -> None:
    if html:
        place.html(html)
    else:
        place.empty()


def ask(
    asked: Exchange, exchanges: list[Exchange], lent: AbstractContextManager[AnswerChain], look: Look, on_kept: OnKept
) -> View:
    """Have what was `asked` answered, and keep and draw what comes as it comes.

    A page that is stopped, closed or run again leaves through the next call of Streamlit, which closes the chain's
    generator and so stops the model. There is such a call several times a second, also while the model is silent.

    Args:
        lent: Gives the chain, for as long as it is asked.
        on_kept: Told of the exchange when it begins and when it is over.

    Returns:
        Its places, to which controls may be added.
    """
    history = remembered(exchanges)
    exchanges.append(asked)
    view = View(look)
    view.show(asked)
    on_kept(asked)

    def on_wait(ahead: int) -> None:
        exchanges[-1] = replace(exchanges[-1], ahead=ahead)
        view.show_progress(exchanges[-1])

    def on_slow(why: str) -> None:
        exchanges[-1] = replace(exchanges[-1], slow=why)
        view.offer_without_model(asked)

    log = PromptLog()
    try:
        question = replace(asked.asked, history=history)
        with lent as chain:
            stream = chain.stream(question, {"callbacks": [log]}, on_wait=on_wait, on_slow=on_slow)
            with closing(cast("Generator[Event]", stream)) as events:
                for event in events:
                    exchanges[-1] = replace(exchanges[-1].after(event), prompts=log.prompts)
                    if isinstance(event, Piece):
                        view.show_progress(exchanges[-1])
                    else:
                        view.show(exchanges[-1])
        view.withdraw_offer()
    except UserFacingError as error:
        exchanges[-1] = replace(exchanges[-1], error=str(error))
        view.show(exchanges[-1])
        if isinstance(error, ModelError):
            view.offer_without_model(asked)
    on_kept(exchanges[-1])
    return view


def remembered(exchanges: Sequence[Exchange]) -> tuple[Turn, ...]:
    """The latest answered questions with their answers, oldest first.

    Without the documents' sentence beside the model's: a "he" of the next question is nobody that only this one names.
    """
    answers = [(exchange.question, exchange.answer) for exchange in exchanges if exchange.answer]
    turns = [Turn(asked, " ".join(map(marked, written(answer.claims))) or answer.text) for asked, answer in answers]
    return tuple(turns[-REMEMBERED:])
