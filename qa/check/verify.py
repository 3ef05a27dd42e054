"""Each sentence of an answer against the text it cites, part by part: dates, numbers, names, quotations, "not", words.

Deterministic and literal: what is said must be said there. That does not prove a
sentence true; it catches the errors that small models make, and says which words
were not found, or that the text says otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence

from index.dates.times import overlap
from qa import tuning
from qa.check.dates import check_times, is_told
from qa.check.modality import check_modality
from qa.check.names import check_names
from qa.check.negation import check_denial
from qa.check.numbers import check_numbers, check_quotations
from qa.check.roles import check_roles
from qa.check.sentence import Check, about_itself, read_statement
from qa.check.wording import check_words
from qa.english.names import name_words
from qa.english.pointing import is_anaphoric
from qa.english.text import read
from qa.english.words import content_stems, stem
from qa.question.read import Asked
from qa.records import Evidence, Part, Verdict

_CHECKS: tuple[Check, ...] = (
    check_times,
    check_numbers,
    check_quotations,
    check_denial,
    check_modality,
    check_roles,
    check_names,
    check_words,
)


def check_parts(text: str, evidence: Sequence[Evidence], asked: str = "") -> tuple[Part, ...]:
    """What of `text` can be checked against its evidence, each with its verdict."""
    if not evidence:
        return (Part("citation", "", "unsupported", "It cites no passage."),)
    statement = read_statement(text, evidence, asked)
    return tuple(part for check in _CHECKS for part in check(statement))


def check_claim(text: str, evidence: Sequence[Evidence], asked: str = "") -> tuple[str, ...]:
    """Why `text` is not borne out by its evidence, in words for the user; empty when it is."""
    return tuple(part.reason for part in check_parts(text, evidence, asked) if part.verdict != "supported")


def verdict_of(parts: Sequence[Part]) -> Verdict:
    """That of the whole sentence: contradicted where one part is, else unsupported where one is, else supported."""
    verdicts = {part.verdict for part in parts}
    return next((verdict for verdict in _WORST_FIRST if verdict in verdicts), "supported")


_WORST_FIRST: tuple[Verdict, ...] = ("contradicted", "unsupported")


def is_about(asked: Asked, text: str, sentence: Evidence) -> bool:
    """Whether a passage may speak for itself in place of `text`: it says most of it, of the time asked for."""
    statement = read_statement(text, (sentence,), asked.text)
    if not _own_times_fit(asked, sentence):
        return False
    if any(part.verdict != "supported" for check in (check_denial, check_roles) for part in check(statement)):
        return False
    claimed = {*statement.text.stems, *statement.text.numbers, *(resolved for _, resolved in statement.times)}
    cited = {*statement.cited.stems, *statement.cited.numbers, *content_stems(about_itself(sentence))}
    cited |= {resolved for _, resolved in statement.times if is_told(resolved, statement)}
    if is_anaphoric(statement.cited):
        cited |= {stem(word) for word in name_words(f" {statement.text}")} & statement.around.stems
    return len(claimed & cited) > tuning.STANDS_IN * len(claimed)


def says_otherwise(asked: Asked, text: str, sentence: Evidence) -> bool:
    """Whether a passage holds all that `text` adds to the question, whose own words it does not share.

    "The firm first wanted $4 billion", asked what the firm first wanted, of "its original $4 billion asking price".
    """
    failed = [part for part in check_parts(text, (sentence,), asked.text) if part.verdict != "supported"]
    if any(part.kind != "words" for part in failed) or not _own_times_fit(asked, sentence):
        return False
    added = {*read(text).stems, *read(text).numbers} - {*asked.text.stems, *asked.text.numbers}
    return bool(added) and added <= {*read(sentence.shown).stems, *read(sentence.shown).numbers}


def _own_times_fit(asked: Asked, sentence: Evidence) -> bool:
    """Whether a quote that names times of its own names one asked for, or the question names its report's very day."""
    own_times = [mention.resolved for mention in sentence.mentions]
    published = sentence.document.published
    if not own_times or not asked.times or (published and published.isoformat() in asked.times):
        return True
    return any(overlap(time, mine) for time in asked.times for mine in own_times)
