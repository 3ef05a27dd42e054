"""How a suite opens what it measures; tests open something smaller."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from index.embed import Embedder, open_embedder
from qa.model.open import Model, open_model
from qa.session import Progress, Session, open_session
from qa.settings import Settings


@dataclass(frozen=True, slots=True)
class Opening:
    """The ways to the embeddings, to library, model and chain together, and to a model alone."""

    open_embedder: Callable[[Settings], Embedder]
    open_session: Callable[[Settings], Session]
    open_model: Callable[[Settings], Model] = open_model


def real_opening(on_fetch: Progress | None = None) -> Opening:
    """The real ones; weights are fetched when missing."""
    return Opening(
        lambda settings: open_embedder(settings.embedder, settings.cache, settings.weights, on_fetch),
        partial(open_session, on_progress=on_fetch),
        partial(open_model, on_progress=on_fetch),
    )
