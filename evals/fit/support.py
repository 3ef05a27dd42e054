"""How well each sign of support sets true sentences apart, and what shares of words in `qa.tuning` give.

    python -m evals.fit.support --data FOLDER [--half tune]

On the claims of wice and the planted errors of one half, the claims that `evals/README.md` reports on left out: the
area under the curve of each sign, among them nearness by meaning, which is not used; and for pairs of shares the
balanced accuracy on wice, and of the planted errors the share caught, all other checks applied.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import numpy as np

from evals.opening import real_opening
from evals.suites.cases import choose_items
from evals.suites.library import folder_documents
from evals.suites.named import SEED_DOCUMENTS
from evals.suites.planted import read_planted
from evals.suites.wice import choose_sentences, read_wice
from qa import tuning
from qa.answer.tie import with_dates
from qa.check.sentence import read_statement
from qa.check.verify import check_parts
from qa.check.wording import WordSigns, read_signs
from qa.records import Evidence
from qa.settings import Settings

SHARES = (0.3, 0.4, 0.5, 0.6, 0.7)


@dataclass(frozen=True, slots=True)
class Row:
    """A sentence with its signs."""

    supported: bool
    signs: WordSigns
    borne: bool
    """Whether every check but that of the words lets it be."""
    cosine: float
    """Of the sentence to the nearest of its evidence; 0 where it was not embedded."""


def main() -> None:
    """Read the sentences, and print what each sign and each pair of shares gives."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="Folder of the public data sets.")
    parser.add_argument("--half", choices=("tune", "report"), default="tune")
    given = parser.parse_args()
    claims, planted = list(_claims(given.data, given.half)), list(_planted(given.data, given.half))
    signs = {
        "words, no names": [row.signs.words for row in claims],
        "all words": [row.signs.all for row in claims],
        "meaning": [row.cosine for row in claims],
    }
    for name, values in signs.items():
        print(f"{name:16} area under the curve {_area(values, [row.supported for row in claims]):.3f}")
    print("words  all   wice: balanced   planted: caught, let be")
    for words in SHARES:
        for every in SHARES:
            on_wice, on_planted = (_recalls(rows, words, every) for rows in (claims, planted))
            print(f"{words:5} {every:4}   {fmean(on_wice):14.3f}   {on_planted[1]:15.3f}, {on_planted[0]:.3f}")


def _claims(data: Path, half: str) -> Iterator[Row]:
    suite, settings = read_wice(data), Settings()
    embedder = real_opening().open_embedder(settings)
    reported = {item.id for item in choose_items(suite.items, sample=60, seed=1)}
    for item in suite.items:
        if item.half == half and item.id not in reported:
            chosen = choose_sentences(item.question, suite.pages[item.id], embedder, settings.evidence_tokens)
            yield _row(item.question, chosen.evidence, item.kind == "supported", chosen.cosine)


def _planted(data: Path, half: str) -> Iterator[Row]:
    suite = read_planted(data, folder_documents(SEED_DOCUMENTS).files)
    for item in suite.items:
        if item.half == half:
            stated = suite.sentences[item.id]
            yield _row(stated.text, stated.evidence, item.id not in suite.planted)


def _row(text: str, evidence: Sequence[Evidence], supported: bool, cosine: float = 0.0) -> Row:
    dated = with_dates(text, evidence)
    others = [part for part in check_parts(dated, evidence) if part.kind != "words"]
    borne = all(part.verdict == "supported" for part in others)
    return Row(supported, read_signs(read_statement(dated, evidence, "")), borne, cosine)


def _recalls(rows: Sequence[Row], words: float, every: float) -> tuple[float, float]:
    """Of the supported the share called so, and of the others the share not called so."""
    called = [(row.supported, row.borne and _enough(row.signs, words, every)) for row in rows]
    yes = fmean(float(one) for supported, one in called if supported)
    return yes, fmean(float(not one) for supported, one in called if not supported)


def _enough(signs: WordSigns, words: float, every: float) -> bool:
    return not signs.missing or (signs.words >= words and signs.all >= every and len(signs.claimed) > tuning.EACH_THERE)


def _area(values: Sequence[float], labels: Sequence[bool]) -> float:
    """Share of the pairs of one true and one other in which the true one has more; a tie counts half."""
    told, truth = np.array(values), np.array(labels)
    pairs = told[truth][:, None] - told[~truth][None, :]
    return float(np.mean((pairs > 0) + 0.5 * (pairs == 0)))


if __name__ == "__main__":
    main()
