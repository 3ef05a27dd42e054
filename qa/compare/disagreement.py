"""Sources that answer one question differently: who says what, and when.

What is set against the answer is what other documents say likeliest in its place; and a
document that tells both values takes no side: it speaks of two things.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Literal

from index.reprints import is_reprint
from qa import tuning
from qa.compare.differing import Pair, Told, likeliest_pair, read_told
from qa.compare.values import Value, agree, tells, values_of_text
from qa.english.modality import is_plan
from qa.english.text import read
from qa.find.numbering import Numbering
from qa.question.read import Asked
from qa.records import Citation, Claim, Disagreement, Evidence, Position


@dataclass(slots=True)
class _Side:
    """A value, and the sentences of different documents that tell it."""

    value: Value
    sentences: list[Evidence]


def find_disagreement(
    asked: Asked,
    answer: Sequence[Claim],
    evidence: Sequence[Evidence],
    others: Sequence[Evidence],
    numbering: Numbering,
) -> Disagreement | None:
    """What other documents than the cited one give as another number, time or name in the place of the answer's.

    Args:
        others: Sentences that were found and not read for the answer.
    """
    statements = [read_told(asked, sentence) for sentence in (*evidence, *others)]
    for claim in answer:
        cited = {citation.number for citation in claim.citations}
        for first in (likely for likely in statements if likely.sentence.number in cited):
            answered = values_of_text(asked, claim.text, first.sentence.document.published)
            sides = _sides(first, _likeliest_of_each(asked, first, statements, answered))
            if len(sides) > 1:
                positions = [_position(side, numbering) for side in sides]
                in_time = sorted(positions, key=lambda position: str(position.citations[0].published or ""))
                return Disagreement(_kind(sides), tuple(in_time))
    return None


def _likeliest_of_each(
    asked: Asked, first: Told, statements: Iterable[Told], answered: Sequence[Value]
) -> list[tuple[Pair, Evidence]]:
    """Of each other document what is likeliest given in the place of the answer's value, the likeliest first."""
    likeliest: dict[str, tuple[Pair, Evidence]] = {}
    for second in statements:
        of = second.sentence.document.doc_id
        if of == first.sentence.document.doc_id or read(second.sentence.quote).is_fragment:
            continue
        pair = likeliest_pair(asked, first, second, answered)
        if pair and pair.score >= tuning.DIFFERING and (of not in likeliest or pair.score > likeliest[of][0].score):
            likeliest[of] = pair, second.sentence
    return sorted(likeliest.values(), key=lambda likely: -likely[0].score)


def _sides(first: Told, likeliest: Sequence[tuple[Pair, Evidence]]) -> list[_Side]:
    """The answer's value, and the others given in its place; one where no document gives another."""
    rivals = [
        (pair, sentence)
        for pair, sentence in likeliest
        if not pair.same
        and not tells(sentence.document, pair.first)
        and not tells(first.sentence.document, pair.second)
    ]
    if not rivals:
        return []
    value = rivals[0][0].first
    sides = [_Side(value, [first.sentence])]
    for pair, sentence in [*rivals, *(likely for likely in likeliest if likely[0].same)]:
        if not agree(pair.first, value):
            continue
        side = next((side for side in sides if agree(side.value, pair.second)), None)
        if side:
            side.sentences.append(sentence)
        else:
            sides.append(_Side(pair.second, [sentence]))
    return sides


def _kind(sides: Sequence[_Side]) -> Literal["conflict", "change"]:
    """A change when the reports lie apart; of a time, only when one of them spoke of a plan."""
    days = [[sentence.document.published for sentence in side.sentences] for side in sides]
    if any(day is None for dates in days for day in dates):
        return "conflict"
    spans = sorted((min(filter(None, dates)), max(filter(None, dates))) for dates in days)
    apart = all(later[0] - earlier[1] > timedelta(days=tuning.CHANGE_DAYS) for earlier, later in pairwise(spans))
    of_time = sides[0].value.kind == "time"
    planned = any(is_plan(sentence.quote) for side in sides for sentence in side.sentences)
    return "change" if apart and (planned or not of_time) else "conflict"


def _position(side: _Side, numbering: Numbering) -> Position:
    citations = (_citation(sentence, numbering) for sentence in side.sentences)
    return Position(side.value.words, tuple(citations), _independent(side.sentences))


def _citation(sentence: Evidence, numbering: Numbering) -> Citation:
    """With the marker that the sentence has in the whole answer."""
    document = sentence.document
    marker = numbering.marker(document.doc_id, sentence.start, sentence.end)
    return Citation.of(marker, document, (sentence.start, sentence.end), sentence.mentions)


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
