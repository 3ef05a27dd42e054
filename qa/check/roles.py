"""Who did what to whom: the order of two names around a verb, active or passive."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from index.dates.days import MONTHS, WEEKDAYS
from qa import tuning
from qa.check.sentence import STANDS_FOR, Said
from qa.english.words import IRREGULAR_PASTS, STOP_WORDS, stem, words_of
from qa.records import Part

_NAME = re.compile(r"(?<![\w’'])[A-Z][\w-]*(?:[.’']s?)?(?: (?:of |de |al |bin |van |von )?[A-Z][\w-]*)*")
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
_DOER = re.compile(rf"({_NAME.pattern})(?: (?:has|have|had|also|did|not|only|alone))* (?P<verb>[a-z]{{3,}})\b")
_SIDES = re.compile(r"(?<=[.!?])\s+|;|\b(?:while|whereas|but)\b")
"""Between what is told of one and of another."""


@dataclass(frozen=True, slots=True)
class _Deed:
    agent: frozenset[str]
    verb: str
    patient: frozenset[str]
    words: str


def check_roles(said: Said) -> Iterator[Part]:
    """Each deed of one name to another that the cited sentences tell the other way round."""
    told = [deed for found in said.evidence for deed in read_deeds(found.shown, near=False)]
    for deed in read_deeds(said.text, near=True):
        same = [one for one in told if one.verb == deed.verb]
        straight = any(one.agent & deed.agent and one.patient & deed.patient for one in same)
        turned = any(one.agent & deed.patient and one.patient & deed.agent for one in same)
        if turned and not straight:
            reason = f"The cited passage tells who did what to whom the other way round than {deed.words!r}."
            yield Part("roles", deed.words, "unsupported", reason)
        elif straight:
            yield Part("roles", deed.words, "supported")
    yield from _check_doers(said)


def _check_doers(said: Said) -> Iterator[Part]:
    """Each verb right behind a name that the cited sentences know, where they tell it of others only."""
    for match in _DOER.finditer(said.text):
        name, verb = _words(match[1]), stem(match["verb"])
        sides = [side for found in said.evidence for side in _SIDES.split(found.quote)]
        telling = [side for side in sides if verb in map(stem, words_of(side))]
        others = any(stem(one["verb"]) == verb and _is_name(one) for side in telling for one in _DOER.finditer(side))
        known = name & set(words_of(said.quoted))
        if others and known and not any(name & set(words_of(side)) or STANDS_FOR.search(side) for side in telling):
            reason = f"The cited passage tells {match['verb']!r} of another than {match[1]}."
            yield Part("roles", match[0], "unsupported", reason)


def read_deeds(text: str, *, near: bool) -> Iterator[_Deed]:
    """Verbs with a name on either side, in the order of who did it to whom.

    Args:
        near: Only of names that follow one another; else of any two of a clause.
    """
    start = 0
    for end in [*(match.start() for match in _CLAUSE_ENDS.finditer(text)), len(text)]:
        clause = text[start:end]
        names = [match for match in _NAME.finditer(clause) if _is_name(match)]
        for at, one in enumerate(names):
            for other in names[at + 1 : at + 2 if near else None]:
                if len(words_of(clause[one.end() : other.start()])) > tuning.ROLE_WORDS:
                    break
                yield from _deeds_between(clause, one, other)
        start = end


def _deeds_between(clause: str, one: re.Match[str], other: re.Match[str]) -> Iterator[_Deed]:
    between = clause[one.end() : other.start()]
    first, second = _words(one[0]), _words(other[0])
    by = _PASSIVE.search(between)
    for match in re.finditer(r"\b[a-z]{3,}\b", between):
        verb = stem(match[0])
        if not _is_verb(match, between) or verb in _BOTH_WAYS:
            continue
        passive = bool(by) and between.rstrip().endswith(("by", "by the"))
        agent, patient = (second, first) if passive else (first, second)
        yield _Deed(agent, verb, patient, " ".join(f"{one[0]}{between}{other[0]}".split()))


def _is_verb(match: re.Match[str], between: str) -> bool:
    word = match[0]
    past = word in IRREGULAR_PASTS or re.fullmatch(r"\w{2,}ed", word)
    return bool(past or _BEFORE_VERB.search(between[: match.start()])) and word not in {"been", "had"}


def _is_name(match: re.Match[str]) -> bool:
    words = words_of(match[0])
    opens = match.start() == 0 and len(words) == 1
    return not set(words) <= {*STOP_WORDS, *MONTHS, *WEEKDAYS} and not (opens and words[0] in STOP_WORDS)


def _words(name: str) -> frozenset[str]:
    return frozenset(word for word in words_of(name) if word not in STOP_WORDS and len(word) > 1)
