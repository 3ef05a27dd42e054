"""Trains the reader: narrow matrices beside those of a pinned language model, so that it answers from sentences shown.

    python -m training.reader [--model qwen2.5-1.5b] [--epochs N]

makes the readings (`training.readings`) and learns from those of most dossiers; the loss is that of the answers' tokens
alone, summed, so that the two of NOT FOUND weigh what two tokens weigh. The adapter lies in the cache directory as a
GGUF file, with the record of the run. A run that was cut off goes on where its last checkpoint stands.
"""

from __future__ import annotations

import argparse
import json
import logging
import math
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from evals.digest import digest_of
from evals.opening import real_opening
from index.weights.fetch import fetch_weights
from qa.settings import DEFAULT_MODEL, Settings
from training.adapter import ALPHA_OF_RANK, read_adapter, write_adapter
from training.base import LAYERS, open_base
from training.blocks import Block, Encoded, build_blocks, encode
from training.public import public_readings
from training.readings import Reading, number_of, read_readings, split_groups, write_readings

logger = logging.getLogger(__name__)

TOKENS_A_STEP = 16.0
"""The loss of a step is divided by this for each question: near the mean length of an answer, so a rate means the same
whatever the answers are."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The settings of a run; with model and data they make its name."""

    seed: int = 1
    epochs: float = 0.9
    """Passes over the dossiers."""
    rank: int = 8
    first_layer: int = 4
    """Below it nothing is learned, and nothing is read backwards."""
    rate: float = 3e-4
    together: int = 12
    """Questions, or claims, that share their sentences."""
    alone: float = 0.1
    """Share of the questions that are asked by themselves."""
    questions_a_step: int = 8
    warm: float = 0.04
    """Share of the steps in which the rate rises."""
    kept_every: int = 200
    """Questions."""
    public: int = 0
    """Questions of each public set that are learned from, beside the dossiers."""
    known: int = 0
    """Questions of each dossier, its first ones, that were learned from before, as were claims and conversations."""
    again: float = 1.0
    """Share of what was learned from before that is learned from once more."""
    blocks: int = 0
    """Blocks of all that are learned from, the first ones; 0 for all."""


class Narrow(nn.Module):
    """A linear layer that stays as it is, and the product of two narrow matrices beside it.

    Source: Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models" (2021); alpha is twice the rank.
    """

    def __init__(self, layer: nn.Linear, rank: int) -> None:
        super().__init__()
        self.layer = layer
        self.a = nn.Parameter(torch.empty(rank, layer.in_features))
        self.b = nn.Parameter(torch.zeros(layer.out_features, rank))
        nn.init.normal_(self.a, std=layer.in_features**-0.5)

    def forward(self, given: Tensor) -> Tensor:
        """What the layer gives, and what was learned."""
        rows = given.reshape(-1, given.shape[-1])
        narrow = rows @ self.a.to(rows.dtype).t()
        made = torch.addmm(self.layer(rows), narrow, self.b.to(rows.dtype).t(), alpha=ALPHA_OF_RANK)
        return made.view(*given.shape[:-1], -1)


def widen(model: Any, rank: int, first_layer: int) -> dict[str, Narrow]:
    """Puts narrow matrices beside every linear layer from this block on, named as llama.cpp does: `0.attn_q`."""
    beside: dict[str, Narrow] = {}
    for number, block in enumerate(model.model.layers):
        for name, path in LAYERS.items() if number >= first_layer else ():
            parent, _, own = path.partition(".")
            narrow = Narrow(getattr(getattr(block, parent), own), rank)
            setattr(getattr(block, parent), own, narrow)
            beside[f"{number}.{name}"] = narrow
    return beside


def loss_of(model: Any, block: Encoded) -> Tensor:
    """Cross-entropy of the answers' tokens, summed by their weights; logits only where an answer stands."""
    hidden = model.model(
        input_ids=block.ids[None], position_ids=block.positions[None], attention_mask=block.mask, use_cache=False
    )[0][0]
    logits = model.lm_head(hidden[block.learned]).float()
    losses = nn.functional.cross_entropy(logits, block.targets, reduction="none")
    # Of what must not be written, the loss is -log(1 - p).
    losses = torch.where(block.refused, -torch.log(-torch.expm1(-losses.clamp(min=1e-6))), losses)
    return losses @ block.weights


