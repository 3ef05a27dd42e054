"""What is put around a passage to find it by; never part of what is quoted."""

from __future__ import annotations

from datetime import date

from index.records import Document, Passage


def date_words(day: date | None) -> str:
    """A date as it may be asked for, `2021-06-21 Monday 21 June 2021`; empty for none."""
    return f"{day.isoformat()} {day:%A} {day.day} {day:%B} {day.year}" if day else ""


def embedding_text(document: Document, passage: Passage) -> str:
    """The passage behind its title, outlet, date and headings: what is embedded for it.

    Anthropic's "contextual retrieval" (2024) has a model write such a line; ours is what is known of the document.
    """
    day = document.published
    known = [document.title, document.outlet, f"{day.day} {day:%B} {day.year}" if day else None, *passage.headings]
    return "\n".join([", ".join(part for part in known if part), passage.text])
