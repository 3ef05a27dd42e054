"""The words and phrases that a question is searched by."""

from __future__ import annotations

import re

from qa.english.text import read
from qa.english.words import STOP_WORDS, without_possessive, words_of
from qa.question.read import Asked
from qa.question.rewrite import own_words

_QUOTED = re.compile(r"(?<!\w)([\"“”‘'])([^\"“”‘]+?)([\"“”’'])(?!\w)")


def quoted_phrases(question: str) -> list[str]:
    """What stands in quotation marks and has several words, in lower case without its punctuation."""
    phrases = (words_of(quoted) for _, quoted, _ in _QUOTED.findall(question))
    return [" ".join(words) for words in phrases if len(words) > 1]


def search_terms(question: str) -> list[str]:
    """The words to look up: those that carry meaning, or all when none does."""
    words = words_of(question)
    return list(dict.fromkeys([word for word in words if word not in STOP_WORDS] or words))


_MEASURE_WORDS = frozenset("cost costs price much many often old age amount date day year month long".split())
"""What an amount, an age or a time is asked for with."""


def subjects_of(asked: Asked) -> list[str]:
    """The names of the question, then its other words of meaning, as they are written there."""
    inside = {word for name in asked.full_names for word in words_of(name)}
    written = re.findall(r"[\w’'-]+", own_words(asked.text))
    others = [
        word
        for word in written
        if words_of(word)
        and not read(word).vocabulary & inside
        and not read(word).vocabulary <= STOP_WORDS | _MEASURE_WORDS
    ]
    names = [without_possessive(name) for name in asked.full_names if not set(words_of(name)) <= STOP_WORDS]
    return list(dict.fromkeys([*names, *(word for word in others if word.lower() in asked.terms)]))
