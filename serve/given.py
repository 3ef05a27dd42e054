"""What is given as JSON. Dates are ISO 8601; offsets count characters from 0, the end excluded."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from index.records import Document, Facts
from qa.compare.timeline import Dated
from qa.records import Answer, Hit, Status, Verdict


class Out(BaseModel):
    """What is given, read from the values of `qa` and `index`."""

    model_config = ConfigDict(from_attributes=True)


class TimeOut(Out):
    """A time expression of a quote and the calendar date that it stands for."""

    text: str
    resolved: str
    granularity: str
    anchored_to: str | None


class CitationOut(Out):
    """An exact quote: the document's text from `start` to `end`."""

    number: int
    doc_id: str
    uri: str
    title: str
    outlet: str | None
    author: str | None
    published: date | None
    page: int | None
    start: int
    end: int
    quote: str
    times: list[TimeOut]


class ClaimOut(Out):
    """One sentence of the answer, what it rests on, and whether that bears it."""

    text: str
    citations: list[CitationOut]
    verdict: Verdict
    reasons: list[str]
    verbatim: bool


class PositionOut(Out):
    """One of several answers that the documents give."""

    value: str
    citations: list[CitationOut]
    sources: int


class DisagreementOut(Out):
    """What documents answer differently, the earliest report first."""

    kind: Literal["conflict", "change"]
    positions: list[PositionOut]


class SearchedOut(Out):
    """What was looked at before answering."""

    documents: int
    passages: int
    query: str
    filter: str
    out_of: int | None


class AnswerOut(Out):
    """The checked answer; `text` is its supported sentences with their markers, or the refusal."""

    question: str
    status: Status
    text: str
    claims: list[ClaimOut]
    nearest: list[CitationOut]
    searched: SearchedOut
    problems: list[str]
    model: str
    likelihood: float | None
    disagreements: list[DisagreementOut]
    declined: list[str]
    missing: list[str]
    judgement: Literal["yes", "no"] | None
    seconds: dict[str, float]
    tokens: dict[str, int]

    @classmethod
    def of(cls, answer: Answer) -> AnswerOut:
        """It as it is sent."""
        return cls.model_validate(answer)


class EvidenceOut(Out):
    """What was found, best first, before a model has read it."""

    citations: list[CitationOut]
    seconds: float
    likelihood: float | None


class DocumentOut(Out):
    """What is known about a document, without its text."""

    doc_id: str
    uri: str
    title: str
    outlet: str | None
    published: date | None
    collection: str | None

    @classmethod
    def of(cls, facts: Facts) -> DocumentOut:
        """It as it is sent."""
        return cls.model_validate(facts)


class DocumentsOut(Out):
    """Some of the documents, in the order of their paths."""

    total: int
    documents: list[DocumentOut]


class WholeDocumentOut(DocumentOut):
    """A document with its text."""

    author: str | None
    language: str | None
    page_starts: list[int]
    text: str

    @classmethod
    def whole(cls, document: Document) -> WholeDocumentOut:
        """It as it is sent."""
        return cls.model_validate(document)


class PassageOut(Out):
    """A passage that the search found."""

    passage_id: str
    doc_id: str
    uri: str
    title: str
    outlet: str | None
    published: date | None
    collection: str | None
    page: int | None
    start: int
    end: int
    text: str
    score: float
    ranks: dict[str, int]

    @classmethod
    def of(cls, hit: Hit) -> PassageOut:
        """It as it is sent."""
        known, passage = DocumentOut.of(hit.document.facts).model_dump(), hit.passage
        found = {name: getattr(passage, name) for name in ("passage_id", "page", "start", "end", "text")}
        return cls(**known, **found, score=hit.score, ranks=dict(hit.ranks))


class FoundOut(Out):
    """What a search found, best first."""

    query: str
    documents: Annotated[int, Field(description="How many documents were searched.")]
    problems: list[str]
    passages: list[PassageOut]


class EventOut(Out):
    """Something that documents place in time: `time` in ISO 8601, `words` as it is written."""

    time: str
    words: str
    citations: list[CitationOut]

    @classmethod
    def of(cls, event: Dated) -> EventOut:
        """It as it is sent."""
        return cls.model_validate(event)


class TimelineOut(Out):
    """Events in order of time."""

    total: int
    events: list[EventOut]


class AddedOut(Out):
    """What became of an uploaded file."""

    name: str
    outcome: Literal["added", "updated", "unchanged", "duplicate"]
    documents: Annotated[list[DocumentOut], Field(description="Those that are of it now; none of a duplicate.")]
    problems: Annotated[list[str], Field(description="What could not be done though it is kept.")] = []


class HealthOut(Out):
    """Whether questions can be answered now."""

    status: Literal["ok", "empty", "unavailable"]
    message: str
    waiting: Annotated[int, Field(description="Questions that wait.")]


class ErrorBody(Out):
    """What went wrong."""

    message: str
    type: str
    param: str | None
    code: str


class ErrorOut(Out):
    """An error, in the form of the OpenAI protocol."""

    error: ErrorBody
