"""A follow-up, or a question in another language, put by the model as a question that can be understood by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from qa.answer.by_language import other_language
from qa.english.names import name_words, own_names
from qa.english.text import read
from qa.english.words import stem
from qa.model.rewriting import ONE_QUESTION, build_rewriting_prompt, digits_in, is_one_question
from qa.model.thinking import without_thinking
from qa.model.writer import Writer
from qa.question.language import language_asked
from qa.question.rewrite import stand_alone
from qa.records import Evidence, Question


def is_complete(question: Question, found: Sequence[Evidence]) -> bool:
    """Whether it can be searched for as it stands: in a language of what was found and, in a conversation, with a name
    of its own and nothing that points back."""
    text = question.text.strip()
    if other_language(text, found):
        return False
    if not question.history or language_asked(text):
        return True
    return stand_alone(question) == text and bool(own_names(text))


def rewritten(writer: Writer, question: Question, on_problem: Callable[[str], object] = str) -> Question | None:
    """The question as the model puts it, without the conversation; None where what it wrote is no such question.

    It writes with the weights that it had before it was trained to answer. A name or number that neither the question
    nor the conversation holds is made up; only a translation may write names in another way.
    """
    pieces = writer.write(build_rewriting_prompt(question), ONE_QUESTION, on_problem, aside=True)
    text = without_thinking("".join(piece.text for piece in pieces)).strip()
    said = " ".join([question.text, *(f"{turn.question} {turn.answer}" for turn in question.history)])
    made_up = digits_in(text) - digits_in(said)
    if not language_asked(question.text):
        made_up |= {stem(word) for word in name_words(text)} - read(said).all_stems
    return replace(question, text=text, history=()) if is_one_question(text) and not made_up else None
