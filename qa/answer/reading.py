"""One reading: what the model writes from a few sentences, or that its first token tells that they do not answer."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass

from qa.answer.answerer import Context
from qa.find.answerability import likelihood_of
from qa.model.prompt import NOT_FOUND, build_grammar, build_prompt, declining
from qa.records import Event, Evidence, Piece, marked


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of it."""

    text: str
    """NOT FOUND where it is too unlikely that the documents answer."""
    likelihood: float | None
    """Probability that the documents answer; None of a model that does not tell its own."""
    unlikely: bool


def read_once(
    context: Context, sentences: Sequence[Evidence], on_problem: Callable[[str], object]
) -> Generator[Event, None, Reading]:
    """What the model writes, once its first token has helped to decide whether to answer.

    Unlikely enough, the model is stopped there; likely enough, it may not decline. What the parts before this one were
    answered is streamed again in front.
    """
    writer, least = context.writer, context.settings.min_likelihood
    trained = writer.model.trained
    writer.attempt += 1
    if context.before:
        yield Piece("".join(f"{marked(claim)} " for claim in context.before), writer.attempt)
    prompt = build_prompt(context.asked, sentences, trained=trained)
    numbers = [sentence.number for sentence in sentences]
    likelihood: float | None = None
    asks_again = False

    def on_first(probabilities: Mapping[str, float], piece: str) -> bool:
        nonlocal likelihood, asks_again
        likelihood = likelihood_of(context.evidence, declining(probabilities), trained=trained)
        asks_again = likelihood >= least and NOT_FOUND.startswith(piece.strip())
        return likelihood >= least and not asks_again

    text = yield from writer.write(prompt, build_grammar(numbers), on_problem, on_first)
    if likelihood is not None and likelihood < least:
        on_problem(f"The passages found are too unlikely to answer {context.asked.text!r}.")
        return Reading(NOT_FOUND, likelihood, unlikely=True)
    if asks_again:
        text = yield from writer.write(prompt, build_grammar(numbers, may_decline=False), on_problem)
    return Reading(text, likelihood, unlikely=False)
