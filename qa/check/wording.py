"""Words: most of what a sentence says must be said by what it cites, in these words."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass

from qa import tuning
from qa.check.names import names_of
from qa.check.sentence import Statement, about_itself
from qa.english.pointing import has_pronoun
from qa.english.words import content_stems, stem, words_of
from qa.records import Part


def check_words(statement: Statement) -> Iterator[Part]:
    """Words of the question may stand anywhere in the passage; what the answer adds must stand in the quote."""
    signs = read_signs(statement)
    shared = statement.text.stems & statement.cited.stems
    if signs.claimed and not shared and not has_pronoun(statement.cited):
        yield Part(
            "words", statement.text, "unsupported", "The cited passage has none of its words, and points to none."
        )
    elif signs.missing and not _has_enough(signs):
        missing = dict.fromkeys(word for word in words_of(statement.text) if stem(word) in signs.missing)
        words = ", ".join(missing)
        yield Part("words", words, "unsupported", f"Too few of its words are in the cited passage; missing: {words}.")


@dataclass(frozen=True, slots=True)
class WordSigns:
    """How much of a sentence is said by what it cites."""

    claimed: frozenset[str]
    """Stems of its words of meaning that are no names and numbers."""
    missing: frozenset[str]
    """Those of them that the cited sentences lack."""
    words: float
    """Share of `claimed` that is there, from 0 to 1."""
    all: float
    """The same of its names and numbers too."""


def _has_enough(signs: WordSigns) -> bool:
    enough = signs.words >= tuning.MIN_SHARED_WORDS and signs.all >= tuning.MIN_SHARED
    return enough and len(signs.claimed) > tuning.EACH_THERE


def read_signs(statement: Statement) -> WordSigns:
    """The signs of a sentence; shares of 1 where it has no such words."""
    claimed = frozenset(content_stems(_unchecked(statement)))
    every = claimed | statement.whole.stems
    borne = set(content_stems(" ".join([statement.cited, *map(about_itself, statement.evidence)])))
    borne |= statement.asked.stems & statement.around.stems
    every_borne = borne | statement.cited.stems
    return WordSigns(claimed, claimed - borne, _share(claimed, borne), _share(every, every_borne))


def _share(claimed: Set[str], borne: Set[str]) -> float:
    return len(claimed & borne) / len(claimed) if claimed else 1.0


def _unchecked(statement: Statement) -> str:
    """The sentence without its names and numbers, which have checks of their own."""
    spans = [(number.start, number.end) for number in statement.text.quantities]
    spans += [run[:2] for run in statement.text.names if names_of(run, statement)]
    text: str = statement.text
    for start, end in spans:
        text = f"{text[:start]}{' ' * (end - start)}{text[end:]}"
    return text
