"""Names: each must stand in the cited sentences, in some spelling, or be what a "he" or a surname there stands for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from index.dates.days import MONTHS, WEEKDAYS
from qa.check.sentence import ANAPHOR, NAME_WORD, Said, before
from qa.english.form import is_masthead
from qa.english.quantities import find_quantities
from qa.english.spellings import ADDRESSES, same_name, spells_out
from qa.english.titles import OFFICES, titles_in, without_titles, words_of_title
from qa.english.words import STOP_WORDS, in_words, stem, words_of
from qa.records import Evidence, Part

_RUN = re.compile(r"(?<![\w’'])[A-Z][\w’'.-]*(?:\s+(?:of |de |al |bin |van |von )?[A-Z][\w’'.-]*)*")
_OPENERS = frozenset(
    "even still yet thus hence instead meanwhile perhaps now today despite unlike upon without within another several"
    " never later earlier afterwards soon nearly almost around among amid across behind beyond near toward towards"
    " together currently then back inside outside throughout unless whether".split()
)
_PERSON = re.compile(r"\b(?:he|she)\b", re.I)
"""What a name that is all of an answer may be resolved from: "the military" may stand for its chief in no such one."""
_NO_NAMES = frozenset({*STOP_WORDS, *MONTHS, *WEEKDAYS, *ADDRESSES, *_OPENERS})
_CALLED = re.compile(
    r"^The (?P<who>[\w’'-]+(?: [\w’'-]+)?)(?: (?:who|that|of|in)\b[^,;]*)? (?:is|was) (?=[A-Z])[^,;]+$"
)
"""Who somebody without a name is said to be: "The general who led it was Mr Harrow"."""
_SHORT_OFFICES = frozenset("pm mp vp ag".split())
_COMMON = re.compile(r"\w+(?:s|ing|ed|ly|tion|sion|ment|ity|ness|ism|ance|ence|ists?|ers?|ors?|ship|ure|al|ive|ous)")
"""What a word ends with that more likely is none of a name, where a capital only opens the sentence."""


def find_runs(text: str) -> Iterator[re.Match[str]]:
    """The runs of words with a capital."""
    return _RUN.finditer(text)


def check_offices(said: Said) -> Iterator[Part]:
    """An office given to one name, where the cited sentences give it to another, and his report gives him others only.

    "Mahmoud Abbas is prime minister" of "President Mahmoud Abbas said ... Prime Minister Netanyahu".
    """
    called = _CALLED.search(said.whole)
    office = next((word for word in words_of(called["who"] if called else "") if word in OFFICES), None)
    if called and office and stem(office) not in set(map(stem, words_of(said.quoted))):
        reason = f"The cited passage calls nobody {office!r}."
        yield Part("office", called[0], "unsupported", reason)
    for name in _bare_names(said.whole):
        own = _offices(titles_in(said.whole, name)) if " " in name else set()
        texts = (found.document.text for found in said.evidence)
        told = _offices(title for text in texts for title in titles_in(text, name)) if own else set()
        others = (other for other in _bare_names(said.quoted) if not set(words_of(other)) & set(words_of(name)))
        if told and not own & told and any(own <= _offices(titles_in(said.quoted, other)) for other in others):
            reason = f"The cited passage gives this office to another than {name}."
            yield Part("office", " ".join(sorted(own)), "contradicted", reason)


def _bare_names(text: str) -> Iterator[str]:
    return filter(None, (without_titles(run[0]) for run in find_runs(text)))


def _offices(titles: Iterable[str]) -> set[str]:
    return {word for title in titles for word in words_of_title(title) if word in OFFICES}


def check_names(said: Said) -> Iterator[Part]:
    """A name must stand in the quote; one of the question's also in what resolves a "he" or "the general" there."""
    known = _known(said)
    numbers = [(number.start, number.end) for number in find_quantities(said.text)]
    for run in find_runs(said.text):
        if any(start <= run.start() and run.end() <= end for start, end in numbers):
            continue  # "Half", "500 Swedish kronor": checked as a number
        missing = [name for name in names_of(run, said) if not _stands(name, known, said)]
        if not missing:
            yield Part("name", run[0], "supported")
        elif not _is_resolved(run[0], missing, said):
            for name in missing:
                yield Part("name", name, "unsupported", f"The name {name!r} is not in the cited passage.")


