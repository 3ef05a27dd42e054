"""Sources that answer one question differently: who says what, and when.

Of each document only what it says nearest to the question counts, and a document
that tells both values takes no side: it speaks of two things. So what is shown
is seldom wrong, and what is not shown may differ all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import combinations, pairwise
from typing import Literal

from index.dates import find_mentions
from index.dates.times import overlap, shown_date
from index.reprints import is_reprint
from qa import tuning
from qa.check.relevance import in_focus
from qa.english.modality import is_plan
from qa.english.quantities import Quantity, bears, find_quantities
from qa.english.spellings import same_name
from qa.english.text import read
from qa.english.words import words_of
from qa.question.read import Asked
from qa.records import Disagreement, Evidence, Position


@dataclass(frozen=True, slots=True)
class _Value:
    """What one document says."""

    words: str
    sentence: Evidence
    quantity: Quantity | None = None
    time: str | None = None
    name: tuple[str, ...] = field(default=())


def find_disagreement(asked: Asked, evidence: Sequence[Evidence]) -> Disagreement | None:
    """What documents say differently on a question for a number, an amount, an age, a time or a name.

    Args:
        evidence: Best first.
    """
    values = [value for sentence in _nearest_of_each(asked, evidence) if (value := _read(asked, sentence))]
    positions: list[list[_Value]] = []
    for value in values:
        for position in positions:
            if any(_agree(value, member) for member in position):
                position.append(value)
                break
        else:
            positions.append([value])
    if len(positions) < 2 or any(_tells_both(first, second) for first, second in combinations(values, 2)):
        return None
    in_time = sorted(map(_position, positions), key=lambda position: str(position.citations[0].published or ""))
    return Disagreement(_kind(positions), tuple(in_time))


def _nearest_of_each(asked: Asked, evidence: Sequence[Evidence]) -> Iterable[Evidence]:
    """The sentence of each document that says most of what is asked, if it says enough of it."""
    fitting = [sentence for sentence in in_focus(asked, evidence) if not read(sentence.quote).is_fragment]
    most = max((sentence.coverage for sentence in fitting), default=0.0)
    enough = max(tuning.DIFFERING_ABOUT, tuning.DIFFERING_AS_MUCH * most)
    nearest: dict[str, Evidence] = {}
    for sentence in sorted(fitting, key=lambda sentence: -sentence.coverage):
        if sentence.coverage >= enough:
            nearest.setdefault(sentence.document.doc_id, sentence)
    return nearest.values()


def _read(asked: Asked, sentence: Evidence) -> _Value | None:
    if asked.expects in {"number", "amount", "age"}:
        return _number(asked, sentence)
    if asked.expects == "time":
        return _time(asked, sentence)
    return _name(asked, sentence) if asked.asks_for_name else None


def _number(asked: Asked, sentence: Evidence) -> _Value | None:
    """The one number of what the question counts; of money, where an amount is asked for."""
    wanted = asked.text.stems
    asked_values = {quantity.value for quantity in asked.text.quantities}
    dated = [(mention.start - sentence.start, mention.end - sentence.start) for mention in sentence.mentions]
    numbers = [
        quantity
        for quantity in read(sentence.quote).quantities
        if quantity.value not in asked_values and not any(start <= quantity.start < end for start, end in dated)
    ]
    if asked.expects == "amount":
        fitting = [quantity for quantity in numbers if quantity.units]
    else:
        fitting = [quantity for quantity in numbers if quantity.counted & wanted]
    if len({quantity.value for quantity in fitting}) != 1:
        return None
    return _Value(fitting[0].words, sentence, quantity=fitting[0])


def _time(asked: Asked, sentence: Evidence) -> _Value | None:
    """The one time that the sentence names and the question does not."""
    times = {mention.resolved for mention in sentence.mentions if mention.resolved not in asked.times}
    if len(times) != 1:
        return None
    (time,) = times
    return _Value(shown_date(time), sentence, time=time)


def _name(asked: Asked, sentence: Evidence) -> _Value | None:
    """The one name of several words that the sentence has and the question does not."""
    asked_words = asked.text.vocabulary
    runs = {tuple(words_of(run.words)): run.words.rstrip(".,-") for run in read(sentence.quote).names}
    names = {name: words for name, words in runs.items() if len(name) > 1 and not set(name) & asked_words}
    if len(names) != 1:
        return None
    ((name, words),) = names.items()
    return _Value(words, sentence, name=name)


def _agree(first: _Value, second: _Value) -> bool:
    if first.quantity and second.quantity:
        return bears(first.quantity, second.quantity) or bears(second.quantity, first.quantity)
    if first.time and second.time:
        return overlap(first.time, second.time)
    return _same_person(first.name, second.name)


def _same_person(first: Sequence[str], second: Sequence[str]) -> bool:
    """Whether the last words of the two names are the same, or one name holds the other."""
    return same_name(first[-1], second[-1]) or set(first) <= set(second) or set(second) <= set(first)


def _tells_both(first: _Value, second: _Value) -> bool:
    """Whether the two disagree and one's document has the other's value as well."""
    return not _agree(first, second) and (_holds(first.sentence, second) or _holds(second.sentence, first))


def _holds(sentence: Evidence, value: _Value) -> bool:
    text = sentence.document.text
    if value.quantity:
        return any(bears(quantity, value.quantity) for quantity in find_quantities(text))
    if value.time:
        return any(value.time == mention.resolved for mention in find_mentions(text, sentence.document.published))
    return value.name[-1] in words_of(text)


def _kind(positions: Sequence[Sequence[_Value]]) -> Literal["conflict", "change"]:
    """A change when the reports lie apart; of a time, only when one of them spoke of a plan."""
    days = [[value.sentence.document.published for value in values] for values in positions]
    if any(day is None for dates in days for day in dates):
        return "conflict"
    spans = sorted((min(filter(None, dates)), max(filter(None, dates))) for dates in days)
    apart = all(later[0] - earlier[1] > timedelta(days=tuning.CHANGE_DAYS) for earlier, later in pairwise(spans))
    of_time = any(value.time for values in positions for value in values)
    planned = any(is_plan(value.sentence.quote) for values in positions for value in values)
    return "change" if apart and (planned or not of_time) else "conflict"


def _position(values: Sequence[_Value]) -> Position:
    return Position(
        values[0].words,
        tuple(value.sentence.citation for value in values),
        _independent(value.sentence for value in values),
    )


def _independent(evidence: Iterable[Evidence]) -> int:
    """How many outlets say so, of a report or a sentence that is printed again one."""
    kept: list[tuple[Evidence, frozenset[str]]] = []
    for sentence in evidence:
        stems = read(sentence.quote).stems
        if not any(_is_again(sentence, stems, *earlier) for earlier in kept):
            kept.append((sentence, stems))
    return len({sentence.document.outlet or sentence.document.doc_id for sentence, _ in kept})


def _is_again(sentence: Evidence, stems: frozenset[str], earlier: Evidence, earlier_stems: frozenset[str]) -> bool:
    same_sentence = len(stems & earlier_stems) >= tuning.REPRINTED * len(stems | earlier_stems)
    return same_sentence or is_reprint(sentence.document.text, earlier.document.text)


def disagreement_in_words(disagreement: Disagreement) -> str:
    """For a user, above the positions."""
    return "The sources differ:" if disagreement.kind == "conflict" else "The sources tell of a change:"


def since_in_words(disagreement: Disagreement, at: int) -> str:
    """What stands before the position `at`: of a change, that it is what later reports say."""
    return "since then: " if disagreement.kind == "change" and at else ""
