"""What travels through a run: the cases of a suite, and what a system made of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from index.pipeline import OnProgress
from qa.settings import Settings

Value = bool | float | None
"""A measured value: a yes or no, a number, or None where there was nothing to measure. None is never counted."""


@dataclass(frozen=True, slots=True)
class Item:
    """One case as the runner and the reports see it; its suite knows the rest by `id`."""

    id: str
    kind: str
    question: str
    """What is asked or looked at, as a reader would name it."""
    half: str | None = None
    """`tune`, `report`, or None in a suite without halves."""


@dataclass(frozen=True, slots=True)
class Result:
    """What one system made of one case."""

    system: str
    item: Item
    measures: Mapping[str, Value] = field(default_factory=dict)
    """By the names of `evals.measures.names.MEASURES`; empty when an error ended the case: unscored, not wrong."""
    reasons: tuple[str, ...] = ()
    """Why it is not right, in words."""
    shown: Mapping[str, Any] = field(default_factory=dict)
    """For the drill-down, JSON values only: what was expected, answered and cited."""
    error: str | None = None
    """Type and text of what ended it."""
    seconds: Mapping[str, float] = field(default_factory=dict)
    """From the question to `evidence`, `first_word` and `answer`, those that there are, by our own clock."""
    tokens: Mapping[str, int] = field(default_factory=dict)
    """Tokens `read` anew, `kept` and `written`, those that there are."""


Ask = Callable[[Item], Result]
"""Puts one case to one opened system. What it raises ends that case only."""


class Suite(Protocol):
    """Cases and the systems that can be put to them."""

    @property
    def name(self) -> str:
        """As on the command line."""

    @property
    def items(self) -> Sequence[Item]:
        """Every case, in order, ids unique."""

    @property
    def systems(self) -> Sequence[str]:
        """Those it can be run with; the first is the default."""

    @property
    def sha256(self) -> str:
        """Of everything that its results hang on beside code, settings and models: cases and documents."""

    @property
    def comparable(self) -> str:
        """What its numbers can be compared with in the literature, and what not."""

    def open(
        self, systems: Sequence[str], settings: Settings, items: Sequence[Item], on_progress: OnProgress | None = None
    ) -> AbstractContextManager[Mapping[str, Ask]]:
        """The systems by name, opened and warm; closed with the context.

        Args:
            items: Those that will be asked, so that a suite that does not fit its documents fails at once.

        Raises:
            UserFacingError: If a system cannot start or the suite does not fit its documents.
        """
