"""What every command shares: the settings given before it, how a library is opened, and how an error is shown."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from index.errors import UserFacingError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.embed import Embedder
    from index.pipeline import Library
    from index.records import Span
    from index.sources import Progress
    from qa.models import Model
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


def open_library_to_read(settings: Settings) -> Library:
    """The library for commands that embed nothing: no weights are needed, and any embedder may have made it."""
    from index.pipeline import open_library

    return open_library(settings.library, NoEmbedder(), for_rebuild=True, **settings.of_library)


def open_library_to_write(settings: Settings, on_progress: Progress | None, *, for_rebuild: bool = False) -> Library:
    """The library with the embedder of the settings; its weights are fetched when missing."""
    # As qa.session.open_settled_library, but without the half second that importing LangChain takes.
    from index.pipeline import open_library

    embedder = open_embedder(settings, on_progress)
    return open_library(settings.library, embedder, for_rebuild=for_rebuild, **settings.of_library)


def open_session(settings: Settings, on_progress: Progress | None) -> Session:
    """Library, model and chain."""
    import qa.session

    return qa.session.open_session(settings, on_progress)


def open_embedder(settings: Settings, on_progress: Progress | None) -> Embedder:
    """The embedder of the settings; its weights are fetched when missing."""
    import index.embed

    return index.embed.open_embedder(settings.embedder, settings.cache, settings.weights, on_progress)


def open_model(settings: Settings) -> Model:
    """The model of the settings alone; its weights are fetched when missing."""
    import qa.models
    from cli.bars import fetch_bar

    with fetch_bar() as on_fetch:
        return qa.models.open_model(settings, on_fetch)


class NoEmbedder:
    """Stands where no text is embedded: lists, shows and removes."""

    @property
    def name(self) -> str:
        """None: such a library is never compared with it."""
        return "none"

    @property
    def dimension(self) -> int:
        """None."""
        return 0

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Refuses: a command that embeds must open the library with a real one."""
        raise ValueError("This library was opened without an embedder.")

    def encode_spans(
        self, texts: Sequence[str], spans: Sequence[Sequence[Span]]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Refuses, as `encode`."""
        raise ValueError("This library was opened without an embedder.")


@dataclass(frozen=True, slots=True)
class State:
    """What the commands are given: values from the command line, and the ways to open things (tests give others)."""

    given: dict[str, Any] = field(default_factory=dict)
    verbose: bool = False
    open_library: Callable[..., Library] = open_library_to_write
    open_session: Callable[[Settings, Progress | None], Session] = open_session
    open_embedder: Callable[[Settings, Progress | None], Embedder] = open_embedder
    open_model: Callable[[Settings], Model] = open_model

    def settings(self) -> Settings:
        """The settings, those of the command line first. Raises UserFacingError."""
        from index.settings import load_settings
        from qa.settings import Settings

        return load_settings(Settings, **self.given)
