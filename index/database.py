"""The SQLite file under the record: how it is opened, also in an older format, and its errors in words."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import LibraryBusyError, LibraryDamagedError, LibraryError
from index.schema import READ, SCHEMA_VERSION, STEPS

FILE = "record.sqlite3"
BUSY_TIMEOUT_S = 5.0
_DAMAGED = ("SQLITE_NOTADB", "SQLITE_CORRUPT", "SQLITE_FORMAT")
_LACKS = re.compile(r"no such (?:table|column|view|index)|malformed|could not decode|missing (?:row|from)", re.I)
"""What SQLite says without a code of its own where a table is gone, or holds bytes that are no text."""
BROKEN = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError)
"""What reading a row raises whose contents are not what was written."""


def open_database(path: Path, *, writable: bool) -> sqlite3.Connection:
    """A connection to the record in `path`, created there if it is missing and `writable`.

    Raises:
        LibraryError: If it is missing, damaged, made by a newer Dateline, or cannot be read.
    """
    if not writable and not path.is_file():
        raise LibraryError(
            f"There is no library in {str(path.parent)!r}, and the folder is read-only, so none can be made. "
            "Set DATELINE_LIBRARY to another folder."
        )
    with translated(path), reading(path):
        connection = connect(path, "mode=rwc") if writable else _connect_to_read(path)
        try:
            _prepare(connection, path, writable)
        except BaseException:
            connection.close()
            raise
        return connection


def _prepare(connection: sqlite3.Connection, path: Path, writable: bool) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    if writable:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("BEGIN IMMEDIATE")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version < SCHEMA_VERSION:
            _execute(connection, STEPS[version])
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.execute("COMMIT")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    _execute(connection, READ.get(version, ""))
    if version > SCHEMA_VERSION:
        raise newer(path.parent, version)


def newer(folder: Path, version: object) -> LibraryError:
    """The error that says that this Dateline is too old for the library in `folder`."""
    return LibraryError(
        f"The library in {str(folder)!r} has the format {version}, and this Dateline knows {SCHEMA_VERSION}: "
        "a newer Dateline made it. Upgrade with `python -m pip install --upgrade dateline`."
    )


def _execute(connection: sqlite3.Connection, statements: str) -> None:
    # Not `executescript`, which would end the transaction.
    for statement in filter(str.strip, statements.split(";\n")):
        connection.execute(statement)


def connect(path: Path, mode: str) -> sqlite3.Connection:
    # Serialised by SQLite and by the record's own lock, so that Streamlit's threads may share it.
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?{mode}",
        uri=True,
        timeout=BUSY_TIMEOUT_S,
        isolation_level=None,
        check_same_thread=False,
    )


def _connect_to_read(path: Path) -> sqlite3.Connection:
    """A connection that never writes, also where SQLite cannot put the shared memory of its WAL."""
    connection = connect(path, "mode=ro")
    try:
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        return connection
    except sqlite3.OperationalError:
        connection.close()
        wal = path.with_name(path.name + "-wal")
        # `immutable` leaves the WAL out, so it may only be said where the WAL holds nothing.
        if wal.is_file() and wal.stat().st_size:
            raise
    return connect(path, "immutable=1")


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turns SQLite's errors about the file `path` into `LibraryError`."""
    try:
        yield
    except sqlite3.Error as error:
        raise _library_error(error, path) from error


@contextmanager
def reading(place: Path | str) -> Iterator[None]:
    """Turns what reading rows raises that do not hold what was written into `LibraryDamagedError`."""
    try:
        yield
    except BROKEN as error:
        raise damaged(place, f"{type(error).__name__}: {error}") from error


def damaged(place: Path | str, found: object) -> LibraryDamagedError:
    """The error that says that the record in `place` is damaged, and what mends it."""
    return LibraryDamagedError(
        f"The record {str(place)!r} is damaged ({found}). Your own files are not touched by this. `dateline doctor` "
        "says what is damaged, and `dateline rebuild` mends it from the texts that it holds. Where that fails, put a "
        "backup in its place, or move it away and add your folders again with `dateline add`."
    )


def _library_error(error: sqlite3.Error, path: Path) -> LibraryError:
    code = getattr(error, "sqlite_errorname", "") or ""
    where = repr(str(path))
    if code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return LibraryBusyError(
            f"The record {where} stayed locked for {BUSY_TIMEOUT_S:.0f} s: another process is writing to it. "
            "Wait until it has finished and try again."
        )
    if code.startswith("SQLITE_FULL"):
        return LibraryError(
            f"The record {where} could not be written: the disk is full. Nothing was lost; what was not finished is "
            "undone. Free some space and run the same again."
        )
    if code.startswith(("SQLITE_READONLY", "SQLITE_PERM", "SQLITE_CANTOPEN", "SQLITE_AUTH")):
        return LibraryError(
            f"The record {where} could not be opened or written ({error}): the folder is read-only or not yours. "
            "Make it writable, or set DATELINE_LIBRARY to another folder."
        )
    if code.startswith(_DAMAGED) or (isinstance(error, sqlite3.OperationalError) and _LACKS.search(str(error))):
        return damaged(path, error)
    return LibraryError(
        f"The record {where} could not be read or written ({code or type(error).__name__}: {error}). "
        "Check the disk and the folder's permissions and try again."
    )
