"""Dates: each time of a sentence must be one that the cited sentences, or their report, are of."""

from __future__ import annotations

from collections.abc import Iterator

from index.dates import find_mentions
from index.dates.times import covers, overlap, shown_date
from qa.check.sentence import Said, before
from qa.records import Evidence, Part


def check_times(said: Said) -> Iterator[Part]:
    """Each time expression."""
    for words, resolved in said.times:
        if is_told(resolved, said) or frames(resolved, said):
            yield Part("date", words, "supported")
        else:
            reason = f"The date {words!r} ({shown_date(resolved)}) is not in the cited passage."
            yield Part("date", words, "unsupported", reason)


def is_told(resolved: str, said: Said) -> bool:
    """Whether the cited sentences themselves speak of this time, or of a day within it.

    Of an interval, one end alone would be a day that nobody named; both together are the interval.
    """
    named = {time for _, time in said.times}
    for mention in (mention for found in said.evidence for mention in found.mentions):
        ends = set(mention.resolved.split("/"))
        if covers(resolved, mention.resolved) or (resolved in ends and ends <= named):
            return True
    return False


def frames(resolved: str, said: Said) -> bool:
    """Whether it is the time of the report, of the sentences before, or the question's own and the passage's.

    "In 2021 he was commander-in-chief" rests on a report of 2021 that says he is. A quote without times of its own
    is of those that the sentences right before it name; one that has some takes none from there or from the report.
    """
    own = [mention.resolved for found in said.evidence for mention in found.mentions]
    if own and not any(overlap(resolved, time) for time in own):
        return False
    published = [found.document.published for found in said.evidence if found.document.published]
    if any(covers(resolved, day.isoformat()) for day in published):
        return True
    if not own and any(covers(resolved, time) for found in said.evidence for time in _times_before(found)):
        return True
    repeated = any(mention.resolved == resolved for mention in find_mentions(said.asked, None))
    around = (m for found in said.evidence for m in find_mentions(found.passage.text, found.document.published))
    return repeated and any(covers(resolved, mention.resolved) for mention in around)


def _times_before(found: Evidence) -> list[str]:
    start, end = before(found)
    mentions = find_mentions(found.document.text[start:end], found.document.published)
    return [mention.resolved for mention in mentions]
