"""Files of the library that the app itself keeps: uploaded documents, and the list of followed folders."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.backup import FOLDERS, UPLOADS
from index.errors import LibraryError, LoadError
from index.files import container_of
from index.load import SUFFIXES, check_readable
from index.records import Failure

MAX_NAME_BYTES = 200


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of uploaded files: where they lie now, those that replaced an earlier one, those refused."""

    paths: tuple[Path, ...]
    replaced: tuple[Path, ...]
    failed: tuple[Failure, ...]


def save_uploads(library_folder: Path, files: Sequence[tuple[str, bytes]]) -> Saved:
    """Keep uploaded files, each as (name, bytes), in the library's folder for them.

    A file that cannot be read as text is refused before it replaces anything, and so is a second one of the same
    name in one go.
    """
    folder = library_folder / UPLOADS
    paths: list[Path] = []
    replaced: list[Path] = []
    failed: list[Failure] = []
    for name, data in files:
        try:
            path = folder / safe_name(name)
            if path in paths:
                raise LoadError(
                    f"Two of these files are called {name!r}, and one would take the other's place. Rename one, or "
                    "upload them one after the other."
                )
            if _save(path, data):
                replaced.append(path)
            paths.append(path)
        except LoadError as error:
            failed.append(Failure(name, str(error)))
    return Saved(tuple(paths), tuple(replaced), tuple(failed))


def safe_name(name: str) -> str:
    """`name`, when it names a plain file of a kind that can be read.

    Raises:
        LoadError: If it could lead to another folder, is hidden, too long, or of another kind.
    """
    if any(character in name for character in '/\\:*?"<>|') or any(ord(character) < 32 for character in name):
        raise LoadError(f'{name!r} is no plain file name. Rename the file without / \\ : * ? " < > | and try again.')
    if not name or name.startswith(".") or name != name.strip():
        raise LoadError(f"{name!r} begins with a dot, or with or ends in a space. Rename the file and try again.")
    if len(name.encode()) > MAX_NAME_BYTES:
        raise LoadError(
            f"The name {name[:40] + '…'!r} is longer than {MAX_NAME_BYTES} bytes. Shorten it and try again."
        )
    if Path(name).suffix.lower() not in SUFFIXES:
        raise LoadError(
            f"{name!r} is of a type that cannot be read yet. Save it as plain text or as PDF; these can be read: "
            f"{', '.join(sorted(SUFFIXES))}."
        )
    return name


def _save(path: Path, data: bytes) -> bool:
    """Whether other bytes were replaced; all or nothing is written. Raises LoadError."""
    check_readable(data, Path(path.name))
    try:
        before = path.read_bytes() if path.exists() else None
        if before == data:
            return False
        path.parent.mkdir(exist_ok=True)
        _write(path, data)
    except OSError as error:
        raise LoadError(f"{path.name!r} could not be saved in {str(path.parent)!r}: {error.strerror}.") from error
    return before is not None


def _write(path: Path, data: bytes) -> None:
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as unfinished:
        unfinished.write(data)
    os.replace(unfinished.name, path)


def delete_upload(library_folder: Path, uri: str) -> bool:
    """Delete the app's own copy of an uploaded document; a file that lies elsewhere is the user's and stays.

    Raises:
        LibraryError: If it cannot be deleted: it would come back at the next re-indexing.
    """
    path = Path(uri)
    if path.parent != library_folder / UPLOADS:
        return False
    try:
        path.unlink(missing_ok=True)
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
        _write(path, json.dumps([str(folder) for folder in dict.fromkeys(folders)], indent=1).encode())
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
