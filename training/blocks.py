"""Readings as a model learns from them: several questions of a dossier behind one shared set of sentences."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from evals.suites.dossier import NOT_FOUND
from qa.model.prompt import TRAINED_RULES, Line, ask_question, judge_claim, number_lines
from training.readings import CLAIM, PUBLIC, Reading

_MARKER = re.compile(r"\[(\d+)\]")
_MARKERS = re.compile(r"(?:\s*\[\d+\])+")
_CLAIM = re.compile(r".+?\[\d+\]\.(?=\s|$)", re.DOTALL)
FOREMOST = 3
"""Sentences that each question brings to the shared set, beside its proofs."""
FEWEST, MOST_SHOWN = 5, 14
"""Sentences shown to a question that is asked alone."""
GIVEN = 0.3
"""How often a question that is asked alone is shown a proof that did not come among the first."""
JUDGED = 0.12
"""How often an answer's sentence is also judged, as it is; as often with the proofs of another."""
JUDGING_WEIGHT = 3.0
"""Of a judgement's tokens: it has one that says something, an answer some twenty."""
FOREMOST_OF_CLAIM = 2
DECIDING_WEIGHT = 2.0
"""Of the one token that says that a question is answered; NOT FOUND has two."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What stands behind the sentences, and what is to be written."""

    asked: str
    answer: str
    weight: float = 1.0
    refused: bool = False
    """Whether it is to be learned that the answer does not begin so."""


@dataclass(frozen=True, slots=True)
class Block:
    """Shared sentences and the questions behind them, with their answers."""

    sources: str
    """As they stand in the prompt, the best one last."""
    turns: tuple[Turn, ...]
    """Markers are those of the lines."""


def build_blocks(readings: Sequence[Reading], together: int, alone: float, chance: random.Random) -> list[Block]:
    """Each reading that says what is right, once, in an order drawn.

    Args:
        together: Questions that share their sentences.
        alone: Share of the questions that are asked by themselves, as the product does.
    """
    claims = [reading for reading in readings if reading.kind == CLAIM]
    public = [reading for reading in readings if reading.kind == PUBLIC]
    questions = [reading for reading in readings if reading.kind not in (CLAIM, PUBLIC)]
    drawn = chance.sample(questions, len(questions))
    by_itself = drawn[: round(alone * len(drawn))]
    blocks = [block for one in by_itself if (block := _block_alone(one, chance))]
    groups: dict[tuple[str, bool], list[Reading]] = {}
    # Those of one passage stand together as they are.
    for reading in [*drawn[len(by_itself) :], *chance.sample(claims, len(claims)), *public]:
        if all(reading.proofs):
            groups.setdefault((reading.group, reading.kind == CLAIM), []).append(reading)
    blocks += [
        _block(group[start : start + together], chance)
        for group in groups.values()
        for start in range(0, len(group), together)
    ]
    return chance.sample(blocks, len(blocks))


def _block(readings: Sequence[Reading], chance: random.Random) -> Block:
    """Every question with its proofs among the sentences; those that came first for most have the lowest markers."""
    ranks: dict[str, int] = {}
    lines: dict[str, Line] = {}
    for reading in readings:
        needed = {of_proof[0] for of_proof in reading.proofs}
        foremost = FOREMOST_OF_CLAIM if reading.kind == CLAIM else FOREMOST
        for at in sorted({*range(min(foremost, len(reading.lines))), *needed}):
            key = reading.keys[at]
            ranks[key] = min(at, ranks.get(key, at))
            lines[key] = reading.lines[at]
    ordered = sorted(ranks, key=lambda key: (ranks[key], chance.random()))
    numbers = {key: number for number, key in enumerate(ordered, 1)}
    of_each = [[numbers[reading.keys[of[0]]] for of in reading.proofs] for reading in readings]
    turns = [turn for one, own in zip(readings, of_each, strict=True) for turn in _turns(one, own, of_each, chance)]
    return Block(_numbered_lines([lines[key] for key in ordered]), tuple(turns))


def _turns(reading: Reading, own: list[int], of_each: Sequence[list[int]], chance: random.Random) -> Iterator[Turn]:
    """The question with its answer, and sometimes a sentence of that to be judged; or the claim."""
    if reading.kind == CLAIM:
        yield _judging(reading.question, own, reading.answer)
        return
    if reading.kind == PUBLIC:
        yield Turn(ask_question(reading.question), NOT_FOUND, DECIDING_WEIGHT if own else 1.0, refused=bool(own))
        return
    answer = _numbered(reading, own)
    yield Turn(ask_question(reading.question), answer)
    for claim in _CLAIM.findall(answer):
        text, cited = _apart(claim)
        if chance.random() < JUDGED:
            yield _judging(text, cited, "Yes")
        others = [numbers for numbers in of_each if numbers and not set(numbers) & set(cited)]
        if others and chance.random() < JUDGED:
            yield _judging(text, chance.choice(others), "No")


