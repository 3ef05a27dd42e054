"""Whether a sentence, true or not, answers what was asked: an amount where one is, about what and when was named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from index.dates import find_mentions
from index.dates.times import overlap, shown_date
from qa import tuning
from qa.check.answer_type import check_kind
from qa.check.sentence import Said, about_itself, read_said
from qa.english.pointing import is_anaphoric
from qa.english.text import read
from qa.english.titles import OFFICE_WORDS
from qa.english.words import is_akin, stem, words_of
from qa.question.kinds import asks_who
from qa.question.read import Asked
from qa.records import Evidence


def in_focus(asked: Asked, evidence: Sequence[Evidence]) -> list[Evidence]:
    """The evidence that speaks of the names and times of the question; all of it when none does."""
    focused = [
        found
        for found in evidence
        if not [*_check_subject(asked, (found,), evidence), *_check_period(asked, (found,), evidence)]
    ]
    return focused or list(evidence)


def check_answers(asked: Asked, text: str, evidence: Sequence[Evidence], shown: Sequence[Evidence]) -> tuple[str, ...]:
    """Why `text`, true or not, does not answer what was asked; empty when it may.

    Args:
        evidence: What the sentence cites.
        shown: All the evidence it was written from.
    """
    said = read_said(text, evidence, asked.text)
    of_text = chain(_check_new(asked, said), check_kind(asked, said))
    of_cited = (check(asked, evidence, shown) for check in (_check_subject, _check_period, _check_outstanding))
    return (*of_text, *chain.from_iterable(of_cited), *_check_denied(said, shown), *_check_counted_on(said, shown))


def misleads(asked: Asked, text: str, evidence: Sequence[Evidence], shown: Sequence[Evidence]) -> bool:
    """Whether `text` only says again what was asked, or takes a second for all: what it cites is no place to look."""
    said = read_said(text, evidence, asked.text)
    return any(_check_new(asked, said)) or any(_check_counted_on(said, shown))


def _check_new(asked: Asked, said: Said) -> Iterator[str]:
    known = asked.text.stems
    new_time = any(resolved not in asked.times for _, resolved in said.times)
    new = new_time or said.text.stems - known or said.text.denies != asked.text.denies
    if (not asked.yes_or_no and not new) or _repeats(asked, said):
        yield "It only repeats the question."


def _repeats(asked: Asked, said: Said) -> bool:
    """Whether it is nothing but a name, and holds a whole one of the question: "King Charles of Orme" for the king."""
    alone = next(iter(said.whole.names), None)
    if alone is None or alone.words.strip(" .") != said.whole.strip(" .") or not asks_who(asked.text):
        return False
    names = (read(name).vocabulary for name in asked.full_names)
    return any(len(name) > 1 and name <= read(alone.words).vocabulary for name in names)


def _check_subject(asked: Asked, cited: Sequence[Evidence], shown: Sequence[Evidence]) -> Iterator[str]:
    """A name of the question that other evidence speaks of, and what is cited does not.

    A name that is the subject of the whole document, or that a "he" or "the vote" may stand for, need not be repeated.
    """
    held = {stem(word) for found in cited for word in words_of(f"{found.quote} {about_itself(found)}")}
    if any(is_anaphoric(found.quote) for found in cited):
        held |= {stem(word) for found in cited for word in words_of(found.document.text)}
    sentences = [read(found.quote).all_stems for found in shown]
    for name in asked.names:
        word = name.lower()
        share = sum(is_akin(word, stems) for stems in sentences) / max(1, len(sentences))
        distinctive = (
            len(word) >= tuning.SUBJECT_LETTERS and word not in OFFICE_WORDS and 0 < share <= tuning.UBIQUITOUS
        )
        throughout = any(_occurs(name, found) >= tuning.OFTEN_NAMED for found in cited)
        if distinctive and not throughout and not is_akin(word, held):
            yield f"The question is about {name!r}; the cited passage does not mention it."


def _occurs(name: str, found: Evidence) -> int:
    return found.document.text.count(name)


def _check_period(asked: Asked, cited: Sequence[Evidence], shown: Sequence[Evidence]) -> Iterator[str]:
    """The times of the question, when other evidence speaks of one, and the cited passage and its report of none."""
    told = [time for time in asked.times if any(is_of(time, found) for found in shown)]
    if told and not any(is_of(time, found) for time in told for found in cited):
        yield f"The question is about {shown_date(told[0])}; the cited passage is not."


def _check_outstanding(asked: Asked, cited: Sequence[Evidence], shown: Sequence[Evidence]) -> Iterator[str]:
    """When one sentence has most of the question's words, an answer rests on it or on one that has half as many.

    Asked when, only a sentence that gives a time can be that one.
    """
    best = max((found.coverage for found in shown if asked.expects != "time" or found.mentions), default=0.0)
    if best >= tuning.STANDS_OUT and max(found.coverage for found in cited) < tuning.OUTSAID * best:
        yield "Another passage says far more of what is asked."


def _check_denied(said: Said, shown: Sequence[Evidence]) -> Iterator[str]:
    """A clause of what else was read that says "not" of what the sentence says, in nearly all of its words."""
    own = said.text.stems
    if said.text.denies:
        return
    for found in shown:
        for clause in read(found.quote).clauses:
            told = read(clause).stems
            if (
                read(clause).denies
                and len(told) >= tuning.DENYING_WORDS
                and len(told & own) >= tuning.DENIED * len(told)
            ):
                yield f"The documents deny it: “{clause}”."
                return


def _check_counted_on(said: Said, shown: Sequence[Evidence]) -> Iterator[str]:
    """A count of all that the cited sentence knows as "the second", where another that was read knows a fourth."""
    told = said.quoted.quantities
    for number in said.text.quantities:
        same = [one for one in told if one.value == number.value]
        if number.ordinal or not same or not all(one.ordinal for one in same):
            continue
        counted = frozenset.union(*(one.counted for one in same)) & number.counted
        others = (one for found in shown for one in read(found.quote).quantities if one.ordinal)
        more = next((one for one in others if one.value > number.value and one.counted & counted), None)
        if more:
            yield f"The documents count on: “{more.words}”."


def is_of(time: str, found: Evidence) -> bool:
    """Whether a sentence is of this time.

    By its report's date or its own words; one without any takes those of the passage around.
    """
    published = found.document.published
    if published is not None and overlap(time, published.isoformat()):
        return True
    mentions = found.mentions or find_mentions(found.passage.text, published)
    return any(overlap(time, mention.resolved) for mention in mentions)
