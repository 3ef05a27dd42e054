"""Who does what to whom in a text: verbs with a name on either side, or right before them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from index.dates.days import MONTHS, WEEKDAYS
from qa import tuning
from qa.english.names import RUN, Run, find_runs
from qa.english.words import IRREGULAR_PASTS, STOP_WORDS, stem, words_of

_CLAUSE_ENDS = re.compile(r"[;:()]|[.!?](?=\s|$)|\b(?:while|whereas|although|but)\b")
_PASSIVE = re.compile(
    r"\b(?:is|are|was|were|be|been|being|got)\s+(?:\w+ly\s+)?(?P<verb>[a-z]+)\b[^,;]*?\bby\s+(?:the )?$"
)
_BEFORE_VERB = re.compile(
    r"\b(?:to|will|would|did|does|has|have|had|may|can|could|must|should)\s+(?:\w+ly\s+|not\s+)?$"
)
_BOTH_WAYS = frozenset(
    map(stem, "meet met marry married wed face faced border join joined talk talked play played tie tied share".split())
)
_DOER = re.compile(rf"({RUN})(?: (?:has|have|had|also|did|not|only|alone))* (?P<verb>[a-z]{{3,}})\b")
_SIDES = re.compile(r"(?<=[.!?])\s+|;|\b(?:while|whereas|but)\b")
"""Between what is told of one and of another."""


@dataclass(frozen=True, slots=True)
class Deed:
    """A verb between two names."""

    agent: frozenset[str]
    verb: str
    patient: frozenset[str]
    words: str


@dataclass(frozen=True, slots=True)
class Doer:
    """A name with a verb right behind it."""

    name: str
    name_words: frozenset[str]
    verb: str
    """Its stem."""
    verb_words: str
    words: str
    """Name and verb as they stand."""
    is_name: bool
    """Whether it is more than a word that opens a sentence."""


def doers_in(text: str) -> list[Doer]:
    """Each of them."""
    return [
        Doer(
            match[1],
            _name_words(match[1]),
            stem(match["verb"]),
            match["verb"],
            match[0],
            _is_name(match.start(), match[1]),
        )
        for match in _DOER.finditer(text)
    ]


def sides_of(text: str) -> list[str]:
    """What is told of one and of another: its sentences, and the two sides of a "while" or "but"."""
    return _SIDES.split(text)


def read_deeds(text: str, *, near: bool) -> Iterator[Deed]:
    """Verbs with a name on either side, in the order of who did it to whom.

    Args:
        near: Only of names that follow one another; else of any two of a clause.
    """
    start = 0
    for end in [*(match.start() for match in _CLAUSE_ENDS.finditer(text)), len(text)]:
        clause = text[start:end]
        names = [run for run in find_runs(clause) if _is_name(run.start, run.words)]
        for at, left in enumerate(names):
            for right in names[at + 1 : at + 2 if near else None]:
                if len(words_of(clause[left.end : right.start])) > tuning.ROLE_WORDS:
                    break
                yield from _deeds_between(clause, left, right)
        start = end


def _deeds_between(clause: str, left: Run, right: Run) -> Iterator[Deed]:
    between = clause[left.end : right.start]
    first, second = _name_words(left.words), _name_words(right.words)
    by = _PASSIVE.search(between)
    for match in re.finditer(r"\b[a-z]{3,}\b", between):
        verb = stem(match[0])
        if not _is_verb(match, between) or verb in _BOTH_WAYS:
            continue
        passive = bool(by) and between.rstrip().endswith(("by", "by the"))
        agent, patient = (second, first) if passive else (first, second)
        yield Deed(agent, verb, patient, " ".join(f"{left.words}{between}{right.words}".split()))


def _is_verb(match: re.Match[str], between: str) -> bool:
    word = match[0]
    past = word in IRREGULAR_PASTS or re.fullmatch(r"\w{2,}ed", word)
    return bool(past or _BEFORE_VERB.search(between[: match.start()])) and word not in {"been", "had"}


def _is_name(start: int, name: str) -> bool:
    words = words_of(name)
    opens = start == 0 and len(words) == 1
    return not set(words) <= {*STOP_WORDS, *MONTHS, *WEEKDAYS} and not (opens and words[0] in STOP_WORDS)


def _name_words(name: str) -> frozenset[str]:
    return frozenset(word for word in words_of(name) if word not in STOP_WORDS and len(word) > 1)
