"""What was learned as a file that llama.cpp reads beside its model."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

ALPHA_OF_RANK = 2.0
"""Alpha of the narrow matrices, as a multiple of their rank."""


def read_adapter(path: Path) -> dict[str, Tensor]:
    """What `write_adapter` wrote, as it was given."""
    import gguf

    return {
        tensor.name.removeprefix("blk.").replace(".weight.lora_", "."): torch.from_numpy(
            np.array(tensor.data, dtype=np.float32)
        )
        for tensor in gguf.GGUFReader(path).tensors
    }


def write_adapter(path: Path, learned: Mapping[str, Tensor], *, rank: int) -> None:
    """A GGUF adapter of float16; a file that is only half written never has this name.

    Args:
        learned: The narrow matrices by block, layer and side: `0.attn_q.a` (rank, in) and `.b` (out, rank).

    Source: the adapters of llama.cpp (`llama-adapter.cpp`): `adapter.type`, `adapter.lora.alpha`, and for each tensor
    of the model one of `.lora_a` and one of `.lora_b`.
    """
    import gguf

    part = path.with_suffix(".part")
    writer = gguf.GGUFWriter(part, "qwen2")
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", ALPHA_OF_RANK * rank)
    for name, matrix in learned.items():
        layer, side = name.rsplit(".", 1)
        writer.add_tensor(f"blk.{layer}.weight.lora_{side}", matrix.cpu().numpy().astype(np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    part.replace(path)
