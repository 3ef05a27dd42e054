"""How a suite or a bench opens what it measures; tests open something smaller."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

# Each inside its function: a process that only embeds is measured without what LangChain takes.
if TYPE_CHECKING:
    from index.embed import Embedder
    from index.weights.carriers import Progress
    from qa.model.open import Model
    from qa.session import Session
    from qa.settings import Settings


def open_embedder(settings: Settings, on_fetch: Progress | None = None) -> Embedder:
    """The embedder that the settings name; weights are fetched when missing."""
    from index.open import open_configured_embedder

    return open_configured_embedder(settings, on_fetch)


def open_session(settings: Settings, on_fetch: Progress | None = None) -> Session:
    """Library, model and chain of the settings."""
    import qa.session

    return qa.session.open_session(settings, on_fetch)


def open_model(settings: Settings, on_fetch: Progress | None = None) -> Model:
    """The model of the settings alone."""
    import qa.model.open

    return qa.model.open.open_model(settings, on_fetch)


@dataclass(frozen=True, slots=True)
class Opening:
    """The ways to the embeddings, to library, model and chain together, and to a model alone.

    Functions of a module, or partials of such, where another process must find them by name.
    """

    open_embedder: Callable[[Settings], Embedder] = open_embedder
    open_session: Callable[[Settings], Session] = open_session
    open_model: Callable[[Settings], Model] = open_model


def real_opening(on_fetch: Progress | None = None) -> Opening:
    """The real ones, which tell what they fetch."""
    return Opening(
        partial(open_embedder, on_fetch=on_fetch),
        partial(open_session, on_fetch=on_fetch),
        partial(open_model, on_fetch=on_fetch),
    )
