"""The control beside the question box that says how sure an answer must be, and what becomes of the rest."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from qa.records import Unsupported
from qa.settings import Settings

UNSUPPORTED, LIKELIHOOD = "strictness-unsupported", "strictness-likelihood"
POLICIES: Mapping[Unsupported, str] = {
    "withhold": "Withhold them, and say so",
    "mark": "Show them, marked as not supported",
    "quote": "Quote the documents instead",
}
LIKELIHOOD_HELP = (
    "Under this probability that the documents answer a question, Dateline says that they do not: higher, it declines "
    "more often and is wrong less often. The probability is estimated from how near the passages come and from how "
    "inclined the model is to decline."
)


def chosen_unsupported() -> Unsupported | None:
    """What is chosen on the page; None before anything is."""
    policy: Unsupported | None = st.session_state.get(UNSUPPORTED)
    return policy


def chosen_likelihood() -> float | None:
    """As a probability from 0 to 1; None before anything is chosen."""
    percent: int | None = st.session_state.get(LIKELIHOOD)
    return None if percent is None else percent / 100


# A fragment, so that a choice made while an answer is being written does not stop it.
@st.fragment
def show_strictness(settings: Settings) -> None:
    """Draw the control; it begins with what is set."""
    st.session_state.setdefault(UNSUPPORTED, settings.unsupported)
    st.session_state.setdefault(LIKELIHOOD, round(settings.min_likelihood * 100))
    with st.popover("Strictness…", icon=":material/rule:", type="tertiary", key="strictness-open"):
        st.radio(
            "Sentences that the documents do not bear out",
            list(POLICIES),
            format_func=POLICIES.__getitem__,
            key=UNSUPPORTED,
            persist_state="session",
        )
        st.slider(
            "Answer only when it is at least this likely that the documents say, in percent",
            0,
            95,
            step=5,
            key=LIKELIHOOD,
            help=LIKELIHOOD_HELP,
            persist_state="session",
        )
