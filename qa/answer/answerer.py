"""What a way to an answer is given, and what it gives."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass

from index.pipeline import Library
from qa.answer.decision import Decision
from qa.find.expand import WordSimilarity
from qa.find.numbering import Numbering
from qa.model.writer import Writer
from qa.question.read import Asked
from qa.records import Claim, Event, Evidence
from qa.settings import Settings


@dataclass(frozen=True, slots=True)
class Context:
    """One part of a question, and all that may serve to answer it."""

    asked: Asked
    evidence: Sequence[Evidence]
    """Best first."""
    others: Sequence[Evidence]
    """What was found beside it and is not read, best first."""
    library: Library
    doc_ids: Sequence[str] | None
    """The documents to look in; None for all."""
    similarity: WordSimilarity
    settings: Settings
    writer: Writer
    numbering: Numbering
    likelihood: float
    """Probability that the documents answer the question, as far as is known."""
    before: Sequence[Claim] = ()
    """What the parts before this one were answered; streamed again in front."""


Answering = Generator[Event, None, Decision | None]
Answerer = Callable[[Context], Answering]
"""Streams what it writes and gives the decision; None where the question is not one for it. See `qa.run.ANSWERERS`."""


def at_once(answer: Callable[[Context], Decision | None]) -> Answerer:
    """An answerer that streams nothing, since it asks no model."""

    def answering(context: Context) -> Answering:
        yield from ()
        return answer(context)

    return answering
