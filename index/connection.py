"""Connections to a PostgreSQL server, its errors in words, and the only file that imports SQLAlchemy and psycopg."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
from psycopg.types.string import StrDumperUnknown, TextLoader
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from index.database import damaged
from index.errors import LibraryBusyError, LibraryError
from index.tables import Cursor

CONNECT_S, BUSY_S, LOST_S = 5, 5, 30
"""Seconds to wait for a connection, for another process's transaction, and for a server that fell silent."""
CONNECTIONS = 16
"""Open at once, at most; one more thread waits for one of them."""
NAME = "dateline "
"""What a connection calls itself, before the process and its machine."""
MARK = "\U0010ffff"
"""No character, by Unicode; `0` behind it stands for NUL, which PostgreSQL does not keep, and `1` for itself."""


class Statements:
    """The `Rows` of one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def execute(self, statement: str, given: Sequence[Any] = (), /) -> Cursor:
        """As `Rows.execute`."""
        return self._connection.exec_driver_sql(statement.replace("?", "%s"), tuple(given))

    def executemany(self, statement: str, given: Iterable[Sequence[Any]], /) -> None:
        """As `Rows.executemany`."""
        if rows := [tuple(one) for one in given]:
            self._connection.exec_driver_sql(statement.replace("?", "%s"), rows)


class _Dumper(StrDumperUnknown):
    def dump(self, obj: str) -> Any:
        return super().dump(escaped(obj))


class _Loader(TextLoader):
    def load(self, data: Any) -> str:
        return unescaped(str(super().load(data)))


def escaped(text: str) -> str:
    """A text that PostgreSQL keeps, another one for each."""
    return text.replace(MARK, f"{MARK}1").replace("\0", f"{MARK}0") if MARK in text or "\0" in text else text


def unescaped(text: str) -> str:
    """The text that was `escaped`."""
    return text.replace(f"{MARK}0", "\0").replace(f"{MARK}1", MARK) if MARK in text else text


def make_engine(address: str, password: str, schema: str) -> Engine:
    """Makes connections to a schema, each tried before it is used again. Raises LibraryError for what is no address."""
    try:
        url = make_url(address).set(drivername="postgresql+psycopg")
    except (ArgumentError, ValueError) as error:
        raise LibraryError(
            f"The record is set to {address!r}, which is no address ({error}). "
            "Correct DATELINE_RECORD: postgresql://USER@HOST/DATABASE."
        ) from error
    engine = create_engine(
        url.set(password=password) if password else url,
        isolation_level="AUTOCOMMIT",  # what belongs together says BEGIN itself
        pool_pre_ping=True,
        pool_size=CONNECTIONS,
        max_overflow=0,
        use_native_hstore=False,
        connect_args={
            "application_name": f"{NAME}{os.getpid()} on {socket.gethostname()}"[:63],
            "client_encoding": "utf8",
            "connect_timeout": CONNECT_S,
            "tcp_user_timeout": 1000 * LOST_S,
            "options": f"-csearch_path={schema} -clock_timeout={1000 * BUSY_S}",
        },
    )
    event.listen(engine, "connect", _adapt)
    return engine


def _adapt(connection: psycopg.Connection[Any], _record: object) -> None:
    connection.adapters.register_dumper(str, _Dumper)
    connection.adapters.register_loader("text", _Loader)


def lock(connection: Connection, key: int, wait_s: float) -> bool:
    """Whether this connection has the server's advisory lock now: until `unlock`, or until the connection breaks."""
    db = Statements(connection)
    if db.execute("SELECT pg_try_advisory_lock(?)", (key,)).fetchone()[0]:
        return True
    if not wait_s:
        return False
    db.execute(f"SET lock_timeout = {int(1000 * wait_s)}")
    try:
        db.execute("SELECT pg_advisory_lock(?)", (key,))
        return True
    except DBAPIError as error:
        if not _is_busy(error):
            raise
        return False
    finally:
        if not connection.invalidated:
            db.execute("RESET lock_timeout")


def unlock(connection: Connection, key: int) -> None:
    """Let go of the lock."""
    # A connection that broke holds none any more.
    with suppress(DBAPIError):
        if not connection.invalidated:
            Statements(connection).execute("SELECT pg_advisory_unlock(?)", (key,))


def holder(connection: Connection, key: int) -> str:
    """The process that has the lock, and its machine."""
    rows = Statements(connection).execute(
        "SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory' "
        "AND granted AND (CAST(classid AS BIGINT) << 32) | CAST(objid AS BIGINT) = ?",
        (key,),
    )
    return next((str(name).removeprefix(NAME) for (name,) in rows if name), "unknown")


@contextmanager
def translated(place: Path | str) -> Iterator[None]:
    """Turns what SQLAlchemy raises about the schema `place` into `LibraryError`."""
    try:
        yield
    except DBAPIError as error:
        raise _library_error(error, str(place)) from error
    except SQLAlchemyError as error:
        raise _away(str(place), error) from error


def _is_busy(error: DBAPIError) -> bool:
    """Whether the server gave up waiting for another process, or ended one of two that waited for each other.

    Source: postgresql.org/docs/current/errcodes-appendix.html; so the other codes here.
    """
    return _code(error) in {"55P03", "40P01", "40001"}


def _code(error: DBAPIError) -> str:
    return getattr(error.orig, "sqlstate", None) or ""


def _library_error(error: DBAPIError, place: str) -> LibraryError:
    code, said = _code(error), " ".join(str(error.orig).split())
    if _is_busy(error):
        return LibraryBusyError(
            f"The record {place!r} stayed locked for {BUSY_S} s: another process is writing to it. "
            "Wait until it has finished and try again."
        )
    if error.connection_invalidated or code[:2] in {"", "08", "57"}:
        return _away(place, said)
    if code == "53100":
        return LibraryError(
            f"The record {place!r} could not be written: the disk of the server is full. Nothing was lost; what was "
            "not finished is undone. Free some space there and run the same again."
        )
    if code == "42501":
        return LibraryError(
            f"The record {place!r} could not be opened or written ({said}): its user may not do that. "
            "Have the rights granted, or set DATELINE_RECORD to another user or database."
        )
    if code in {"42P01", "42703"}:
        return damaged(place, said)
    return LibraryError(
        f"The record {place!r} could not be read or written ({code}: {said}). "
        "Nothing was lost; what was not finished is undone. Look into the log of the server and try again."
    )


def _away(place: str, said: object) -> LibraryError:
    return LibraryError(
        f"The PostgreSQL server with the record {place!r} did not answer, or refused ({said}). Nothing was lost; what "
        "was not finished is undone. Check that it runs, DATELINE_RECORD and DATELINE_RECORD_PASSWORD, and run the "
        "same again."
    )
