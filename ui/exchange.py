"""One question and what came of it, as HTML: first the evidence, then the draft, then the checked answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from index.records import EVERYTHING, Filter
from qa.find.answerability import likelihood_in_words
from qa.history import Kept, Plain, new_id
from qa.model.prompt import NOT_FOUND
from qa.question.filters import scope_in_words
from qa.question.rewrite import query_in_words
from qa.records import Answer, Event, EvidenceFound, Piece, Question, Unsupported
from ui.answer import answered_html, cited_by
from ui.reader import Reader
from ui.shared import counted, date_in_words, escape
from ui.sources import FindDocument, Sheets
from ui.why import seconds_in_words

SHOWN_QUESTION = 400
"""Characters of a question that are shown: one that is far too long is refused, but stays on the page."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and what has come of it so far."""

    question: str
    evidence: EvidenceFound | None = None
    draft: str = ""
    attempt: int = 0
    answer: Answer | None = None
    error: str | None = None
    filter: Filter = EVERYTHING
    scope: str = ""
    """The filter in words."""
    as_of: date | None = None
    """The day taken for today, where one was chosen."""
    ahead: int = 0
    """Replies to others that the model makes before it goes on with this one."""
    slow: str = ""
    """That the model is slow and why, once it is."""
    id: str = field(default_factory=new_id)
    asked_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    prompts: tuple[str, ...] = ()
    """What the model was given to read, call by call."""
    wrong: str | None = None
    """What the user says is right instead."""
    unsupported: Unsupported | None = None
    min_likelihood: float | None = None
    """How strict to be, where that was chosen."""
    evidence_tokens: int | None = None
    """Of evidence at most, where that was chosen."""
    model: str | None = None
    """What is to answer, where that was chosen."""
    made_with: Mapping[str, Plain] = field(default_factory=dict)
    """The settings that the answer is made with."""

    @property
    def asked(self) -> Question:
        """The question with what was chosen for it, without what was said before."""
        return Question(
            self.question,
            as_of=self.as_of,
            filter=self.filter,
            unsupported=self.unsupported,
            min_likelihood=self.min_likelihood,
            evidence_tokens=self.evidence_tokens,
        )

    @classmethod
    def of(cls, kept: Kept) -> Exchange:
        """What was kept, as it was."""
        return cls(
            question=kept.question,
            evidence=kept.evidence,
            answer=kept.answer,
            error=kept.error,
            filter=kept.filter,
            scope=kept.scope,
            as_of=kept.as_of,
            id=kept.id,
            asked_at=kept.asked_at,
            prompts=kept.prompts,
            wrong=kept.wrong,
            unsupported=kept.unsupported,
            min_likelihood=kept.min_likelihood,
            evidence_tokens=kept.evidence_tokens,
            model=kept.model,
            made_with=kept.made_with,
        )

    def kept(self, conversation: str) -> Kept:
        """It as it is kept, in a conversation named by the id of its first question."""
        return Kept(
            id=self.id,
            conversation=conversation,
            asked_at=self.asked_at,
            question=self.question,
            filter=self.filter,
            scope=self.scope,
            as_of=self.as_of,
            evidence=self.evidence,
            answer=self.answer,
            error=self.error,
            prompts=self.prompts,
            wrong=self.wrong,
            unsupported=self.unsupported,
            min_likelihood=self.min_likelihood,
            evidence_tokens=self.evidence_tokens,
            model=self.model,
            made_with=self.made_with,
        )

    def after(self, event: Event) -> Exchange:
        """This exchange once `event` has happened; a new attempt begins the draft again."""
        if isinstance(event, EvidenceFound):
            return replace(self, evidence=event)
        if isinstance(event, Piece):
            before = self.draft if event.attempt == self.attempt else ""
            return replace(self, draft=before + event.text, attempt=event.attempt)
        return replace(self, answer=event)


@dataclass(frozen=True, slots=True)
class Look:
    """How one exchange is shown: what it needs besides itself."""

    number: int
    """Of the exchange on its page, from 1."""
    find: FindDocument
    today: date
    live: bool
    """Whether the answer is still being made."""

    def sheets(self, part: str) -> Sheets:
        """For one part of the exchange."""
        return Sheets(f"dl-{self.number}-{part}", self.find, self.today)

    @property
    def reader(self) -> Reader:
        """For its answer."""
        return Reader(f"dl-{self.number}", self.find, self.today)


