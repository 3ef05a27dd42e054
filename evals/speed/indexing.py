"""How fast documents are taken in, against plain sentence-transformers on torch, in turns."""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.opening import Opening
from evals.speed.numbers import summary
from evals.speed.process import Worker
from index.embed import Embedder
from index.errors import UserFacingError
from index.pipeline import OnProgress, open_library
from index.records import Prepared
from qa.settings import Settings

WARM_TEXTS = 64
WARM_FILES = 4
UNITS = ("documents", "passages", "characters")


@dataclass(frozen=True, slots=True)
class Taken:
    """One intake of all files into a new library."""

    seconds: float
    documents: int
    texts: tuple[str, ...]
    """Of the passages."""
    sentences: int


def measure_indexing(
    prepared: Sequence[Prepared],
    settings: Settings,
    opening: Opening,
    *,
    documents: int,
    rounds: int,
    seed: int,
    on_progress: OnProgress,
) -> dict[str, Any]:
    """Rates of the whole intake, of LangChain's tutorial, of our embeddings alone and of torch's.

    Each round has all four on the same documents, one after the other.
    """
    chosen = random.Random(seed).sample(list(prepared), min(documents, len(prepared)))
    torch = settings.model_copy(update={"embedder": "sentence-transformers"})
    bench = settings.cache / "bench"
    bench.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(dir=bench, prefix="documents-") as folder,
        Worker("the indexing", opening.open_embedder, settings) as ours,
        Worker("sentence-transformers", opening.open_embedder, torch) as theirs,
    ):
        files = _write(chosen, Path(folder))
        on_progress(0, rounds, "indexing: warming up")
        # Not counted: the models get warm, and the passages' texts are known from then on.
        first = ours.call(take_in, files, bench, settings.passage_words)
        for worker in (ours, theirs):
            worker.call(embed, first.texts[:WARM_TEXTS])
        seconds: dict[str, list[float]] = {"intake": [], "embedding": [], "torch": []}
        tutorial: list[float] = []
        theirs.call(take_in_as_tutorial, files[:WARM_FILES], bench)
        for done in range(rounds):
            on_progress(done, rounds, "indexing")
            seconds["intake"].append(ours.call(take_in, files, bench, settings.passage_words).seconds)
            tutorial.append(theirs.call(take_in_as_tutorial, files, bench))
            seconds["torch"].append(theirs.call(embed, first.texts))
            seconds["embedding"].append(ours.call(embed, first.texts))
        on_progress(rounds, rounds, "indexing")
        peaks = {"intake": ours.peak_bytes(), "torch": theirs.peak_bytes()}
        runtimes = {"intake": ours.call(runtime), "torch": theirs.call(runtime)}
    return _told(first, seconds, runtimes, peaks) | {
        "tutorial": {
            "seconds": [round(each, 3) for each in tutorial],
            "ratio": statistics.median(theirs / ours for theirs, ours in zip(tutorial, seconds["intake"], strict=True)),
        }
    }


def take_in(embedder: Embedder, files: Sequence[Path], folder: Path, passage_words: int) -> Taken:
    """Read, date, cut, embed and write the files to a new library in `folder`, which is removed again.

    Raises:
        UserFacingError: If a file cannot be used.
    """
    with tempfile.TemporaryDirectory(dir=folder, prefix="intake-") as path:
        began = time.perf_counter()
        with open_library(path, embedder, passage_words=passage_words) as library:
            report = library.add(files)
            seconds = time.perf_counter() - began
            if report.failed:
                raise UserFacingError(f"A text cannot be taken in: {report.failed[0].reason}")
            passages = [passage for one in library.documents() for passage in library.passages_of(one.document.doc_id)]
    texts = tuple(passage.text for passage in passages)
    return Taken(seconds, len(report.added), texts, sum(len(passage.sentences) for passage in passages))


def take_in_as_tutorial(embedder: Embedder, files: Sequence[Path], folder: Path) -> float:
    """Seconds to read, cut, embed and keep the files as LangChain's tutorial does, in a new store in `folder`.

    Source: LangChain's tutorial "Build a Retrieval Augmented Generation (RAG) App", with the splitter, the chunks and
    the store of `evals.tutorial`.
    """
    from langchain_chroma import Chroma
    from langchain_core.documents import Document as Page

    from evals.tutorial import TutorialEmbeddings, tutorial_splitter

    with tempfile.TemporaryDirectory(dir=folder, prefix="tutorial-") as path:
        began = time.perf_counter()
        pages = [Page(page_content=file.read_text(encoding="utf-8"), metadata={"source": str(file)}) for file in files]
        chunks = tutorial_splitter().split_documents(pages)
        Chroma.from_documents(chunks, TutorialEmbeddings(embedder), persist_directory=path)
        return time.perf_counter() - began


def embed(embedder: Embedder, texts: Sequence[str]) -> float:
    """Seconds to embed the texts."""
    began = time.perf_counter()
    embedder.encode(texts)
    return time.perf_counter() - began


def runtime(embedder: Embedder) -> str:
    """What embeds."""
    return type(embedder).__name__.removesuffix("Embedder")


def _write(prepared: Sequence[Prepared], folder: Path) -> list[Path]:
    files = []
    for each in prepared:
        path = folder / f"{each.document.doc_id}.txt"
        path.write_text(f"{each.document.title}\n\n{each.document.text}", encoding="utf-8", errors="replace")
        files.append(path)
    return files


def _told(
    first: Taken, seconds: dict[str, list[float]], runtimes: dict[str, str], peaks: dict[str, int | None]
) -> dict[str, Any]:
    amounts = {
        "documents": first.documents,
        "passages": len(first.texts),
        "characters": sum(map(len, first.texts)),
    }
    rates = {
        name: {unit: summary([amounts[unit] / each for each in taken]) for unit in UNITS if name == "intake" or unit
               != "documents"}
        for name, taken in seconds.items()
    }  # fmt: skip
    medians = {name: rates[name]["passages"]["median"] for name in seconds}
    return {
        **amounts,
        "sentences": first.sentences,
        "rounds": len(seconds["intake"]),
        "seconds": {name: [round(each, 3) for each in taken] for name, taken in seconds.items()},
        "per_second": rates,
        "embedded_texts_per_second": summary([(len(first.texts) + first.sentences) / s for s in seconds["intake"]]),
        "ratio": {name: medians[name] / medians["torch"] for name in ("intake", "embedding")},
        "runtime": runtimes,
        "peak_bytes": peaks,
    }
