"""Fits the curve that decides whether a trained model answers, on questions that it was not trained on.

    python -m training.decision [--every N] [--data FOLDER --sample N]

prints the two numbers of the curve for `qa/tuning.py`, and how well it tells answerable questions from others, in the
dossiers held out and, where FOLDER holds the public sets, in the half of each that nothing was learned from. Each
question takes the model's reading of one prompt, some 4 s on two cores.
"""

from __future__ import annotations

import argparse
import json
import math
import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path

import numpy as np

from evals.fit.decision import Read
from evals.fit.logistic import Floats, area, fit
from evals.opening import Opening, real_opening
from evals.suites.cases import Case
from evals.suites.clapnq import read_clapnq
from evals.suites.dossier import Dossier, read_dossiers
from evals.suites.library import WrittenDocuments, add_files, open_written_library
from evals.suites.named import DOSSIER_FILES
from evals.suites.rows import AnswerData
from evals.suites.squad2 import read_squad2
from index.embed import Embedder
from index.pipeline import Library, open_library
from qa.find.expand import WordSimilarity
from qa.find.search import find_evidence
from qa.model.open import Model
from qa.model.prompt import build_grammar, build_prompt, declining
from qa.model.reply import Reply
from qa.question.decompose import split_parts
from qa.question.read import read_question
from qa.settings import Settings
from training.public import SEED, split_cases

RECORD = Path(__file__).with_name("record.json")


def read_cases(
    cases: Sequence[Case], library: Library, similarity: WordSimilarity, settings: Settings, model: Model
) -> Iterator[Read]:
    """The questions of one part with evidence, as the model first reads them; nearness tells nothing here."""
    for case in cases:
        if len(split_parts(case.question)) > 1:
            continue
        asked = read_question(case.question, date.today())
        (evidence,) = find_evidence(library, similarity, settings, [asked])
        grammar = build_grammar([found.number for found in evidence])
        with Reply(model, build_prompt(asked, evidence, trained=True), grammar, tell_first=True) as reply:
            next(iter(reply), None)
        if evidence and (told := declining(reply.first)) is not None:
            yield Read(case.answerable, 0.0, told)


def read_dossier(dossier: Dossier, every: int, settings: Settings, embedder: Embedder, model: Model) -> Iterator[Read]:
    """Of its questions every so manyth, asked of it alone."""
    its_own, files = dossier.settle(settings)
    with closing(open_library(its_own.library, embedder, **its_own.of_library)) as library:
        add_files(library, files, None)
        yield from read_cases(dossier.cases[::every], library, WordSimilarity(embedder), settings, model)


def read_public(
    data: AnswerData, sample: int, settings: Settings, opening: Opening, embedder: Embedder, model: Model
) -> Iterator[Read]:
    """Of the half that nothing was learned from, so many questions, drawn, asked of the whole set."""
    filled, _ = WrittenDocuments(data.documents).fill(settings, opening, None)
    _, held = split_cases(data)
    cases = random.Random(SEED).sample(held, min(sample, len(held)))
    with closing(open_written_library(data.documents, filled, embedder)) as library:
        yield from read_cases(cases, library, WordSimilarity(embedder), settings, model)


def report(rows: Mapping[str, Sequence[Read]]) -> Iterator[str]:
    """Lines to print."""
    curve = fit(rows.values())
    for name, own in rows.items():
        counts = f"{sum(row.answerable for row in own)} of {len(own)} answerable"
        shares = [
            _declined([row for row in own if row.answerable is answerable], curve) for answerable in (True, False)
        ]
        yield f"{name:12} {counts:24} area {area(own, curve):.3f}, declined: {shares[0]}, of the others {shares[1]}"
    offset, _, inclined = curve
    yield f"READER_OFFSET, READER_DECLINING = {offset:.2f}, {inclined:.2f}"


def _declined(rows: Sequence[Read], curve: Floats) -> str:
    """How many of them are declined under the least likelihood that is set where nothing is."""
    least = -math.log(1 / Settings().min_likelihood - 1)
    return f"{sum(float(np.dot(row.signs, curve)) < least for row in rows)} of {len(rows)}"


def main() -> None:
    """Read, fit, and print what was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--every", type=int, default=1, help="Take only every so manyth question of a dossier.")
    parser.add_argument("--data", type=Path, help="The folder of the public sets.")
    parser.add_argument("--sample", type=int, default=40, help="Questions of each public set.")
    given = parser.parse_args()
    settings, opening = Settings(), real_opening()
    held = json.loads(RECORD.read_text(encoding="utf-8"))["held_out"]
    dossiers = [dossier for dossier in read_dossiers(DOSSIER_FILES) if dossier.name in held]
    public = [read_squad2(given.data), read_clapnq(given.data)] if given.data else []
    embedder = opening.open_embedder(settings)
    with closing(opening.open_model(settings)) as model:
        of_dossiers = [row for one in dossiers for row in read_dossier(one, given.every, settings, embedder, model)]
        rows = {"dossiers": of_dossiers}
        for data in public:
            rows[data.name] = list(read_public(data, given.sample, settings, opening, embedder, model))
    print("\n".join(report(rows)))


if __name__ == "__main__":
    main()
