"""The arithmetic of `deploy/capacity.md`, from numbers that were measured and from assumptions, each named.

python -m evals.speed.capacity         # the tables, as they stand in that file
"""

from __future__ import annotations

import math
from dataclasses import dataclass

GIGABYTE = 1e9
WEEK_S = 7 * 86_400


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured, and where that is told; bytes are of one passage, seconds of one core."""

    record_bytes: int = 8_013
    """Of the record: text, words, and the vectors of the passage and of its sentences."""
    chroma_bytes: int = 1_997
    milvus_bytes: int = 3_800
    """Of milvus-lite's files."""
    ingest_a_core: float = 25.0
    """Passages a second: 50 on two cores (evals/README.md, Speed)."""
    answer_core_s: float = 0.11
    """Of Dateline for an answer without a model (`evals.speed.load --model none`)."""
    served_core_s: float = 0.3
    """Of Dateline for one with a model on a server, its reading and checks (`--model stand-in`)."""
    embedded_s: float = 5.5
    """To an answer of the default model on two cores of its own (README.md)."""
    tokens_read: int = 189
    """For a question, behind the front of the prompt that is kept (evals/README.md)."""
    words_written: int = 16


@dataclass(frozen=True, slots=True)
class Assumed:
    """What nobody has measured here."""

    passages: int = 100_000_000
    readers: int = 1_000
    questions_an_hour: int = 6
    """Of one reader at work."""
    peak: float = 3.0
    """How many times the mean rate the busiest minutes have."""
    dimension: int = 384
    """Of all-MiniLM-L6-v2."""
    links: int = 16
    """M of HNSW, as `index/milvus.py` builds it."""
    different_words: int = 70
    """Of a passage of 120 words."""
    tokens_a_word: float = 1.5
    calls: float = 1.5
    """Of the model for a question: some are asked again, or judge."""
    decoded_a_second: int = 1_000
    """Tokens that one GPU writes for all who ask it at once, with a model of 7 billion parameters."""
    used: float = 0.6
    """How much of a part is used at the peak, so that waiting stays short."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of arithmetic."""

    what: str
    how: str
    result: str


def storage(m: Measured, a: Assumed) -> list[Row]:
    """Bytes on disk and in memory."""
    raw = 4 * a.dimension

    def row(what: str, how: str, bytes_each: float) -> Row:
        return Row(what, f"{how} = {bytes_each:,.0f} B", _bytes(bytes_each * a.passages))

    return [
        row("record, on disk", "measured", m.record_bytes),
        row("Chroma (`local`), on disk", "measured", m.chroma_bytes),
        row("Milvus, on disk", "measured with milvus-lite", m.milvus_bytes),
        row("vectors in memory, float32 alone", f"4 · {a.dimension}", raw),
        row("… in HNSW, as Dateline builds it", f"4 · {a.dimension} + 2 · {a.links} · 4", raw + 8 * a.links),
        row("… in HNSW_SQ, int8", f"{a.dimension} + 2 · {a.links} · 4", a.dimension + 8 * a.links),
        row("… in IVF_SQ8", f"{a.dimension} + 8", a.dimension + 8),
        row("… in DISKANN, in memory", f"(0.125 + 0.1) · {raw}", 0.225 * raw),
        row("… in DISKANN, on a fast disk besides", f"{raw} + 4 · 56", raw + 4 * 56),
        row("words in memory (sparse index)", f"{a.different_words} · 8", 8 * a.different_words),
    ]


def ingestion(m: Measured, a: Assumed) -> list[Row]:
    """Time to take all in."""
    core_s = a.passages / m.ingest_a_core
    cores = math.ceil(core_s / WEEK_S)
    return [
        Row("hours of one core", f"{a.passages:,} / {m.ingest_a_core:g} / 3,600", f"{core_s / 3600:,.0f}"),
        Row("cores for one week", f"{core_s:,.0f} s / {WEEK_S:,} s", f"{cores}"),
        Row("cores for one day", f"7 · {core_s / WEEK_S:.1f}", f"{math.ceil(7 * core_s / WEEK_S)}"),
    ]


def asking(m: Measured, a: Assumed) -> list[Row]:
    """Questions of all readers, and what answers them."""
    mean = a.readers * a.questions_an_hour / 3600
    peak = a.peak * mean
    written = a.calls * m.words_written * a.tokens_a_word
    gpu = peak * written / (a.decoded_a_second * a.used)
    alone = peak * m.embedded_s / a.used
    return [
        Row("questions a second, mean", f"{a.readers:,} · {a.questions_an_hour} / 3,600", f"{mean:.2f}"),
        Row("… at the peak", f"{a.peak:g} · {mean:.2f}", f"{peak:.1f}"),
        Row(
            "cores of Dateline, with a model on servers",
            f"{peak:.1f} · {m.served_core_s} s / {a.used}",
            f"{math.ceil(peak * m.served_core_s / a.used)}",
        ),
        Row(
            "… without a model",
            f"{peak:.1f} · {m.answer_core_s} s / {a.used}",
            f"{math.ceil(peak * m.answer_core_s / a.used)}",
        ),
        Row(
            "tokens read a second",
            f"{peak:.1f} · {a.calls} · {m.tokens_read}",
            f"{peak * a.calls * m.tokens_read:,.0f}",
        ),
        Row("tokens written for a question", f"{a.calls} · {m.words_written} · {a.tokens_a_word}", f"{written:.0f}"),
        Row(
            "GPUs for them, and one to spare",
            f"{peak:.1f} · {written:.0f} / ({a.decoded_a_second:,} · {a.used}) = {gpu:.2f}",
            f"{math.ceil(gpu) + 1}",
        ),
        Row(
            "… or machines of two cores with the default model",
            f"{peak:.1f} · {m.embedded_s} s / {a.used}",
            f"{math.ceil(alone)}",
        ),
    ]


def _bytes(count: float) -> str:
    return f"{count / GIGABYTE:,.0f} GB"


def tables(m: Measured | None = None, a: Assumed | None = None) -> str:
    """All three, in Markdown."""
    measured, assumed = m or Measured(), a or Assumed()
    parts = [
        ("Storage", f"{assumed.passages:,} passages", storage(measured, assumed)),
        ("Taking them in", "", ingestion(measured, assumed)),
        ("Asking", "", asking(measured, assumed)),
    ]
    shown = []
    for title, of, rows in parts:
        lines = [f"| {row.what} | {row.how} | {row.result} |" for row in rows]
        shown.append("\n".join([f"### {title}", "", f"| | arithmetic | {of} |", "| --- | --- | --- |", *lines]))
    return "\n\n".join(shown)


def main() -> None:
    """Print the tables."""
    print(tables())


if __name__ == "__main__":
    main()
