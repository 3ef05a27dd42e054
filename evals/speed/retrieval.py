"""How long the product's retrieval takes in libraries of several sizes, and what they cost in memory and disk."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from evals.opening import Opening
from evals.speed.library import Built
from evals.speed.numbers import summary
from evals.speed.process import Worker, disk_bytes, resident_bytes
from index.embed import Embedder
from index.pipeline import Library, open_library
from qa import tuning
from qa.find.expand import WordSimilarity
from qa.find.retrieve import retrieve
from qa.find.search import find_evidence
from qa.question.decompose import split_parts
from qa.question.read import check_question, read_question
from qa.question.rewrite import stand_alone
from qa.question.terms import search_terms
from qa.records import Question
from qa.settings import Settings

T = TypeVar("T")
WARM_UPS = 10
"""Questions asked before the clock counts; others than those that are timed, where there are enough."""
STEPS = ("analysis", "embedding", "dense", "lexical", "search", "evidence")


@dataclass(frozen=True, slots=True)
class Reader:
    """An open library and what asking it needs, in a process of its own."""

    library: Library
    similarity: WordSimilarity
    resident: int | None
    """Bytes in memory with the embedder, before the library was opened."""

    def close(self) -> None:
        """Close the library."""
        self.library.close()


def measure_retrieval(
    built: Built, questions: Sequence[str], warm: Sequence[str], settings: Settings, opening: Opening
) -> dict[str, Any]:
    """Milliseconds of each step over the questions, and bytes of memory and disk."""
    folder = Path(built.folder)
    with Worker(f"retrieval from {built.passages:,} passages", open_reader, folder, settings, opening) as worker:
        resident = worker.call(_resident_before)
        first = worker.call(time_steps, warm[:1], settings)
        worker.call(time_steps, warm[1:], settings)
        times = worker.call(time_steps, questions, settings)
        after, peak = worker.call(_resident_now), worker.peak_bytes()
    return {
        **asdict(built),
        "milliseconds": {step: summary(times[step]) for step in STEPS},
        "first_search_ms": first["search"][0],
        "memory": {"before_bytes": resident, "after_bytes": after, "peak_bytes": peak},
        "disk": {"whole_bytes": disk_bytes(folder), "chroma_bytes": disk_bytes(folder / "chroma")},
    }


def open_reader(folder: Path, settings: Settings, opening: Opening) -> Reader:
    """The library in `folder`."""
    embedder: Embedder = opening.open_embedder(settings)
    embedder.encode(["warm"])
    resident = resident_bytes()
    return Reader(
        open_library(folder, embedder, passage_words=settings.passage_words), WordSimilarity(embedder), resident
    )


def time_steps(reader: Reader, questions: Sequence[str], settings: Settings) -> dict[str, list[float]]:
    """Milliseconds of each of `STEPS`, a question at a time.

    `search` (with analysis, embedding, both searches and fusion) comes first, as
    with a new question; `evidence` does the same again and chooses sentences.
    The single steps come last, so that they flatter neither.
    """
    times: dict[str, list[float]] = {step: [] for step in STEPS}
    library, embedder = reader.library, reader.library.embedder

    def clocked(step: str, work: Callable[[], T]) -> T:
        began = time.perf_counter()
        made = work()
        times[step].append(1000 * (time.perf_counter() - began))
        return made

    for question in questions:
        clocked("search", lambda: _search(library, question))  # noqa: B023 - called at once
    for question in questions:
        clocked("evidence", lambda: find_evidence(library, reader.similarity, settings, _analyse(question)))  # noqa: B023
    for question in questions:
        parts = clocked("analysis", lambda: _analyse(question))  # noqa: B023
        texts = [part.text for part in parts]
        vector = clocked("embedding", lambda: embedder.encode(texts)[0])  # noqa: B023
        clocked("dense", lambda: library.dense(vector, tuning.SEARCH_DEPTH))  # noqa: B023
        clocked("lexical", lambda: library.lexical(search_terms(texts[0]), tuning.SEARCH_DEPTH))  # noqa: B023
    return times


def _analyse(question: str) -> list[Any]:
    """What the chain reads from a question before it searches."""
    query = stand_alone(Question(check_question(question)))
    return [read_question(part, date.today()) for part in split_parts(query)]


def _search(library: Library, question: str) -> None:
    parts = _analyse(question)
    for asked, vector in zip(parts, library.embedder.encode([asked.text for asked in parts]), strict=True):
        retrieve(library, asked.text, vector, tuning.PASSAGES_READ)


def _resident_before(reader: Reader) -> int | None:
    return reader.resident


def _resident_now(reader: Reader) -> int | None:
    return resident_bytes()
