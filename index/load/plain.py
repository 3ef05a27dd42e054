"""Plain text as a reader takes it in: lines and words whole, rows of tables with the names of their columns."""

from __future__ import annotations

import re
from itertools import accumulate

from index.lines import blocks_of, goes_on, usual_width
from index.load.columns import with_rows
from index.load.content import Content
from index.load.letters import as_read

HYPHEN = "\ufffe"
"""A hyphen at the end of a line together with the line's end; what PDFium writes for it."""
FENCE = "```"
"""Begins and ends lines of code in Markdown."""
_HYPHEN_AT_END = re.compile(r"(?<=\w)[-\u2010]$")


def read_plain(text: str) -> Content:
    """The text with each sentence on one line, words whole, tables row by row; its notes tell what was changed.

    Where lines are put together a space stands for the line feed, so that most texts keep their length.
    """
    seen = as_read(text)
    lines = seen.replace("\r\n", "\n").replace("\r", "\n")
    spans = list(blocks_of(lines))
    blocks = [lines[start:end].split("\n") for start, end in spans]
    usual = usual_width(blocks)
    fences = [sum(line.startswith(FENCE) for line in block) for block in blocks]
    is_code = [own > 0 or so_far % 2 > 0 for own, so_far in zip(fences, accumulate(fences), strict=True)]
    told = [block if code else with_rows(block) for code, block in zip(is_code, blocks, strict=True)]
    joined = [
        block if code else put_together(block, goes_on(block, usual)) for code, block in zip(is_code, told, strict=True)
    ]
    words = hyphenated(lines)
    pieces, at = [], 0
    for (start, end), block in zip(spans, joined, strict=True):
        pieces += [lines[at:start], unhyphenated("\n".join(block), words)]
        at = end
    notes = [
        note
        for changed, note in (
            (seen != text, "Characters that cannot be seen were left out, and letters and spaces put in one form."),
            (told != blocks, "Tables are shown row by row, with the names of their columns."),
            (joined != told, "Lines broken within a paragraph were put together, and words parted at their ends."),
        )
        if changed
    ]
    return Content("".join(pieces) + lines[at:], (), {}, tuple(notes))


def put_together(lines: list[str], on: list[bool]) -> list[str]:
    """The lines, with each that goes on and the next one in one; a hyphen between them is `HYPHEN`."""
    joined = lines[:1]
    for line, with_last in zip(lines[1:], on, strict=False):
        if not with_last:
            joined.append(line)
        elif _HYPHEN_AT_END.search(joined[-1]) and line.lstrip()[:1].isalpha():
            joined[-1] = _HYPHEN_AT_END.sub(HYPHEN, joined[-1]) + line.lstrip()
        else:
            joined[-1] = f"{joined[-1].rstrip()} {line.lstrip()}"
    return joined


def hyphenated(text: str) -> frozenset[str]:
    """The words that `text` itself writes with a hyphen."""
    return frozenset(re.findall(r"(?<!\w)\w+-\w+", text))


def unhyphenated(text: str, words: frozenset[str]) -> str:
    """A word that was parted at the end of a line in one, unless it is among `words`, or goes on with a capital."""

    def joined(parts: re.Match[str]) -> str:
        first, second = parts.groups()
        named = second[:1].isupper() and not first.isupper()
        return f"{first}-{second}" if f"{first}-{second}" in words or first[-1:].isdigit() or named else first + second

    return re.sub(rf"(?<!\w)(\w+){HYPHEN}(\w+)", joined, text).replace(HYPHEN, "-")
