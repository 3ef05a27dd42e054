"""The capacity plan on paper: its arithmetic by hand, and that the page says what it gives."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from evals.speed.capacity import Assumed, Measured, asking, ingestion, storage, tables

PAGE = (Path(__file__).parent.parent / "deploy" / "capacity.md").read_text()
SMALL = Assumed(passages=1_000_000, readers=600, questions_an_hour=6, peak=2.0)


def results(rows):
    return {row.what: row.result for row in rows}


def test_the_page_has_the_tables_that_the_arithmetic_gives():
    (shown,) = re.findall(r"<!-- capacity: .+? -->\n\n(.*?)\n\n<!-- end of capacity -->", PAGE, re.DOTALL)
    assert shown == tables()


def test_vectors_of_a_million_passages_by_hand():
    told = results(storage(Measured(record_bytes=9_000), SMALL))
    assert told["record, on disk"] == "9 GB"
    assert told["vectors in memory, float32 alone"] == "2 GB"  # 1.536
    ten = results(storage(Measured(), replace(SMALL, passages=10_000_000)))
    assert ten["… in HNSW, as Dateline builds it"] == "17 GB"  # 10^7 · (1,536 + 128) B = 16.64 GB
    assert ten["… in HNSW_SQ, int8"] == "5 GB"  # 10^7 · (384 + 128) B = 5.12 GB


def test_a_million_passages_take_eleven_hours_of_a_core():
    told = results(ingestion(Measured(ingest_a_core=25), SMALL))
    assert told == {"hours of one core": "11", "cores for one week": "1", "cores for one day": "1"}


def test_questions_of_six_hundred_readers_by_hand():
    told = results(asking(Measured(served_core_s=0.3, embedded_s=6.0), SMALL))
    assert (told["questions a second, mean"], told["… at the peak"]) == ("1.00", "2.0")
    assert told["cores of Dateline, with a model on servers"] == "1"  # 2 · 0.3 / 0.6
    assert told["… or machines of two cores with the default model"] == "20"  # 2 · 6 / 0.6
    assert told["GPUs for them, and one to spare"] == "2"  # 2 · 36 / 600 = 0.12


def test_what_is_said_in_words_is_what_the_tables_say():
    total = results(
        [*storage(Measured(), Assumed()), *ingestion(Measured(), Assumed()), *asking(Measured(), Assumed())]
    )
    assert f"needs {total['cores for one week']} cores\nfor a week" in PAGE
    assert f"or {total['… or machines of two cores with the default model']} machines of two cores" in PAGE
    graph, words = total["… in HNSW, as Dateline builds it"], total["words in memory (sparse index)"]
    assert f"{graph.removesuffix(' GB')} + {words}: 5 of 64 GB" in PAGE
    assert f"{total['… in HNSW_SQ, int8'].removesuffix(' GB')} + {words}: 3 of 64 GB" in PAGE
    assert (166 + 56) / 0.7 / 64 <= 5 and (51 + 56) / 0.7 / 64 <= 3
