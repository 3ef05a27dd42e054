"""`dateline add`, `sync`, `list`, `show`, `remove` and `rebuild`: the documents of the library."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.common import State, open_library_to_read
from index.errors import UserFacingError

if TYPE_CHECKING:
    from index.pipeline import Library
    from index.records import DocumentState, SyncReport

MIN_ID = 4
"""Digits of an id that may stand for it."""
Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Paths = Annotated[list[str], typer.Argument(metavar="PATH...", help="Files and folders.")]


def add(
    context: typer.Context,
    paths: Paths,
    *,
    title: Annotated[str | None, typer.Option(help="Title; for a single file.")] = None,
    outlet: Annotated[str | None, typer.Option(help="Newspaper, agency or site; for a single file.")] = None,
    author: Annotated[str | None, typer.Option(help="Author; for a single file.")] = None,
    published: Annotated[str | None, typer.Option(help="Date of publication, 2025-03-31; for a single file.")] = None,
    collection: Annotated[str | None, typer.Option(help="Name to keep all of them under, to ask them alone.")] = None,
    encoding: Annotated[
        str | None, typer.Option(help="Encoding of text that is not UTF-8, such as windows-1251; detected without it.")
    ] = None,
    json: Json = False,
) -> None:
    """Add files, and all files under folders, to the library; what is unchanged costs nothing."""
    from cli.bars import fetch_bar, file_bar
    from index.filters import collection_name

    values = {"title": title, "outlet": outlet, "author": author, "published": published}
    given = {name: value for name, value in values.items() if value is not None}
    _check_given(given, paths)
    if collection is not None:
        given["collection"] = collection_name(collection)
    if encoding is not None:
        given["encoding"] = encoding
    state: State = context.obj
    with fetch_bar() as on_fetch:
        library = state.open_library(state.settings(), on_fetch)
    with library, file_bar("Adding") as on_progress:
        report = library.add(paths, on_progress, given or None)
    _finish(report, json)


def sync(
    context: typer.Context,
    paths: Paths,
    *,
    remove: Annotated[
        int, typer.Option(min=0, help="Remove so many documents, when it is too many to do so unasked.")
    ] = 0,
    json: Json = False,
) -> None:
    """Make the library follow folders: as add, and documents whose files are gone are removed."""
    from cli.bars import fetch_bar, file_bar

    state: State = context.obj
    with fetch_bar() as on_fetch:
        library = state.open_library(state.settings(), on_fetch)
    with library, file_bar("Following") as on_progress:
        report = library.sync(paths, on_progress, remove=remove)
    _finish(report, json)


def list_documents(context: typer.Context, json: Json = False) -> None:
    """List the documents."""
    from cli.documents import document_data, print_table
    from cli.show import print_json

    state: State = context.obj
    with open_library_to_read(state.settings()) as library:
        states = library.documents()
    if json:
        print_json([document_data(one) for one in states])
    elif not states:
        print(f"The library in {str(library.folder)!r} holds no documents. Add some: dateline add FOLDER")
    else:
        print_table(states)


def show(
    context: typer.Context,
    document: Annotated[str, typer.Argument(metavar="DOC", help="Id, its first digits, or the path of the file.")],
    text: Annotated[bool, typer.Option("--text", help="Print the exact text and nothing else.")] = False,
    json: Json = False,
) -> None:
    """Show one document: what is known about it and from where, and its passages."""
    from cli.documents import document_data, print_document, print_text
    from cli.show import console, plain, print_json

    state: State = context.obj
    with open_library_to_read(state.settings()) as library:
        found = _find(library, document)
        passages = library.passages_of(found.document.doc_id)
    if json:
        print_json(document_data(found) | {"text": found.document.text, "passages_in_order": passages})
    elif text:
        print_text(found.document.text)
    else:
        out = console()
        print_document(found)
        for passage in passages:
            page = f"page {passage.page}, " if passage.page else ""
            out.print(f"\n{page}characters {passage.start} to {passage.end}", style="dim")
            out.print(plain(passage.text))


def remove(
    context: typer.Context,
    documents: Annotated[list[str], typer.Argument(metavar="DOC...", help="Ids, their first digits, or paths.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    for_good: Annotated[bool, typer.Option("--for-good", help="Keep no copy to take back.")] = False,
) -> None:
    """Remove documents from the library; the files stay where they are, and `restore` takes back for 30 days."""
    from cli.documents import ID_SHOWN
    from cli.show import count, one_line, plain

    state: State = context.obj
    with open_library_to_read(state.settings()) as library:
        found = {one.document.doc_id: one.document for one in (_find(library, target) for target in documents)}
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


def rebuild(context: typer.Context) -> None:
    """Make the vectors anew from the record: after a change of embedder, or when `doctor` says so."""
    from cli.bars import fetch_bar, file_bar
    from cli.show import count, plain

    state: State = context.obj
    with fetch_bar() as on_fetch:
        library = state.open_library(state.settings(), on_fetch, for_rebuild=True)
    with library, file_bar("Embedding") as on_progress:
        report = library.rebuild(on_progress)
    documents = count(len(report.changed) + len(report.unchanged), "document")
    embedded = f"{count(report.passages_embedded, 'passage')} embedded anew" if report.changed else "vectors kept"
    for failure in report.failed:
        print(f"failed: {plain(failure.uri)}: {plain(failure.reason)}", file=sys.stderr)
    print(f"Rebuilt the search of {documents} in {report.seconds:.1f} s; {embedded}.")
    if report.failed:
        raise typer.Exit(1)


def _check_given(given: dict[str, str], paths: list[str]) -> None:
    if not given:
        return
    options = ", ".join(f"--{name}" for name in given)
    if len(paths) != 1 or Path(paths[0]).is_dir():
        named = f"the folder {paths[0]!r}" if len(paths) == 1 else f"{len(paths)} paths"
        raise UserFacingError(
            f"{options} describes one file, but {named} is given. Nothing was added. "
            "Add that file alone, then the others without it."
        )
    if "published" in given:
        try:
            date.fromisoformat(given["published"])
        except ValueError as error:
            raise UserFacingError(
                f"--published {given['published']!r} is no date ({error}). Write year-month-day: 2025-03-31."
            ) from error


def _finish(report: SyncReport, json: bool) -> None:
    """Say what was done; exit code 1 when something failed."""
    from cli.documents import print_report
    from cli.show import print_json

    if json:
        print_json(report)
    else:
        print_report(report)
    if report.failed:
        raise typer.Exit(1)


def _find(library: Library, target: str) -> DocumentState:
    """The one document that `target` stands for."""
    from index.files import absolute

    states, uri = library.documents(), str(absolute(target))
    matches = [one for one in states if one.document.uri == uri] or [
        one for one in states if len(target) >= MIN_ID and one.document.doc_id.startswith(target.lower())
    ]
    if len(matches) == 1:
        return matches[0]
    if matches:
        listed = ", ".join(f"{one.document.doc_id} ({one.document.uri})" for one in matches)
        raise UserFacingError(f"{target!r} stands for several documents: {listed}. Give more digits.")
    raise UserFacingError(
        f"No document has the path {target!r} or an id that begins so (at least {MIN_ID} digits). "
        "`dateline list` shows them all."
    )
