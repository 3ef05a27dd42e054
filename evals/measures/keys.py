"""The times, numbers, names and other words of a text, and whether another text has them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from index.dates import find_mentions
from index.dates.times import covers
from qa.english.quantities import find_quantities
from qa.english.words import STOP_WORDS, content_stems, stem, words_of

_CAPITALISED = re.compile(r"[^\W\d_a-z][\w’'-]*(?: (?:(?:de|del|la|of|van|von|al|bin) )?[^\W\d_a-z][\w’'-]*)*")
_GLUED = re.compile(r"(?<=\d)(?=[a-z])(?!(?:st|nd|rd|th|k|mn|bn|tn)\b)", re.I)
_METRES = re.compile(r"\d\s?m$")

Number = tuple[frozenset[float], frozenset[str], bool]
"""What it may be worth ("10m" is ten metres or ten million), what its units measure, and whether it is an ordinal."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What a text holds of each sort."""

    times: dict[str, str]
    """The words by what they stand for."""
    numbers: dict[str, Number]
    """By their words."""
    names: list[str]
    words: list[str]
    """Stems."""


def read_keys(text: str, published: date | None, known: frozenset[str]) -> Keys:
    """The keys of a text; of the times that are counted from a day only those that name a day or month."""
    times: dict[str, str] = {}
    for mention in reversed(find_mentions(text, published)):
        if mention.anchored_to is None or re.search(r"[A-Z]\w{2}", mention.text):
            times[mention.resolved] = mention.text
            text = f"{text[: mention.start]};{text[mention.end :]}"
    text = _GLUED.sub(" ", text)
    numbers: dict[str, Number] = {}
    for one in reversed(find_quantities(text)):
        values = {one.value} | ({one.value * 1e6} if _METRES.search(one.words) else set())
        numbers[one.words] = (frozenset(values), one.kinds if len(values) == 1 else frozenset(), one.ordinal)
        text = f"{text[: one.start]};{text[one.end :]}"
    names = names_of(text, known)
    for name in names:
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", ";", text)
    return Keys(times, numbers, names, [one for one in dict.fromkeys(content_stems(text)) if one != "yes"])


def names_of(text: str, known: frozenset[str]) -> list[str]:
    """Runs of capitalised words; one that opens a sentence and stands alone only when it is `known` from elsewhere."""
    return list(dict.fromkeys(_each_name(text, known)))


def _each_name(text: str, known: frozenset[str]) -> Iterator[str]:
    for match in _CAPITALISED.finditer(text):
        words = match[0].split()
        if text[: match.start()].rstrip()[-1:] in ("", *'.!?:;"“'):
            while words and (words[0].lower() in STOP_WORDS or words[0].lower() in ("yes", "no")):
                words = words[1:]
            if len(words) == 1 and words[0] not in known:
                continue
        if words and not all(word.lower() in STOP_WORDS for word in words):
            yield " ".join(words)


def has_time(wanted: str, times: Iterable[str], text: str) -> bool:
    """Whether one of the times lies within that wanted; a year may also stand in `text`."""
    if len(wanted) == 4 and re.search(rf"\b{wanted}\b", text):
        return True
    return any(wanted == time if "/" in wanted else covers(wanted, time) for time in times)


def has_number(wanted: Number, had: Keys) -> bool:
    """Whether a number of the same worth is among the keys, of the same unit where both have one."""
    values, kinds, ordinal = wanted
    return any(
        values & other and ordinal == nth and (kinds & its_kinds or not (kinds and its_kinds))
        for other, its_kinds, nth in had.numbers.values()
    )


def has_name(name: str, words: frozenset[str]) -> bool:
    """Whether its last word is among them, or more than half of all."""
    own = [fold(word) for word in words_of(name)]
    return bool(own) and (own[-1] in words or 2 * sum(word in words for word in own) > len(own))


def folded_words(text: str) -> frozenset[str]:
    """The words of a text as `fold` gives them."""
    return frozenset(map(fold, words_of(text)))


def fold(word: str) -> str:
    """Without accents, and by its stem: "Ministers" is "Minister"."""
    plain = unicodedata.normalize("NFKD", word.replace("ı", "i"))
    return stem("".join(letter for letter in plain if not unicodedata.combining(letter)))
