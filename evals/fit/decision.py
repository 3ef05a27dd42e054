"""Fits the curve that decides whether to answer, from the nearest cosine and the model's first token.

    DATELINE_MODEL=gguf:FILE python -m evals.fit.decision --data FOLDER [--sample N]

prints the curve for `qa/tuning.py` and how well it tells answerable questions from others in each data
set, fitted on all of them and on the others alone. The cases that `evals/README.md` reports on (`--sample 60
--seed 1`, and the report half of the sample reports) are left out. Each case takes the model's reading of one
prompt, some 3 s on two cores.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from evals.fit.logistic import area, fit
from evals.opening import Opening, real_opening
from evals.suites.cases import choose_items
from evals.suites.named import ANSWERS, SEEDS, open_suite
from evals.suites.questions import AnswerSuite
from qa import tuning
from qa.answer.attempts import first_reading
from qa.find.search import find_evidence
from qa.model.adapters import adapter_of
from qa.model.prompt import build_grammar, build_prompt, declining
from qa.model.reply import Reply
from qa.question.decompose import split_parts
from qa.question.read import read_question
from qa.settings import Settings


@dataclass(frozen=True, slots=True)
class Read:
    """What is known of one question when the decision is made."""

    answerable: bool
    nearness: float
    declining: float

    @property
    def holds(self) -> bool:
        """Whether the documents answer it."""
        return self.answerable

    @property
    def signs(self) -> tuple[float, float, float]:
        """1, the cosine and the log-odds of declining, as the curve takes them."""
        p = min(max(self.declining, tuning.SUREST), 1 - tuning.SUREST)
        return 1.0, min(self.nearness, tuning.NEAREST_COUNTED), math.log(p / (1 - p))


def read_suite(suite: AnswerSuite, settings: Settings, opening: Opening, sample: int) -> Iterator[Read]:
    """Questions of one part with evidence, as the model first reads them."""
    reported = {item.id for item in choose_items(suite.items, sample=60, seed=1)} if suite.name in ANSWERS else set()
    items = [item for item in suite.items if item.half != "report" and item.id not in reported]
    chosen = {item.id for item in choose_items(items, sample=sample, seed=5)}
    settings, _ = suite.documents.fill(settings, opening, None)
    with opening.open_session(settings) as session:
        chain = session.chain
        chain.warm()
        for case in suite.cases:
            if case.id not in chosen or len(split_parts(case.question)) > 1:
                continue
            asked = read_question(case.question, case.as_of or date.today())
            (evidence,) = find_evidence(session.library, chain.similarity, settings, [asked])
            if shown := first_reading(asked, evidence):
                grammar = build_grammar([found.number for found in shown])
                with Reply(session.model, build_prompt(asked, shown), grammar, tell_first=True) as reply:
                    next(iter(reply), None)
                if (told := declining(reply.first)) is not None:
                    yield Read(case.answerable, max(found.nearness for found in evidence), told)


def report(rows: Mapping[str, Sequence[Read]]) -> Iterator[str]:
    """Lines to print."""
    curve = fit(rows.values())
    for name, own in rows.items():
        others = fit(each for other, each in rows.items() if other != name)
        counts = f"{sum(row.answerable for row in own)} of {len(own)} answerable"
        yield f"{name:12} {counts:24} area {area(own, curve):.3f}, fitted on the others {area(own, others):.3f}"
    yield "READ_OFFSET, READ_NEARNESS, READ_DECLINING = " + ", ".join(f"{value:.2f}" for value in curve)


def main() -> None:
    """Read, fit, and print what was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="Folder of the public data sets.")
    parser.add_argument("--sample", type=int, default=100, help="Cases of each set.")
    given = parser.parse_args()
    settings, opening = Settings(), real_opening()
    if adapter_of(settings.model):
        parser.error(
            f"{settings.model} is trained and has a curve of its own (`python -m training.decision`). "
            "Give an untrained model: DATELINE_MODEL=gguf:FILE."
        )
    rows: dict[str, list[Read]] = {}
    for name in (SEEDS, *ANSWERS):
        suite = open_suite(name, settings=settings, opening=opening, data=given.data)
        assert isinstance(suite, AnswerSuite)
        rows[name] = list(read_suite(suite, settings, opening, given.sample))
    print("\n".join(report(rows)))


if __name__ == "__main__":
    main()
