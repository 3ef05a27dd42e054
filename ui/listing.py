"""The documents of the library in a table: found, ticked, read and removed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

from index.errors import LibraryDamagedError
from index.pipeline import Library
from index.records import DocumentState, Entry, Version
from ui.choosing import Choice, left_by, show_choice, show_count
from ui.document import dates_html, heading_html, span_of, text_html
from ui.editing import show_edit
from ui.printed import show_printed
from ui.removing import show_remove, show_remove_several
from ui.shared import counted, escape, show_error

ROW_PX = 66
"""Three lines of text. Streamlit wraps text only in rows of more than 64 pixels; a click on a longer one shows all."""
TABLE_PX = 520
NOTHING_TICKED = (
    "Tick a row to read the document and to see where its details were read from; tick several to remove them."
)


def show_documents(library: Library, entries: Sequence[Entry], today: date) -> None:
    """Draw the table and, under it, the document that is ticked or that the page's address names."""
    if not entries:
        st.html(
            '<p class="dl-sentences">The library holds no documents yet.</p>'
            '<p class="dl-note">Upload some, or add a folder of this computer, under “Add documents”.</p>'
        )
        return
    passages = sum(one.passages for one in entries)
    where = escape(str(library.folder))
    st.html(f'<p class="dl-meta">{counted(len(entries), "document")}, {counted(passages, "passage")} in {where}</p>')
    linked = st.container()  # what a link leads to is seen without going down a page
    choice = show_choice(entries)
    left = left_by(choice, entries)
    show_count(choice, len(left), entries)
    ticked = [left[row] for row in _table(left, choice, library.generation())] if left else []
    with linked if not ticked and "document" in st.query_params else st.container():
        try:
            _show_ticked(library, ticked, today)
        except LibraryDamagedError as error:
            show_error(error)


def columns_of(entries: Sequence[Entry]) -> dict[str, list[object]]:
    """What the table shows, by column."""
    return {
        "Title": [one.title for one in entries],
        "Outlet": [one.outlet for one in entries],
        "Published": [one.published for one in entries],
        "Collection": [one.collection for one in entries],
        "Author": [one.author for one in entries],
        "State": [one.state for one in entries],
        "Passages": [one.passages for one in entries],
        "Added": [one.added_at[:19].replace("T", " ") for one in entries],
        "File": [one.uri for one in entries],
    }


def _table(entries: Sequence[Entry], choice: Choice, generation: int) -> list[int]:
    """The table of these documents; gives the rows that are ticked, in order."""
    config = {
        "Title": st.column_config.TextColumn(width=330),
        "Outlet": st.column_config.TextColumn(width=140),
        "Published": st.column_config.DateColumn(format="D MMM YYYY"),
        "Added": st.column_config.TextColumn("Added (UTC)"),
        "File": st.column_config.TextColumn(width=420),
    }
    # A new key with every change of the library or of the choice: ticks are kept by row, and rows move.
    selected = st.dataframe(
        columns_of(entries),
        hide_index=True,
        column_config=config,
        key=f"documents-{generation}-{hash(choice)}",
        on_select="rerun",
        selection_mode="multi-row",
        row_height=ROW_PX,
        height="auto" if len(entries) * ROW_PX < TABLE_PX else TABLE_PX,
        placeholder="–",
        alt="The documents of the library",
    )
    return sorted(selected["selection"]["rows"])


def _show_ticked(library: Library, ticked: Sequence[Entry], today: date) -> None:
    if len(ticked) > 1:
        show_remove_several(library, ticked)
        return
    shown = _chosen(library, ticked)
    if shown is None:
        st.html(f'<p class="dl-note">{NOTHING_TICKED}</p>')
        return
    document = shown.document
    at = st.query_params.get("at") if st.query_params.get("document") == document.doc_id else None
    span, note = span_of(at, document.text)
    st.html(heading_html(shown, today, library.story_of(document.doc_id)))
    if isinstance(shown, DocumentState):
        with st.container(horizontal=True):
            show_edit(library, document)
            show_remove(library, document)
    if note:
        st.html(f'<p class="dl-note">{escape(note)}</p>')
    st.html(text_html(document, span) + dates_html(library.mentions(document.doc_id)))
    if span:
        show_printed(document, span)


def _chosen(library: Library, ticked: Sequence[Entry]) -> DocumentState | Version | None:
    """The ticked document, else the one that the page's address names, which may be an old version."""
    wanted = ticked[0].doc_id if ticked else st.query_params.get("document")
    if not wanted:
        return None
    found = library.state(wanted) or library.version(wanted)
    if not found:
        st.html(f'<p class="dl-note">The library holds no document {escape(wanted)} any more.</p>')
    return found
