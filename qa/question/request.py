"""What is asked for: what a sentence answers, a list of documents, a digest of them, or nothing."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

Request = Literal["content", "list", "digest", "chat"]
"""What a sentence of the documents answers; which documents there are; what they say in short; no question."""
REQUESTS: tuple[Request, ...] = get_args(Request)
WEIGHTS = Path(__file__).with_name("request.npy")
"""One row a kind, a weight for each dimension of the embedding and one more; made by `python -m training.requests`."""


def request_of(vector: NDArray[np.float32], least: float) -> Request:
    """The kind of the message with this embedding; `content` unless its probability is under `least`.

    Of an embedding that the weights were not fitted for, always `content`.
    """
    if len(vector) + 1 != _weights().shape[1]:
        return "content"
    shares = shares_of(vector[None], _weights())[0]
    likeliest: Request = REQUESTS[1 + int(np.argmax(shares[1:]))]
    return "content" if shares[0] >= least else likeliest


def shares_of(vectors: NDArray[np.float32], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of each message the probability of each kind: (messages, kinds)."""
    scores = vectors @ weights[:, :-1].T + weights[:, -1]
    grown = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(grown / grown.sum(axis=1, keepdims=True))


@cache
def _weights() -> NDArray[np.float64]:
    return np.asarray(np.load(WEIGHTS), dtype=np.float64)
