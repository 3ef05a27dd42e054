"""The page of the documents: what the library holds, and how it comes in and out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from pathlib import Path

import streamlit as st

from index.errors import EmbedderMismatchError, LibraryDamagedError, UserFacingError
from index.load import SUFFIXES
from index.pipeline import Library, OnProgress
from index.records import DocumentState
from index.report import SyncReport
from ui.document import heading_html, text_html
from ui.reports import Outcome, outcome_html, outcome_words
from ui.shared import counted, escape, escape_markdown, show_error, show_style
from ui.uploads import delete_upload, followed_folders, keep_followed, roots_to_sync, save_uploads

Work = Callable[[OnProgress], Outcome]
COLLECTION = "Collection, for all of these"
REMOVED_LISTED = 20
"""Removed documents with a button each; the others come back with all."""
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
        _show_outcome()
    library: Library | None = None
    try:
        library = open_library()
        documents = library.documents()
    except (EmbedderMismatchError, LibraryDamagedError) as error:
        show_error(error)
        _offer_rebuild(library.rebuild if library else rebuild_library)
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
        _show_reindex(library, documents)
        _show_removed(library)
        _offer_rebuild(library.rebuild)


# What was done last


def _run(work: Work) -> None:
    """Do `work` with a progress bar, then draw the page anew with what came of it."""
    bar = st.progress(0.0, text="Starting…")

    def on_progress(done: int, total: int, uri: str) -> None:
        text = f"{done:,} of {total:,} files: {Path(uri).name}"
        bar.progress(done / total if total else 1.0, text=escape_markdown(text))

    try:
        outcome = work(on_progress)
    except UserFacingError as error:
        outcome = Outcome("This was not done", error=str(error))
    st.session_state["outcome"] = outcome
    st.rerun()


def _show_outcome() -> None:
    outcome: Outcome | None = st.session_state.pop("outcome", None)
    if outcome is None:
        return
    # Also where it is seen when the page is scrolled down.
    st.toast(escape_markdown(outcome_words(outcome)))
    if outcome.error is not None:
        show_error(outcome.error)
    else:
        st.html(outcome_html(outcome))


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
    shown = _chosen(documents, _table(documents, library.generation()))
    if shown is None:
        st.html('<p class="dl-note">Tick a row to read the document and to see where its details were read from.</p>')
        return
    st.html(heading_html(shown, today))
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


def _chosen(documents: Sequence[DocumentState], rows: Sequence[int]) -> DocumentState | None:
    """The ticked document, else the one that the page's address names."""
    if rows:
        return documents[rows[0]]
    wanted = st.query_params.get("document")
    found = next((state for state in documents if state.document.doc_id == wanted), None)
    if wanted and not found:
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
        _run(lambda on_progress: _remove(library, state))


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
        _run(lambda on_progress: _add_uploads(library, [(f.name, f.getvalue()) for f in files], given, on_progress))


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
    _run(lambda on_progress: _add_path(library, path, given, on_progress))


def _add_path(library: Library, path: Path, given: dict[str, str], on_progress: OnProgress) -> Outcome:
    report = library.add([path], on_progress, given)
    if path.is_dir():
        keep_followed(library.folder, [*followed_folders(library.folder), path])
    return Outcome(f"Added from {path}", report)


def _collected(collection: str) -> dict[str, str]:
    return {"collection": collection} if collection.strip() else {}


# What is kept up to date


def _show_reindex(library: Library, documents: Sequence[DocumentState]) -> None:
    st.subheader("Re-index", anchor=False)
    st.html(
        '<p class="dl-note">Reads the followed folders, the uploads and the files added one by one again: new and '
        "changed files are taken in, and documents whose files are gone from a folder are removed. Where many are gone "
        "at once, its disk may not be connected: then it says so and keeps them.</p>"
    )
    try:
        roots = roots_to_sync(library.folder, documents)
        followed = followed_folders(library.folder)
    except UserFacingError as error:
        show_error(error)
        return
    for number, folder in enumerate(followed):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.html(f'<span class="dl-path"><bdi>{escape(str(folder))}</bdi></span>')
            if st.button("Stop following", key=f"stop-{number}", help="Its documents stay in the library."):
                kept = [other for other in followed if other != folder]
                _run(partial(_stop_following, library, kept, folder))
    if st.button("Re-index now", disabled=not roots, type="primary"):
        _run(partial(_reindex, library, roots, 0))
    kept = st.session_state.get("kept", 0)
    if kept and st.button(f"Remove {counted(kept, 'document')} whose files are gone", key="remove-kept"):
        _run(partial(_reindex, library, roots, kept))


def _reindex(library: Library, roots: Sequence[Path], remove: int, on_progress: OnProgress) -> Outcome:
    report = library.sync(roots, on_progress, remove=remove)
    st.session_state["kept"] = len(report.kept)
    return Outcome("Re-indexed", report)


def _show_removed(library: Library) -> None:
    removed = library.removed()
    if not removed:
        return
    st.subheader("Removed within the last 30 days", anchor=False)
    for one in removed[:REMOVED_LISTED]:
        document = one.document
        with st.container(horizontal=True, vertical_alignment="center"):
            st.html(f'<bdi>{escape(document.title)}</bdi> <span class="dl-quiet">{one.removed_at[:10]}</span>')
            if st.button("Take back", key=f"restore-{document.doc_id}"):
                _run(partial(_restore, library, [document.doc_id]))
    if len(removed) > 1 and st.button(f"Take back all {len(removed):,}", key="restore-all"):
        _run(partial(_restore, library, [one.document.doc_id for one in removed]))


def _restore(library: Library, doc_ids: Sequence[str], on_progress: OnProgress) -> Outcome:
    return Outcome(f"Took back {counted(len(library.restore(doc_ids, on_progress)), 'document')}")


def _stop_following(library: Library, kept: Sequence[Path], folder: Path, _: OnProgress) -> Outcome:
    keep_followed(library.folder, kept)
    return Outcome(f"{folder} is no longer followed; its documents stay")


def _offer_rebuild(rebuild: Callable[[OnProgress], SyncReport]) -> None:
    st.subheader("Mend and rebuild", anchor=False)
    st.html(
        '<p class="dl-note">Mends what is damaged, and makes the search data anew from the texts in the record, all of '
        "it when another embedding model is set. A file is read only where its text in the record is damaged.</p>"
    )
    if st.button("Rebuild", key="rebuild"):
        _run(lambda on_progress: Outcome("Rebuilt", rebuild(on_progress)))
