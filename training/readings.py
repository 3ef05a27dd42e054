"""What a reader learns from: each question with the sentences that the product's own search finds, and the answer.

    python -m training.readings

writes them, a JSON object a line, to the cache directory, under a name that holds the hash of what they were made from.
Only the dossiers of `train` are read, with the conversations about them.
"""

from __future__ import annotations

import inspect
import json
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import numpy as np

from evals.digest import digest_of
from evals.measures.score import Source, spans_of
from evals.opening import Opening, real_opening
from evals.suites.cases import Case, Quote
from evals.suites.dossier import NOT_FOUND, Dossier, read_dossiers
from evals.suites.library import add_files
from evals.suites.named import DOSSIER_FILES
from index.embed import Embedder
from index.pipeline import Library, open_library
from index.records import Span
from qa import tuning
from qa.find import choose, features
from qa.find.choose import choose_evidence
from qa.find.expand import WordSimilarity
from qa.find.search import look_up
from qa.model import prompt
from qa.model.prompt import Line, line_of
from qa.question.decompose import split_parts
from qa.question.read import read_question
from qa.records import Evidence
from qa.settings import Settings

logger = logging.getLogger(__name__)

MOST = 30
"""Sentences of a question."""
CLAIM = "claim"
"""The kind of a reading that is a claim to be judged."""
PUBLIC = "public"
"""The kind of one of which only is learned whether it is answered."""
_YES_OR_NO = {True: "Yes", False: "No"}
FORMAT = "2"
"""Goes into the hash; to be raised when the same data give other readings."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One question, the sentences found for it, best first, and its answer."""

    id: str
    group: str
    """The name of the dossier."""
    kind: str
    question: str
    """Of the kind `claim`, the claim."""
    answer: str
    """With markers that count the proofs from 1, or NOT FOUND; of a claim Yes or No."""
    lines: tuple[Line, ...]
    keys: tuple[str, ...]
    """Where each stands: equal for one sentence found for several questions."""
    proofs: tuple[tuple[int, ...], ...]
    """The sentences that hold each proof, the best first; empty when none does."""


def build_reading(
    group: str, case: Case, library: Library, similarity: WordSimilarity, sources: Mapping[str, Source]
) -> Reading:
    """What the search finds for one question, as far as the model could ever be shown it."""
    asked = read_question(case.question, case.as_of or date.today())
    found = look_up(library, similarity, asked, library.embedder.encode([asked.text])[0])
    evidence = choose_evidence(asked, found, sentences=MOST, tokens=MOST * 200, surely=1.0)
    places = [spans_of(quote, sources) for quote in case.quotes]
    return Reading(
        id=case.id,
        group=group,
        kind=case.kind,
        question=asked.text,
        answer=(_YES_OR_NO[case.answerable] if case.kind == CLAIM else case.gold) or NOT_FOUND,
        lines=tuple(line_of(asked, sentence) for sentence in evidence),
        keys=tuple(f"{sentence.document.doc_id} {sentence.start}" for sentence in evidence),
        proofs=tuple(
            tuple(at for at, sentence in enumerate(evidence) if _overlaps(sentence, of_proof)) for of_proof in places
        ),
    )


def number_of(reading: Reading) -> int:
    """Which question of its dossier it is, from 0; -1 of a claim and of one of a conversation."""
    _, _, number = reading.id.partition("-q")
    return int(number or -1)


def _overlaps(sentence: Evidence, places: Iterable[tuple[str, Span]]) -> bool:
    return any(sentence.document.doc_id == of and sentence.start < to and at < sentence.end for of, (at, to) in places)


def dossier_readings(dossiers: Sequence[Dossier], settings: Settings, opening: Opening) -> Iterator[Reading]:
    """Of each dossier's questions and conversations, from its own documents alone."""
    embedder = opening.open_embedder(settings)
    for dossier in dossiers:
        yield from _of_dossier(dossier, settings, embedder)


