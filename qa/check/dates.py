"""Dates: each time of a sentence must be one that the cited sentences, or their report, are of."""

from __future__ import annotations

from collections.abc import Iterator

from index.dates import find_mentions
from index.dates.times import covers, overlap, shown_date
from qa.check.sentence import Statement, before
from qa.records import Evidence, Part


def check_times(statement: Statement) -> Iterator[Part]:
    """Each time expression."""
    for words, resolved in statement.times:
        if is_told(resolved, statement) or frames(resolved, statement):
            yield Part("date", words, "supported")
        else:
            reason = f"The date {words!r} ({shown_date(resolved)}) is not in the cited passage."
            yield Part("date", words, "unsupported", reason)


def is_told(resolved: str, statement: Statement) -> bool:
    """Whether the cited sentences themselves speak of this time, or of a day within it.

    Of an interval, one end alone would be a day that nobody named; both together are the interval.
    """
    times = {time for _, time in statement.times}
    for mention in (mention for sentence in statement.evidence for mention in sentence.mentions):
        ends = set(mention.resolved.split("/"))
        if covers(resolved, mention.resolved) or (resolved in ends and ends <= times):
            return True
    return False


def frames(resolved: str, statement: Statement) -> bool:
    """Whether it is the time of the report, of the sentences before, or the question's own and the passage's.

    "In 2021 he was commander-in-chief" rests on a report of 2021 that says he is. A quote without times of its own
    is of those that the sentences right before it name; one that has some takes none from there or from the report.
    """
    cited_times = [mention.resolved for sentence in statement.evidence for mention in sentence.mentions]
    if cited_times and not any(overlap(resolved, time) for time in cited_times):
        return False
    published = [sentence.document.published for sentence in statement.evidence if sentence.document.published]
    if any(covers(resolved, day.isoformat()) for day in published):
        return True
    if not cited_times and any(
        covers(resolved, time) for sentence in statement.evidence for time in _times_before(sentence)
    ):
        return True
    repeated = any(mention.resolved == resolved for mention in find_mentions(statement.asked, None))
    around = (
        m for sentence in statement.evidence for m in find_mentions(sentence.passage.text, sentence.document.published)
    )
    return repeated and any(covers(resolved, mention.resolved) for mention in around)


def _times_before(sentence: Evidence) -> list[str]:
    start, end = before(sentence)
    mentions = find_mentions(sentence.document.text[start:end], sentence.document.published)
    return [mention.resolved for mention in mentions]
