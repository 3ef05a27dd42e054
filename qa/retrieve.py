"""Dense and lexical search, fused: the passages that may answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from index.pipeline import Library
from index.records import Document
from qa.records import Hit
from qa.words import STOP_WORDS, words_of

DEPTH = 40
"""Passages taken from each search before fusion."""
RRF_K = 60
"""The constant of reciprocal rank fusion; 60 is the value of its source."""


def retrieve(library: Library, question: str, vector: np.ndarray, k: int) -> list[Hit]:
    """The best `k` passages for `question`, best first; fewer when the library has fewer.

    Args:
        vector: The question's embedding, of the library's dimension, unit length.
    """
    searches = {
        "dense": [passage_id for passage_id, _ in library.dense(vector, DEPTH)],
        "lexical": [passage_id for passage_id, _ in library.lexical(search_terms(question), DEPTH)],
    }
    scores = fuse(searches)
    best = sorted(scores, key=lambda passage_id: (-scores[passage_id], passage_id))[:k]
    documents: dict[str, Document | None] = {}
    hits: list[Hit] = []
    for passage in library.passages(best):
        document = documents.setdefault(passage.doc_id, library.document(passage.doc_id))
        # None when another process removed it between the search and here.
        if document is not None:
            ranks = {
                name: found.index(passage.passage_id) + 1
                for name, found in searches.items()
                if passage.passage_id in found
            }
            hits.append(Hit(passage, document, scores[passage.passage_id], ranks))
    return hits


def search_terms(question: str) -> list[str]:
    """The words to look up: those that carry meaning, or all when none does."""
    words = words_of(question)
    return list(dict.fromkeys([word for word in words if word not in STOP_WORDS] or words))


def fuse(searches: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """Score of each passage: the sum of 1 / (60 + rank) over the searches that found it.

    Source: Cormack, Clarke & Büttcher, "Reciprocal Rank Fusion outperforms
    Condorcet and individual Rank Learning Methods" (SIGIR 2009).
    """
    scores: dict[str, float] = {}
    for found in searches.values():
        for rank, passage_id in enumerate(found, 1):
            scores[passage_id] = scores.get(passage_id, 0.0) + 1.0 / (RRF_K + rank)
    return scores


class PassageRetriever(BaseRetriever):
    """The library's hybrid search as a LangChain retriever, usable without the rest of Dateline.

    `page_content` is the exact passage; `metadata` has doc_id, uri, title, outlet,
    published (ISO or None), start, end, page and score.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    library: Library
    k: int = 8

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[LangChainDocument]:
        vector = self.library.embedder.encode([query])[0]
        return [_as_langchain(hit) for hit in retrieve(self.library, query, vector, self.k)]


def _as_langchain(hit: Hit) -> LangChainDocument:
    passage, document = hit.passage, hit.document
    metadata: dict[str, Any] = {
        "doc_id": document.doc_id,
        "uri": document.uri,
        "title": document.title,
        "outlet": document.outlet,
        "published": document.published.isoformat() if document.published else None,
        "start": passage.start,
        "end": passage.end,
        "page": passage.page,
        "score": hit.score,
    }
    return LangChainDocument(page_content=passage.text, metadata=metadata, id=passage.passage_id)
