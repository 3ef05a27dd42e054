"""The page of the documents: what the library holds, and how it comes in and out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import streamlit as st

from index.errors import EmbedderMismatchError, LibraryDamagedError, UserFacingError
from index.load import SUFFIXES
from index.pipeline import Library, OnProgress
from index.records import DocumentState, Version
from index.report import SyncReport
from index.uploads import save_uploads
from ui.document import heading_html, text_html
from ui.editing import show_edit
from ui.reports import Outcome
from ui.shared import counted, escape, show_error, show_style
from ui.upkeep import offer_rebuild, show_reindex, show_removed
from ui.uploads import delete_upload, followed_folders, keep_followed
from ui.work import run, show_outcome

COLLECTION = "Collection, for all of these"
COLLECTION_HELP = "A name to keep them under, so that they can be asked alone. Add them again to change it."


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
    with st.container():  # there also when empty: the tabs keep their place, and so the one that is open
        show_outcome()
    library: Library | None = None
    try:
        library = open_library()
        documents = library.documents()
    except (EmbedderMismatchError, LibraryDamagedError) as error:
        show_error(error)
        offer_rebuild(library.rebuild if library else rebuild_library)
        return
    except UserFacingError as error:
        show_error(error)
        return
    listed, add, maintain = st.tabs(["Documents", "Add documents", "Re-index and repair"], key="tabs")
    with listed:
        _show_documents(library, documents, today())
    with add:
        _show_upload(library)
        _show_add_path(library)
    with maintain:
        show_reindex(library, documents)
        show_removed(library)
        offer_rebuild(library.rebuild)


# What there is


def _show_documents(library: Library, documents: Sequence[DocumentState], today: date) -> None:
    if not documents:
        st.html(
            '<p class="dl-sentences">The library holds no documents yet.</p>'
            '<p class="dl-note">Upload some, or add a folder of this computer, under “Add documents”.</p>'
        )
        return
    passages = sum(state.passages for state in documents)
    where = escape(str(library.folder))
    st.html(f'<p class="dl-meta">{counted(len(documents), "document")}, {counted(passages, "passage")} in {where}</p>')
    shown = _chosen(library, documents, _table(documents, library.generation()))
    if shown is None:
        st.html('<p class="dl-note">Tick a row to read the document and to see where its details were read from.</p>')
        return
    st.html(heading_html(shown, today, library.story_of(shown.document.doc_id)))
    if isinstance(shown, DocumentState):
        with st.container(horizontal=True):
            show_edit(library, shown.document)
            _show_remove(library, shown)
    st.html(text_html(shown.document))


def _table(documents: Sequence[DocumentState], generation: int) -> list[int]:
    """The table of all documents; gives the rows that are ticked."""
    rows = [
        {
            "Title": state.document.title,
            "Outlet": state.document.outlet,
            "Collection": state.document.collection,
            "Author": state.document.author,
            "Published": state.document.published,
            "State": state.state,
            "Passages": state.passages,
            "Added": state.added_at.replace("T", " ").removesuffix("Z").removesuffix("+00:00"),
            "File": state.document.uri,
        }
        for state in documents
    ]
    config = {
        "Title": st.column_config.TextColumn(width=330),
        "Published": st.column_config.DateColumn(format="D MMM YYYY"),
        "Added": st.column_config.TextColumn("Added (UTC)"),
    }
    # A new key with every change of the library: ticks are kept by row, and rows move.
    selected = st.dataframe(
        rows,
        hide_index=True,
        column_config=config,
        key=f"documents-{generation}",
        on_select="rerun",
        selection_mode="single-row",
        placeholder="–",
    )
    return list(selected["selection"]["rows"])


def _chosen(
    library: Library, documents: Sequence[DocumentState], rows: Sequence[int]
) -> DocumentState | Version | None:
    """The ticked document, else the one that the page's address names, which may be an old version."""
    if rows:
        return documents[rows[0]]
    wanted = st.query_params.get("document")
    if not wanted:
        return None
    found = next((state for state in documents if state.document.doc_id == wanted), None) or library.version(wanted)
    if not found:
        st.html(f'<p class="dl-note">The library holds no document {escape(wanted)} any more.</p>')
    return found


