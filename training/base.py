"""The pinned language models as PyTorch reads them, from the very weights that answer: dequantised, in bfloat16."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

_OUTER = {
    "token_embd.weight": "model.embed_tokens.weight",
    "output_norm.weight": "model.norm.weight",
    "output.weight": "lm_head.weight",
}
LAYERS = {
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
"""The linear layers of a block: llama.cpp's name and that of transformers."""
_NORMS = {"attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm"}
_WORDS = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
"""How Qwen2 cuts text before its merges. Source: `LLAMA_VOCAB_PRE_TYPE_QWEN2` of llama.cpp."""
_CONTROL = 3
"""The type of a token that is none of the text's."""


def open_base(gguf_file: Path) -> tuple[nn.Module, Any]:
    """The model and its tokenizer. Some 30 s; bfloat16, so 3.1 GB for the 1.5B.

    Raises:
        ValueError: If it is no model of the Qwen2 kind.
    """
    import gguf
    from transformers import Qwen2Config, Qwen2ForCausalLM

    reader = gguf.GGUFReader(gguf_file)

    def told(name: str) -> Any:
        return reader.fields[name].contents()

    if (kind := told("general.architecture")) != "qwen2":
        raise ValueError(f"{str(gguf_file)!r} is a model of the kind {kind!r}, not 'qwen2'.")
    weights = {
        _name_of(tensor.name): torch.from_numpy(np.array(gguf.dequantize(tensor.data, tensor.tensor_type)))
        .reshape([int(size) for size in reversed(tensor.shape)])
        .to(torch.bfloat16)
        for tensor in reader.tensors
    }
    config = Qwen2Config(
        vocab_size=weights["model.embed_tokens.weight"].shape[0],
        hidden_size=told("qwen2.embedding_length"),
        intermediate_size=told("qwen2.feed_forward_length"),
        num_hidden_layers=told("qwen2.block_count"),
        num_attention_heads=told("qwen2.attention.head_count"),
        num_key_value_heads=told("qwen2.attention.head_count_kv"),
        rms_norm_eps=told("qwen2.attention.layer_norm_rms_epsilon"),
        rope_parameters={"rope_type": "default", "rope_theta": told("qwen2.rope.freq_base")},
        tie_word_embeddings="lm_head.weight" not in weights,
    )
    with torch.device("meta"):
        model = Qwen2ForCausalLM(config)
    if config.tie_word_embeddings:
        weights["lm_head.weight"] = weights["model.embed_tokens.weight"]
    model.load_state_dict(weights, assign=True)
    # A buffer that is no weight: on the meta device it was left empty.
    model.model.rotary_emb = type(model.model.rotary_emb)(config)
    model.requires_grad_(False)
    return model.train(False), _tokenizer(
        told("tokenizer.ggml.tokens"), told("tokenizer.ggml.merges"), told("tokenizer.ggml.token_type")
    )


def _name_of(tensor: str) -> str:
    if tensor in _OUTER:
        return _OUTER[tensor]
    _, layer, part, last = tensor.split(".")
    return f"model.layers.{layer}.{(LAYERS | _NORMS)[part]}.{last}"


def _tokenizer(tokens: list[str], merges: list[str], kinds: list[int]) -> Any:
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers

    pairs = [(left, right) for left, right in (merge.split(" ") for merge in merges)]
    tokenizer = Tokenizer(models.BPE(vocab={token: at for at, token in enumerate(tokens)}, merges=pairs))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_WORDS), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    control = (token for token, kind in zip(tokens, kinds, strict=True) if kind == _CONTROL)
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in control])
    return tokenizer
