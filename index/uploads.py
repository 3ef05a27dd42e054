"""Uploaded files, kept in the library's own folder for them: which names and contents are taken, and how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from index.backup import UPLOADS
from index.errors import LoadError
from index.files import write_whole
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
    """Keep uploaded files, each as (name, bytes), in the library's folder for them; `/` in a name parts its folders.

    A file that cannot be read as text is refused before it replaces anything, and so is a second one of the same
    name in one go.
    """
    folder = library_folder / UPLOADS
    paths: list[Path] = []
    replaced: list[Path] = []
    failed: list[Failure] = []
    for name, data in files:
        try:
            path = folder / safe_path(name)
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


def safe_path(name: str) -> Path:
    """`name` with the folders before it, each of which is plain as well. Raises LoadError as `safe_name` does."""
    *folders, last = name.split("/")
    return Path(*map(_plain, folders), safe_name(last))


def safe_name(name: str) -> str:
    """`name`, when it names a plain file of a kind that can be read.

    Raises:
        LoadError: If it could lead to another folder, is hidden, too long, or of another kind.
    """
    if Path(_plain(name)).suffix.lower() not in SUFFIXES:
        raise LoadError(
            f"{name!r} is of a type that cannot be read yet. Save it as plain text or as PDF; these can be read: "
            f"{', '.join(sorted(SUFFIXES))}."
        )
    return name


def _plain(name: str) -> str:
    if any(character in name for character in '/\\:*?"<>|') or any(ord(character) < 32 for character in name):
        raise LoadError(f'{name!r} is no plain file name. Rename the file without / \\ : * ? " < > | and try again.')
    if not name or name.startswith(".") or name != name.strip():
        raise LoadError(f"{name!r} begins with a dot, or with or ends in a space. Rename the file and try again.")
    if len(name.encode()) > MAX_NAME_BYTES:
        raise LoadError(
            f"The name {name[:40] + '…'!r} is longer than {MAX_NAME_BYTES} bytes. Shorten it and try again."
        )
    return name


def _save(path: Path, data: bytes) -> bool:
    """Whether other bytes were replaced; all or nothing is written. Raises LoadError."""
    check_readable(data, Path(path.name))
    try:
        before = path.read_bytes() if path.exists() else None
        if before == data:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, data)
    except OSError as error:
        raise LoadError(f"{path.name!r} could not be saved in {str(path.parent)!r}: {error.strerror}.") from error
    return before is not None
