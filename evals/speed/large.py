"""A library of many documents: how fast it is filled, what memory that takes, and how soon it is gone over again.

python -m evals.speed.large --documents 20000 --out large.json
"""

from __future__ import annotations

import argparse
import json
import random
import re
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil

from index.embed import Embedder, open_embedder
from index.load import load_document
from index.pipeline import open_library
from qa.settings import Settings

SENTENCES = 6
"""Of a document, drawn by chance from all."""
A_FOLDER = 500
"""Files in one."""


def measure_large(embedder: Embedder, texts: Sequence[str], folder: Path, documents: int, seed: int) -> dict[str, Any]:
    """Seconds, memory (bytes of this process) and rates for filling a library and going over it again, unchanged."""
    files = write_documents(texts, folder / "files", documents, seed)
    steps = sorted({min(1000, documents), documents})
    told: dict[str, Any] = {"documents": documents, "filled": []}
    with open_library(folder / "library", embedder) as library:
        began = time.perf_counter()
        for step in steps:
            report = library.sync(files) if step == documents else library.add(sorted(files.rglob("*.txt"))[:step])
            assert not report.failed
            told["filled"].append(
                {
                    "documents": library.count_documents(),
                    "seconds": round(time.perf_counter() - began, 1),
                    "memory": psutil.Process().memory_info().rss,
                }
            )
        for name, again in (("sync_unchanged", lambda: library.sync(files)), ("list", library.documents)):
            began = time.perf_counter()
            again()
            told[f"{name}_seconds"] = round(time.perf_counter() - began, 2)
        told["stories_seconds"] = _seconds(library.stories)
    return told


def _seconds(step: Any) -> float:
    began = time.perf_counter()
    step()
    return round(time.perf_counter() - began, 2)


def write_documents(texts: Sequence[str], folder: Path, documents: int, seed: int, of_each: int = SENTENCES) -> Path:
    """A folder of files, each of so many sentences drawn from the texts in an order of its own."""
    sentences = [one for text in texts for one in re.split(r"(?<=[.!?])\s+", text) if 30 < len(one) < 300]
    chance = random.Random(seed)
    for number in range(documents):
        path = folder / f"{number // A_FOLDER:03d}" / f"{number:06d}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        body = " ".join(chance.sample(sentences, of_each))
        path.write_text(
            f"Report {number}\n\n{1 + number % 28} March {2000 + number % 25}\n\n{body}\n", encoding="utf-8"
        )
    return folder


def main() -> None:
    """Measure, and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--texts", type=Path, default=Path("seeds"), help="Folder of texts to draw sentences from.")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    texts = [load_document(path).text for path in sorted(given.texts.glob("*.txt"))]
    settings = Settings()
    with tempfile.TemporaryDirectory() as folder:
        embedder = open_embedder(settings.embedder, settings.cache, settings.weights)
        told = json.dumps(measure_large(embedder, texts, Path(folder), given.documents, given.seed), indent=2)
    print(told)
    if given.out:
        given.out.write_text(told, encoding="utf-8")


if __name__ == "__main__":
    main()
