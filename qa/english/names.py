"""Names: runs of words with a capital, and what of them is none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from index.dates.days import MONTHS, WEEKDAYS
from qa.english.spellings import ADDRESSES
from qa.english.titles import without_titles
from qa.english.words import STOP_WORDS, words_of

_WORD = r"[A-Z][\w’'.-]*"
_LINKS = r"(?:of|de|der|al|bin|van|von)"
RUN = rf"(?<![\w’']){_WORD}(?:\s+(?:{_LINKS}\s+)?{_WORD})*"
"""The one pattern of a name."""
_RUN = re.compile(RUN)
_LINKED = re.compile(r"(?:[A-Z][\w’'-]*(?: (?:of|for|and|on|the) (?=[A-Z]))? ?){2,}")
NAME_WORD = re.compile(r"(?<![\w’'])[A-Z][\w’'-]*")
"""One word of it."""
_OPENS_QUESTION = re.compile(
    r"^(?:And|But|So|Or|When|Where|Who|Whom|Whose|What|Which|Why|How|Did|Does|Do|Is|Are|Was|Were|Has|Have|Had|In|On|At"
    r"|By|Can|Could|The|According|For|From|Tell|Give|Name|Please|I|Will|Would)\b\s*"
)
_OPENERS = frozenset(
    "yes even still yet thus hence instead meanwhile perhaps now today despite unlike upon without within another"
    " several never later earlier afterwards soon nearly almost around among amid across behind beyond near toward"
    " towards together currently then back inside outside throughout unless whether".split()
)
NO_NAMES = frozenset({*STOP_WORDS, *MONTHS, *WEEKDAYS, *ADDRESSES, *_OPENERS})
"""Words that are no names though a capital may open them."""
SHORT_OFFICES = frozenset("pm mp vp ag".split())


class Run(NamedTuple):
    """A run of words with a capital where it stands in a text."""

    start: int
    end: int
    words: str


def find_runs(text: str) -> Iterator[Run]:
    """The runs of words with a capital, titles and full stops with them: "Gen. Ines Calder", "Bank of Orme"."""
    return (Run(*match.span(), match[0]) for match in _RUN.finditer(text))


def name_words(text: str) -> set[str]:
    """The words of names in `text`, in lower case; a capital that opens it is none."""
    return {word for match in NAME_WORD.findall(text[1:]) for word in words_of(match) if word not in STOP_WORDS}


def own_names(text: str) -> list[str]:
    """The names in a question, each whole: "Min Aung Hlaing", not its three words."""
    runs = (run.words.rstrip(".") for run in find_runs(_OPENS_QUESTION.sub("", text)))
    return [run for run in runs if len(run) > 1]


def is_word(word: str) -> bool:
    """Whether a dictionary of English has a word as it is written, in any of its forms: "fewer", not "austria".

    Source: the English dictionary of simplemma, https://github.com/adbar/simplemma.
    """
    return bool(_dictionary().is_dictionary_member(word, "en"))


@cache
def _dictionary() -> Any:
    from simplemma.strategies import DictionaryLookupStrategy

    return DictionaryLookupStrategy()


def in_full(name: str, text: str) -> str:
    """A surname with the name that its document most often gives in front: "Olsen" of "Ruth Olsen" is she."""
    # In the middle of a sentence, where a capital is a name's.
    pattern = rf"(?<=[a-z,] )((?:(?:[A-Z][\w’-]*|[A-Z]\.) ){{1,3}}{re.escape(name)})(?![\w-])"
    runs = (without_titles(match[1]) for match in re.finditer(pattern, text))
    fuller = Counter(run for run in runs if run != name and run.split()[0].lower() not in STOP_WORDS)
    return max(fuller, key=lambda run: fuller[run], default=name)


def linked_names(text: str) -> list[str]:
    """The names with what "for", "and", "on" and "the" link to them: "Forum for Peace and the Sea"."""
    return [match[0] for match in _LINKED.finditer(text)]


def has_initials(names: Sequence[str], text: str) -> bool:
    """Whether a name of several words stands in it by its letters, or by those of all but the last: "R. Olsen"."""
    letters = "".join(word[0] for word in names)
    initials = r"\.?\s?".join([*letters[:-1], re.escape(names[-1])]) if names else ""
    return len(letters) > 1 and bool(re.search(rf"\b(?:{re.escape(letters)}|{initials})\b", text))
