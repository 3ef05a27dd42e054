"""What one run over files did, as lines for a terminal and as data for JSON."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from cli.show import count, plain

if TYPE_CHECKING:
    from index.report import FileRow, SyncReport

COUNTED = {"duplicate": "the same as others", "kept": "kept although their files are gone"}
"""Words for a number of files of which this became, where the outcome itself is none."""
OTHER = {"moved": "from", "duplicate": "of"}
"""What the other path of a row is to it."""


def report_data(report: SyncReport) -> dict[str, Any]:
    """A report for JSON: how many files became what, and a row for each."""
    return {
        "counts": report.counts,
        "rows": report.rows,
        "passages_embedded": report.passages_embedded,
        "seconds": report.seconds,
    }


def print_report(report: SyncReport, *, flush: bool = False) -> None:
    """A report in words: a line for each file that is not unchanged, and the numbers."""
    print_rows(report)
    counted = [f"{number:,} {COUNTED.get(outcome, outcome)}" for outcome, number in report.counts.items()]
    embedded = f"{count(report.passages_embedded, 'passage')} embedded in {report.seconds:.1f} s"
    print(f"{', '.join(counted) or 'no files there'}; {embedded}")
    if report.removed:
        print("What was removed can be taken back within 30 days: dateline restore")
    if flush:
        sys.stdout.flush()


def print_rows(report: SyncReport) -> None:
    """A line for each file that is not unchanged; those that failed on standard error."""
    for row in report.rows:
        if row.outcome == "failed":
            print(f"failed: {plain(_reason(row))}", file=sys.stderr)
        elif row.outcome != "unchanged":
            other = f"  ({OTHER[row.outcome]} {plain(row.other)})" if row.other else ""
            print(f"{row.outcome:9} {plain(row.path)}{other}")


def _reason(row: FileRow) -> str:
    reason = row.reason or "no reason was told"
    return reason if row.path in reason else f"{row.path}: {reason}"
