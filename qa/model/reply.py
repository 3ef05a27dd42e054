"""One reply of a chat model: its pieces as they come, its thinking left out, and what it took."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.runnables import RunnableConfig

from qa.errors import ModelError
from qa.model.embedded import ANSWERS, ASIDE
from qa.model.open import Model, first_line
from qa.model.patience import OnSlow, Patience
from qa.model.streaming import OnWait, read_reply
from qa.model.thinking import MAX_CHARACTERS as MAX_THINKING
from qa.model.thinking import Thinking

FIRST = 20
"""Likeliest first tokens whose probabilities are told."""
_CLIENT_LIBRARIES = frozenset(
    {"openai", "httpx", "httpx2", "httpcore", "anthropic", "ollama", "langchain_openai", "langchain_anthropic"}
)
"""Packages whose errors mean that the server failed, not that our code did."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What replies took."""

    read: int = 0
    """Of prompts, read anew."""
    kept: int = 0
    """Of prompts, kept from the one before."""
    written: int = 0

    def __add__(self, more: Tokens) -> Tokens:
        return Tokens(self.read + more.read, self.kept + more.kept, self.written + more.written)


@dataclass(frozen=True, slots=True)
class Listener:
    """Who is told what while a reply is made."""

    on_wait: OnWait | None = None
    """Called while nothing comes, with how many other replies are made first; an error in it stops the model."""
    on_slow: OnSlow | None = None
    """Told in words, once, when nothing comes for long though the model is at work."""
    config: RunnableConfig | None = None
    """LangChain's: callbacks, tags and metadata of the run that this reply is a part of."""


class Reply:
    """A reply to `messages`, to be iterated once; leaving the `with`, or closing the iterator, stops the model."""

    def __init__(
        self,
        model: Model,
        messages: Sequence[BaseMessage],
        grammar: str | None = None,
        *,
        tell_first: bool = False,
        aside: bool = False,
        listener: Listener | None = None,
        on_problem: Callable[[str], object] = str,
    ) -> None:
        """`grammar` is GBNF, for a model that takes one.

        Args:
            tell_first: Whether to have the probabilities of the first token told, by a model that tells them.
            aside: Whether it is no answer: then an embedded model writes with its weights as they were before training,
                and keeps the front of this prompt beside that of the answers'.
            on_problem: Told, in words for the user, when the reply broke off or would not end.
        """
        self.tokens = Tokens()
        """What it took so far."""
        self.first: Mapping[str, float] = {}
        """With the first piece, the probabilities of the likeliest first tokens, whatever the grammar; empty when not
        known."""
        self._model, self._listener, self._on_problem = model, listener or Listener(), on_problem
        self._messages, self._options = list(messages), _options(model, grammar, tell_first=tell_first, aside=aside)
        self._pieces = self._read()

    def __iter__(self) -> Generator[str]:
        """The pieces.

        Raises:
            ModelError: If the model cannot be reached, stops in the middle, only thinks, or is no model.
        """
        return self._pieces

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pieces.close()

    def _read(self) -> Generator[str]:
        model = self._model
        if model.chat is None:
            raise ValueError("The model 'none' writes nothing.")
        thinking, written, ended = Thinking(), 0, ""
        patience = Patience(model.name, model.progress, model.timeout_s, self._listener.on_slow)
        chunks: AsyncIterator[AIMessageChunk] = model.chat.astream(
            self._messages, self._listener.config, **self._options
        )
        try:
            with closing(read_reply(chunks, model.turns, lambda ahead: self._wait(patience, ahead))) as reply:
                for chunk in reply:
                    patience.heard()
                    ended = _why_ended(chunk) or ended
                    self.tokens += _tokens_of(getattr(chunk, "usage_metadata", None))
                    piece = thinking.answer_in(_text_of(chunk.content))
                    if piece:
                        self.first = self.first or _probabilities(chunk.response_metadata.get("logprobs"))
                        written += len(piece)
                        yield piece
                    if written > model.max_characters or thinking.characters > MAX_THINKING:
                        self._on_problem(f"The model {model.name} would not end its answer; it was stopped there.")
                        return
        except Exception as error:
            if not _is_servers(error):
                raise
            raise ModelError(_in_words(model, error)) from error
        if rest := thinking.rest():
            yield rest
        if thinking.goes_on or (thinking.characters and not written):
            raise _only_thought(model)
        if not ended and model.tells_end:
            self._on_problem(f"The answer broke off: the model {model.name} stopped in the middle of it.")

    def _wait(self, patience: Patience, ahead: int) -> None:
        if self._listener.on_wait:
            self._listener.on_wait(ahead)
        if ahead:
            patience.heard()
        patience.wait()


