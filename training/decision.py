"""Fits the curve that decides whether a trained model answers, on the dossiers that it was not trained on.

    python -m training.decision [--every N]

prints the two numbers of the curve for `qa/tuning.py`, and how well it tells answerable questions from others. Each
question takes the model's reading of one prompt, some 4 s on two cores.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path

from evals.fit.decision import Read
from evals.fit.logistic import area, fit
from evals.opening import real_opening
from evals.suites.dossier import Dossier, read_dossiers
from evals.suites.library import add_files
from evals.suites.named import DOSSIER_FILES
from index.embed import Embedder
from index.pipeline import open_library
from qa.find.expand import WordSimilarity
from qa.find.search import find_evidence
from qa.model.open import Model
from qa.model.prompt import build_grammar, build_prompt, declining
from qa.model.reply import Reply
from qa.question.decompose import split_parts
from qa.question.read import read_question
from qa.settings import Settings

RECORD = Path(__file__).with_name("record.json")


def read_dossier(dossier: Dossier, every: int, settings: Settings, embedder: Embedder, model: Model) -> Iterator[Read]:
    """Its questions of one part with evidence, as the model first reads them; nearness tells nothing here."""
    its_own, files = dossier.settle(settings)
    with closing(open_library(its_own.library, embedder, **its_own.of_library)) as library:
        add_files(library, files, None)
        similarity = WordSimilarity(embedder)
        for case in dossier.cases[::every]:
            if len(split_parts(case.question)) > 1:
                continue
            asked = read_question(case.question, date.today())
            (evidence,) = find_evidence(library, similarity, settings, [asked])
            grammar = build_grammar([found.number for found in evidence])
            with Reply(model, build_prompt(asked, evidence, trained=True), grammar, tell_first=True) as reply:
                next(iter(reply), None)
            if evidence and (told := declining(reply.first)) is not None:
                yield Read(case.answerable, 0.0, told)


def report(rows: Sequence[Read]) -> Iterator[str]:
    """Lines to print."""
    offset, _, inclined = fit([rows])
    yield f"{sum(row.answerable for row in rows)} of {len(rows)} answerable, area {area(rows, fit([rows])):.3f}"
    yield f"READER_OFFSET, READER_DECLINING = {offset:.2f}, {inclined:.2f}"


def main() -> None:
    """Read, fit, and print what was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--every", type=int, default=1, help="Take only every so manyth question.")
    given = parser.parse_args()
    settings, opening = Settings(), real_opening()
    held = json.loads(RECORD.read_text(encoding="utf-8"))["held_out"]
    dossiers = [dossier for dossier in read_dossiers(DOSSIER_FILES) if dossier.name in held]
    embedder = opening.open_embedder(settings)
    with closing(opening.open_model(settings)) as model:
        rows = [row for one in dossiers for row in read_dossier(one, given.every, settings, embedder, model)]
    print("\n".join(report(rows)))


if __name__ == "__main__":
    main()
