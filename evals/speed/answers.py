"""How long an answer takes, by how many sentences of evidence the model may be shown."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evals.opening import Opening
from evals.speed.numbers import summary
from evals.speed.process import Worker
from evals.suites.cases import load_cases
from index.errors import UserFacingError
from index.pipeline import OnProgress
from index.places import SQLITE
from qa.chain import AnswerChain
from qa.records import Answer, EvidenceFound
from qa.session import Session
from qa.settings import Settings

BUDGETS = (2, 4, 8, 16)
SECONDS_AN_ANSWER = 6.0
"""On two cores with the default model; for telling beforehand how long it will take."""


def expected_minutes(questions: int, budgets: Sequence[int] = BUDGETS) -> float:
    """About how long `measure_answers` will take."""
    return questions * len(budgets) * SECONDS_AN_ANSWER / 60


def measure_answers(
    settings: Settings,
    opening: Opening,
    *,
    cases: Path,
    documents: Sequence[Path],
    questions: int,
    seed: int,
    on_progress: OnProgress,
    budgets: Sequence[int] = BUDGETS,
) -> dict[str, Any]:
    """Seconds and tokens for each budget, over the same questions of the half `tune`."""
    tune = [case.question for case in load_cases(cases) if case.half == "tune"]
    chosen = random.Random(seed).sample(tune, min(questions, len(tune)))
    settings = settings.model_copy(update={"library": settings.cache / "bench" / "seeds", "record": SQLITE})
    rows: dict[int, list[dict[str, float | None]]] = {budget: [] for budget in budgets}
    total = len(chosen) * len(budgets)
    with Worker("the answers", open_over, settings, opening, documents) as worker:
        done = 0
        for turn in range(len(budgets)):
            for number, question in enumerate(chosen):
                on_progress(done, total, "answers")
                # Never the same question twice in a row: the model keeps what it read last, and would not read again.
                budget = budgets[(turn + number) % len(budgets)]
                rows[budget].append(worker.call(ask, question, budget))
                done += 1
        on_progress(total, total, "answers")
        peak = worker.peak_bytes()
    names = ("first_word", "answer", "read", "kept", "written", "shown")
    return {
        "model": settings.model,
        "questions": len(chosen),
        "budgets": {
            str(budget): {
                "sentences": budget,
                "tokens": evidence_tokens(settings, budget),
                **{
                    name: summary([value for row in rows[budget] if (value := row[name]) is not None]) for name in names
                },
            }
            for budget in budgets
        },
        "peak_bytes": peak,
    }


def open_over(settings: Settings, opening: Opening, documents: Sequence[Path]) -> Session:
    """A warm session over a library of these documents.

    Raises:
        UserFacingError: If one cannot be used.
    """
    session = opening.open_session(settings)
    try:
        report = session.library.sync(documents)
        if report.failed:
            raise UserFacingError(f"The documents cannot all be used: {report.failed[0].reason}")
        session.chain.warm()
    except BaseException:
        session.close()
        raise
    return session


def evidence_tokens(settings: Settings, budget: int) -> int:
    """The tokens of evidence that go with so many sentences: as many each as the settings allow."""
    return max(50, min(8000, round(settings.evidence_tokens * budget / settings.evidence_sentences)))


def ask(session: Session, question: str, budget: int) -> dict[str, float | None]:
    """Seconds to the first word and to the answer, tokens read anew, kept from before and written, sentences chosen.

    None for what there was none of: no first word where the model was not asked, no tokens where it tells none.
    """
    limits = {"evidence_sentences": budget, "evidence_tokens": evidence_tokens(session.settings, budget)}
    chain = AnswerChain(session.library, session.model, session.settings.model_copy(update=limits))
    began, first, shown = time.perf_counter(), None, 0
    tokens: dict[str, int] = {}
    for event in chain.stream(question):
        if isinstance(event, EvidenceFound):
            shown = len(event.citations)
        elif isinstance(event, Answer):
            tokens = dict(event.tokens)
        elif first is None:
            first = time.perf_counter() - began
    return {
        "first_word": first,
        "answer": time.perf_counter() - began,
        "shown": float(shown),
        **{name: float(tokens[name]) if name in tokens else None for name in ("read", "kept", "written")},
    }
