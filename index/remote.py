"""The engine over Milvus: a copy of the record's vectors and words, searched while it equals the record.

`milvus/current.json` in the library names the collection and the version of the record it was made equal to, last of
all. Whoever finds another version there searches the record, until a writer has made Milvus follow: after a kill, and
during another process's writes. So it is while the server is away; it is tried again by itself.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from index.collection import BATCH, Collection, MilvusError
from index.engine import Found
from index.errors import LibraryError
from index.exact import ExactSearch
from index.milvus import Milvus
from index.pointer import Pointer
from index.record import Record

T = TypeVar("T")
logger = logging.getLogger(__name__)

RETRY_S = 10.0
"""Seconds until a server that failed is asked again; the record is searched until then."""
SETTLED_S = 10.0
"""Seconds after which all servers of Milvus have what was written; until then it is told to wait for it."""


@dataclass(frozen=True, slots=True)
class Current:
    """The collection that equals a version of the record."""

    version: str
    collection: Collection
    since: float
    """When this process first found it so, by the clock of the engine."""


class RemoteEngine:
    """An `Engine` over Milvus; one object may serve several threads."""

    def __init__(
        self, folder: Path, record: Record, milvus: Milvus, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._record, self._milvus, self._clock = record, milvus, clock
        self._exact = ExactSearch(record)
        self._pointer = Pointer(folder / "milvus")
        self._home = f"{folder} in {milvus.address}"
        """A pointer that was copied elsewhere, or is to another server, is none: two libraries share no collection."""
        self._lock = threading.RLock()
        self._following = threading.Lock()
        """One at a time makes Milvus follow; questions go on meanwhile, to the record."""
        self._current: Current | None = None
        self._broken: str | None = None
        """The version at which the collection was missing or not whole; a writer makes it anew."""
        self._resting_until = -1.0
        self._closed = False

    def close(self) -> None:
        """Let go of the connection. A second call does nothing."""
        with self._lock:
            if not self._closed:
                self._closed, self._current = True, None
                self._milvus.close()

    def dense(self, vector: NDArray[np.float32], k: int, doc_ids: Sequence[str] | None = None) -> Found:
        """As `Engine.dense`."""
        expected = min(k, self._record.count_passages(doc_ids))
        if not expected:
            return []
        found = self._ask(lambda now, level: now.nearest(vector, expected, doc_ids, level))
        # An approximate search with a filter may find too few.
        if found is None or len(found) < expected:
            return self._exact.query(vector, expected, doc_ids)
        return found

    def lexical(self, terms: Sequence[str], k: int, doc_ids: Sequence[str] | None = None) -> Found:
        """As `Engine.lexical`; the words of title, outlet, date and body count alike."""
        words = " ".join(self._record.tokenized(terms))
        if not words:
            return []
        found = self._ask(lambda now, level: now.matching(words, k, doc_ids, level))
        return self._record.lexical(terms, k, doc_ids) if found is None else found

    def is_behind(self) -> bool:
        """As `Engine.is_behind`; a server that is away is behind."""
        try:
            return self._record.embedding() is not None and self._up_to_date() is None
        except (LibraryError, MilvusError) as error:
            logger.warning("Milvus must be mended: %s", error)
            return True

    def follow(self) -> None:
        """As `Engine.follow`. What fails on the way leaves the pointer without a version, so the next one goes on."""
        with self._following:
            if self.is_behind():
                self._follow(anew=self._broken is not None)

    def rebuild(self) -> None:
        """As `Engine.rebuild`, in a new collection."""
        with self._following:
            self._follow(anew=True)

    def count(self) -> int:
        """As `Engine.count`."""
        return self._record.count_passages()

    def ids(self) -> set[str]:
        """As `Engine.ids`."""
        return set(self._ask(lambda now, level: now.stamps()) or ())

    def _follow(self, *, anew: bool) -> None:
        version, embedding = self._record.version(), self._record.embedding()
        if embedding is None:
            return
        name = self._pointed().get("collection")
        self._pointer.write(collection=name, version=None, of=self._home)
        self._current, self._resting_until = None, -1.0
        try:
            if name is not None and not anew and self._milvus.has(name):
                collection = self._milvus.open(name, embedding)
            else:
                if name is not None:
                    self._milvus.drop(name)
                name = f"dateline_{uuid.uuid4().hex[:12]}"
                # Before it is made, so that a kill leaves no collection that nobody knows.
                self._pointer.write(collection=name, version=None, of=self._home)
                collection = self._milvus.create(name, embedding)
            self._fill(collection)
        except MilvusError as error:
            raise LibraryError(
                f"The passages could not be written to Milvus at {self._milvus.address!r} ({error}). The library "
                "itself is whole and is searched without it. See that the server runs and has space, then run "
                "`dateline rebuild`."
            ) from error
        self._pointer.write(collection=name, version=version, of=self._home)
        self._broken = None

    def _fill(self, collection: Collection) -> None:
        """Write what differs from the record, and see that all is there."""
        wanted, there = self._record.stamps(), collection.stamps()
        collection.delete([passage_id for passage_id in there if passage_id not in wanted])
        missing = [passage_id for passage_id, stamp in wanted.items() if there.get(passage_id) != stamp]
        for first in range(0, len(missing), BATCH):
            ids, vectors = self._record.vectors(missing[first : first + BATCH])
            stamps = [wanted[passage_id] for passage_id in ids]
            collection.put(ids, vectors, stamps, self._record.tokenized(self._record.indexed(ids)))
        if (count := collection.count()) != len(wanted):
            raise MilvusError(f"it holds {count} of {len(wanted)} passages")
        try:
            collection.settle()
        except MilvusError as error:  # a server lets it be done once in ten seconds, and does it later by itself
            logger.info("Milvus indexes later: %s", error)

    def _ask(self, search: Callable[[Collection, str], T]) -> T | None:
        """What Milvus finds; None while it cannot be asked."""
        try:
            if (now := self._up_to_date()) is None:
                return None
            is_fresh = self._clock() - now.since < SETTLED_S
            return search(now.collection, "Strong" if is_fresh else "Bounded")
        except MilvusError as error:
            logger.warning("Milvus failed at %s (%s); the record is searched instead", self._milvus.address, error)
            self._current, self._resting_until = None, self._clock() + RETRY_S
            return None

    def _up_to_date(self) -> Current | None:
        """The collection, while it equals the record; looked at again when the record has changed."""
        with self._lock:
            version, embedding = self._record.version(), self._record.embedding()
            if self._current is not None and self._current.version == version:
                return self._current
            pointer = self._pointed()
            name = pointer.get("collection")
            is_resting = self._clock() < self._resting_until
            if embedding is None or name is None or pointer.get("version") != version or is_resting:
                return None
            if not self._milvus.has(name):
                self._broken = version
                raise MilvusError(f"it has no collection {name!r}")
            collection = self._milvus.open(name, embedding)
            if (count := collection.count()) != self._record.count_passages():
                self._broken = version
                raise MilvusError(f"it holds {count} passages, which are not those of the library")
            self._current = Current(version, collection, self._clock())
            return self._current

    def _pointed(self) -> dict[str, str | None]:
        pointer = self._pointer.read()
        return pointer if pointer.get("of") == self._home else {}
