"""The options that choose which documents are searched; `ask` and `search` share them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from index.records import Filter, Matching

Since = Annotated[
    str | None,
    typer.Option(metavar="DATE", help="Only documents published then or later: 2025-03-31, 2025-03 or 2025."),
]
Until = Annotated[
    str | None,
    typer.Option(metavar="DATE", help="Only documents published then or earlier; a month or year is its last day."),
]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of", metavar="DATE", help="As if it were then: nothing published later is read, and ages count from it."
    ),
]
Outlets = Annotated[
    list[str] | None,
    typer.Option("--outlet", metavar="NAME", help="Only documents of this outlet; may be given several times."),
]
Collections = Annotated[
    list[str] | None,
    typer.Option("--collection", metavar="NAME", help="Only documents in this collection; several times likewise."),
]
Documents = Annotated[
    list[str] | None,
    typer.Option("--document", metavar="DOC", help="Only this document, by id or path; several times likewise."),
]


def tell_scope(chosen: Filter, matching: Matching, everything: int) -> None:
    """Say on standard error which documents are searched, where not all are, and what did not go as typed."""
    from cli.show import one_line
    from qa.question.filters import filter_in_words, scope_in_words

    if matching.doc_ids is not None:
        words = scope_in_words(matching.documents, everything, filter_in_words(chosen, matching.titles))
        print(one_line(words), file=sys.stderr)
    for problem in matching.problems:
        print(one_line(problem), file=sys.stderr)


def read_as_of(typed: str | None) -> date | None:
    """The day that was typed, the last one of a month or year. Raises as `read_filter` does."""
    from qa.question.filters import last_day

    return last_day(typed) if typed is not None else None


def read_filter(
    since: str | None,
    until: str | None,
    outlets: Sequence[str] | None,
    collections: Sequence[str] | None,
    documents: Sequence[str] | None,
) -> Filter:
    """The filter that was typed.

    Raises:
        UserFacingError: If a date is none, or they are the wrong way round.
    """
    from index.filters import check_days
    from index.records import Filter
    from qa.question.filters import first_day, last_day

    chosen = Filter(
        first_day(since) if since is not None else None,
        last_day(until) if until is not None else None,
        tuple(outlets or ()),
        tuple(collections or ()),
        tuple(documents or ()),
    )
    check_days(chosen)
    return chosen
