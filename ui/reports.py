"""What a run over files did, in words, as HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from index.files import container_of
from index.records import Failure
from index.report import SyncReport
from ui.shared import counted, escape

LISTED = 50
"""Paths named of one kind, at most; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the page tells after something was done."""

    title: str
    report: SyncReport | None = None
    replaced: tuple[str, ...] = ()
    """Uploaded files that took the place of an earlier one of the same name."""
    refused: tuple[Failure, ...] = ()
    """Uploaded files that were not kept."""
    error: str | None = None
    given: Mapping[str, str] = field(default_factory=dict)
    """What the user gave about all of these files."""
    undo: tuple[str, ...] = ()
    """Ids of the documents that were removed."""
    problem: str = ""
    """What went wrong besides, though it was done."""
    told: bool = False
    """It was shown before."""

    @property
    def again(self) -> tuple[str, ...]:
        """Paths of the files that failed and can be tried again, each once; of those inside a file, the file's.

        A folder is none, and what was not kept has to be uploaded again.
        """
        failed = [Path(failure.uri) for failure in (self.report.failed if self.report else ())]
        files = dict.fromkeys(str(container_of(path) or path) for path in failed if not path.is_dir())
        return tuple(files)


def outcome_words(outcome: Outcome) -> str:
    """The whole in one line, without its files."""
    if outcome.error is not None:
        return f"{outcome.title}."
    counts = [f"{len(paths):,} {word}" for word, paths in _kinds(outcome) if paths]
    counts += [f"{len(failed):,} failed"] if (failed := _failed(outcome)) else []
    if not counts and outcome.report is None:
        return f"{outcome.title}."
    return f"{outcome.title}: {', '.join(counts) or 'nothing to do'}."


def outcome_html(outcome: Outcome) -> str:
    """Every file in exactly one line, the unchanged ones as a number, what failed with its reason."""
    rows = f'<li class="dl-failed">{escape(outcome.problem)}</li>' if outcome.problem else ""
    rows += "".join(_failure(failure) for failure in _failed(outcome))
    rows += "".join(
        f"<li>{escape(name)}: replaced the earlier file of that name, so its document counts as changed.</li>"
        for name in outcome.replaced
    )
    rows += "".join(_listed(word, paths) for word, paths in _kinds(outcome) if paths and word != "unchanged")
    took = ""
    if outcome.report:
        made = counted(outcome.report.passages_embedded, "passage")
        took = f' <span class="dl-quiet">{made} embedded in {outcome.report.seconds:.1f} s</span>'
    listed = f"<ul>{rows}</ul>" if rows else ""
    return f'<div class="dl-report" role="status"><p><b>{escape(outcome_words(outcome))}</b>{took}</p>{listed}</div>'


def _kinds(outcome: Outcome) -> tuple[tuple[str, tuple[str, ...]], ...]:
    report = outcome.report or SyncReport()
    return (
        ("added", report.added),
        ("changed", report.changed),
        ("moved", report.moved),
        ("removed", report.removed),
        ("kept although their files are gone", report.kept),
        ("already in the library under another path", report.duplicates),
        ("unchanged", report.unchanged),
    )


def _failed(outcome: Outcome) -> tuple[Failure, ...]:
    return (*outcome.refused, *(outcome.report.failed if outcome.report else ()))


def _failure(failure: Failure) -> str:
    path = Path(failure.uri)
    # What was not kept is named as it was uploaded: files of one name may lie in several of its folders.
    name = (path.name if path.is_absolute() else "") or failure.uri
    return f'<li class="dl-failed"><b>{escape(name)}</b>: {escape(failure.reason)}</li>'


def _listed(word: str, paths: Sequence[str]) -> str:
    names = ", ".join(f"<bdi>{escape(path)}</bdi>" for path in paths[:LISTED])
    more = f" and {len(paths) - LISTED:,} more" if len(paths) > LISTED else ""
    return f"<li>{word[0].upper()}{word[1:]}: {names}{more}</li>"
