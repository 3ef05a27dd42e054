"""What the model reads to put a question so that it stands alone, and what of its reply is such a question."""

from __future__ import annotations

import re
from collections.abc import Sequence

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from qa import tuning
from qa.guard.sanitize import neutral
from qa.records import Question, Turn

_RULES = (
    "You rewrite the last question of a conversation so that it can be understood by itself. Put in the names, places, "
    "things and years that it points to. Keep its meaning, and do not answer it. Write in English. A question that can "
    "be understood by itself is repeated as it is."
)
_EXAMPLES: tuple[tuple[tuple[Turn, ...], str, str], ...] = (
    (
        (
            Turn("When did the Orme tunnel close?", "The Orme tunnel closed on 3 June 2021 after a fire."),
            Turn("who was blamed", "An inquiry blamed the contractor, Tolland Ltd."),
        ),
        "did they accept that?",
        "Did Tolland Ltd accept the blame for the fire in the Orme tunnel?",
    ),
    ((), "Combien a coûté le pont de Harrow ?", "How much did the Harrow bridge cost?"),
)
ONE_QUESTION = 'root ::= [^?\\n]{3,300} "?"'
"""A GBNF grammar."""
_QUESTION = re.compile(r"[^?\n]{3,300}\?")
_DIGITS = re.compile(r"\d+")


def build_rewriting_prompt(question: Question) -> list[BaseMessage]:
    """Rules and worked examples, then the end of the conversation and its last question."""
    messages: list[BaseMessage] = [SystemMessage(_RULES)]
    for turns, last, alone in _EXAMPLES:
        messages += [HumanMessage(_conversation(turns, last)), AIMessage(alone)]
    turns = question.history[-tuning.TURNS_READ :]
    return [*messages, HumanMessage(_conversation(turns, question.text.strip()))]


def _conversation(turns: Sequence[Turn], last: str) -> str:
    told = (f"Q: {neutral(turn.question)}\nA: {neutral(turn.answer)[: tuning.ANSWER_READ]}" for turn in turns)
    return "\n".join(["Conversation:", *told, f"Last question: {neutral(last)}"])


def is_one_question(reply: str) -> bool:
    """Whether the reply is a question on one line, as a model that heeds no grammar may not write it."""
    return bool(_QUESTION.fullmatch(reply))


def digits_in(text: str) -> set[str]:
    """The runs of digits in a text of any language."""
    return set(_DIGITS.findall(text))
