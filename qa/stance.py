"""Whether evidence affirms or denies what a yes/no question asks, by rule: precise rather than complete.

Most questions are left open. "Yes" needs one sentence that says all of what is asked, "no" one that says it with a
"not"; a plan, a doubt, a number or a date that differs decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from qa.checks.denial import denies
from qa.question import Asked, outlets_named
from qa.records import Evidence, Part
from qa.verify import check_parts
from qa.words import IRREGULAR_PASTS, content_stems, stem, words_of

MOST_MISSING = 1 / 6
"""Share of the words asked for that a sentence may lack and still speak of all of it."""

_AUXILIARY = re.compile(
    r"^(?P<aux>did|do|does|is|are|was|were|has|have|had|will|would|can|could)(?P<not>n['’]t)?\s+", re.I
)
_COMPARES = re.compile(
    r"\b(?:both|consisten\w+|inconsisten\w+|agree\w*|disagree\w*|align\w*|same|similar\w*|differ\w*|compar\w+|contrast\w*"
    r"|change[ds]?|more|less|fewer|than|either|or|contradict\w*|while also|shift\w*|between)\b",
    re.I,
)
_REPORTS = re.compile(
    r"^.*?\b(?:article|report|coverage|story|piece)s?\b.*?\b(?:claim|suggest|state|report|indicate|say|mention|argue|imply"
    r"|highlight|note|confirm|reveal)(?:s|ed|ing)?\s+(?:that\s+)?",
    re.I,
)
_AND_ASKED = re.compile(
    r",?\s+(?:while|whereas|and (?=(?:does|did|is|was|has|the \w+(?: \w+)* (?:article|report))\b))\s*"
)
_DOUBT = re.compile(
    r"\?|\b(?:if|whether|may|might|could|would|reportedly|alleg\w+|rumou?r\w*|claim\w*|speculat\w+|suggest\w*|perhaps"
    r"|possibl\w+|likely|unless|deni\w+|reject\w*|only|nearly|almost|hardly)\b",
    re.I,
)
_TO_COME = re.compile(r"\b(?:to|will|shall)\s+(?:be\s+)?([a-z]+)")
_NOT_DONE = re.compile(r"\b(?:yet to|refus\w+ to|fail\w* to|declin\w+ to)\s+(?:be\s+)?(?P<verb>[a-z]+)", re.I)


@dataclass(frozen=True, slots=True)
class Stance:
    """What the evidence says to a yes/no question."""

    verdict: Literal["yes", "no", "open"]
    bearing: tuple[Evidence, ...] = ()
    """The sentences that say so, one for each part of the question; empty when it is open."""


OPEN = Stance("open")


def judge_stance(asked: Asked, evidence: Sequence[Evidence]) -> Stance:
    """The stance of the sentences to the question; open where it is no yes/no question, compares, or they differ."""
    opening = _AUXILIARY.match(asked.text)
    if not asked.yes_or_no or not opening or opening["not"] or denies(asked.text) or _NOT_DONE.search(asked.text):
        return OPEN
    found = []
    for statement, of_outlets in _statements(asked.text[opening.end() :], opening["aux"].lower(), evidence):
        if _COMPARES.search(statement):
            return OPEN
        found.append(_judge_statement(statement, of_outlets, asked))
    verdicts = {one.verdict for one in found}
    if not found or ("open" in verdicts and "no" not in verdicts):
        return OPEN
    bearing = tuple({each.number: each for one in found for each in one.bearing}.values())
    return Stance("no" if "no" in verdicts else "yes", bearing)


def _statements(text: str, auxiliary: str, evidence: Sequence[Evidence]) -> Iterator[tuple[str, Sequence[Evidence]]]:
    """Each thing asked, with the verb that opened the question, and the sentences of the outlets that it names."""
    outlets = {one.document.outlet for one in evidence if one.document.outlet}
    for part in _AND_ASKED.split(text.rstrip("? ")):
        named = set(outlets_named(part, outlets))
        own = [one for one in evidence if not named or one.document.outlet in named]
        said = _REPORTS.sub("", part)
        yield said if said != part else _with_verb(said, auxiliary, own), own


def _with_verb(statement: str, auxiliary: str, evidence: Sequence[Evidence]) -> str:
    """The statement with its auxiliary before the verb, which is known by standing as one in the evidence.

    "did the council approve it" becomes "the council did approve it".
    """
    quotes = " ".join(one.quote for one in evidence)
    told = {stem(word) for word in [*filter(_is_past, words_of(quotes)), *_TO_COME.findall(quotes)]}
    for match in re.finditer(r"(?<=\s)[a-z]{2,}\b", statement):
        if stem(match[0]) in told or _is_past(match[0]):
            return f"{statement[: match.start()]}{auxiliary} {statement[match.start() :]}"
    return statement


def _is_past(word: str) -> bool:
    return word in IRREGULAR_PASTS or bool(re.fullmatch(r"\w{2,}ed", word))


def _judge_statement(statement: str, evidence: Sequence[Evidence], asked: Asked) -> Stance:
    judged = [(one, _judge_by(statement, one, asked)) for one in evidence]
    affirm = [one for one, verdict in judged if verdict == "yes"]
    deny = [one for one, verdict in judged if verdict == "no"]
    if bool(affirm) == bool(deny):
        return OPEN
    return Stance("yes", (affirm[0],)) if affirm else Stance("no", (deny[0],))


def _judge_by(statement: str, one: Evidence, asked: Asked) -> Literal["yes", "no", "open"]:
    wanted = set(content_stems(statement))
    held = set(content_stems(f"{one.shown} {one.document.outlet or ''}"))
    failed = [part for part in check_parts(statement, (one,), asked.text) if part.verdict != "supported"]
    times = {stem(word) for part in failed if part.kind == "date" for word in words_of(part.words)}
    if times or len(wanted - held) > MOST_MISSING * len(wanted) or not wanted:
        return "open"
    undone = _NOT_DONE.search(one.quote)
    if undone and stem(undone["verb"].lower()) in wanted:
        return "no"
    if _DOUBT.search(one.quote) and not _DOUBT.search(statement):
        return "open"
    if any(_turns(part) for part in failed):
        return "no" if all(_turns(part) for part in failed) else "open"
    return "open" if failed or denies(one.quote) else "yes"


def _turns(part: Part) -> bool:
    """Whether a part is said the other way round: with a "not", or of the other of two names."""
    return part.verdict == "contradicted" and part.kind in {"negation", "roles"}
