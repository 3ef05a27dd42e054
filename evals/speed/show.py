"""A bench's result as tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

STARTED = {
    "help": "dateline --help",
    "search": "dateline search, answered",
    "open": "library and model open and warm",
}
STEPS = {
    "search": "search (all but choosing)",
    "evidence": "search and choosing of evidence",
    "analysis": "  question read",
    "embedding": "  question embedded",
    "dense": "  by meaning (Chroma)",
    "lexical": "  by words (BM25)",
}


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns, and what must be known to read them."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()


def tables(result: Mapping[str, Any]) -> Iterator[Table]:
    """A table for each part that was measured, two for retrieval."""
    for part, shown in (
        ("indexing", _indexing),
        ("retrieval", _retrieval),
        ("startup", _startup),
        ("answers", _answers),
    ):
        if part in result:
            yield from shown(result[part])


def _indexing(part: Mapping[str, Any]) -> Iterator[Table]:
    rates, runtime, peaks = part["per_second"], part["runtime"], part["peak_bytes"]
    named = {
        "intake": ("Dateline, whole intake", peaks["intake"]),
        "embedding": (f"{runtime['intake']}, passages embedded only", peaks["intake"]),
        "torch": (f"{runtime['torch']} on torch, passages embedded only", peaks["torch"]),
    }
    rows = []
    for name, (title, peak) in named.items():
        per = rates[name]
        documents = _number(per["documents"]["median"]) if "documents" in per else "-"
        ratio = f"{part['ratio'][name]:.2f}" if name in part["ratio"] else "1"
        spread = f"{_number(per['passages']['min'])} to {_number(per['passages']['max'])}"
        rows.append((title, documents, _number(per["passages"]["median"]), spread,
                     _number(per["characters"]["median"]), ratio, _size(peak), str(part["rounds"])))  # fmt: skip
    yield Table(
        "Indexing, a second",
        ("", "documents", "passages", "least to most", "characters", "of torch", "peak memory", "n"),
        tuple(rows),
        (
            f"{part['documents']:,} documents, {part['passages']:,} passages with {part['sentences']:,} sentences, in "
            "turns, medians. The whole intake reads, dates, cuts, embeds every passage and every sentence "
            f"({_number(part['embedded_texts_per_second']['median'])} texts a second), and writes a new library "
            "(SQLite and Chroma); torch embeds the passages' texts and does nothing else.",
            f"LangChain's tutorial, on torch, takes {part['tutorial']['ratio']:.2f} times as long over the same files.",
        ),
    )


def _retrieval(part: Mapping[str, Any]) -> Iterator[Table]:
    rows, sizes, notes = [], [], []
    for library in part["libraries"]:
        for step, title in STEPS.items():
            taken = library["milliseconds"][step]
            rows.append((f"{library['passages']:,}" if step == "search" else "", title,
                         _number(taken["median"]), _number(taken["p95"]), str(taken["n"])))  # fmt: skip
        memory, disk = library["memory"], library["disk"]
        sizes.append((f"{library['passages']:,}", f"{library['documents']:,}", f"{library['recombined']:,}",
                      _number(library["first_search_ms"]), _size(memory["before_bytes"]), _size(memory["after_bytes"]),
                      _size(memory["peak_bytes"]), _size(disk["whole_bytes"]), _size(disk["chroma_bytes"]),
                      _number(library["seconds"])))  # fmt: skip
    if any(library["recombined"] for library in part["libraries"]):
        there = part["libraries"][0]["distinct_texts"]
        notes.append(
            f"The texts make {there:,} distinct passages; beyond those a library is filled up with recombined ones: "
            "real sentences, shuffled with a seed into new passages, none twice, with the mean of their sentences' "
            "vectors in place of an embedding of their own."
        )
    notes.append(
        f"Questions: {part['questions']}. The process is warm; search is timed over all, then the same with the "
        "choosing of evidence, then each step alone."
    )
    yield Table(
        "Retrieval, milliseconds a question", ("passages", "step", "p50", "p95", "n"), tuple(rows), tuple(notes)
    )
    columns = ("passages", "documents", "recombined", "first search, ms", "memory before", "after", "peak", "disk",
               "of it Chroma", "built in s")  # fmt: skip
    yield Table("What these libraries cost", columns, tuple(sizes))


def _startup(part: Mapping[str, Any]) -> Iterator[Table]:
    rows = []
    for name, one in part["processes"].items():
        taken = one["seconds"]
        spread = f"{_number(taken['min'])} to {_number(taken['max'])}"
        rows.append((STARTED.get(name, name), _number(taken["median"]), spread, _size(one["peak_bytes"]),
                     str(taken["n"])))  # fmt: skip
    yield Table(
        "Start-up of a new process, seconds",
        ("until", "median", "least to most", "peak memory", "n"),
        tuple(rows),
        (f"Library of {part['passages']:,} passages, model {part['model']}; files in the system's cache.",),
    )


def _answers(part: Mapping[str, Any]) -> Iterator[Table]:
    rows = []
    for budget, one in part["budgets"].items():
        figures = [_number(one[name]["median"]) for name in ("first_word", "answer")]
        figures.append(_number(one["answer"]["p95"]))
        figures += [_number(one[name]["median"]) for name in ("read", "written", "shown")]
        rows.append((budget, str(one["tokens"]), *figures, f"{one['first_word']['n']} of {one['answer']['n']}"))
    columns = ("sentences", "tokens", "first word, s", "answer, s", "p95", "tokens read", "written", "chosen",
               "model asked")  # fmt: skip
    yield Table(
        "Answers by budget of evidence",
        columns,
        tuple(rows),
        (
            f"Model {part['model']}, {part['questions']} questions, in turns, medians; first word and tokens of the "
            f"questions for which the model was asked. Peak memory {_size(part['peak_bytes'])}.",
        ),
    )


def _number(value: float | None) -> str:
    """Three digits that count."""
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _size(value: float | None) -> str:
    return "-" if value is None else f"{value / 1e9:.2f} GB" if value >= 1e9 else f"{value / 1e6:.0f} MB"
