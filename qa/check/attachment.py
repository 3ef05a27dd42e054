"""Of several numbers or times in one sentence, which belongs to what was asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from index.records import Span
from qa import tuning
from qa.english.form import is_parted, stems_with_spans, without_dates
from qa.english.names import linked_names
from qa.english.quantities import Quantity, bears, measures_alike
from qa.english.text import read
from qa.english.words import stem, words_of
from qa.question.kinds import kinds_of_name_asked
from qa.question.read import Asked
from qa.records import Evidence


def is_attached_elsewhere(asked: Asked, times: Sequence[str], numbers: Sequence[Quantity], sentence: Evidence) -> bool:
    """Whether another time or number of a sentence stands nearer to the question's words than the one answered with.

    "Interest will overtake health care in 2020 and the army's budget in 2023", asked when the army's.

    Args:
        times: What the answer gives, in ISO 8601; a bare "2023." is a number.
        numbers: The same of its numbers.
    """
    if asked.expects == "time":
        years = {f"{number.value:.0f}" for number in numbers}
        dated = [(m.resolved, (m.start - sentence.start, m.end - sentence.start)) for m in sentence.mentions]
        places = [(resolved in times if times else resolved in years, span) for resolved, span in dated]
    else:
        places = [
            (any(bears(quantity, number) for number in numbers), span) for quantity, span in _numbers(sentence, numbers)
        ]
    ours, others = ([span for answered, span in places if answered is wanted] for wanted in (True, False))
    if not ours or not others:
        return False
    every = [span for _, span in places]
    words = stems_with_spans(sentence.quote)
    wanted = {stem(term) for term in asked.terms}

    def nearness(of: Sequence[Span]) -> float:
        return max(_nearness(span, words, wanted, every, sentence.quote) for span in of)

    return nearness(others) > nearness(ours)


def _numbers(sentence: Evidence, like: Sequence[Quantity]) -> Iterator[tuple[Quantity, Span]]:
    """The numbers of the sentence that measure the same as those answered with; none that is part of a time."""
    inside = [(m.start - sentence.start, m.end - sentence.start) for m in sentence.mentions]
    for quantity in read(sentence.quote).quantities:
        dated = any(start <= quantity.start and quantity.end <= end for start, end in inside)
        if not dated and any(measures_alike(quantity, number) for number in like):
            yield quantity, (quantity.start, quantity.end)


def _nearness(
    span: Span, words: Sequence[tuple[Span, str]], wanted: set[str], every: Sequence[Span], text: str
) -> float:
    """The sum over the question's words near by, up to the next number or time, of one by the distance in words."""
    at = sum(end <= span[0] for (_, end), _ in words)
    behind = at + sum(span[0] <= start and end <= span[1] for (start, end), _ in words)
    best: dict[str, float] = {}
    for position, ((start, end), word) in enumerate(words):
        distance = at - position if position < at else position - behind + 1
        if word not in wanted or not 0 < distance <= tuning.ATTACHED_WORDS:
            continue
        first, last = min(end, span[1]), max(start, span[0])
        if any(first <= place[0] and place[1] <= last for place in every):
            continue
        near = (tuning.ACROSS_COMMA if is_parted(text[first:last]) else 1.0) / distance
        best[word] = max(best.get(word, 0.0), near)
    return sum(best.values())


def leaves_out(asked: Asked, text: str, sentence: Evidence) -> bool:
    """Whether a sentence names what is asked for and the answer from it leaves that name out.

    "Which forum was it?", answered "They met in Vladivostok" of "They met in Vladivostok, at the Eastern Forum".
    """
    wanted = kinds_of_name_asked(asked.text)
    repeated = {stem(word) for word in (*read(text).words, *asked.text.words)}
    names = [[stem(word) for word in words_of(run)] for run in linked_names(sentence.quote)]
    names = [name for name in names if wanted & set(name)]
    return bool(names) and not any(set(name) <= repeated for name in names)


def cuts_short(text: str, sentence: Evidence) -> bool:
    """Whether an answer is the beginning of a sentence, word for word, and leaves the rest of it out."""
    answer, whole = (words_of(without_dates(words)) for words in (text, sentence.quote))
    return tuning.CUT_SHORT_WORDS <= len(answer) < len(whole) and whole[: len(answer)] == answer
