"""Words: most of what a sentence says must be said by what it cites, in these words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qa.checks.names import find_runs, names_of
from qa.checks.said import STANCES, Said, about_itself
from qa.quantities import find_quantities
from qa.records import Part
from qa.words import content_stems, stem, words_of

MIN_SHARED_WORDS = 0.7
"""Share of a sentence's content words, names aside, that its evidence must hold."""


def check_words(said: Said) -> Iterator[Part]:
    """Words of the question may stand anywhere in the passage; what the answer adds must stand in the quote."""
    own = set(content_stems(_canonical(_unchecked(said))))
    known = set(content_stems(_canonical(" ".join([said.quoted, *map(about_itself, said.evidence)]))))
    known |= set(content_stems(said.asked)) & set(content_stems(_canonical(said.around)))
    if own and len(own & known) < MIN_SHARED_WORDS * len(own):
        missing = dict.fromkeys(word for word in words_of(said.text) if stem(word) in own - known)
        words = ", ".join(missing)
        yield Part("words", words, "unsupported", f"Too few of its words are in the cited passage; missing: {words}.")


def _unchecked(said: Said) -> str:
    """The sentence without its names and numbers, which have checks of their own."""
    spans = [(number.start, number.end) for number in find_quantities(said.text)]
    spans += [run.span() for run in find_runs(said.text) if names_of(run, said)]
    text = said.text
    for start, end in spans:
        text = f"{text[:start]}{' ' * (end - start)}{text[end:]}"
    return text


def _canonical(text: str) -> str:
    """Each way to tell a vote in one word, so that "approved by" bears "voted in favour"; numbers left out."""
    for name, pattern in STANCES.items():
        text = pattern.sub(f" stance{name} ", text)
    return re.sub(r"\b\d+\b", " ", text)
