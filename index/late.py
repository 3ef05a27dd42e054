"""Late interaction: how near each sentence of a passage is to a question, token by token, as the model reads them.

The embedder was trained for it (`training/ranker.py`); what it learned lies beside this file: `late.npz` holds for each
linear layer of the encoder two narrow matrices, `0.attention.self.query.a` (rank, in) and `.b` (out, rank), whose
product is added to the layer, and in `weights` what the two nearnesses and the other signs of a sentence count.

Source: Khattab & Zaharia, "ColBERT: Efficient and Effective Passage Search via Contextualized Late Interaction over
BERT" (2020), whose greatest similarity of each token of the question is taken here within each sentence, whose tokens
were read within the whole passage.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from index.records import Span

LATE = Path(__file__).with_name("late.npz")
LATE_TOKENS = 320
"""What is read of a passage, at most; trained with as many."""
KEPT = 128
"""Passages whose tokens are kept for the next question, some 0.3 MB each."""

Tokens = tuple[NDArray[np.float32], NDArray[Any]]
"""One row a token, those at the text's two ends among them, and where each starts and ends in the text."""


class TokenEncoder(Protocol):
    """Reads texts token by token."""

    def encode_tokens(self, texts: Sequence[str]) -> list[Tokens]:
        """The tokens of each text, as the model reads them within it."""


class LateInteraction:
    """Scores of sentences for a question."""

    def __init__(self, encoder: TokenEncoder, weights: Sequence[float]) -> None:
        self._encoder = encoder
        self._of_tokens, self._of_whole, self.others = map(float, weights)
        """`others` is what the sentence's other signs, in logits, count beside the scores."""
        self._kept: OrderedDict[str, Tokens] = OrderedDict()
        # Several threads ask, and one that adds must not meet one that drops.
        self._lock = threading.Lock()

    @classmethod
    def load(cls, encoder: TokenEncoder) -> Self:
        """That of an encoder to whose weights `LATE` was added."""
        return cls(encoder, np.load(LATE)["weights"].tolist())

    def score(self, question: str, texts: Sequence[str], spans: Sequence[Sequence[Span]]) -> list[NDArray[np.float32]]:
        """For each text the score of each of its spans, in logits; (0,) for a text without any.

        A span of which nothing is read, such as one past `LATE_TOKENS`, is scored by what stands for the whole text.
        """
        (asked,) = self._encoder.encode_tokens([question])
        whole, tokens = _unit(asked[0].mean(axis=0)), _unit(asked[0][1:-1])
        return [
            np.array([self._score_one(whole, tokens, rows) for rows in _inside(read, of_text)], dtype=np.float32)
            for read, of_text in zip(self._read(texts), spans, strict=True)
        ]

    def _score_one(
        self, whole: NDArray[np.float32], tokens: NDArray[np.float32], rows: NDArray[np.float32]
    ) -> np.float32:
        nearest = (_unit(rows) @ tokens.T).max(axis=0)
        by_token = nearest.mean() if len(nearest) else 0.0
        return np.float32(self._of_tokens * by_token + self._of_whole * (_unit(rows.mean(axis=0)) @ whole))

    def _read(self, texts: Sequence[str]) -> list[Tokens]:
        with self._lock:
            known = {text: self._kept[text] for text in texts if text in self._kept}
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if new:
            known |= zip(new, self._encoder.encode_tokens(new), strict=True)
        with self._lock:
            for text in texts:
                self._kept[text] = known[text]
                self._kept.move_to_end(text)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return [known[text] for text in texts]


def introduce(title: str, *told: str | None) -> str:
    """What is read before a passage: the title of its document, and of the rest what is known."""
    known = ", ".join(part for part in told if part)
    return f"{title} ({known})\n"


def _inside(read: Tokens, spans: Sequence[Span]) -> list[NDArray[np.float32]]:
    """Of each span its tokens' rows; the first row of all where it has none."""
    rows, offsets = read
    starts = np.where(offsets[:, 1] > offsets[:, 0], offsets[:, 0], -1)
    chosen = [(starts >= start) & (starts < end) for start, end in spans]
    return [rows[of_span] if of_span.any() else rows[:1] for of_span in chosen]


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    unit: NDArray[np.float32] = rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-12)
    return unit
