"""Chroma, and the only file that imports it: a folder of vectors that may be thrown away at any time.

It is asked by `dense.py`, which holds it to the record.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.record import Embedding

MAX_BATCH = 2000
EF_SEARCH = 800
"""Candidates that the graph keeps while it searches: of the 40 nearest of 200,000 made passages it finds 89% at 10 ms,
with Chroma's own 100 63% at 2.4 ms."""


class ChromaError(Exception):
    """Chroma failed, for whatever reason: the record is searched, and Chroma made anew by the next writer."""


class ChromaStore:
    """The vectors of one embedder in one folder of Chroma, each with its stamp."""

    def __init__(self, folder: Path, embedding: Embedding, *, create: bool = True) -> None:
        self.folder, self.embedding = folder, embedding
        self.version: str | None = None
        """The record's version that it equals; kept here for `dense.py`."""
        if not create and not folder.is_dir():
            raise ChromaError("its folder is missing")
        with _translated():
            self._client = open_client(folder)
        try:
            with _translated(), warnings.catch_warnings():
                # Chroma 1.5.9 calls a collection without an embedding function of its own a legacy.
                warnings.filterwarnings("ignore", "legacy embedding function", DeprecationWarning)
                self._collection = self._client.get_or_create_collection(
                    _collection_name(embedding),
                    configuration={"hnsw": {"space": "cosine", "ef_search": EF_SEARCH}},
                    embedding_function=None,
                )
                # An existing collection keeps its own space and says nothing.
                space = self._collection.configuration_json["hnsw"]["space"]
                self.batch = min(MAX_BATCH, self._client.get_max_batch_size())
            if space != "cosine":
                raise ChromaError(f"its collection measures {space!r}, not the cosine")
        except ChromaError:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the files."""
        with _translated():
            self._client.close()

    def query(self, vector: NDArray[np.float32], k: int) -> list[tuple[str, float]]:
        """Ids of the `k` nearest passages and their cosine, nearest first."""
        with _translated():
            found = self._collection.query(query_embeddings=[vector], n_results=k, include=["distances"])
        return [(i, 1.0 - float(d)) for i, d in zip(found["ids"][0], found["distances"][0], strict=True)]

    def stamps(self) -> dict[str, str]:
        """The stamp of each passage by its id."""
        with _translated():
            found = self._collection.get(include=["metadatas"])
        return {i: str(metadata["stamp"]) for i, metadata in zip(found["ids"], found["metadatas"], strict=True)}

    def count(self) -> int:
        """Number of passages."""
        with _translated():
            return int(self._collection.count())

    def put(self, ids: list[str], vectors: NDArray[np.float32], stamps: list[str]) -> None:
        """Add or replace passages, at most `batch` at once."""
        metadatas = [{"stamp": stamp} for stamp in stamps]
        with _translated():
            self._collection.upsert(ids=ids, embeddings=vectors, metadatas=metadatas)

    def delete(self, ids: list[str]) -> None:
        """Delete passages; unknown ids are no error."""
        for first in range(0, len(ids), self.batch):
            with _translated():
                self._collection.delete(ids=ids[first : first + self.batch])


def _collection_name(embedding: Embedding) -> str:
    """The embedder's identity in Chroma's alphabet: two embedders never share a collection."""
    return f"passages-{re.sub(r'[^a-zA-Z0-9._-]', '-', embedding.name)}-{embedding.dimension}"


def open_client(folder: Path) -> Any:
    """Chroma in `folder`, silent, and deaf to `.env` files and to environment variables meant for others."""
    import chromadb

    return chromadb.PersistentClient(str(folder), settings=_settings_class()(anonymized_telemetry=False))


@cache
def _settings_class() -> Any:
    """Chroma's settings without their sources; one class, since clients of one folder must have equal settings."""
    from chromadb.config import Settings

    class OurSettings(Settings):
        @classmethod
        def settings_customise_sources(  # type: ignore[override]
            cls, settings_cls: Any, init_settings: Any, **others: Any
        ) -> tuple[Any, ...]:
            return (init_settings,)

    return OurSettings


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    # Chroma's core is Rust: a panic arrives as a PanicException, which is a BaseException and has no importable name.
    except BaseException as error:
        raise ChromaError(f"{type(error).__name__}: {error}") from error
