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
from qa.check.verify import in_focus
from qa.english.modality import is_plan
from qa.english.quantities import Quantity, bears, find_quantities
from qa.english.spellings import same_name
from qa.english.text import read
from qa.english.words import words_of
from qa.question.read import Asked
from qa.records import Disagreement, Evidence, Position


@dataclass(frozen=True, slots=True)
class _Told:
    """What one document says."""

    words: str
    found: Evidence
    quantity: Quantity | None = None
    time: str | None = None
    name: tuple[str, ...] = field(default=())


def find_disagreement(asked: Asked, evidence: Sequence[Evidence]) -> Disagreement | None:
    """What documents say differently on a question for a number, an amount, an age, a time or a name.

    Args:
        evidence: Best first.
    """
    told = [one for found in _nearest_of_each(asked, evidence) if (one := _read(asked, found))]
    positions: list[list[_Told]] = []
    for one in told:
        for position in positions:
            if any(_agree(one, other) for other in position):
                position.append(one)
                break
        else:
            positions.append([one])
    if len(positions) < 2 or any(_tells_both(one, other) for one, other in combinations(told, 2)):
        return None
    found = sorted(map(_position, positions), key=lambda position: str(position.citations[0].published or ""))
    return Disagreement(_kind(positions), tuple(found))


def _nearest_of_each(asked: Asked, evidence: Sequence[Evidence]) -> Iterable[Evidence]:
    """The sentence of each document that says most of what is asked, if it says enough of it."""
    fitting = [found for found in in_focus(asked, evidence) if not read(found.quote).is_fragment]
    most = max((found.coverage for found in fitting), default=0.0)
    enough = max(tuning.DIFFERING_ABOUT, tuning.DIFFERING_AS_MUCH * most)
    nearest: dict[str, Evidence] = {}
    for found in sorted(fitting, key=lambda found: -found.coverage):
        if found.coverage >= enough:
            nearest.setdefault(found.document.doc_id, found)
    return nearest.values()


def _read(asked: Asked, found: Evidence) -> _Told | None:
    if asked.expects in {"number", "amount", "age"}:
        return _number(asked, found)
    if asked.expects == "time":
        return _time(asked, found)
    return _name(asked, found) if asked.asks_for_name else None


def _number(asked: Asked, found: Evidence) -> _Told | None:
    """The one number of what the question counts; of money, where an amount is asked for."""
    wanted = asked.text.stems
    known = {quantity.value for quantity in asked.text.quantities}
    dated = [(mention.start - found.start, mention.end - found.start) for mention in found.mentions]
    numbers = [
        quantity
        for quantity in read(found.quote).quantities
        if quantity.value not in known and not any(start <= quantity.start < end for start, end in dated)
    ]
    if asked.expects == "amount":
        fitting = [quantity for quantity in numbers if quantity.units]
    else:
        fitting = [quantity for quantity in numbers if quantity.counted & wanted]
    if len({quantity.value for quantity in fitting}) != 1:
        return None
    return _Told(fitting[0].words, found, quantity=fitting[0])


def _time(asked: Asked, found: Evidence) -> _Told | None:
    """The one time that the sentence names and the question does not."""
    times = {mention.resolved for mention in found.mentions if mention.resolved not in asked.times}
    if len(times) != 1:
        return None
    (time,) = times
    return _Told(shown_date(time), found, time=time)


def _name(asked: Asked, found: Evidence) -> _Told | None:
    """The one name of several words that the sentence has and the question does not."""
    known = asked.text.vocabulary
    runs = {tuple(words_of(run.words)): run.words.rstrip(".,-") for run in read(found.quote).names}
    names = {name: words for name, words in runs.items() if len(name) > 1 and not set(name) & known}
    if len(names) != 1:
        return None
    ((name, words),) = names.items()
    return _Told(words, found, name=name)


def _agree(one: _Told, other: _Told) -> bool:
    if one.quantity and other.quantity:
        return bears(one.quantity, other.quantity) or bears(other.quantity, one.quantity)
    if one.time and other.time:
        return overlap(one.time, other.time)
    return _same_person(one.name, other.name)


def _same_person(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether the last words of the two names are the same, or one name holds the other."""
    return same_name(one[-1], other[-1]) or set(one) <= set(other) or set(other) <= set(one)


def _tells_both(one: _Told, other: _Told) -> bool:
    """Whether the two disagree and one's document has the other's value as well."""
    return not _agree(one, other) and (_holds(one.found, other) or _holds(other.found, one))


def _holds(found: Evidence, value: _Told) -> bool:
    text = found.document.text
    if value.quantity:
        return any(bears(quantity, value.quantity) for quantity in find_quantities(text))
    if value.time:
        return any(value.time == mention.resolved for mention in find_mentions(text, found.document.published))
    return value.name[-1] in words_of(text)


def _kind(positions: Sequence[Sequence[_Told]]) -> Literal["conflict", "change"]:
    """A change when the reports lie apart; of a time, only when one of them spoke of a plan."""
    days = [[one.found.document.published for one in told] for told in positions]
    if any(day is None for told in days for day in told):
        return "conflict"
    spans = sorted((min(filter(None, told)), max(filter(None, told))) for told in days)
    apart = all(later[0] - earlier[1] > timedelta(days=tuning.CHANGE_DAYS) for earlier, later in pairwise(spans))
    of_time = any(one.time for told in positions for one in told)
    planned = any(is_plan(one.found.quote) for told in positions for one in told)
    return "change" if apart and (planned or not of_time) else "conflict"


def _position(told: Sequence[_Told]) -> Position:
    return Position(told[0].words, tuple(one.found.citation for one in told), _independent(one.found for one in told))


def _independent(evidence: Iterable[Evidence]) -> int:
    """How many outlets say so, of a report or a sentence that is printed again one."""
    kept: list[tuple[Evidence, frozenset[str]]] = []
    for found in evidence:
        stems = read(found.quote).stems
        if not any(_is_again(found, stems, *one) for one in kept):
            kept.append((found, stems))
    return len({found.document.outlet or found.document.doc_id for found, _ in kept})


def _is_again(found: Evidence, stems: frozenset[str], other: Evidence, others: frozenset[str]) -> bool:
    same_sentence = len(stems & others) >= tuning.REPRINTED * len(stems | others)
    return same_sentence or is_reprint(found.document.text, other.document.text)


def disagreement_in_words(disagreement: Disagreement) -> str:
    """For a user, above the positions."""
    return "The sources differ:" if disagreement.kind == "conflict" else "The sources tell of a change:"


def since_in_words(disagreement: Disagreement, at: int) -> str:
    """What stands before the position `at`: of a change, that it is what later reports say."""
    return "since then: " if disagreement.kind == "change" and at else ""
