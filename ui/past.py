"""What was asked before: kept in the library's folder, found again by words, and by the page's address."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path

import streamlit as st

from index.dates.times import shown_date
from qa.errors import HistoryError
from qa.history import History, Line
from ui.exchange import Exchange
from ui.shared import counted, escape, escape_markdown, show_error

ASKED = "asked"
"""Of the page's address: the id of a question."""
STAYED = "stayed"
"""Of the session: whether the run before was of this page too."""
FORGET = "past-forget"
"""Of the session: the ids of the questions that are to be deleted once that is confirmed."""
LISTED = 30
LABEL_CHARACTERS = 90
EVERYWHERE = "All collections"
_BEGUN: dict[str, str | None] = {}
"""By id, questions without an answer yet, and the browser that asked: whoever else opens one does not ask it again."""


def open_past(folder: Path) -> History | None:
    """What was asked of the library in `folder`; None, with a note on the page, where it cannot be kept."""
    try:
        return History(folder)
    except HistoryError as error:
        st.html(f'<p class="dl-note">{escape(str(error))}</p>')
        return None


def keep(past: History | None, exchanges: Sequence[Exchange]) -> Callable[[Exchange], None]:
    """Keeps an exchange in the conversation that it is part of, and puts it into the page's address."""

    def write(exchange: Exchange) -> None:
        st.query_params[ASKED] = exchange.id
        if exchange.answer or exchange.error is not None:
            _BEGUN.pop(exchange.id, None)
        else:
            _BEGUN[exchange.id] = _browser()
        if past:
            try:
                past.keep(exchange.kept(exchanges[0].id))
            except HistoryError as error:
                st.toast(escape_markdown(str(error)))

    return write


def _browser() -> str | None:
    """What tells this browser from others; the same after a page was loaded again."""
    cookie = st.context.cookies.get("_streamlit_xsrf")
    return cookie if isinstance(cookie, str) else None  # a page under test has none


def take_up(past: History | None, exchanges: list[Exchange]) -> Exchange | None:
    """Brings the conversation that the address names onto the page; gives a question to go on with.

    That is one whose page this browser loaded again before it was answered.
    """
    wanted = st.query_params.get(ASKED)
    if not wanted and exchanges:
        if st.session_state.get(STAYED):
            exchanges.clear()  # the browser's back key led to where nothing was asked yet
        else:
            st.query_params[ASKED] = exchanges[-1].id  # another page was looked at meanwhile
    if not wanted or any(exchange.id == wanted for exchange in exchanges):
        return None
    try:
        found = past.conversation_of(wanted) if past else ()
    except HistoryError as error:
        show_error(error)
        return None
    if not found:
        st.html('<p class="dl-note">The question that the address names is not kept here any more.</p>')
        del st.query_params[ASKED]
        return None
    exchanges[:] = [Exchange.of(kept) for kept in found]
    last = exchanges[-1].id
    return exchanges.pop() if last in _BEGUN and _BEGUN[last] == _browser() else None


# A fragment, so that looking for a question does not stop the answer that is being written.
@st.fragment
def show_past(past: History, collections: Sequence[str]) -> None:
    """A list of what was asked, the latest first, to search in and to open again."""
    with st.popover("History", icon=":material/history:", type="tertiary", key="past"):
        words = st.text_input("Search in questions and answers", key="past-words")
        chosen = st.selectbox("Asked of", [EVERYWHERE, *collections], key="past-in") if collections else EVERYWHERE
        try:
            lines = past.find(words, None if chosen == EVERYWHERE else chosen, LISTED + 1)
        except HistoryError as error:
            show_error(error)
            return
        if not lines:
            st.html('<p class="dl-note">Nothing has been asked that fits.</p>')
        for day, of_day in groupby(lines[:LISTED], key=lambda line: line.asked_at.astimezone().date()):
            st.html(f'<div class="dl-label">{shown_date(day.isoformat())}</div>')
            for line in of_day:
                _show_line(line)
        if len(lines) > LISTED:
            st.html(f'<p class="dl-note">The latest {LISTED} are shown; search for others.</p>')
        _show_forget(past, [line.id for line in lines[:LISTED]])


def _show_line(line: Line) -> None:
    words = " ".join(line.question.split())
    label = words if len(words) <= LABEL_CHARACTERS else f"{words[:LABEL_CHARACTERS]}…"
    if st.button(escape_markdown(label), key=f"past-{line.id}", type="tertiary"):
        st.query_params[ASKED] = line.id
        st.rerun()


def _show_forget(past: History, shown: Sequence[str]) -> None:
    """The way to delete the questions shown; those that were shown when it was begun, whatever is shown then."""
    chosen: tuple[str, ...] = st.session_state.get(FORGET, ())
    if chosen:
        st.html(f'<p class="dl-note">Delete {counted(len(chosen), "question")} for good?</p>')
        st.button("Yes, delete", key="past-yes", type="primary", on_click=_forget, args=(past, chosen))
        st.button("No", key="past-no", on_click=_choose, args=((),))
    elif shown:
        st.button(
            "Delete these questions", key=FORGET + "-begin", icon=":material/delete:", on_click=_choose, args=(shown,)
        )


def _choose(idents: Sequence[str]) -> None:
    st.session_state[FORGET] = tuple(idents)


def _forget(past: History, idents: Sequence[str]) -> None:
    _choose(())
    try:
        past.forget(idents)
    except HistoryError as error:
        st.toast(escape_markdown(str(error)))
