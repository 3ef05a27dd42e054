"""A chat model that answers by script, and says what it was asked."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import httpx
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import Field

from qa.model.open import Model


class ScriptedChat(BaseChatModel):
    """Replies with the first script whose key stands in the question; each reply once, the last for good.

    A word `DIE` breaks the connection in the middle, as a dying server does; `SILENT` is one that says no more.
    """

    script: dict[str, list[str]]
    asked: list[str] = Field(default_factory=list)
    alone: dict[str, str] = Field(default_factory=dict)
    """What it makes of a question that is to stand alone; of others nothing, so that they are asked as they are."""
    conversations: list[str] = Field(default_factory=list)
    """What it was to make such questions of."""
    declining: float | None = None
    """Told as the probability that a reply begins "NOT FOUND", by a model that tells such."""

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _reply(self, messages: Sequence[BaseMessage]) -> str:
        prompt = str(messages[-1].content)
        conversation, _, last = prompt.rpartition("\nLast question: ")
        if conversation.startswith("Conversation:"):
            self.conversations.append(prompt)
            return self.alone.get(last, "")
        self.asked.append(prompt)
        question = prompt.rpartition("Question:")[2]
        for key, replies in self.script.items():
            if key in question:
                return replies.pop(0) if len(replies) > 1 else replies[0]
        raise KeyError(f"The script has no reply to {question!r}.")

    def _generate(self, messages: list[BaseMessage], stop: Any = None, run_manager: Any = None, **_: Any) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=AIMessage(self._reply(messages)))])

    def _stream(
        self, messages: list[BaseMessage], stop: Any = None, run_manager: Any = None, **_: Any
    ) -> Iterator[ChatGenerationChunk]:
        told = {} if self.declining is None else {"logprobs": _first_token(self.declining)}
        for word in self._reply(messages).split(" "):
            if word == "DIE":
                raise httpx.ReadError("peer closed the connection")
            if word == "SILENT":
                raise TimeoutError("No streaming chunk received for 120.0s (model=local, chunks_received=0). Tune it.")
            yield ChatGenerationChunk(message=AIMessageChunk(f"{word} ", response_metadata=told))


def _first_token(declining: float) -> dict[str, Any]:
    tokens = (("NOT", declining), ("The", 1 - declining))
    return {"content": [{"top_logprobs": [{"token": token, "logprob": math.log(p)} for token, p in tokens]}]}


def scripted(**script: list[str]) -> Model:
    """A model whose replies hang on a word of the question."""
    return Model("scripted", ScriptedChat(script=script))