def _options(model: Model, grammar: str | None, *, tell_first: bool, aside: bool) -> dict[str, Any]:
    if not model.takes_grammar:
        return {}
    body: dict[str, Any] = {"id_slot": ASIDE if aside else ANSWERS}
    body |= {"grammar": grammar} if grammar else {}
    body |= {"lora": [{"id": 0, "scale": 0.0}]} if aside and model.trained else {}
    return {"extra_body": body} | ({"logprobs": True, "top_logprobs": FIRST} if tell_first else {})


def _only_thought(model: Model) -> ModelError:
    return ModelError(
        f"The model {model.name} only thought and wrote no answer. Let it write more with "
        "DATELINE_ANSWER_TOKENS=1000, switch its thinking off, or take another model."
    )


def _text_of(content: str | list[Any]) -> str:
    """The text of a chunk, which some models send in blocks beside their thinking."""
    if isinstance(content, str):
        return content
    blocks = (block if isinstance(block, dict) else {"type": "text", "text": block} for block in content)
    return "".join(str(block.get("text", "")) for block in blocks if block.get("type") == "text")


def _why_ended(chunk: Any) -> str:
    metadata = getattr(chunk, "response_metadata", None) or {}
    return str(metadata.get("finish_reason") or metadata.get("done_reason") or metadata.get("stop_reason") or "")


def _tokens_of(usage: Any) -> Tokens:
    if not usage:
        return Tokens()
    cached = (usage.get("input_token_details") or {}).get("cache_read", 0) or 0
    return Tokens(usage["input_tokens"] - cached, cached, usage["output_tokens"])


def _is_servers(error: Exception) -> bool:
    """Whether the server failed, not our code: the error is of the libraries that speak to it, or arose in them."""
    if isinstance(error, OSError) or type(error).__module__.partition(".")[0] in _CLIENT_LIBRARIES:
        return True
    innermost = error.__traceback__
    while innermost and innermost.tb_next:
        innermost = innermost.tb_next
    where = innermost.tb_frame.f_globals.get("__name__", "") if innermost else ""
    return where.partition(".")[0] in _CLIENT_LIBRARIES | {"json", "langchain_core"}


def _in_words(model: Model, error: Exception) -> str:
    """What is told of a server that failed."""
    if isinstance(error, ValueError | TypeError | KeyError | AttributeError):
        return (
            f"What the model server {model.name} sent is no answer of a model ({first_line(error)[:120]}) Perhaps "
            "another program listens at this address, or a log-in page: check it with `dateline doctor`. It must be "
            "the address of a server with the OpenAI protocol, which mostly ends in /v1."
        )
    return (
        f"The model {model.name} stopped answering: {first_line(error)} Its sentences so far are not shown as an "
        "answer. Ask again; if it happens again, see `dateline doctor`, or set DATELINE_MODEL=none to get the "
        "best passages without a model."
    )


def _probabilities(logprobs: Any) -> dict[str, float]:
    """Of the first token of a chunk, as the OpenAI protocol tells them; of two that read alike, their sum."""
    probabilities: dict[str, float] = {}
    for token in ((logprobs or {}).get("content") or [{}])[0].get("top_logprobs", []):
        probabilities[token["token"]] = probabilities.get(token["token"], 0.0) + math.exp(token["logprob"])
    return probabilities
