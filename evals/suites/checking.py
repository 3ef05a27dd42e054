"""The product's checks of a sentence, for the suites that put sentences of others to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date

from evals.opening import Opening
from index.dates import find_mentions
from qa.answer.judging import check_judged
from qa.answer.tie import with_dates
from qa.check.verify import check_parts
from qa.model.open import NONE
from qa.model.reply import Listener
from qa.model.writer import Writer
from qa.question.read import read_question
from qa.records import Evidence, Part
from qa.settings import Settings

SYSTEM = "dateline"
SYSTEMS = (SYSTEM, NONE)
"""As what the model of the settings wrote is checked, with its own judgement where it was trained to give one; and by
the exact checks alone, as where any other model wrote."""
Checker = Callable[[str, Sequence[Evidence]], tuple[Part, ...]]
"""What is found of a sentence that cites all of the evidence."""


def check_exactly(text: str, evidence: Sequence[Evidence]) -> tuple[Part, ...]:
    """By the exact checks alone."""
    return check_parts(with_dates(text, evidence), evidence)


@contextmanager
def open_checkers(systems: Sequence[str], settings: Settings, opening: Opening) -> Iterator[Mapping[str, Checker]]:
    """The checkers of these systems; the model is opened where one of them needs it.

    Raises:
        UserFacingError: If the model cannot be opened.
    """
    checkers: dict[str, Checker] = dict.fromkeys(systems, check_exactly)
    if SYSTEM not in systems:
        yield checkers
        return
    model = opening.open_model(settings)
    try:
        if model.trained:
            writer = Writer(model, Listener())
            checkers[SYSTEM] = lambda text, evidence: check_by_judging(writer, text, evidence)
        yield checkers
    finally:
        model.close()


def check_by_judging(writer: Writer, text: str, evidence: Sequence[Evidence]) -> tuple[Part, ...]:
    """As the product checks a sentence of a trained model; the evidence has its markers."""
    documents = {one.document.doc_id: one.document for one in evidence}
    return check_judged(
        writer,
        read_question("What do they say?", date.today()),
        text,
        evidence,
        lambda doc_id: find_mentions(documents[doc_id].text, documents[doc_id].published),
    )
