"""Questions that set reports against each other: "Does the BBC say the same as the Guardian?"

No one passage answers such a question, and a small model's Yes or No about two
passages is little better than a guess (right in 28 of 36 on MultiHop-RAG, where 28 are Yes). So what
each side says is quoted, and the model's judgement stands in front as what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from index.dates.times import overlap
from qa import tuning
from qa.answer.answerer import Answering, Context
from qa.answer.decision import Decision
from qa.answer.quoting import verbatim
from qa.check.relevance import is_of
from qa.model.prompt import YES_OR_NO, build_prompt
from qa.question.comparison import compares_reports, read_judgement
from qa.question.read import Asked, outlets_named
from qa.records import Evidence


def by_comparison(context: Context) -> Answering:
    """What each side says, word for word; what the model makes of it is its judgement. None for other questions."""
    asked = context.asked
    sides = compared(asked, context.evidence, outlets_named(asked.text, context.library.outlets()))
    if not sides:
        return None
    claims, problems, judgement = tuple(map(verbatim, sides)), list[str](), None
    if context.writer.model.chat is not None:
        context.writer.attempt += 1
        prompt = build_prompt(asked, sides, judge=True, trained=context.writer.model.trained)
        judgement = read_judgement((yield from context.writer.write(prompt, YES_OR_NO, problems.append)))
    return Decision(claims, problems=tuple(problems), judgement=judgement)


def compared(asked: Asked, evidence: Sequence[Evidence], outlets: Sequence[str]) -> list[Evidence]:
    """The best sentence of each side of a Yes or No question about several reports; empty for other questions.

    Args:
        evidence: Best first.
        outlets: Those that the question names.
    """
    if not compares_reports(asked, outlets):
        return []
    candidates = [sentence for sentence in evidence if sentence.document.outlet in outlets]
    apart = [time for time in asked.times if not any(overlap(time, other) for other in asked.times if other != time)]
    sides: list[Callable[[Evidence], bool]] = [partial(_of_outlet, outlet) for outlet in outlets]
    sides += [partial(is_of, time) for time in apart] if len(apart) > 1 else []
    best: list[Evidence] = []
    for fits in sides:
        first = next((sentence for sentence in candidates if fits(sentence) and sentence not in best), None)
        best += [first] if first else []
    if len(best) == 1:
        best += [each for each in candidates if each.document.doc_id != best[0].document.doc_id][:1]
    return best[: tuning.COMPARED_SIDES] if len(best) > 1 else []


def _of_outlet(outlet: str, sentence: Evidence) -> bool:
    return sentence.document.outlet == outlet
