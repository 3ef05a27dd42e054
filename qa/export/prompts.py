"""What a model was given to read while a question was answered, kept for the export."""

from __future__ import annotations

from typing import Any

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.messages import BaseMessage


class PromptLog(BaseCallbackHandler):
    """Give it to the chain: `chain.stream(question, {"callbacks": [log]})`; then `log.prompts` has them in order."""

    def __init__(self) -> None:
        self._prompts: list[str] = []

    @property
    def prompts(self) -> tuple[str, ...]:
        """Each with the role before every message."""
        return tuple(self._prompts)

    def on_chat_model_start(self, serialized: dict[str, Any], messages: list[list[BaseMessage]], **kwargs: Any) -> None:
        """Called by LangChain before each call of the model."""
        for prompt in messages:
            self._prompts.append("\n\n".join(f"{message.type}: {message.text}" for message in prompt))
