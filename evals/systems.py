"""The systems that can be put to a suite of questions: Dateline in its settings, its searches alone, the baseline."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from evals.measures.score import Source
from evals.opening import Opening
from index.pipeline import Library
from qa.find.retrieve import retrieve
from qa.model.open import NONE
from qa.question.terms import search_terms
from qa.records import Citation, Event, Question
from qa.settings import Settings

ANSWERING = ("dateline", "light", "none", "baseline")
"""Dateline with the model of the settings, with the small one, without any; and the tutorial's chain."""
RANKING = ("fused", "dense", "lexical")
"""Dateline's search as it is, and each half of it alone; nothing is answered."""
LIGHT = "qwen2.5-0.5b"
RANKED = 50
"""Passages in a ranking; more than ten, since several of one document count once."""

Rank = Callable[[str], list[Citation]]
"""The passages for a question, best first."""


class Chain(Protocol):
    """What answers: the events of one answer, the `Answer` last."""

    def warm(self) -> None:
        """Have what every question needs loaded."""

    def stream(self, input: Question) -> Iterator[Event]:
        """The events of one answer."""


def model_of(system: str, settings: Settings) -> str | None:
    """The language model of a system; None when it has none."""
    if system in RANKING or system == NONE:
        return None
    return LIGHT if system == "light" else settings.model


@contextmanager
def open_chain(name: str, settings: Settings, opening: Opening, sources: Mapping[str, Source]) -> Iterator[Chain]:
    """An answering system over the library of the settings.

    Raises:
        UserFacingError: If it cannot start.
    """
    settings = settings.model_copy(update={"model": model_of(name, settings) or NONE})
    with opening.open_session(settings) as session:
        if name != "baseline":
            yield session.chain
            return
        from evals.tutorial import open_baseline

        with (
            tempfile.TemporaryDirectory(prefix="dateline-baseline-") as folder,
            open_baseline(list(sources.values()), session.library.embedder, session.model, Path(folder)) as chain,
        ):
            yield chain


@contextmanager
def open_ranking(name: str, settings: Settings, opening: Opening) -> Iterator[Rank]:
    """A search over the library of the settings."""
    with opening.open_session(settings.model_copy(update={"model": NONE})) as session:
        library = session.library
        yield lambda question: _as_citations(library, rank_passages(name, library, question, RANKED))


def rank_passages(name: str, library: Library, question: str, k: int) -> list[str]:
    """Passage ids, best first, by one of `RANKING`."""
    if name == "lexical":
        return [passage_id for passage_id, _ in library.lexical(search_terms(question), k)]
    vector = library.embedder.encode([question])[0]
    if name == "dense":
        return [passage_id for passage_id, _ in library.dense(vector, k)]
    return [hit.passage.passage_id for hit in retrieve(library, question, vector, k)]


def _as_citations(library: Library, passage_ids: list[str]) -> list[Citation]:
    cited = []
    for number, passage in enumerate(library.passages(passage_ids), 1):
        document = library.document(passage.doc_id)
        if document is not None:
            cited.append(Citation.of(number, document, (passage.start, passage.end)))
    return cited
