"""The page of what happened when, as the documents tell it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from itertools import count

import streamlit as st

from index.dates.times import shown_date
from index.errors import UserFacingError
from index.pipeline import Library
from index.records import Filter
from qa.compare.timeline import Dated, timeline, to_calendar
from ui.filters import chosen_as_of, chosen_filter, show_filter
from ui.shared import counted, escape, show_error, show_style
from ui.sources import FindDocument, Sheets

SHOWN = 200
"""Events drawn at most: a browser draws no endless lists."""


def timeline_page(open_library: Callable[[], Library], today: Callable[[], date] = date.today) -> None:
    """Show the page.

    Args:
        open_library: Gives the library, the same one at every run.
        today: The day from which ages are counted.
    """
    show_style()
    st.title("Timeline", anchor=False)
    try:
        library = open_library()
        documents = library.facts()
    except UserFacingError as error:
        show_error(error)
        return
    if not documents:
        st.html('<p class="dl-sentences">The library holds no documents yet.</p>')
        st.html('<p class="dl-note">Add some on the Library page; what they tell of will stand here by date.</p>')
        return
    about = st.text_input(
        "About", placeholder="A name, an event, a question; empty for everything", key="timeline-about"
    )
    show_filter(documents)
    if st.button("Show", key="timeline-show", type="primary") or "timeline-events" not in st.session_state:
        st.session_state["timeline-events"] = _found(library, chosen_filter(), about.strip())
    events, problems = st.session_state["timeline-events"]
    for problem in problems:
        st.html(f'<p class="dl-note">{escape(problem)}</p>')
    st.html(events_html(events, library.document, chosen_as_of() or today()))
    if events:
        made, left_out = to_calendar(events)
        note = f"Without {counted(left_out, 'event')} of more than a month" if left_out else None
        st.download_button(
            "Save as calendar", made, "timeline.ics", "text/calendar", key="timeline-ics", help=note, on_click="ignore"
        )


def _found(library: Library, chosen: Filter, about: str) -> tuple[list[Dated], tuple[str, ...]]:
    matching = library.matching(chosen)
    return timeline(library, matching.doc_ids, about or None), matching.problems


def events_html(events: Sequence[Dated], find: FindDocument, today: date) -> str:
    """The events in order, each with its sources."""
    shown = events[:SHOWN]
    summary = counted(len(events), "dated event") if events else "No sentence found is dated."
    if len(shown) < len(events):
        summary = f"The first {SHOWN:,} of {summary}. Ask about something, or choose fewer documents"
    sheets, numbers = Sheets("dl-timeline", find, today), count(1)
    rows = "".join(_event_html(event, sheets, numbers) for event in shown)
    return f'<p class="dl-note">{summary}</p><div class="dl-timeline">{rows}</div>'


def _event_html(event: Dated, sheets: Sheets, numbers: count[int]) -> str:
    written = shown_date(event.time)
    words = "" if event.words == written else f' <span class="dl-quiet">“{escape(event.words)}”</span>'
    citations = [replace(citation, number=next(numbers)) for citation in event.citations]
    return f'<div class="dl-event"><h3 class="dl-when">{written}{words}</h3>{sheets.cards(citations)}</div>'
