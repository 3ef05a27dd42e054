"""The page of the documents: what the library holds, and how it comes in and out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from index.errors import EmbedderMismatchError, LibraryDamagedError, UserFacingError
from index.pipeline import Library, OnProgress
from index.report import SyncReport
from ui.adding import show_add_path, show_upload, try_again
from ui.listing import show_documents
from ui.removing import take_back
from ui.shared import show_error, show_style
from ui.upkeep import offer_rebuild, show_reindex, show_removed
from ui.work import AGAIN, Asked, run, show_outcome

if TYPE_CHECKING:
    from streamlit.elements.lib.mutable_tab_container import TabContainer


ADD, MAINTAIN = "Add documents", "Re-index and repair"
TABS = ("Documents", ADD, MAINTAIN)
SEEN = "tabs-seen"
"""Of the session: the tabs that were open."""


def library_page(
    open_library: Callable[[], Library],
    rebuild_library: Callable[[OnProgress], SyncReport],
    today: Callable[[], date] = date.today,
) -> None:
    """Show the page.

    Args:
        open_library: Gives the library, the same one at every run.
        rebuild_library: Makes the vectors anew where `open_library` says that another embedder made them.
        today: The day from which ages are counted.
    """
    show_style()
    st.title("Library", anchor=False)
    told = st.container()  # there also when empty: the tabs keep their place, and so the one that is open
    with told:
        asked = show_outcome()
    library: Library | None = None
    try:
        library = open_library()
        entries = library.entries()
    except (EmbedderMismatchError, LibraryDamagedError) as error:
        show_error(error)
        offer_rebuild(library.rebuild if library else rebuild_library)
        return
    except UserFacingError as error:
        show_error(error)
        return
    if asked:
        with told:
            _do(library, asked)
    listed, add, maintain = st.tabs(TABS, key="tabs", on_change="rerun")
    with listed:
        show_documents(library, entries, today())
    if _was_open(add, ADD):
        with add:
            show_upload(library)
            show_add_path(library)
    if _was_open(maintain, MAINTAIN):
        with maintain:
            show_reindex(library, entries)
            show_removed(library)
            offer_rebuild(library.rebuild)


def _was_open(tab: TabContainer, name: str) -> bool:
    """Whether the tab is open, or was in this session.

    A browser takes as long for what is hidden as for what is seen; what was seen once stays, with what was typed there.
    """
    seen: set[str] = st.session_state.setdefault(SEEN, set())
    if tab.open:
        seen.add(name)
    return name in seen


def _do(library: Library, asked: Asked) -> None:
    """Do what the user wants done about what was done last."""
    what, outcome = asked
    run(partial(try_again, library, outcome) if what == AGAIN else partial(take_back, library, outcome.undo))
