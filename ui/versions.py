"""What is told of a document that is no longer searched."""

from __future__ import annotations

from datetime import date

from index.records import DocumentState, Version
from ui.shared import counted, date_in_words, escape


def state_in_words(one: DocumentState | Version) -> str:
    """How far its indexing has come, or since when it is no longer searched."""
    if isinstance(one, DocumentState):
        return f"{one.state}, {counted(one.passages, 'passage')}"
    day = date_in_words(date.fromisoformat(one.removed_at[:10]))
    return f"an old version, replaced on {day}" if one.replaced_by else f"a document that was removed on {day}"


def note_html(one: DocumentState | Version) -> str:
    """That it is an old version or removed, with what stands in its place; empty for one that is searched."""
    if isinstance(one, DocumentState):
        return ""
    new = f'<a href="library?document={escape(one.replaced_by)}">Open the present one</a>' if one.replaced_by else ""
    return f'<p class="dl-note">This is {escape(state_in_words(one))}; no answer rests on it any more. {new}</p>'
