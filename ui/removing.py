"""Documents taken out of the library, once that is confirmed, and back again."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from index.errors import LibraryError
from index.pipeline import Library, OnProgress
from index.records import Document, Entry
from ui.reports import Outcome
from ui.shared import counted, escape
from ui.uploads import delete_upload
from ui.work import run

NAMED = 10
"""Titles of documents that are to be removed, at most; the rest is counted."""
WHAT_HAPPENS = (
    "Answers will no longer rest on what is removed. A file on this computer stays where it is, and comes back when a "
    "followed folder with it is re-indexed; the copy of an uploaded file is deleted. For 30 days a document can be "
    "taken back: with “Undo” at once, later under “Re-index and repair”."
)


def show_remove(library: Library, document: Document) -> None:
    """Offer to remove one document."""
    with st.popover("Remove this document", icon=":material/delete:"):
        st.html(
            f"<p><b>Remove “<bdi>{escape(document.title)}</bdi>” from the library?</b></p>"
            f'<p class="dl-note">{WHAT_HAPPENS}</p>'
        )
        confirmed = st.button("Yes, remove it", key=f"remove-{document.doc_id}", type="primary")
    if confirmed:
        run(partial(_remove, library, {document.doc_id: document.title}))


def show_remove_several(library: Library, ticked: Sequence[Entry]) -> None:
    """Tell which documents are ticked, and offer to remove them together."""
    count = counted(len(ticked), "document")
    st.html(f'<p class="dl-meta" role="status"><b>{count} ticked.</b> Tick a single one to read it.</p>')
    with st.popover(f"Remove these {count}", icon=":material/delete:"):
        st.html(
            f"<p><b>Remove {count} from the library?</b></p>{titles_html([one.title for one in ticked])}"
            f'<p class="dl-note">{WHAT_HAPPENS}</p>'
        )
        confirmed = st.button(f"Yes, remove {count}", key="remove-several", type="primary")
    if confirmed:
        run(partial(_remove, library, {one.doc_id: one.title for one in ticked}))


def titles_html(titles: Sequence[str]) -> str:
    """The titles as a list, the first of many."""
    rows = "".join(f"<li><bdi>{escape(title)}</bdi></li>" for title in titles[:NAMED])
    more = f"<li>and {len(titles) - NAMED:,} more</li>" if len(titles) > NAMED else ""
    return f'<ul class="dl-reasons">{rows}{more}</ul>'


def _remove(library: Library, titles: dict[str, str], _: OnProgress) -> Outcome:
    uris, problem = [one.uri for one in library.entries() if one.doc_id in titles], ""
    try:
        library.remove(list(titles))
    except LibraryError as error:
        if any(one.doc_id in titles for one in library.entries()):
            raise
        problem = str(error)  # they are removed; only the search's copy of the vectors lags
    deleted = sum(delete_upload(library.folder, uri) for uri in uris)
    st.query_params.clear()
    named = f"“{next(iter(titles.values()))}”" if len(titles) == 1 else counted(len(titles), "document")
    copies = {0: "", 1: "; its uploaded copy was deleted" if len(titles) == 1 else "; one uploaded copy was deleted"}
    told = copies.get(deleted, f"; {deleted:,} uploaded copies were deleted")
    return Outcome(f"Removed {named}{told}", undo=tuple(titles), problem=problem)


def take_back(library: Library, doc_ids: Sequence[str], on_progress: OnProgress) -> Outcome:
    """Take removed documents back into the library."""
    return Outcome(f"Took back {counted(len(library.restore(doc_ids, on_progress)), 'document')}")
