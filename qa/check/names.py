"""Names: each must stand in the cited sentences, in some spelling, or be what a "he" or a surname there stands for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from qa import tuning
from qa.check.sentence import Said, before
from qa.english.form import is_masthead
from qa.english.names import NAME_WORD, NO_NAMES, SHORT_OFFICES, Run, bare_names, has_initials, is_common
from qa.english.pointing import has_person, is_anaphoric
from qa.english.spellings import same_name, spells_out
from qa.english.text import read
from qa.english.titles import OFFICES, somebody_called, titles_in, words_of_title
from qa.english.words import STOP_WORDS, in_words, stands_in, stem, words_of
from qa.records import Evidence, Part


def check_offices(said: Said) -> Iterator[Part]:
    """An office given to one name, where the cited sentences give it to another, and his report gives him others only.

    "Mahmoud Abbas is prime minister" of "President Mahmoud Abbas said ... Prime Minister Netanyahu".
    """
    who, called = somebody_called(said.whole) or ("", "")
    office = next((word for word in words_of(who) if word in OFFICES), None)
    if office and stem(office) not in said.quoted.all_stems:
        reason = f"The cited passage calls nobody {office!r}."
        yield Part("office", called, "unsupported", reason)
    for name in bare_names(said.whole):
        own = _offices(titles_in(said.whole, name)) if " " in name else set()
        texts = (found.document.text for found in said.evidence)
        told = _offices(title for text in texts for title in titles_in(text, name)) if own else set()
        others = (other for other in bare_names(said.quoted) if not read(other).vocabulary & read(name).vocabulary)
        if told and not own & told and any(own <= _offices(titles_in(said.quoted, other)) for other in others):
            reason = f"The cited passage gives this office to another than {name}."
            yield Part("office", " ".join(sorted(own)), "contradicted", reason)


def _offices(titles: Iterable[str]) -> set[str]:
    return {word for title in titles for word in words_of_title(title) if word in OFFICES}


def check_names(said: Said) -> Iterator[Part]:
    """A name must stand in the quote; one of the question's also in what resolves a "he" or "the general" there."""
    known = _known(said)
    numbers = [(number.start, number.end) for number in said.text.quantities]
    for run in said.text.names:
        if any(start <= run.start and run.end <= end for start, end in numbers):
            continue  # "Half", "500 Swedish kronor": checked as a number
        missing = [name for name in names_of(run, said) if not _stands(name, known, said)]
        if not missing:
            yield Part("name", run.words, "supported")
        elif not _is_resolved(run.words, missing, said):
            for name in missing:
                yield Part("name", name, "unsupported", f"The name {name!r} is not in the cited passage.")


def _known(said: Said) -> frozenset[str]:
    """The words that a name may come from, and their stems."""
    sources = (name for found in said.evidence for name in (found.document.outlet, found.document.author) if name)
    words = words_of(" ".join([said.quoted, *sources]))
    known = {*words, *map("".join, pairwise(words))}  # "South East" is "Southeast"
    known |= said.asked.vocabulary & {word for found in said.evidence for word in words_of(found.document.title)}
    for found in said.evidence:
        if is_masthead(found.quote, found.mentions, found.document):  # it stands for the whole report
            known |= said.asked.vocabulary & set(words_of(found.document.text))
    if is_anaphoric(said.quoted):
        earlier = " ".join(_up_to(found) for found in said.evidence)
        around = read(earlier).vocabulary
        known |= {word for word in words_of(said.asked) if word in around or spells_out(word, earlier)}
    return frozenset(known | {stem(word) for word in known})


def _up_to(found: Evidence) -> str:
    """Its document's title, and its passage up to the quote's end: a "he" of it stands for who was named before."""
    passage = found.passage
    return f"{found.document.title} {passage.text[: max(0, found.end - passage.start)]}"


def names_of(run: Run, said: Said) -> list[str]:
    """The words of a run of capitals that are names; a single one that opens the sentence may be any word."""
    names = NAME_WORD.findall(run.words)
    if run.start or len(names) > 1:
        return names
    word = (words_of(names[0]) or [""])[0]
    others = len(NAME_WORD.findall(said.text)) > 1
    common = is_common(word) or stands_in(word, said.around)
    return [] if others and common else names


def _stands(name: str, known: frozenset[str], said: Said) -> bool:
    words = [word for word in words_of(name) if word not in NO_NAMES]
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
    if len(letters) == 2 and letters not in SHORT_OFFICES:
        text = " ".join(NAME_WORD.findall(text))
    return spells_out(letters, text)


def _is_variant(word: str, known: frozenset[str]) -> bool:
    if len(word) == 1:
        return any(other[0] == word for other in known if len(other) > 2)
    short = tuning.SHORT_NAME
    near = (other for other in known if other[0] == word[0] or len(other) < short or len(word) < short)
    return any(same_name(word, other) for other in near)


def _is_resolved(run: str, missing: list[str], said: Said) -> bool:
    """Whether the rest of the name stands in the quote and all of it elsewhere, or a "he" stands for it."""
    names = [word for word in NAME_WORD.findall(run) if word.lower() not in STOP_WORDS]
    if has_initials(names, said.quoted):
        return True
    whole = " ".join(words_of(run))
    alone = run.strip(" .") == said.whole.strip(" .")
    rest = read(run).vocabulary - {word for name in missing for word in words_of(name)} - NO_NAMES
    for found in said.evidence:
        document = found.document
        title = f" {' '.join(words_of(document.title))} "
        start, end = before(found)
        near = f" {' '.join(words_of(document.text[start:end]))} "
        points_back = (f" {whole} " in title or f" {whole} " in near) and (has_person if alone else is_anaphoric)(
            found.quote
        )
        elsewhere = rest & read(found.quote).vocabulary and f" {whole} " in title + in_words(document.text)
        if points_back or elsewhere:
            return True
    return False
