"""What a question asks for, read by rule: its terms, its times, the kind of answer it expects."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal

from index.dates import find_mentions
from index.days import MONTH, MONTHS, WEEKDAYS
from qa.errors import QuestionError
from qa.records import Question, Turn
from qa.words import IRREGULAR_PASTS, STOP_WORDS, words_of

MAX_CHARACTERS = 2_000

Expects = Literal["number", "time", "amount", "age", "other"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that stands alone, and what was read from it."""

    text: str
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
    asked = _capitalised(_QUOTED.sub(" ", text))
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
        text=text,
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


def _capitalised(text: str) -> str:
    """Month names with their capital: questions are often typed without."""
    return _MONTHS_IN_LOWER_CASE.sub(lambda match: match[0].capitalize(), text)


_PART = re.compile(
    r"(?:,|;)?\s+(?:and|but)\s+(?=(?:(?:on|in|at|by|for|with|to|from|of|under|about) )?"
    r"(?:when|where|who|whom|whose|what|which|how|why)\b|the (?:[\w’'-]+ ){1,4}one (?:which|what|who|when|where)\b)"
    r"|\?\s+(?=(?:and |but )?(?:when|where|who|what|which|how|why|did|was|is)\b)",
    re.I,
)
_ASKING = r"(?:(?:on|in|at|by|for|with|to|from|of) )?(?:what|which|how many)(?: [\w’'-]+){1,5}?"
_SHARED = re.compile(
    rf"(?:^|(?<=[.?!] ))(?P<one>{_ASKING}),? and (?P<other>{_ASKING}|where|when|who|how) "
    r"(?P<clause>(?:did|does|do|was|were|is|are|has|have|had|will|would|can|could)\b.+)$",
    re.I,
)
"""Two things asked of one clause: "On what date and in which building did they meet?"."""
MIN_PART_WORDS = 5


def split_parts(text: str) -> list[str]:
    """The questions within `text`, each complete: a later "he" becomes the name in the part before.

    Only parts that have enough words to be a question of their own are split
    off: "how many voted against it, and which?" stays one. A part that has no
    verb of its own ("and which forum in 2022?") takes the first one along.
    """
    if shared := _SHARED.search(text):
        return [f"{text[: shared.start()]}{shared[asked]} {shared['clause']}" for asked in ("one", "other")]
    parts = [part.strip(" ,;") for part in _PART.split(text)]
    elliptic = [_is_elliptic(part) for part in parts]
    elliptic[0] = False
    if len(parts) == 1 or any(
        len(words_of(part)) < MIN_PART_WORDS and not lacks for part, lacks in zip(parts, elliptic, strict=True)
    ):
        return _one_for_each_time(text)
    complete: list[str] = []
    for part, lacks_verb in zip(parts, elliptic, strict=True):
        if lacks_verb:
            complete.append(f"{part} (asked about: {_without_times(complete[0])})")
        else:
            complete.append(stand_alone(Question(part, tuple(Turn(before, "") for before in complete))))
    return complete


_AUXILIARIES = frozenset(
    "am is are was were be been do does did has have had will would can could shall should may might must".split()
)


_PRESENT = re.compile(r"\b(?:who|(?:which|what) \w+) \w+[^\Ws]s\b", re.I)
"""A verb in its place: "who leads Myanmar", "which country borders it"."""


def _is_elliptic(part: str) -> bool:
    """Whether it has no verb of its own but a time or a name to ask the same about: "which forum in autumn 2022"."""
    words = words_of(part)
    verbs = any(word in _AUXILIARIES or word in IRREGULAR_PASTS or re.fullmatch(r"\w{3,}ed", word) for word in words)
    verbs = verbs or bool(_PRESENT.search(part))
    return not verbs and bool(find_mentions(_capitalised(part), date.today()) or own_names(part))


def _without_times(text: str) -> str:
    """The question with the times it names left out, each with the preposition before it."""
    capitalised = _capitalised(text)
    for mention in reversed(find_mentions(capitalised, date.today())):
        before = re.sub(r"\s*\b(?:in|on|of|at|by|during)\s*$", "", text[: mention.start])
        text = f"{before.rstrip()} {text[mention.end :].lstrip()}".strip()
    return text.rstrip("?. ")


_BETWEEN_TIMES = re.compile(r"(?:\s|,|;|\band\b|\bor\b|\bthen\b|\bin\b|\bon\b)+", re.I)


def _one_for_each_time(text: str) -> list[str]:
    """Splits "What was he called in June 2021 and in March 2025?" into two questions, one a time."""
    capitalised = _capitalised(text)
    times = find_mentions(capitalised, None)
    gaps = [capitalised[one.end : next_.start] for one, next_ in pairwise(times)]
    if not gaps or not all(_BETWEEN_TIMES.fullmatch(gap) for gap in gaps):
        return [text]
    start, end = times[0].start, times[-1].end
    return [f"{text[:start]}{time.text}{text[end:]}" for time in times]


