"""Whether a question is asked in another language than English."""

from __future__ import annotations

from index.load.language import likelihoods
from qa import tuning
from qa.english.words import words_of

LANGUAGES = tuple(
    "ar bg cs da de el en es fa fi fr he hi hr hu id it ja ko nl no pl pt ro ru sr sv th tr uk vi zh".split()
)
"""Those that are told apart, by their ISO 639-1 code."""
LAST_LATIN = "\u036f"
_ENGLISH = frozenset(
    "the who what when where which whose why how did does were been have from with about their they them this that "
    "these those you your and".split()
)
"""Words that are English wherever they stand."""


def language_asked(question: str) -> str | None:
    """The code of the language that the question is surely in; None for English, and where it is not sure.

    Names are not looked at: they are those of the documents in every language.
    """
    if _ENGLISH & set(words_of(question)):
        return None
    first, *others = question.split() or [""]
    # A language without spaces, or in letters of its own, is told by them.
    if len(words_of(question)) < tuning.FOREIGN_WORDS and max(question, default="") <= LAST_LATIN:
        return None
    found = likelihoods(" ".join([first, *(word for word in others if not word[:1].isupper())]))
    likeliest = max(LANGUAGES, key=lambda code: found.get(code, 0.0))
    sure = found.get(likeliest, 0.0) >= tuning.FOREIGN_ODDS * found.get("en", 0.0)
    return likeliest if sure and likeliest != "en" else None


def language_in_words(code: str) -> str:
    """`French`; the code itself for one that has no name in English."""
    from babel import Locale

    return str(Locale("en").languages.get(code, code))
