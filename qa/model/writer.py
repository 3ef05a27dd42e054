"""Has the model write for one question, and keeps count over all its replies."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping, Sequence

from langchain_core.messages import BaseMessage

from qa.model.open import Model
from qa.model.reply import Listener, Reply, Tokens
from qa.records import Piece


class Writer:
    """Writes as often as it is asked; each reading of evidence is an attempt, counted from 1."""

    def __init__(self, model: Model, listener: Listener) -> None:
        self.model, self._listener = model, listener
        self.attempt = 0
        self.tokens = Tokens()
        """Of all replies."""
        self.first_word: float | None = None
        """When the first piece of an answer came, by `time.perf_counter`; None before."""

    def write(
        self,
        prompt: Sequence[BaseMessage],
        grammar: str,
        on_problem: Callable[[str], object],
        on_first: Callable[[Mapping[str, float], str], bool] | None = None,
        *,
        aside: bool = False,
    ) -> Generator[Piece, None, str]:
        """The pieces of one reply as they come, and at last all of its text. Raises ModelError.

        Args:
            on_first: Given the probabilities of the first token, where they are known, and the first piece; the reply
                is stopped, and its text is empty, where it says False.
            aside: Whether it is no answer, and wants the weights as they were before they were trained to answer.
        """
        text = ""
        with Reply(
            self.model,
            prompt,
            grammar,
            tell_first=on_first is not None,
            aside=aside,
            listener=self._listener,
            on_problem=on_problem,
        ) as reply:
            try:
                for piece in reply:
                    if not aside:
                        self.first_word = self.first_word or time.perf_counter()
                    if not text and on_first and reply.first and not on_first(reply.first, piece):
                        break
                    text += piece
                    yield Piece(piece, self.attempt)
            finally:
                self.tokens += reply.tokens
        return text
