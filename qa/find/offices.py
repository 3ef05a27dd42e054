"""Who held which office when: the titles beside a name, report by report.

A report calls people what they were on its day, so what others call them is set beside an answer about an office.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from index.pipeline import Library
from index.records import Document, Passage, Span, TimeMention
from qa import tuning
from qa.english.text import read
from qa.english.titles import OFFICE_WORDS, OFFICES, find_titled, title_before, titles_in, words_of_title
from qa.english.words import STOP_WORDS, words_of
from qa.find.numbering import Numbering
from qa.guard.injection import is_command
from qa.question.office import offices_named
from qa.question.read import Asked
from qa.records import Citation, Disagreement, Evidence, Position

SHOWN = 4
"""Titles of one office, at most: reports write it in many ways."""


@dataclass(frozen=True, slots=True)
class Held:
    """A title beside a name, as a report has it."""

    title: str
    document: Document
    passage: Passage
    span: Span
    """The sentence."""
    mentions: tuple[TimeMention, ...]
    """Of the document."""

    def cite(self, numbering: Numbering) -> Citation:
        """Its sentence."""
        number = numbering.marker(self.document.doc_id, *self.span)
        return Citation.of(number, self.document, self.span, self.mentions)


def offices_of(library: Library, name: str, doc_ids: Sequence[str] | None = None) -> list[Held]:
    """The titles that reports give the bearer of `name`, the newest report first; those without a date last."""
    offices: list[Held] = []
    words = [word for word in words_of(name) if word not in STOP_WORDS]
    ids = [passage_id for passage_id, _ in library.lexical(words, tuning.OFFICE_PASSAGES, doc_ids)]
    for passage in library.passages(ids):
        document = library.document(passage.doc_id)
        if document is None:
            continue
        mentions = tuple(library.mentions(document.doc_id))
        for span in passage.sentences:
            sentence = document.text[slice(*span)]
            titles = [] if is_command(sentence) else titles_in(sentence, name)
            offices += [Held(title, document, passage, span, mentions) for title in titles]
    in_order = sorted(offices, key=lambda office: (office.document.doc_id, office.span))
    return sorted(in_order, key=lambda office: str(office.document.published or ""), reverse=True)


def change_of(offices: Sequence[Held], numbering: Numbering) -> Disagreement | None:
    """The offices report by report, the earliest first; None when all dated reports give the same.

    Reports that come back to an office of before, as "president" and "leader" take turns, tell of no change.
    """
    dated = sorted(
        (office for office in offices if office.document.published), key=lambda office: str(office.document.published)
    )
    positions: list[list[Held]] = []
    for _, of_document in groupby(dated, key=lambda office: office.document.doc_id):
        titles = list(of_document)
        same = next((at for at, before in enumerate(positions) if _same_offices(before, titles)), len(positions))
        positions[same:] = [[office for each in (*positions[same:], titles) for office in each]]
    return Disagreement("change", tuple(_position(each, numbering) for each in positions)) if positions[1:] else None


def _same_offices(first: Sequence[Held], second: Sequence[Held]) -> bool:
    a, b = ({word for office in each for word in words_of_title(office.title) & OFFICES} for each in (first, second))
    return a <= b or b <= a


def _position(offices: Sequence[Held], numbering: Numbering) -> Position:
    distinct = _distinct_titles(offices)
    titles = ", ".join(office.title for office in distinct)
    sources = {office.document.outlet or office.document.doc_id for office in offices}
    return Position(titles, tuple(dict.fromkeys(office.cite(numbering) for office in distinct)), len(sources))


def _distinct_titles(offices: Sequence[Held]) -> list[Held]:
    """Each title once, the longest of those that say the same, from the sentence with most titles; in reading order."""
    distinct: list[Held] = []
    spans = [office.span for office in offices]
    for office in sorted(offices, key=lambda office: (-len(words_of_title(office.title)), -spans.count(office.span))):
        if not any(words_of_title(office.title) <= words_of_title(longer.title) for longer in distinct):
            distinct.append(office)
    return sorted(distinct, key=offices.index)[:SHOWN]


def named_with_office(asked: Asked, cited: Sequence[Evidence]) -> str | None:
    """The person whom an answer names for an office that the question asks for: "Who is the prime minister?"."""
    wanted = offices_named(asked)
    if not wanted:
        return None
    for evidence in cited:
        for run in find_titled(evidence.quote):
            words = run[0].split()
            start = next((at for at, word in enumerate(words) if word.lower() not in OFFICE_WORDS), len(words))
            before = title_before(evidence.quote[: run.start()] + " ".join(words[:start]))
            if len(words) - start >= 2 and before and wanted & read(before).vocabulary:
                return " ".join(words[start:])
    return None
