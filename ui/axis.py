"""Dated events on an axis of time: one line an outlet, a point for a day and a bar for what is longer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import streamlit as st

from index.dates.times import bounds, shown_date
from qa.compare.timeline import Dated

CHARTED = 5_000
"""Points drawn at most: more of them hide each other, and a browser draws them slowly."""
LINES = 12
"""Outlets with a line of their own; the others share one."""
LINE_PX, QUOTE_CHARACTERS = 30, 160
UNKNOWN, OTHERS = "outlet not known", "other outlets"
PUBLISHED = "day of publication"
PICKED = "picked"
TIME = {"type": "utc", "padding": 10}
DAYS = {
    **dict.fromkeys(("year",), "%Y"),
    **dict.fromkeys(("quarter", "month"), "%b %Y"),
    **dict.fromkeys(("week", "date", "day", "hours"), "%-d %b %Y"),
}
"""How the axis writes a time, by the units between two: the year is always told."""
WHOLE_DAYS = "utchours(datum.value) ? '' : datum.label"
"""No words at the hours between: few days side by side would each be named several times."""
OPACITY = 0.85
"""Of what is not picked."""
COLOURS = (
    *("#2f7ebc", "#c2571a", "#2e8b57", "#9467bd", "#d4506d", "#8a7320", "#1f8a99", "#b04fa8", "#6673d6", "#a8653a"),
    *("#5f8a1c", "#7d7d7d", "#b06a9a"),
)
"""Of the lines: each stands out from the page's background, light or dark, by 3 to 1 (WCAG 2.2, 1.4.11)."""
Row = dict[str, object]


def outlets_of(event: Dated) -> list[str]:
    """The outlets that tell of it, each once."""
    return list(dict.fromkeys(citation.outlet or UNKNOWN for citation in event.citations))


def rows_of(events: Mapping[int, Dated]) -> list[Row]:
    """What the chart draws: for each event, named by its number, a row for each outlet that tells of it."""
    often = Counter(outlet for event in events.values() for outlet in outlets_of(event))
    own = {outlet for outlet, _ in often.most_common(LINES)}
    return [
        {
            "event": number,
            "first": bounds(event.time)[0].isoformat(),
            "after": _after(bounds(event.time)[1]),
            "when": shown_date(event.time),
            "words": event.words or PUBLISHED,
            "outlet": outlet,
            "line": outlet if outlet in own else OTHERS,
            "quote": event.quote[:QUOTE_CHARACTERS] + ("…" if len(event.quote) > QUOTE_CHARACTERS else ""),
        }
        for number, event in events.items()
        for outlet in outlets_of(event)
    ]


def _after(last: date) -> str:
    return (last + timedelta(days=1) if last < date.max else last).isoformat()


def chart_of(rows: Sequence[Row]) -> dict[str, Any]:
    """The rows as a chart that can be moved, enlarged and pointed at; what it says of them is text of theirs.

    Source: vega.github.io/vega-lite/docs, a specification of one view: Streamlit tells what is picked in no other.
    """
    # Text and not a field of dates: what the document and we call it, in no zone of the browser's.
    shown = (("when", "Date"), ("words", "Written as"), ("outlet", "Outlet"), ("quote", "Begins"))
    line = {"field": "line", "type": "nominal"}
    return {
        "data": {"values": list(rows)},
        "height": 60 + LINE_PX * len({row["line"] for row in rows}),
        "params": [
            {"name": PICKED, "select": {"type": "point", "fields": ["event"]}},
            {"name": "view", "select": {"type": "interval", "encodings": ["x"]}, "bind": "scales"},
        ],
        # A day is narrower than a pixel: the stroke makes it a point, and the same mark can be picked.
        "mark": {"type": "bar", "height": 2, "strokeWidth": 8, "strokeJoin": "round", "cursor": "pointer"},
        "encoding": {
            "x": {
                "field": "first",
                "type": "temporal",
                "title": None,
                "scale": TIME,
                "axis": {"format": DAYS, "labelExpr": WHOLE_DAYS},
            },
            "x2": {"field": "after"},
            "y": {**line, "title": None, "axis": {"labelLimit": 140, "grid": True, "domain": False, "ticks": False}},
            "color": {**line, "legend": None, "scale": {"range": list(COLOURS)}},
            "stroke": {**line, "legend": None, "scale": {"range": list(COLOURS)}},
            "opacity": {"condition": {"param": PICKED, "empty": False, "value": 1.0}, "value": OPACITY},
            "tooltip": [{"field": field, "type": "nominal", "title": title} for field, title in shown],
        },
    }


def show_axis(events: Mapping[int, Dated], key: str) -> int | None:
    """Draw the events, each under its number; gives the number of the one that is picked.

    Args:
        events: Those to draw.
        key: Another one where the numbers stand for other events: what is picked is kept under it.
    """
    rows = rows_of(events)
    state = st.vega_lite_chart(
        chart_of(rows[:CHARTED]),
        width="stretch",
        key=key,
        on_select="rerun",
        selection_mode=PICKED,
        alt="Events by date, a line for each outlet. The list below holds the same events.",
    )
    if len(rows) > CHARTED:
        st.html(f'<p class="dl-note">The first {CHARTED:,} of {len(rows):,} points. Choose fewer years or outlets.</p>')
    picked = state["selection"].get(PICKED) or []
    number = picked[0].get("event") if picked else None
    return number if number in events else None
