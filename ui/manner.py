"""The control beside the question box that says how an answer is made: by which model, from how much, how sure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from index.errors import UserFacingError
from qa.model.at_hand import models_at_hand, models_to_fetch
from qa.model.open import NONE
from qa.records import Unsupported
from qa.settings import EVIDENCE_TOKENS, Settings
from ui.shared import escape, show_error

MODEL, EVIDENCE = "manner-model", "manner-evidence"
UNSUPPORTED, LIKELIHOOD = "manner-unsupported", "manner-likelihood"
POLICIES: Mapping[Unsupported, str] = {
    "withhold": "Withhold them, and say so",
    "mark": "Show them, marked as not supported",
    "quote": "Quote the documents instead",
}
EVIDENCE_STEP = 40
EVIDENCE_HELP = (
    "What the model is given to read, in tokens of some four letters: more is slower and finds what stands further "
    "down; of sentences it is given {} at most, and fewer where few stand out."
)
LIKELIHOOD_HELP = (
    "Under this probability that the documents answer a question, Dateline says that they do not: higher, it declines "
    "more often and is wrong less often. The probability is estimated from how near the passages come and from how "
    "inclined the model is to decline."
)


@dataclass(frozen=True, slots=True)
class Manner:
    """What is chosen on the page; None for what is set."""

    model: str | None = None
    evidence_tokens: int | None = None
    unsupported: Unsupported | None = None
    min_likelihood: float | None = None
    """From 0 to 1."""


def chosen_manner(settings: Settings) -> Manner:
    """What is chosen on the page; before anything is, all of it is as set."""
    chosen: dict[str, Any] = {key: st.session_state.get(key) for key in (MODEL, EVIDENCE, UNSUPPORTED, LIKELIHOOD)}
    model, percent = chosen[MODEL], chosen[LIKELIHOOD]
    return Manner(
        None if model == settings.model else model,
        chosen[EVIDENCE],
        chosen[UNSUPPORTED],
        None if percent is None else percent / 100,
    )


# A fragment, so that a choice made while an answer is being written does not stop it.
@st.fragment
def show_manner(settings: Settings) -> None:
    """Draw the control; it begins with what is set."""
    st.session_state.setdefault(EVIDENCE, settings.evidence_tokens)
    st.session_state.setdefault(UNSUPPORTED, settings.unsupported)
    st.session_state.setdefault(LIKELIHOOD, round(settings.min_likelihood * 100))
    with st.popover("Answer…", icon=":material/tune:", type="tertiary", key="manner-open"):
        _show_models(settings)
        least, most = EVIDENCE_TOKENS
        st.number_input(
            f"Evidence, from {least} to {most:,} tokens",
            least,
            most,
            step=EVIDENCE_STEP,
            key=EVIDENCE,
            help=EVIDENCE_HELP.format(settings.evidence_sentences),
            persist_state="session",
        )
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


def _show_models(settings: Settings) -> None:
    """The models that can be had at once, and how to have the others."""
    try:
        here, others = models_at_hand(settings), models_to_fetch(settings)
    except UserFacingError as error:
        show_error(error)
        return
    if st.session_state.get(MODEL) not in here:  # Streamlit refuses to draw a choice that is not among the options
        st.session_state[MODEL] = settings.model
    st.selectbox(
        "What answers",
        here,
        format_func=lambda name: _in_words(name, settings.model),
        key=MODEL,
        persist_state="session",
    )
    to_fetch = [name for name in others if name != settings.model]
    if to_fetch:
        commands = ", ".join(f"<code>dateline models fetch {escape(name)}</code>" for name in to_fetch)
        st.html(f'<p class="dl-note">Not on this machine yet: {commands} in a terminal fetches it.</p>')


def _in_words(name: str, set_here: str) -> str:
    words = "No model: the documents’ own sentences" if name == NONE else name
    return f"{words} (as set)" if name == set_here else words
