"""Whether a sentence of an answer, true or not, answers what was asked; and which evidence speaks of it.

An amount where an amount was asked for, about the person and the time that were
named, from a passage that says no less of it than another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain

from index.dates import find_mentions
from qa.question import Asked
from qa.records import Evidence
from qa.times import overlap, shown_date
from qa.verify import POINTS_BACK, Statement, contradicts, is_framed, of_document, read_statement, subjects_of, told_of
from qa.words import STOP_WORDS, content_stems, numbers_in, root_of, words_of

STANDS_OUT = 0.6
"""A sentence that holds this share of the question's words is what it is about; chosen on the tuning half."""
ABOUT = 0.5
"""A passage may stand in for a sentence when it holds more than this share of its words, names and numbers."""
SPEAKS_FOR_ITSELF = 0.5
"""Such a passage holds at least this share of the best one's words of the question."""
UBIQUITOUS = 0.5
"""A name in more than this share of the evidence says nothing about which sentence is meant."""

_MONEY_OR_MEASURE = re.compile(
    r"[$€£¥₹]|\b(?:dollars?|euros?|pounds?|rou?bles?|yuan|yen|rupees?|kyats?|million|billion|trillion|percent|per cent"
    r"|tonnes?|tons?|litres?|kilomet\w+|miles?|megawatts?|MW|GW)\b|%",
    re.I,
)
_AGE = re.compile(r"\b(?:aged?|years? old|born|birthday)\b|-year-old", re.I)
_OFFICE = re.compile(
    r"\w+(?:er|or|ist|man|men|woman|women|person|people|ian|ant|ent)s?|chief|head|group|party|government|army|council",
)
"""Words for people by what they do: an answer to "who" without a name."""
_TITLES = frozenset("president prime minister general senior chairman chief king queen secretary leader".split())


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
    claim = read_statement(text, evidence, asked.text)
    of_text = chain(_check_new(asked, claim), _check_kind(asked, claim))
    of_cited = (check(asked, evidence, shown) for check in (_check_subject, _check_period, _check_outstanding))
    return (*of_text, *chain.from_iterable(of_cited))


def speaks_for_itself(asked: Asked, text: str, found: Evidence, shown: Sequence[Evidence]) -> bool:
    """Whether a passage may be quoted in place of `text`, which pointed to it and did not bear checking.

    The text was of the kind asked for. The passage says most of it and does not deny it, is of the time asked for,
    and is among those that say most of what is asked.
    """
    own = [mention.resolved for mention in found.mentions]
    published = found.document.published
    timeless = not own or not asked.times or (published and published.isoformat() in asked.times)
    if not timeless and not any(overlap(time, mine) for time in asked.times for mine in own):
        return False
    claim = read_statement(text, (found,), asked.text)
    if any(_check_kind(asked, claim)):
        return False
    said = {*content_stems(claim.text), *numbers_in(claim.text), *(resolved for _, resolved in claim.times)}
    known = {*content_stems(claim.quoted), *numbers_in(claim.quoted), *content_stems(of_document(found))}
    known |= {resolved for _, resolved in claim.times if told_of(resolved, claim)}
    if POINTS_BACK.search(claim.quoted):
        known |= set(content_stems(" ".join(asked.names))) & set(content_stems(claim.around))
    return (
        len(said & known) > ABOUT * len(said)
        and found.coverage >= SPEAKS_FOR_ITSELF * max(each.coverage for each in shown)
        and not contradicts(text, (found,), asked.text)
        and not check_answers(asked, found.shown, (found,), shown)
    )


def _check_new(asked: Asked, claim: Statement) -> Iterator[str]:
    known = set(content_stems(asked.text))
    new_time = any(resolved not in asked.times for _, resolved in claim.times)
    if not asked.yes_or_no and not new_time and not set(content_stems(claim.text)) - known:
        yield "It only repeats the question."


def _check_kind(asked: Asked, claim: Statement) -> Iterator[str]:
    numbers = numbers_in(claim.text) or re.search(r"\b(?:one|only|no|none|once|twice)\b", claim.text, re.I)
    if asked.expects == "time":
        told = [resolved for _, resolved in claim.times if told_of(resolved, claim)]
        dated = asked.about_document and any(is_framed(resolved, claim) for _, resolved in claim.times)
        if not told and not dated:
            yield "The question asks for a time; the cited passage gives none."
    elif asked.expects == "number" and not numbers and not claim.times:
        yield "The question asks for a number; the answer has none."
    elif asked.expects == "amount" and not (numbers_in(claim.text) and _MONEY_OR_MEASURE.search(claim.quoted)):
        yield "The question asks for an amount; the cited passage gives none."
    elif asked.expects == "age" and not (numbers_in(claim.text) and _AGE.search(claim.quoted)):
        yield "The question asks for an age; the cited passage gives none."
    elif asked.expects == "name" and not asked.about_document and not _names_someone(asked, claim):
        yield "The question asks for a name; the answer gives none."


def _names_someone(asked: Asked, claim: Statement) -> bool:
    """Whether it gives a name or an office that the question does not."""
    known = {root_of(word) for word in words_of(asked.text)}
    names = {root_of(word.lower()) for word in re.findall(r"[A-Z][\w’'-]+", claim.quoted)} - STOP_WORDS
    said = {word: root_of(word) for word in words_of(claim.text)}
    return any(root not in known and (root in names or _OFFICE.fullmatch(word)) for word, root in said.items())


def _check_subject(asked: Asked, cited: Sequence[Evidence], shown: Sequence[Evidence]) -> Iterator[str]:
    """A name of the question that other evidence speaks of, and what is cited does not.

    A name that is the subject of the whole document, or that a "he" or "the vote" may stand for, need not be repeated.
    """
    held = {root_of(word) for found in cited for word in words_of(f"{found.quote} {of_document(found)}")}
    if any(POINTS_BACK.search(found.quote) for found in cited):
        held |= {root_of(word) for found in cited for word in words_of(found.document.text)}
    sentences = [{root_of(word) for word in words_of(found.quote)} for found in shown]
    for name in asked.names:
        root = root_of(name.lower())
        share = sum(root in roots for roots in sentences) / max(1, len(sentences))
        distinctive = len(root) > 2 and name.lower() not in _TITLES and 0 < share <= UBIQUITOUS
        if distinctive and root not in held and not any(root in subjects_of(found) for found in cited):
            yield f"The question is about {name!r}; the cited passage does not mention it."


def _check_period(asked: Asked, cited: Sequence[Evidence], shown: Sequence[Evidence]) -> Iterator[str]:
    """The times of the question, when other evidence speaks of one, and the cited passage and its report of none."""
    told = [time for time in asked.times if any(is_of(time, found) for found in shown)]
    if told and not any(is_of(time, found) for time in told for found in cited):
        yield f"The question is about {shown_date(told[0])}; the cited passage is not."


def _check_outstanding(asked: Asked, cited: Sequence[Evidence], shown: Sequence[Evidence]) -> Iterator[str]:
    """When one sentence has most of the question's words, an answer rests on it or on one that has a third as many."""
    best = max(found.coverage for found in shown)
    if best >= STANDS_OUT and max(found.coverage for found in cited) < best / 3:
        yield "Another passage says far more of what is asked."


def is_of(time: str, found: Evidence) -> bool:
    """Whether a sentence is of this time.

    By its report's date or its own words; one without any takes those of the passage around.
    """
    published = found.document.published
    if published is not None and overlap(time, published.isoformat()):
        return True
    mentions = found.mentions or find_mentions(found.passage.text, published)
    return any(overlap(time, mention.resolved) for mention in mentions)
