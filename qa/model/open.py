"""Which language model answers, and its opening: always a LangChain chat model, or none at all."""

from __future__ import annotations

import math
import re
from collections.abc import AsyncIterator, Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from langchain_core.messages import AIMessageChunk, BaseMessage

from qa.errors import ModelError
from qa.model.embedded import EmbeddedServer
from qa.model.patience import OnSlow, Patience, Progress
from qa.model.streaming import OnWait, Turns, read_reply
from qa.model.thinking import MAX_CHARACTERS as MAX_THINKING
from qa.model.thinking import Thinking
from qa.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

CHARACTERS_PER_TOKEN = 20
"""More than any token of a text has on average: past this, a server takes no notice of the limit it was given."""
MAX_CHARACTERS = 100_000
MAX_BYTES = 16_000_000
"""Of a reply as it is sent, each token in a line of its own."""
A_DAY_S = 86_400.0
FIRST = 20
"""Likeliest first tokens whose probabilities are told."""
EMBEDDED = ("qwen2.5-1.5b", "qwen2.5-0.5b")
NONE = "none"
PROVIDERS = ("ollama", "openai", "anthropic")
_ROLES = {"system": "system", "human": "user", "ai": "assistant"}
_CLIENT_LIBRARIES = frozenset(
    {"openai", "httpx", "httpx2", "httpcore", "anthropic", "ollama", "langchain_openai", "langchain_anthropic"}
)
"""Packages whose errors mean that the server failed, not that our code did."""


@dataclass(frozen=True, slots=True)
class Model:
    """An opened model. `chat` is None for "none"."""

    name: str
    chat: BaseChatModel | None
    takes_grammar: bool = False
    """Whether the server holds an answer to a GBNF grammar (llama.cpp does)."""
    turns: Turns | None = None
    """The line in front of a server that makes one reply at a time."""
    warm: Callable[[Sequence[BaseMessage], OnSlow | None], None] = field(default=lambda front, on_slow: None)
    """Has the front of the prompts read ahead of the first question, and tells when that is slow."""
    close: Callable[[], None] = field(default=lambda: None)
    progress: Progress | None = None
    """How far its server is, where that can be asked while it is silent."""
    timeout_s: float = 120.0
    """Seconds without progress after which it counts as dead."""
    tells_end: bool = False
    """Whether its server says why a reply ended, so that one that does not has broken off."""
    max_characters: int = MAX_CHARACTERS
    """Of a reply; a server that goes on past them is stopped."""


def open_model(settings: Settings, on_progress: Any = None) -> Model:
    """The model that the settings name, started or connected.

    Raises:
        ModelError: If the name is unknown, a package or key is missing, or it cannot be started.
        WeightsError: If the embedded model's weights cannot be had.
    """
    name, longest = settings.model, CHARACTERS_PER_TOKEN * settings.answer_tokens
    if name == NONE:
        return Model(NONE, None)
    if name in EMBEDDED:
        return _open_embedded(name, settings, on_progress)
    if name.startswith(("http://", "https://")):
        return Model(name, _openai_chat(name, settings), tells_end=True, max_characters=longest)
    provider, _, model = name.partition(":")
    if provider in PROVIDERS and model:
        return Model(name, _provider_chat(provider, model, settings), max_characters=longest)
    raise ModelError(
        f"There is no model {name!r}. Set DATELINE_MODEL to one of: {', '.join([*EMBEDDED, NONE])}, "
        f"{', '.join(f'{provider}:NAME' for provider in PROVIDERS)}, or the address of a server with the OpenAI "
        "protocol, such as http://127.0.0.1:8080/v1."
    )


def _open_embedded(name: str, settings: Settings, on_progress: Any) -> Model:
    from index.weights.fetch import fetch_weights

    weights = fetch_weights(name, settings.cache, settings.weights, on_progress)
    server = EmbeddedServer(weights, settings.threads, settings.cache / "prompts")

    def warm(front: Sequence[BaseMessage], on_slow: OnSlow | None) -> None:
        messages = [{"role": _ROLES[message.type], "content": str(message.content)} for message in front]
        server.warm(messages, on_slow)

    # Silence is judged by the server's own progress, see `qa.model.patience`.
    chat = _openai_chat(server.address, settings.model_copy(update={"timeout_s": A_DAY_S}))
    return Model(
        name,
        chat,
        progress=server.progress,
        timeout_s=settings.timeout_s,
        takes_grammar=True,
        turns=Turns(),
        warm=warm,
        close=server.close,
        tells_end=True,
    )


def _openai_chat(address: str, settings: Settings) -> BaseChatModel:
    from langchain_openai import ChatOpenAI
    from pydantic import SecretStr

    return ChatOpenAI(
        base_url=address,
        api_key=SecretStr("local"),
        model="local",
        temperature=0,
        max_completion_tokens=settings.answer_tokens,
        timeout=settings.timeout_s,
        stream_chunk_timeout=settings.timeout_s,  # else 120 s, whatever is set
        max_retries=0,
        stream_usage=True,
        http_async_client=_bounded_client(),
    )


def _bounded_client() -> Any:
    """The client that the OpenAI library uses, but for an end to what it reads of a reply."""
    from openai import DefaultAsyncHttpxClient

    from qa.model.bounded import bound

    async def bounded(response: Any) -> None:
        response.stream = bound(response.stream, MAX_BYTES)

    return DefaultAsyncHttpxClient(event_hooks={"response": [bounded]})


