"""Whether an answer is of the kind asked for: a time, a number, a measure, an amount, an age, an office, a name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from index.dates import find_mentions
from index.dates.days import names_month
from qa import tuning
from qa.check.dates import frames, is_told
from qa.check.measures import gives_amount, gives_measure
from qa.check.names import names_of
from qa.check.sentence import Statement
from qa.english.form import AGE
from qa.english.titles import OFFICE_WORDS, offices_in, somebody_in, titles_in
from qa.english.words import STOP_WORDS, is_akin, tells_few, without_possessive, words_of
from qa.question.kinds import asks_count, asks_name_of, asks_office, asks_which, asks_who, measure_asked
from qa.question.read import Asked

_ANY_DAY = date(2000, 1, 1)


def check_kind(asked: Asked, statement: Statement) -> Iterator[str]:
    """Why an answer is not of the kind asked for."""
    numbers = statement.text.numbers or tells_few(statement.text)
    if asked.expects == "time":
        cited_times = [resolved for _, resolved in statement.times if is_told(resolved, statement)]
        dated = asked.about_document and any(frames(resolved, statement) for _, resolved in statement.times)
        if not cited_times and not dated and not _names_day(statement):
            yield "The question asks for a time; the cited passage gives none."
    elif (units := measure_asked(asked.text)) and not gives_measure(
        units, asked.text, statement.whole, statement.cited
    ):
        yield "The question asks for a measure; the answer has no number of that unit."
    elif asked.expects == "number" and not numbers and not (statement.times and not asks_count(asked.text)):
        yield "The question asks for a number; the answer has none."
    elif asked.expects == "amount" and not gives_amount(statement.text, statement.cited):
        yield "The question asks for an amount; the cited passage gives none."
    elif asked.expects == "age" and not (statement.text.numbers and AGE.search(statement.cited)):
        yield "The question asks for an age; the cited passage gives none."
    elif asked.expects == "other" and _lacks_office(asked, statement):
        yield "The question asks for an office; the answer gives none."
    elif asked.expects == "other" and _lacks_name(asked, statement):
        yield "The question asks for a name; the answer gives none but the question's own."


def _names_day(statement: Statement) -> bool:
    """Whether it names a day or month that a report without a date names too: "on 2 April", of no year."""
    if any(sentence.document.published for sentence in statement.evidence):
        return False
    days = (mention.text for mention in find_mentions(statement.whole, _ANY_DAY))
    return any(names_month(day) and day.lower() in statement.cited.lower() for day in days)


def _lacks_office(asked: Asked, statement: Statement) -> bool:
    """Whether the office of a person is asked for, whom the cited passage gives one, and the answer gives none."""
    names = asked.full_names if asks_office(asked.text) else ()
    persons = map(without_possessive, names)
    has_office = any(any(titles_in(sentence.quote, name)) for name in persons for sentence in statement.evidence)
    return has_office and not offices_in(statement.whole)


def _lacks_name(asked: Asked, statement: Statement) -> bool:
    asked_stems = asked.text.all_stems
    names = {
        word for run in statement.text.names for name in names_of(run, statement) for word in words_of(name)
    } - STOP_WORDS
    if any(not is_akin(word, asked_stems) for word in names):
        return False
    if asks_name_of(asked.text):
        return True
    new = statement.text.stems - asked.text.stems
    if asks_which(asked.text) and not names and len(new) <= tuning.NAMELESS_WORDS and not statement.text.numbers:
        return True
    return asks_who(asked.text) and not any(
        word in OFFICE_WORDS or (word not in STOP_WORDS and not is_akin(word, asked_stems))
        for word in somebody_in(statement.text)
    )
