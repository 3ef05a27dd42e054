"""The control beside the question box that says which documents are asked, and what is chosen there."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

import streamlit as st

from index.errors import LibraryError
from index.filters import match, names_of
from index.records import EVERYTHING, Facts, Filter
from qa.question.filters import filter_in_words, scope_in_words
from ui.shared import counted, date_in_words, escape

DAYS = ("filter-since", "filter-until")
AS_OF = "filter-as-of"
AS_OF_HELP = "Answers as if it were this day: nothing published later is read, and ages are counted from it."
NAMES = ("filter-outlets", "filter-collections", "filter-documents")
FIRST_DAY = date(1000, 1, 1)
OFFERED = 1000
"""Documents offered by their titles, the latest ones: a browser draws no endless lists."""


def chosen_as_of() -> date | None:
    """The day that is taken for today, where one is chosen."""
    day: date | None = st.session_state.get(AS_OF)
    return day


def chosen_filter() -> Filter:
    """What is chosen on the page, without what was published after the day taken for today; documents by their ids."""
    since, until = (st.session_state.get(key) for key in DAYS)
    outlets, collections, documents = (tuple(st.session_state.get(key, ())) for key in NAMES)
    return Filter(since, until, outlets, collections, documents).known_by(chosen_as_of())


def chosen_in_words(chosen: Filter, facts: Sequence[Facts]) -> str:
    """As `filter_in_words`, with the titles of documents that are chosen by their ids."""
    titles = {one.doc_id: one.title for one in facts} if chosen.documents else {}
    return filter_in_words(chosen, [titles.get(doc_id, doc_id) for doc_id in chosen.documents])


# A fragment, so that a choice made while an answer is being written does not stop it.
@st.fragment
def show_filter(facts: Sequence[Facts]) -> None:
    """Draw the control and, on one line beside it, what is chosen in words."""
    outlets, collections = names_of(one.outlet for one in facts), names_of(one.collection for one in facts)
    latest = sorted(facts, key=lambda one: (one.published or date.min, one.title), reverse=True)[:OFFERED]
    labels = _labels(latest)
    _leave_out_what_is_gone(dict(zip(NAMES, (outlets, collections, labels), strict=True)))
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="filter"):
        with st.popover("Search in…", icon=":material/filter_list:", type="tertiary", key="filter-open"):
            labels_of = ("Published from", "Published until", "As of")
            for place, label, key in zip(st.columns(3), labels_of, (*DAYS, AS_OF), strict=True):
                place.date_input(
                    label,
                    value=None,
                    min_value=FIRST_DAY,
                    format="YYYY-MM-DD",
                    key=key,
                    persist_state="session",
                    help=AS_OF_HELP if key == AS_OF else None,
                )
            _choose("Outlets", NAMES[0], outlets)
            _choose("Collections", NAMES[1], collections)
            _choose("Documents", NAMES[2], list(labels), labels)
            if len(facts) > OFFERED:
                st.html(f'<p class="dl-note">The latest {OFFERED:,} of {counted(len(facts), "document")}.</p>')
        st.html(scope_html(chosen_filter(), facts), width="stretch")
        if chosen_filter() != EVERYTHING:
            st.button("Clear", key="filter-clear", type="tertiary", on_click=_clear, help="Search in all documents")


def scope_html(chosen: Filter, facts: Sequence[Facts]) -> str:
    """The documents that will be searched, or why there are none, on one line; the whole of it on pointing there."""
    if chosen == EVERYTHING:
        return f'<div class="dl-scope">all {counted(len(facts), "document")}</div>'
    try:
        matching = match(chosen, facts)
    except LibraryError as error:
        return f'<div class="dl-scope dl-scope-failed" title="{escape(str(error))}">{escape(str(error))}</div>'
    words = scope_in_words(matching.documents, len(facts), chosen_in_words(chosen, facts)).removeprefix("Searched ")
    words += f" ({counted(matching.undated, 'document')} without a date left out)" if matching.undated else ""
    return f'<div class="dl-scope" title="{escape(words)}"><bdi>{escape(words)}</bdi></div>'


def _choose(label: str, key: str, there: Sequence[str], labels: dict[str, str] | None = None) -> None:
    st.multiselect(
        label,
        there,
        format_func=lambda each: labels[each] if labels else each,
        key=key,
        placeholder="All" if there else "No document has one",
        disabled=not there,
        persist_state="session",
        wrap=True,
    )


def _leave_out_what_is_gone(there: dict[str, Collection[str]]) -> None:
    # Streamlit refuses to draw a choice that is not among the options.
    gone = 0
    for key, options in there.items():
        before = st.session_state.get(key, [])
        kept = [each for each in before if each in options]
        if len(kept) < len(before):
            st.session_state[key] = kept
            gone += len(before) - len(kept)
    if gone:
        st.toast(f"{counted(gone, 'choice')} under “Search in…” left out: the library no longer holds it.")


def _labels(facts: Sequence[Facts]) -> dict[str, str]:
    """A line for each document by its id, no two alike: the browser sends back the line, not the id."""
    labels: dict[str, str] = {}
    lines: set[str] = set()
    for one in facts:
        named = [one.title, *([one.outlet] if one.outlet else []), date_in_words(one.published)]
        line = " ".join(" · ".join(named).split())
        labels[one.doc_id] = f"{line} · {one.doc_id}" if line in lines else line
        lines.add(line)
    return labels


def _clear() -> None:
    for key in (*DAYS, AS_OF):
        st.session_state[key] = None
    for key in NAMES:
        st.session_state[key] = []
