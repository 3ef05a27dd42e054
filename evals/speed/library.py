"""Libraries of a given number of passages for the bench: made once, whole or not at all, and used again."""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from filelock import FileLock

import index
from evals.speed.passages import compose, composed_vectors, distinct, first_passages, require_enough
from index.embed import Embedder, Vectors
from index.errors import LibraryError, UserFacingError
from index.pipeline import OnProgress, open_library
from index.prepare import embed_document
from index.record import DocumentVectors, Embedding, Record
from index.records import Prepared
from qa.settings import Settings

logger = logging.getLogger(__name__)

FACTS = "bench.json"
SHAPING = ("chunk", "context", "database", "dates/days", "dates/mentions", "dense", "embed", "record", "rows", "store")
"""The modules of `index` that decide what a library holds: with other code of theirs a new one is made."""


@dataclass(frozen=True, slots=True)
class Built:
    """A library for the bench, and what it is made of."""

    folder: str
    documents: int
    passages: int
    distinct_texts: int
    """Distinct passages that all the texts make; what the library holds of them comes first."""
    recombined: int
    """Passages of real sentences in new company, with the mean of their vectors."""
    seconds: float
    """What making it took."""


class Builder:
    """Makes libraries of the same documents, and embeds each of them once however many libraries it goes into."""

    def __init__(
        self, prepared: Sequence[Prepared], settings: Settings, open_embedder: Callable[[Settings], Embedder], seed: int
    ) -> None:
        self._prepared, self._settings, self._seed = prepared, settings, seed
        self._open_embedder = open_embedder
        self._embedder: Embedder | None = None
        self._vectors: dict[str, DocumentVectors] = {}
        self._root = settings.cache / "bench"

    def library(self, count: int, on_progress: OnProgress) -> Built:
        """The library of `count` passages, from an earlier run where there is one.

        Raises:
            UserFacingError: If there is too little text, or the folder cannot be written.
        """
        require_enough(self._prepared, count)
        final = self._root / self._digest(count)
        if (final / FACTS).is_file():
            return Built(**json.loads((final / FACTS).read_text(encoding="utf-8")))
        try:
            self._root.mkdir(parents=True, exist_ok=True)
            with FileLock(self._root / "building.lock"):
                if not final.is_dir():
                    self._make(final, count, on_progress)
        except OSError as error:
            raise UserFacingError(
                f"The library for the bench cannot be made in {str(self._root)!r} ({error}). Free some space there "
                "(100,000 passages take some 1.5 GB), or set DATELINE_CACHE to another folder."
            ) from error
        return Built(**json.loads((final / FACTS).read_text(encoding="utf-8")))

    def _make(self, final: Path, count: int, on_progress: OnProgress) -> None:
        for left in self._root.glob("building-*"):
            if left.is_dir():  # of a run that was killed: whoever builds now holds the lock
                shutil.rmtree(left)
        began = time.perf_counter()
        part = Path(tempfile.mkdtemp(dir=self._root, prefix="building-"))
        try:
            documents, recombined = self._fill(part, count, on_progress)
            built = Built(
                folder=str(final),
                documents=documents,
                passages=count,
                distinct_texts=distinct(self._prepared),
                recombined=recombined,
                seconds=round(time.perf_counter() - began, 1),
            )
            (part / FACTS).write_text(json.dumps(asdict(built)), encoding="utf-8")
            part.replace(final)
        finally:
            shutil.rmtree(part, ignore_errors=True)
        logger.info("a library of %d passages made in %.1f s", count, built.seconds)

    def _fill(self, part: Path, count: int, on_progress: OnProgress) -> tuple[int, int]:
        """Write the documents; number of them, and of recombined passages."""
        embedder = self._embedder = self._embedder or self._open_embedder(self._settings)
        embedding = Embedding(embedder.name, embedder.dimension)
        documents = done = recombined = 0
        # `Library` has no way in for vectors that are there already, so they go to the record itself.
        with closing(Record(part)) as record:
            for prepared, vectors, is_real in self._contents(count, embedder):
                record.put(prepared, vectors.passages, vectors.sentences, embedding)
                documents += 1
                done += len(prepared.passages)
                recombined += 0 if is_real else len(prepared.passages)
                on_progress(done, count, f"library of {count:,} passages")
        on_progress(count, count, f"vectors of {count:,} passages to Chroma")
        with open_library(part, embedder, passage_words=self._settings.passage_words) as library:
            # Opening makes Chroma follow the record.
            if library.count_passages() != count or any(one.state != "ready" for one in library.documents()):
                raise LibraryError(
                    f"The library for the bench in {str(part)!r} could not be completed: Chroma does not follow the "
                    "record. Check free space, and see the log with `dateline --verbose bench`."
                )
        return documents, recombined

    def _contents(self, count: int, embedder: Embedder) -> Iterator[tuple[Prepared, DocumentVectors, bool]]:
        there = sum(len(each.passages) for each in self._prepared)
        for each in first_passages(self._prepared, count):
            yield each, self._embedded(embedder, each), True
        if count > there:
            sentences: Vectors = np.concatenate([self._embedded(embedder, each).sentences for each in self._prepared])
            for composed in compose(self._prepared, count - there, self._seed, self._settings.passage_words):
                yield composed.prepared, composed_vectors(composed, sentences), False

    def _embedded(self, embedder: Embedder, prepared: Prepared) -> DocumentVectors:
        doc_id = prepared.document.doc_id
        if doc_id not in self._vectors:
            self._vectors[doc_id] = embed_document(embedder, prepared.document, prepared.passages)
        return self._vectors[doc_id]

    def _digest(self, count: int) -> str:
        """Changes with the texts, the number, the settings, and the code that shapes a library."""
        code = Path(str(index.__file__)).parent
        digest = hashlib.sha256(f"{count}|{self._seed}|{self._settings.embedder}".encode())
        digest.update(str(self._settings.passage_words).encode())
        for each in self._prepared:
            digest.update(each.document.content_hash.encode())
        for path in (*(code / f"{name}.py" for name in SHAPING), Path(__file__).with_name("passages.py")):
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        return f"{count}-{digest.hexdigest()[:16]}"
