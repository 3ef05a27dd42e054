"""What a question asks for, read by rule: its terms, its times, the kind of answer it expects."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from index.dates import find_mentions
from index.dates.days import MONTH, MONTHS, WEEKDAYS
from qa.english.names import own_names
from qa.english.text import Text, read
from qa.english.words import STOP_WORDS, words_of
from qa.errors import QuestionError

MAX_CHARACTERS = 2_000

Expects = Literal["number", "time", "amount", "age", "other"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that stands alone, and what was read from it."""

    text: Text
    terms: tuple[str, ...]
    """Lower-case content words, each once, in order."""
    names: tuple[str, ...]
    """Words written with a capital inside it, as typed."""
    full_names: tuple[str, ...]
    """The same, a name of several words as one."""
    times: tuple[str, ...]
    """ISO dates, months, years or intervals that it names."""
    expects: Expects
    yes_or_no: bool
    asks_for_name: bool
    """Whether it asks who or which, so that a name alone can answer it."""
    about_document: bool
    """Whether it asks about a report itself: its author, outlet, title or date of publication."""
    latest: bool = False
    """Whether it asks for what is so now: then newer reports go first."""


def check_question(text: str) -> str:
    """The question without white space around it.

    Raises:
        QuestionError: If it is empty or longer than `MAX_CHARACTERS`.
    """
    stripped = text.strip()
    if not re.search(r"\w", stripped):
        raise QuestionError('The question is empty. Ask something, for example: dateline ask "Who voted against it?"')
    if len(stripped) > MAX_CHARACTERS:
        raise QuestionError(
            f"The question has {len(stripped):,} characters, more than the {MAX_CHARACTERS:,} that can be searched "
            "for at once. Shorten it, or add the long text to the library as a document and ask about it."
        )
    return stripped


_EXPECTS: tuple[tuple[Expects, str], ...] = (
    ("age", r"\bhow old\b|\bwhat age\b|\bage of\b"),
    (
        "amount",
        r"\bhow much\b|\b(?:what|which) (?:price|cost|sum|amount|budget)\b|\bhow expensive\b|\bcosts?\W*$"
        r"|\b(?:what|how (?:big|large|high)) (?:is|was|were|are) (?:the|its|their|his|her|\S+[’']s)"
        r" (?:[\w’'-]+ ){0,3}(?:price|costs?|budget|fee|fine|sum)\b|\bwhat (?:did|does|do|will|would)\b.*\bcost\b",
    ),
    ("number", r"\bhow (?:many|often)\b|\b(?:the|which|what) number\b|\bdeath toll\b|\bhow long\b"),
    (
        "time",
        r"^when (?:was|were|is|are|am|did|does|do|will|would|has|have|had|can|could|should|exactly)\b"
        r"|^when\b(?!.*\b(?:what|which|who|whom|how|where)\b)|[,;] when\b"
        r"|\b(?:and|but|so) when\b|\b(?:what|which)(?: \w+)? (?:date|day|month|year|season)\b"
        r"|\b(?:exact|calendar|full|publication) date\b|\bsince when\b|\bdate of\b"
        r"|\bwhen (?:was|did|is|were|does|will|exactly)\b",
    ),
)
_NAME_ASKED = re.compile(
    r"\b(?:who|whom|whose|which)\b|\bwhat(?! (?:did|does|do|was|were|is|are|has|have|had|will|would|can|could)\b) \w+"
    r"|\bwhat (?:is|was) the name\b"
)
_ABOUT_DOCUMENT = re.compile(
    r"\b(?:publish\w*|publication|wrote|written|author\w*|by-?line\w*|headline\w*|titled|credited?|news ?paper|outlet"
    r"|title of (?:the|this|that) (?:[\w’'-]+ ){0,4}?(?:report|story|piece)|news agency|agency|reporter|journalist"
    r"|article|which report)\b",
    re.I,
)


