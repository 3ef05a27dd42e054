"""Opens the record where `DATELINE_RECORD` says that it is kept."""

from __future__ import annotations

import json
import re
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from index.database import FILE
from index.errors import LibraryError

if TYPE_CHECKING:
    from index.record import Record

SQLITE, POSTGRES = "sqlite", "postgresql://"
POINTER = "record.json"
"""File in the library that says in which schema of a server its record is."""
_SCHEMA = re.compile(r"[a-z_][a-z0-9_]{0,62}")


def open_record(name: str, password: str, folder: Path, *, writable: bool = True) -> Record:
    """The record of the library in `folder`.

    Args:
        name: `sqlite`, or `postgresql://USER@HOST/DATABASE`, with `?schema=NAME` to say in which schema.
        password: For a server that asks for one; else empty.
        folder: Of the library.
        writable: Whether it may be made and written.

    Raises:
        LibraryError: If the setting is none, or not the one that the library was made with; if what it needs is not
            installed, or it cannot be opened.
    """
    from index.record import Record

    if name == SQLITE:
        if (folder / POINTER).exists():
            raise LibraryError(
                f"The library in {str(folder)!r} keeps its record on the PostgreSQL server {_pointed(folder)[0]!r}, "
                "but DATELINE_RECORD names none. Set it to that server, or DATELINE_LIBRARY to another folder."
            )
        return Record(folder, writable=writable)
    if not name.startswith(POSTGRES):
        raise LibraryError(
            f"The record is set to {name!r}, which is none. There are sqlite and postgresql://USER@HOST/DATABASE. "
            "Correct DATELINE_RECORD, or unset it for the file in the library."
        )
    if (folder / FILE).exists():
        raise LibraryError(
            f"The library in {str(folder)!r} keeps its record in the file {FILE!r}, but DATELINE_RECORD names a "
            "PostgreSQL server. Unset it, or set DATELINE_LIBRARY to another folder and add your documents there with "
            "`dateline add`."
        )
    try:
        from index.postgres import PostgresSchema
    except ImportError as error:
        raise LibraryError(
            f"The record is set to {name!r}, but the packages for PostgreSQL are not installed: the plain install "
            "leaves them out. Install them: python -m pip install 'dateline[postgres]'. Or unset DATELINE_RECORD."
        ) from error
    address, schema = _parted(name)
    before = _pointed(folder)
    schema = schema or before[1] or f"dateline_{uuid.uuid4().hex[:12]}"
    is_new = writable and before[1] != schema
    database = PostgresSchema(folder, address, password, schema, writable=writable, is_new=is_new)
    if writable and before != (address, schema):
        (folder / POINTER).write_text(json.dumps({"server": address, "schema": schema}), encoding="utf-8")
    return Record(folder, database=database)


def require_file(name: str, what: str) -> None:
    """Raise a LibraryError that says what to take in the place of `what`, where the record is kept on a server."""
    if name != SQLITE:
        raise LibraryError(
            f"`{what}` works on a record in a file, but this one is on a server: {name!r}. Use PostgreSQL's own "
            f"pg_dump and pg_restore with the schema that {POINTER!r} in the library names, and copy the library's "
            "folder beside it."
        )


def _parted(name: str) -> tuple[str, str]:
    """The address, and the schema that it names or nothing."""
    if re.match(r"postgresql://[^/@]*:[^/@]*@", name):
        raise LibraryError(
            "DATELINE_RECORD holds a password, which would be shown in messages. Take it out and set "
            "DATELINE_RECORD_PASSWORD to it, or write it to ~/.pgpass."
        )
    address, _, given = name.partition("?")
    options = [one for one in given.split("&") if one]
    schema = next((one.removeprefix("schema=") for one in options if one.startswith("schema=")), "")
    if schema and not _SCHEMA.fullmatch(schema):
        raise LibraryError(
            f"DATELINE_RECORD names the schema {schema!r}, which cannot be one. Write small letters, digits and _, "
            "first a letter."
        )
    others = "&".join(one for one in options if not one.startswith("schema="))
    return f"{address}?{others}" if others else address, schema


def _pointed(folder: Path) -> tuple[str, str]:
    """Address and schema of the library's record; empty where none was made yet."""
    path = folder / POINTER
    if not path.exists():
        return "", ""
    try:
        pointer = json.loads(path.read_text(encoding="utf-8"))
        if not _SCHEMA.fullmatch(pointer["schema"]):
            raise ValueError(f"{pointer['schema']!r} is no schema")
        return str(pointer["server"]), pointer["schema"]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise LibraryError(
            f"{str(path)!r}, which says where the record of the library is, cannot be read ({error}). Correct it: "
            '{"server": "postgresql://USER@HOST/DATABASE", "schema": "dateline_…"}; the schemas of a database are '
            "listed by psql with \\dn."
        ) from error
