"""What one does with an answer: save it, copy it, call it wrong, ask what the documents do answer."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from evals.marked import mark_wrong
from index.errors import UserFacingError
from index.pipeline import Library
from qa.history import History
from qa.question.rewrite import own_words
from qa.records import Answer
from qa.settings import Settings
from ui.exchange import Exchange
from ui.past import keep
from ui.saving import show_copy, show_save
from ui.shared import escape_markdown, show_error

SUGGESTED = "suggested"
"""Of the session: a question to be asked by the run that finds it."""
SUGGESTIONS = 2
RIGHT_HELP = "In a few words, as they must stand in a right answer. Empty, if the documents do not say."


# A fragment, so that what is done with an answer does not stop the one that is being written.
@st.fragment
def show_uses(ident: str, exchanges: list[Exchange], library: Library, past: History | None, model: Settings) -> None:
    """The controls under the answer of the exchange with this id; nothing where there is none."""
    exchange = next((other for other in exchanges if other.id == ident), None)
    if exchange is None or not exchange.answer:
        return
    with st.container(horizontal=True, key=f"uses-{ident}"):
        show_copy(exchange)
        show_save(exchange, exchanges, library, model)
        _show_wrong(exchange, exchanges, library, past)
    if exchange.answer.status == "not_found" and ident == exchanges[-1].id:
        for number, question in enumerate(suggestions(exchange.answer)):
            label, icon = escape_markdown(question), ":material/search:"
            if st.button(label, key=f"suggested-{number}", icon=icon, type="tertiary"):
                st.session_state[SUGGESTED] = question
                st.rerun()


def suggestions(answer: Answer) -> list[str]:
    """What the nearest documents do answer: what each of them says in short."""
    titles = dict.fromkeys(citation.title for citation in answer.nearest if citation.title)
    return [f"Summarise “{title}”" for title in titles][:SUGGESTIONS]


def _show_wrong(exchange: Exchange, exchanges: list[Exchange], library: Library, past: History | None) -> None:
    label = "Wrong?" if exchange.wrong is None else "Marked as wrong"
    with st.popover(label, icon=":material/flag:", type="tertiary", key=f"wrong-{exchange.id}"):
        right = st.text_input("What is right?", exchange.wrong or "", key=f"right-{exchange.id}", help=RIGHT_HELP)
        if not st.button("Keep as a case for the evals", key=f"mark-{exchange.id}", type="primary"):
            return
    searched = exchange.answer.searched.query if exchange.answer else exchange.question
    question = searched if own_words(searched) != searched else exchange.question
    try:
        path = mark_wrong(library.folder, exchange.id, question, right, exchange.as_of, exchange.scope)
    except UserFacingError as error:
        show_error(error)
        return
    at = next(number for number, other in enumerate(exchanges) if other.id == exchange.id)
    exchanges[at] = replace(exchange, wrong=right.strip())
    keep(past, exchanges)(exchanges[at])
    st.toast(escape_markdown(f"Kept. Ask all of them again: dateline eval run {path}"))
    st.rerun(scope="fragment")
