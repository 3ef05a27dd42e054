"""Opens the search engine that `DATELINE_ENGINE` names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import LibraryError

if TYPE_CHECKING:
    from index.engine import Engine
    from index.record import Record

LOCAL, MILVUS = "local", "milvus:"


def open_engine(name: str, token: str, folder: Path, record: Record) -> Engine:
    """The engine `name` of the library in `folder`.

    Args:
        name: `local`, `milvus:FILE.db`, or `milvus:http://HOST:PORT`.
        token: For a Milvus server that asks for one; else empty.
        folder: Of the library.
        record: Of the library, open.

    Raises:
        LibraryError: If there is no such engine, its packages are not installed, or it does not answer.
    """
    address = name.removeprefix(MILVUS)
    if name == LOCAL:
        from index.local import LocalEngine

        return LocalEngine(folder, record)
    scheme, told, _ = address.partition("://")
    if name.startswith(MILVUS) and ((told and scheme in {"http", "https"}) or address.endswith(".db")):
        from index.milvus import Milvus
        from index.remote import RemoteEngine

        return RemoteEngine(folder, record, Milvus(address, token))
    raise LibraryError(
        f"The search engine is set to {name!r}, which is none. There are local, milvus:FILE.db and "
        "milvus:http://HOST:PORT. Correct DATELINE_ENGINE, or unset it for the local one."
    )