class Training:
    """A run: what is learned, and how far it is."""

    def __init__(self, model: Any, blocks: Sequence[Encoded], plan: Plan) -> None:
        self.model, self.blocks, self.plan = model, blocks, plan
        self.beside = widen(model, plan.rank, plan.first_layer)
        self.optimizer = torch.optim.AdamW(
            [matrix for narrow in self.beside.values() for matrix in (narrow.a, narrow.b)],
            lr=plan.rate,
            betas=(0.9, 0.99),
            weight_decay=0.0,
        )
        self.at = 0
        """The next block."""
        self.curve: list[tuple[int, float]] = []
        """Questions seen and the loss a token of those since the last, by the tokens' weights."""

    def run(self, checkpoint: Path | None = None, until: int | None = None) -> None:
        """Learn to the end, or be cut off at this block; a checkpoint is kept now and then."""
        due, kept, loss, tokens, began = 0, 0, 0.0, 0.0, time.perf_counter()
        while self.at != until and self.at < len(self.blocks):
            block = self.blocks[self.at]
            one = loss_of(self.model, block)
            (one / (TOKENS_A_STEP * self.plan.questions_a_step)).backward()  # type: ignore[no-untyped-call]
            questions = int(block.part.max())
            loss, tokens = loss + one.item(), tokens + block.weights.sum().item()
            due, kept, self.at = due + questions, kept + questions, self.at + 1
            over = self.at == len(self.blocks)
            if due >= self.plan.questions_a_step or over:
                self._step()
                due = 0
                if kept >= self.plan.kept_every or over:
                    seen = sum(int(done.part.max()) for done in self.blocks[: self.at])
                    self.curve.append((seen, round(loss / tokens, 4)))
                    logger.info("%d questions, loss %.3f, %.0f s", seen, loss / tokens, time.perf_counter() - began)
                    kept, loss, tokens = 0, 0.0, 0
                    if checkpoint:
                        self.save(checkpoint)

    def _step(self) -> None:
        done = self.at / len(self.blocks)
        share = min(1.0, (done + 1e-3) / self.plan.warm) * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * done)))
        for group in self.optimizer.param_groups:
            group["lr"] = self.plan.rate * share
        torch.nn.utils.clip_grad_norm_([p for g in self.optimizer.param_groups for p in g["params"]], 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad()

    def learned(self) -> dict[str, Tensor]:
        """The narrow matrices, by `0.attn_q.a` and so on."""
        return {
            f"{name}.{side}": matrix.detach()
            for name, narrow in self.beside.items()
            for side, matrix in (("a", narrow.a), ("b", narrow.b))
        }

    def save(self, path: Path) -> None:
        """Keep the run as it stands; a file that is only half written never has this name."""
        part = path.with_suffix(".part")
        kept = {
            "learned": self.learned(),
            "optimizer": self.optimizer.state_dict(),
            "at": self.at,
            "curve": self.curve,
        }
        torch.save(kept, part)
        part.replace(path)

    def begin(self, learned: Mapping[str, Tensor]) -> None:
        """Put these in the place of the narrow matrices."""
        with torch.no_grad():
            for name, matrix in self.learned().items():
                matrix.copy_(learned[name])

    def load(self, path: Path) -> None:
        """Go on from what `save` kept."""
        kept = torch.load(path, weights_only=True)
        self.begin(kept["learned"])
        self.optimizer.load_state_dict(kept["optimizer"])
        self.at, self.curve = kept["at"], kept["curve"]


def train(settings: Settings, name: str, plan: Plan, data: Path, start: Path | None = None) -> Path:
    """The folder of the run in the cache directory; it holds `reader.gguf` and `record.json` when it is over.

    Args:
        data: The folder of the public sets, if the plan asks for any.
        start: An adapter of the same rank to go on from.

    Raises:
        UserFacingError: If `data` does not hold the sets.
    """
    path = write_readings(settings, real_opening())
    readings, digest = read_readings(path), digest_of(path.read_bytes())
    begun = digest_of(start.read_bytes()) if start else ""
    _, held = split_groups(reading.group for reading in readings)
    readings = not_known([reading for reading in readings if reading.group not in held], plan)
    public = list(public_readings(data, plan.public, settings, real_opening())) if plan.public else []
    weights = fetch_weights(name, settings.cache, settings.weights)
    run = digest_of(name, digest, repr(plan), begun, *map(repr, public))
    folder = settings.cache / "training" / f"reader-{run[:16]}"
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(plan.seed)
    model, tokenizer = open_base(weights)
    blocks = [encode(block, tokenizer) for block in drawn(readings, public, plan)]
    training = Training(model, blocks, plan)
    if start:
        training.begin(read_adapter(start))
    logger.info("%s: %d readings, %d blocks of %d tokens", folder, len(readings), len(blocks), _tokens(blocks))
    if (checkpoint := folder / "checkpoint.pt").exists():
        training.load(checkpoint)
        logger.info("going on after %d blocks", training.at)
    training.run(checkpoint)
    write_adapter(folder / "reader.gguf", training.learned(), rank=plan.rank)
    record = {
        "model": name,
        "begun_with": begun,
        "readings": digest,
        "held_out": held,
        "plan": asdict(plan),
        "curve": training.curve,
    }
    (folder / "record.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    return folder


def not_known(readings: Sequence[Reading], plan: Plan) -> list[Reading]:
    """The readings, and of those that were learned from before only a share, drawn."""
    chance = random.Random(f"{plan.seed} again")
    return [one for one in readings if number_of(one) >= plan.known or chance.random() < plan.again]


def drawn(readings: Sequence[Reading], public: Sequence[Reading], plan: Plan) -> list[Block]:
    """The blocks of a run in their order: so many passes over the dossiers, the public sets once among them."""
    chances = [random.Random(f"{plan.seed} {epoch}") for epoch in range(math.ceil(plan.epochs))]
    blocks = [block for chance in chances for block in build_blocks(readings, plan.together, plan.alone, chance)]
    blocks = blocks[: round(len(blocks) * plan.epochs / len(chances))]
    if public:
        chance = random.Random(f"{plan.seed} public")
        blocks += build_blocks(public, plan.together, 0.0, chance)
        chance.shuffle(blocks)
    return blocks[: plan.blocks or None]


def _tokens(blocks: Sequence[Encoded]) -> int:
    return sum(len(block.ids) for block in blocks)


def main() -> None:
    """Train, and say where the result lies."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--model", default=DEFAULT_MODEL)
    parser.add_argument("--start", type=Path, help="Go on from this adapter.")
    parser.add_argument("--data", type=Path, default=Path(), help="The folder of the public sets.")
    parser.add_argument("--threads", type=int, default=2)
    for name, default in asdict(Plan()).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(default), default=default)
    given = vars(parser.parse_args())
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(given.pop("threads"))
    model, data, start = (given.pop(name) for name in ("model", "data", "start"))
    print(train(Settings(), model, Plan(**given), data, start))


if __name__ == "__main__":
    main()
