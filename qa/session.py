"""Everything that answering needs, opened from the settings and closed together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from index.embed import open_embedder
from index.pipeline import Library, open_library
from qa.chain import AnswerChain
from qa.model.open import Model, open_model
from qa.settings import Settings

Progress = Callable[[int, int, str], None]
"""Called with bytes done, bytes in all, and what is being fetched."""


@dataclass(frozen=True, slots=True)
class Session:
    """An open library and model with the chain over them; a context manager."""

    settings: Settings
    library: Library
    model: Model
    chain: AnswerChain

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop the model and let go of the library."""
        self.model.close()
        self.library.close()


def open_settled_library(
    settings: Settings, on_progress: Progress | None = None, *, for_rebuild: bool = False
) -> Library:
    """The library that the settings name, with its embedder; weights are fetched when missing.

    Raises:
        UserFacingError: If the weights cannot be had or the library cannot be opened.
    """
    embedder = open_embedder(settings.embedder, settings.cache, settings.weights, on_progress)
    return open_library(settings.library, embedder, for_rebuild=for_rebuild, **settings.of_library)


def open_session(settings: Settings, on_progress: Progress | None = None) -> Session:
    """Library, model and chain, ready to answer. Raises as its parts do; what was opened is closed again."""
    library = open_settled_library(settings, on_progress)
    try:
        model = open_model(settings, on_progress)
    except BaseException:
        library.close()
        raise
    return Session(settings, library, model, AnswerChain(library, model, settings))
