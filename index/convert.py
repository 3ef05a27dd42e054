"""The embedding model from its pinned weights: in sentence-transformers, and from there as OpenVINO runs it."""

from __future__ import annotations

import hashlib
import logging
import shutil
import sys
import tempfile
import warnings
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from index.errors import UserFacingError
from index.weights.pinned import MINILM

logger = logging.getLogger(__name__)


def import_openvino() -> Any:
    """The openvino module, imported with its telemetry off."""
    # OpenVINO 2026.4 reports every import to Google Analytics unless a file in the home folder or a CI variable
    # forbids it (openvino/tools/ovc/__init__.py). Where openvino_telemetry cannot be imported it takes its own stub.
    if "openvino" not in sys.modules:
        sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]
    import openvino

    return openvino


def converted(weights: Path, cache: Path, learned: Path | None = None) -> Path:
    """The OpenVINO form of the weights, made once for each version of OpenVINO; the path of its .xml.

    Args:
        learned: What is added to the weights, as `index.late` says; nothing when None.
    """
    added = hashlib.sha256(learned.read_bytes()).hexdigest()[:12] if learned else "tokens"
    final = cache / "openvino" / f"{weights.name}-{MINILM.files[0].sha256[:12]}-{version('openvino')}-{added}"
    if not final.is_dir():
        try:
            final.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(final.with_name(final.name + ".lock")):
                if not final.is_dir():
                    _convert(weights, final, learned)
        except OSError as error:
            raise UserFacingError(
                f"The embedding model could not be prepared in {str(final.parent)!r} ({error}). "
                "Free some space there (it takes 200 MB), or set DATELINE_CACHE to another folder."
            ) from error
    return final / "model.xml"


def _convert(weights: Path, final: Path, learned: Path | None) -> None:
    """Write the model, which gives a text's vector and its tokens', and name it `final` when it is complete."""
    logger.info("converting %s for OpenVINO, once", weights.name)
    openvino = import_openvino()
    import torch

    class TextAndTokens(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = open_original(weights, learned).eval()

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> Any:
            made = self.model({"input_ids": input_ids, "attention_mask": attention_mask})
            return made["sentence_embedding"], made["token_embeddings"]

    example = {
        "input_ids": torch.tensor([[101, 2023, 102], [101, 102, 0]]),
        "attention_mask": torch.tensor([[1, 1, 1], [1, 1, 0]]),
    }
    part = Path(tempfile.mkdtemp(dir=final.parent, prefix="converting-"))
    try:
        with warnings.catch_warnings():
            # Tracing warns of branches it fixes; test_embed.py holds the result to the original's vectors.
            warnings.simplefilter("ignore")
            model = openvino.convert_model(TextAndTokens(), example_input=example)
        openvino.save_model(model, str(part / "model.xml"), compress_to_fp16=False)
        part.replace(final)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def open_original(weights: Path, learned: Path | None = None) -> Any:
    """The model in sentence-transformers, on the CPU, without a progress bar and without a look at the network.

    Args:
        learned: What is added to the weights, as `index.late` says; nothing when None.
    """
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    model = SentenceTransformer(str(weights), device="cpu", local_files_only=True)
    if learned:
        _add(model, np.load(learned))
    return model


def _add(model: Any, learned: Mapping[str, NDArray[np.float16]]) -> None:
    """Add to each linear layer of the encoder the product of its two narrow matrices."""
    import torch

    with torch.no_grad():
        for name, module in model.named_modules():
            layer = name.partition("encoder.layer.")[2]
            if f"{layer}.a" in learned:
                a, b = (torch.from_numpy(learned[f"{layer}.{side}"].astype(np.float32)) for side in "ab")
                module.weight += b @ a