def _known(said: Said) -> frozenset[str]:
    """The words that a name may come from, and their stems."""
    sources = (name for found in said.evidence for name in (found.document.outlet, found.document.author) if name)
    words = words_of(" ".join([said.quoted, *sources]))
    known = {*words, *map("".join, pairwise(words))}  # "South East" is "Southeast"
    known |= set(words_of(said.asked)) & {word for found in said.evidence for word in words_of(found.document.title)}
    for found in said.evidence:
        if is_masthead(found.quote, found.mentions, found.document):  # it stands for the whole report
            known |= set(words_of(said.asked)) & set(words_of(found.document.text))
    if ANAPHOR.search(said.quoted):
        earlier = " ".join(_up_to(found) for found in said.evidence)
        around = set(words_of(earlier))
        known |= {word for word in words_of(said.asked) if word in around or spells_out(word, earlier)}
    return frozenset(known | {stem(word) for word in known})


def _up_to(found: Evidence) -> str:
    """Its document's title, and its passage up to the quote's end: a "he" of it stands for who was named before."""
    passage = found.passage
    return f"{found.document.title} {passage.text[: max(0, found.end - passage.start)]}"


def names_of(run: re.Match[str], said: Said) -> list[str]:
    """The words of a run of capitals that are names; a single one that opens the sentence may be any word."""
    names = NAME_WORD.findall(run[0])
    if run.start() or len(names) > 1:
        return names
    word = (words_of(names[0]) or [""])[0]
    others = len(NAME_WORD.findall(said.text)) > 1
    common = _COMMON.fullmatch(word) or re.search(rf"\b{re.escape(word)}\b", said.around)
    return [] if others and common else names


def _stands(name: str, known: frozenset[str], said: Said) -> bool:
    words = [word for word in words_of(name) if word not in _NO_NAMES]
    letters = sum(letter.isupper() for letter in name) > 1
    return all(
        word in known
        or stem(word) in known
        or (letters and _is_spelt_out(word, said.quoted))
        or _is_variant(word, known)
        for word in words
    )


def _is_spelt_out(letters: str, text: str) -> bool:
    """Whether words of `text` are what the letters stand for; of two letters only names, or offices in lower case."""
    if len(letters) == 2 and letters not in _SHORT_OFFICES:
        text = " ".join(NAME_WORD.findall(text))
    return spells_out(letters, text)


def _is_variant(word: str, known: frozenset[str]) -> bool:
    if len(word) == 1:
        return any(other[0] == word for other in known if len(other) > 2)
    return any(same_name(word, other) for other in known)


def _is_resolved(run: str, missing: list[str], said: Said) -> bool:
    """Whether the rest of the name stands in the quote and all of it elsewhere, or a "he" stands for it."""
    names = [word for word in NAME_WORD.findall(run) if word.lower() not in STOP_WORDS]
    letters = "".join(word[0] for word in names)
    initials = r"\.?\s?".join([*letters[:-1], re.escape(names[-1])])
    if len(letters) > 1 and re.search(rf"\b(?:{re.escape(letters)}|{initials})\b", said.quoted):
        return True
    whole = " ".join(words_of(run))
    alone = run.strip(" .") == said.whole.strip(" .")
    rest = set(words_of(run)) - {word for name in missing for word in words_of(name)} - _NO_NAMES
    for found in said.evidence:
        document = found.document
        title = f" {' '.join(words_of(document.title))} "
        start, end = before(found)
        near = f" {' '.join(words_of(document.text[start:end]))} "
        points_back = (f" {whole} " in title or f" {whole} " in near) and (_PERSON if alone else ANAPHOR).search(
            found.quote
        )
        elsewhere = rest & set(words_of(found.quote)) and f" {whole} " in title + in_words(document.text)
        if points_back or elsewhere:
            return True
    return False
