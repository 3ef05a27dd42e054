"""Which language model answers, and its opening: always a LangChain chat model, or none at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from langchain_core.messages import BaseMessage

from qa.errors import ModelError
from qa.model.adapters import adapter_of
from qa.model.embedded import EmbeddedServer
from qa.model.patience import OnSlow, Progress
from qa.model.streaming import Turns
from qa.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

CHARACTERS_PER_TOKEN = 20
"""More than any token of a text has on average: past this, a server takes no notice of the limit it was given."""
MAX_CHARACTERS = 100_000
MAX_BYTES = 16_000_000
"""Of a reply as it is sent, each token in a line of its own."""
A_DAY_S = 86_400.0
OWN = "gguf:"
"""Before the path of a model file of the user's own."""
GGUF_MAGIC = b"GGUF"
EMBEDDED = ("qwen2.5-1.5b", "qwen2.5-0.5b")
NONE = "none"
PROVIDERS = ("ollama", "openai", "anthropic")
_ROLES = {"system": "system", "human": "user", "ai": "assistant"}


@dataclass(frozen=True, slots=True)
class Model:
    """An opened model. `chat` is None for "none"."""

    name: str
    chat: BaseChatModel | None
    takes_grammar: bool = False
    """Whether the server holds an answer to a GBNF grammar (llama.cpp does)."""
    trained: bool = False
    """Whether it was trained on the task, so that it reads `build_trained_prompt` and can judge what it wrote."""
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
        from index.weights.fetch import fetch_weights

        weights = fetch_weights(name, settings.cache, settings.weights, on_progress)
        return _open_inside(name, weights, settings, adapter_of(name))
    if name.startswith(OWN):
        return _open_inside(name, own_weights(name), settings)
    if name.startswith(("http://", "https://")):
        return Model(name, _openai_chat(name, settings), tells_end=True, max_characters=longest)
    provider, _, model = name.partition(":")
    if provider in PROVIDERS and model:
        return Model(name, _provider_chat(provider, model, settings), max_characters=longest)
    raise ModelError(
        f"There is no model {name!r}. Set DATELINE_MODEL to one of: {', '.join([*EMBEDDED, NONE])}, {OWN}FILE, "
        f"{', '.join(f'{provider}:NAME' for provider in PROVIDERS)}, or the address of a server with the OpenAI "
        "protocol, such as http://127.0.0.1:8080/v1."
    )


def own_weights(name: str) -> Path:
    """The file of the user's own that `gguf:FILE` names. Raises ModelError if it is none."""
    path = Path(name.removeprefix(OWN)).expanduser()
    try:
        with path.open("rb") as file:
            magic = file.read(len(GGUF_MAGIC))
    except OSError as error:
        raise ModelError(
            f"The model {str(path)!r} cannot be read ({error.strerror}). Give the whole path of a GGUF file: "
            f"DATELINE_MODEL={OWN}/models/NAME.gguf"
        ) from error
    if magic != GGUF_MAGIC:
        raise ModelError(
            f"{str(path)!r} is no GGUF file: it does not begin with “GGUF”. Fetch the model in that format; of one in "
            "several files name the first."
        )
    return path


def _open_inside(name: str, weights: Path, settings: Settings, adapter: Path | None = None) -> Model:
    server = EmbeddedServer(weights, settings.threads, settings.cache / "prompts", adapter)

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
        trained=adapter is not None,
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
            f"The model {provider}:{model} cannot be opened: {first_line(error)} Set its key in the environment "
            f"(for example {provider.upper()}_API_KEY), or take another model with DATELINE_MODEL."
        ) from error
    return chat


def first_line(error: Exception) -> str:
    """What the error and its causes say, a line each at most, as one sentence."""
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
