"""The values that travel through `qa`: complete when they exist, never changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, Self

from index.dates.times import Granularity, granularity_of, shown_date, within
from index.records import EVERYTHING, Document, Filter, Passage, Span, TimeMention

Verdict = Literal["supported", "unsupported", "contradicted"]
"""Contradicted: what is cited says otherwise."""
PartKind = Literal[
    "citation",
    "date",
    "number",
    "reckoned",
    "quotation",
    "negation",
    "modality",
    "roles",
    "name",
    "words",
    "answer",
]
Status = Literal["answered", "not_found"]
Judgement = Literal["yes", "no"]
Declined = Literal["far", "unheard", "unlikely", "not_found", "unsupported", "off", "no_question", "language"]
"""Why a question is not answered: nothing found comes near it; it names what no document speaks of; the model's first
word made an answer too unlikely; the model found none; no sentence of the model's was borne out; the best sentences are
not of the kind that is asked for; it is no question; or it is in another language than what was found."""
Unsupported = Literal["mark", "withhold", "quote"]
"""What becomes of sentences that are not borne out."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and its answer earlier in the same conversation."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Question:
    """What the user asks, and what was said before it."""

    text: str
    history: tuple[Turn, ...] = ()
    as_of: date | None = None
    """The day from which "last year" counts, and after which nothing was published; None for today."""
    filter: Filter = EVERYTHING
    """The documents to search: all, unless it says otherwise."""
    unsupported: Unsupported | None = None
    """What becomes of sentences that are not borne out; None for what is set."""
    min_likelihood: float | None = None
    """Under this probability, from 0 to 1, that the documents answer it, it is declined; None for what is set."""
    evidence_tokens: int | None = None
    """Tokens of evidence at most; None for what is set."""

    @property
    def scope(self) -> Filter:
        """The documents of the filter that were published by `as_of`."""
        return self.filter.known_by(self.as_of)


