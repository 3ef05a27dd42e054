"""What the Library page does to the library: with a progress bar, and what came of it told on the page drawn anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Literal

import streamlit as st

from index.errors import UserFacingError
from index.pipeline import OnProgress
from ui.reports import Outcome, outcome_html, outcome_words
from ui.shared import counted, escape_markdown, show_error

Work = Callable[[OnProgress], Outcome]
Asked = tuple[Literal["try-again", "undo"], Outcome]
OUTCOME = "outcome"
AGAIN: Literal["try-again"] = "try-again"
UNDO: Literal["undo"] = "undo"


def run(work: Work) -> None:
    """Do `work` with a progress bar, then draw the page anew with what came of it."""
    bar = st.progress(0.0, text="Starting…")

    def on_progress(done: int, total: int, uri: str) -> None:
        text = f"{done:,} of {total:,} files: {Path(uri).name}"
        bar.progress(done / total if total else 1.0, text=escape_markdown(text))

    try:
        outcome = work(on_progress)
    except UserFacingError as error:
        outcome = Outcome("This was not done", error=str(error))
    st.session_state[OUTCOME] = outcome
    st.rerun()


def show_outcome() -> Asked | None:
    """Tell what was done last: once, or until it is closed where something can be done about it.

    Returns:
        What the user wants done about it now, and what it is about.
    """
    outcome: Outcome | None = st.session_state.pop(OUTCOME, None)
    if outcome is None:
        return None
    if not outcome.told:
        # Also where it is seen when the page is scrolled down.
        st.toast(escape_markdown(outcome_words(outcome)))
    if outcome.error is not None:
        show_error(outcome.error)
        return None
    st.html(outcome_html(outcome))
    if not outcome.again and not outcome.undo:
        return None
    st.session_state[OUTCOME] = replace(outcome, told=True)
    with st.container(horizontal=True):
        label = f"Try again with {counted(len(outcome.again), 'file')}"
        again = bool(outcome.again) and st.button(label, key=AGAIN, icon=":material/refresh:")
        undo = bool(outcome.undo) and st.button("Undo", key=UNDO, icon=":material/undo:")
        st.button("Close", key="close-outcome", type="tertiary", on_click=_close)
    if again or undo:
        return (AGAIN if again else UNDO), outcome
    return None


def _close() -> None:
    st.session_state.pop(OUTCOME, None)
