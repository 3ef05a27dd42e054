"""What is taken as JSON, or in the query of an address. Days are written 2025-03-31."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from index.records import Filter
from qa.records import Question, Turn, Unsupported

Name = Annotated[str, Field(min_length=1, max_length=500)]
Names = Annotated[list[Name], Field(max_length=100)]


class In(BaseModel):
    """What is taken: an unknown name is refused, since it would be a wish not heeded."""

    model_config = ConfigDict(extra="forbid")


class Chosen(In):
    """Which documents are searched; nothing set is all of them."""

    since: Annotated[date | None, Field(description="Published then or later.")] = None
    until: Annotated[date | None, Field(description="Published then or earlier.")] = None
    as_of: Annotated[date | None, Field(description="As if it were then: nothing later is read.")] = None
    outlets: Annotated[Names, Field(description="Of one of these outlets.")] = []
    collections: Annotated[Names, Field(description="In one of these collections.")] = []
    documents: Annotated[Names, Field(description="These documents, by id, its first digits, or path.")] = []

    @field_validator("since", "until", "as_of", mode="before")
    @classmethod
    def _only_iso(cls, value: Any) -> Any:
        # pydantic also takes seconds since 1970, which are no dates as people write them.
        if isinstance(value, int | float) or (isinstance(value, str) and not _is_written_day(value)):
            raise ValueError("write the day as 2025-03-31")
        return value

    @property
    def filter(self) -> Filter:
        """It as the filter that the library takes."""
        chosen = Filter(self.since, self.until, tuple(self.outlets), tuple(self.collections), tuple(self.documents))
        return chosen.known_by(self.as_of)


def _is_written_day(value: str) -> bool:
    return len(value) == 10 and value[4] == value[7] == "-"


class TurnIn(In):
    """A question asked before, and its answer."""

    question: str
    answer: str


class AskIn(Chosen):
    """A question."""

    question: Annotated[str, Field(min_length=1, examples=["When is Putin to hold talks with the Myanmar PM?"])]
    history: Annotated[list[TurnIn], Field(max_length=100)] = []
    unsupported: Annotated[
        Unsupported | None, Field(description="What becomes of sentences that are not borne out.")
    ] = None
    min_likelihood: Annotated[float | None, Field(ge=0, le=1, allow_inf_nan=False)] = None
    stream: Annotated[bool, Field(description="Server-sent events: waiting, evidence, piece, answer.")] = False

    def asked(self, narrow: Filter) -> Question:
        """It as the chain takes it, over the documents of `narrow`."""
        turns = tuple(Turn(turn.question, turn.answer) for turn in self.history)
        return Question(self.question, turns, self.as_of, narrow, self.unsupported, self.min_likelihood)
