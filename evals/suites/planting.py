"""Errors planted in a true sentence by rule: a number, a date, a name, a "not", who did what to whom, what is planned.

Each rule gives the sentence with one thing wrong and the words that are, or nothing where it does not apply.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from index.dates import find_mentions
from index.dates.days import MONTHS, WEEKDAYS
from qa.english.words import IRREGULAR_PASTS, STOP_WORDS, words_of

KINDS = ("number", "date", "name", "negation", "roles", "modality")


@dataclass(frozen=True, slots=True)
class Planted:
    """A sentence with an error."""

    text: str
    words: str
    """The words that are wrong, as they stand in `text`; the word that was denied where a "not" was taken out."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What the errors are taken from."""

    names: Mapping[int, Sequence[str]]
    """The names of the same library, by their number of words."""
    vocabulary: Set[str]
    """Its words, in lower case."""


Rule = Callable[[str, str, Ground, date | None, random.Random], Planted | None]

_NAME = re.compile(r"(?<![\w’'.])[A-Z][\w’-]*[^\W\d_](?: (?:[A-Z][\w’-]*[^\W\d_]))*(?!\w)")
_DIGITS = re.compile(r"(?<![\w.,/:–-])\d+(?:,\d{3})*(?:\.\d+)?(?![\w,/:–-]|\.\d)")
_WORDED = "two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty".split()
_NUMBER_WORD = re.compile(rf"\b(?:{'|'.join(_WORDED)})\b(?!-)", re.I)
_MAGNITUDES = {"million": "billion", "billion": "million", "thousand": "million", "hundreds": "thousands"}
_MONTH_NAMES = [name.capitalize() for name in MONTHS if len(name) > 3]
_DAY_NAMES = [name.capitalize() for name in WEEKDAYS if len(name) > 4]
_NO_NAMES = frozenset({*MONTHS, *WEEKDAYS, *STOP_WORDS})


def plant(kind: str, text: str, known: str, ground: Ground, published: date | None, seed: str) -> Planted | None:
    """`text` with an error of this kind, the same for the same seed; None where the rule does not apply.

    Args:
        known: What bears the sentence: what is put in does not stand there.
    """
    made = _RULES[kind](text, known, ground, published, random.Random(seed))
    return made if made and made.text != text else None


def names_in(text: str, known: Sequence[str] = ()) -> list[tuple[int, int, str]]:
    """Runs of capitalised words with their places.

    A single one that opens a sentence may be any word and is left, unless it is among the `known` names.
    """
    found = []
    for match in _NAME.finditer(text):
        words = words_of(match[0])
        opens = match.start() == 0 or text[: match.start()].rstrip()[-1:] in tuple('.!?:"“`')
        if set(words) & _NO_NAMES or (opens and len(words) == 1 and match[0] not in known):
            continue
        found.append((match.start(), match.end(), match[0]))
    return found


def _number(text: str, known: str, _ground: Ground, published: date | None, chance: random.Random) -> Planted | None:
    dated = [(mention.start, mention.end) for mention in find_mentions(text, published or date(2020, 1, 1))]
    places = [m for p in (_DIGITS, _NUMBER_WORD) for m in p.finditer(text)]
    places += list(re.finditer(rf"\b(?:{'|'.join(_MAGNITUDES)})\b", text))
    places = [m for m in places if not any(start < m.end() and m.start() < end for start, end in dated)]
    for match in chance.sample(places, len(places)):
        other = _other_number(match[0], chance)
        if other.lower() not in re.findall(r"[\w.,]*\w", known.lower()):
            return _replaced(text, match.start(), match.end(), other)
    return None


def _other_number(words: str, chance: random.Random) -> str:
    if words.lower() in _MAGNITUDES:
        return _MAGNITUDES[words.lower()]
    if words[0].isdigit():
        first = chance.choice([digit for digit in "123456789" if digit != words[0]])
        return first + words[1:]
    other = chance.choice([word for word in _WORDED if word != words.lower()])
    return other.capitalize() if words[0].isupper() else other