def _judging(text: str, numbers: Sequence[int], verdict: str) -> Turn:
    return Turn(judge_claim(_marked(text, numbers)), verdict, JUDGING_WEIGHT)


def _block_alone(reading: Reading, chance: random.Random) -> Block | None:
    """One question with the sentences that came first; None where only a part of its answer is among them."""
    count = min(chance.randint(FEWEST, MOST_SHOWN), len(reading.lines))
    shown = list(range(count))
    missing = [of[0] for of in reading.proofs if of and not set(of) & set(shown)]
    if missing and len(missing) < count and chance.random() < GIVEN:
        shown[count - len(missing) :] = missing
    numbers = [next((shown.index(at) + 1 for at in of if at in shown), None) for of in reading.proofs]
    answer = _numbered(reading, numbers) if any(numbers) else NOT_FOUND
    sources = _numbered_lines([reading.lines[at] for at in shown])
    return Block(sources, (Turn(ask_question(reading.question), answer),)) if answer else None


def _numbered_lines(best_first: Sequence[Line]) -> str:
    return number_lines(best_first, range(1, len(best_first) + 1))


def _numbered(reading: Reading, numbers: Sequence[int | None]) -> str:
    """The answer with the markers of the sentences shown; only its claims whose proofs are all shown."""
    if reading.answer == NOT_FOUND:
        return NOT_FOUND
    kept = []
    for claim in _CLAIM.findall(reading.answer):
        text, proofs = _apart(claim)
        own = [number for proof in proofs if (number := numbers[proof - 1])]
        if len(own) == len(proofs):
            kept.append(_marked(text, own))
    return " ".join(kept)


def _apart(claim: str) -> tuple[str, list[int]]:
    """A sentence without its markers, and those."""
    return _MARKERS.sub("", claim).strip(" ."), [int(number) for number in _MARKER.findall(claim)]


def _marked(text: str, numbers: Sequence[int]) -> str:
    return f"{text.rstrip(' .')} {''.join(f'[{number}]' for number in dict.fromkeys(numbers))}."


@dataclass(frozen=True, slots=True)
class Encoded:
    """A block as tokens; the questions stand one behind the other, each seeing the sentences and itself."""

    ids: Tensor
    """(tokens,)"""
    positions: Tensor
    """(tokens,): each question's go on from those of the sentences."""
    part: Tensor
    """(tokens,): 0 for the sentences, then the number of the question."""
    learned: Tensor
    """Of the tokens whose successor is learned."""
    targets: Tensor
    """Those successors."""
    weights: Tensor
    """What each counts."""
    refused: Tensor
    """Whether it is the one that must not be written."""

    @property
    def mask(self) -> Tensor:
        """(1, 1, tokens, tokens): whether the one of the row sees the one of the column."""
        sees = (self.part[None, :] == 0) | (self.part[:, None] == self.part[None, :])
        return (sees & (torch.arange(len(self.ids))[:, None] >= torch.arange(len(self.ids))[None, :]))[None, None]


def encode(block: Block, tokenizer: Any) -> Encoded:
    """The block in the form of Qwen's chat, as the server writes it out of the messages."""

    def tokens(text: str) -> list[int]:
        ids: list[int] = tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    ids = tokens(f"<|im_start|>system\n{TRAINED_RULES}<|im_end|>\n<|im_start|>user\n{block.sources}\n")
    shared = len(ids)
    positions, part = list(range(shared)), [0] * shared
    learned: list[int] = []
    targets: list[int] = []
    weights: list[float] = []
    refused: list[bool] = []
    for number, turn in enumerate(block.turns, 1):
        head = tokens(f"{turn.asked}<|im_end|>\n<|im_start|>assistant\n")
        tail = tokens(f"{turn.answer}<|im_end|>")[: 1 if turn.refused else None]
        start = len(ids) + len(head) - 1
        learned += range(start, start + len(tail))
        targets += tail
        weights += [turn.weight] * len(tail)
        refused += [turn.refused] * len(tail)
        positions += range(shared, shared + len(head) + len(tail))
        part += [number] * (len(head) + len(tail))
        ids += head + tail
    return Encoded(*map(torch.tensor, (ids, positions, part, learned, targets, weights, refused)))
