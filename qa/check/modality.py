"""Modality: what is planned, expected or possible is not what happened, and the other way round."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from qa.check.sentence import Said
from qa.english.words import IRREGULAR_PASTS, stem
from qa.records import Part

_PLANNED = re.compile(
    r"\b(?:will|shall|may|might"
    r"|(?:scheduled|set|due|expected|planned|slated|supposed|likely|about|going) to"
    r"|(?:plan|expect|intend|hope|aim|want|promise|pledge|vow|propose|threaten)(?:s|d|ed|ned|ning|ing)? to"
    r"|(?:seeks?|sought) to"
    r"|(?:said|says|told|announced|promised|pledged)\b[^.;]{0,60}\bwould"
    r")\s+(?P<verb>(?:(?:be|have|been|also|soon|not|never|then|now|\w+ly)\s+)*[a-z]{2,})\b"
)
_HELPERS = frozenset("be been being have has had also soon not never then now".split())
_HAPPENED = re.compile(r"\b(?:did|has|have|had)\s+(?:(?:been|not|never|also|already|\w+ly)\s+)*(?P<verb>[a-z]{2,})\b")


@dataclass(frozen=True, slots=True)
class _Told:
    planned: dict[str, str]
    """Verbs that are planned, by stem, with the words that say so."""
    done: dict[str, str]
    """Verbs that are told as done, by stem, as they stand."""


def check_modality(said: Said) -> Iterator[Part]:
    """Each verb that the sentence tells as done or as planned, where the cited sentences have it too."""
    own, told = _read(said.text), _read(said.quoted)
    for verb, words in own.done.items():
        if verb in told.planned and verb not in told.done and verb not in own.planned:
            reason = f"It tells {words!r} as done; the cited passage says {told.planned[verb]!r}."
            yield Part("modality", words, "unsupported", reason)
        elif verb in told.done:
            yield Part("modality", words, "supported")
    for verb, words in own.planned.items():
        if verb in told.done and verb not in told.planned and verb not in own.done:
            reason = f"It says {words!r}; the cited passage tells {told.done[verb]!r} as done."
            yield Part("modality", words, "unsupported", reason)
        elif verb in told.planned:
            yield Part("modality", words, "supported")


def _read(text: str) -> _Told:
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
    return _Told(planned, done)
