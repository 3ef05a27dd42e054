"""Which fields of JSON records the user says hold the text, the title, the day: kept for the paths it was said about.

What is said about a folder holds for all in it, also for files that come later; what is said about a file or an inner
folder comes before it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path

from index.access import Access, set_meta
from index.errors import LibraryError
from index.files import SEVERAL, absolute

_KEY = "fields "
"""What the path stands behind, among what is known of the whole record."""
_ROWS = f"SELECT key, value FROM meta WHERE substr(key, 1, {len(_KEY)}) = '{_KEY}'"
Said = dict[str, dict[str, str]]
"""Keys of records by fields of a document, by path; an empty key for a field that is found by customary names again."""


def read_fields(written: Sequence[str]) -> dict[str, str]:
    """Keys of records by fields of a document, out of `text=corpo` each. Raises LibraryError."""
    from index.load.articles import NAMES

    fields: dict[str, str] = {}
    for each in written:
        field, equals, key = (part.strip() for part in each.partition("="))
        if not equals or field not in NAMES:
            raise LibraryError(
                f"--field {each!r} does not say what is where in a record, so nothing was added. Write one of "
                f"{', '.join(NAMES)}, =, and the record's key: --field text=body; for a key inside another --field "
                "published=meta.date."
            )
        if field in fields:
            raise LibraryError(f"--field {field} is given twice, so nothing was added. Give one key for it.")
        fields[field] = key
    return fields


def said_about(record: Access) -> Said:
    """All that was said."""
    return {key.removeprefix(_KEY): json.loads(value) for key, value in record.read(_ROWS)}


def copy_fields(damaged: sqlite3.Connection, record: Access) -> None:
    """Take over what was said from a damaged record. Raises an error of SQLite where that cannot be read."""
    rows = dict(damaged.execute(_ROWS).fetchall())
    with record.transaction() as db:
        set_meta(db, **rows)


def note_fields(record: Access, paths: Sequence[str | Path], fields: Mapping[str, str]) -> None:
    """Keep what is said about these paths, beside what was said about other fields before. Raises LibraryError."""
    said = said_about(record)
    named = [path for path in map(absolute, paths) if path.exists()]
    for path in named:
        if path.is_file() and path.suffix.lower() not in SEVERAL:
            raise LibraryError(
                f"--field names fields of JSON lines, but {str(path)!r} holds none, so nothing was added. Leave it "
                "out, or give the file's name the ending .jsonl."
            )
    with record.transaction() as db:
        set_meta(db, **{f"{_KEY}{path}": json.dumps({**said.get(str(path), {}), **fields}) for path in named})


def fields_for(path: Path, said: Said) -> str:
    """What was said about a file and the folders that it lies in, as `index.load` takes it; empty for nothing."""
    fields: dict[str, str] = {}
    for one in (*reversed(path.parents), path):
        fields |= said.get(str(one), {})
    named = {field: key for field, key in fields.items() if key}
    return json.dumps(named, sort_keys=True) if named else ""
