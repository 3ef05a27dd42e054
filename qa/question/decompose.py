"""A question of several parts cut into questions that can each be answered."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise

from index.dates import find_mentions
from qa import tuning
from qa.english.names import own_names
from qa.english.words import AUXILIARIES, IRREGULAR_PASTS, words_of
from qa.question.read import capitalised
from qa.question.rewrite import beside, stand_alone
from qa.records import Question, Turn

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
        len(words_of(part)) < tuning.PART_WORDS and not lacks for part, lacks in zip(parts, elliptic, strict=True)
    ):
        return _one_for_each_time(text)
    complete: list[str] = []
    for part, lacks_verb in zip(parts, elliptic, strict=True):
        if lacks_verb:
            complete.append(beside(part, _without_times(complete[0])))
        else:
            complete.append(stand_alone(Question(part, tuple(Turn(before, "") for before in complete))))
    return complete


_PRESENT = re.compile(r"\b(?:who|(?:which|what) \w+) \w+[^\Ws]s\b", re.I)
"""A verb in its place: "who leads Myanmar", "which country borders it"."""


def _is_elliptic(part: str) -> bool:
    """Whether it has no verb of its own but a time or a name to ask the same about: "which forum in autumn 2022"."""
    words = words_of(part)
    verbs = any(word in AUXILIARIES or word in IRREGULAR_PASTS or re.fullmatch(r"\w{3,}ed", word) for word in words)
    verbs = verbs or bool(_PRESENT.search(part))
    return not verbs and bool(find_mentions(capitalised(part), date.today()) or own_names(part))


def _without_times(text: str) -> str:
    """The question with the times it names left out, each with the preposition before it."""
    for mention in reversed(find_mentions(capitalised(text), date.today())):
        before = re.sub(r"\s*\b(?:in|on|of|at|by|during)\s*$", "", text[: mention.start])
        text = f"{before.rstrip()} {text[mention.end :].lstrip()}".strip()
    return text.rstrip("?. ")


_BETWEEN_TIMES = re.compile(r"(?:\s|,|;|\band\b|\bor\b|\bthen\b|\bin\b|\bon\b)+", re.I)


def _one_for_each_time(text: str) -> list[str]:
    """Splits "What was he called in June 2021 and in March 2025?" into two questions, one a time."""
    with_capitals = capitalised(text)
    times = find_mentions(with_capitals, None)
    gaps = [with_capitals[time.end : next_time.start] for time, next_time in pairwise(times)]
    if not gaps or not all(_BETWEEN_TIMES.fullmatch(gap) for gap in gaps):
        return [text]
    start, end = times[0].start, times[-1].end
    return [f"{text[:start]}{time.text}{text[end:]}" for time in times]
