"""Whether a sentence, true or not, answers what was asked: an amount where one is, about what and when was named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from index.dates import find_mentions
from index.dates.times import overlap, shown_date
from qa import tuning
from qa.check.answer_type import check_kind
from qa.check.sentence import Statement, about_itself, read_statement
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
        sentence
        for sentence in evidence
        if not [*_check_subject(asked, (sentence,), evidence), *_check_period(asked, (sentence,), evidence)]
    ]
    return focused or list(evidence)


def check_answers(asked: Asked, text: str, cited: Sequence[Evidence], evidence: Sequence[Evidence]) -> tuple[str, ...]:
    """Why `text`, true or not, does not answer what was asked; empty when it may.

    Args:
        cited: The evidence that it cites.
        evidence: All that it was written from.
    """
    statement = read_statement(text, cited, asked.text)
    of_text = chain(_check_new(asked, statement), check_kind(asked, statement))
    of_cited = (check(asked, cited, evidence) for check in (_check_subject, _check_period, _check_outstanding))
    return (
        *of_text,
        *chain.from_iterable(of_cited),
        *_check_denied(statement, evidence),
        *_check_counted_on(statement, evidence),
    )


def misleads(asked: Asked, text: str, cited: Sequence[Evidence], evidence: Sequence[Evidence]) -> bool:
    """Whether `text` only says again what was asked, or takes a second for all: what it cites is no place to look."""
    statement = read_statement(text, cited, asked.text)
    return any(_check_new(asked, statement)) or any(_check_counted_on(statement, evidence))


def _check_new(asked: Asked, statement: Statement) -> Iterator[str]:
    asked_stems = asked.text.stems
    new_time = any(resolved not in asked.times for _, resolved in statement.times)
    new = new_time or statement.text.stems - asked_stems or statement.text.denies != asked.text.denies
    if (not asked.yes_or_no and not new) or _repeats(asked, statement):
        yield "It only repeats the question."


def _repeats(asked: Asked, statement: Statement) -> bool:
    """Whether it is nothing but a name, and holds a whole one of the question: "King Charles of Orme" for the king."""
    alone = next(iter(statement.whole.names), None)
    if alone is None or alone.words.strip(" .") != statement.whole.strip(" .") or not asks_who(asked.text):
        return False
    names = (read(name).vocabulary for name in asked.full_names)
    return any(len(name) > 1 and name <= read(alone.words).vocabulary for name in names)


def _check_subject(asked: Asked, cited: Sequence[Evidence], evidence: Sequence[Evidence]) -> Iterator[str]:
    """A name of the question that other evidence speaks of, and what is cited does not.

    A name that is the subject of the whole document, or that a "he" or "the vote" may stand for, need not be repeated.
    """
    cited_stems = {stem(word) for sentence in cited for word in words_of(f"{sentence.quote} {about_itself(sentence)}")}
    if any(is_anaphoric(sentence.quote) for sentence in cited):
        cited_stems |= {stem(word) for sentence in cited for word in words_of(sentence.document.text)}
    sentences = [read(sentence.quote).all_stems for sentence in evidence]
    for name in asked.names:
        word = name.lower()
        share = sum(is_akin(word, stems) for stems in sentences) / max(1, len(sentences))
        distinctive = (
            len(word) >= tuning.SUBJECT_LETTERS and word not in OFFICE_WORDS and 0 < share <= tuning.UBIQUITOUS
        )
        throughout = any(_occurs(name, sentence) >= tuning.OFTEN_NAMED for sentence in cited)
        if distinctive and not throughout and not is_akin(word, cited_stems):
            yield f"The question is about {name!r}; the cited passage does not mention it."


def _occurs(name: str, sentence: Evidence) -> int:
    return sentence.document.text.count(name)


def _check_period(asked: Asked, cited: Sequence[Evidence], evidence: Sequence[Evidence]) -> Iterator[str]:
    """The times of the question, when other evidence speaks of one, and the cited passage and its report of none."""
    times = [time for time in asked.times if any(is_of(time, sentence) for sentence in evidence)]
    if times and not any(is_of(time, sentence) for time in times for sentence in cited):
        yield f"The question is about {shown_date(times[0])}; the cited passage is not."


def _check_outstanding(asked: Asked, cited: Sequence[Evidence], evidence: Sequence[Evidence]) -> Iterator[str]:
    """When one sentence has most of the question's words, an answer rests on it or on one that has half as many.

    Asked when, only a sentence that gives a time can be that one.
    """
    best = max(
        (sentence.coverage for sentence in evidence if asked.expects != "time" or sentence.mentions), default=0.0
    )
    if best >= tuning.STANDS_OUT and max(sentence.coverage for sentence in cited) < tuning.OUTSAID * best:
        yield "Another passage says far more of what is asked."


def _check_denied(statement: Statement, evidence: Sequence[Evidence]) -> Iterator[str]:
    """A clause of what else was read that says "not" of what the sentence says, in nearly all of its words."""
    claimed = statement.text.stems
    if statement.text.denies:
        return
    for sentence in evidence:
        for clause in read(sentence.quote).clauses:
            denied = read(clause).stems
            if (
                read(clause).denies
                and len(denied) >= tuning.DENYING_WORDS
                and len(denied & claimed) >= tuning.DENIED * len(denied)
            ):
                yield f"The documents deny it: “{clause}”."
                return


def _check_counted_on(statement: Statement, evidence: Sequence[Evidence]) -> Iterator[str]:
    """A count of all that the cited sentence knows as "the second", where another that was read knows a fourth."""
    cited = statement.cited.quantities
    for number in statement.text.quantities:
        same = [quantity for quantity in cited if quantity.value == number.value]
        if number.ordinal or not same or not all(quantity.ordinal for quantity in same):
            continue
        counted = frozenset.union(*(quantity.counted for quantity in same)) & number.counted
        others = (quantity for sentence in evidence for quantity in read(sentence.quote).quantities if quantity.ordinal)
        more = next(
            (quantity for quantity in others if quantity.value > number.value and quantity.counted & counted), None
        )
        if more:
            yield f"The documents count on: “{more.words}”."


def is_of(time: str, sentence: Evidence) -> bool:
    """Whether a sentence is of this time.

    By its report's date or its own words; one without any takes those of the passage around.
    """
    published = sentence.document.published
    if published is not None and overlap(time, published.isoformat()):
        return True
    mentions = sentence.mentions or find_mentions(sentence.passage.text, published)
    return any(overlap(time, mention.resolved) for mention in mentions)
