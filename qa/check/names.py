"""Names: each must stand in the cited sentences, in some spelling, or be what a "he" or a surname there stands for."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from qa.check.sentence import Statement, before
from qa.english.form import is_masthead
from qa.english.names import NAME_WORD, NO_NAMES, SHORT_OFFICES, Run, has_initials, is_word, name_words
from qa.english.pointing import has_person, is_anaphoric
from qa.english.spellings import same_name, spells_out
from qa.english.text import read
from qa.english.words import STOP_WORDS, in_words, stem, words_of
from qa.records import Evidence, Part


def check_names(statement: Statement) -> Iterator[Part]:
    """A name must stand in the quote; one of the question's also in what resolves a "he" or "the general" there."""
    borne = _borne_words(statement)
    numbers = [(number.start, number.end) for number in statement.text.quantities]
    for run in statement.text.names:
        if any(start <= run.start and run.end <= end for start, end in numbers):
            continue  # "Half", "500 Swedish kronor": checked as a number
        missing = [name for name in names_of(run, statement) if not _stands(name, borne, statement)]
        if not missing:
            yield Part("name", run.words, "supported")
        elif not _is_resolved(run.words, missing, statement):
            for name in missing:
                yield Part("name", name, "unsupported", f"The name {name!r} is not in the cited passage.")


def _borne_words(statement: Statement) -> frozenset[str]:
    """The words that a name may come from, and their stems."""
    sources = (
        name for sentence in statement.evidence for name in (sentence.document.outlet, sentence.document.author) if name
    )
    words = words_of(" ".join([statement.cited, *sources]))
    borne = {*words, *map("".join, pairwise(words))}  # "South East" is "Southeast"
    borne |= statement.asked.vocabulary & {
        word for sentence in statement.evidence for word in words_of(sentence.document.title)
    }
    for sentence in statement.evidence:
        if is_masthead(sentence.quote, sentence.mentions, sentence.document):  # it stands for the whole report
            borne |= statement.asked.vocabulary & set(words_of(sentence.document.text))
    if is_anaphoric(statement.cited):
        earlier = " ".join(_up_to(sentence) for sentence in statement.evidence)
        around = read(earlier).vocabulary
        borne |= {word for word in words_of(statement.asked) if word in around or spells_out(word, earlier)}
    return frozenset(borne | {stem(word) for word in borne})


def _up_to(sentence: Evidence) -> str:
    """Its document's title, and its passage up to the quote's end: a "he" of it stands for who was named before."""
    passage = sentence.passage
    return f"{sentence.document.title} {passage.text[: max(0, sentence.end - passage.start)]}"


def names_of(run: Run, statement: Statement) -> list[str]:
    """The words of a run of capitals that are names; one that opens a sentence alone may be any word of English."""
    names = NAME_WORD.findall(run.words)
    if run.start or len(names) > 1 or run.words.strip(" .") == statement.text.strip(" ."):
        return names
    word = (words_of(names[0]) or [""])[0]
    return [] if is_word(word) and word not in name_words(statement.asked) else names


def _stands(name: str, borne: frozenset[str], statement: Statement) -> bool:
    words = [word for word in words_of(name) if word not in NO_NAMES]
    letters = sum(letter.isupper() for letter in name) > 1
    return all(
        word in borne
        or stem(word) in borne
        or (letters and _is_spelt_out(word, statement.cited))
        or _is_variant(word, borne)
        for word in words
    )


def _is_spelt_out(letters: str, text: str) -> bool:
    """Whether words of `text` are what the letters stand for; of two letters only names, or offices in lower case."""
    if len(letters) == 2 and letters not in SHORT_OFFICES:
        text = " ".join(NAME_WORD.findall(text))
    return spells_out(letters, text)


def _is_variant(word: str, borne: frozenset[str]) -> bool:
    if len(word) == 1:
        return any(candidate[0] == word for candidate in borne if len(candidate) > 2)
    return any(same_name(word, candidate) for candidate in borne)


def _is_resolved(run: str, missing: list[str], statement: Statement) -> bool:
    """Whether the rest of the name stands in the quote and all of it elsewhere, or a "he" stands for it."""
    names = [word for word in NAME_WORD.findall(run) if word.lower() not in STOP_WORDS]
    if has_initials(names, statement.cited):
        return True
    whole = " ".join(words_of(run))
    alone = run.strip(" .") == statement.whole.strip(" .")
    rest = read(run).vocabulary - {word for name in missing for word in words_of(name)} - NO_NAMES
    for sentence in statement.evidence:
        document = sentence.document
        title = f" {' '.join(words_of(document.title))} "
        start, end = before(sentence)
        near = f" {' '.join(words_of(document.text[start:end]))} "
        points_back = (f" {whole} " in title or f" {whole} " in near) and (has_person if alone else is_anaphoric)(
            sentence.quote
        )
        elsewhere = rest & read(sentence.quote).vocabulary and f" {whole} " in title + in_words(document.text)
        if points_back or elsewhere:
            return True
    return False
