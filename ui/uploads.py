"""What the app itself keeps beside the library: its copies of uploaded documents, and the list of followed folders."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable
from pathlib import Path

from index.backup import FOLDERS, UPLOADS
from index.errors import LibraryError
from index.files import absolute, container_of, write_whole


def delete_upload(library_folder: Path, uri: str) -> bool:
    """Delete the app's own copy of an uploaded document, and folders that are empty then.

    A file that lies elsewhere is the user's and stays.

    Raises:
        LibraryError: If it cannot be deleted: it would come back at the next re-indexing.
    """
    path, uploads = absolute(uri), absolute(library_folder / UPLOADS)
    if uploads not in path.parents:
        return False
    try:
        path.unlink(missing_ok=True)
        for folder in path.parents:
            if folder == uploads or any(folder.iterdir()):
                break
            folder.rmdir()
    except OSError as error:
        raise LibraryError(
            f"The document was removed, but its uploaded copy {uri!r} could not be deleted ({error.strerror}). "
            "Delete it by hand, or it comes back at the next re-indexing."
        ) from error
    return True


def followed_folders(library_folder: Path) -> list[Path]:
    """Folders that the user had added, in order. Raises LibraryError when the list cannot be read."""
    path = library_folder / FOLDERS
    if not path.exists():
        return []
    try:
        return [Path(folder) for folder in json.loads(path.read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError) as error:
        raise LibraryError(
            f"The list of followed folders in {str(path)!r} cannot be read ({error}). Delete it and add them again."
        ) from error


def keep_followed(library_folder: Path, folders: Collection[Path]) -> None:
    """Write the list of followed folders. Raises LibraryError."""
    path = library_folder / FOLDERS
    try:
        write_whole(path, json.dumps([str(folder) for folder in dict.fromkeys(folders)], indent=1).encode())
    except OSError as error:
        raise LibraryError(
            f"The list of followed folders {str(path)!r} cannot be written: {error.strerror}."
        ) from error


def roots_to_sync(library_folder: Path, uris: Iterable[str]) -> list[Path]:
    """What re-indexing reads: the followed folders, the uploads, and the files that were added one by one.

    Args:
        library_folder: The library's own.
        uris: The absolute paths of all documents.
    """
    folders = followed_folders(library_folder)
    uploads = library_folder / UPLOADS
    if uploads.is_dir():
        folders.append(uploads)
    by_folder: dict[str, list[str]] = {}
    for uri in uris:
        by_folder.setdefault(os.path.dirname(uri), []).append(uri)
    files: dict[str, None] = {}
    for place, inside in by_folder.items():
        if not _lies_in(Path(place), folders):
            container = container_of(Path(inside[0]))
            found = inside if container is None else [str(container)] * (not _lies_in(container, folders))
            files |= dict.fromkeys(found)
    return [*folders, *map(Path, files)]


def _lies_in(path: Path, folders: Collection[Path]) -> bool:
    return any(path.is_relative_to(folder) for folder in folders)
