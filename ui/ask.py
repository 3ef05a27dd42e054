"""The page to ask on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import streamlit as st

from index.errors import UserFacingError
from index.filters import names_of
from index.pipeline import Library
from index.records import Document, Facts
from qa.chain import AnswerChain
from qa.export.records import made_with
from qa.history import History
from qa.model.open import NONE, Model
from qa.settings import Settings
from ui.asking import View, ask
from ui.exchange import Exchange, Look
from ui.filters import chosen_as_of, chosen_filter, chosen_in_words, show_filter
from ui.manner import chosen_manner, show_manner
from ui.past import ASKED, keep, open_past, show_past, take_up
from ui.shared import counted, escape_markdown, show_error, show_script, show_style
from ui.uses import SUGGESTED, show_uses

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator
    from streamlit.navigation.page import StreamlitPage

OpenChain = Callable[[str], AbstractContextManager[AnswerChain]]
"""Lends the chain with the model of this name, to be held while it is asked."""
EXAMPLES = 3
FORMS = ("Summarise “{}”", "When was “{}” published?")
SEED_QUESTIONS = {
    "fb3492ba4ddea712": "How did countries vote on the arms resolution, and who voted against it?",
    "00d8803934053c3b": "When will Putin meet the Myanmar leader in Moscow?",
    "e60171819a0c471b": "Which trip to Russia in 2025 was the September visit?",
}
"""By the id of the sample document that answers them."""


def ask_page(
    open_library: Callable[[], Library],
    open_chain: OpenChain,
    to_library: StreamlitPage | None = None,
    today: Callable[[], date] = date.today,
    settings: Settings | None = None,
) -> None:
    """Show the page.

    Args:
        open_library: Gives the library, the same one at every run.
        open_chain: Lends the chain over it; called after the box is on the page, since the model starts slowly.
        to_library: The page where documents are added.
        today: The day from which ages are counted.
        settings: What the control of how to answer begins with; those of the environment when None.
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
    _show_conversation(library, documents, open_chain, today, settings or Settings(), beside)


def _show_conversation(
    library: Library,
    documents: Sequence[Facts],
    open_chain: OpenChain,
    today: Callable[[], date],
    settings: Settings,
    beside: DeltaGenerator,
) -> None:
    """What was asked and answered, and what is asked now."""
    exchanges: list[Exchange] = st.session_state.setdefault("exchanges", [])
    past = open_past(library.folder)
    asked: Exchange | None = st.session_state.pop("without_model", None)
    alone = asked is not None
    begun = None if alone else take_up(past, exchanges)
    typed = _show_box(documents, settings)
    head, log, below = st.empty(), st.container(), st.empty()
    with log:
        _show_answered(exchanges, library, past, today, settings)
    if not exchanges and not typed and not begun:
        head.html(f'<p class="dl-intro">{_introduction(len(documents))}</p>')
        with below.container():
            typed = _chosen_example(documents)
    asked = asked or begun or (_as_chosen(typed, documents, settings) if typed else None)
    with beside.container(horizontal=True, horizontal_alignment="right"):
        if past:
            show_past(past, names_of(one.collection for one in documents))
        if exchanges or asked:
            head.empty()
            below.empty()
            st.button("New conversation", key="new", icon=":material/add:", on_click=_begin_anew, args=(exchanges,))
    with log:
        if asked:
            look = Look(len(exchanges) + 1, library.document, asked.as_of or today(), live=True)
            model = NONE if alone else asked.model or settings.model
            made = settings.model_copy(update={"model": model})
            asked = replace(
                asked, model=NONE if alone else asked.model, made_with=made_with(library, made, asked.asked)
            )
            lent = nullcontext(AnswerChain(library, Model(NONE, None), made)) if alone else open_chain(model)
            view = ask(asked, exchanges, lent, look, keep(past, exchanges))
            with view.left:
                show_uses(exchanges[-1].id, exchanges, library, past, settings)
            view.show_more(exchanges[-1])
        else:
            try:
                with open_chain(chosen_manner(settings).model or settings.model):
                    pass  # so that the model is ready when the first question comes
            except UserFacingError as error:
                show_error(error)
    show_script(f"{len(exchanges)} answers")


def _show_answered(
    exchanges: list[Exchange], library: Library, past: History | None, today: Callable[[], date], settings: Settings
) -> None:
    for number, exchange in enumerate(exchanges, 1):
        view = View(Look(number, library.document, exchange.as_of or today(), live=False))
        view.show(exchange)
        with view.left:
            show_uses(exchange.id, exchanges, library, past, settings)
        view.show_more(exchange)


def _show_box(documents: Sequence[Facts], settings: Settings) -> str | None:
    """The box to ask in, with its controls; what was asked there or by a suggestion."""
    with st.bottom, st.container(horizontal=True, horizontal_alignment="distribute", key="controls"):
        show_filter(documents)
        show_manner(settings)
    typed = st.chat_input("Ask a question about the documents", key="question", submit_mode="stop")
    suggested: str | None = st.session_state.pop(SUGGESTED, None)
    return typed or suggested


def _as_chosen(question: str, documents: Sequence[Facts], settings: Settings) -> Exchange:
    """The question with the documents, the day and the manner that are chosen on the page."""
    chosen, manner = chosen_filter(), chosen_manner(settings)
    return Exchange(
        question,
        filter=chosen,
        scope=chosen_in_words(chosen, documents),
        as_of=chosen_as_of(),
        unsupported=manner.unsupported,
        min_likelihood=manner.min_likelihood,
        evidence_tokens=manner.evidence_tokens,
        model=manner.model,
    )


def _begin_anew(exchanges: list[Exchange]) -> None:
    exchanges.clear()
    st.query_params.pop(ASKED, None)


def example_questions(documents: Sequence[Document | Facts]) -> list[str]:
    """Questions to begin with: written ones for the sample documents, else made from what is known of those at hand."""
    written = [SEED_QUESTIONS[document.doc_id] for document in documents if document.doc_id in SEED_QUESTIONS]
    made = [form.format(one.title) for form, one in zip(FORMS, documents, strict=False)]
    years = sorted({one.published.year for one in documents if one.published})
    made += [f"Which documents are there from {years[-1]}?"] if years else []
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