def chosen_for(question: Question) -> dict[str, Unsupported | float | int]:
    """What the question says otherwise than what is set, by the name of the setting."""
    chosen = {name: getattr(question, name) for name in ("unsupported", "min_likelihood", "evidence_tokens")}
    return {name: value for name, value in chosen.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that a search found."""

    passage: Passage
    document: Document
    score: float
    """Of the fusion; larger is better, comparable within one search only."""
    ranks: Mapping[str, int]
    """Rank from 1 in each search that found it, by the search's name."""
    cosines: tuple[float, ...]
    """Of each of its sentences to the question."""


@dataclass(frozen=True, slots=True)
class Time:
    """A time expression of a quote and what it stands for."""

    text: str
    resolved: str
    """ISO 8601: a day, month or year, or an interval `first/last` of days."""
    granularity: Granularity
    anchored_to: str | None
    """The ISO date that it was counted from; None when it is complete in itself."""

    @classmethod
    def of(cls, mention: TimeMention) -> Self:
        """The mention as a citation shows it."""
        return cls(mention.text, mention.resolved, granularity_of(mention.resolved), mention.anchored_to)


@dataclass(frozen=True, slots=True)
class Citation:
    """The exact passage a sentence rests on: the document's text from `start` to `end` is `quote`."""

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
    times: tuple[Time, ...] = ()
    """Those of the quote, in order."""

    @classmethod
    def of(cls, number: int, document: Document, span: Span, mentions: Sequence[TimeMention] = ()) -> Self:
        """The only way to one: nothing in it comes from a model.

        Args:
            mentions: Of the document; only those inside the span are taken.
        """
        start, end = span
        return cls(
            number=number,
            doc_id=document.doc_id,
            uri=document.uri,
            title=document.title,
            outlet=document.outlet,
            author=document.author,
            published=document.published,
            page=document.page_at(start),
            start=start,
            end=end,
            quote=document.text[start:end],
            times=tuple(map(Time.of, within(mentions, start, end))),
        )


@dataclass(frozen=True, slots=True)
class Evidence:
    """One sentence chosen for the model, with what its first word stands for: `document.text[start:end] == quote`."""

    number: int
    """Its marker in the answer, from 1."""
    document: Document
    passage: Passage
    start: int
    end: int
    quote: str
    shown: str
    """The quote on one line, with the calendar date behind each relative one: what the model reads."""
    mentions: tuple[TimeMention, ...]
    """The time expressions inside the quote."""
    share: float
    """Probability that this is the sentence that answers, if one of those found does."""
    nearness: float
    """Cosine of the sentence, as it is meant in its passage, to the question."""
    coverage: float
    """Share of the question's words that the quote holds, each by its rarity, from 0 to 1."""

    @property
    def citation(self) -> Citation:
        """It as a citation."""
        return Citation.of(self.number, self.document, (self.start, self.end), self.mentions)


@dataclass(frozen=True, slots=True)
class Part:
    """What of a sentence can be checked by itself, and what came of it."""

    kind: PartKind
    words: str
    """As they stand in the sentence; empty where it is all of it."""
    verdict: Verdict
    reason: str = ""
    """Why it is not supported, in words for the user; empty when it is."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of the answer, what it rests on, and whether that bears it."""

    text: str
    citations: tuple[Citation, ...]
    verdict: Verdict
    reasons: tuple[str, ...] = ()
    """Why it is not supported, in words for the user; empty when it is."""
    parts: tuple[Part, ...] = ()
    """What was checked of it, in the order of the checks; empty where it is its source's own words."""
    verbatim: bool = False
    """Whether it is a sentence of the documents, with only the dates that it means put in."""


@dataclass(frozen=True, slots=True)
class Position:
    """One of several answers that the documents give, and who gives it."""

    value: str
    """As the first of them writes it; a time as a calendar date."""
    citations: tuple[Citation, ...]
    sources: int
    """Outlets that say so independently: the same sentence printed again counts once."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """What documents answer differently, the earliest report first."""

    kind: Literal["conflict", "change"]
    """A change when the reports lie so far apart that both may have been right."""
    positions: tuple[Position, ...]


@dataclass(frozen=True, slots=True)
class Searched:
    """What was looked at before answering."""

    documents: int
    passages: int
    query: str
    """The question as it was searched, a follow-up made complete."""
    filter: str = ""
    """The filter in words; empty when all documents were searched."""
    out_of: int | None = None
    """Documents in the whole library, where a filter left some of them to search."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, every sentence with its citations and verdict; or "not found" with the nearest passages."""

    question: str
    status: Status
    claims: tuple[Claim, ...]
    """One is supported exactly when it is answered; of "not found" there are some only to be shown as marked."""
    nearest: tuple[Citation, ...]
    """The best evidence, best first: what to read when the answer is "not found"."""
    searched: Searched
    problems: tuple[str, ...]
    """What was set right or left out on the way, in words for the user."""
    model: str
    likelihood: float | None = None
    """Probability that the documents answer the question, as search and model tell; None when not estimated."""
    disagreements: tuple[Disagreement, ...] = ()
    """Where the documents found answer a part of the question differently."""
    declined: tuple[Declined, ...] = ()
    """Of each part that is not answered, why."""
    missing: tuple[str, ...] = ()
    """Of each part that is not answered, what the passages found mention and what they lack, in words for the user."""
    judgement: Judgement | None = None
    """Of a question that sets reports against each other: what the model takes the claims together to mean.

    Nothing checks it.
    """
    seconds: Mapping[str, float] = field(default_factory=dict)
    """Seconds from the question to `evidence`, `first_word` and `answer`."""
    tokens: Mapping[str, int] = field(default_factory=dict)
    """Tokens `read` anew, `kept` from the prompt before, and `written`, over all calls of the model."""

    @property
    def text(self) -> str:
        """The supported sentences with their markers, or the refusal."""
        if self.status == "not_found":
            return NOT_FOUND_TEXT
        judged = [judgement_in_words(self.judgement)] if self.judgement else []
        return " ".join([*judged, *(marked(claim) for claim in self.claims if claim.verdict == "supported")])


NOT_FOUND_TEXT = "The documents do not say."


def judgement_in_words(judgement: Judgement) -> str:
    """What stands in front of the sentences that it is about: `Yes, as the model reads …`."""
    return f"{judgement.capitalize()}, as the model reads these sentences together (nothing checks that):"


def times_in_words(times: Sequence[Time]) -> str:
    """What those that are counted from another day stand for: `“Sunday”: 20 June 2021`; empty without any."""
    relative = {time.text: time.resolved for time in times if time.anchored_to is not None}
    return "; ".join(f"“{words}”: {shown_date(resolved)}" for words, resolved in relative.items())


def written(claims: Iterable[Claim]) -> list[Claim]:
    """The supported claims in a model's words, without the documents' beside them; all of them where none is."""
    supported = [claim for claim in claims if claim.verdict == "supported"]
    return [claim for claim in supported if not claim.verbatim] or supported


def marked(claim: Claim) -> str:
    """The claim's text with its markers before the full stop: `At least 870 civilians [2].`"""
    markers = "".join(f"[{citation.number}]" for citation in claim.citations)
    if not markers:
        return claim.text
    body, stop = (claim.text[:-1], claim.text[-1]) if claim.text.endswith((".", "!", "?")) else (claim.text, "")
    return f"{body} {markers}{stop}"


@dataclass(frozen=True, slots=True)
class EvidenceFound:
    """Streamed first: what was found, best first, before a model has read it; one that comes later takes its place."""

    citations: tuple[Citation, ...]
    seconds: float
    likelihood: float | None = None
    """Probability that the documents answer the question, as far as the search can tell; None when not estimated."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Streamed next: text as the model writes it. A new `attempt` begins the answer again."""

    text: str
    attempt: int


Event = EvidenceFound | Piece | Answer
