"""A follow-up question completed from the conversation before it, by rule."""

from __future__ import annotations

import re
from datetime import date

from index.dates import find_mentions
from qa import tuning
from qa.english.names import own_names
from qa.english.words import AUXILIARIES, without_possessive, words_of
from qa.question.read import capitalised
from qa.records import Question, Turn

_POINTS_BACK = re.compile(
    r"\b(?:he|she|him|his|her|hers|they|them|their|it|its|that|this|those|these|there|then"
    r"|the (?:same|former|latter))\b",
    re.I,
)
_PERSONAL = re.compile(r"\b(he|she|him|his|her|they|them|their)\b", re.I)
_ABOUT_THE_ASKER = re.compile(
    r"^(?:(?:hi|hello)\b[^.!?]*[.!?,]\s+|(?:I|I['’]m|I['’]ve|We|We['’]re)\b[^?]*?[.!]\s+)+(?=\S)", re.I
)


_BESIDE = " (asked about: "


def beside(text: str, before: str) -> str:
    """The question with the one before it beside it, so that its words are searched for too."""
    return f"{text}{_BESIDE}{before.strip().rstrip('?.! ')})"


def own_words(query: str) -> str:
    """The question itself, without the one that was put beside it."""
    return query.partition(_BESIDE)[0]


def query_in_words(query: str) -> str:
    """For the user: the question as it was searched for, and which one before it was read along."""
    own, _, before = query.partition(_BESIDE)
    return f"{own} – read with: {before.removesuffix(')')}" if before else own


def without_preamble(text: str) -> str:
    """The question without sentences in front of it about who asks and why: a small model answers those instead."""
    return _ABOUT_THE_ASKER.sub("", text)


def stand_alone(question: Question) -> str:
    """The question completed from the conversation, so that it can be searched for; itself when it is complete.

    By rule, at no cost: a personal pronoun becomes the name that the conversation
    is about; any other pointer back ("when was that", "and in 2022?") brings the
    question before along.
    """
    text = without_preamble(question.text.strip())
    if not question.history:
        return text
    last = question.history[-1]
    if another := _at_another_time(text, last.question):
        return another
    personal = _PERSONAL.search(text)
    # "What did Aung San Suu Kyi say of her arrest?" completes itself: a name stands before the pronoun.
    has_name = any(" " in name for name in own_names(text[: personal.start()])) if personal else False
    if has_name and not re.search(r"\b(?:that|this|those|these|there|then)\b", text, re.I):
        return text
    person = _topic(question.history) if personal and not has_name else None
    if personal and person:
        text = _PERSONAL.sub(lambda match: _like(match[0], person), text, count=1)
        rest = _PERSONAL.sub("", text.replace(person, ""))
        if not _POINTS_BACK.search(rest):
            return text
    if _POINTS_BACK.search(question.text) or _is_fragment(question.text):
        return beside(text, last.question)
    return text


_OTHER_TIME = re.compile(r"(?:and|but|what about|how about)?\s*(?:in|on|at|by|for)?\s*(?P<time>.+?)\s*\??", re.I)


def _at_another_time(text: str, before: str) -> str | None:
    """The question before, with its only time replaced by the one that `text` consists of: "And in September 2025?"."""
    match = _OTHER_TIME.fullmatch(text)
    then = find_mentions(capitalised(before), None)
    asked = capitalised(match["time"]) if match else ""
    whole = [mention.text for mention in find_mentions(asked, date.today())] == [asked]
    if not match or not whole or len(then) != 1:
        return None
    return f"{before[: then[0].start]}{asked}{before[then[0].end :]}"


def _is_fragment(text: str) -> bool:
    words = words_of(text)
    if len(words) > tuning.FOLLOW_UP_WORDS:
        return False
    verbless = re.match(r"(?:and|but|what about|how about)\b", text, re.I) and not AUXILIARIES & set(words)
    opens = re.match(r"(?:and|but|when|where|why|who|how)\b", text, re.I)
    return bool(verbless or (opens and not own_names(text)))


def _topic(history: tuple[Turn, ...]) -> str | None:
    """The longest name of the latest question that has one, else of its answer."""
    for turn in reversed(history):
        for text in (turn.question, turn.answer):
            names = [name for name in own_names(text) if " " in name]
            if names:
                return without_possessive(max(names, key=len))
    return None


def _like(pronoun: str, name: str) -> str:
    return f"{name}'s" if pronoun.lower() in {"his", "her", "their"} else name
