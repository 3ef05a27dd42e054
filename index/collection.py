"""The passages of one library in Milvus: finding them, and adding and deleting them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, unquote

import numpy as np
from numpy.typing import NDArray

MAX_K = 16_384
"""Results that Milvus gives, at most. Source: milvus.io/docs/limitations.md."""
MAX_TEXT = 65_535
"""Bytes of a text field, at most. Source: the same."""
ASK_S, WRITE_S = 5.0, 60.0
"""Seconds for a search, and for a batch of passages."""
BATCH = 500
"""Passages written at once: with the longest words that a field takes, half of the 64 MB of a message."""
DEPTH, FILTERED_DEPTH = 20, 50
"""Passages that Milvus looks at for each that it is to find, in all and with a filter (its `ef`).

Origin: milvus-lite 3.2.2, 20,000 passages: 99.7% and 99.8% of the 40 nearest, 85.7% and 62.9% at two for each, in
about the same time.
"""
MAX_DEPTH = 32_768
NAMED = 500
"""Documents named in one filter; a search in more is several searches."""


class MilvusError(Exception):
    """Milvus failed, for whatever reason: the record is searched instead."""


class Collection:
    """The passages of one library in Milvus, each with its document, its stamp, its vector and its words."""

    def __init__(self, client: Any, name: str) -> None:
        self._client, self.name = client, name

    def nearest(
        self, vector: NDArray[np.float32], k: int, doc_ids: Sequence[str] | None, level: str
    ) -> list[tuple[str, float]]:
        """Ids of the `k` nearest passages and their cosine, nearest first; `level` is Milvus's consistency."""
        depth = k * (DEPTH if doc_ids is None else FILTERED_DEPTH)
        search = {"metric_type": "COSINE", "params": {"ef": max(k, min(depth, MAX_DEPTH))}}
        return self._search("dense", vector, k, doc_ids, search, level)

    def matching(self, words: str, k: int, doc_ids: Sequence[str] | None, level: str) -> list[tuple[str, float]]:
        """Ids of the `k` passages that match any of the words best and their BM25, best first."""
        return self._search("sparse", words, k, doc_ids, {"metric_type": "BM25"}, level)

    def _search(
        self, field: str, asked: Any, k: int, doc_ids: Sequence[str] | None, search: dict[str, Any], level: str
    ) -> list[tuple[str, float]]:
        found: list[tuple[str, float]] = []
        for chosen in _filters(doc_ids):
            with translated():
                (hits,) = self._client.search(
                    self.name,
                    data=[asked],
                    anns_field=field,
                    limit=min(k, MAX_K),
                    filter=chosen,
                    output_fields=["key"],
                    search_params=search,
                    consistency_level=level,
                    timeout=ASK_S,
                )
                # milvus-lite 3.2.2 gives BM25 with its sign turned.
                found += [(unquote(hit["key"]), _score(hit["distance"], field)) for hit in hits]
        return sorted(found, key=lambda one: -one[1])[:k]

    def stamps(self) -> dict[str, str]:
        """The stamp of each passage by its id."""
        stamps: dict[str, str] = {}
        with translated():
            rows = self._client.query_iterator(
                self.name,
                filter="",
                batch_size=MAX_K // 4,
                output_fields=["key", "stamp"],
                consistency_level="Strong",
                timeout=WRITE_S,
            )
            while some := rows.next():
                stamps |= {unquote(row["key"]): row["stamp"] for row in some}
            rows.close()
        return stamps

    def count(self) -> int:
        """Number of passages, of all that was written before."""
        with translated():
            rows = self._client.query(
                self.name, filter="", output_fields=["count(*)"], consistency_level="Strong", timeout=ASK_S
            )
            return int(rows[0]["count(*)"])

    def put(
        self, ids: Sequence[str], vectors: NDArray[np.float32], stamps: Sequence[str], words: Sequence[str]
    ) -> None:
        """Add or replace passages, at most `BATCH` at once."""
        rows = [
            {
                "key": _key(one),
                "doc": _key(one.rpartition(":")[0]),
                "stamp": stamp,
                "dense": vector,
                "words": _cut(text),
            }
            for one, vector, stamp, text in zip(ids, vectors, stamps, words, strict=True)
        ]
        with translated():
            self._client.upsert(self.name, data=rows, timeout=WRITE_S)

    def settle(self) -> None:
        """Have what was written indexed now. milvus-lite takes many times as long to search what is not."""
        with translated():
            self._client.flush(self.name, timeout=ASK_S)

    def delete(self, ids: Sequence[str]) -> None:
        """Delete passages; unknown ids are no error."""
        for first in range(0, len(ids), BATCH):
            with translated():
                self._client.delete(self.name, ids=[_key(one) for one in ids[first : first + BATCH]], timeout=WRITE_S)


def _filters(doc_ids: Sequence[str] | None) -> Iterator[str]:
    """Milvus's expressions that leave these documents, some in each; the empty one leaves all."""
    if doc_ids is None:
        yield ""
        return
    keys = [_key(doc_id) for doc_id in dict.fromkeys(doc_ids)]
    for first in range(0, len(keys), NAMED):
        yield f"doc in {json.dumps(keys[first : first + NAMED])}"


def _score(distance: float, field: str) -> float:
    return float(distance) if field == "dense" else abs(float(distance))


def _key(one: str) -> str:
    """An id in letters that no expression of Milvus reads as anything else; ours stay as they are."""
    return quote(one, safe=":")


def _cut(words: str) -> str:
    # What is left out is the character that the cut divides; a passage of ours is never so long.
    return words.encode()[:MAX_TEXT].decode(errors="ignore")


@contextmanager
def translated() -> Iterator[None]:
    """Turn what pymilvus raises into a MilvusError."""
    # pymilvus raises its own errors, those of gRPC, and ValueError or KeyError for what a server sends.
    try:
        yield
    except Exception as error:
        raise MilvusError(f"{type(error).__name__}: {getattr(error, 'message', '') or error}") from error
