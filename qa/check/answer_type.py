"""Whether an answer is of the kind asked for: a time, a number, a measure, an amount, an age, an office, a name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from index.dates import find_mentions
from index.dates.days import MONTH
from qa import tuning
from qa.check.dates import frames, is_told
from qa.check.measures import gives_amount, gives_measure, measure_asked
from qa.check.names import find_runs, names_of
from qa.check.sentence import Said
from qa.english.form import AGE
from qa.english.quantities import numbers_in
from qa.english.titles import OFFICE_WORDS, OFFICES, titles_in
from qa.english.words import STOP_WORDS, content_stems, is_akin, stem, words_of
from qa.question.read import Asked

_ANY_DAY = date(2000, 1, 1)
_NOBODY = frozenset("nobody everybody everyone anyone none".split())
_ASKS_NAME = re.compile(r"\bnames? of\b|\b(?:called|named)\?*$", re.I)
_ASKS_WHICH = re.compile(
    r"\s*(?:\w+ )?which (?:[\w’'-]+ ){0,2}(?:groups?|agency|agencies|organi[sz]ations?|company|companies"
    r"|firms?|newspapers?|outlets?|universit\w+|hospitals?|banks?|airlines?|websites?|broadcasters?|channels?|magazines?|institutes?"
    r"|charit\w+|countr\w+|city|cities|towns?|villages?)\b",
    re.I,
)
"""What has a name: "which monitoring group" is not answered by "the local monitoring group"."""
_COUNTS = re.compile(r"\bhow many\b|\bnumber of\b", re.I)
"""Asked so, the number of a date is no answer."""
_ASKS_OFFICE = re.compile(r"\bwh(?:at|ich)\b.*\b(?:title|office|post|rank|role|job|position)\b", re.I)
_SOMEBODY = re.compile(
    r"\b(?:the|an?|his|her|its|their|some|several|other|two|by)\s+(?:\w+\s+){0,2}?(\w+)|(\w+s)\b", re.I
)
"""Where a word may stand for somebody without a name: "the mayor", "protesters"."""
ASKS_WHO = re.compile(r"\s*whom?\b(?! (?:is|was|are|were)\b)", re.I)
"""Not "who is Calder", which her title answers."""


def check_kind(asked: Asked, said: Said) -> Iterator[str]:
    """Why an answer is not of the kind asked for."""
    numbers = numbers_in(said.text) or re.search(r"\b(?:one|only|no|none|once|twice)\b", said.text, re.I)
    if asked.expects == "time":
        told = [resolved for _, resolved in said.times if is_told(resolved, said)]
        dated = asked.about_document and any(frames(resolved, said) for _, resolved in said.times)
        if not told and not dated and not _names_day(said):
            yield "The question asks for a time; the cited passage gives none."
    elif (units := measure_asked(asked.text)) and not gives_measure(units, asked.text, said.whole, said.quoted):
        yield "The question asks for a measure; the answer has no number of that unit."
    elif asked.expects == "number" and not numbers and not (said.times and not _COUNTS.search(asked.text)):
        yield "The question asks for a number; the answer has none."
    elif asked.expects == "amount" and not gives_amount(said.text, said.quoted):
        yield "The question asks for an amount; the cited passage gives none."
    elif asked.expects == "age" and not (numbers_in(said.text) and AGE.search(said.quoted)):
        yield "The question asks for an age; the cited passage gives none."
    elif asked.expects == "other" and _lacks_office(asked, said):
        yield "The question asks for an office; the answer gives none."
    elif asked.expects == "other" and _lacks_name(asked, said):
        yield "The question asks for a name; the answer gives none but the question's own."


def _names_day(said: Said) -> bool:
    """Whether it names a day or month that a report without a date names too: "on 2 April", of no year."""
    if any(found.document.published for found in said.evidence):
        return False
    days = [mention.text for mention in find_mentions(said.whole, _ANY_DAY) if re.search(MONTH, mention.text, re.I)]
    return any(day.lower() in said.quoted.lower() for day in days)


def _lacks_office(asked: Asked, said: Said) -> bool:
    """Whether the office of a person is asked for, whom the cited passage gives one, and the answer gives none."""
    names = asked.full_names if _ASKS_OFFICE.search(asked.text) else ()
    persons = [re.sub(r"['’]s?$", "", name) for name in names]
    given = any(any(titles_in(found.quote, name)) for found in said.evidence for name in persons)
    return given and not set(re.findall(r"[\w-]+", said.whole.lower())) & OFFICES


def _lacks_name(asked: Asked, said: Said) -> bool:
    known = {stem(word) for word in words_of(asked.text)}
    own = {word for run in find_runs(said.text) for name in names_of(run, said) for word in words_of(name)} - STOP_WORDS
    if any(not is_akin(word, known) for word in own):
        return False
    if _ASKS_NAME.search(asked.text.strip()):
        return True
    new = set(content_stems(said.text)) - set(content_stems(asked.text))
    if _ASKS_WHICH.match(asked.text) and not own and len(new) <= tuning.NAMELESS_WORDS and not numbers_in(said.text):
        return True
    somebody = (word.lower() for pair in _SOMEBODY.findall(said.text) for word in pair if word)
    return bool(ASKS_WHO.match(asked.text)) and not any(
        word in OFFICE_WORDS or (word not in STOP_WORDS and not is_akin(word, known))
        for word in (*somebody, *set(words_of(said.text)) & (OFFICE_WORDS | _NOBODY))
    )
