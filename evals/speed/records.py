"""What each kind of record costs: seconds to take passages in, and milliseconds to read what a question needs.

python -m evals.speed.records --passages 20000 --record sqlite --record postgresql://USER@HOST/DATABASE

The passages are those of `evals.speed.engines`, with vectors by chance: a record does not look at them. No search
engine is asked, passages are found by the words alone.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from evals.speed.made import REUSED, Asked, questions
from evals.speed.numbers import summary
from evals.speed.passages import compose, cut, first_passages
from evals.speed.texts import read_public
from index.embed import Vectors
from index.places import SQLITE, open_record
from index.record import Embedding, Record
from index.records import Prepared
from qa import tuning
from qa.settings import Settings

SHOWN = 20
"""Passages whose texts are read for a question."""
EMBEDDING = Embedding("by chance", 384)


class Made(NamedTuple):
    """What is put into a record: a document with its vectors, and what made these."""

    prepared: Prepared
    passages: Vectors
    sentences: Vectors
    embedding: Embedding


def made_documents(texts: Path, count: int, seed: int, passage_words: int) -> Iterator[Made]:
    """Documents of `count` passages together. Raises a UserFacingError when the texts are too few for so many."""
    chance, wanted = np.random.default_rng(seed), max(200, count // REUSED)
    some = [*first_passages(cut(read_public(texts).texts[:wanted], passage_words), wanted)]
    for composed in compose(some, count, seed, passage_words):
        passages, sentences = (
            chance.normal(size=(number, EMBEDDING.dimension)).astype(np.float32)
            for number in (len(composed.rows), sum(map(len, composed.rows)))
        )
        passages /= np.linalg.norm(passages, axis=1, keepdims=True)
        yield Made(composed.prepared, passages, sentences, EMBEDDING)


def fill(record: Record, made: Sequence[Made]) -> float:
    """Seconds to put all documents into the record."""
    began = time.perf_counter()
    for one in made:
        record.put(*one)
    return time.perf_counter() - began


def ask(record: Record, asked: Asked) -> dict[str, float]:
    """Milliseconds of each kind of read for one question, and of all together."""
    told: dict[str, float] = {}
    began = time.perf_counter()

    def lap(name: str) -> None:
        told[name] = 1000 * (time.perf_counter() - began) - sum(told.values())

    found = [one for one, _ in record.lexical(asked.terms, tuning.SEARCH_DEPTH)]
    lap("words")
    record.sentence_vectors(found)
    lap("vectors")
    documents = {passage.doc_id for passage in record.passages(found[:SHOWN])}
    for doc_id in documents:
        record.document(doc_id)
        record.mentions(doc_id)
    lap("texts")
    record.document_frequency(asked.terms)
    lap("counts")
    return told | {"all": sum(told.values())}


def measure(name: str, password: str, folder: Path, made: Sequence[Made], count: int, seed: int) -> dict[str, Any]:
    """Numbers of one kind of record, in a library of its own."""
    folder.mkdir()
    with closing(open_record(name, password, folder)) as record:
        seconds = fill(record, made)
        asked = questions(record, count, seed)
        for one in asked[:10]:
            ask(record, one)
        times = [ask(record, one) for one in asked]
        passages = record.count_passages()
    told = {f"{kind}_ms": summary([one[kind] for one in times]) for kind in times[0]}
    return {"record": name, "seconds": round(seconds, 2), "passages_per_s": round(passages / seconds), **told}


def main() -> None:
    """Measure, and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=20_000)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--record", action="append", help="As DATELINE_RECORD; may be given again.")
    parser.add_argument("--data", type=Path, required=True, help="Folder of the public sets, as in `dateline bench`.")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    settings = Settings()
    password = settings.record_password.get_secret_value() if settings.record_password else ""
    made = [*made_documents(given.data, given.passages, given.seed, settings.passage_words)]
    with tempfile.TemporaryDirectory() as place:
        told = [
            measure(name, password, Path(place) / str(number), made, given.questions, given.seed)
            for number, name in enumerate(given.record or [SQLITE])
        ]
    print(json.dumps({"passages": given.passages, "seed": given.seed, "records": told}, indent=2))


if __name__ == "__main__":
    main()
