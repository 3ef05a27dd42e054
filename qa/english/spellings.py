"""Two ways to write one name: initials, letters for words, peoples and their countries, spellings of other scripts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from qa import tuning
from qa.english.words import words_of

_PEOPLES = {
    "french": "france", "dutch": "netherlands holland", "british": "britain uk", "english": "england",
    "danish": "denmark", "spanish": "spain", "greek": "greece", "welsh": "wales", "irish": "ireland",
    "swiss": "switzerland", "burmese": "myanmar burma", "american": "us usa", "filipino": "philippines",
    "norwegian": "norway", "peruvian": "peru", "belgian": "belgium", "cypriot": "cyprus", "lebanese": "lebanon",
    "argentine": "argentina", "congolese": "congo drc", "emirati": "uae", "turkish": "turkiye", "scottish": "scotland",
    "israeli": "israel", "norman": "normandy", "soviet": "ussr",
}  # fmt: skip
"""Those whose name the endings below do not give."""
_COUNTRIES = {people: frozenset(countries.split()) for people, countries in _PEOPLES.items()}
_PEOPLE_ENDINGS = ("ian", "ean", "an", "n", "ese", "ish", "i")
_COUNTRY_ENDING = re.compile(r"(?:ia|ea|a|y|ey|e|en|and|land|stan|istan|o|)")
_SAME_NAME = ({"myanmar", "burma"}, {"britain", "uk"}, {"america", "us", "usa"}, {"turkey", "turkiye"})
_TITLES = {
    "gen": "general", "sen": "senator", "gov": "governor", "rep": "representative", "prof": "professor",
    "pres": "president", "lt": "lieutenant", "col": "colonel", "capt": "captain", "sgt": "sergeant",
    "dr": "doctor", "st": "saint", "sec": "secretary", "adm": "admiral", "maj": "major",
}  # fmt: skip
ADDRESSES = frozenset("mr mrs ms miss sir".split())
"""Words before a name that say nothing more of whom it is."""
_SPELLINGS = (
    ("sch", "s"), ("shch", "s"), ("tch", "c"), ("kh", "h"), ("gh", "g"), ("ph", "f"), ("ck", "k"), ("th", "t"),
    ("tz", "c"), ("ts", "c"), ("q", "k"), ("w", "v"), ("x", "ks"), ("j", "i"), ("y", "i"), ("z", "s"),
)  # fmt: skip


def spells_out(acronym: str, text: str) -> bool:
    """Whether a run of words in `text` is what the letters of `acronym` stand for: UN, PM, ASEAN."""
    letters = acronym.lower()
    words = [word for word in words_of(text) if word not in {"of", "the", "for", "and"}]
    return len(letters) >= 2 and any(_consumes(letters, words[at : at + len(letters)]) for at in range(len(words)))


def _consumes(letters: str, words: Sequence[str]) -> bool:
    """Whether the words, each opening with its letter, use up all `letters`; a word may give several, in order."""
    if not letters:
        return True
    if not words or words[0][0] != letters[0]:
        return False
    used = 0
    for character in words[0]:
        if used < len(letters) and character == letters[used]:
            used += 1
    return any(_consumes(letters[count:], words[1:]) for count in range(used, 0, -1))


@lru_cache(maxsize=50_000)
def same_name(first: str, second: str) -> bool:
    """Whether two words of names in lower case may be the same name, or a people and its country."""
    if first == second or any({first, second} <= names for names in _SAME_NAME):
        return True
    if _TITLES.get(first) == second or _TITLES.get(second) == first:
        return True
    return _is_people_of(first, second) or _is_people_of(second, first) or _is_spelling(first, second)


def _is_people_of(people: str, country: str) -> bool:
    """Whether `people` is how those of `country` are called: "russian" and "russia"."""
    listed = _COUNTRIES.get(people) or _COUNTRIES.get(people.removesuffix("s"))
    if listed:
        return country in listed
    singular = people.removesuffix("s")
    bases = [singular.removesuffix(ending) for ending in _PEOPLE_ENDINGS if singular.endswith(ending)]
    bases = [base for base in bases if len(base) >= tuning.PEOPLE_LETTERS and country.startswith(base)]
    return any(_COUNTRY_ENDING.fullmatch(country[len(base) :]) for base in bases)


def _is_spelling(first: str, second: str) -> bool:
    """Whether the two have the same consonants, as "Zelensky" and "Zelenskiy", and with few of them look alike."""
    if not (first.isalpha() and second.isalpha()):
        return False
    a, b = _folded(first), _folded(second)
    if a == b:
        return True
    same = (
        a[:1] == b[:1] and _consonants(a) == _consonants(b) and max(len(first), len(second)) >= tuning.SPELLING_LONGER
    )
    few = len(_consonants(a)) <= 2
    return same and (not few or SequenceMatcher(None, first, second).ratio() >= tuning.SPELLING_LIKENESS)


def _folded(word: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    for spelling, sound in _SPELLINGS:
        plain = plain.replace(spelling, sound)
    return re.sub(r"(.)\1+", r"\1", plain)


def _consonants(word: str) -> str:
    return re.sub(r"(.)\1+", r"\1", re.sub(r"[aeiouh]", "", word[1:]))
