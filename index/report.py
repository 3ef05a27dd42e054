"""What one run over files did: a row for each file."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal, get_args

from index.records import Failure

Outcome = Literal["added", "updated", "moved", "unchanged", "removed", "duplicate", "kept", "failed"]


@dataclass(frozen=True, slots=True)
class FileRow:
    """What became of one file."""

    path: str
    outcome: Outcome
    """`duplicate`: its bytes are in the library under another path. `kept`: it is gone, together with too many others
    to remove their documents unasked, which a row `failed` says for their folder."""
    other: str | None = None
    """The path that a file was moved from, or that a duplicate has the bytes of."""
    reason: str | None = None
    """Why it failed, in words for the user."""


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What one run did: every file that it met is in one row, in the order in which they were met."""

    rows: tuple[FileRow, ...] = ()
    passages_embedded: int = 0
    seconds: float = 0.0

    def paths(self, *outcomes: Outcome) -> tuple[str, ...]:
        """Absolute paths of the files of which this became."""
        return tuple(row.path for row in self.rows if row.outcome in outcomes)

    @property
    def added(self) -> tuple[str, ...]:
        """New files."""
        return self.paths("added")

    @property
    def changed(self) -> tuple[str, ...]:
        """Files with other contents, or of which something else is known now."""
        return self.paths("updated")

    @property
    def moved(self) -> tuple[str, ...]:
        """Where the files lie now that were moved."""
        return self.paths("moved")

    @property
    def removed(self) -> tuple[str, ...]:
        """Files that are gone, and their documents with them."""
        return self.paths("removed")

    @property
    def unchanged(self) -> tuple[str, ...]:
        """Files that are as they were."""
        return self.paths("unchanged")

    @property
    def duplicates(self) -> tuple[str, ...]:
        """Files whose bytes are in the library under another path."""
        return self.paths("duplicate")

    @property
    def kept(self) -> tuple[str, ...]:
        """Files that are gone, and whose documents were kept."""
        return self.paths("kept")

    @property
    def failed(self) -> tuple[Failure, ...]:
        """What could not be used, and why."""
        return tuple(Failure(row.path, row.reason or "") for row in self.rows if row.outcome == "failed")

    @property
    def counts(self) -> dict[Outcome, int]:
        """How many files became what; what none became is left out."""
        counted = Counter(row.outcome for row in self.rows)
        return {outcome: counted[outcome] for outcome in get_args(Outcome) if counted[outcome]}
