"""Fits what tells a question about the documents' contents from one about the collection, or from no question.

    python -m training.requests

reads `evals/requests/train.jsonl` and the questions of the dossiers to train on, writes the weights to
`qa/question/request.npy`, and prints how they do on `evals/requests/test.jsonl` and on the dossiers held back.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evals.opening import real_opening
from evals.suites.dossier import read_dossiers
from evals.suites.named import DOSSIER_FILES
from index.embed import Embedder
from qa import tuning
from qa.question.request import REQUESTS, WEIGHTS, shares_of
from qa.settings import Settings

FILES = Path(__file__).parent.parent / "evals" / "requests"
RIDGE = 1e-4
OF_DOSSIERS = 120
"""How many written messages the questions of the dossiers weigh together: as many as each kind has."""

Floats = NDArray[np.float64]


def read_requests(path: Path) -> tuple[list[str], NDArray[np.int64]]:
    """The messages, and of each the number of its kind."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [row["text"] for row in rows], np.array([REQUESTS.index(row["label"]) for row in rows])


def fit_requests(vectors: Floats, kinds: NDArray[np.int64], weights: Floats) -> Floats:
    """Multinomial logistic regression: (kinds, dimensions + 1)."""
    from scipy.optimize import minimize

    size, (count, dimensions) = len(REQUESTS), vectors.shape
    told = np.eye(size)[kinds]
    weights = weights / weights.sum()

    def loss(flat: Floats) -> tuple[float, Floats]:
        matrix = flat.reshape(size, dimensions + 1)
        shares = shares_of(vectors.astype(np.float32), matrix)
        value = -(weights * np.log(shares[np.arange(count), kinds])).sum() + RIDGE * (matrix[:, :-1] ** 2).sum()
        slope = (shares - told) * weights[:, None]
        return float(value), np.c_[slope.T @ vectors + 2 * RIDGE * matrix[:, :-1], slope.sum(0)].ravel()

    begun = np.zeros(size * (dimensions + 1))
    return np.asarray(minimize(loss, begun, jac=True, method="L-BFGS-B").x).reshape(size, -1)


def _questions(half: str) -> list[str]:
    return [case.question for one in read_dossiers(DOSSIER_FILES) if one.half == half for case in one.cases]


def train(embedder: Embedder) -> Floats:
    """The weights, from all that may be learned from."""
    messages, kinds = read_requests(FILES / "train.jsonl")
    asked = _questions("tune")
    vectors = embedder.encode([*messages, *asked]).astype(np.float64)
    every = np.concatenate([kinds, np.zeros(len(asked), dtype=np.int64)])
    weights = np.concatenate([np.ones(len(messages)), np.full(len(asked), OF_DOSSIERS / len(asked))])
    return fit_requests(vectors, every, weights)


def report(embedder: Embedder, weights: Floats) -> Iterator[str]:
    """Lines to print."""
    messages, kinds = read_requests(FILES / "test.jsonl")
    shares = shares_of(embedder.encode(messages), weights)
    dossiers = shares_of(embedder.encode(_questions("report")), weights)[:, 0]
    for when, least in (("at once", tuning.CONTENT), ("where declined", tuning.CONTENT_WHERE_DECLINED)):
        for number, kind in enumerate(REQUESTS):
            taken = shares[kinds == number, 0] < least
            yield f"{when}, {kind}: {taken.sum()} of {len(taken)} are not taken for a question of contents"
        yield f"{when}, dossiers/dev: {(dossiers < least).sum()} of {len(dossiers)} questions are not"
    other = kinds > 0
    right = shares[other, 1:].argmax(axis=1) + 1 == kinds[other]
    yield f"of those that are none, the kind is right in {right.sum()} of {len(right)}"


def main() -> None:
    """Fit, write, and say how good it is."""
    embedder = real_opening().open_embedder(Settings())
    weights = train(embedder)
    np.save(WEIGHTS, weights.astype(np.float32))
    print("\n".join(report(embedder, weights)))


if __name__ == "__main__":
    main()
