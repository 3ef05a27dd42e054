"""`dateline edit`: what is known about a document, set right."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.common import State
from index.errors import UserFacingError


def edit(
    context: typer.Context,
    document: Annotated[str, typer.Argument(metavar="DOC", help="Id, its first digits, or the path of the file.")],
    *,
    title: Annotated[str | None, typer.Option(help="Title.")] = None,
    outlet: Annotated[str | None, typer.Option(help="Newspaper, agency or site.")] = None,
    author: Annotated[str | None, typer.Option(help="Author.")] = None,
    published: Annotated[str | None, typer.Option(help="Date of publication, 2025-03-31.")] = None,
    collection: Annotated[str | None, typer.Option(help="Name to keep it under together with others.")] = None,
    forget: Annotated[
        list[str] | None, typer.Option(metavar="FIELD", help="Go back to what the file says; may be given again.")
    ] = None,
) -> None:
    """Set right what is known about a document; it outlives re-indexing, moves and changes of the file."""
    from cli.bars import fetch_bar
    from cli.documents import print_document

    values = {"title": title, "outlet": outlet, "author": author, "published": published, "collection": collection}
    given = {name: value for name, value in values.items() if value is not None}
    if not given and not forget:
        raise UserFacingError(
            "Nothing was given to change. Give --title, --outlet, --author, --published or --collection with its "
            "value, or --forget FIELD."
        )
    state: State = context.obj
    with fetch_bar() as on_fetch:
        library = state.open_library(state.settings(), on_fetch)
    with library:
        edited = library.edit(document, given, forget or ())
        if (found := library.state(edited.doc_id)) is not None:
            print_document(found)
