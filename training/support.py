"""Fits how a trained model's judgement of a sentence is weighed with the exact checks.

    python -m training.support --data FOLDER [--each N]

prints the weights for `qa/tuning.py`, and how well judgement, checks and both together tell sentences that are borne
out from others: in each data set, with weights fitted on the others alone. The sentences are all claims of the dossiers
that the model was not trained on, and of the half `tune` errors planted by rule and claims of wice; these are only
tested on, since a search chooses their proof, and what it leaves out is no fault of theirs. Each takes one judgement,
some 3 s on two cores; one that is made is kept in the cache directory, under the hash of the adapter.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import fmean

import numpy as np

from evals.fit.logistic import area, fit
from evals.opening import real_opening
from evals.suites import wice
from evals.suites.cases import choose_items
from evals.suites.claims import claims_of
from evals.suites.dossier import read_dossiers
from evals.suites.library import folder_documents
from evals.suites.named import DOSSIER_FILES, SEED_DOCUMENTS
from evals.suites.planted import read_planted
from index.dates import find_mentions
from qa.answer.judging import judge, read_parts
from qa.answer.tie import with_dates
from qa.check.support import signs_of
from qa.check.verify import check_parts
from qa.model.adapters import SHA256
from qa.model.reply import Listener
from qa.model.writer import Writer
from qa.question.read import read_question
from qa.records import Evidence, Part
from qa.settings import Settings
from training.decision import RECORD

SEED = 7


@dataclass(frozen=True, slots=True)
class Stated:
    """A sentence that cites all of its evidence, and whether that bears it out."""

    id: str
    text: str
    evidence: Sequence[Evidence]
    supported: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """What is known of it when it is decided on."""

    holds: bool
    """Whether it is borne out."""
    judged: float
    parts: tuple[Part, ...]

    @property
    def signs(self) -> tuple[float, ...]:
        """As the curve takes them."""
        return signs_of(self.judged, self.parts)


def sets_of(data: Path, settings: Settings, each: int) -> dict[str, list[Stated]]:
    """All claims, and of each other set at most so many sentences, drawn with a fixed seed: as many true as not."""
    held = json.loads(RECORD.read_text(encoding="utf-8"))["held_out"]
    dossiers = [dossier for dossier in read_dossiers(DOSSIER_FILES) if dossier.name in held]
    claims = [
        Stated(claim_id, claim.c, evidence, claim.verdict == "supported")
        for dossier in dossiers
        for claim_id, claim, evidence in claims_of(dossier, settings)
    ]
    found: dict[str, list[Stated]] = {}
    planted = read_planted(data, folder_documents(SEED_DOCUMENTS).files)
    for item in planted.items:
        if item.half == "tune":
            stated = planted.sentences[item.id]
            one = Stated(item.id, stated.text, stated.evidence, item.id not in planted.planted)
            found.setdefault(f"planted, {item.id.partition('/')[0]}", []).append(one)
    found[wice.NAME] = list(_of_wice(data, settings))
    return {"claims": claims, **{name: _drawn(rows, each) for name, rows in found.items()}}


def _drawn(rows: Sequence[Stated], each: int) -> list[Stated]:
    drawn = random.Random(SEED).sample(rows, len(rows))
    return [one for is_true in (True, False) for one in [row for row in drawn if row.supported == is_true][: each // 2]]


def _of_wice(data: Path, settings: Settings) -> Iterator[Stated]:
    suite = wice.read_wice(data)
    embedder = real_opening().open_embedder(settings)
    reported = {item.id for item in choose_items(suite.items, sample=60, seed=1)}
    for item in suite.items:
        if item.half == "tune" and item.id not in reported:
            chosen = wice.choose_sentences(item.question, suite.pages[item.id], embedder, settings.evidence_tokens)
            yield Stated(item.id, item.question, chosen.evidence, item.kind == "supported")


class Judgements:
    """The model's judgements by the sentence's id, in a file that grows as they are made."""

    def __init__(self, path: Path, writer: Writer) -> None:
        self._path, self._writer = path, writer
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        self._known: dict[str, float] = dict(json.loads(line) for line in lines)

    def of(self, one: Stated) -> float:
        """The probability that it follows."""
        if one.id not in self._known:
            asked = read_question("What do they say?", date.today())
            self._known[one.id] = judge(self._writer, asked, one.text, one.evidence)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps([one.id, self._known[one.id]]) + "\n")
        return self._known[one.id]


def report(sets: Mapping[str, Sequence[Judged]]) -> Iterator[str]:
    """Lines to print: areas under the curve, balanced accuracies, and the weights."""
    fitted = {name: rows for name, rows in sets.items() if name != wice.NAME}
    for name, rows in sets.items():
        others = fit(own for other, own in fitted.items() if other != name)
        alone = {"judgement": [0, 1, 0, 0, 0, 0], "checks": [0, 0, -1, -1, -1, -1]}
        areas = {which: area(rows, np.array(weights, float)) for which, weights in alone.items()}
        areas["both, fitted on the others"] = area(rows, others)
        told = ", ".join(f"{which} {value:.3f}" for which, value in areas.items())
        yield f"{name:20} {len(rows):4}: area of {told}; balanced accuracy {balanced(rows, others):.3f}"
    yield "SUPPORT = (" + ", ".join(f"{weight:.2f}" for weight in fit(fitted.values())) + ")"


def balanced(rows: Sequence[Judged], weights: Sequence[float] | np.ndarray) -> float:
    """The mean of the shares of both kinds that are called what they are."""
    called = [(row.holds, float(np.dot(weights, row.signs)) >= 0) for row in rows]
    return fmean(fmean(float(call == kind) for holds, call in called if holds == kind) for kind in (True, False))


def main() -> None:
    """Judge, fit, and print what was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="Folder of the public data sets.")
    parser.add_argument("--each", type=int, default=24, help="Sentences of each set but the claims.")
    given = parser.parse_args()
    settings, opening = Settings(), real_opening()
    kept = settings.cache / "training" / f"judgements-{SHA256[settings.model][:16]}.jsonl"
    kept.parent.mkdir(parents=True, exist_ok=True)
    sets = sets_of(given.data, settings, given.each)
    with closing(opening.open_model(settings)) as model:
        known = Judgements(kept, Writer(model, Listener()))
        rows = {
            name: [Judged(one.supported, known.of(one), parts_of(one)) for one in stated]
            for name, stated in sets.items()
        }
    print("\n".join(report(rows)))


def parts_of(one: Stated) -> tuple[Part, ...]:
    """What the exact checks say of it where a trained model wrote it."""
    documents = {found.document.doc_id: found.document for found in one.evidence}
    return read_parts(
        check_parts(with_dates(one.text, one.evidence), one.evidence),
        one.evidence,
        read_question("What do they say?", date.today()),
        lambda doc_id: find_mentions(documents[doc_id].text, documents[doc_id].published),
    )


if __name__ == "__main__":
    main()
