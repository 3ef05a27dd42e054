"""Which documents the Library page lists: the controls above its table, and what they leave."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

import streamlit as st

from index.filters import folded, names_of
from index.records import Entry
from ui.shared import counted, date_in_words, escape

NO_KIND = "no ending"
FIRST_DAY = date(1000, 1, 1)
TEXT, SINCE, UNTIL = "list-text", "list-since", "list-until"
NAMES = ("list-outlets", "list-collections", "list-states", "list-kinds")


@dataclass(frozen=True, slots=True)
class Choice:
    """What is asked of the documents of a list: those that fit every part that is set."""

    text: str = ""
    """Words, each of which stands in the title or in the path, whatever its case."""
    since: date | None = None
    until: date | None = None
    outlets: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


def kind_of(uri: str) -> str:
    """The ending of a file's name in small letters and without its dot, or that it has none."""
    return os.path.splitext(uri)[1][1:].lower() or NO_KIND


def left_by(choice: Choice, entries: Sequence[Entry]) -> list[Entry]:
    """Those of the documents that fit, in their order; one without a date is in no range of days."""
    fits = _fits(choice)
    return [one for one in entries if all(fit(one) for fit in fits)] if fits else list(entries)


def _fits(choice: Choice) -> list[Callable[[Entry], bool]]:
    """A test for each part that is set, the quick ones first."""
    since, until = choice.since or date.min, choice.until or date.max
    outlets, collections = frozenset(map(folded, choice.outlets)), frozenset(map(folded, choice.collections))
    words = choice.text.casefold().split()
    fits: list[Callable[[Entry], bool]] = []
    if choice.states:
        fits.append(lambda one: one.state in choice.states)
    if choice.since or choice.until:
        fits.append(lambda one: one.published is not None and since <= one.published <= until)
    if outlets:
        fits.append(lambda one: folded(one.outlet) in outlets)
    if collections:
        fits.append(lambda one: folded(one.collection) in collections)
    if choice.kinds:
        fits.append(lambda one: kind_of(one.uri) in choice.kinds)
    if words:
        fits.append(lambda one: all(word in f"{one.title}\n{one.uri}".casefold() for word in words))
    return fits


def show_choice(entries: Sequence[Entry]) -> Choice:
    """Draw the controls; gives what is chosen there."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        text = st.text_input(
            "Find by title or file",
            key=TEXT,
            placeholder="Words of the title or of the path",
            type="search",
        )
        with st.popover("Filters", icon=":material/filter_list:", key="list-filters"):
            left, right = st.columns(2)
            since = left.date_input("Published from", None, min_value=FIRST_DAY, format="YYYY-MM-DD", key=SINCE)
            until = right.date_input("Published until", None, min_value=FIRST_DAY, format="YYYY-MM-DD", key=UNTIL)
            there: tuple[list[str], ...] = (
                names_of(one.outlet for one in entries),
                names_of(one.collection for one in entries),
                sorted({str(one.state) for one in entries}, reverse=True),
                sorted({kind_of(one.uri) for one in entries}),
            )
            labels = ("Outlets", "Collections", "State", "Type of file")
            named = [_choose(*each) for each in zip(labels, NAMES, there, strict=True)]
    return Choice(text.strip() if text else "", since, until, *named)


def _choose(label: str, key: str, there: Collection[str]) -> tuple[str, ...]:
    # Streamlit refuses to draw a choice that is not among the options.
    if key in st.session_state:
        st.session_state[key] = [one for one in st.session_state[key] if one in there]
    return tuple(st.multiselect(label, there, key=key, placeholder="All", disabled=not there, wrap=True))


def show_count(choice: Choice, shown: int, entries: Sequence[Entry]) -> None:
    """Tell how many documents match, and offer to see all again."""
    if choice == Choice():
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.html(count_html(choice, shown, entries), width="content")
        st.button("Clear filters", key="list-clear", type="tertiary", on_click=_clear)


def count_html(choice: Choice, shown: int, entries: Sequence[Entry]) -> str:
    """How many of the documents match, by what, and how many more would if they had a date."""
    undated = ""
    if choice.since or choice.until:
        others = left_by(replace(choice, since=None, until=None), entries)
        count = sum(one.published is None for one in others)
        undated = f"; {counted(count, 'document')} without a date left out" if count else ""
    told = f"<b>{shown:,}</b> of {counted(len(entries), 'document')} match: {escape(choice_in_words(choice))}{undated}"
    return f'<p class="dl-meta" role="status"><bdi>{told}</bdi></p>'


def choice_in_words(choice: Choice) -> str:
    """All that is set, on one line."""
    told = [f"“{choice.text}”"] if choice.text else []
    told += [f"published from {date_in_words(choice.since)}"] if choice.since else []
    told += [f"published until {date_in_words(choice.until)}"] if choice.until else []
    for names in (choice.outlets, choice.collections, choice.states, choice.kinds):
        told += [" or ".join(names)] if names else []
    return ", ".join(told)


def _clear() -> None:
    st.session_state[TEXT] = ""
    st.session_state[SINCE] = st.session_state[UNTIL] = None
    for key in NAMES:
        st.session_state[key] = []
