"""Words and stems: how a question, a sentence and an answer are compared."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Set
from functools import lru_cache
from itertools import takewhile

from snowballstemmer import stemmer

from qa import tuning

_STEMMER, _stemming = stemmer("english"), threading.Lock()
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_POSSESSIVE = ("'s", "’s")
_EMPTY_PHRASE = re.compile(r"\b(?:in fact|(?:take|takes|took|taken|taking) place)\b", re.I)

STOP_WORDS = frozenset(
    """a about above after again against all also although am an and any are as at be became because been before
    being below between both but by can could did do does doing down during each either else ever exactly few for
    from further gave get give given got had has have having he her here hers herself him himself his how however
    i if in into is it its itself just let like made make many may me might more most much must my no nor not of
    off on once only or other our out over own per please same say says said she should since so some such tell
    than that the their theirs them themselves then there these they this those though through to too under until
    up upon us very was we were what when where whether which while who whom whose why will with within would you
    your yours according time times date number latest newest currently nowadays""".split()
)


def words_of(text: str) -> list[str]:
    """The words of `text` in lower case, a possessive `'s` taken off."""
    return [word[:-2] if word.endswith(_POSSESSIVE) else word for word in map(str.lower, _WORD.findall(text))]


@lru_cache(maxsize=8)
def in_words(text: str) -> str:
    """The words of a whole document, with one space around each, so that a name is found by `f" {name} " in …`."""
    return f" {' '.join(words_of(text))} "


def without_possessive(name: str) -> str:
    """A name without the `'s` behind it."""
    return re.sub(r"['’]s?$", "", name)


def tells_few(text: str) -> bool:
    """Whether it tells a number without one: "only", "none", "once"."""
    return bool(re.search(r"\b(?:one|only|no|none|once|twice)\b", text, re.I))


AUXILIARIES = frozenset(
    "am is are was were be been do does did has have had will would can could shall should may might must".split()
)
IRREGULAR_PASTS = {
    past: verb
    for verb, pasts in {
        "begin": "began begun", "break": "broke broken", "bring": "brought", "build": "built", "buy": "bought",
        "catch": "caught", "choose": "chose chosen", "come": "came", "deal": "dealt", "drive": "drove driven",
        "draw": "drew drawn", "fall": "fell fallen", "feel": "felt", "fight": "fought", "find": "found",
        "fly": "flew flown", "freeze": "froze frozen", "go": "went gone", "grow": "grew grown", "hear": "heard",
        "hold": "held", "keep": "kept", "know": "knew known", "lead": "led", "leave": "left", "lose": "lost",
        "mean": "meant", "meet": "met", "overthrow": "overthrew overthrown", "pay": "paid", "rise": "rose risen",
        "run": "ran", "see": "saw seen", "seek": "sought", "sell": "sold", "send": "sent", "shoot": "shot",
        "sit": "sat", "speak": "spoke spoken", "spend": "spent", "stand": "stood", "steal": "stole stolen",
        "strike": "struck", "swear": "swore sworn", "take": "took taken", "teach": "taught", "think": "thought",
        "throw": "threw thrown", "wear": "wore worn", "win": "won", "withdraw": "withdrew withdrawn",
        "write": "wrote written",
    }.items()
    for past in pasts.split()
}  # fmt: skip


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The English Snowball stem of a lower-case word, a common irregular past first made regular."""
    with _stemming:  # the stemmer keeps the word it is at, and questions are answered side by side
        result: str = _STEMMER.stemWord(IRREGULAR_PASTS.get(word, word))
    return result


def without_words(stems: Set[str], text: str) -> str:
    """The text without the words that have one of these stems."""
    return _WORD.sub(lambda word: "" if stem(word[0].casefold()) in stems else word[0], text)


def is_akin(word: str, stems: Iterable[str]) -> bool:
    """Whether one of `stems` is that of `word`, of its adjective or of what it is the adjective of."""
    word_stem = stem(word)
    for candidate in stems:
        shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(word_stem, candidate, strict=False)))
        if word_stem == candidate or (
            shared >= tuning.AKIN_LETTERS and max(len(word_stem), len(candidate)) - shared <= tuning.AKIN_ENDING
        ):
            return True
    return False


def content_stems(text: str) -> list[str]:
    """Stems of the words that carry meaning, in order."""
    return [stem(word) for word in words_of(_EMPTY_PHRASE.sub(" ", text)) if word not in STOP_WORDS]
