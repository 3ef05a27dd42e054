"""A library out of the file that `index.backup` made."""

from __future__ import annotations

import json
import shutil
import sqlite3
import zipfile
import zlib
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from index.backup import ABOUT, BESIDE, UPLOADS, back_up, beside, uploads
from index.database import BROKEN, FILE, connect, translated
from index.errors import LibraryDamagedError, LibraryError
from index.integrity import check_file
from index.lock import write_lock
from index.record import Record
from index.schema import SCHEMA_VERSION


@dataclass(frozen=True, slots=True)
class Restored:
    """What came of restoring a backup."""

    documents: int
    made_at: str
    """When the backup was made: UTC, ISO 8601."""
    aside: Path | None
    """Where the library that was there before is kept: itself a backup, or a folder when it was damaged."""


def restore_backup(folder: Path, source: Path) -> Restored:
    """Put the library in the backup `source` in the place of the one in `folder`, which is kept aside in it.

    The record changes in one transaction, so others that have it open see the one or the other. A kill loses nothing:
    what was not yet replaced is as it was, and all that was there is aside by then.

    Raises:
        LibraryError: If `source` is no backup, damaged, or made by a newer Dateline; then nothing is changed.
        LibraryBusyError: If another process is writing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with write_lock(folder):
        unpacked = folder / "restoring"
        shutil.rmtree(unpacked, ignore_errors=True)
        try:
            about = _unpack(source, unpacked)
            documents = _make_ready(unpacked, source, str(about["uploads"]), uploads(folder))
            aside = _keep_aside(folder)
            restored = [path.relative_to(unpacked) for path in beside(unpacked)]
            for name in restored:
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (unpacked / name).replace(folder / name)
            _replace_record(unpacked / FILE, folder / FILE, whole=aside is not None and aside.is_file())
            for path in list(beside(folder)):
                if path.relative_to(folder) not in restored:
                    path.unlink()
        finally:
            shutil.rmtree(unpacked, ignore_errors=True)
    return Restored(documents, str(about["made_at"]), aside)


def _unpack(source: Path, place: Path) -> dict[str, Any]:
    """Unpack the files of a backup, each with its checksum compared; gives what it says about itself."""
    try:
        with zipfile.ZipFile(source) as packed:
            for name in packed.namelist():
                path = PurePosixPath(name)
                upload = len(path.parts) > 1 and path.parts[0] == UPLOADS and ".." not in path.parts
                if not upload and name not in {FILE, ABOUT, *BESIDE}:
                    raise _no_backup(source, f"it holds {name!r}")
                (place / path).parent.mkdir(parents=True, exist_ok=True)
                with packed.open(name) as file, (place / path).open("wb") as out:
                    shutil.copyfileobj(file, out, 1 << 20)
        about: dict[str, Any] = json.loads((place / ABOUT).read_text(encoding="utf-8"))
        if not (place / FILE).is_file() or not {"made_at", "uploads"} <= about.keys():
            raise _no_backup(source, "it lacks the record")
    except FileNotFoundError as error:
        missing = f"There is no file {str(source)!r}. Check the path and its spelling."
        raise (_no_backup(source, "it is incomplete") if source.exists() else LibraryError(missing)) from error
    except OSError as error:
        raise LibraryError(
            f"{str(source)!r} could not be unpacked in {str(place.parent)!r} ({error.strerror}). Nothing was changed. "
            "Check that it may be read, the folder written, and the free space."
        ) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, *BROKEN) as error:
        raise _no_backup(source, error) from error
    return about


def _no_backup(source: Path, why: object) -> LibraryError:
    return LibraryError(
        f"{str(source)!r} is no backup that `dateline backup` made, or it is damaged ({why}). Nothing was changed. "
        "Take another backup."
    )


def _make_ready(place: Path, source: Path, there: str, here: str) -> int:
    """Check an unpacked record and bring it to this format and place; gives the number of its documents.

    Args:
        place: Where it was unpacked.
        source: The backup, for errors.
        there: What the paths of its uploaded documents begin with, and
        here: what they are to begin with.
    """
    try:
        with closing(connect(place / FILE, "mode=rw")) as db:
            (version,) = db.execute("PRAGMA user_version").fetchone()
            if version > SCHEMA_VERSION:
                raise LibraryError(
                    f"The backup {str(source)!r} has the format {version}, and this Dateline knows {SCHEMA_VERSION}: a "
                    "newer Dateline made it. Nothing was changed. Upgrade with `python -m pip install --upgrade "
                    "dateline`."
                )
            if found := check_file(db):
                raise _no_backup(source, found)
        with closing(Record(place)) as record, record.transaction() as db:
            for table in ("documents", "removed"):
                moved = f"UPDATE {table} SET uri = ? || substr(uri, ?) WHERE substr(uri, 1, ?) = ?"
                db.execute(moved, (here, len(there) + 1, len(there), there))
            return int(db.execute("SELECT count(*) FROM documents").fetchone()[0])
    except (sqlite3.Error, LibraryDamagedError) as error:
        raise _no_backup(source, error) from error


def _keep_aside(folder: Path) -> Path | None:
    """Keep the library that is there, as a backup of its own, or file by file where it is damaged."""
    if not (folder / FILE).exists():
        return None
    aside = folder / f"before-restore-{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
    try:
        back_up(folder, aside.with_suffix(".zip"))
        return aside.with_suffix(".zip")
    except LibraryDamagedError:
        aside.mkdir()
        logs = (folder / f"{FILE}{end}" for end in ("", "-wal"))
        for path in [*(log for log in logs if log.is_file()), *beside(folder)]:
            (aside / path.relative_to(folder)).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, aside / path.relative_to(folder))
        return aside


def _replace_record(new: Path, present: Path, *, whole: bool) -> None:
    """Put a record in the place of the one there, through SQLite where that is `whole`."""
    if whole:
        with (
            translated(present),
            closing(connect(new, "mode=rw")) as source,
            closing(connect(present, "mode=rw")) as to,
        ):
            source.backup(to)
        return
    # The log of a damaged record would be played into the new one.
    for end in ("-wal", "-shm"):
        present.with_name(present.name + end).unlink(missing_ok=True)
    new.replace(present)
