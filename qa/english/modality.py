"""What a text tells as done, and what as planned, expected or possible."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa.english.words import IRREGULAR_PASTS, stem

_PLANNED = re.compile(
    r"\b(?:will|shall|may|might"
    r"|(?:scheduled|set|due|expected|planned|slated|supposed|likely|about|going) to"
    r"|(?:plan|expect|intend|hope|aim|want|promise|pledge|vow|propose|threaten)(?:s|d|ed|ned|ning|ing)? to"
    r"|(?:seeks?|sought) to"
    r"|(?:said|says|told|announced|promised|pledged)\b[^.;]{0,60}\bwould"
    r")\s+(?P<verb>(?:(?:be|have|been|also|soon|not|never|then|now|\w+ly)\s+)*[a-z]{2,})\b"
)
_PLAN = re.compile(r"\b(?:will|would|plan\w*|schedul\w*|expect\w*|due|postpon\w*|delay\w*|upcoming)\b", re.I)
_HELPERS = frozenset("be been being have has had also soon not never then now".split())
_HAPPENED = re.compile(r"\b(?:did|has|have|had)\s+(?:(?:been|not|never|also|already|\w+ly)\s+)*(?P<verb>[a-z]{2,})\b")


@dataclass(frozen=True, slots=True)
class Modes:
    planned: dict[str, str]
    """Verbs that are planned, by stem, with the words that say so."""
    done: dict[str, str]
    """Verbs that are told as done, by stem, as they stand."""


def is_plan(text: str) -> bool:
    """Whether it speaks of something to come."""
    return bool(_PLAN.search(text))


def read_modes(text: str) -> Modes:
    planned: dict[str, str] = {}
    spans = []
    for match in _PLANNED.finditer(text):
        verb = match["verb"].split()[-1]
        if verb not in _HELPERS:
            planned.setdefault(stem(verb), match[0])
            spans.append(match.span("verb"))
    done: dict[str, str] = {}
    for match in re.finditer(r"\b[a-z]{2,}\b|(?:^|(?<=[.!?] ))[A-Z][a-z]+\b", text):
        past = match[0] in IRREGULAR_PASTS or re.fullmatch(r"\w{2,}ed", match[0])
        if past and not any(start <= match.start() < end for start, end in spans):
            done.setdefault(stem(match[0].lower()), match[0])
    for match in _HAPPENED.finditer(text):
        done.setdefault(stem(match["verb"]), match[0])
    return Modes(planned, done)
