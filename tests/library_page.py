"""How long the Library page takes with many documents: `PYTHONPATH=. python tests/library_page.py` prints seconds.

The library is made of `--documents` texts of a news report's length and kept in `--folder`, to be used again, also by
`python -m evals.screens FOLDER --library DIR`, which tells how long a browser takes.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from streamlit.testing.v1 import AppTest

from index.chunk import split_document
from index.embed import Embedder
from index.open import open_configured_embedder
from index.pipeline import Library, open_library
from index.record import Embedding, Record
from index.records import Document, Prepared
from qa.settings import Settings
from ui.uploads import roots_to_sync

WORDS = Path(__file__).parent.parent.joinpath("seeds").glob("*.txt")
OUTLETS = ("The Harrow Post", "Orme Times", "Oldham Post", "Wire", "Coast Radio")


def fill(folder: Path, documents: int, embedder: Embedder) -> None:
    """Write documents straight into the record: their vectors are by chance, as nothing here searches."""
    chance, vectors = random.Random(0), np.random.default_rng(0)
    words = " ".join(path.read_text(encoding="utf-8") for path in WORDS).split()
    record = Record(folder)
    record.database.db.execute("PRAGMA synchronous = OFF")  # a library for this alone; it is filled 20 times as fast
    for number in range(documents):
        doc_id = f"{number:016x}"
        paragraphs = [
            " ".join(chance.sample(words, chance.randint(40, 110))) + "." for _ in range(chance.randint(3, 9))
        ]
        title = " ".join(chance.sample(words, chance.randint(4, 16)))
        outlet = chance.choice(OUTLETS) if chance.random() < 0.9 else None
        day = date(2005, 1, 1) + timedelta(days=chance.randrange(7000)) if chance.random() < 0.9 else None
        text = "\n\n".join([title, *paragraphs])
        uri = f"/articles/{number // 500:03d}/{number:06d}.{chance.choice(('txt', 'html', 'pdf'))}"
        document = Document(doc_id, uri, title, outlet, None, day, "en", text, doc_id * 4, collection="Archive")
        passages = split_document(document, 120)
        made = [
            unit(vectors.standard_normal((n, embedder.dimension)))
            for n in (len(passages), sum(len(p.sentences) for p in passages))
        ]
        record.put(Prepared(document, tuple(passages), ()), *made, Embedding(embedder.name, embedder.dimension))
    record.sign(lambda text: b"")
    record.mark_ready(record.pending())
    record.close()


def unit(vectors: NDArray[np.float64]) -> NDArray[np.float32]:
    """Each row as long as 1."""
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def page_of(library: Library) -> AppTest:
    """The page as it is drawn first."""

    def script(library):  # type: ignore[no-untyped-def]
        from ui.library import library_page

        library_page(lambda: library, None)

    return AppTest.from_function(script, default_timeout=120, args=(library,))


def median_s(step: Callable[[], object], times: int) -> float:
    """Seconds of a run, the median of several."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        step()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def main() -> None:
    """Fill the library if it is not there, and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--folder", type=Path, default=Path("/tmp/dateline-library-page"))
    parser.add_argument("--times", type=int, default=5)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    embedder = open_configured_embedder(Settings())
    if not (given.folder / "record.sqlite3").exists():
        fill(given.folder, given.documents, embedder)
    with open_library(given.folder, embedder) as library:
        print(f"{library.count_documents():,} documents, {library.count_passages():,} passages")
        page_of(library).run()  # what the first page of a process loads is not the library's
        for name, step in (
            ("every text read", library.documents),
            ("entries, from the record", library._record.entries),
            ("what re-indexing reads", lambda: roots_to_sync(library.folder, [one.uri for one in library.entries()])),
            ("the page", lambda: page_of(library).run()),
        ):
            print(f"{name}: {median_s(step, given.times):.2f}")


if __name__ == "__main__":
    main()
