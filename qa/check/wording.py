"""Words: most of what a sentence says must be said by what it cites, in these words."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass

from qa import tuning
from qa.check.names import names_of
from qa.check.sentence import Said, about_itself
from qa.english.pointing import has_pronoun
from qa.english.words import content_stems, stem, words_of
from qa.records import Part


def check_words(said: Said) -> Iterator[Part]:
    """Words of the question may stand anywhere in the passage; what the answer adds must stand in the quote."""
    signs = read_signs(said)
    held = said.text.stems & said.quoted.stems
    if signs.own and not held and not has_pronoun(said.quoted):
        yield Part("words", said.text, "unsupported", "The cited passage has none of its words, and points to none.")
    elif signs.missing and not _has_enough(signs):
        missing = dict.fromkeys(word for word in words_of(said.text) if stem(word) in signs.missing)
        words = ", ".join(missing)
        yield Part("words", words, "unsupported", f"Too few of its words are in the cited passage; missing: {words}.")


@dataclass(frozen=True, slots=True)
class WordSigns:
    """How much of a sentence is said by what it cites."""

    own: frozenset[str]
    """Stems of its words of meaning that are no names and numbers."""
    missing: frozenset[str]
    """Those of them that the cited sentences lack."""
    words: float
    """Share of `own` that is there, from 0 to 1."""
    all: float
    """The same of its names and numbers too."""


def _has_enough(signs: WordSigns) -> bool:
    enough = signs.words >= tuning.MIN_SHARED_WORDS and signs.all >= tuning.MIN_SHARED
    return enough and len(signs.own) > tuning.EACH_THERE


def read_signs(said: Said) -> WordSigns:
    """The signs of a sentence; shares of 1 where it has no such words."""
    own = frozenset(content_stems(_unchecked(said)))
    every = own | said.whole.stems
    known = set(content_stems(" ".join([said.quoted, *map(about_itself, said.evidence)])))
    known |= said.asked.stems & said.around.stems
    every_known = known | said.quoted.stems
    return WordSigns(own, own - known, _share(own, known), _share(every, every_known))


def _share(own: Set[str], known: Set[str]) -> float:
    return len(own & known) / len(own) if own else 1.0


def _unchecked(said: Said) -> str:
    """The sentence without its names and numbers, which have checks of their own."""
    spans = [(number.start, number.end) for number in said.text.quantities]
    spans += [run[:2] for run in said.text.names if names_of(run, said)]
    text: str = said.text
    for start, end in spans:
        text = f"{text[:start]}{' ' * (end - start)}{text[end:]}"
    return text
