"""Everything that answering needs, opened from the settings and closed together."""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType
from typing import Self

from index.open import open_configured
from index.pipeline import Library
from index.weights.carriers import Progress
from qa.chain import AnswerChain
from qa.model.open import Model, open_model
from qa.settings import Settings


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


def open_session(settings: Settings, on_progress: Progress | None = None) -> Session:
    """Library, model and chain, ready to answer. Raises as its parts do; what was opened is closed again."""
    library = open_configured(settings, on_progress)
    try:
        model = open_model(settings, on_progress)
    except BaseException:
        library.close()
        raise
    return Session(settings, library, model, AnswerChain(library, model, settings))