def _show_remove(library: Library, state: DocumentState) -> None:
    document = state.document
    with st.popover("Remove this document", icon=":material/delete:"):
        st.html(
            f"<p><b>Remove “<bdi>{escape(document.title)}</bdi>” from the library?</b></p>"
            '<p class="dl-note">Answers will no longer rest on it. A file on this computer stays where it is, and '
            "comes back when a followed folder with it is re-indexed; the copy of an uploaded file is deleted. For 30 "
            "days the document can be taken back under “Re-index and repair”.</p>"
        )
        confirmed = st.button("Yes, remove it", key=f"remove-{document.doc_id}", type="primary")
    if confirmed:
        run(lambda on_progress: _remove(library, state))


def _remove(library: Library, state: DocumentState) -> Outcome:
    removed = library.remove([state.document.doc_id])
    deleted = [uri for uri in removed if delete_upload(library.folder, uri)]
    st.query_params.clear()
    copy = "; its uploaded copy was deleted" if deleted else ""
    return Outcome(f"Removed “{state.document.title}”{copy}")


# What comes in


def _show_upload(library: Library) -> None:
    st.subheader("Upload files", anchor=False)
    round_number = st.session_state.setdefault("uploads", 0)
    with st.form(f"upload-{round_number}"):
        files = st.file_uploader(
            "Files", type=sorted(suffix[1:] for suffix in SUFFIXES), accept_multiple_files=True, key=f"f{round_number}"
        )
        st.html(
            '<p class="dl-note">Only for a single file, and only what the file itself does not say or says wrongly:</p>'
        )
        left, right = st.columns(2)
        typed = {
            "title": left.text_input("Title", key=f"title{round_number}"),
            "outlet": right.text_input("Outlet", key=f"outlet{round_number}"),
            "author": left.text_input("Author", key=f"author{round_number}"),
            "published": right.date_input(
                "Published", value=None, min_value=date(1600, 1, 1), format="YYYY-MM-DD", key=f"date{round_number}"
            ),
        }
        collection = st.text_input(COLLECTION, key=f"collection{round_number}", help=COLLECTION_HELP)
        submitted = st.form_submit_button("Add to the library", type="primary")
    if not submitted:
        return
    given = {name: str(value).strip() for name, value in typed.items() if value and str(value).strip()}
    if not files:
        show_error("No file was chosen. Choose one or several, then add them.")
    elif given and len(files) > 1:
        show_error(
            f"Title, outlet, author and date are for a single file, but {len(files)} were chosen. Empty the fields, or "
            "add the files one by one."
        )
    else:
        given |= _collected(collection)
        st.session_state["uploads"] += 1
        run(lambda on_progress: _add_uploads(library, [(f.name, f.getvalue()) for f in files], given, on_progress))


def _add_uploads(
    library: Library, files: Sequence[tuple[str, bytes]], given: dict[str, str], on_progress: OnProgress
) -> Outcome:
    saved = save_uploads(library.folder, files)
    report = library.add(saved.paths, on_progress, given) if saved.paths else None
    return Outcome("Uploaded", report, tuple(path.name for path in saved.replaced), saved.failed)


def _show_add_path(library: Library) -> None:
    st.subheader("Add from this computer", anchor=False)
    with st.form("path", clear_on_submit=False):
        typed = st.text_input(
            "Path of a file or folder",
            placeholder="~/articles",
            help="The files stay where they are; nothing is copied.",
        )
        collection = st.text_input(COLLECTION, key="collection-path", help=COLLECTION_HELP)
        submitted = st.form_submit_button("Add to the library")
    if not submitted:
        return
    if not typed.strip():
        show_error("No path was given. Write the path of a file or a folder on this computer.")
        return
    path, given = Path(typed.strip()).expanduser().absolute(), _collected(collection)
    run(lambda on_progress: _add_path(library, path, given, on_progress))


def _add_path(library: Library, path: Path, given: dict[str, str], on_progress: OnProgress) -> Outcome:
    report = library.add([path], on_progress, given)
    if path.is_dir():
        keep_followed(library.folder, [*followed_folders(library.folder), path])
    return Outcome(f"Added from {path}", report)


def _collected(collection: str) -> dict[str, str]:
    return {"collection": collection} if collection.strip() else {}
