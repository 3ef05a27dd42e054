"""How documents come in on the Library page: uploaded, or read where they lie on this computer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from index.backup import UPLOADS
from index.load import SUFFIXES
from index.pipeline import Library, OnProgress
from index.uploads import save_uploads
from ui.reports import Outcome
from ui.shared import show_error
from ui.uploads import followed_folders, keep_followed
from ui.work import run

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

FILES, FOLDER = "Files", "A folder"
FOLDER_HELP = "With the folders in it; hidden files are passed over. Files of one name in two folders are both taken."
COLLECTION = "Collection, for all of these"
COLLECTION_HELP = "A name to keep them under, so that they can be asked alone. Add them again to change it."


def show_upload(library: Library) -> None:
    """Offer to upload files."""
    st.header("Upload files", anchor=False)
    what = st.radio("What to upload", [FILES, FOLDER], key="upload-what", horizontal=True, label_visibility="collapsed")
    round_number = st.session_state.setdefault("uploads", 0)
    with st.form(f"upload-{round_number}"):
        files = _chosen_files(what == FOLDER, round_number)
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


def _chosen_files(folder: bool, round_number: int) -> list[UploadedFile]:
    """What is chosen or dropped there; of a folder all but hidden files, named with their path in it."""
    if not folder:
        kinds = sorted(suffix[1:] for suffix in SUFFIXES)
        return st.file_uploader("Files", type=kinds, accept_multiple_files=True, key=f"f{round_number}")
    # Of every kind: what cannot be read is told, and not left out in silence.
    found = st.file_uploader("Folder", accept_multiple_files="directory", key=f"d{round_number}", help=FOLDER_HELP)
    return [one for one in found if not any(part.startswith(".") for part in one.name.split("/"))]


def _add_uploads(
    library: Library, files: Sequence[tuple[str, bytes]], given: dict[str, str], on_progress: OnProgress
) -> Outcome:
    saved = save_uploads(library.folder, files)
    report = library.add(saved.paths, on_progress, given) if saved.paths else None
    place = library.folder / UPLOADS
    replaced = tuple(path.relative_to(place).as_posix() for path in saved.replaced)
    return Outcome("Uploaded", report, replaced, saved.failed, given=given)


def show_add_path(library: Library) -> None:
    """Offer to add a file or a folder of this computer."""
    st.header("Add from this computer", anchor=False)
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
    return Outcome(f"Added from {path}", report, given=given)


def _collected(collection: str) -> dict[str, str]:
    return {"collection": collection} if collection.strip() else {}


def try_again(library: Library, outcome: Outcome, on_progress: OnProgress) -> Outcome:
    """Take in what failed, and nothing else, with what was given about it."""
    report = library.add(outcome.again, on_progress, outcome.given or None)
    return Outcome("Tried again", report, given=outcome.given)
