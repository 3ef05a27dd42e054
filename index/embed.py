"""Text to vectors: all-MiniLM-L6-v2 in OpenVINO, or in sentence-transformers on torch. Same weights, same vectors."""

from __future__ import annotations

import importlib.util
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from index.convert import converted, import_openvino, open_original
from index.errors import UserFacingError
from index.late import LATE, LATE_TOKENS, LateInteraction, Tokens
from index.records import Span
from index.weights.carriers import Progress
from index.weights.fetch import fetch_weights
from index.weights.pinned import EMBEDDER_NAME, MINILM

logger = logging.getLogger(__name__)

Vectors = NDArray[np.float32]
"""One row a text, each of unit length, so that a dot product is the cosine."""
Runtime = Literal["auto", "openvino", "sentence-transformers"]

MAX_TOKENS = 256
"""What the model was trained and is published with; a longer text is embedded by its beginning."""
BATCH_SIZE = 32


class Embedder(Protocol):
    """Turns texts into vectors. Vectors of one `name` may be compared, whatever runtime made them."""

    @property
    def name(self) -> str:
        """The model, as the library remembers it."""

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors (n, dimension), float32, unit length, in the order of `texts`; (0, dimension) for none."""

    def encode_spans(self, texts: Sequence[str], spans: Sequence[Sequence[Span]]) -> tuple[Vectors, Vectors]:
        """The vectors of `texts`, as `encode` gives them, and of all the spans in them, text after text.

        A span's vector is the mean of its tokens as the model read them within the whole text, so that "he" carries
        whom it stands for, and a sentence costs nothing beyond its passage. A span without tokens, such as one past
        `MAX_TOKENS`, is embedded by itself.

        Source: Günther et al., "Late Chunking: Contextual Chunk Embeddings Using Long-Context Embedding Models"
        (2024).
        """

    @property
    def late(self) -> LateInteraction | None:
        """How near sentences are to a question token by token, opened when first asked for; None if not learned."""


def open_embedder(
    runtime: Runtime,
    cache: Path,
    folder: Path | None = None,
    on_progress: Progress | None = None,
    threads: int | None = None,
) -> Embedder:
    """The embedder, with its weights fetched if this machine does not have them yet.

    `auto` takes OpenVINO where it is installed (2 to 8 times as fast), else sentence-transformers.
    `folder` holds weights that the user already has. It computes in as many `threads`, or as it sees fit.

    Raises:
        UserFacingError: If the runtime that was asked for is not installed.
        WeightsError: If the weights cannot be had.
    """
    installed = importlib.util.find_spec("openvino") is not None
    if runtime == "openvino" and not installed:
        raise UserFacingError(
            "The embedder 'openvino' is set, but OpenVINO is not installed. "
            "Run `python -m pip install openvino`, or set DATELINE_EMBEDDER=auto."
        )
    began = time.perf_counter()
    weights = fetch_weights(MINILM.name, cache, folder, on_progress)
    embedder: Embedder
    if runtime == "sentence-transformers" or not installed:

        def open_late() -> LateInteraction:
            tuned = SentenceTransformersEmbedder(weights, threads, learned=LATE, max_tokens=LATE_TOKENS)
            return LateInteraction.load(tuned)

        embedder = SentenceTransformersEmbedder(weights, threads, open_late)
    else:

        def open_late() -> LateInteraction:
            tuned = OpenVINOEmbedder(weights, converted(weights, cache, LATE), threads, max_tokens=LATE_TOKENS)
            return LateInteraction.load(tuned)

        embedder = OpenVINOEmbedder(weights, converted(weights, cache), threads, open_late)
    logger.info("%s opened in %.2f s", type(embedder).__name__, time.perf_counter() - began)
    return embedder


class OpenVINOEmbedder:
    """The converted model; imports openvino, tokenizers and numpy only, to start in a fraction of a second."""

    name = EMBEDDER_NAME
    dimension = 384

    def __init__(
        self,
        weights: Path,
        model: Path,
        threads: int | None = None,
        open_late: Callable[[], LateInteraction] | None = None,
        max_tokens: int = MAX_TOKENS,
    ) -> None:
        from tokenizers import Tokenizer

        openvino = import_openvino()
        self._open_late = open_late
        self._tokenizer = Tokenizer.from_file(str(weights / "tokenizer.json"))
        self._tokenizer.enable_truncation(max_tokens)
        self._tokenizer.enable_padding(pad_id=0, pad_token="[PAD]")
        core = openvino.Core()
        # bf16 for queries and documents alike, and only where the processor computes in it: elsewhere it is slower.
        # The cosine to f32 is 0.9999.
        native = "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        options = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "bf16" if native else "f32"}
        if threads:
            options["INFERENCE_NUM_THREADS"] = str(threads)
        if os.access(model.parent, os.W_OK):
            options["CACHE_DIR"] = str(model.parent / "compiled")
        self._request = core.compile_model(str(model), "CPU", options).create_infer_request()
        # Streamlit asks from several threads, and an infer request serves one at a time.
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """As `Embedder.encode`."""
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for rows in _batches(texts):
            vectors[rows] = self._infer(self._tokenizer.encode_batch_fast([texts[i] for i in rows]))[0]
        return vectors

    def encode_spans(self, texts: Sequence[str], spans: Sequence[Sequence[Span]]) -> tuple[Vectors, Vectors]:
        """As `Embedder.encode_spans`."""
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        pooled: list[list[Vectors | None]] = [[] for _ in texts]
        for rows in _batches(texts):
            encoded = self._tokenizer.encode_batch([texts[i] for i in rows])
            vectors[rows], tokens = self._infer(encoded)
            for i, one, of_text in zip(rows, encoded, tokens, strict=True):
                pooled[i] = _pool(of_text, one.offsets, spans[i])
        return vectors, _fill(self, texts, spans, pooled)

    def encode_tokens(self, texts: Sequence[str]) -> list[Tokens]:
        """As `index.late.TokenEncoder.encode_tokens`."""
        read: dict[int, Tokens] = {}
        for rows in _batches(texts):
            encoded = self._tokenizer.encode_batch([texts[i] for i in rows])
            _, tokens = self._infer(encoded)
            for i, one, of_text in zip(rows, encoded, tokens, strict=True):
                count = sum(one.attention_mask)
                read[i] = of_text[:count], np.array(one.offsets[:count])
        return [read[i] for i in range(len(texts))]

    @cached_property
    def late(self) -> LateInteraction | None:
        """As `Embedder.late`."""
        return self._open_late() if self._open_late else None

    def _infer(self, encoded: Sequence[Any]) -> tuple[Vectors, Vectors]:
        """The vectors of the texts, and those of their tokens."""
        ids = np.array([one.ids for one in encoded], dtype=np.int64)
        mask = np.array([one.attention_mask for one in encoded], dtype=np.int64)
        with self._lock:
            made = self._request.infer({"input_ids": ids, "attention_mask": mask})
            return made[0].astype(np.float32), made[1].astype(np.float32)


class SentenceTransformersEmbedder:
    """The model in sentence-transformers on torch, for machines without OpenVINO and to compare with."""

    name = EMBEDDER_NAME
    dimension = 384

    def __init__(
        self,
        weights: Path,
        threads: int | None = None,
        open_late: Callable[[], LateInteraction] | None = None,
        learned: Path | None = None,
        max_tokens: int = MAX_TOKENS,
    ) -> None:
        if threads:
            import torch

            torch.set_num_threads(threads)
        self._open_late = open_late
        self._model = open_original(weights, learned)
        self._model.max_seq_length = max_tokens

    def encode(self, texts: Sequence[str]) -> Vectors:
        """As `Embedder.encode`."""
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        vectors = self._model.encode(
            list(texts), batch_size=BATCH_SIZE, normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(vectors, dtype=np.float32)

    def encode_spans(self, texts: Sequence[str], spans: Sequence[Sequence[Span]]) -> tuple[Vectors, Vectors]:
        """As `Embedder.encode_spans`."""
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        pooled: list[list[Vectors | None]] = [[] for _ in texts]
        for i, whole, of_text, where in self._read(texts):
            vectors[i] = whole
            pooled[i] = _pool(of_text, where, spans[i])
        return vectors, _fill(self, texts, spans, pooled)

    def encode_tokens(self, texts: Sequence[str]) -> list[Tokens]:
        """As `index.late.TokenEncoder.encode_tokens`."""
        read = {i: (of_text, np.array(where)) for i, _, of_text, where in self._read(texts)}
        return [read[i] for i in range(len(texts))]

    @cached_property
    def late(self) -> LateInteraction | None:
        """As `Embedder.late`."""
        return self._open_late() if self._open_late else None

    def _read(self, texts: Sequence[str]) -> Iterator[tuple[int, Vectors, Vectors, list[list[int]]]]:
        """Of each text its place, its vector, and those of its tokens with where they stand, in any order."""
        import torch

        for rows in _batches(texts):
            encoded = self._model.tokenizer(
                [texts[i] for i in rows],
                padding=True,
                truncation=True,
                max_length=self._model.max_seq_length,
                return_offsets_mapping=True,
                return_tensors="pt",
            )
            offsets = encoded.pop("offset_mapping").tolist()
            with torch.no_grad():
                made = self._model(dict(encoded))
            counts = encoded["attention_mask"].sum(dim=1).tolist()
            every = zip(
                rows, made["sentence_embedding"].numpy(), made["token_embeddings"].numpy(), offsets, counts, strict=True
            )
            yield from ((i, whole, of_text[:count], where[:count]) for i, whole, of_text, where, count in every)


def _batches(texts: Sequence[str]) -> Iterator[list[int]]:
    """Places in `texts`, a batch at a time; texts of like length share one, so that little is spent on padding."""
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    for first in range(0, len(order), BATCH_SIZE):
        yield order[first : first + BATCH_SIZE]


def _pool(tokens: Vectors, offsets: Sequence[Sequence[int]], spans: Sequence[Span]) -> list[Vectors | None]:
    """The mean of the tokens that begin in each span, unit length; None for a span without any.

    Args:
        tokens: One row a token.
        offsets: Start and end of each token in the text; both 0 for those that stand for no characters.
    """
    starts, ends = np.array(offsets).T
    starts = np.where(ends > starts, starts, -1)
    pooled: list[Vectors | None] = []
    for start, end in spans:
        inside = tokens[(starts >= start) & (starts < end)]
        mean = inside.mean(axis=0) if len(inside) else None
        pooled.append(None if mean is None else mean / np.linalg.norm(mean))
    return pooled


def _fill(
    embedder: Embedder,
    texts: Sequence[str],
    spans: Sequence[Sequence[Span]],
    pooled: Sequence[Sequence[Vectors | None]],
) -> Vectors:
    """One row a span, text after text; a span that has none is embedded by itself."""
    rows = [row for of_text in pooled for row in of_text]
    alone = [text[start:end] for text, of_text in zip(texts, spans, strict=True) for start, end in of_text]
    missing = [at for at, row in enumerate(rows) if row is None]
    vectors = np.zeros((len(rows), embedder.dimension), dtype=np.float32)
    for at, row in enumerate(rows):
        if row is not None:
            vectors[at] = row
    if missing:
        vectors[missing] = embedder.encode([alone[at] for at in missing])
    return vectors
