"""The page to ask on."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, cast

import streamlit as st

from index.errors import UserFacingError
from index.pipeline import Library
from index.records import Document, Facts
from qa.chain import AnswerChain
from qa.errors import ModelError
from qa.model.open import NONE, Model
from qa.records import Event, Piece, Question, Turn, marked, written
from qa.settings import Settings
from ui.exchange import Exchange, Look, answer_html, evidence_html, question_html
from ui.filters import chosen_as_of, chosen_filter, chosen_in_words, show_filter
from ui.shared import counted, escape_markdown, show_error, show_style
from ui.strictness import chosen_likelihood, chosen_unsupported, show_strictness

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator
    from streamlit.navigation.page import StreamlitPage

REMEMBERED = 3
"""Latest questions and answers that a follow-up question is read with."""
EXAMPLES = 3
SEED_QUESTIONS = {
    "fb3492ba4ddea712": "How did countries vote on the arms resolution, and who voted against it?",
    "00d8803934053c3b": "When will Putin meet the Myanmar leader in Moscow?",
    "e60171819a0c471b": "Which trip to Russia in 2025 was the September visit?",
}
"""By the id of the sample document that answers them."""


def ask_page(
    open_library: Callable[[], Library],
    open_chain: Callable[[], AnswerChain],
    to_library: StreamlitPage | None = None,
    today: Callable[[], date] = date.today,
    settings: Settings | None = None,
) -> None:
    """Show the page.

    Args:
        open_library: Gives the library, the same one at every run.
        open_chain: Gives the chain over it; called after the box is on the page, since the model starts slowly.
        to_library: The page where documents are added.
        today: The day from which ages are counted.
        settings: What the control of strictness begins with; those of the environment when None.
    """
    show_style()
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.title("Ask your documents", anchor=False, width="content")
        beside = st.empty()
    try:
        library = open_library()
        documents = library.facts()
    except UserFacingError as error:
        show_error(error)
        return
    if not documents:
        st.html('<p class="dl-sentences">The library holds no documents yet.</p>')
        st.html('<p class="dl-note">Add some on the Library page, then ask about them here.</p>')
        if to_library:
            st.page_link(to_library, label="Open the Library page")
        return
    exchanges: list[Exchange] = st.session_state.setdefault("exchanges", [])
    with st.bottom, st.container(horizontal=True, horizontal_alignment="distribute", key="controls"):
        show_filter(documents)
        show_strictness(settings or Settings())
    chosen, as_of = chosen_filter(), chosen_as_of()
    typed = st.chat_input("Ask a question about the documents", key="question", submit_mode="stop")
    head, log, below = st.empty(), st.container(), st.empty()
    with log:
        for number, exchange in enumerate(exchanges, 1):
            _View(Look(number, library.document, exchange.as_of or today(), live=False)).show(exchange)
    if not exchanges and not typed:
        with below.container():
            typed = _chosen_example(documents)
    if exchanges or typed:
        below.empty()
        beside.button("New conversation", key="new", icon=":material/add:", on_click=exchanges.clear)
    else:
        head.html(f'<p class="dl-intro">{_introduction(len(documents))}</p>')
    with log:
        slow: Exchange | None = st.session_state.pop("without_model", None)
        if slow:
            alone = AnswerChain(library, Model(NONE, None), settings or Settings())
            look = Look(len(exchanges) + 1, library.document, slow.as_of or today(), live=True)
            _ask(slow, exchanges, lambda: alone, look)
            return
        if typed:
            exchange = Exchange(typed, filter=chosen, scope=chosen_in_words(chosen, documents), as_of=as_of)
            look = Look(len(exchanges) + 1, library.document, as_of or today(), live=True)
            _ask(exchange, exchanges, open_chain, look)
            return
        try:
            open_chain()  # so that the model is ready when the first question comes
        except UserFacingError as error:
            show_error(error)


class _View:
    """The places of one exchange on the page, drawn again as more of it is known."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._question, self._answer, self._offer, self._error, self._evidence = (st.empty() for _ in range(5))

    def show(self, exchange: Exchange) -> None:
        """Draw `exchange` as it is now."""
        self._question.html(question_html(exchange))
        self.show_progress(exchange)
        _fill(self._evidence, evidence_html(exchange, self._look))
        if exchange.error is not None:
            self._error.error(escape_markdown(exchange.error))

    def show_progress(self, exchange: Exchange) -> None:
        """Draw only the answer, or how far it is; also the moment at which a page that was left ends its run."""
        _fill(self._answer, answer_html(exchange, self._look))

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
    exchanges[:] = [other for other in exchanges if other.answer or other.error]


def _fill(place: DeltaGenerator, html: str) -> None:
    if html:
        place.html(html)
    else:
        place.empty()


def _ask(asked: Exchange, exchanges: list[Exchange], open_chain: Callable[[], AnswerChain], look: Look) -> None:
    """Have what was `asked` answered, and keep and draw what comes as it comes.

    A page that is stopped, closed or run again leaves through the next call of Streamlit, which closes the chain's
    generator and so stops the model. There is such a call several times a second, also while the model is silent.
    """
    history = remembered(exchanges)
    exchanges.append(asked)
    view = _View(look)
    view.show(exchanges[-1])

    def on_wait(ahead: int) -> None:
        exchanges[-1] = replace(exchanges[-1], ahead=ahead)
        view.show_progress(exchanges[-1])

    def on_slow(why: str) -> None:
        exchanges[-1] = replace(exchanges[-1], slow=why)
        view.offer_without_model(asked)

    try:
        strictness = chosen_unsupported(), chosen_likelihood()
        question = Question(asked.question, history, asked.as_of, asked.filter, *strictness)
        events = cast("Generator[Event]", open_chain().stream(question, on_wait=on_wait, on_slow=on_slow))
        with closing(events):
            for event in events:
                exchanges[-1] = exchanges[-1].after(event)
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


def remembered(exchanges: Sequence[Exchange]) -> tuple[Turn, ...]:
    """The latest answered questions with their answers, oldest first.

    Without the documents' sentence beside the model's: a "he" of the next question is nobody that only this one names.
    """
    answers = [(exchange.question, exchange.answer) for exchange in exchanges if exchange.answer]
    turns = [Turn(asked, " ".join(map(marked, written(answer.claims))) or answer.text) for asked, answer in answers]
    return tuple(turns[-REMEMBERED:])


def example_questions(documents: Sequence[Document | Facts]) -> list[str]:
    """Questions to begin with: written ones for the sample documents, else made from titles."""
    written = [SEED_QUESTIONS[document.doc_id] for document in documents if document.doc_id in SEED_QUESTIONS]
    forms = ("What does “{}” say?", "When was “{}” published?", "Who is named in “{}”?")
    made = [form.format(document.title) for form, document in zip(forms, documents, strict=False)]
    return (written or made)[:EXAMPLES]


def _chosen_example(documents: Sequence[Facts]) -> str | None:
    st.html('<div class="dl-label">For example</div>')
    for number, question in enumerate(example_questions(documents)):
        if st.button(escape_markdown(question), key=f"example-{number}"):
            return question
    return None


def _introduction(documents: int) -> str:
    return (
        f"{counted(documents, 'document')} in the library. Every sentence of an answer is compared with the passage "
        "it rests on; click its number to read that passage. What the documents do not say is not answered."
    )