def question_html(exchange: Exchange) -> str:
    """What was asked, and how it was understood where that differs."""
    asked = exchange.question.strip()
    shown = asked if len(asked) <= SHOWN_QUESTION else f"{asked[:SHOWN_QUESTION]}…"
    lines = f'<h2 class="dl-question" dir="auto">{escape(shown)}</h2>'
    lines += _scope(exchange)
    if exchange.as_of:
        lines += (
            f'<p class="dl-meta">As of {date_in_words(exchange.as_of)}: “today” and ages below are of that day.</p>'
        )
    if exchange.answer and exchange.answer.searched.query.strip() != asked:
        lines += (
            f'<p class="dl-meta">Understood as: <bdi>{escape(query_in_words(exchange.answer.searched.query))}</bdi></p>'
        )
    return lines


def _scope(exchange: Exchange) -> str:
    """Which documents were asked, where not all were."""
    if exchange.filter == EVERYTHING:
        return ""
    searched = exchange.answer.searched if exchange.answer else None
    if searched is None or searched.out_of is None:
        return f'<p class="dl-meta">Searching only documents <bdi>{escape(exchange.scope)}</bdi></p>'
    words = scope_in_words(searched.documents, searched.out_of, searched.filter)
    return f'<p class="dl-meta"><bdi>{escape(words)}</bdi></p>'


def answer_html(exchange: Exchange, look: Look) -> str:
    """The checked answer, or how far it is; empty when there is an error to show instead."""
    if exchange.answer:
        return answered_html(exchange.answer, exchange.evidence, exchange.prompts, look.reader)
    if exchange.error is not None:
        return ""
    if look.live:
        return _draft(exchange)
    return '<p class="dl-note">Stopped before there was a checked answer. Ask again to have one.</p>'


def beside_html(exchange: Exchange, look: Look) -> str:
    """What stands beside the answer: its sources, and until it is there what was found."""
    if exchange.answer:
        return look.reader.documents(cited_by(exchange.answer))
    return evidence_html(exchange, look)


def evidence_html(exchange: Exchange, look: Look) -> str:
    """The evidence found, before there is an answer."""
    found = exchange.evidence
    if found is None or not found.citations:
        return ""
    documents = len({citation.doc_id for citation in found.citations})
    summary = f"{counted(len(found.citations), 'sentence')} found in {counted(documents, 'document')}"
    if found.likelihood is not None:
        summary += f", {likelihood_in_words(found.likelihood)}"
    return (
        f'<details class="dl-evidence" open><summary>Evidence: {summary}'
        f' <span class="dl-quiet">in {seconds_in_words(found.seconds)}</span></summary>'
        f"{look.sheets('found').cards(found.citations, brief=True)}</details>"
    )


def shown_draft(text: str) -> str:
    """A draft as it may be shown: without the model's own sign for "not found", also while it is being written."""
    text = re.sub(rf"\b{NOT_FOUND}\b\.?", "", text)
    beginnings = "|".join(NOT_FOUND[:length] for length in range(len(NOT_FOUND), 1, -1))
    return re.sub(rf"(?:^|(?<=\s))(?:{beginnings}|N$)$", "", text).strip()


def _draft(exchange: Exchange) -> str:
    if exchange.evidence is None:
        return f'<p class="dl-note dl-busy">{_while_running("Searching the documents…")}</p>'
    draft = shown_draft(exchange.draft)
    if not draft:
        others = "1 other question is" if exchange.ahead == 1 else f"{exchange.ahead:,} other questions are"
        words = f"{others} being answered first…" if exchange.ahead else "Reading the evidence below…"
        words = f"{words} {escape(exchange.slow)}".rstrip()
        return f'<p class="dl-note dl-busy">{_while_running(words)}</p>'
    unchecked = "Draft, not checked yet: each sentence will be compared with its source."
    return (
        f'<div class="dl-draft" dir="auto">{escape(draft)}</div>'
        f'<p class="dl-note dl-busy">{_while_running(unchecked, "Stopped: this is an unchecked draft, no answer.")}</p>'
    )


def _while_running(words: str, stopped: str = "Stopped before there was a checked answer.") -> str:
    """`words`, in whose place the style sheet shows `stopped` once the page has stopped: no code runs then."""
    return f'<span class="dl-if-running">{words}</span><span class="dl-if-stopped">{stopped}</span>'