def _date(text: str, known: str, _ground: Ground, published: date | None, chance: random.Random) -> Planted | None:
    told = {mention.resolved for mention in find_mentions(known, published)}
    mentions = find_mentions(text, published)
    for mention in chance.sample(mentions, len(mentions)):
        words = _other_time(mention.text, chance)
        made = _replaced(text, mention.start, mention.end, words)
        found = [other for other in find_mentions(made.text, published) if other.start == mention.start]
        if words != mention.text and found and found[0].resolved not in told:
            return made
    return None


def _other_time(words: str, chance: random.Random) -> str:
    for names in (_DAY_NAMES, _MONTH_NAMES):
        stands = re.search(rf"\b(?:{'|'.join(names)})\b", words)
        if stands:
            other = chance.choice([name for name in names if name != stands[0]])
            return words.replace(stands[0], other)
    year = re.search(r"\d{4}", words)
    if year:
        return words.replace(year[0], str(int(year[0]) + chance.choice([-7, -4, -3, -2, -1, 1, 2, 3])))
    swaps = {"last": "next", "this": "last", "next": "last", "yesterday": "today", "today": "yesterday"}
    first = words.split(maxsplit=1)[0]
    return words.replace(first, swaps.get(first.lower(), first), 1)


def _name(text: str, known: str, ground: Ground, _published: date | None, chance: random.Random) -> Planted | None:
    held = set(words_of(known))
    places = names_in(text, ground.names.get(1, ()))
    for start, end, name in chance.sample(places, len(places)):
        acronym = name.isupper()
        kin = [other for other in ground.names.get(len(name.split()), ()) if other.isupper() == acronym]
        others = [other for other in kin if not set(words_of(other)) & held]
        if others:
            return _replaced(text, start, end, chance.choice(others))
    return None


_AUXILIARY = re.compile(
    r"\b(?:is|are|was|were|has|have|had|will|can|could|did|does|would|should|must)\b"
    r"(?! (?:not|never|no|nothing|only|hardly|yet)\b|[-,'’.;:])"
)
_DENIED = re.compile(r"(?P<aux>\b\w+) (?:not|never)\b(?! (?:only|just|yet|to)\b)|\b(?P<short>\w+)n['’]t\b")
_SHORT = {"ca": "can", "wo": "will", "sha": "shall"}


def _negation(text: str, known: str, _ground: Ground, _published: date | None, chance: random.Random) -> Planted | None:
    denied = _DENIED.search(text)
    if denied and denied["aux"] != "or":
        said = denied["aux"] or _SHORT.get(denied["short"], denied["short"])
        made = f"{text[: denied.start()]}{said}{text[denied.end() :]}"
        return Planted(made, " ".join(words_of(text[denied.end() :])[:4]))
    places = list(_AUXILIARY.finditer(text))
    if not places or re.search(r"\bnot\b|n['’]t\b", known):
        return None
    place = chance.choice(places)
    return Planted(f"{text[: place.end()]} not{text[place.end() :]}", "not")


_SAME_BOTH_WAYS = re.compile(
    r"\b(?:met|meets?|meeting|married|marry|marries|and|or|of|join\w*|in|fac(?:e|es|ed)|border\w*|merg\w*|with|between|like"
    r"|as|than|who|which|that|is|are)\b"
)
_ALONE_BEFORE = re.compile(
    r"(?:^|[,;:] ?|\b(?:that|how|when|where|while|because|if|as|since|though|"
    r"although|whether|and|then|but|after|before|said|says) )(?:[Tt]he )?$"
)
_ALONE_AFTER = re.compile(
    r"[.,;:]|$| (?:to|on|at|for|with|over|from|as|after|before|when|because|that|by|during|in|of|and|who|which|while"
    r"|but|into|through)\b"
)
"""Where a name stands alone: not as the "Justice" of "the Court of Justice rejected the German ban"."""


