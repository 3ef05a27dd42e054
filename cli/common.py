"""What every command shares: the settings given before it, how a library is opened, and how an error is shown."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from index.errors import UserFacingError

if TYPE_CHECKING:
    from index.cluster import Cluster
    from index.embed import Embedder
    from index.pipeline import Library
    from index.weights.carriers import Progress
    from qa.model.open import Model
    from qa.session import Session
    from qa.settings import Settings

Fields = Annotated[
    list[str] | None,
    typer.Option(
        "--field",
        metavar="FIELD=KEY",
        help="Which key of JSON records holds the text, title, published, outlet, author or address: text=body; may be "
        "given again, and is kept for these paths.",
    ),
]
HOST = "127.0.0.1"
"""What the page and the servers are served at, unless told otherwise."""
CODE = Path(__file__).resolve().parent.parent
"""Where the packages lie, and `app.py` and `seeds/` beside them."""


class Group(TyperGroup):
    """Shows a `UserFacingError` as its text, with exit code 1; Ctrl-C gives 130, a closed pipe is quiet."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            result = super().invoke(ctx)
            # Here, not at exit: only here is a closed pipe a quiet end.
            sys.stdout.flush()
            return result
        except UserFacingError as error:
            from cli.show import plain

            typer.echo(plain(str(error)), err=True)
            raise typer.Exit(1) from error


def open_library(settings: Settings, on_progress: Progress | None, *, for_rebuild: bool = False) -> Library:
    """The library with the embedder of the settings; its weights are fetched when missing."""
    import index.open

    return index.open.open_configured(settings, on_progress, for_rebuild=for_rebuild)


def open_library_to_read(settings: Settings) -> Library:
    """The library for commands that embed nothing."""
    import index.open

    return index.open.open_to_read(settings)


def open_session(settings: Settings, on_progress: Progress | None) -> Session:
    """Library, model and chain."""
    import qa.session

    return qa.session.open_session(settings, on_progress)


def open_embedder(settings: Settings, on_progress: Progress | None) -> Embedder:
    """The embedder of the settings; its weights are fetched when missing."""
    import index.open

    return index.open.open_configured_embedder(settings, on_progress)


def open_model(settings: Settings) -> Model:
    """The model of the settings alone; its weights are fetched when missing."""
    import qa.model.open
    from cli.bars import fetch_bar

    with fetch_bar() as on_fetch:
        return qa.model.open.open_model(settings, on_fetch)


def open_cluster(settings: Settings, address: str, workers: int | None) -> Cluster:
    """The Ray at this address, not yet started or reached."""
    import index.open

    return index.open.open_configured_cluster(settings, address, workers)


@dataclass(frozen=True, slots=True)
class State:
    """What the commands are given: values from the command line, and the ways to open things (tests give others)."""

    given: dict[str, Any] = field(default_factory=dict)
    verbose: bool = False
    open_library: Callable[..., Library] = open_library
    open_session: Callable[[Settings, Progress | None], Session] = open_session
    open_embedder: Callable[[Settings, Progress | None], Embedder] = open_embedder
    open_model: Callable[[Settings], Model] = open_model
    open_cluster: Callable[[Settings, str, int | None], Cluster] = open_cluster

    def settings(self) -> Settings:
        """The settings, those of the command line first. Raises UserFacingError."""
        from index.settings import load_settings
        from qa.settings import Settings

        return load_settings(Settings, **self.given)
