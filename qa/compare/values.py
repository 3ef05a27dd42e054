"""The numbers, times and names that a text tells and the question does not: what an answer may turn on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from index.dates import find_mentions
from index.dates.times import overlap, shown_date
from index.records import Document, TimeMention
from qa.english.quantities import Quantity, bears, find_quantities
from qa.english.spellings import same_name
from qa.english.text import read
from qa.english.words import words_of
from qa.question.read import Asked

Kind = Literal["number", "time", "name"]


@dataclass(frozen=True, slots=True)
class Value:
    """One of them: the field of its kind is filled."""

    kind: Kind
    words: str
    """As they stand there; of a time its calendar date."""
    quantity: Quantity | None = None
    time: str = ""
    name: tuple[str, ...] = ()


def values_of_text(asked: Asked, text: str, published: date | None) -> list[Value]:
    """Those of a text whose "on Sunday" is counted from the day `published`."""
    return values_of(asked, text, find_mentions(text, published))


def values_of(asked: Asked, text: str, mentions: Sequence[TimeMention], start: int = 0) -> list[Value]:
    """Those of a text that stands at `start` in what its time expressions are counted in."""
    return [*_numbers(asked, text, mentions, start), *_times(asked, mentions), *_names(asked, text)]


def _numbers(asked: Asked, text: str, mentions: Sequence[TimeMention], start: int) -> Iterator[Value]:
    asked_for = {quantity.value for quantity in asked.text.quantities}
    dated = [(mention.start - start, mention.end - start) for mention in mentions]
    for quantity in read(text).quantities:
        if quantity.value not in asked_for and not any(begin <= quantity.start < end for begin, end in dated):
            yield Value("number", quantity.words, quantity=quantity)


def _times(asked: Asked, mentions: Sequence[TimeMention]) -> Iterator[Value]:
    for time in dict.fromkeys(mention.resolved for mention in mentions):
        if time not in asked.times:
            yield Value("time", shown_date(time), time=time)


def _names(asked: Asked, text: str) -> Iterator[Value]:
    """Names of several words, none of which is the question's."""
    asked_for = asked.text.vocabulary
    for run in read(text).names:
        name = tuple(words_of(run.words))
        if len(name) > 1 and not asked_for.intersection(name):
            yield Value("name", run.words.rstrip(".,-"), name=name)


def agree(first: Value, second: Value) -> bool:
    """Whether two values of one kind may both be true of one thing."""
    if first.quantity and second.quantity:
        return bears(first.quantity, second.quantity) or bears(second.quantity, first.quantity)
    if first.time and second.time:
        return overlap(first.time, second.time)
    names, others = set(first.name), set(second.name)
    return same_name(first.name[-1], second.name[-1]) or names <= others or others <= names


def tells(document: Document, value: Value) -> bool:
    """Whether the document has this value anywhere."""
    if value.quantity:
        return any(bears(quantity, value.quantity) for quantity in find_quantities(document.text))
    if value.time:
        return any(value.time == mention.resolved for mention in find_mentions(document.text, document.published))
    return value.name[-1] in words_of(document.text)
