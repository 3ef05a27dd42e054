"""Whose office a question asks for, and the holder of which."""

from __future__ import annotations

import re

from index.dates.days import MONTHS
from qa.english.text import read
from qa.english.titles import OFFICES, is_office
from qa.english.words import stem, without_possessive, words_of
from qa.question.read import Asked

_ASKS = re.compile(r"\b(?:titles?|offices?|posts?|positions?|ranks?)\b", re.I)
_WHO_IS = re.compile(r"^\s*(?:who|what)(?:[’']s| is| was| are)\b", re.I)
_AT_THE_TIME = re.compile(r"\bat the time of\b[^?,;]*", re.I)
"""What only says when, where a date stands beside it."""
_BEFORE = re.compile(r"\b(?:former(?:ly)?|previous(?:ly)?|first|before|earlier|used to|originally|once)\b", re.I)
_FORM = frozenset(
    map(
        stem,
        """title titles office offices post posts position positions rank ranks hold holds held holding have has had
        occupy occupies occupied official officially current currently latest now today newest recent recently present
        called known year month time report reports military government official all list trace change changed various
        different describe described over years""".split(),
    )
)
"""Words with which an office is asked for; what else a question holds asks for more."""
_MONTH_STEMS = frozenset(map(stem, MONTHS))


def person_asked(asked: Asked) -> str | None:
    """Whose office is asked for: "What is Ines Calder's title?", "Who is Ines Calder?"; None when more is, or else."""
    names = [name for name in map(_plain, asked.full_names) if name.lower() not in MONTHS and not is_office(name)]
    if len(names) != 1 or asked.yes_or_no or _BEFORE.search(asked.text):
        return None
    (name,) = names
    if not (_ASKS.search(asked.text) or _WHO_IS.match(asked.text)):
        return None
    times = {word for time in re.findall(r"\d{4}", asked.text) for word in words_of(time)}
    text = _AT_THE_TIME.sub("", asked.text) if asked.times else asked.text
    rest = read(text).stems - read(name).stems - _FORM - times - _MONTH_STEMS
    return None if rest else name


def _plain(name: str) -> str:
    """Without the verb that opens a question, "Trace Ines Calder's titles", and without the "'s"."""
    first, _, rest = without_possessive(name).partition(" ")
    return rest if rest and stem(first.lower()) in _FORM else f"{first} {rest}".strip()


def offices_named(asked: Asked) -> frozenset[str]:
    """The words of offices in a question that asks who holds one now; empty where it asks for an earlier holder."""
    return frozenset() if _BEFORE.search(asked.text) else frozenset(words_of(asked.text)) & OFFICES
