"""How fast Dateline is on this machine: taking documents in, finding passages, starting, answering."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from evals.opening import Opening
from evals.speed.library import Builder
from evals.speed.passages import cut, distinct, require_enough
from evals.speed.texts import Corpus, choose_questions
from index.errors import UserFacingError
from index.pipeline import OnProgress
from index.records import Prepared
from qa.settings import Settings

FORMAT = 1
PARTS = ("indexing", "retrieval", "startup", "answers")
SIZES = (1_000, 10_000, 100_000)
STARTED_OVER = 1_000
"""Passages, at most, of the library that a new process opens."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured, and how often."""

    parts: tuple[str, ...] = ("indexing", "retrieval", "startup")
    passages: tuple[int, ...] = SIZES
    documents: int = 60
    """Taken in each round of indexing."""
    rounds: int = 5
    asked: int = 200
    """Questions of the part `retrieval`."""
    starts: int = 5
    questions: int = 12
    """Of the part `answers`, for each budget."""
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Given:
    """What a bench works with."""

    corpus: Corpus
    settings: Settings
    opening: Opening = field(default_factory=Opening)
    cases: Path = Path("evals/cases/seeds.jsonl")
    documents: tuple[Path, ...] = (Path("seeds"),)
    """What the cases ask about."""


def make_plan(
    only: Sequence[str] = (),
    passages: Sequence[int] = (),
    *,
    quick: bool = False,
    llm: bool = False,
    questions: int = 12,
    seed: int = 0,
) -> Plan:
    """The plan that the options stand for.

    Raises:
        UserFacingError: If a part is unknown, or answers are asked for without the model.
    """
    for part in only:
        if part not in PARTS:
            raise UserFacingError(f"The bench has no part {part!r}. Give one of these with --only: {', '.join(PARTS)}.")
    if "answers" in only and not llm:
        raise UserFacingError("The part 'answers' asks the language model and takes minutes. Give --llm as well.")
    parts = tuple(part for part in PARTS if (part in only if only else part != "answers" or llm))
    sizes = tuple(sorted(set(passages)))
    if quick:
        return Plan(parts, sizes or (1_000,), 10, 2, 50, 1, min(questions, 2), seed)
    return Plan(parts, sizes or SIZES, questions=questions, seed=seed)


def run_bench(plan: Plan, given: Given, on_progress: OnProgress, save_to: Path | None = None) -> dict[str, Any]:
    """All parts of the plan, as plain data; after each part it is written to `save_to`, so that a kill loses one part.

    Raises:
        UserFacingError: If the texts are too few, or something cannot be opened.
    """
    from evals.machine import PACKAGES, machine, revision, version_of

    corpus, settings = given.corpus, given.settings
    on_progress(0, 1, "cutting the texts")
    prepared = cut(corpus.texts, settings.passage_words)
    _require_enough(plan, prepared)
    result: dict[str, Any] = {
        "format": FORMAT,
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "revision": revision(Path(__file__).resolve().parent),
        "machine": machine(),
        "packages": {name: version_of(name) for name in PACKAGES},
        "settings": settings.model_dump(mode="json"),
        "plan": asdict(plan) | {"parts": list(plan.parts), "passages": list(plan.passages)},
        "texts": _texts(corpus, prepared),
    }
    builder = Builder(prepared, settings, given.opening.open_embedder, plan.seed)
    measures = {
        "indexing": lambda: _indexing(plan, given, prepared, on_progress),
        "retrieval": lambda: _retrieval(plan, given, prepared, builder, on_progress),
        "startup": lambda: _startup(plan, given, prepared, builder, on_progress),
        "answers": lambda: _answers(plan, given, on_progress),
    }
    for part in plan.parts:
        result[part] = measures[part]()
        if save_to:
            save(result, save_to)
    return result


def require_new(path: Path) -> None:
    """Raise a UserFacingError, before anything is measured, when the results could not be written to a new file."""
    if path.exists():
        raise UserFacingError(f"There is a file {str(path)!r} already, and results replace none. Name another: --out.")
    if not path.absolute().parent.is_dir():
        raise UserFacingError(f"There is no folder {str(path.absolute().parent)!r} for the results. Make it, or name "
                              "another file with --out.")  # fmt: skip


def save(result: Mapping[str, Any], path: Path) -> None:
    """Write the result as JSON, whole or not at all."""
    try:
        part = path.with_name(path.name + ".part")
        part.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise UserFacingError(
            f"The results cannot be written to {str(path)!r} ({error.strerror}). Name another file with --out."
        ) from error


def _indexing(plan: Plan, given: Given, prepared: Sequence[Prepared], on_progress: OnProgress) -> dict[str, Any]:
    from evals.speed.indexing import measure_indexing

    return measure_indexing(
        prepared,
        given.settings,
        given.opening,
        documents=plan.documents,
        rounds=plan.rounds,
        seed=plan.seed,
        on_progress=on_progress,
    )


def _retrieval(
    plan: Plan, given: Given, prepared: Sequence[Prepared], builder: Builder, on_progress: OnProgress
) -> dict[str, Any]:
    from evals.speed.retrieval import WARM_UPS, measure_retrieval

    questions = choose_questions(given.corpus, prepared, plan.asked + WARM_UPS, plan.seed)
    if not questions:
        raise UserFacingError(
            "No question can be made of these texts: their sentences have too few words. Give others."
        )
    # The first are for warming up; where there are few, they are asked again.
    warm, asked = questions[:WARM_UPS], questions[WARM_UPS:] or questions
    libraries = []
    for count in plan.passages:
        built = builder.library(count, on_progress)
        on_progress(0, 1, f"asking {len(asked)} questions of {count:,} passages")
        libraries.append(measure_retrieval(built, asked, warm, given.settings, given.opening))
    return {"questions": "the data set's own" if given.corpus.questions else "made of titles and words of sentences",
            "libraries": libraries}  # fmt: skip


def _startup(
    plan: Plan, given: Given, prepared: Sequence[Prepared], builder: Builder, on_progress: OnProgress
) -> dict[str, Any]:
    from evals.speed.startup import commands, measure_startup

    there = sum(len(each.passages) for each in prepared)
    built = builder.library(min(STARTED_OVER, there), on_progress)
    (question, *_) = choose_questions(given.corpus, prepared, 1, plan.seed) or ("Who said what?",)
    started = commands(Path(built.folder), given.settings.model, question)
    return {
        "passages": built.passages,
        "model": given.settings.model,
        "processes": measure_startup(started, times=plan.starts, on_progress=on_progress),
    }


def _answers(plan: Plan, given: Given, on_progress: OnProgress) -> dict[str, Any]:
    from evals.speed.answers import measure_answers

    return measure_answers(
        given.settings,
        given.opening,
        cases=given.cases,
        documents=given.documents,
        questions=plan.questions,
        seed=plan.seed,
        on_progress=on_progress,
    )


def _require_enough(plan: Plan, prepared: Sequence[Prepared]) -> None:
    """Before anything is measured."""
    if not prepared and set(plan.parts) != {"answers"}:
        raise UserFacingError("The texts hold no sentence to cut a passage from. Give others with --texts or --data.")
    if "retrieval" in plan.parts:
        require_enough(prepared, max(plan.passages))


def _texts(corpus: Corpus, prepared: Sequence[Prepared]) -> dict[str, Any]:
    return {
        "source": corpus.source,
        "documents": len(prepared),
        "passages": sum(len(each.passages) for each in prepared),
        "distinct_passages": distinct(prepared),
        "characters": sum(len(each.document.text) for each in prepared),
        "passed_over": corpus.passed_over,
    }
