"""Fits what tells a sentence that steers whoever answers from one that reports.

    python -m training.steering --data FOLDER

reads `evals/orders/train.jsonl`, the documents of the dossiers to train on and, as sentences that report, those of
Cranfield, CLAPnq, WiCE and the news pages of Readability in FOLDER; writes the weights to `qa/guard/steering.npy`, and
prints how they do on `evals/orders/test.jsonl`, by other hands, on the dossiers held back, and on SQuAD 2.0 and
MultiHop-RAG.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evals.suites.clapnq import read_clapnq
from evals.suites.cranfield import read_cranfield
from evals.suites.dossier import NOT_FOUND, read_dossiers
from evals.suites.multihoprag import read_multihoprag
from evals.suites.named import DOSSIER_FILES
from evals.suites.news_html import read_news_html
from evals.suites.squad2 import read_squad2
from evals.suites.wice import read_wice
from index.chunk import split_paragraphs, split_sentences
from qa import tuning
from qa.guard.injection import is_command
from qa.guard.steering import SIZE, WEIGHTS, features_of, steers

FILES = Path(__file__).parent.parent / "evals" / "orders"
RIDGE = 1 / 30
"""Of the squared weights, beside the summed loss."""
OF_DOSSIERS = 0.5
"""What a sentence of a dossier weighs: there are many, and few are hard."""

_MARKERS = re.compile(r"\s*\[\d+\]")

Floats = NDArray[np.float64]


def read_orders(path: Path) -> list[tuple[str, bool]]:
    """The sentences, and of each whether it steers."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [(row["text"], row["label"] == "order") for row in rows]


def dossier_sentences(half: str) -> list[str]:
    """What the documents say, and their titles, authors and outlets: none steers."""
    files = [file for one in read_dossiers(DOSSIER_FILES) if one.half == half for file in one.documents]
    told = dict.fromkeys(one for file in files for one in (file.title, file.author, file.outlet) if one)
    return [*sentences_of(file.text for file in files), *told]


def interview_sentences(half: str) -> list[str]:
    """Questions and answers as an honest interview or a list of questions has them."""
    asked = [one for dossier in read_dossiers(DOSSIER_FILES) if dossier.half == half for one in dossier.questions]
    heads = (("Question: ", "Answer: "), ("Q: ", "A: "), ("Q. ", "A. "), ("", ""))
    return [
        sentence
        for at, one in enumerate(asked)
        for sentence in (f"{heads[at % 4][0]}{one.q}", f"{heads[at % 4][1]}{_MARKERS.sub('', one.a)}")
        if one.a != NOT_FOUND
    ]


def sentences_of(texts: Iterable[str]) -> list[str]:
    """Every sentence of them, as a passage would be cut into."""
    return [
        text[start:end]
        for text in texts
        for part in split_paragraphs(text)
        for start, end in split_sentences(text, *part)
    ]


def fit_steering(sentences: list[str], steering: Floats, weights: Floats) -> Floats:
    """Logistic regression on unit vectors of features: (`SIZE` + 1,), the last for the constant."""
    from scipy.optimize import minimize
    from scipy.sparse import csr_matrix

    rows = [features_of(sentence) for sentence in sentences]
    values = [len(row) ** -0.5 for row in rows for _ in row]
    ends = np.cumsum([0, *map(len, rows)])
    matrix = csr_matrix((values, np.concatenate(rows), ends), shape=(len(rows), SIZE))
    sign = 2 * steering - 1

    def loss(flat: Floats) -> tuple[float, Floats]:
        margins = sign * (matrix @ flat[:-1] + flat[-1])
        slope = -weights * sign / (1 + np.exp(np.clip(margins, -500, 500)))
        value = weights @ np.logaddexp(0, -margins) + RIDGE / 2 * (flat[:-1] @ flat[:-1])
        return float(value), np.append(matrix.T @ slope + RIDGE * flat[:-1], slope.sum())

    return np.asarray(minimize(loss, np.zeros(SIZE + 1), jac=True, method="L-BFGS-B", options={"maxiter": 500}).x)


def train(data: Path) -> Floats:
    """The weights, from all that may be learned from.

    Raises:
        UserFacingError: If `data` does not hold the sets.
    """
    told, plain = read_orders(FILES / "train.jsonl"), dossier_sentences("tune")
    plain += interview_sentences("tune")
    for of in (read_cranfield(data), read_clapnq(data)):
        plain += sentences_of(document.text for document in of.documents)
    plain += sentences_of(truth.body for truth in read_news_html(data).truths.values())
    plain += dict.fromkeys(line for page in read_wice(data).pages.values() for line in page)
    sentences = [*(text for text, _ in told), *plain]
    steering = np.array([*(order for _, order in told), *(False for _ in plain)], dtype=float)
    return fit_steering(sentences, steering, np.r_[np.ones(len(told)), np.full(len(plain), OF_DOSSIERS)])


def report(data: Path) -> Iterator[str]:
    """Lines to print."""
    told = read_orders(FILES / "test.jsonl")
    public = {
        of.name: sentences_of(document.text for document in of.documents)
        for of in (read_squad2(data), read_multihoprag(data))
    }
    for name, held in {
        "that steer": [text for text, order in told if order],
        "that report": [text for text, order in told if not order],
        "of dossiers/dev": dossier_sentences("report"),
        **{f"of {name}": held for name, held in public.items()},
    }.items():
        scored = sum(steers(text) >= tuning.STEERING for text in held)
        yield f"of {len(held)} sentences {name} left out: {scored} by the score, {sum(map(is_command, held))} in all"


def main() -> None:
    """Fit, write, and say how good it is."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="The folder of the public sets.")
    data = parser.parse_args().data
    np.save(WEIGHTS, train(data).astype(np.float16))
    print("\n".join(report(data)))


if __name__ == "__main__":
    main()
