"""The page of a PDF that holds a marked place, as it is printed."""

from __future__ import annotations

from bisect import bisect_right
from pathlib import Path

import streamlit as st

from index.errors import LoadError
from index.files import file_hash
from index.load.printed import Printed, draw_page
from index.records import Document, Span
from ui.shared import escape

KEPT = 20
"""Pages that are kept drawn."""


def show_printed(document: Document, span: Span) -> None:
    """Draw the page with the words marked, or say why it cannot be; nothing for a document without pages."""
    if not document.page_starts:
        return
    st.subheader("As printed", anchor=False)
    page, quote = page_of(document, span)
    try:
        printed = printed_page(document, page, quote)
    except LoadError as error:
        st.html(f'<p class="dl-note">{escape(str(error))}</p>')
        return
    if not printed.marked:
        st.html('<p class="dl-note">The words could not be found on the drawn page, so nothing is marked there.</p>')
    st.image(printed.png, width="stretch", alt=f"Page {page} of the file, as it is printed")
    st.html(f'<p class="dl-note">Page {page} of {len(document.page_starts):,}</p>')


def page_of(document: Document, span: Span) -> tuple[int, str]:
    """The page on which the span begins, counted from 1, and that part of its words which stands there."""
    start, end = span
    page = max(1, bisect_right(document.page_starts, start))
    ends = document.page_starts[page] if page < len(document.page_starts) else len(document.text)
    return page, document.text[start : min(end, ends)]


def printed_page(document: Document, page: int, quote: str) -> Printed:
    """The page as a picture. Raises LoadError when its file is gone, is another now, is no PDF or cannot be drawn."""
    path = Path(document.uri)
    if path.suffix.lower() != ".pdf":
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
