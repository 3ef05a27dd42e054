"""Fits what tells that two sentences of different documents answer one question differently.

    python -m training.differing

reads the false reports of `evals/lies/train.jsonl`, each beside the dossier whose report it denies, and questions of
the dossiers to train on that one document answers, where nothing is to be set against the answer. It writes the weights
to `qa/compare/differing.npy`, and prints how they do on the false reports of `evals/lies/test.jsonl`, by another hand
and on other dossiers, and on the dossiers held back.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from evals.fit.logistic import fit
from evals.opening import real_opening
from evals.suites.cases import Case
from evals.suites.dossier import Dossier, read_dossiers
from evals.suites.library import add_files
from evals.suites.named import DOSSIER_FILES
from index.embed import Embedder
from index.pipeline import open_library
from qa import tuning
from qa.compare.differing import WEIGHTS, Told, pairs_of, read_told, signs_of
from qa.compare.disagreement import find_disagreement
from qa.compare.values import Value, agree, values_of_text
from qa.find.expand import WordSimilarity
from qa.find.numbering import Numbering
from qa.find.search import Found, find
from qa.question.read import Asked, read_question
from qa.records import Claim, Disagreement
from qa.settings import Settings

FILES = Path(__file__).parent.parent / "evals" / "lies"
EVERY = 3
"""Of the dossiers to train on, every so manyth gives honest questions."""


@dataclass(frozen=True, slots=True)
class Lie:
    """A false report beside a dossier, and a question that both answer."""

    dossier: str
    question: str
    document: str
    """The whole text of the false report."""
    lie: str
    truth: str
    close: bool
    """Whether it is told nearly in the question's words."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A question, what was found for it, and a sentence that answers it."""

    asked: Asked
    found: Found
    first: Told
    values: tuple[Value, ...]
    """Those that the answer tells."""
    lie: Lie | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One pair of values."""

    signs: tuple[float, ...]
    holds: bool


def read_lies(name: str) -> list[Lie]:
    """The false reports of one file."""
    return [Lie(**json.loads(line)) for line in (FILES / name).read_text(encoding="utf-8").splitlines()]


def answered_by_lies(lies: Sequence[Lie], dossiers: Sequence[Dossier], embedder: Embedder) -> Iterator[Answered]:
    """Each question twice: with the honest value for an answer, and with the false one."""
    named = {dossier.name: dossier for dossier in dossiers}
    for lie in lies:
        dossier = named[lie.dossier]
        (case,) = [case for case in dossier.cases if case.question == lie.question][:1]
        ((asked, found),) = _find(dossier, [case], embedder, lie.document)
        for value in (lie.truth, lie.lie):
            first = next((one for one in (*found.evidence, *found.others) if value in one.quote), None)
            if first:
                values = values_of_text(asked, value, first.document.published)
                yield Answered(asked, found, read_told(asked, first), tuple(values), lie)


def answered_honestly(dossiers: Sequence[Dossier], embedder: Embedder) -> Iterator[Answered]:
    """Questions that one document answers, with the values of the written answer."""
    for dossier in dossiers:
        cases = [case for case in dossier.cases if len({quote.document for quote in case.quotes}) == 1]
        for case, (asked, found) in zip(cases, _find(dossier, cases, embedder), strict=True):
            proofs = [quote.quote for quote in case.quotes]
            every = (*found.evidence, *found.others)
            first = next((one for one in every if any(proof in one.quote for proof in proofs)), None)
            if first:
                values = values_of_text(asked, case.gold, first.document.published)
                yield Answered(asked, found, read_told(asked, first), tuple(values))


def _find(dossier: Dossier, cases: Sequence[Case], embedder: Embedder, more: str = "") -> list[tuple[Asked, Found]]:
    settings, files = dossier.settle(Settings())
    with tempfile.TemporaryDirectory() as folder:
        if more:
            (Path(folder) / "report.txt").write_text(more, encoding="utf-8")
            files = (*files, Path(folder) / "report.txt")
        with closing(open_library(Path(folder) / "library", embedder, **settings.of_library)) as library:
            add_files(library, files, None)
            similarity = WordSimilarity(embedder)
            every = [read_question(case.question, date.today()) for case in cases]
            return [(asked, find(library, similarity, settings, [asked])[0]) for asked in every]


def rows_of(one: Answered) -> Iterator[Row]:
    """Every pair of values that the score could be asked for; true is that of the lie and what it denies."""
    for sentence in (*one.found.evidence, *one.found.others):
        if sentence.document.doc_id == one.first.sentence.document.doc_id:
            continue
        second = read_told(one.asked, sentence)
        for value, other, same in pairs_of(one.asked, one.first, second, one.values):
            if not same:
                differs = one.lie is not None and _is_of(one.asked, one.lie, second, other)
                yield Row(signs_of(one.asked, one.first, second, value, other), differs)


def _is_of(asked: Asked, lie: Lie, told: Told, value: Value) -> bool:
    """Whether the value is the false or the honest one, told by this sentence."""
    published = told.sentence.document.published
    return any(
        words in told.sentence.quote
        and any(one.kind == value.kind and agree(one, value) for one in values_of_text(asked, words, published))
        for words in (lie.lie, lie.truth)
    )


def disagreement_of(one: Answered) -> Disagreement | None:
    """What is told beside an answer with these values."""
    sentence = one.first.sentence
    text = "; ".join(value.words for value in one.values)
    claim = Claim(text, (sentence.citation,), "supported", ())
    return find_disagreement(one.asked, [claim], one.found.evidence, one.found.others, Numbering())


def report(name: str, answered: Sequence[Answered]) -> str:
    """A line to print."""
    told = [(one, differing) for one in answered if (differing := disagreement_of(one))]
    both = sum(one.lie is not None and _cites_both(one.lie, differing) for one, differing in told)
    return f"{name}: beside {len(told)} of {len(answered)} answers something else is told, {both} times lie and truth"


def _cites_both(lie: Lie, differing: Disagreement) -> bool:
    quotes = [citation.quote for position in differing.positions for citation in position.citations]
    return all(any(words in quote for quote in quotes) for words in (lie.lie, lie.truth))


def main() -> None:
    """Fit, write, and say how good it is."""
    dossiers = read_dossiers(DOSSIER_FILES)
    learned, held = ([one for one in dossiers if one.half == half] for half in ("tune", "report"))
    embedder = real_opening().open_embedder(Settings())
    lies = list(answered_by_lies(read_lies("train.jsonl"), learned, embedder))
    honest = list(answered_honestly(learned[::EVERY], embedder))
    rows = [row for one in (*lies, *honest) for row in rows_of(one)]
    np.save(WEIGHTS, fit([rows]))
    print(f"{sum(row.holds for row in rows)} of {len(rows)} pairs differ; from {tuning.DIFFERING} on they are told")
    print(report("false reports learned from", lies))
    print(report("honest questions learned from", honest))
    print(report("other false reports", list(answered_by_lies(read_lies("test.jsonl"), learned, embedder))))
    print(report("honest questions held back", list(answered_honestly(held, embedder))))


if __name__ == "__main__":
    main()
