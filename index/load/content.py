"""What a reader of one kind of file gives back: text that can be quoted, and what the file says about itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from index.load.signs import Read


@dataclass(frozen=True, slots=True)
class Content:
    """The text of a file and what is known of it beside the text."""

    text: str
    """Paragraphs apart by a blank line, a table's row on one line, with line feeds alone at the ends of lines."""
    page_starts: tuple[int, ...] = ()
    """Where each page, slide or sheet begins in `text`, in rising order from 0; empty for a format without pages."""
    metadata: Mapping[str, Read] = field(default_factory=dict)
    """Of `title`, `outlet`, `author` and `published` (ISO date) those that the file's own fields give, and which."""
    notes: tuple[str, ...] = ()
    """What was left out or could not be read, in words for the user."""
    attached: tuple[str, ...] = ()
    """Names of the files inside it that are no part of its text."""
