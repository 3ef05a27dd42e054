"""The values that travel through `index`: complete when they exist, never changed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

Span = tuple[int, int]
"""Start and end in characters from 0, end excluded."""


@dataclass(frozen=True, slots=True)
class Document:
    """One document as it was read: its exact text and what is known about it."""

    doc_id: str
    """First 16 hexadecimal digits of `content_hash`."""
    uri: str
    """Absolute path of the file it was read from."""
    title: str
    outlet: str | None
    author: str | None
    published: date | None
    language: str | None
    """ISO 639-1 code, or None when it was not determined."""
    text: str
    content_hash: str
    """SHA-256 of the file's bytes, hexadecimal."""
    page_starts: tuple[int, ...] = ()
    """Where each page begins in `text`; empty for a format without pages."""
    origins: Mapping[str, str] = field(default_factory=dict)
    """Where title, outlet, author and published were read, in words, by field name."""
    collection: str | None = None
    """The name that the user keeps it under together with others."""
    published_at: str | None = None
    """ISO 8601 with the time and its zone, as the file gives them."""
    modified: date | None = None
    address: str | None = None
    """Where it was taken from on the web."""
    unsure: frozenset[str] = frozenset()
    """Names of the fields whose value is inferred, and not stated."""

    def page_at(self, position: int) -> int | None:
        """The page that holds this character of the text, counted from 1; None for a format without pages."""
        return max(1, bisect_right(self.page_starts, position)) if self.page_starts else None

    @property
    def facts(self) -> Facts:
        """What is known about it, without its text."""
        return Facts(self.doc_id, self.uri, self.title, self.outlet, self.published, self.collection)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about a document, without its text: what a filter looks at."""

    doc_id: str
    uri: str
    title: str
    outlet: str | None
    published: date | None
    collection: str | None


@dataclass(frozen=True, slots=True)
class Story:
    """Documents that are one report printed again, shortened, lengthened or corrected: one source."""

    documents: tuple[Facts, ...]
    """The first known first; those without a date last."""
    corrections: frozenset[str]
    """Ids of those that say that they correct it."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which documents to search: those that fit every field that is set; nothing set is all of them.

    Of several values in one field one is enough.
    """

    since: date | None = None
    until: date | None = None
    """Publication from `since` to `until`, both included; a document without a date is in no range."""
    outlets: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()
    """As `outlets`, compared without regard to case and to white space around them."""
    documents: tuple[str, ...] = ()
    """Ids, the first digits of ids, or paths."""

    def known_by(self, day: date | None) -> Filter:
        """This filter without what was published after `day`; itself when that is None."""
        return self if day is None else replace(self, until=min(self.until or day, day))


EVERYTHING = Filter()
"""The filter that leaves all documents."""


@dataclass(frozen=True, slots=True)
class Matching:
    """The documents that a filter leaves."""

    doc_ids: tuple[str, ...] | None
    """None for all: the filter is empty."""
    documents: int
    """How many they are."""
    undated: int = 0
    """How many more there would be if they had a date."""
    titles: tuple[str, ...] = ()
    """Of the documents that the filter names, in its order."""
    problems: tuple[str, ...] = ()
    """What of the filter did not take effect, and what it left out unseen, in words for the user."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences: `document.text[start:end] == text`."""

    passage_id: str
    """`{doc_id}:{ordinal}`, the ordinal counted from 0 in reading order."""
    doc_id: str
    text: str
    start: int
    end: int
    sentences: tuple[Span, ...]
    """Spans in the document's text, in order, inside `start` to `end`."""
    headings: tuple[str, ...] = ()
    page: int | None = None


@dataclass(frozen=True, slots=True)
class TimeMention:
    """A time expression and the calendar date it stands for."""

    start: int
    end: int
    text: str
    resolved: str
    """ISO 8601: a day `2021-06-20`, month `2021-04`, year `2022`, or an interval `first/last` of days."""
    anchored_to: str | None
    """The ISO date it was counted from; None when it is complete in itself."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document made ready to keep: what `pipeline` hands to the record."""

    document: Document
    passages: tuple[Passage, ...]
    mentions: tuple[TimeMention, ...]


@dataclass(frozen=True, slots=True)
class DocumentState:
    """A document in the library and how far its indexing has come."""

    document: Document
    state: Literal["pending", "ready"]
    """`pending` until its vectors can be searched; finished at the next open."""
    passages: int
    added_at: str
    """UTC, ISO 8601, to the second."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A document in a list: what is known of it and how far its indexing has come, without its text."""

    doc_id: str
    uri: str
    title: str
    outlet: str | None
    author: str | None
    published: date | None
    collection: str | None
    state: Literal["pending", "ready"]
    passages: int
    added_at: str
    """UTC, ISO 8601, to the second."""


@dataclass(frozen=True, slots=True)
class Version:
    """A document that is no longer searched: removed, or the old text of a file that has changed."""

    document: Document
    removed_at: str
    """UTC, ISO 8601, to the second; so is `added_at`."""
    added_at: str | None = None
    """None in libraries of older formats, which did not keep it."""
    replaced_by: str | None = None
    """Id of the document that took its place; None when it was removed, and so can be taken back."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be used, and why, in words for the user."""

    uri: str
    reason: str
