"""The tutorial's chain, to compare with: chunks of 1000 characters, four nearest, one prompt, no checks.

Only what it answers is put into our `Answer`, so that one scorer serves every system.

Source: LangChain's tutorial "Build a Retrieval Augmented Generation (RAG) App", its splitter, store, search and kind
of prompt; the prompt's words are ours, and so are the embedding model and the language model.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from langchain_core.documents import Document as Chunk
from langchain_core.embeddings import Embeddings
from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage

from evals.measures.declining import declines
from evals.measures.score import Source
from index.embed import Embedder
from index.errors import UserFacingError
from index.store import open_client
from qa.model.open import Model
from qa.model.reply import Reply
from qa.records import Answer, Citation, Claim, Event, EvidenceFound, Piece, Question, Searched

if TYPE_CHECKING:
    from langchain_core.vectorstores import VectorStore
    from langchain_text_splitters import TextSplitter

CHUNK_SIZE = 1000
CHUNK_OVERLAP = 200
RETRIEVED = 4

_RULES = (
    "You are an assistant that answers questions. Rely on the retrieved passages given as context. When they do not "
    "tell you the answer, admit that you don't know it. Be concise: three sentences at the very most."
)


@contextmanager
def open_baseline(sources: Sequence[Source], embedder: Embedder, model: Model, folder: Path) -> Iterator[BaselineChain]:
    """The chain over `sources`, embedded anew at each opening.

    Args:
        folder: The vectors lie in a new folder inside it, removed at the end.

    Raises:
        UserFacingError: If there is no language model, or no text to search.
    """
    if model.chat is None:
        raise UserFacingError(
            f"The system 'baseline' cannot run with the model {model.name!r}: it needs a language model to answer. "
            "Choose one, for example with DATELINE_MODEL=qwen2.5-1.5b, or leave the baseline out."
        )
    chunks = [chunk for source in sources for chunk in split_source(source)]
    if not chunks:
        raise UserFacingError(
            f"The {len(sources)} documents for the baseline hold no text, so there is nothing to search. "
            "Give documents with text."
        )
    folder.mkdir(parents=True, exist_ok=True)
    # A folder never seen before: Chroma keeps one state a path for as long as the process runs.
    with tempfile.TemporaryDirectory(dir=folder, prefix="chroma-") as own:
        client = open_client(Path(own))
        try:
            store = _open_store(client, embedder)
            batch = client.get_max_batch_size()
            for first in range(0, len(chunks), batch):
                store.add_documents(chunks[first : first + batch])
            yield BaselineChain(store, sources, len(chunks), embedder, model)
        finally:
            client.close()


class BaselineChain:
    """Answers each question for itself from the nearest chunks."""

    def __init__(
        self, store: VectorStore, sources: Sequence[Source], chunks: int, embedder: Embedder, model: Model
    ) -> None:
        self.store, self.chunks, self.embedder, self.model = store, chunks, embedder, model
        self.sources = {source.document.uri: source for source in sources}

    def warm(self) -> None:
        """Have both models loaded: a word embedded, and the rules, which begin every prompt, read."""
        self.embedder.encode(["warm"])
        self.model.warm([SystemMessage(_RULES)], None)

    def stream(self, input: Question | str) -> Iterator[Event]:
        """The events of one answer as they happen: what was found, the reply in pieces, the `Answer`.

        Raises:
            ModelError: If the model cannot be reached or stops in the middle.
        """
        question = input.text if isinstance(input, Question) else input
        began, seconds = time.perf_counter(), dict[str, float]()
        found = self.store.similarity_search(question, k=RETRIEVED)
        citations, problems = cite_chunks(found, self.sources)
        seconds["evidence"] = time.perf_counter() - began
        yield EvidenceFound(citations, seconds["evidence"])
        pieces: list[str] = []
        reply = Reply(self.model, build_prompt(question, found))
        for piece in reply:
            seconds.setdefault("first_word", time.perf_counter() - began)
            pieces.append(piece)
            yield Piece(piece, 1)
        text = " ".join("".join(pieces).split())
        declined = declines(text)
        if declined:
            problems.append(f"Declined: “{text}”" if text else "The model wrote nothing.")
        seconds["answer"] = time.perf_counter() - began
        yield Answer(
            question=question,
            status="not_found" if declined else "answered",
            claims=() if declined else (Claim(text, citations, "supported"),),
            nearest=citations,
            searched=Searched(len(self.sources), self.chunks, question),
            problems=tuple(problems),
            model=f"baseline/{self.model.name}",
            seconds=seconds,
            tokens=asdict(reply.tokens),
        )


def build_prompt(question: str, found: Sequence[Chunk]) -> list[BaseMessage]:
    """The rules, then the chunks and the question."""
    context = "\n\n".join(chunk.page_content for chunk in found)
    return [SystemMessage(_RULES), HumanMessage(f"Context:\n{context}\n\nQuestion: {question}")]


def tutorial_splitter() -> TextSplitter:
    """The tutorial's own."""
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    return RecursiveCharacterTextSplitter(chunk_size=CHUNK_SIZE, chunk_overlap=CHUNK_OVERLAP, add_start_index=True)


def split_source(source: Source) -> list[Chunk]:
    """The chunks of `head + text`; `start_index` counts from the head's start and is -1 for one that stands nowhere."""
    page = Chunk(page_content=source.head + source.document.text, metadata={"source": source.document.uri})
    chunks = tutorial_splitter().split_documents([page])
    starts = place_chunks(
        page.page_content, [(chunk.page_content, int(chunk.metadata["start_index"])) for chunk in chunks]
    )
    for chunk, start in zip(chunks, starts, strict=True):
        chunk.metadata["start_index"] = start
    return chunks


def place_chunks(text: str, chunks: Sequence[tuple[str, int]]) -> list[int]:
    """Where each chunk stands in `text`, in order, each after the start of the one before; -1 for nowhere.

    The splitter looks each one up by its words and goes on from there, also from -1 and from a repetition. A start
    that it gives is kept where it is possible.
    """
    starts: list[int] = []
    previous = -1
    for words, given in chunks:
        possible = given > previous and text.startswith(words, given)
        start = given if possible else text.find(words, previous + 1)
        starts.append(start)
        previous = max(previous, start)
    return starts


def cite_chunks(found: Sequence[Chunk], sources: Mapping[str, Source]) -> tuple[tuple[Citation, ...], list[str]]:
    """The chunks as citations of their documents, numbered by rank from 1; and why some are left out.

    Args:
        sources: By uri.
    """
    cited: list[Citation] = []
    problems: list[str] = []
    for number, chunk in enumerate(found, 1):
        source, at = sources[chunk.metadata["source"]], int(chunk.metadata["start_index"])
        document = source.document
        end = at - len(source.head) + len(chunk.page_content)
        start = max(0, at - len(source.head))
        if at < 0 or end <= start:
            why = "does not stand in the document" if at < 0 else "holds nothing but what stands ahead of the text"
            problems.append(f"Chunk {number} of {document.title!r} {why}; the model read it, but it is not cited.")
            continue
        cited.append(Citation.of(number, document, (start, end)))
    return tuple(cited), problems


def _open_store(client: Any, embedder: Embedder) -> VectorStore:
    from langchain_chroma import Chroma

    # The client's settings are given again, since without them Chroma() reads `.env` for nothing.
    return Chroma(embedding_function=TutorialEmbeddings(embedder), client=client, client_settings=client.get_settings())


class TutorialEmbeddings(Embeddings):
    """Our embedder as LangChain wants it."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [row.tolist() for row in self._embedder.encode(texts)]

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]
