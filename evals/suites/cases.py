"""Cases: questions with known facts, one JSON object a line."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from evals.records import Item
from index.errors import UserFacingError

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence that proves the answer, exactly as it stands in `document`, a file's name."""

    document: str
    quote: str


@dataclass(frozen=True, slots=True)
class Case:
    """One question and what a right answer to it holds."""

    id: str
    half: str | None
    """`tune` may be looked at while developing, `report` not; None in a suite without halves."""
    kind: str
    question: str
    answerable: bool
    facts: tuple[tuple[str, ...], ...]
    """Every fact must be held, each in one of its alternatives. For a question that is not
    answerable: what corrects its false premise, or empty when only declining is right. An answerable
    case without facts or `gold` is not scored as right or wrong."""
    forbidden: tuple[str, ...]
    """Statements that make the answer wrong."""
    quotes: tuple[Quote, ...]
    note: str = ""
    answers: tuple[str, ...] = ()
    """Reference answers in their shortest form, for exact match and F1; none where only facts are expected. Where
    declining is right, SQuAD's way is the empty answer."""
    as_of: date | None = None
    """The day on which it is asked; None for the day of the run."""
    provenance: str = ""
    """Who wrote it, or which data set it is from."""
    gold: str = ""
    """A right answer in whole sentences, each with markers that count the quotes from 1: `evals.measures.gold`
    holds an answer
    against it where there are no facts."""


def load_cases(path: str | Path) -> tuple[Case, ...]:
    """The cases in a file of JSON lines; empty lines are passed over.

    Raises:
        UserFacingError: If the file cannot be read, is empty, or a line does not fit, naming line and field.
    """
    path = Path(path)
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UserFacingError(f"The cases in {str(path)!r} cannot be read ({error}). Give another file.") from error
    cases: dict[str, Case] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        case = _read_case(line, f"{path}, line {number}")
        if case.id in cases:
            raise UserFacingError(f"{path}, line {number}: id {case.id!r} is there twice. Give each case its own.")
        cases[case.id] = case
    if not cases:
        raise UserFacingError(f"{str(path)!r} holds no cases. Give a file with one JSON object a line.")
    return tuple(cases.values())


def choose_items(
    items: Sequence[Item], *, half: str = "all", kinds: Sequence[str] = (), sample: int | None = None, seed: int = 0
) -> tuple[Item, ...]:
    """The cases of a half and of some kinds, or `sample` of them drawn with `seed`, in their own order.

    Raises:
        UserFacingError: If a kind is unknown or none is left.
    """
    known = sorted({item.kind for item in items})
    for kind in kinds:
        if kind not in known:
            raise UserFacingError(f"There are no cases of the kind {kind!r}. There are: {', '.join(known)}.")
    chosen = [item for item in items if half in ("all", item.half) and (not kinds or item.kind in kinds)]
    if not chosen:
        raise UserFacingError(f"No case is of the half {half!r} and of these kinds. Choose others, or --half all.")
    if sample is None or sample >= len(chosen):
        return tuple(chosen)
    drawn = random.Random(seed).sample(range(len(chosen)), sample)
    return tuple(chosen[i] for i in sorted(drawn))


class _QuoteLine(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    document: Words
    quote: Annotated[str, StringConstraints(min_length=1)]


class _Line(BaseModel):
    """A line of the file, before it is a `Case`."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: Words
    half: Annotated[str, StringConstraints(pattern="^(tune|report)$")] | None = None
    kind: Words
    question: Words
    answerable: bool
    facts: list[Annotated[list[Words], Field(min_length=1)]] = []
    forbidden: list[Words] = []
    quotes: list[_QuoteLine] = []
    note: str = ""
    answers: list[Words] = []
    as_of: Annotated[date | None, Field(strict=False)] = None
    provenance: str = ""


def _read_case(line: str, where: str) -> Case:
    try:
        read = _Line.model_validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        named = f"field {field!r}: " if field else ""
        raise UserFacingError(f"{where}: {named}{first['msg']}. Correct that line.") from error
    if read.answerable and not (read.facts or read.answers):
        raise UserFacingError(
            f"{where}: field 'facts': an answerable case needs at least one, or 'answers'. Correct that line."
        )
    return Case(
        id=read.id,
        half=read.half,
        kind=read.kind,
        question=read.question,
        answerable=read.answerable,
        facts=tuple(tuple(fact) for fact in read.facts),
        forbidden=tuple(read.forbidden),
        quotes=tuple(Quote(quote.document, quote.quote) for quote in read.quotes),
        note=read.note,
        answers=tuple(read.answers),
        as_of=read.as_of,
        provenance=read.provenance,
    )