_LATEST = re.compile(
    r"\b(?:latest|newest|most recent(?:ly)?|currently|nowadays|at present|at the moment|to date|so far|as of now"
    r"|the current|[’']s current|now)\b(?! that\b)"
)
_QUOTED = re.compile(r"(?<!\w)['‘\"“][^'’\"”]{2,60}['’\"”](?!\w)")


_MONTH_ALONE = re.compile(rf"(?:early |late |mid-?)?(?:\d+\S* (?:of )?)?{MONTH}(?: \d+\S*)?", re.I)
_ONLY_A_BOUND = re.compile(r"\b(?:before|prior to|after)\s+(?:\w+\s+){0,3}$", re.I)


def _times(text: str, today: date) -> Iterator[str]:
    """The times a question asks about.

    Not a weekday, a month without its year or a quoted "last week", which are a document's, nor what it asks about
    the time before or after.
    """
    asked = capitalised(_QUOTED.sub(" ", text))
    for mention in find_mentions(asked, today):
        of_document = mention.text.lower() in WEEKDAYS or (mention.anchored_to and _MONTH_ALONE.fullmatch(mention.text))
        if not of_document and not _ONLY_A_BOUND.search(asked[: mention.start]):
            yield mention.resolved


_YES_OR_NO = re.compile(r"(?:did|do|does|is|are|was|were|has|have|had|will|would|can|could)\b")


def read_question(text: str, today: date) -> Asked:
    """What `text` asks, relative dates in it counted from `today`."""
    lowered = text.lower()
    seen = dict.fromkeys(word for word in words_of(text) if word not in STOP_WORDS)
    expects: Expects = next((kind for kind, pattern in _EXPECTS if re.search(pattern, lowered)), "other")
    return Asked(
        text=read(text),
        terms=tuple(seen),
        names=tuple(dict.fromkeys(_name_words(text))),
        full_names=tuple(dict.fromkeys(own_names(text))),
        times=tuple(dict.fromkeys(_times(text, today))),
        expects=expects,
        yes_or_no=(yes_or_no := bool(_YES_OR_NO.match(lowered))),
        asks_for_name=expects == "other" and not yes_or_no and bool(_NAME_ASKED.search(lowered)),
        about_document=bool(_ABOUT_DOCUMENT.search(text)),
        latest=bool(_LATEST.search(lowered)),
    )


def _name_words(text: str) -> list[str]:
    first = text.split(maxsplit=1)[0] if text.split() else ""
    if not first.isupper():
        text = text.removeprefix(first)  # its capital only opens the sentence
    words = [word for name in own_names(text) for word in re.findall(r"[^\W_]+(?:-[^\W_]+)*", name)]
    return [word for word in words if word[0].isupper() and word.lower() not in {*STOP_WORDS, *MONTHS, *WEEKDAYS, "s"}]


_MONTHS_IN_LOWER_CASE = re.compile(
    r"\b(january|february|april|june|july|august|september|october|november|december"
    r"|(?:(?<=in )|(?<=\d )|(?<=of ))(?:march|may)\b|(?:march|may)(?= \d))\b"
)


def capitalised(text: str) -> str:
    """Month names with their capital: questions are often typed without."""
    return _MONTHS_IN_LOWER_CASE.sub(lambda match: match[0].capitalize(), text)


def outlets_named(text: str, outlets: Iterable[str]) -> list[str]:
    """Those of the outlets that `text` names, with or without "The".

    A name of one word, or of one behind "The", counts only as it is written: "Time" and "The Age" are words as well.
    """
    named_outlets = []
    for outlet in outlets:
        name = re.sub(r"^The\s+", "", outlet)
        several = " " in name
        pattern = name if several else outlet
        flags = re.I if several else 0
        if re.search(rf"(?<!\w){re.escape(pattern)}(?!\w)", text, flags):
            named_outlets.append(outlet)
    return named_outlets
