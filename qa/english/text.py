"""A sentence, question or passage, read once: its words, stems, names, numbers, and what it denies."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property, lru_cache

from qa.english.form import is_fragment
from qa.english.names import Run, find_runs
from qa.english.negation import Denied, clauses_of, denies, read_denied
from qa.english.quantities import Quantity, find_quantities
from qa.english.words import content_stems, stem, words_of

KEPT = 4_000
"""Texts whose readings are kept; some 20 MB of passages."""


class Text(str):
    """A text that knows what it holds; each part is read when it is first asked for, and kept."""

    @cached_property
    def words(self) -> tuple[str, ...]:
        """In lower case and in order."""
        return tuple(words_of(self))

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """The same, each once."""
        return frozenset(self.words)

    @cached_property
    def stems(self) -> frozenset[str]:
        """Of the words that carry meaning."""
        return frozenset(content_stems(self))

    @cached_property
    def all_stems(self) -> frozenset[str]:
        """Of all words."""
        return frozenset(map(stem, self.words))

    @cached_property
    def names(self) -> tuple[Run, ...]:
        """The runs of words with a capital, in order."""
        return tuple(find_runs(self))

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        """The numbers with what they count, in order."""
        return find_quantities(self)

    @cached_property
    def numbers(self) -> frozenset[str]:
        """As plain digits: `eight hundred`, `800` and `the 800th` are all `800`."""
        return frozenset(f"{quantity.value:.15g}" for quantity in self.quantities)

    @cached_property
    def denied(self) -> Denied:
        """What stands within reach of a "not", and what does not."""
        return read_denied(self)

    @cached_property
    def denies(self) -> bool:
        """Whether it says "not" in some form."""
        return denies(self)

    @cached_property
    def clauses(self) -> tuple[str, ...]:
        """Without what parts them."""
        return tuple(clauses_of(self))

    @cached_property
    def is_fragment(self) -> bool:
        """Whether it is a title, by-line, label or caption rather than a sentence, a row or an item."""
        return is_fragment(self)


@lru_cache(maxsize=KEPT)
def read(text: str) -> Text:
    """The reading of a text, the same one for the same text; not for whole documents, which are long to keep."""
    return Text(text)


def read_all(texts: Iterable[str], *, numbers: bool = False) -> list[Text]:
    """Several, with their stems and forms, and where asked for their numbers, read at once."""
    readings = [read(text) for text in texts]
    for reading in readings:
        _ = reading.stems, reading.is_fragment, numbers and reading.numbers
    return readings
