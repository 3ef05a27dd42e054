"""Dated events of the library, or of what is found for a question, in order, each with its quote."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from typing import TypeVar

from index.dates.times import bounds, covers, shown_date, within
from index.pipeline import Library
from index.records import Document, Passage, Span, TimeMention
from qa import tuning
from qa.english.text import read
from qa.english.words import STOP_WORDS, content_stems
from qa.find.context import with_context
from qa.find.retrieve import retrieve
from qa.records import Citation, Time

Written = TypeVar("Written", TimeMention, Time)


@dataclass(frozen=True, slots=True)
class Dated:
    """Something that a document places in time."""

    time: str
    """ISO 8601: a day, month, year, or an interval of days."""
    words: str
    """The time as the document writes it; empty where it is the day of its publication."""
    citations: tuple[Citation, ...]
    """The sentence, and those of other documents that tell the same."""

    @property
    def quote(self) -> str:
        """The sentence on one line."""
        return " ".join(self.citations[0].quote.split())


def timeline(library: Library, doc_ids: Sequence[str] | None = None, question: str | None = None) -> list[Dated]:
    """Events by time, what lies within another after it; the same event told twice stands once.

    Args:
        doc_ids: The documents to read; all when None.
        question: Only sentences about it.
    """
    selected = _of_question(library, question, doc_ids) if question else _of_all(library, doc_ids)
    # Those of a document are asked for by each passage.
    mentions = lru_cache(maxsize=2 * tuning.TIMELINE_PASSAGES)(library.mentions)
    events = [
        event
        for document, passage, spans in selected
        for event in _events(mentions(document.doc_id), document, passage, spans)
    ]
    return _in_order(events)


def timeline_of(citations: Iterable[Citation]) -> list[Dated]:
    """As `timeline`, of what these quotes speak of, with the days on which their documents were published."""
    told, of_day = [], dict[str, dict[str, Citation]]()
    for citation in citations:
        told += [Dated(time.resolved, time.text, (citation,)) for time in _each_time_once(citation.times)]
        if citation.published:
            of_day.setdefault(citation.published.isoformat(), {}).setdefault(citation.doc_id, citation)
    published = [Dated(day, "", tuple(of_document.values())) for day, of_document in of_day.items()]
    return sorted([*_in_order(told), *published], key=_by_time)


def _in_order(events: Iterable[Dated]) -> list[Dated]:
    ordered = sorted(events, key=lambda event: (*_by_time(event), _place(event)))
    return [merged for _, of_time in groupby(ordered, key=lambda event: event.time) for merged in _each_once(of_time)]


def _by_time(event: Dated) -> tuple[date, int]:
    first, last = bounds(event.time)
    return first, -last.toordinal()


def _place(event: Dated) -> tuple[str, int]:
    return event.citations[0].doc_id, event.citations[0].start


_Selection = tuple[Document, Passage, Sequence[Span]]


def _of_all(library: Library, doc_ids: Sequence[str] | None) -> Iterator[_Selection]:
    for state in library.documents():
        document = state.document
        if doc_ids is None or document.doc_id in doc_ids:
            yield from ((document, passage, passage.sentences) for passage in library.passages_of(document.doc_id))


def _of_question(library: Library, question: str, doc_ids: Sequence[str] | None) -> Iterator[_Selection]:
    wanted = {stem for stem in read(question).stems if stem not in STOP_WORDS}
    for hit in retrieve(library, question, library.embedder.encode([question])[0], tuning.TIMELINE_PASSAGES, doc_ids):
        title, text = read(hit.document.title).stems, hit.document.text
        shared = [(span, wanted & (title | read(text[slice(*span)]).stems)) for span in hit.passage.sentences]
        least = tuning.TIMELINE_ABOUT * len(wanted)
        yield hit.document, hit.passage, [span for span, words in shared if len(words) >= least]


def _events(
    mentions: Sequence[TimeMention], document: Document, passage: Passage, spans: Sequence[Span]
) -> Iterator[Dated]:
    for span in spans:
        inside = within(mentions, *span)
        if not inside or read(document.text[slice(*span)]).is_fragment:
            continue
        whole = with_context(document.text, passage, span)
        citation = Citation.of(0, document, whole, mentions)
        for mention in _each_time_once(inside):
            yield Dated(mention.resolved, mention.text, (citation,))


def _each_time_once(mentions: Sequence[Written]) -> Iterable[Written]:
    """The first of each time; not a year or month of which the sentence names the day."""
    finest = {mention.resolved: mention for mention in reversed(mentions)}
    return [
        mention
        for time, mention in finest.items()
        if not any(covers(time, finer) for finer in finest if bounds(finer) != bounds(time))
    ]


def _each_once(events: Iterable[Dated]) -> list[Dated]:
    kept: list[tuple[set[str], Dated]] = []
    for event in events:
        stems = set(content_stems(event.quote.replace(event.words, " ")))
        for at, (first_stems, first) in enumerate(kept):
            if len(stems & first_stems) >= tuning.EVENT_REPEATED * len(stems | first_stems):
                if event.citations[0].doc_id not in {citation.doc_id for citation in first.citations}:
                    kept[at] = (first_stems, Dated(first.time, first.words, (*first.citations, *event.citations)))
                break
        else:
            kept.append((stems, event))
    return [event for _, event in kept]


def to_calendar(events: Sequence[Dated]) -> tuple[bytes, int]:
    """The events as an iCalendar file of whole days, and how many are left out as longer than a month.

    Source: RFC 5545, by the library icalendar.
    """
    from icalendar import Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", "-//Dateline//timeline//EN")
    calendar.add("version", "2.0")
    fitting = [(event, *bounds(event.time)) for event in events]
    fitting = [(event, first, last) for event, first, last in fitting if (last - first).days < tuning.CALENDAR_DAYS]
    for event, first, last in fitting:
        citation = event.citations[0]
        entry = Event()
        entry.add("uid", hashlib.sha256(f"{citation.doc_id}:{citation.start}:{event.time}".encode()).hexdigest()[:32])
        entry.add("dtstamp", datetime.now(UTC))
        entry.add("dtstart", first)
        entry.add("dtend", last + timedelta(days=1))
        entry.add("summary", event.quote)
        entry.add("description", f"{shown_date(event.time)}, written as “{event.words}”. {_sources(event)}")
        calendar.add_component(entry)
    return calendar.to_ical(), len(events) - len(fitting)


def _sources(event: Dated) -> str:
    return "; ".join(
        f"{citation.outlet or 'no outlet'}, "
        f"{shown_date(citation.published.isoformat()) if citation.published else 'no date'}: "
        f"{citation.title} ({citation.uri}, characters {citation.start} to {citation.end})"
        for citation in event.citations
    )
