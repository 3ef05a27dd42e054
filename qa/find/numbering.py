"""The markers of an answer: each sentence cited has its own, and keeps it."""

from __future__ import annotations

from collections.abc import Iterable

from qa.records import Citation


class Numbering:
    """Gives a sentence the marker it has, or the next one."""

    def __init__(self, citations: Iterable[Citation] = ()) -> None:
        self._markers = {(known.doc_id, known.start, known.end): known.number for known in citations}

    def marker(self, doc_id: str, start: int, end: int) -> int:
        """Its number, from 1."""
        return self._markers.setdefault((doc_id, start, end), max(self._markers.values(), default=0) + 1)
