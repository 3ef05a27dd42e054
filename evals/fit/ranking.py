"""Fits how much each sign of a sentence counts, and from what nearness on the documents are likely to answer.

    python -m evals.fit.ranking --data FOLDER

prints the weights and the curve for `qa/tuning.py`, and first how well each data set is served by weights fitted on the
others alone: what a user's own documents may expect. The cases that `evals/README.md` reports on (`--sample 60
--seed 1`, and the report half of the sample reports) are left out.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evals.measures.score import Source
from evals.opening import Opening, real_opening
from evals.suites.cases import Case, choose_items
from evals.suites.named import ANSWERS, SEEDS, open_suite
from evals.suites.questions import AnswerSuite
from index.pipeline import Library
from qa.find.choose import choose_evidence
from qa.find.expand import WordSimilarity
from qa.find.features import Lookup, Signs, read_sentences, sign_weights
from qa.find.search import look_up
from qa.model.open import NONE
from qa.question.decompose import split_parts
from qa.question.read import read_question
from qa.settings import Settings

NAMES = tuple(field.name for field in fields(Signs))
RIDGE = 1e-3
"""Holds the weights of signs that the data say little about near 0; on standardised signs."""
MOST = 700
"""Cases of one data set, drawn with a fixed seed; more change the weights little."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Row:
    """One question and the sentences found for it."""

    case: Case
    found: Lookup
    signs: Floats
    """(sentences, signs)"""
    proves: NDArray[np.bool_]


def read_rows(suite: AnswerSuite, settings: Settings, opening: Opening) -> list[Row]:
    """The questions of the suite that may be learned from, those of several parts left out."""
    reported = {item.id for item in choose_items(suite.items, sample=60, seed=1)} if suite.name in ANSWERS else set()
    items = [item for item in suite.items if item.half != "report" and item.id not in reported]
    chosen = {item.id for item in choose_items(items, sample=MOST)}
    settings, sources = suite.documents.fill(settings, opening, None)
    with opening.open_session(settings.model_copy(update={"model": NONE})) as session:
        similarity = WordSimilarity(session.library.embedder)
        cases = [case for case in suite.cases if case.id in chosen and len(split_parts(case.question)) == 1]
        return [_read_row(case, session.library, similarity, sources) for case in cases]


def _read_row(case: Case, library: Library, similarity: WordSimilarity, sources: Mapping[str, Source]) -> Row:
    asked = read_question(case.question, case.as_of or date.today())
    found = look_up(library, similarity, asked, library.embedder.encode([asked.text])[0])
    sentences = list(read_sentences(asked, found))
    quotes = [(quote.document, quote.quote) for quote in case.quotes]
    spans = {
        (doc_id, start, start + len(quote))
        for doc_id, source in sources.items()
        for name, quote in quotes
        if Path(source.document.uri).name == name and (start := source.document.text.find(quote)) >= 0
    }
    proves = [
        any(
            doc_id == one.hit.document.doc_id and one.span[0] < end and start < one.span[1]
            for doc_id, start, end in spans
        )
        for one in sentences
    ]
    signs = np.array([astuple(one.signs) for one in sentences]).reshape(len(sentences), len(NAMES))
    return Row(case, found, signs, np.array(proves, dtype=bool))


def fit_weights(sets: Iterable[Sequence[Row]]) -> Floats:
    """Weights under which the proving sentences have the greatest softmax, every data set by the root of its size."""
    from scipy.optimize import minimize

    rows = [(row, 1 / np.sqrt(len(each))) for each in sets for row in each if row.case.answerable and row.proves.any()]
    every = np.concatenate([row.signs for row, _ in rows])
    spread = every.std(axis=0)
    # A sign that never differs, as that of an outlet where none is given, can have no weight.
    scale = np.where(spread > 0, spread, np.inf)
    whole = sum(weight for _, weight in rows)

    def loss(weights: Floats) -> tuple[float, Floats]:
        value, slope = RIDGE * weights @ weights, 2 * RIDGE * weights
        for row, weight in rows:
            signs = row.signs / scale
            share = _softmax(signs @ weights)
            right = _softmax(np.where(row.proves, signs @ weights, -np.inf))
            value -= weight / whole * np.log(share[row.proves].sum())
            slope = slope + weight / whole * (share - right) @ signs
        return float(value), slope

    fitted: Floats = np.asarray(minimize(loss, np.zeros(len(NAMES)), jac=True, method="L-BFGS-B").x) / scale
    return fitted


