"""The page of the documents: what the library holds, and how it comes in and out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

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
    listed, add, maintain = st.tabs(["Documents", "Add documents", "Re-index and repair"], key="tabs")
    with listed:
        show_documents(library, entries, today())
    with add:
        show_upload(library)
        show_add_path(library)
    with maintain:
        show_reindex(library, entries)
        show_removed(library)
        offer_rebuild(library.rebuild)


def _do(library: Library, asked: Asked) -> None:
    """Do what the user wants done about what was done last."""
    what, outcome = asked
    run(partial(try_again, library, outcome) if what == AGAIN else partial(take_back, library, outcome.undo))
