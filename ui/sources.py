"""Sources as HTML: a card for each document, and for each quote a sheet with the paragraphs around it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from index.records import Document
from qa.records import Citation, times_in_words
from ui.shared import age_in_words, date_in_words, escape

FindDocument = Callable[[str], Document | None]
CONTEXT_CHARACTERS = 400
"""Shown on each side of a quote."""
BREAK_WITHIN = 120
"""How many of them may be given up to begin or end at a paragraph, a sentence or a word."""


@dataclass(frozen=True, slots=True)
class Context:
    """A quote with what stands around it; `before + quote + after` is a slice of the document."""

    before: str
    quote: str
    after: str
    begins: bool
    """Whether `before` begins where the document does."""
    ends: bool


def context_of(citation: Citation, document: Document | None) -> Context | None:
    """The paragraphs around a citation's quote; None when the document no longer holds it there."""
    if document is None or document.text[citation.start : citation.end] != citation.quote:
        return None
    text = document.text
    first, last = max(0, citation.start - CONTEXT_CHARACTERS), min(len(text), citation.end + CONTEXT_CHARACTERS)
    before, after = text[first : citation.start], text[citation.end : last]
    if first > 0:
        before = _from_a_break(before)
    if last < len(text):
        after = _from_a_break(after[::-1])[::-1]
    begins = len(before) == citation.start
    return Context(before, citation.quote, after, begins, citation.end + len(after) == len(text))


def _from_a_break(text: str) -> str:
    """`text` without its beginning, up to the end of a line or else of a word."""
    for pattern in (r"\n\s*", r"\s+"):
        match = re.search(pattern, text[:BREAK_WITHIN])
        if match:
            return text[match.end() :]
    return text


@dataclass(frozen=True, slots=True)
class Sheets:
    """Makes markers, cards and sheets for one part of the page.

    A sheet is an HTML popover: the browser opens it at once and closes it with Escape, and no script is needed.
    """

    prefix: str
    """Begins every id, so that two parts of a page do not share one."""
    find: FindDocument
    today: date

    def marker(self, citation: Citation) -> str:
        """`[2]` as a button that opens the quote's sheet."""
        label = f"Source {citation.number}: {citation.title}"
        return (
            f'<button type="button" class="dl-marker" popovertarget="{self._id(citation)}" '
            f'aria-label="{escape(label)}">[{citation.number}]</button>'
        )

    def cards(self, citations: Sequence[Citation], *, brief: bool = False) -> str:
        """One card a document, in the order of first mention, with its quotes; the sheets follow them."""
        cards = cards_html(citations, self.marker, self.today, brief=brief)
        return cards + "".join(self._sheet(citation) for citation in each_once(citations))

    def _id(self, citation: Citation) -> str:
        return f"{self.prefix}-source-{citation.number}"

    def _sheet(self, citation: Citation) -> str:
        context = context_of(citation, self.find(citation.doc_id))
        ident = self._id(citation)
        if context:
            body = _passage(context) + (f'<p class="dl-meta">{link_to(citation)} · {escape(citation.uri)}</p>')
        else:
            body = (
                f'<div class="dl-passage"><mark>{escape(citation.quote)}</mark></div>'
                '<p class="dl-meta">The document has been changed or removed since this was answered. '
                "This is the quote as it stood then.</p>"
            )
        return (
            f'<div popover id="{ident}" class="dl-sheet" role="dialog" aria-label="Source {citation.number}">'
            f'<div class="dl-sheet-head"><span class="dl-number">[{citation.number}]</span>'
            f"<div>{heading_html(citation, self.today)}</div>"
            f'<button type="button" class="dl-close" popovertarget="{ident}" popovertargetaction="hide">Close</button>'
            f"</div>{body}</div>"
        )


def cards_html(
    citations: Sequence[Citation], marker: Callable[[Citation], str], today: date, *, brief: bool = False
) -> str:
    """One card a document, in the order of first mention, with its quotes, each behind its marker."""
    cards = "".join(_card(quotes, marker, today, brief) for quotes in by_document(each_once(citations)).values())
    return f'<ul class="dl-cards">{cards}</ul>'


def _card(quotes: Sequence[Citation], marker: Callable[[Citation], str], today: date, brief: bool) -> str:
    rows = "".join(
        f'<li>{marker(citation)} <div><q class="{"dl-brief" if brief else "dl-quote"}" dir="auto">'
        f"{escape(_one_line(citation.quote))}</q>{_times(citation)}</div></li>"
        for citation in quotes
    )
    return f'<li class="dl-card">{heading_html(quotes[0], today)}<ul class="dl-quotes">{rows}</ul></li>'


def heading_html(citation: Citation, today: date) -> str:
    """Title, and what else is known of the document."""
    return (
        f'<div class="dl-title" dir="auto">{escape(citation.title)}</div>'
        f'<div class="dl-meta">{describe(citation, today)}</div>'
    )


def link_to(citation: Citation) -> str:
    """A link to the quote in its whole document, in a new tab."""
    where = f"library?document={citation.doc_id}&at={citation.start}-{citation.end}"
    return f'<a href="{escape(where)}" target="_blank" rel="noopener">Open the whole document</a> in a new tab'


def by_document(citations: Sequence[Citation]) -> dict[str, list[Citation]]:
    """The citations of each document, in the order of first mention."""
    found: dict[str, list[Citation]] = {}
    for citation in citations:
        found.setdefault(citation.doc_id, []).append(citation)
    return found


def describe(source: Citation | Document, today: date) -> str:
    """Outlet, author, date in words and age, as HTML; what is not known is left out, a missing date is said."""
    parts = [f'<bdi class="dl-outlet">{escape(source.outlet)}</bdi>'] if source.outlet else []
    if source.author and source.author != source.outlet:
        parts.append(f"by <bdi>{escape(source.author)}</bdi>")
    when = f'<span class="dl-date">{date_in_words(source.published)}</span>'
    if source.published:
        when += f", {age_in_words(source.published, today)}"
    parts.append(when)
    if isinstance(source, Citation) and source.page is not None:
        parts.append(f"page {source.page}")
    return '<span class="dl-dot"> · </span>'.join(parts)


def _times(citation: Citation) -> str:
    """The calendar dates behind "on Sunday" and "last week" in the quote, as HTML; nothing without any."""
    told = times_in_words(citation.times)
    return f'<div class="dl-times">{escape(told)}</div>' if told else ""


def _passage(context: Context) -> str:
    opening, closing = "" if context.begins else "… ", "" if context.ends else " …"
    before, after = escape(tidy(context.before)), escape(tidy(context.after))
    return (
        f'<div class="dl-passage" dir="auto">{opening}{before.lstrip()}<mark>{escape(context.quote)}</mark>'
        f"{after.rstrip()}{closing}</div>"
    )


def tidy(text: str) -> str:
    """Several empty lines shown as one; the quote itself is never touched."""
    return re.sub(r"\n[^\S\n]*(?:\n[^\S\n]*)+", "\n\n", text.replace("\r\n", "\n"))


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def each_once(citations: Sequence[Citation]) -> list[Citation]:
    """The first citation of each number."""
    first: dict[int, Citation] = {}
    for citation in citations:
        first.setdefault(citation.number, citation)
    return list(first.values())
