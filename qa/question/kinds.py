"""What kind of thing a question asks for, by its words."""

from __future__ import annotations

import re
from itertools import takewhile

from qa.english.units import SHARE, kinds_of, units_named
from qa.english.words import IRREGULAR_PASTS, STOP_WORDS, stem, words_of

_ASKS_NAME = re.compile(r"\bnames? of\b|\b(?:called|named)\?*$", re.I)
_ASKS_WHICH = re.compile(
    r"\s*(?:\w+ )?which (?:[\w’'-]+ ){0,2}(?:groups?|agency|agencies|organi[sz]ations?|company|companies"
    r"|firms?|newspapers?|outlets?|universit\w+|hospitals?|banks?|airlines?|websites?|broadcasters?|channels?|magazines?|institutes?"
    r"|charit\w+|countr\w+|city|cities|towns?|villages?)\b",
    re.I,
)
"""What has a name: "which monitoring group" is not answered by "the local monitoring group"."""
_COUNTS = re.compile(r"\bhow many\b|\bnumber of\b", re.I)
"""Asked so, the number of a date is no answer."""
_ASKS_OFFICE = re.compile(r"\bwh(?:at|ich)\b.*\b(?:title|office|post|rank|role|job|position)\b", re.I)
_ASKS_WHO = re.compile(r"\s*whom?\b(?! (?:is|was|are|were)\b)", re.I)
"""Not "who is Calder", which her title answers."""
_GATHERINGS = frozenset(
    "event conference forum gathering summit congress exhibition fair festival show meeting".split()
)
_ASKED_NAME = re.compile(
    r"\b(?:which|what) ((?:[\w’'-]+ ){0,3}?[\w’'-]+?)s?\b"
    r"(?= (?:did|does|do|was|were|is|are|has|have|had|in|of|by|at|on|for|to|brought|drew|took)\b|[?,]|$)",
    re.I,
)
_ASKED = re.compile(
    r"\bhow many (?:(?:more|full|whole|us|million|billion) )*(?P<many>[\w’'-]+(?: [\w’'-]+){0,2})"
    r"|\bin (?P<given>(?:square |cubic )?\w+)(?= (?:of|was|is|were|are|did|does|do|will|would)\b|[?,]|$)"
    r"|(?P<share>\b(?:what|which) (?:\w+ )?(?:percentage|per ?cent|share of)\b)"
    r"|\bhow (?P<long>long) (?:did|does|do|will|would|was|is|were|are|has|have|had|can|it)\b",
    re.I,
)


_COUNTED = re.compile(
    r"\b(?:how many|number of) ((?:[\w’'-]+ ){0,4}?[\w’'-]+)(?= (?:did|does|do|was|were|is|are|has|have|had|will"
    r"|would|can|of|in|on|by|at|for|from|to|with|that|who|which)\b|[?,]|$)",
    re.I,
)


def asks_name_of(question: str) -> bool:
    """Whether it asks what something is called."""
    return bool(_ASKS_NAME.search(question.strip()))


def asks_which(question: str) -> bool:
    """Whether it asks which group, firm or town: what has a name."""
    return bool(_ASKS_WHICH.match(question))


def asks_who(question: str) -> bool:
    """Whether it asks who did something; not "who is Calder", which her title answers."""
    return bool(_ASKS_WHO.match(question))


def asks_office(question: str) -> bool:
    """Whether it asks for a title or post."""
    return bool(_ASKS_OFFICE.search(question))


def asks_count(question: str) -> bool:
    """Whether it asks how many: then the number of a date is no answer."""
    return bool(_COUNTS.search(question))


def kinds_of_name_asked(question: str) -> frozenset[str]:
    """Stems of the words that the name asked for may hold: "forum" and its like, asked which conference it was."""
    match = _ASKED_NAME.search(question)
    kind = words_of(match[1])[-1:] if match else []
    return frozenset(stem(word) for word in (_GATHERINGS if set(kind) & _GATHERINGS else kind))


def thing_counted(question: str) -> str:
    """What is asked "how many" of, in one word; empty where none is named."""
    match = _COUNTED.search(question)
    asked = words_of(match[1]) if match else []
    # What was done to them, or what they did, stands behind them: "countries approved the resolution".
    words = list(takewhile(lambda word: word not in IRREGULAR_PASTS and not word.endswith("ed"), asked))
    return words[-1] if words and words[-1] not in STOP_WORDS else ""


def measure_asked(question: str) -> frozenset[str]:
    """What the number asked for measures, as `Quantity.kinds`; empty when the question names no unit."""
    for match in _ASKED.finditer(question):
        if match["share"] or match["long"]:
            return frozenset({SHARE} if match["share"] else {"time", "length"})
        words = (match["many"] or match["given"]).split(" ")
        for count in range(len(words), 0, -1):
            units = units_named(" ".join(words[:count]))
            if units and words[count : count + 1] != ["old"]:
                return kinds_of(units)
    return frozenset()
