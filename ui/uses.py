"""What one does with an answer: save it, copy it, call it wrong, ask what the documents do answer."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from evals.marked import mark_wrong
from index.errors import UserFacingError
from index.pipeline import Library
from qa.history import History
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


def show_uses(
    exchange: Exchange, exchanges: list[Exchange], library: Library, past: History | None, settings: Settings
) -> None:
    """The controls under an answer; nothing where there is none."""
    if not exchange.answer:
        return
    with st.container(horizontal=True, key=f"uses-{exchange.id}"):
        show_copy(exchange)
        show_save(exchange, exchanges, library, settings)
        _show_wrong(exchange, exchanges, library, past)
    if exchange.answer.status == "not_found" and exchange.id == exchanges[-1].id:
        for number, question in enumerate(suggestions(exchange.answer)):
            st.button(
                escape_markdown(question),
                key=f"suggested-{number}",
                icon=":material/search:",
                type="tertiary",
                on_click=_suggest,
                args=(question,),
            )


def suggestions(answer: Answer) -> list[str]:
    """What the nearest documents do answer: what each of them says in short."""
    titles = dict.fromkeys(citation.title for citation in answer.nearest)
    return [f"Summarise “{title}”" for title in titles][:SUGGESTIONS]


def _suggest(question: str) -> None:
    st.session_state[SUGGESTED] = question


def _show_wrong(exchange: Exchange, exchanges: list[Exchange], library: Library, past: History | None) -> None:
    marked = exchange.wrong is not None
    label = "Marked as wrong" if marked else "Wrong?"
    with st.popover(label, icon=":material/flag:", type="tertiary", key=f"wrong-{exchange.id}"):
        right = st.text_input("What is right?", exchange.wrong or "", key=f"right-{exchange.id}", help=RIGHT_HELP)
        if not st.button("Keep as a case for the evals", key=f"mark-{exchange.id}", type="primary"):
            return
    try:
        path = mark_wrong(library.folder, exchange.id, exchange.question, right, exchange.as_of)
    except UserFacingError as error:
        show_error(error)
        return
    at = next(number for number, other in enumerate(exchanges) if other.id == exchange.id)
    exchanges[at] = replace(exchange, wrong=right.strip())
    keep(past, exchanges)(exchanges[at])
    st.toast(escape_markdown(f"Kept. Ask all of them again: dateline eval run {path}"))
    st.rerun()
