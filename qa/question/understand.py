"""From what the user typed to questions that each stand alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from qa.question.decompose import split_parts
from qa.question.read import Asked, check_question, read_question
from qa.question.rewrite import stand_alone
from qa.records import Question


@dataclass(frozen=True, slots=True)
class Understood:
    """What is asked."""

    query: str
    """The question, a follow-up made complete."""
    parts: tuple[Asked, ...]
    """At least one."""


def understand(question: Question, today: date) -> Understood:
    """The question completed from its conversation, taken apart and read. Raises QuestionError."""
    query = stand_alone(Question(check_question(question.text), question.history))
    return Understood(query, tuple(read_question(part, question.as_of or today) for part in split_parts(query)))
