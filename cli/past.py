"""`dateline remove`, `restore` and `history`: what goes out of the library, and what was in it before."""

from __future__ import annotations

import sys
from itertools import zip_longest
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.common import State, open_library_to_read

if TYPE_CHECKING:
    from index.records import DocumentState, Version


def remove(
    context: typer.Context,
    documents: Annotated[list[str], typer.Argument(metavar="DOC...", help="Ids, their first digits, or paths.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    for_good: Annotated[bool, typer.Option("--for-good", help="Keep no copy to take back.")] = False,
) -> None:
    """Remove documents from the library; the files stay where they are, and `restore` takes back for 30 days."""
    from cli.documents import ID_SHOWN
    from cli.show import count, one_line, plain
    from index.filters import find_document

    state: State = context.obj
    with open_library_to_read(state.settings()) as library:
        known = [find_document(target, library.facts(), "none was removed") for target in documents]
        found = {one.doc_id: one for one in known}
        if not yes:
            for document in found.values():
                print(
                    f"{document.doc_id[:ID_SHOWN]}  {one_line(document.title)}  {plain(document.uri)}", file=sys.stderr
                )
            if not typer.confirm(f"Remove {count(len(found), 'document')} from the library?", err=True):
                print("Nothing was removed.", file=sys.stderr)
                raise typer.Exit(1)
        removed = library.remove(list(found), for_good=for_good)
    for uri in removed:
        print(f"removed {plain(uri)}")
    if not for_good:
        print(f"To take back within 30 days: dateline restore {' '.join(doc_id[:ID_SHOWN] for doc_id in found)}")


def restore(
    context: typer.Context,
    documents: Annotated[
        list[str] | None, typer.Argument(metavar="[DOC...]", help="Ids, their first digits, or paths; none lists all.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that can be taken back.")] = False,
) -> None:
    """Take back documents removed within the last 30 days, or list them."""
    from cli.bars import fetch_bar, file_bar
    from cli.documents import print_removed
    from cli.show import plain

    state: State = context.obj
    if not (documents or everything):
        with open_library_to_read(state.settings()) as library:
            print_removed(library.removed())
        return
    with fetch_bar() as on_fetch:
        library = state.open_library(state.settings(), on_fetch)
    with library, file_bar("Taking back") as on_progress:
        targets = [one.document.doc_id for one in library.removed()] if everything else documents or []
        taken = library.restore(targets, on_progress)
    for uri in taken:
        print(f"restored {plain(uri)}")


def history(
    context: typer.Context,
    document: Annotated[str, typer.Argument(metavar="DOC", help="Id, its first digits, or the path of the file.")],
    json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """List the versions of a document, the newest first, and how many words each changed; `show ID` opens one."""
    from cli.documents import ID_SHOWN
    from cli.show import one_line, print_json

    state: State = context.obj
    with open_library_to_read(state.settings()) as library:
        found = library.history(library.find(document))
    rows = [_history_row(one, before) for one, before in zip_longest(found, found[1:])]
    if json:
        print_json(rows)
        return
    for row in rows:
        words = "" if row["words_added"] is None else f"+{row['words_added']:,} -{row['words_removed']:,} words"
        columns = (row["doc_id"][:ID_SHOWN], _minute(row["added_at"]), _became(row), words, one_line(row["title"]))
        print("\t".join(columns))


def _history_row(one: DocumentState | Version, before: DocumentState | Version | None) -> dict[str, Any]:
    """What is told of a version, and how much it differs from the one before."""
    from cli.documents import document_data
    from index.past import words_changed

    added, gone = words_changed(before.document.text, one.document.text) if before else (None, None)
    return document_data(one) | {"words_added": added, "words_removed": gone}


def _became(row: dict[str, Any]) -> str:
    if row["removed_at"] is None:
        return "is searched"
    return f"{'replaced' if row['replaced_by'] else 'removed'} {_minute(row['removed_at'])}"


def _minute(when: str | None) -> str:
    return when[:16].replace("T", " ") if when else "not known"
