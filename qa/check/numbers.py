"""Numbers and quotations: each must stand in the cited sentences, the number with its magnitude and unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qa.check.sentence import Said
from qa.english.quantities import Quantity, bears, opposed, same_unit
from qa.english.quotations import is_title, pieces_of, quotations_in
from qa.english.words import words_of
from qa.records import Part


def check_numbers(said: Said) -> Iterator[Part]:
    """Each number; another one of the same things in its place contradicts it."""
    told = said.quoted.quantities
    own = said.text.quantities
    for number in own:
        if any(bears(one, number) for one in told):
            yield Part("number", number.words, "supported")
        elif any(other.start == number.start and any(bears(one, other) for one in told) for other in own):
            continue  # one of the two ways to read "3 to 5 million"
        else:
            yield _missing(number, told, own)


def _missing(number: Quantity, told: Sequence[Quantity], own: Sequence[Quantity]) -> Part:
    rivals = [one for one in told if same_unit(one, number) and not any(bears(one, other) for other in own)]
    rivals += [one for one in told if one.value == number.value and opposed(one, number)]
    if rivals:
        reason = f"The number {number.words} is not in the cited passage, which says {rivals[0].words}."
        return Part("number", number.words, "contradicted", reason)
    return Part("number", number.words, "unsupported", f"The number {number.words} is not in the cited passage.")


def check_quotations(said: Said) -> Iterator[Part]:
    """Each text in quotation marks, word for word."""
    known = f" {' '.join(words_of(' '.join(found.quote for found in said.evidence)))} "
    for words in quotations_in(said.whole):
        pieces = [" ".join(words_of(piece)) for piece in pieces_of(words)]
        if is_title(words) or all(f" {piece} " in known for piece in pieces if piece):
            yield Part("quotation", words, "supported")
        else:
            reason = f"The quotation “{words}” is not in the cited passage word for word."
            yield Part("quotation", words, "unsupported", reason)
