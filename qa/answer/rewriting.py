"""A follow-up, or a question in another language, put by the model as a question that can be understood by itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from qa import tuning
from qa.answer.by_language import other_language
from qa.english.names import name_words, own_names
from qa.english.text import read
from qa.english.words import stem
from qa.guard.sanitize import neutral
from qa.model.thinking import without_thinking
from qa.model.writer import Writer
from qa.question.language import language_asked
from qa.question.rewrite import stand_alone
from qa.records import Evidence, Question, Turn

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
_ONE_QUESTION = 'root ::= [^?\\n]{3,300} "?"'
"""A GBNF grammar."""
_DIGITS = re.compile(r"\d+")


def is_complete(question: Question, found: Sequence[Evidence]) -> bool:
    """Whether it can be searched for as it stands: in a language of what was found and, in a conversation, with a name
    of its own and nothing that points back."""
    text = question.text.strip()
    if other_language(text, found):
        return False
    return (
        not question.history or bool(language_asked(text)) or (stand_alone(question) == text and bool(own_names(text)))
    )


def rewritten(writer: Writer, question: Question, on_problem: Callable[[str], object] = str) -> Question | None:
    """The question as the model puts it, without the conversation; None where what it wrote is no such question.

    It reads with the weights that it had before it was trained to answer. A name or number of its rewriting that
    neither the question nor the conversation holds is made up; only a translation may write names in another way.
    """
    prompt = build_rewriting_prompt(question)
    pieces = writer.write(prompt, _ONE_QUESTION, on_problem, aside=True)
    text = without_thinking("".join(piece.text for piece in pieces)).strip()
    if not re.fullmatch(r"[^?\n]{3,300}\?", text):
        return None
    said = " ".join([question.text, *(f"{turn.question} {turn.answer}" for turn in question.history)])
    made_up = {*_DIGITS.findall(text)} - {*_DIGITS.findall(said)}
    if not language_asked(question.text):
        made_up |= {stem(word) for word in name_words(text)} - read(said).all_stems
    return None if made_up else replace(question, text=text, history=())


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
