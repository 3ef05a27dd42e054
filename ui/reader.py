"""The sources beside an answer: each cited document with its quotes marked; a marker leads to its quote."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from index.records import Document, Span
from qa.records import Citation
from ui.shared import escape
from ui.sources import FindDocument, by_document, cards_html, each_once, heading_html, link_to, tidy

AROUND = 4000
"""Characters shown before the first quote of a document, after the last, and on each side of those between."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Makes markers, cards and the documents beside them for one answer; they are links within the page."""

    prefix: str
    """Begins every id, so that two answers of a page do not share one."""
    find: FindDocument
    today: date

    def marker(self, citation: Citation) -> str:
        """`[2]` as a link to its quote."""
        label = f"Source {citation.number}: {citation.title}"
        return (
            f'<a class="dl-marker" href="#{self._id(citation)}" aria-label="{escape(label)}" title="{escape(label)}">'
            f"[{citation.number}]</a>"
        )

    def cards(self, citations: Sequence[Citation]) -> str:
        """One card a document, in the order of first mention, with its quotes."""
        return cards_html(citations, self.marker, self.today)

    def documents(self, citations: Sequence[Citation]) -> str:
        """What stands beside the answer: of the cited documents the one that was last chosen is shown."""
        if not citations:
            return ""
        shown = "".join(self._document(quotes) for quotes in by_document(each_once(citations)).values())
        hint = '<p class="dl-keys">Keys: <kbd>n</kbd> next source, <kbd>p</kbd> the one before</p>'
        return f'<aside class="dl-reader" aria-label="The source, with the quotes marked">{shown}{hint}</aside>'

    def _id(self, citation: Citation) -> str:
        return f"{self.prefix}-quote-{citation.number}"

    def _document(self, quotes: Sequence[Citation]) -> str:
        first = quotes[0]
        document = self.find(first.doc_id)
        held = [one for one in quotes if document and document.text[one.start : one.end] == one.quote]
        gone = [one for one in quotes if one not in held]
        body = ""
        if document and held:
            text = "".join(self._pieces(document, sorted(held, key=lambda one: (one.start, -one.end))))
            body = f'<div class="dl-read" dir="auto" tabindex="0">{text}</div>'
            body += f'<p class="dl-meta">{link_to(first)} · {escape(first.uri)}</p>'
        if gone:
            body += '<p class="dl-meta">The document has been changed or removed since; this is what it said then.</p>'
            body += "".join(
                f'<div class="dl-read"><mark id="{self._id(one)}" tabindex="-1">{escape(one.quote)}</mark></div>'
                for one in gone
            )
        heading = heading_html(first, self.today)
        return f'<section class="dl-doc" aria-label="{escape(first.title)}">{heading}{body}</section>'

    def _pieces(self, document: Document, quotes: Sequence[Citation]) -> Iterator[str]:
        """The text with each quote marked; of a quote that begins within another, what it has beyond that."""
        text, at = document.text, 0
        for start, end in _shown(text, quotes):
            yield "" if start == 0 else '<span class="dl-quiet">[…]</span> '
            at = start
            for one in (one for one in quotes if start <= one.start < end):
                yield escape(tidy(text[at : one.start]))
                begin = max(at, one.start)
                page = f' title="page {one.page}"' if one.page is not None else ""
                yield f'<mark id="{self._id(one)}" tabindex="-1"{page}>{escape(text[begin : one.end])}</mark>'
                at = max(at, one.end)
            yield escape(tidy(text[at:end]))
        yield "" if end == len(text) else ' <span class="dl-quiet">[…]</span>'


def _shown(text: str, quotes: Sequence[Citation]) -> list[Span]:
    """The stretches of the text that are shown; those that meet are one."""
    stretches: list[Span] = []
    for one in quotes:
        start, end = max(0, one.start - AROUND), min(len(text), one.end + AROUND)
        if stretches and start <= stretches[-1][1]:
            stretches[-1] = (stretches[-1][0], max(end, stretches[-1][1]))
        else:
            stretches.append((start, end))
    return stretches
