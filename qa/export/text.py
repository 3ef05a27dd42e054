"""An answer for the clipboard: its sentences with their numbers, then the numbered sources."""

from __future__ import annotations

from qa.export.outline import Line, Source, answer_lines, sources
from qa.records import Answer


def as_text(answer: Answer) -> str:
    """Plain text, without what was withheld, which is no part of the answer; a line feed ends each line."""
    blocks = [_block(one) for one in [*answer_lines(answer), *sources(answer)]]
    return "\n".join(blocks).replace("\n\n\n", "\n\n").strip() + "\n"


def _block(one: Line | Source) -> str:
    if isinstance(one, Source):
        times = f"    {one.times}\n" if one.times else ""
        return f"[{one.number}] {one.who}: {one.title}\n    “{one.quote}”\n{times}    {one.place}\n"
    words = "".join(f"[{run}]" if isinstance(run, int) else run for run in one.runs)
    if one.kind == "heading":
        return f"\n{words}:\n"
    return f"- {words}" if one.kind == "item" else f"{words}\n"
