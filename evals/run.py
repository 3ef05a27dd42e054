"""Runs cases against the chain, over a library of the suite's own, and times them."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import index
from evals.cases import Case
from evals.score import Score, Source, score_case
from index.errors import UserFacingError
from index.load.text import decode_text
from index.pipeline import Library, OnProgress
from qa.records import Answer, Citation, Event, EvidenceFound
from qa.settings import Settings

logger = logging.getLogger(__name__)

LEFT_OUT = frozenset({"SOURCES.md", "README.md"})
"""Files that tell of the documents and are none of them."""


@dataclass(frozen=True, slots=True)
class Result:
    """One case that was run: its answer and score, or the error that ended it."""

    case: Case
    score: Score | None
    answer: Answer | None
    error: str | None
    """Type and text; such a case has no score, and does not count as wrong."""
    seconds: Mapping[str, float] = field(default_factory=dict)
    """From the question to `evidence`, `first_word` and `answer`, by our own clock."""


class Chain(Protocol):
    """What is measured."""

    def stream(self, input: str) -> Iterator[Event]:
        """The events of one answer."""


def suite_files(folder: Path) -> tuple[Path, ...]:
    """The documents in `folder`, in order.

    Raises:
        UserFacingError: If there are none.
    """
    files = tuple(
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".") and path.name not in LEFT_OUT
    )
    if not files:
        raise UserFacingError(f"There are no documents in {str(folder)!r}. Give their folder with --documents.")
    return files


def suite_settings(settings: Settings, files: Sequence[Path]) -> Settings:
    """The settings with the suite's own library, a new one for other documents, settings or code of `index`."""
    digest = hashlib.sha256(f"{settings.embedder}|{settings.passage_words}".encode())
    code = sorted(Path(str(index.__file__)).parent.rglob("*.py"))
    for path in (*files, *code):
        digest.update(path.name.encode(errors="surrogateescape") + hashlib.sha256(path.read_bytes()).digest())
    return settings.model_copy(update={"library": settings.cache / "evals" / digest.hexdigest()[:16]})


def load_suite(library: Library, files: Sequence[Path], on_progress: OnProgress | None = None) -> dict[str, Source]:
    """Bring the suite's library up to date with its files; every document by its id.

    Raises:
        UserFacingError: If a file cannot be used: a suite with a document missing would measure something else.
    """
    report = library.add(files, on_progress)
    if report.failed:
        reasons = "; ".join(failure.reason for failure in report.failed)
        raise UserFacingError(f"The suite's documents cannot all be used: {reasons}")
    return {
        state.document.doc_id: Source(
            state.document, decode_text(Path(state.document.uri).read_bytes(), Path(state.document.uri))
        )
        for state in library.documents()
    }


def check_quotes(cases: Sequence[Case], sources: Mapping[str, Source]) -> None:
    """Raise a UserFacingError when a case quotes what its document does not say."""
    texts = {Path(source.document.uri).name: source.document.text for source in sources.values()}
    for case in cases:
        for quote in case.quotes:
            if quote.quote not in texts.get(quote.document, ""):
                raise UserFacingError(
                    f"The case {case.id!r} quotes {quote.document!r}, which does not hold these words: "
                    f"{quote.quote!r}. Correct the case, or give its documents with --documents."
                )


def run_cases(
    cases: Sequence[Case],
    chain: Chain,
    sources: Mapping[str, Source],
    clock: Callable[[], float] = time.perf_counter,
) -> Iterator[Result]:
    """Each case's result, as soon as it is there."""
    for case in cases:
        yield run_case(case, chain, sources, clock)


def run_case(
    case: Case, chain: Chain, sources: Mapping[str, Source], clock: Callable[[], float] = time.perf_counter
) -> Result:
    """The case asked, timed and scored; an error of whatever kind ends this case only."""
    began, seconds = clock(), {}
    evidence: tuple[Citation, ...] = ()
    answer: Answer | None = None
    try:
        for event in chain.stream(case.question):
            if isinstance(event, EvidenceFound):
                evidence, seconds["evidence"] = event.citations, clock() - began
            elif isinstance(event, Answer):
                answer, seconds["answer"] = event, clock() - began
            else:
                seconds.setdefault("first_word", clock() - began)
        if answer is None:
            raise RuntimeError("the chain ended without an answer")
        return Result(case, score_case(case, answer, evidence, sources), answer, None, seconds)
    except Exception as error:  # whatever breaks one case, the others are still worth their hour
        logger.exception("the case %s could not be run", case.id)
        return Result(case, None, None, f"{type(error).__name__}: {error}", seconds)
