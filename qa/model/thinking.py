"""The thinking that a reasoning model writes in front of its answer, told from the answer in a stream of pieces."""

from __future__ import annotations

_TAGS = {f"<{name}>": f"</{name}>" for name in ("think", "thinking", "thought", "reasoning")} | {
    "[THINK]": "[/THINK]",
    "<|channel>thought": "<channel|>",
}
"""How a reply that thinks begins, and what ends the thinking."""
MAX_CHARACTERS = 200_000
"""Of thinking that are read; a model that thinks for longer is told to have no answer."""


class Thinking:
    """Takes a reply piece by piece and gives back what of it is no thinking."""

    def __init__(self) -> None:
        self._waiting = ""
        self._closing: str | None = None
        self._thought = self._answers = False
        self.characters = 0
        """Of thinking so far."""

    @property
    def goes_on(self) -> bool:
        """Whether the model is thinking now."""
        return self._closing is not None

    def answer_in(self, piece: str) -> str:
        """What of the reply is known to belong to its answer with this piece."""
        if self._answers:
            return piece
        self._waiting += piece
        if self._closing is None:
            begun = self._waiting.lstrip()
            opening = next((tag for tag in _TAGS if begun.startswith(tag)), None)
            if opening is None:
                if any(tag.startswith(begun) for tag in _TAGS):
                    return ""
                self._answers = True
                return begun if self._thought else self._waiting
            self._closing, self._waiting, self._thought = _TAGS[opening], begun.removeprefix(opening), True
        thought, closed, rest = self._waiting.partition(self._closing)
        if closed:
            self.characters += len(thought)
            self._closing, self._waiting = None, rest.lstrip()
            self._answers = bool(self._waiting)
            return self._waiting
        # The closing mark may come in two pieces.
        kept = len(self._closing) - 1
        self.characters += max(0, len(thought) - kept)
        self._waiting = thought[-kept:]
        return ""

    def rest(self) -> str:
        """What was held back, once the reply is over."""
        if self.goes_on or self._answers:
            return ""
        return self._waiting.lstrip() if self._thought else self._waiting


def without_thinking(text: str) -> str:
    """A whole reply without thinking whose beginning stood in the prompt, so that only its end was written."""
    for closing in _TAGS.values():
        text = text.rpartition(closing)[2]
    return text.lstrip()
