"""Readings of public sets: whether the sentences that are near answer a question, also one that was made to mislead.

SQuAD 2.0 and CLAPnq tell of each question whether its own passage answers it. How an answer is written is left to the
dossiers: of these only the decision is learned. Nothing is learned from every other article of SQuAD and every other
question of CLAPnq, so that these can be measured on.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from evals.opening import Opening
from evals.suites.cases import Case
from evals.suites.clapnq import read_clapnq
from evals.suites.library import WrittenDocuments, open_written_library
from evals.suites.rows import AnswerData
from evals.suites.squad2 import read_squad2
from qa.find.expand import WordSimilarity
from qa.settings import Settings
from training.readings import PUBLIC, Reading, build_reading

SEED = 1


def split_cases(data: AnswerData) -> tuple[list[Case], list[Case]]:
    """Those to learn from and those held out: by article where several questions are asked of one."""
    subjects = sorted({case.provenance for case in data.cases})
    if len(subjects) == 1:
        return list(data.cases[::2]), list(data.cases[1::2])
    learned = set(subjects[::2])
    return (
        [case for case in data.cases if case.provenance in learned],
        [case for case in data.cases if case.provenance not in learned],
    )


def public_readings(folder: Path, count: int, settings: Settings, opening: Opening) -> Iterator[Reading]:
    """Of at most `count` questions of each set, drawn by whole passages, what the search in all of the set finds.

    Raises:
        UserFacingError: If `folder` does not hold the sets.
    """
    for data in (read_squad2(folder), read_clapnq(folder)):
        cases, _ = split_cases(data)
        found = _found_for(data, random.Random(SEED).sample(cases, len(cases)), settings, opening)
        # Those of one passage stand together, so that they can share its sentences.
        nearest = [reading.lines[0].document for reading in found]
        by_passage = sorted(zip(nearest, found, strict=True), key=lambda pair: nearest.index(pair[0]))
        yield from (reading for _, reading in by_passage[:count])


def _found_for(data: AnswerData, cases: Sequence[Case], settings: Settings, opening: Opening) -> list[Reading]:
    settings, sources = WrittenDocuments(data.documents).fill(settings, opening, None)
    embedder = opening.open_embedder(settings)
    with closing(open_written_library(data.documents, settings, embedder)) as library:
        similarity = WordSimilarity(embedder)
        found = (build_reading(data.name, case, library, similarity, sources) for case in cases)
        return [replace(reading, kind=PUBLIC) for reading in found]
