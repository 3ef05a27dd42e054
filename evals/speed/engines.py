"""What each search engine costs: seconds to take passages in, milliseconds to find them, memory and disk.

python -m evals.speed.engines --passages 20000 --engine local --engine milvus:passages.db

The passages are real sentences in new company; their vectors are the means of the real sentences', with some noise.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from evals.speed.made import Asked, questions, write_record
from evals.speed.numbers import summary
from evals.speed.process import Worker, disk_bytes, resident_bytes
from index.engines import LOCAL, open_engine
from index.exact import ExactSearch
from index.record import Record
from qa import tuning
from qa.settings import Settings

SHARE = 10
"""One in so many documents is searched when a question is kept to some."""


class Opened:
    """A record and its engine in a process of its own."""

    def __init__(self, name: str, token: str, folder: Path) -> None:
        self.record = Record(folder)
        self.engine = open_engine(name, token, folder, self.record)

    def close(self) -> None:
        """Close both."""
        self.engine.close()
        self.record.close()


def fill(opened: Opened) -> dict[str, Any]:
    """Seconds to take all passages in, and bytes of this process before and after."""
    before, began = resident_bytes(), time.perf_counter()
    opened.engine.follow()
    return {"seconds": time.perf_counter() - began, "before_bytes": before, "after_bytes": resident_bytes()}


def ask(opened: Opened, asked: Sequence[Asked], doc_ids: Sequence[str] | None) -> tuple[list[float], list[set[str]]]:
    """Milliseconds of each question, and the passages of its dense and of its lexical search in turn."""
    times, found = [], []
    for one in asked:
        began = time.perf_counter()
        dense = opened.engine.dense(one.vector, tuning.SEARCH_DEPTH, doc_ids)
        lexical = opened.engine.lexical(one.terms, tuning.SEARCH_DEPTH, doc_ids)
        times.append(1000 * (time.perf_counter() - began))
        found += [{passage_id for passage_id, _ in each} for each in (dense, lexical)]
    return times, found


def measure(name: str, token: str, folder: Path, asked: Sequence[Asked], some: Sequence[str]) -> dict[str, Any]:
    """Numbers of one engine, and the passages that it found."""
    with Worker(name, Opened, name, token, folder) as worker:
        told: dict[str, Any] = {"engine": name, "filled": worker.call(fill)}
        worker.call(ask, asked[:10], None)
        for case, doc_ids in (("all", None), ("some", some)):
            times, found = worker.call(ask, asked, doc_ids)
            told |= {f"{case}_ms": summary(times), f"{case}_found": found}
        told["peak_bytes"] = worker.peak_bytes()
    places = {LOCAL: folder / "chroma"}
    told["disk_bytes"] = disk_bytes(places.get(name, Path(name.removeprefix("milvus:"))))  # 0 for a server
    return told


def exact(record: Record, asked: Sequence[Asked], doc_ids: Sequence[str] | None) -> list[set[str]]:
    """The passages of an exact dense search, and of the record's lexical search, in turn."""
    search, k = ExactSearch(record), tuning.SEARCH_DEPTH
    both = [(search.query(one.vector, k, doc_ids), record.lexical(one.terms, k, doc_ids)) for one in asked]
    return [{passage_id for passage_id, _ in each} for of_one in both for each in of_one]


def shares(told: dict[str, Any], true: dict[str, list[set[str]]]) -> dict[str, Any]:
    """The numbers of an engine, with the shares of the true passages that it found in the place of what it found."""
    for case, wanted in true.items():
        pairs = list(zip(wanted, told.pop(f"{case}_found"), strict=True))
        for search, of_it in (("dense", pairs[::2]), ("lexical", pairs[1::2])):
            each = [len(one & found) / len(one) for one, found in of_it if one]
            told[f"{case}_{search}_share"] = round(float(np.mean(each)), 3) if each else None
    return told


def main() -> None:
    """Measure, and print a line of JSON for the record and for each engine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=20_000)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--engine", action="append", help="As DATELINE_ENGINE; may be given again.")
    parser.add_argument("--data", type=Path, required=True, help="Folder of the public sets, as in `dateline bench`.")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    settings = Settings()
    token = settings.engine_token.get_secret_value() if settings.engine_token else ""
    with tempfile.TemporaryDirectory() as place:
        began = time.perf_counter()
        record = write_record(Path(place), given.data, given.passages, given.seed, settings)
        seconds = round(time.perf_counter() - began)
        asked = questions(record, given.questions, given.seed)
        some = [one.doc_id for one in record.facts()][::SHARE]
        true = {case: exact(record, asked, doc_ids) for case, doc_ids in (("all", None), ("some", some))}
        record.close()
        told = {"passages": given.passages, "seed": given.seed, "record_seconds": seconds}
        _print(told | {"record_bytes": disk_bytes(Path(place))})
        for name in given.engine or [LOCAL]:
            _print(shares(measure(name, token, Path(place), asked, some), true))


def _print(told: dict[str, Any]) -> None:
    """At once: what is known stays so when a later engine fails."""
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
