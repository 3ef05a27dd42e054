"""Milvus, and the only file that imports it: a file of milvus-lite, or a server, both by one client.

It is asked by `remote.py`, which holds it to the record. Every call ends: nothing waits for a server without a limit.
"""

from __future__ import annotations

import logging
import os
import threading
from collections import Counter
from pathlib import Path
from typing import Any

from index.collection import ASK_S, MAX_TEXT, WRITE_S, Collection, MilvusError, translated
from index.errors import LibraryError, UserFacingError
from index.record import Embedding

RECONNECT = {"grpc.initial_reconnect_backoff_ms": 100, "grpc.max_reconnect_backoff_ms": 1000}
"""Without it gRPC asks a server that was away for long every two minutes only."""


_files: Counter[str] = Counter()
_files_lock = threading.Lock()


class Milvus:
    """One server or file of Milvus."""

    def __init__(self, address: str, token: str = "") -> None:
        self._file = str(Path(address).expanduser().absolute()) if not address.startswith("http") else None
        self.address = self._file or address
        try:
            kind = _client_class()
        except ImportError as error:
            raise UserFacingError(
                f"The search engine is set to {'milvus:' + address!r}, but the packages for Milvus are not installed: "
                "the plain install leaves them out. Install them: python -m pip install 'dateline[milvus]'. "
                "Or unset DATELINE_ENGINE."
            ) from error
        try:
            with translated():
                if self._file:
                    Path(self._file).parent.mkdir(parents=True, exist_ok=True)
                self._client = kind(self.address, token=token, timeout=ASK_S, grpc_options=RECONNECT)
                self._client.list_collections(timeout=ASK_S)
        except MilvusError as error:
            raise self._not_there(error) from error
        with _files_lock:
            _files[self.address] += 1

    def _not_there(self, error: MilvusError) -> LibraryError:
        if self._file:
            return LibraryError(
                f"The Milvus file {self._file!r} cannot be opened ({error}). Most likely another process has it open, "
                "and a file serves one at a time. Close the other one, or start a server and set "
                "DATELINE_ENGINE=milvus:http://HOST:PORT."
            )
        return LibraryError(
            f"No Milvus answers at {self.address!r} ({error}). The library itself is whole. "
            "Start the server, or unset DATELINE_ENGINE to search without it."
        )

    def close(self) -> None:
        """Let go of the connection, and of the file when nobody else in this process has it."""
        with _files_lock, translated():
            self._client.close()
            _files[self.address] -= 1
            if self._file and not _files[self.address]:
                from milvus_lite.server_manager import server_manager_instance

                server_manager_instance.release_server(self._file)

    def open(self, name: str, embedding: Embedding) -> Collection:
        """An existing collection.

        Raises:
            MilvusError: If it is not there.
            LibraryError: If it is not for vectors of this embedder.
        """
        with translated():
            fields = self._client.describe_collection(name, timeout=ASK_S)["fields"]
            dimension = next((field["params"].get("dim") for field in fields if field["name"] == "dense"), None)
            if dimension is not None and int(dimension) == embedding.dimension:
                self._client.load_collection(name, timeout=WRITE_S)
                return Collection(self._client, name)
        raise LibraryError(
            f"The collection {name!r} in Milvus is for vectors of {dimension} numbers, but those of the library have "
            f"{embedding.dimension}: another program has changed it. Make it anew: dateline rebuild"
        )

    def has(self, name: str) -> bool:
        """Whether there is such a collection."""
        with translated():
            return bool(self._client.has_collection(name, timeout=ASK_S))

    def create(self, name: str, embedding: Embedding) -> Collection:
        """A new, empty collection."""
        with translated():
            schema, indexes = _layout(type(self._client), embedding.dimension)
            self._client.create_collection(name, schema=schema, index_params=indexes, timeout=WRITE_S)
        return self.open(name, embedding)

    def drop(self, name: str) -> None:
        """Delete a collection; an unknown one is no error."""
        with translated():
            self._client.drop_collection(name, timeout=WRITE_S)


def _client_class() -> Any:
    """Milvus's client, silent, and deaf to `.env` files meant for others."""
    before = os.environ.get("PYTHON_DOTENV_DISABLED")
    os.environ["PYTHON_DOTENV_DISABLED"] = "1"
    try:
        from pymilvus import MilvusClient
    finally:
        if before is None:
            del os.environ["PYTHON_DOTENV_DISABLED"]
        else:
            os.environ["PYTHON_DOTENV_DISABLED"] = before
    # What fails is told by our own errors; theirs come with the text of the question.
    for name in ("pymilvus", "milvus_lite"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    return MilvusClient


def _layout(client: Any, dimension: int) -> tuple[Any, Any]:
    """The fields of a collection and their indexes."""
    from pymilvus import DataType, Function, FunctionType

    schema = client.create_schema(auto_id=False, enable_dynamic_field=False)
    for name in ("key", "doc", "stamp"):
        schema.add_field(name, DataType.VARCHAR, is_primary=name == "key", max_length=4096)
    # The words come cut and stemmed from the record, so that all kinds of Milvus index the same.
    analyzer = {"tokenizer": "standard"}
    schema.add_field("words", DataType.VARCHAR, max_length=MAX_TEXT, enable_analyzer=True, analyzer_params=analyzer)
    schema.add_field("dense", DataType.FLOAT_VECTOR, dim=dimension)
    schema.add_field("sparse", DataType.SPARSE_FLOAT_VECTOR)
    bm25 = {"input_field_names": ["words"], "output_field_names": ["sparse"]}
    schema.add_function(Function(name="bm25", function_type=FunctionType.BM25, **bm25))
    indexes = client.prepare_index_params()
    built = {"M": 16, "efConstruction": 200}
    indexes.add_index("dense", index_type="HNSW", metric_type="COSINE", params=built)
    indexes.add_index("sparse", index_type="SPARSE_INVERTED_INDEX", metric_type="BM25")
    indexes.add_index("doc", index_type="INVERTED")
    return schema, indexes
