"""The titles beside a name: "Prime Minister Ines Calder", "Ines Calder, chair of the council"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qa import tuning
from qa.english.words import STOP_WORDS, words_of

OFFICE_WORDS = frozenset(
    """president prime minister pm premier chancellor general commander-in-chief chief chairman chairwoman chair
    chairperson leader secretary secretary-general ambassador king queen prince princess emperor pope archbishop
    bishop mayor governor director ceo cfo chief-of-staff head spokesman spokeswoman spokesperson senator
    congressman congresswoman mp envoy commissioner judge justice captain colonel major lieutenant admiral marshal
    sergeant professor dean rector deputy vice acting former founder co-founder owner coach manager editor treasurer
    speaker monarch ruler dictator executive officer lawmaker councillor attorney prosecutor senior junta
    minister-president taoiseach""".split()
)
"""What offices are called, and what stands in their names."""
LESSER = frozenset("deputy vice acting former".split())
"""What makes another office of one."""
OFFICES = OFFICE_WORDS - LESSER - frozenset("senior junta executive".split())
"""Words that are an office by themselves."""
_LINKS = frozenset("of the and for de du".split())
_OPENING = "“\"'‘("
_QUALIFIES = re.compile(r"[a-z]+(?:ian|al|ive|ary|ic|tion|ish|ese)")
"""A word in lower case that says which leader: civilian, national, opposition."""
_BECAME = r"(?: (?:serves as|served as|(?:who )?(?:is|was|became)|(?:was|is) (?:named|appointed|elected|sworn in as)))"
_OF_IT = re.compile(
    r"[\w’'-]+(?: (?:of|the|and|for|at|[A-Z][\w’'-]*|[a-z][\w’-]*))*?(?=[,.;:)]| (?:who|which|since|until|in \d)|$)"
)
"""A title with what it is of, up to the next comma or clause."""


_TITLED = re.compile(r"(?:[A-Z][\w’'-]*(?: |$)){2,}")
LONGEST = 300
"""Characters of a title, at most, with the names of countries in it."""
_NOBODY = frozenset("nobody everybody everyone anyone none".split())
_SOMEBODY = re.compile(
    r"\b(?:the|an?|his|her|its|their|some|several|other|two|by)\s+(?:\w+\s+){0,2}?(\w+)|(\w+s)\b", re.I
)
"""Where a word may stand for somebody without a name: "the mayor", "protesters"."""


def find_titled(text: str) -> Iterator[re.Match[str]]:
    """Runs of two or more words with a capital that stand before another word: a name with what it is called."""
    return _TITLED.finditer(text)


def without_titles(name: str) -> str:
    """A name without the offices in front: "Mahmoud Abbas" of "Palestinian President Mahmoud Abbas"."""
    words = name.rstrip(".").split()
    behind = max((at + 1 for at, word in enumerate(words) if word.lower() in OFFICE_WORDS), default=0)
    return " ".join(words[behind:])


def is_office(words: str) -> bool:
    """Whether the words are nothing but an office."""
    return all(word in OFFICE_WORDS | _LINKS for word in words.lower().split())


def titles_in(sentence: str, name: str) -> Iterator[str]:
    """The titles that stand beside a name: before it, behind a comma after it, or as what its bearer became."""
    for match in _name_pattern(name).finditer(sentence):
        before = title_before(sentence[max(0, match.start() - LONGEST) : match.start()])
        if before:
            yield before
        behind = sentence[match.end() : match.end() + LONGEST]
        after = re.match(rf"(?:,|{_BECAME}) (?:now |then )?(?:the |a |an )?(?:country’s )?", behind)
        if after:
            title = _title_at(behind[after.end() :])
            if title:
                yield title


def _name_pattern(name: str) -> re.Pattern[str]:
    """The whole name, or its last words: of three, the last two; of two, the last one."""
    words = name.split()
    shorter = rf"(?:{re.escape(' '.join(words[:1]))} )?" if len(words) > 1 else ""
    return re.compile(rf"(?<![\w-]){shorter}{re.escape(' '.join(words[1:] or words))}(?![\w-])")


def title_before(text: str) -> str | None:
    """The run of words that ends `text` and holds an office: names of countries with it, not what comes before."""
    kept: list[str] = []
    for word in reversed(text.split()):
        plain = word.strip(_OPENING).lower()
        if word[-1] in ",.;:!?”)" and plain.rstrip(".") not in {"gen", "sen", "gov", "lt"}:
            break
        qualifies = kept and kept[0].islower() and _QUALIFIES.fullmatch(plain)
        if not (
            plain in OFFICE_WORDS or word.lstrip(_OPENING)[:1].isupper() or qualifies or (kept and plain in _LINKS)
        ):
            break
        kept.insert(0, word.strip(_OPENING))
    while kept and (kept[0].lower() in _LINKS or kept[0].lower() in STOP_WORDS):
        kept.pop(0)
    return " ".join(kept) if any(word.lower() in OFFICES for word in kept) else None


def _title_at(text: str) -> str | None:
    """The office that begins `text`, with what it is of, up to the next comma or verb."""
    match = _OF_IT.match(text)
    words = match[0].split() if match else []
    holds_office = any(word.lower() in OFFICES for word in words[: tuning.TITLE_OPENING])
    return " ".join(words) if holds_office else None


def words_of_title(title: str) -> frozenset[str]:
    """What two titles are compared by: "PM" is "Prime Minister", and "of the" says nothing."""
    words = set(words_of(re.sub(r"\bPM\b", "prime minister", title, flags=re.I)))
    return frozenset(words - _LINKS - STOP_WORDS)


def somebody_in(text: str) -> Iterator[str]:
    """Words in lower case that may stand for somebody without a name, "the mayor", "protesters", or for nobody."""
    yield from (word.lower() for pair in _SOMEBODY.findall(text) for word in pair if word)
    yield from set(words_of(text)) & (OFFICE_WORDS | _NOBODY)


def offices_in(text: str) -> frozenset[str]:
    """The words of `text` that are an office by themselves."""
    return frozenset(re.findall(r"[\w-]+", text.lower())) & OFFICES
