"""`dateline add`, `sync`, `list`, `show` and `rebuild`: the documents of the library."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import nullcontext, redirect_stdout
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.common import Fields, State, open_library_to_read
from index.errors import UserFacingError

if TYPE_CHECKING:
    from index.records import Passage
    from index.report import SyncReport

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
    field: Fields = None,
    ray: Annotated[
        str | None,
        typer.Option(
            metavar="WHERE",
            help="Have Ray read and embed the files: local, auto, HOST:PORT or ray://HOST:PORT of a cluster; see "
            "docs/large.md.",
        ),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="With --ray: processes that work at the same time; one a processor else.")
    ] = None,
    json: Json = False,
) -> None:
    """Add files, and all files under folders, to the library; what is unchanged costs nothing."""
    from cli.bars import fetch_bar, file_bar
    from index.fields import read_fields
    from index.filters import collection_name

    fields = read_fields(field or ())
    values = {"title": title, "outlet": outlet, "author": author, "published": published}
    given = {name: value for name, value in values.items() if value is not None}
    _check_given(given, paths)
    if workers and not ray:
        raise UserFacingError(f"--workers {workers} are processes of Ray, but --ray is not given. Add --ray local.")
    if collection is not None:
        given["collection"] = collection_name(collection)
    if encoding is not None:
        given["encoding"] = encoding
    state: State = context.obj
    settings = state.settings()
    cluster = state.open_cluster(settings, ray, workers) if ray else None
    with fetch_bar() as on_fetch:
        library = state.open_library(settings, on_fetch)
    ray_tells = redirect_stdout(sys.stderr)  # of workers that died; it prints
    with library, cluster or nullcontext(), file_bar("Adding") as on_progress, ray_tells:
        report = library.add(paths, on_progress, given or None, fields=fields, cluster=cluster)
    _finish(report, json)


def sync(
    context: typer.Context,
    paths: Paths,
    *,
    remove: Annotated[
        int, typer.Option(min=0, help="Remove so many documents, when it is too many to do so unasked.")
    ] = 0,
    collection: Annotated[str | None, typer.Option(help="Name to keep all of them under, to ask them alone.")] = None,
    field: Fields = None,
    json: Json = False,
) -> None:
    """Make the library follow folders: as add, and documents whose files are gone are removed."""
    from cli.bars import fetch_bar, file_bar
    from index.fields import read_fields

    fields = read_fields(field or ())
    state: State = context.obj
    with fetch_bar() as on_fetch:
        library = state.open_library(state.settings(), on_fetch)
    with library, file_bar("Following") as on_progress:
        report = library.sync(paths, on_progress, remove=remove, collection=collection, fields=fields)
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
    """Show one document: what is known about it and from where, and its passages; also an old version, by its id."""
    from cli.documents import document_data, print_document, print_text
    from cli.show import plain, print_json

    state: State = context.obj
    with open_library_to_read(state.settings()) as library:
        doc_id = library.find(document)
        found, old, passages = library.state(doc_id), library.version(doc_id), library.passages_of(doc_id)
        story = library.story_of(doc_id)
    shown = found or old
    if shown is None:
        raise UserFacingError(f"{document!r} was removed for good meanwhile. `dateline list` shows what is there.")
    if json:
        print_json(document_data(shown) | {"text": shown.document.text, "passages_in_order": passages})
    elif text:
        print_text(shown.document.text)
    else:
        print_document(shown, story)
        _print_passages(passages) if found else print(f"\n{plain(shown.document.text)}")


def _print_passages(passages: Sequence[Passage]) -> None:
    from cli.show import console, plain

    out = console()
    for passage in passages:
        page = f"page {passage.page}, " if passage.page else ""
        out.print(f"\n{page}characters {passage.start} to {passage.end}", style="dim")
        out.print(plain(passage.text))


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
    from cli.reports import print_report, report_data
    from cli.show import print_json

    if json:
        print_json(report_data(report))
    else:
        print_report(report)
    if report.failed:
        raise typer.Exit(1)
