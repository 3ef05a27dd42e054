"""What the Library page does to the library: with a progress bar, and what came of it told on the page drawn anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from index.errors import UserFacingError
from index.pipeline import OnProgress
from ui.reports import Outcome, outcome_html, outcome_words
from ui.shared import escape_markdown, show_error

Work = Callable[[OnProgress], Outcome]


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
    st.session_state["outcome"] = outcome
    st.rerun()


def show_outcome() -> None:
    """Tell once what was done last."""
    outcome: Outcome | None = st.session_state.pop("outcome", None)
    if outcome is None:
        return
    # Also where it is seen when the page is scrolled down.
    st.toast(escape_markdown(outcome_words(outcome)))
    if outcome.error is not None:
        show_error(outcome.error)
    else:
        st.html(outcome_html(outcome))
