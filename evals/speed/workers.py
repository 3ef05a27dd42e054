"""What Ray's workers gain on this machine: documents and passages a second of `add` with and without them, and memory.

python -m evals.speed.workers --documents 300 --workers 1 --workers 2
"""

from __future__ import annotations

import argparse
import contextlib
import json
import tempfile
import threading
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import psutil

from evals.speed.large import write_documents
from index.embed import Embedder
from index.load import load_document
from index.open import open_configured_cluster, open_configured_embedder
from index.pipeline import open_library
from qa.settings import Settings

EVERY_S = 3.0
"""Between two looks at the memory: each takes the kernel a while."""


class Memory:
    """The most memory that this process and all below it have had together, a page that several share counted once."""

    def __init__(self) -> None:
        self.peak_bytes, self.processes = 0, 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Memory:
        self._thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(EVERY_S):
            each = [psutil.Process(), *psutil.Process().children(recursive=True)]
            total = 0
            for process in each:
                with contextlib.suppress(psutil.Error):  # it ended meanwhile
                    full = process.memory_full_info()
                    total += getattr(full, "pss", full.uss)
            self.peak_bytes, self.processes = max(self.peak_bytes, total), max(self.processes, len(each))


def measure(embedder: Embedder, files: Path, library: Path, settings: Settings, workers: int) -> dict[str, Any]:
    """Numbers of one `add` of all files to a new library: with so many workers of Ray, or without Ray for 0."""
    cluster = open_configured_cluster(settings, "local", workers) if workers else None
    firsts: list[float] = []
    """When Ray had given the first document back."""

    def on_progress(done: int, total: int, path: str) -> None:
        if cluster and done and not firsts:
            firsts.append(time.perf_counter())

    with Memory() as memory, cluster or nullcontext(), open_library(library, embedder) as opened:
        began = time.perf_counter()
        report = opened.add([files], on_progress, cluster=cluster)
        ended = time.perf_counter()
        documents, passages = opened.count_documents(), opened.count_passages()
    assert not report.failed
    first = firsts[0] if firsts else began
    return {
        "workers": workers,
        "documents": documents,
        "passages": passages,
        "seconds": round(ended - began, 1),
        "seconds_to_first": round(first - began, 1),
        "documents_per_second": round(documents / (ended - began), 2),
        "passages_per_second": round(passages / (ended - began), 1),
        "passages_per_second_after_first": round(passages / (ended - first), 1),
        "peak_bytes": memory.peak_bytes,
        "processes": memory.processes,
    }


def main() -> None:
    """Measure each in turn, and print a line of JSON for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=300)
    parser.add_argument("--sentences", type=int, default=20, help="Of a document.")
    parser.add_argument("--workers", type=int, action="append", help="Of Ray; may be given again.")
    parser.add_argument("--texts", type=Path, default=Path("seeds"), help="Folder of texts to draw sentences from.")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    texts = [load_document(path).text for path in sorted(given.texts.glob("*.txt"))]
    settings = Settings()
    embedder = open_configured_embedder(settings)
    with tempfile.TemporaryDirectory() as place:
        files = write_documents(texts, Path(place) / "files", given.documents, given.seed, given.sentences)
        warm = write_documents(texts, Path(place) / "few", 8, given.seed + 1, given.sentences)
        measure(embedder, warm, Path(place) / "warm", settings, 0)  # not counted
        for workers in [0, *(given.workers or [1, 2])]:
            told = measure(embedder, files, Path(place) / f"library-{workers}", settings, workers)
            print(json.dumps({"seed": given.seed, "sentences": given.sentences, **told}), flush=True)


if __name__ == "__main__":
    main()
