"""When the steps of one question came: the time between two of them is what a trace shows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from qa.records import Answer, Event, EvidenceFound, Piece


@dataclass(slots=True)
class Course:
    """Filled as one question is answered; all times in nanoseconds since 1970, None for what has not come."""

    now: Callable[[], int] = time.time_ns
    began: int = 0
    turn: int | None = None
    found: int | None = None
    first_piece: int | None = None
    last_piece: int | None = None
    ended: int | None = None
    sentences: int = 0
    """Of evidence."""
    tokens: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.began = self.now()

    def take_turn(self) -> None:
        """Nobody comes first any more."""
        self.turn = self.now()

    def note(self, event: Event) -> None:
        """An event of the chain came just now."""
        match event:
            case EvidenceFound():
                self.found, self.sentences = self.now(), len(event.citations)
            case Piece():
                self.last_piece = self.now()
                self.first_piece = self.first_piece or self.last_piece
            case Answer():
                self.ended, self.tokens = self.now(), dict(event.tokens)

    def steps(self) -> Iterator[tuple[str, int, int]]:
        """Each step that has ended, with its begin and end.

        They are `wait` (for its turn), `search` (with the rewriting of a follow-up), `first_token`, `answer` (to the
        last token) and `check` (to the checked answer; without a model, to the answer of code).
        """
        before = self.began
        for name, end in (
            ("wait", self.turn),
            ("search", self.found),
            ("first_token", self.first_piece),
            ("answer", self.last_piece),
            ("check", self.ended),
        ):
            if end is not None:
                yield name, before, end
                before = end
