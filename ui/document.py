"""One document in full, and where what is known about it was read."""

from __future__ import annotations

from datetime import date

from index.records import Document, DocumentState, Story, Version
from index.reprints import others_in_words
from ui.shared import date_in_words, escape
from ui.sources import describe
from ui.versions import note_html, state_in_words

SHOWN_CHARACTERS = 200_000


def heading_html(one: DocumentState | Version, today: date, story: Story | None = None) -> str:
    """What is known about the document, where it was read, and which others print the same."""
    document = one.document
    again = f'<p class="dl-note">{escape(others_in_words(story, document.doc_id))}</p>' if story else ""
    return (
        f'{note_html(one)}<h2 class="dl-question" dir="auto">{escape(document.title)}</h2>'
        f'<div class="dl-meta">{describe(document, today)}</div>{again}{origins_html(one)}'
    )


def origins_html(one: DocumentState | Version) -> str:
    """Each detail with where it was read, folded away."""
    document = one.document
    known = {
        "title": document.title,
        "outlet": document.outlet,
        "author": document.author,
        "published": date_in_words(document.published) if document.published else None,
    }
    if document.collection:
        known["collection"] = document.collection
    rows = "".join(_row(name, value, document.origins.get(name)) for name, value in known.items())
    rows += f"<dt>File</dt><dd>{escape(document.uri)}</dd><dt>Id</dt><dd>{document.doc_id}</dd>"
    rows += f"<dt>State</dt><dd>{state_in_words(one)}</dd>"
    return f'<details class="dl-origins"><summary>Where each was read from</summary><dl>{rows}</dl></details>'


def _row(name: str, value: str | None, origin: str | None) -> str:
    if value is None:
        why = f"not known: {origin}" if origin else "not found in the document"
        shown = f'<span class="dl-quiet">{escape(why)}</span>'
    else:
        read = origin if origin in {None, "given by you"} else f"read from {origin}"
        where = f'<br><span class="dl-quiet">{escape(read)}</span>' if read else ""
        shown = f"<bdi>{escape(value)}</bdi>{where}"
    return f"<dt>{name.capitalize()}</dt><dd>{shown}</dd>"


def text_html(document: Document) -> str:
    """The full text as it is, its beginning when it is very long."""
    text = document.text
    note = ""
    if len(text) > SHOWN_CHARACTERS:
        note = (
            f'<p class="dl-note">The first {SHOWN_CHARACTERS:,} of {len(text):,} characters are shown; '
            "the file holds all of it.</p>"
        )
    return f'{note}<div class="dl-text" dir="auto" tabindex="0">{escape(text[:SHOWN_CHARACTERS].strip())}</div>'
