"""The documents' own words in place of the model's: a passage, or a name in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from index.dates.days import MONTHS, WEEKDAYS
from qa import tuning
from qa.check.attachment import cuts_short, is_attached_elsewhere, leaves_out
from qa.check.measures import counts_what_is_asked
from qa.check.relevance import check_answers
from qa.check.sentence import read_statement
from qa.check.verify import is_about
from qa.english.names import in_full, own_names
from qa.english.text import read
from qa.english.words import STOP_WORDS, content_stems
from qa.question.read import Asked
from qa.records import Claim, Evidence

_OF_THE_TEXT = frozenset(content_stems("mentioned described text article report passage sentence question answer"))
"""What a small model says of what it reads, and not of what is asked."""


def verbatim(sentence: Evidence) -> Claim:
    """The sentence itself as a claim: supported by construction."""
    return Claim(finished(sentence.shown), (sentence.citation,), "supported", verbatim=True)


def quotable(
    asked: Asked,
    text: str,
    passages: Sequence[Evidence],
    evidence: Sequence[Evidence],
    all_evidence: Sequence[Evidence] = (),
) -> Iterator[Evidence]:
    """Those of the passages that may speak for themselves: about the sentence, and saying much of what is asked."""
    most = max(sentence.coverage for sentence in evidence)
    for sentence in passages:
        outstanding = sentence.coverage >= tuning.SPEAKS_FOR_ITSELF * most and is_about(asked, text, sentence)
        outstanding = outstanding and counts_what_is_asked(asked.text, sentence.quote)
        if outstanding and not check_answers(asked, sentence.shown, (sentence,), all_evidence or evidence):
            yield sentence


def quoted_instead(
    asked: Asked, text: str, cited: Sequence[Evidence], evidence: Sequence[Evidence]
) -> tuple[Claim, str] | None:
    """The passage in place of a sentence that it bears, where the sentence may not be what is asked of it; else None.

    So where another number or time in the passage stands nearer to what is asked, and where the sentence leaves out the
    name asked for, or stops in the middle: what a check of words cannot tell apart, the reader can.
    """
    if len(cited) != 1 or check_answers(asked, cited[0].shown, cited, evidence):
        return None
    (sentence,) = cited
    statement = read_statement(text, cited, asked.text)
    numbers = [number for number in statement.text.quantities if number.units or asked.expects != "other"]
    if is_attached_elsewhere(asked, [resolved for _, resolved in statement.times], numbers, sentence):
        return (
            verbatim(sentence),
            f"[{sentence.number}] is quoted word for word: “{text}” may be about another part of it.",
        )
    if asked.expects == "other" and (leaves_out(asked, text, sentence) or cuts_short(text, sentence)):
        return verbatim(sentence), f"[{sentence.number}] is quoted in full: “{text}” leaves part of it out."
    return None


def name_alone(asked: Asked, text: str, evidence: Sequence[Evidence]) -> Claim | None:
    """The one name that a sentence adds to a question about a name, cited where it stands; None when there is none.

    Asked about what several reports say of somebody, a small model names him and
    repeats the question, which no one passage bears. What it added can be checked.
    """
    common = {*asked.text.words, *MONTHS, *WEEKDAYS, *STOP_WORDS}
    names = [name for name in own_names(text) if not read(name).vocabulary <= common]
    if not asked.asks_for_name or len(set(names)) != 1 or read(text).denies > asked.text.denies:
        return None
    name, added = names[0], read(text).stems - asked.text.stems - _OF_THE_TEXT
    most = max(sentence.coverage for sentence in evidence)
    for sentence in sorted(evidence, key=lambda sentence: -sentence.coverage):
        near = sentence.coverage >= tuning.NAMED_WHERE * most > 0
        stands = read(name).vocabulary <= read(sentence.quote).vocabulary and added <= read(sentence.quote).stems
        if near and stands and not check_answers(asked, name, (sentence,), evidence):
            return Claim(finished(in_full(name, sentence.document.text)), (sentence.citation,), "supported")
    return None


def finished(text: str) -> str:
    """`text` on one line, with a full stop at its end."""
    stripped = " ".join(text.split())
    return stripped if stripped[-1:] in {".", "!", "?"} else f"{stripped}."