def _of_dossier(dossier: Dossier, settings: Settings, embedder: Embedder) -> Iterator[Reading]:
    its_own, files = dossier.settle(settings)
    with closing(open_library(its_own.library, embedder, **its_own.of_library)) as library:
        sources = add_files(library, files, None)
        similarity = WordSimilarity(embedder)
        for case in [*dossier.cases, *conversation_cases(dossier), *claim_cases(dossier)]:
            # What proves which part of a question of several is not known.
            if case.kind == CLAIM or len(split_parts(case.question)) == 1:
                yield build_reading(dossier.name, case, library, similarity, sources)


def conversation_cases(dossier: Dossier, folder: Path = DOSSIER_FILES / "conversations") -> Iterator[Case]:
    """The questions of the conversations about the dossier, each as it would be asked by itself."""
    path = folder / f"{dossier.name}.json"
    turns = json.loads(path.read_text(encoding="utf-8"))["conversations"] if path.exists() else []
    known = {case.question for case in dossier.cases}
    for number, turn in enumerate(turn for turns_of_one in turns for turn in turns_of_one):
        if turn["alone"] in known:
            continue
        yield Case(
            id=f"{dossier.name}-c{number:02}",
            half=dossier.half,
            kind="conversation",
            question=turn["alone"],
            answerable=turn["a"] != NOT_FOUND,
            facts=(),
            forbidden=(),
            quotes=tuple(Quote(dossier.file_name(proof["d"]), proof["s"]) for proof in turn["proof"]),
            gold="" if turn["a"] == NOT_FOUND else turn["a"],
        )


def claim_cases(dossier: Dossier) -> Iterator[Case]:
    """The claims of the dossier, each as a question that its proof answers where it is so."""
    for number, claim in enumerate(dossier.claims):
        yield Case(
            id=f"{dossier.name}-j{number:02}",
            half=dossier.half,
            kind=CLAIM,
            question=claim.c,
            answerable=claim.verdict == "supported",
            facts=(),
            forbidden=(),
            quotes=tuple(Quote(dossier.file_name(proof.d), proof.s) for proof in claim.proof),
        )


def split_groups(names: Iterable[str]) -> tuple[list[str], list[str]]:
    """The dossiers to learn from and those held out: every twelfth, by name."""
    ordered = sorted(set(names))
    held = ordered[5::12]
    return [name for name in ordered if name not in held], held


def write_readings(settings: Settings, opening: Opening, folder: Path = DOSSIER_FILES) -> Path:
    """The file of the readings, made unless it is there; one that was begun is made anew."""
    dossiers = [dossier for dossier in read_dossiers(folder) if dossier.half == "tune"]
    searched = [inspect.getsource(module) for module in (choose, features, prompt, tuning)]
    turns = [path.read_bytes() for path in sorted((folder / "conversations").glob("*.json"))]
    digest = digest_of(FORMAT, *searched, *map(repr, dossiers), *turns)
    path = settings.cache / "training" / f"readings-{digest[:16]}.jsonl"
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8") as file:
        for reading in dossier_readings(dossiers, settings, opening):
            file.write(json.dumps(asdict(reading), ensure_ascii=False) + "\n")
    part.replace(path)
    return path


def read_readings(path: Path) -> list[Reading]:
    """What `write_readings` wrote."""
    with path.open(encoding="utf-8") as file:
        return [_from_json(line) for line in file]


def _from_json(line: str) -> Reading:
    row = json.loads(line)
    lines = tuple(Line(**line) for line in row["lines"])
    return Reading(**{**row, "lines": lines, "keys": tuple(row["keys"]), "proofs": tuple(map(tuple, row["proofs"]))})


def main() -> None:
    """Write the readings, and tell how many of their proofs are among the first sentences."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    path = write_readings(Settings(), real_opening())
    proved = [reading for reading in read_readings(path) if reading.proofs]
    for k in (1, 5, 8, 12, 20, MOST):
        held = [all(of_proof and of_proof[0] < k for of_proof in reading.proofs) for reading in proved]
        print(f"all proofs among the first {k}: {np.mean(held):.3f} of {len(proved)}")
    print(path)


if __name__ == "__main__":
    main()
