"""Numbers and quotations: each must stand in the cited sentences, the number with its magnitude and unit."""

from __future__ import annotations

from collections.abc import Iterator

from qa.check.reckoning import reckoned_from
from qa.check.sentence import Statement
from qa.english.quantities import Quantity, bears, opposed, same_unit
from qa.english.quotations import is_title, pieces_of, quotations_in
from qa.english.words import words_of
from qa.records import Part


def check_numbers(statement: Statement) -> Iterator[Part]:
    """Each number; another one of the same things in its place contradicts it."""
    cited = statement.cited.quantities
    claimed = statement.text.quantities
    for number in claimed:
        if any(bears(quantity, number) for quantity in cited):
            yield Part("number", number.words, "supported")
        elif any(
            reading.start == number.start and any(bears(quantity, reading) for quantity in cited) for reading in claimed
        ):
            continue  # one of the two ways to read "3 to 5 million"
        else:
            yield _missing(number, statement)


def _missing(number: Quantity, statement: Statement) -> Part:
    cited, claimed = statement.cited.quantities, statement.text.quantities
    if pair := reckoned_from(number, cited, statement.evidence):
        reason = f"The number {number.words} is not in the cited passage, but may be reckoned from {pair}."
        return Part("reckoned", number.words, "unsupported", reason)
    rivals = [
        rival for rival in cited if same_unit(rival, number) and not any(bears(rival, quantity) for quantity in claimed)
    ]
    rivals += [rival for rival in cited if rival.value == number.value and opposed(rival, number)]
    if rivals:
        reason = f"The number {number.words} is not in the cited passage, which says {rivals[0].words}."
        return Part("number", number.words, "contradicted", reason)
    return Part("number", number.words, "unsupported", f"The number {number.words} is not in the cited passage.")


def check_quotations(statement: Statement) -> Iterator[Part]:
    """Each text in quotation marks, word for word."""
    cited = f" {' '.join(words_of(' '.join(sentence.quote for sentence in statement.evidence)))} "
    for words in quotations_in(statement.whole):
        pieces = [" ".join(words_of(piece)) for piece in pieces_of(words)]
        if is_title(words) or all(f" {piece} " in cited for piece in pieces if piece):
            yield Part("quotation", words, "supported")
        else:
            reason = f"The quotation “{words}” is not in the cited passage word for word."
            yield Part("quotation", words, "unsupported", reason)
