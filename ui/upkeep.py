"""How the library is kept up to date: the followed folders, what was removed, and mending."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import streamlit as st

from index.errors import UserFacingError
from index.pipeline import Library, OnProgress
from index.records import Entry
from index.report import SyncReport
from ui.following import choose, is_chosen, keep_following
from ui.removing import take_back
from ui.reports import Outcome
from ui.shared import counted, escape, show_error
from ui.uploads import followed_folders, keep_followed, roots_to_sync
from ui.work import run

REMOVED_LISTED = 20
"""Removed documents with a button each; the others come back with all."""


def show_reindex(library: Library, entries: Sequence[Entry]) -> None:
    """Offer to read everything again, and to follow folders as they change."""
    st.header("Re-index", anchor=False)
    st.html(
        '<p class="dl-note">Reads the followed folders, the uploads and the files added one by one again: new and '
        "changed files are taken in, and documents whose files are gone from a folder are removed. Where many are gone "
        "at once, its disk may not be connected: then it says so and keeps them.</p>"
    )
    try:
        roots = roots_to_sync(library.folder, (one.uri for one in entries))
        followed = followed_folders(library.folder)
    except UserFacingError as error:
        show_error(error)
        return
    for number, folder in enumerate(followed):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.html(f'<span class="dl-path"><bdi>{escape(str(folder))}</bdi></span>')
            if st.button("Stop following", key=f"stop-{number}", help="Its documents stay in the library."):
                kept = [other for other in followed if other != folder]
                run(partial(_stop_following, library, kept, folder))
    if followed:
        _show_following(library)
    if st.button("Re-index now", disabled=not roots, type="primary"):
        run(partial(_reindex, library, roots, 0))
    kept = st.session_state.get("kept", 0)
    if kept and st.button(f"Remove {counted(kept, 'document')} whose files are gone", key="remove-kept"):
        run(partial(_reindex, library, roots, kept))


def _show_following(library: Library) -> None:
    # Another page may have chosen otherwise since.
    st.session_state["follow"] = is_chosen(library.folder)
    st.toggle(
        "Follow these folders as they change",
        key="follow",
        on_change=_choose,
        args=(library,),
        help="As long as this page's command runs: files are taken in a moment after they were written.",
    )
    try:
        following = keep_following(library)
    except UserFacingError as error:
        show_error(error)
        return
    if following is not None:
        st.html(f'<p class="dl-note">{escape(following.last)}</p>')


def _choose(library: Library) -> None:
    try:
        choose(library.folder, st.session_state["follow"])
    except UserFacingError as error:
        st.session_state["outcome"] = Outcome("This was not done", error=str(error))


def _reindex(library: Library, roots: Sequence[Path], remove: int, on_progress: OnProgress) -> Outcome:
    report = library.sync(roots, on_progress, remove=remove)
    st.session_state["kept"] = len(report.kept)
    return Outcome("Re-indexed", report)


def show_removed(library: Library) -> None:
    """List what can be taken back; nothing when that is nothing."""
    removed = library.removed()
    if not removed:
        return
    st.header("Removed within the last 30 days", anchor=False)
    for one in removed[:REMOVED_LISTED]:
        document = one.document
        with st.container(horizontal=True, vertical_alignment="center"):
            st.html(f'<bdi>{escape(document.title)}</bdi> <span class="dl-quiet">{one.removed_at[:10]}</span>')
            if st.button("Take back", key=f"restore-{document.doc_id}"):
                run(partial(take_back, library, [document.doc_id]))
    if len(removed) > 1 and st.button(f"Take back all {len(removed):,}", key="restore-all"):
        run(partial(take_back, library, [one.document.doc_id for one in removed]))


def _stop_following(library: Library, kept: Sequence[Path], folder: Path, _: OnProgress) -> Outcome:
    keep_followed(library.folder, kept)
    keep_following(library)
    return Outcome(f"{folder} is no longer followed; its documents stay")


def offer_rebuild(rebuild: Callable[[OnProgress], SyncReport]) -> None:
    """Offer to mend the library and to make its search data anew."""
    st.header("Mend and rebuild", anchor=False)
    st.html(
        '<p class="dl-note">Mends what is damaged, and makes the search data anew from the texts in the record, all of '
        "it when another embedding model is set. A file is read only where its text in the record is damaged.</p>"
    )
    if st.button("Rebuild", key="rebuild"):
        run(lambda on_progress: Outcome("Rebuilt", rebuild(on_progress)))
