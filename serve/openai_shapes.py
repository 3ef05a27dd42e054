"""The part of the OpenAI protocol for chats that is spoken, and Dateline's own field in it."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from index.dates.times import shown_date
from qa.records import Answer, Citation, Turn
from serve.errors import Refused
from serve.given import AnswerOut
from serve.taken import Chosen

MODEL = "dateline"
SOURCES = "\n\nSources:\n"
"""Before the citations in the text of an answer, for clients that do not know the field `dateline`."""


class TextPart(BaseModel):
    """A part of a message; only text is read."""

    model_config = ConfigDict(extra="allow")
    type: str
    text: str = ""


class Message(BaseModel):
    """One message of a chat."""

    model_config = ConfigDict(extra="allow")
    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[TextPart] | None = None

    @property
    def text(self) -> str:
        """What it says."""
        if isinstance(self.content, str):
            return self.content
        return "\n".join(part.text for part in self.content or [] if part.type == "text")


class StreamOptions(BaseModel):
    """What a stream tells besides."""

    model_config = ConfigDict(extra="allow")
    include_usage: bool = False


class ChatIn(BaseModel):
    """A request for a completion. What Dateline has no use for, such as a temperature, is taken and not heeded."""

    model_config = ConfigDict(extra="allow")
    model: str
    messages: Annotated[list[Message], Field(min_length=1, max_length=200)]
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    n: int | None = None
    dateline: Annotated[Chosen | None, Field(description="Which documents to search.")] = None


class ChatOut(BaseModel):
    """A completion; its message has the whole answer in the field `dateline`."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[dict[str, Any]]
    usage: dict[str, int]


class ModelOut(BaseModel):
    """What answers, to be named in requests."""

    id: str
    object: Literal["model"] = "model"
    created: int
    owned_by: str = "dateline"


class ModelsOut(BaseModel):
    """All of them."""

    object: Literal["list"] = "list"
    data: list[ModelOut]


def question_of(messages: list[Message]) -> tuple[str, tuple[Turn, ...]]:
    """The last message of the user, and the turns before it: each question with the answer behind it.

    Raises:
        Refused: 400 if there is no message of the user, or one of another comes after it.
    """
    spoken = [one for one in messages if one.role in {"user", "assistant"}]
    if not spoken or spoken[-1].role != "user":
        raise Refused(400, "no_question", "The last message is not the user's, so there is no question. Add one.")
    turns = [
        Turn(asked.text, answer.text.partition(SOURCES)[0])
        for asked, answer in pairwise(spoken)
        if asked.role == "user" and answer.role == "assistant"
    ]
    return spoken[-1].text, tuple(turns)


def sources_in_words(answer: Answer) -> str:
    """A line for each source of an answer, as `[1] AFP, 21 June 2021: Title. “Quote”`; empty without any."""
    if answer.status == "not_found":
        return ""
    supported = [claim for claim in answer.claims if claim.verdict == "supported"]
    cited = {citation.number: citation for claim in supported for citation in claim.citations}
    lines = [_line(cited[number]) for number in sorted(cited)]
    return SOURCES + "\n".join(lines) if lines else ""


def _line(citation: Citation) -> str:
    when = shown_date(citation.published.isoformat()) if citation.published else "no date"
    page = f", page {citation.page}" if citation.page else ""
    quote = " ".join(citation.quote.split())
    return f"[{citation.number}] {citation.outlet or 'no outlet'}, {when}: {citation.title}{page}. “{quote}”"


def extension(answer: Answer) -> dict[str, Any]:
    """The whole answer, as `POST /v1/ask` gives it, for the field `dateline`."""
    return AnswerOut.of(answer).model_dump(mode="json")


def usage_of(answer: Answer) -> dict[str, int]:
    """The tokens of an answer as the protocol counts them."""
    read = answer.tokens.get("read", 0) + answer.tokens.get("kept", 0)
    written = answer.tokens.get("written", 0)
    return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}