_POINTS_BACK = re.compile(
    r"\b(?:he|she|him|his|her|hers|they|them|their|it|its|that|this|those|these|there|then"
    r"|the (?:same|former|latter))\b",
    re.I,
)
_PERSONAL = re.compile(r"\b(he|she|him|his|her|they|them|their)\b", re.I)
_NAME = re.compile(r"\b[A-Z][\w’'-]+(?:\s+(?:[A-Z][\w’'-]+|al|bin|de|der|van|von))*")
_OPENERS = re.compile(
    r"^(?:And|But|So|Or|When|Where|Who|Whom|Whose|What|Which|Why|How|Did|Does|Do|Is|Are|Was|Were|Has|Have|Had|In|On|At"
    r"|By|Can|Could|The|According|For|From|Tell|Give|Name|Please|I|Will|Would)\b\s*"
)


_ABOUT_THE_ASKER = re.compile(
    r"^(?:(?:hi|hello)\b[^.!?]*[.!?,]\s+|(?:I|I['’]m|I['’]ve|We|We['’]re)\b[^?]*?[.!]\s+)+(?=\S)", re.I
)


def without_preamble(text: str) -> str:
    """The question without sentences in front of it about who asks and why: a small model answers those instead."""
    return _ABOUT_THE_ASKER.sub("", text)


def stand_alone(question: Question) -> str:
    """The question completed from the conversation, so that it can be searched for; itself when it is complete.

    By rule, at no cost: a personal pronoun becomes the name that the conversation
    is about; any other pointer back ("when was that", "and in 2022?") brings the
    question before along.
    """
    text = without_preamble(question.text.strip())
    if not question.history:
        return text
    last = question.history[-1]
    if another := _at_another_time(text, last.question):
        return another
    personal = _PERSONAL.search(text)
    # "What did Aung San Suu Kyi say of her arrest?" completes itself: a name stands before the pronoun.
    own = any(" " in name for name in own_names(text[: personal.start()])) if personal else False
    if own and not re.search(r"\b(?:that|this|those|these|there|then)\b", text, re.I):
        return text
    person = _topic(question.history) if personal and not own else None
    if personal and person:
        text = _PERSONAL.sub(lambda match: _like(match[0], person), text, count=1)
        rest = _PERSONAL.sub("", text.replace(person, ""))
        if not _POINTS_BACK.search(rest):
            return text
    if _POINTS_BACK.search(question.text) or _is_fragment(question.text):
        return f"{text} (asked about: {last.question.strip().rstrip('?.! ')})"
    return text


_OTHER_TIME = re.compile(r"(?:and|but|what about|how about)?\s*(?:in|on|at|by|for)?\s*(?P<time>.+?)\s*\??", re.I)


def _at_another_time(text: str, before: str) -> str | None:
    """The question before, with its only time replaced by the one that `text` consists of: "And in September 2025?"."""
    match = _OTHER_TIME.fullmatch(text)
    then = find_mentions(_capitalised(before), None)
    asked = _capitalised(match["time"]) if match else ""
    whole = [mention.text for mention in find_mentions(asked, date.today())] == [asked]
    if not match or not whole or len(then) != 1:
        return None
    return f"{before[: then[0].start]}{asked}{before[then[0].end :]}"


def _is_fragment(text: str) -> bool:
    words = words_of(text)
    if len(words) > 5:
        return False
    verbless = re.match(r"(?:and|but|what about|how about)\b", text, re.I) and not _AUXILIARIES & set(words)
    opens = re.match(r"(?:and|but|when|where|why|who|how)\b", text, re.I)
    return bool(verbless or (opens and not own_names(text)))


def own_names(text: str) -> list[str]:
    """The names in a question, each whole: "Min Aung Hlaing", not its three words."""
    return [name for name in _NAME.findall(_OPENERS.sub("", text)) if name not in {"I"}]


def outlets_named(text: str, outlets: Iterable[str]) -> list[str]:
    """Those of the outlets that `text` names, with or without "The".

    A name of one word, or of one behind "The", counts only as it is written: "Time" and "The Age" are words as well.
    """
    found = []
    for outlet in outlets:
        name = re.sub(r"^The\s+", "", outlet)
        several = " " in name
        pattern = name if several else outlet
        flags = re.I if several else 0
        if re.search(rf"(?<!\w){re.escape(pattern)}(?!\w)", text, flags):
            found.append(outlet)
    return found


def _topic(history: tuple[Turn, ...]) -> str | None:
    """The longest name of the latest question that has one, else of its answer."""
    for turn in reversed(history):
        for text in (turn.question, turn.answer):
            names = [name for name in own_names(text) if " " in name]
            if names:
                return re.sub(r"['’]s$", "", max(names, key=len))
    return None


def _like(pronoun: str, name: str) -> str:
    return f"{name}'s" if pronoun.lower() in {"his", "her", "their"} else name