def _roles(text: str, _known: str, ground: Ground, _published: date | None, _chance: random.Random) -> Planted | None:
    names = names_in(text, ground.names.get(1, ()))
    for (start, end, one), (begin, stop, other) in pairwise(names):
        between = text[end:begin]
        words = words_of(between)
        verbs = [word for word in words if re.fullmatch(r"\w{3,}ed", word) or word in IRREGULAR_PASTS]
        plain = re.fullmatch(r" [a-z ]+ ", between) and not _SAME_BOTH_WAYS.search(between)
        whole = _ALONE_BEFORE.search(text[:start]) and _ALONE_AFTER.match(text[stop:])
        overlapping = set(words_of(one)) & set(words_of(other))
        if verbs and plain and whole and len(words) <= 5 and not overlapping:
            return Planted(f"{text[:start]}{other}{between}{one}{text[stop:]}", f"{other} {verbs[0]} {one}")
    return None


_PLANNED_BE = re.compile(r"\b(?P<aux>will|is (?:scheduled|expected|set|due|planned) to) be (?P<done>\w{2,}ed)\b")
_PLANNED = re.compile(
    r"\b(?:(?:plan(?:s|ned)?|scheduled|expect(?:s|ed)?|intend(?:s|ed)?|hop(?:es|ed)) to|may|might|will) "
    r"(?P<verb>[a-z]{3,})\b"
)
_DONE_BE = re.compile(r"\b(?P<be>was|were) (?P<done>(?!\w*need\b)\w{2,}ed)\b(?! to\b)")
_DONE = re.compile(
    r"(?P<who>(?<=[A-Z])\w+|\b(?:he|she|it|they|He|She|It|They)) (?P<done>[a-z]{2,}ed|[a-z]+)\b(?! by\b)"
)
_PASTS = {verb: past for past, verb in reversed(IRREGULAR_PASTS.items())}


def _modality(text: str, known: str, ground: Ground, _published: date | None, _chance: random.Random) -> Planted | None:
    if found := _PLANNED_BE.search(text):
        return _replaced(text, *found.span(), f"was {found['done']}", found["done"])
    if (found := _PLANNED.search(text)) and (past := _past(found["verb"], ground.vocabulary)):
        return _replaced(text, *found.span(), past, past)
    if found := _DONE_BE.search(text):
        be = "is" if found["be"] == "was" else "are"
        return _replaced(text, *found.span(), f"{be} expected to be {found['done']}", f"expected {found['done']}")
    for found in _DONE.finditer(text):
        base = _base(found["done"], ground.vocabulary)
        if base:
            start, end = found.span("done")
            plan = "plan" if found["who"].lower() == "they" else "plans"
            return _replaced(text, start, end, f"{plan} to {base}", f"{plan} {base}")
    return None


def _past(verb: str, vocabulary: Set[str]) -> str | None:
    if verb in {"have", "not", "also", "never", "only", "soon"} or verb.endswith("ly"):
        return None
    regular = (f"{verb}d", f"{verb}ed", f"{verb[:-1]}ied", f"{verb}{verb[-1]}ed")
    return _PASTS.get(verb) or next((past for past in regular if past in vocabulary), None)


def _base(past: str, vocabulary: Set[str]) -> str | None:
    if past in IRREGULAR_PASTS:
        return IRREGULAR_PASTS[past]
    if not past.endswith("ed"):
        return None
    shapes = (f"{past[:-3]}y" if past.endswith("ied") else "", past[:-2], past[:-1], past[:-3])
    return next((shape for shape in shapes if len(shape) > 2 and shape in vocabulary), None)


def _replaced(text: str, start: int, end: int, by: str, words: str | None = None) -> Planted:
    return Planted(f"{text[:start]}{by}{text[end:]}", words or by)


_RULES: Mapping[str, Rule] = {
    "number": _number,
    "date": _date,
    "name": _name,
    "negation": _negation,
    "roles": _roles,
    "modality": _modality,
}
