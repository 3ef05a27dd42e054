"""The page of a PDF that holds a marked place or a quote, as it is printed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from index.errors import LoadError
from index.files import file_hash
from index.load.printed import Printed, draw_page
from index.records import Document, Span
from qa.records import Citation
from ui.shared import escape, show_script
from ui.sources import FindDocument, each_once

KEPT = 20
"""Pages that are kept drawn."""


def show_printed(document: Document, span: Span) -> None:
    """Draw the page with the words marked, or say why it cannot be; nothing for a document without pages."""
    if document.page_starts:
        st.subheader("As printed", anchor=False)
        _show_page(document, span)


# A fragment, so that a page that is looked at does not stop the answer that is being written.
@st.fragment
def show_as_printed(ident: str, cited: Sequence[Citation], find: FindDocument) -> None:
    """Offer the page of each quote that stands on one of a PDF, and draw the one that is chosen, with its words marked.

    Args:
        ident: Of the exchange.
        cited: Each quote that the answer has a marker of.
        find: Gives a document by its id.
    """
    printed = on_pages(cited, find)
    if not printed:
        return
    chosen = st.pills(
        "As printed",
        list(printed),
        format_func=lambda number: f"[{number}] page {printed[number][1].page_at(printed[number][0].start)}",
        key=f"printed-{ident}",
        help="Draws the page of the PDF with the quoted words marked",
    )
    if chosen in printed:
        citation, document = printed[chosen]
        with st.container(key=f"drawn-{ident}"):
            _show_page(document, (citation.start, citation.end))
        show_script(f"{ident} {chosen}")


def on_pages(cited: Sequence[Citation], find: FindDocument) -> dict[int, tuple[Citation, Document]]:
    """The quotes, by number, that stand on a page of a PDF as the library holds it now."""
    paged = [(one, find(one.doc_id)) for one in each_once(cited) if _is_pdf(one.uri)]
    return {
        one.number: (one, document)
        for one, document in paged
        if document and document.page_starts and document.text[one.start : one.end] == one.quote
    }


def _show_page(document: Document, span: Span) -> None:
    page, quote = page_of(document, span)
    try:
        printed = printed_page(document, page, quote)
    except LoadError as error:
        st.html(f'<p class="dl-note" role="status">{escape(str(error))}</p>')
        return
    told = "the words marked" if printed.marked else "the words could not be found on it, so nothing is marked"
    st.html(f'<p class="dl-note" role="status">Page {page} of {len(document.page_starts):,}, {told}</p>')
    st.image(printed.png, width="stretch", alt=f"Page {page} of “{document.title}”, as it is printed")


def _is_pdf(uri: str) -> bool:
    return Path(uri).suffix.lower() == ".pdf"


def page_of(document: Document, span: Span) -> tuple[int, str]:
    """The page on which the span begins, counted from 1, and that part of its words which stands there."""
    start, end = span
    page = document.page_at(start) or 1
    ends = document.page_starts[page] if page < len(document.page_starts) else len(document.text)
    return page, document.text[start : min(end, ends)]


def printed_page(document: Document, page: int, quote: str) -> Printed:
    """The page as a picture. Raises LoadError when its file is gone, is another now, is no PDF or cannot be drawn."""
    path = Path(document.uri)
    if not _is_pdf(document.uri):
        raise LoadError("The page is not shown: only those of a PDF can be drawn.")
    try:
        found = file_hash(path)
    except OSError as error:
        raise LoadError(f"The page is not shown: {document.uri!r} cannot be read ({error.strerror}).") from error
    if found != document.content_hash:
        raise LoadError(f"The page is not shown: {document.uri!r} has changed since this text was read.")
    return _drawn(str(path), found, page, quote)


@st.cache_data(max_entries=KEPT, show_spinner="Drawing the page…")
def _drawn(path: str, content_hash: str, page: int, quote: str) -> Printed:
    return draw_page(Path(path), page, quote)
