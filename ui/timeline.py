"""The page of what happened when, as the documents tell it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import date
from itertools import count

import streamlit as st

from index.dates.times import bounds, shown_date
from index.errors import UserFacingError
from index.pipeline import Library
from index.records import Filter
from qa.compare.timeline import Dated, timeline, to_calendar
from ui.axis import PUBLISHED, outlets_of, show_axis
from ui.filters import chosen_as_of, chosen_filter, show_filter
from ui.shared import counted, escape, show_error, show_style
from ui.sources import FindDocument, Sheets

SHOWN = 200
"""Events listed at most: a browser draws no endless lists."""
HOW_TO_PICK = "Pick a point to read what is told there. Drag to move along the years, turn the wheel to enlarge."
FOUND, ROUND, OUTLETS = "timeline-events", "timeline-round", "timeline-outlets"


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
    if st.button("Show", key="timeline-show", type="primary") or FOUND not in st.session_state:
        try:
            st.session_state[FOUND] = _found(library, chosen_filter(), about.strip())
        except UserFacingError as error:
            show_error(error)
            return
        st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
    events, problems = st.session_state[FOUND]
    for problem in problems:
        st.html(f'<p class="dl-note">{escape(problem)}</p>')
    _show_events(events, library.document, chosen_as_of() or today())


def _show_events(events: Sequence[Dated], find: FindDocument, today: date) -> None:
    """The events that the controls leave, on the axis, in the list and as a calendar."""
    left = _narrowed(events)
    chosen = list(left.values())
    if chosen:
        picked = show_axis(left, f"timeline-axis-{st.session_state.get(ROUND, 0)}")
        st.html(picked_html(left.get(picked) if picked is not None else None, find, today))
    if events and not chosen:
        st.html('<p class="dl-note">No event is left: choose other outlets or other years.</p>')
        return
    st.html(events_html(chosen, find, today))
    if chosen:
        made, left_out = to_calendar(chosen)
        note = f"Without {counted(left_out, 'event')} of more than a month" if left_out else None
        st.download_button(
            "Save as calendar", made, "timeline.ics", "text/calendar", key="timeline-ics", help=note, on_click="ignore"
        )


def _narrowed(events: Sequence[Dated]) -> dict[int, Dated]:
    """Draw the controls over the events found; gives those left by them, by their number."""
    outlets = sorted({outlet for event in events for outlet in outlets_of(event)})
    years = [day.year for event in events for day in bounds(event.time)]
    if not years:
        return {}
    left, right = st.columns(2)
    if OUTLETS in st.session_state:  # Streamlit refuses to draw a choice that is not among the options
        st.session_state[OUTLETS] = [one for one in st.session_state[OUTLETS] if one in outlets]
    wanted = left.multiselect("Told by", outlets, key=OUTLETS, placeholder="All outlets", wrap=True)
    ends = (min(years), max(years))
    chosen = ends
    if ends[0] < ends[1]:
        chosen = right.slider("Years", *ends, ends, format="%d", key=f"timeline-years-{ends[0]}-{ends[1]}")
    return left_by(events, wanted, chosen)


def left_by(events: Sequence[Dated], outlets: Collection[str], years: tuple[int, int]) -> dict[int, Dated]:
    """The events that one of the outlets tells of, any without them, and that touch these years, by their number."""
    return {
        number: event
        for number, event in enumerate(events)
        if (not outlets or not set(outlets).isdisjoint(outlets_of(event)))
        and bounds(event.time)[0].year <= years[1]
        and bounds(event.time)[1].year >= years[0]
    }


def picked_html(event: Dated | None, find: FindDocument, today: date) -> str:
    """The event that is picked on the axis, with its sources; without one, how to pick it."""
    if event is None:
        return f'<p class="dl-note">{HOW_TO_PICK}</p>'
    inside = _event_html(event, Sheets("dl-picked", find, today), count(1))
    return picked_box(inside)


def picked_box(inside: str) -> str:
    """What is picked on the axis, set apart, and told to who cannot see it."""
    return f'<div class="dl-differing" role="status">{inside}</div>'


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
    citations = [replace(citation, number=next(numbers)) for citation in event.citations]
    return event_html(event, sheets.cards(citations))


def event_html(event: Dated, cards: str, level: int = 2) -> str:
    """The event under its date, as a heading of this level, with the cards of its sources."""
    written = shown_date(event.time)
    words = f"“{escape(event.words)}”" if event.words else PUBLISHED
    told = "" if event.words == written else f' <span class="dl-quiet">{words}</span>'
    return f'<div class="dl-event"><h{level} class="dl-when">{written}{told}</h{level}>{cards}</div>'
