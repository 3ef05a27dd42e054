"""A whole library in one file.

A backup is a zip of the record, as SQLite copies it while others read and write, and of what the page keeps beside it.
Chroma's copy of the vectors is left out: it is made from the record.
"""

from __future__ import annotations

import json
import os
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from index.database import FILE, damaged, open_database, translated
from index.errors import LibraryError
from index.integrity import check_file

ABOUT = "backup.json"
UPLOADS = "uploads"
"""Folder in the library with the page's own copies of uploaded files."""
FOLDERS, FOLLOW = "folders.json", "follow.json"
"""Files in the library in which the page keeps which folders are followed, and whether as they change."""
HISTORY, MARKED = "history.sqlite3", "marked.jsonl"
"""Files in the library with what was asked, and which answers were called wrong."""
BESIDE = (FOLDERS, FOLLOW, HISTORY, MARKED)


def back_up(folder: Path, target: Path) -> int:
    """Write the library in `folder` to the new file `target`; gives the number of its documents.

    Others may read and write meanwhile: the record is copied as it is at one moment.

    Raises:
        LibraryDamagedError: If the record is damaged: such a backup would help nobody.
        LibraryError: If there is no library, `target` is there already, or cannot be written.
    """
    if not (folder / FILE).is_file():
        raise LibraryError(f"There is no library in {str(folder)!r} to back up. Check DATELINE_LIBRARY.")
    with written(target) as unfinished:
        copy = unfinished.with_name(FILE)
        about = {"made_at": datetime.now(UTC).isoformat(timespec="seconds"), **_copy_record(folder, copy)}
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
            packed.writestr(ABOUT, json.dumps(about | {"uploads": uploads(folder)}, indent=1))
            packed.write(copy, FILE)
            for path in beside(folder):
                packed.write(_at_rest(path, unfinished), path.relative_to(folder))
    return int(about["documents"])


@contextmanager
def written(target: Path, *, replace: bool = False) -> Iterator[Path]:
    """A file to write beside `target`, which takes its place in the end, whole or not at all.

    Args:
        replace: Whether a file in its place gives way; else that is refused.

    Raises:
        LibraryError: If there is something in its place, or it cannot be written.
    """
    if target.exists() and not replace:
        raise LibraryError(f"There is a file {str(target)!r} already, and it is not overwritten. Give another name.")
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name[:40]}-") as place:
            unfinished = Path(place) / "unfinished"
            yield unfinished
            with unfinished.open("rb+") as file:
                os.fsync(file.fileno())
            unfinished.replace(target)
    except OSError as error:
        raise LibraryError(
            f"{str(target)!r} could not be written ({error.strerror or error}). Nothing is left of it. Check that its "
            "folder is there and may be written, and the free space."
        ) from error


def beside(folder: Path) -> Iterator[Path]:
    """What there is beside the record that nothing else is made from."""
    yield from (folder / name for name in BESIDE if (folder / name).is_file())
    place = folder / UPLOADS
    if place.is_dir():
        yield from sorted(
            path
            for path in place.rglob("*")
            if path.is_file() and not any(part.startswith(".") for part in path.relative_to(place).parts)
        )


def _at_rest(path: Path, place: Path) -> Path:
    """The file, or of a database a copy beside `place` as it is at one moment; a damaged one goes as it is."""
    if path.name != HISTORY:
        return path
    copy = place.with_name(path.name)
    try:
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as there:
            source.backup(there)
    except sqlite3.Error:
        return path
    return copy


def uploads(folder: Path) -> str:
    """What the paths of uploaded documents begin with."""
    return f"{folder / UPLOADS}{os.sep}"


def _copy_record(folder: Path, copy: Path) -> dict[str, Any]:
    """Copy the record as it is at one moment; gives its format and the number of its documents."""
    with (
        closing(open_database(folder / FILE, writable=False)) as source,
        closing(sqlite3.connect(copy)) as there,
        translated(folder / FILE),
    ):
        source.backup(there)
        # One file, without a log beside it.
        there.execute("PRAGMA journal_mode = DELETE")
        if found := check_file(there):
            raise damaged(folder / FILE, found)
        (version,) = there.execute("PRAGMA user_version").fetchone()
        (documents,) = there.execute("SELECT count(*) FROM documents").fetchone()
    return {"format": version, "documents": documents}
