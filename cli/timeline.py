"""`dateline timeline`: what happened when, as the documents tell it."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.common import State
from cli.filters import AsOf, Collections, Documents, Outlets, Since, Until, read_as_of, read_filter, tell_scope
from index.errors import UserFacingError

if TYPE_CHECKING:
    from rich.console import Console

    from qa.compare.timeline import Dated


def timeline(
    context: typer.Context,
    about: Annotated[str | None, typer.Argument(help="Only events about this; all when left out.")] = None,
    *,
    since: Since = None,
    until: Until = None,
    as_of: AsOf = None,
    outlet: Outlets = None,
    collection: Collections = None,
    document: Documents = None,
    json: Annotated[bool, typer.Option("--json", help="Print the events as JSON and nothing else.")] = False,
    ics: Annotated[Path | None, typer.Option(help="Write them to this calendar file (iCalendar).")] = None,
) -> None:
    """Show the dated events of the documents in order, each with its quote; no model is asked."""
    from cli.bars import fetch_bar
    from cli.show import console, count, print_json
    from qa.compare.timeline import timeline as events_of
    from qa.question.read import check_question

    state: State = context.obj
    then = read_as_of(as_of)
    chosen = read_filter(since, until, outlet, collection, document).known_by(then)
    question = check_question(about) if about is not None else None
    with fetch_bar() as on_progress:
        library = state.open_library(state.settings(), on_progress)
    with library:
        everything = library.count_documents()
        if not everything:
            raise UserFacingError(
                f"The library in {str(library.folder)!r} holds no documents, so nothing has happened in it. "
                "Add some first: dateline add FOLDER"
            )
        matching = library.matching(chosen)
        events = events_of(library, matching.doc_ids, question)
    if json:
        print_json([{"time": one.time, "words": one.words, "citations": one.citations} for one in events])
    else:
        tell_scope(chosen, matching, everything)
    if ics:
        _write_calendar(events, ics)
    elif not json:
        _print_events(console(), events, then or date.today())
        print(f"{count(len(events), 'event')} in {count(matching.documents, 'document')}.", file=sys.stderr)


def _write_calendar(events: list[Dated], path: Path) -> None:
    from cli.show import count
    from qa.compare.timeline import to_calendar

    made, left_out = to_calendar(events)
    try:
        path.write_bytes(made)
    except OSError as error:
        raise UserFacingError(
            f"The calendar {str(path)!r} cannot be written ({error.strerror}). "
            "Name a file in a folder that you may write."
        ) from error
    more = f"; {count(left_out, 'event')} of more than a month left out" if left_out else ""
    print(f"{count(len(events) - left_out, 'event')} written to {path}{more}.", file=sys.stderr)


def _print_events(out: Console, events: list[Dated], today: date) -> None:
    from cli.show import one_line, plain, print_indented, source_line
    from index.dates.times import shown_date

    for event in events:
        written = "" if event.words == shown_date(event.time) else f"  (“{one_line(event.words)}”)"
        out.print(f"{shown_date(event.time)}{plain(written)}", style="bold")
        print_indented(out, f"“{plain(event.quote)}”", 4)
        for citation in event.citations:
            print_indented(out, source_line(citation, today), 4, "dim")
