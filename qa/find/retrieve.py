"""Dense and lexical search, fused: the passages that may answer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from index.pipeline import Library
from index.records import EVERYTHING, Document, Filter
from qa import tuning
from qa.english.words import words_of
from qa.question.read import outlets_named
from qa.question.terms import quoted_phrases, search_terms
from qa.records import Hit


def retrieve(
    library: Library, question: str, vector: np.ndarray, k: int, doc_ids: Sequence[str] | None = None
) -> list[Hit]:
    """The best `k` passages for `question`, best first; fewer when the library has fewer.

    Args:
        vector: The question's embedding, of the library's dimension, unit length.
        doc_ids: The documents to search; all when None.
    """
    named = _of_named_outlets(library, question, doc_ids)
    searches = {
        "dense": dict(library.dense(vector, tuning.SEARCH_DEPTH, doc_ids)),
        "lexical": dict(library.lexical(search_terms(question), tuning.SEARCH_DEPTH, doc_ids)),
    }
    for ids in named:
        searches["dense"] |= library.dense(vector, tuning.SEARCH_DEPTH, ids)
        searches["lexical"] |= library.lexical(search_terms(question), tuning.SEARCH_DEPTH, ids)
    found = list(dict.fromkeys(chain.from_iterable(searches.values())))
    cosines = {one: rows @ vector for one, rows in library.sentence_vectors(found).items()}
    scores = fuse({one: float(of.max(initial=-1.0)) for one, of in cosines.items()}, searches["lexical"])
    preferred = set(chain.from_iterable(named))
    for passage_id in scores:
        scores[passage_id] += tuning.OUTLET_WEIGHT * (passage_id.rpartition(":")[0] in preferred)
    for passage_id in _with_phrases(library, quoted_phrases(question), scores):
        scores[passage_id] += tuning.QUOTED_WEIGHT
    best = sorted(scores, key=lambda passage_id: (-scores[passage_id], passage_id))[:k]
    ranks = {name: {one: rank for rank, one in enumerate(of, 1)} for name, of in searches.items()}
    documents: dict[str, Document | None] = {}
    hits: list[Hit] = []
    for passage in library.passages(best):
        if passage.doc_id not in documents:
            documents[passage.doc_id] = library.document(passage.doc_id)
        document = documents[passage.doc_id]
        if document is not None:
            library.check_slice(document, passage)
        of_it = tuple(map(float, cosines[passage.passage_id]))
        # Not so when another process changed it between the search and here.
        if document is not None and len(of_it) == len(passage.sentences):
            places = {name: of[passage.passage_id] for name, of in ranks.items() if passage.passage_id in of}
            hits.append(Hit(passage, document, scores[passage.passage_id], places, of_it))
    return hits


def fuse(nearness: Mapping[str, float], lexical: Mapping[str, float]) -> dict[str, float]:
    """Score of each passage: how near its nearest sentence is, and its lexical score as a share of the best one's.

    Args:
        nearness: Cosine of the nearest sentence to the question, by passage.
        lexical: BM25 of the passages that have one.

    Source: a convex combination, which Bruch, Gai & Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval"
    (TOIS 2023), find better than reciprocal ranks and easy to tune.
    """
    best = max(lexical.values(), default=0.0)
    if best <= 0:
        return dict(nearness)
    shares = {one: max(lexical.get(one, 0.0), 0.0) / best for one in nearness}
    return {one: near + tuning.LEXICAL_WEIGHT * shares[one] for one, near in nearness.items()}


def _of_named_outlets(library: Library, question: str, doc_ids: Sequence[str] | None) -> list[list[str]]:
    """Ids of the documents of each outlet that the question names, of those that may be searched."""
    outlets = library.outlets()
    named = [set(outlets[name]) for name in outlets_named(question, outlets)]
    allowed = [sorted(ids if doc_ids is None else ids.intersection(doc_ids)) for ids in named]
    return [ids for ids in allowed if ids]


def _with_phrases(library: Library, phrases: Sequence[str], among: Collection[str]) -> list[str]:
    """Ids of the passages that hold one of the phrases word for word."""
    if not phrases:
        return []
    texts = ((passage.passage_id, f" {' '.join(words_of(passage.text))} ") for passage in library.passages([*among]))
    return [passage_id for passage_id, text in texts if any(f" {phrase} " in text for phrase in phrases)]


class PassageRetriever(BaseRetriever):
    """The library's hybrid search as a LangChain retriever, usable without the rest of Dateline.

    `page_content` is the exact passage; `metadata` has doc_id, uri, title, outlet,
    published (ISO or None), collection, start, end, page and score.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    library: Library
    k: int = 8
    filter: Filter = EVERYTHING
    """The documents to search; one that leaves none is a LibraryError."""

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[LangChainDocument]:
        vector = self.library.embedder.encode([query])[0]
        doc_ids = self.library.matching(self.filter).doc_ids
        return [_as_langchain(hit) for hit in retrieve(self.library, query, vector, self.k, doc_ids)]


def _as_langchain(hit: Hit) -> LangChainDocument:
    passage, document = hit.passage, hit.document
    metadata: dict[str, Any] = {
        "doc_id": document.doc_id,
        "uri": document.uri,
        "title": document.title,
        "outlet": document.outlet,
        "published": document.published.isoformat() if document.published else None,
        "collection": document.collection,
        "start": passage.start,
        "end": passage.end,
        "page": passage.page,
        "score": hit.score,
    }
    return LangChainDocument(page_content=passage.text, metadata=metadata, id=passage.passage_id)