def _provider_chat(provider: str, model: str, settings: Settings) -> BaseChatModel:
    from langchain.chat_models import init_chat_model

    options: dict[str, Any] = {"temperature": 0}
    if provider == "ollama":
        # Ollama cuts a prompt longer than its context in silence; the default context is short.
        options |= {"num_ctx": 8192, "num_predict": settings.answer_tokens}
    else:
        options |= {"max_tokens": settings.answer_tokens, "timeout": settings.timeout_s, "max_retries": 1}
    if provider == "openai":
        options |= {"stream_chunk_timeout": settings.timeout_s}
    try:
        chat: BaseChatModel = init_chat_model(model, model_provider=provider, **options)
    except Exception as error:  # each provider's package has its own errors for a missing key or package
        raise ModelError(
            f"The model {provider}:{model} cannot be opened: {_first_line(error)} Set its key in the environment "
            f"(for example {provider.upper()}_API_KEY), or take another model with DATELINE_MODEL."
        ) from error
    return chat


def stream_chat(
    model: Model,
    messages: Sequence[BaseMessage],
    grammar: str | None,
    tokens: dict[str, int],
    on_wait: OnWait | None = None,
    first: dict[str, float] | None = None,
    on_problem: Callable[[str], object] = str,
    on_slow: OnSlow | None = None,
) -> Generator[str]:
    """Pieces of the model's reply as they come, its thinking left out; adds to `tokens` what was read, kept, written.

    Args:
        first: Filled, before the first piece, with the probabilities of the `FIRST` likeliest first tokens, whatever
            the grammar; left as it is by a model that does not tell them.
        on_problem: Told, in words for the user, when the reply broke off or would not end.
        on_slow: Told in words, once, when nothing comes for long though the model is at work.

    Closing the iterator stops the model, and so does an error in `on_wait`, which is called while nothing comes.

    Raises:
        ModelError: If the model cannot be reached, stops in the middle, only thinks, or is no model.
    """
    if model.chat is None:
        raise ValueError("The model 'none' writes nothing.")
    thinking, written, ended = Thinking(), 0, ""
    patience = Patience(model.name, model.progress, model.timeout_s, on_slow)

    def wait(ahead: int) -> None:
        if on_wait:
            on_wait(ahead)
        if ahead:
            patience.heard()
        patience.wait()

    try:
        with closing(read_reply(_request(model.chat, model, messages, grammar, first), model.turns, wait)) as reply:
            for chunk in reply:
                patience.heard()
                ended = _why_ended(chunk) or ended
                _count(getattr(chunk, "usage_metadata", None), tokens)
                piece = thinking.answer_in(_text_of(chunk.content))
                if piece:
                    if first is not None and not first:
                        first.update(_probabilities(chunk.response_metadata.get("logprobs")))
                    written += len(piece)
                    yield piece
                if written > model.max_characters or thinking.characters > MAX_THINKING:
                    on_problem(f"The model {model.name} would not end its answer; it was stopped there.")
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
        on_problem(f"The answer broke off: the model {model.name} stopped in the middle of it.")


def _request(
    chat: BaseChatModel,
    model: Model,
    messages: Sequence[BaseMessage],
    grammar: str | None,
    first: dict[str, float] | None,
) -> AsyncIterator[AIMessageChunk]:
    options: dict[str, Any] = {"extra_body": {"grammar": grammar}} if grammar and model.takes_grammar else {}
    if first is not None and model.takes_grammar:
        options |= {"logprobs": True, "top_logprobs": FIRST}
    return chat.astream(list(messages), **options)


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
    told = getattr(chunk, "response_metadata", None) or {}
    return str(told.get("finish_reason") or told.get("done_reason") or told.get("stop_reason") or "")


def _count(usage: Any, tokens: dict[str, int]) -> None:
    if usage:
        kept = (usage.get("input_token_details") or {}).get("cache_read", 0) or 0
        tokens["read"] = tokens.get("read", 0) + usage["input_tokens"] - kept
        tokens["kept"] = tokens.get("kept", 0) + kept
        tokens["written"] = tokens.get("written", 0) + usage["output_tokens"]


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
            f"What the model server {model.name} sent is no answer of a model ({_first_line(error)[:120]}) Perhaps "
            "another program listens at this address, or a log-in page: check it with `dateline doctor`. It must be "
            "the address of a server with the OpenAI protocol, which mostly ends in /v1."
        )
    return (
        f"The model {model.name} stopped answering: {_first_line(error)} Its sentences so far are not shown as an "
        "answer. Ask again; if it happens again, see `dateline doctor`, or set DATELINE_MODEL=none to get the "
        "best passages without a model."
    )


def _probabilities(told: Any) -> dict[str, float]:
    """Of the first token of a chunk, as the OpenAI protocol tells them; of two that read alike, their sum."""
    found: dict[str, float] = {}
    for token in ((told or {}).get("content") or [{}])[0].get("top_logprobs", []):
        found[token["token"]] = found.get(token["token"], 0.0) + math.exp(token["logprob"])
    return found


def _first_line(error: Exception) -> str:
    lines: list[str] = []
    cause: BaseException | None = error
    while cause is not None:
        lines += [text.splitlines()[0].rstrip(".") for text in [str(cause)] if text.strip()]
        cause = cause.__cause__
    line = ": ".join(dict.fromkeys(lines)) or type(error).__name__
    silent = re.match(r"No streaming chunk received for ([\d.]+)s", line)
    if silent:
        return f"Nothing came for {float(silent[1]):g} s: close other programs, or set DATELINE_TIMEOUT_S higher."
    return f"{line}."