def fit_curve(sets: Iterable[Sequence[Row]]) -> tuple[float, float]:
    """Slope and middle of the logistic curve from the nearest cosine to being answered; each set and answer alike."""
    from scipy.optimize import minimize

    cosines, answered, weights = [], [], []
    for rows in sets:
        labels = [row.case.answerable for row in rows]
        if 0 < sum(labels) < len(labels):
            cosines += [nearest(row) for row in rows]
            answered += labels
            weights += [1 / (sum(labels) if one else len(labels) - sum(labels)) for one in labels]
    x, y, w = np.array(cosines), np.array(answered), np.array(weights)

    def loss(curve: Floats) -> float:
        p = np.clip(1 / (1 + np.exp(curve[0] * (curve[1] - x))), 1e-9, 1 - 1e-9)
        return float(-(w * np.where(y, np.log(p), np.log(1 - p))).sum())

    slope, middle = minimize(loss, np.array([10.0, 0.5]), method="Nelder-Mead").x
    return float(slope), float(middle)


def nearest(row: Row) -> float:
    """Cosine of the nearest sentence to the question."""
    return float(row.signs[:, NAMES.index("meaning")].max(initial=-1.0))


def served(rows: Sequence[Row], weights: Floats, settings: Settings) -> Iterator[tuple[float, ...]]:
    """Of each answerable question: reciprocal rank of the first proof, share of its quotes chosen, tokens chosen."""
    for row in rows:
        if not (row.case.answerable and row.case.quotes):
            continue
        asked = read_question(row.case.question, row.case.as_of or date.today())
        chosen = choose_evidence(
            asked,
            row.found,
            sentences=settings.evidence_sentences,
            tokens=settings.evidence_tokens,
            weights=Signs(*weights),
        )
        quotes = [quote.quote for quote in row.case.quotes]
        proving = [any(_overlap(one.quote, quote) for quote in quotes) for one in chosen]
        held = [any(_overlap(one.quote, quote) for one in chosen) for quote in quotes]
        first = proving.index(True) + 1 if any(proving) else np.inf
        yield (
            1 / first,
            float(first <= 1),
            float(any(proving)),
            float(np.mean(held)),
            sum(len(c.quote) for c in chosen) / 4.2,
        )


def _overlap(one: str, other: str) -> bool:
    return one in other or other in one


def _softmax(scores: Floats) -> Floats:
    grown = np.exp(scores - scores.max())
    return np.asarray(grown / grown.sum())


def main() -> None:
    """Fit, and print what was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="Folder of the public data sets.")
    parser.add_argument("--extra", nargs=2, metavar=("CASES", "DOCUMENTS"), type=Path, action="append", default=[])
    given = parser.parse_args()
    settings, opening = Settings(), real_opening()
    rows: dict[str, list[Row]] = {}
    for name in (SEEDS, *ANSWERS):
        suite = open_suite(name, settings=settings, opening=opening, data=given.data)
        assert isinstance(suite, AnswerSuite)
        rows[name] = read_rows(suite, settings, opening)
    for cases, documents in given.extra:
        suite = open_suite(str(cases), settings=settings, opening=opening, documents=documents)
        assert isinstance(suite, AnswerSuite)
        rows[cases.stem] = read_rows(suite, settings, opening)
    print(f"{'set':12} {'weights of':10} {'n':>4}   MRR  first  chosen  quotes  tokens")
    for name, own in rows.items():
        others = fit_weights(each for other, each in rows.items() if other != name)
        for label, weights in (("the code", np.array(astuple(sign_weights()))), ("others", others)):
            told = np.array(list(served(own, weights, settings)))
            print(f"{name:12} {label:10} {len(told):4}  " + "   ".join(f"{value:.3f}" for value in told.mean(axis=0)))
    fitted = fit_weights(rows.values())
    print("weights:", ", ".join(f"{name}={weight:.2f}" for name, weight in zip(NAMES, fitted, strict=True)))
    for name, own in rows.items():
        slope, middle = fit_curve(each for other, each in rows.items() if other != name)
        cosines = np.array([nearest(row) for row in own])
        labels = np.array([row.case.answerable for row in own])
        told = 1 / (1 + np.exp(slope * (middle - cosines)))
        for low, high in ((0, 0.15), (0.15, 0.35), (0.35, 0.75), (0.75, 1.01)):
            inside = (told >= low) & (told < high)
            print(f"{name:12} said {low:.2f} to {high:.2f}: {labels[inside].sum()} of {inside.sum()} answerable")
    print("curve: slope {:.1f}, middle {:.3f}".format(*fit_curve(rows.values())))


if __name__ == "__main__":
    main()
