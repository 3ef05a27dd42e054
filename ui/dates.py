"""The timeline of one answer: the times that its quotes speak of and the days of their documents, on the axis."""

from __future__ import annotations

import streamlit as st

from index.dates.times import bounds
from qa.compare.timeline import timeline_of
from ui.answer import cited_by
from ui.axis import show_axis
from ui.exchange import Exchange, Look
from ui.shared import counted
from ui.sources import each_once
from ui.timeline import HOW_TO_PICK, event_html, picked_box


# A fragment, so that what is picked does not stop the answer that is being written.
@st.fragment
def show_dates(exchange: Exchange, look: Look) -> None:
    """Offer the timeline of the answer, and draw it once it is wanted; nothing for a refusal or one time."""
    answer = exchange.answer
    events = timeline_of(each_once(cited_by(answer))) if answer and answer.status == "answered" else []
    if len({bounds(event.time) for event in events}) < 2:
        return
    label = f"Timeline of this answer: {counted(len(events), 'dated event')}"
    folded = st.expander(label, key=f"dates-{exchange.id}", icon=":material/timeline:", on_change="rerun")
    if not folded.open:
        return
    with folded:
        picked = show_axis(dict(enumerate(events)), f"dates-axis-{exchange.id}")
        shown = [event_html(event, look.reader.cards(event.citations), level=3) for event in events]
        st.html(f'<p class="dl-note">{HOW_TO_PICK}</p>' if picked is None else picked_box(shown[picked]))
        st.html(f'<div class="dl-timeline">{"".join(shown)}</div>')
