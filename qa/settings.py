"""Settings of `qa`, on top of those of `index`."""

from __future__ import annotations

from pydantic import Field, SecretStr

from index.settings import IndexSettings
from qa.records import Unsupported

DEFAULT_MODEL = "qwen2.5-1.5b"
EVIDENCE_TOKENS = (50, 8000)
"""The least and the most that may be set."""


class Settings(IndexSettings):
    """Which model answers, and how much it is given to read."""

    model: str = Field(
        default=DEFAULT_MODEL,
        description="What answers: qwen2.5-1.5b, qwen2.5-0.5b, none (the best sentences themselves), "
        "gguf:FILE (a model file of your own), ollama:NAME, openai:NAME, anthropic:NAME, or http://ADDRESS/v1 of a "
        "server with the OpenAI protocol.",
    )
    evidence_sentences: int = Field(default=12, ge=1, le=40, description="Sentences of evidence, at most.")
    evidence_tokens: int = Field(
        default=480,
        ge=EVIDENCE_TOKENS[0],
        le=EVIDENCE_TOKENS[1],
        description="Tokens of evidence, at most (estimated); fewer where few sentences stand out.",
    )
    min_likelihood: float = Field(
        default=0.25,
        ge=0,
        le=1,
        description="Under this probability that the documents answer a question, it is declined; told from how near "
        "the nearest sentence comes and, with an embedded model, from how inclined that is to decline.",
    )
    unsupported: Unsupported = Field(
        default="withhold",
        description="When no sentence of the model's is borne out: mark shows them as not supported, quote gives the "
        "documents' nearest sentences word for word, and so does withhold where the model was trained by us or the "
        "documents are likely to answer; else it says that they do not say.",
    )
    answer_tokens: int = Field(default=160, ge=16, le=2000, description="Tokens the model may write, at most.")
    threads: int | None = Field(
        default=None,
        ge=1,
        le=256,
        description="Threads of the embedded model; as many as other programs leave when not set.",
    )
    timeout_s: float = Field(
        default=120.0,
        gt=0,
        le=3600,
        description="Seconds without a word, or of the embedded model without progress, until a model counts as dead.",
    )
    password: SecretStr | None = Field(
        default=None,
        min_length=1,
        description="Asked for by the page before it shows anything; needed to serve it to other machines.",
    )


def settings_table() -> str:
    """The settings as `docs/settings.md` shows them: a Markdown table of name, default and meaning."""
    rows = ["| setting | default | what it does |", "| --- | --- | --- |"]
    for name, field in Settings.model_fields.items():
        if field.default_factory is not None:
            default = "the user's folder for data" if name == "library" else "the user's folder for caches"
        else:
            default = "not set" if field.default is None else f"`{field.default}`"
        rows.append(f"| `DATELINE_{name.upper()}` | {default} | {field.description} |")
    return "\n".join(rows)
