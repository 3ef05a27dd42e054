"""Answers as Markdown that reads well as it is and rendered.

Source: CommonMark 0.31.2; of what others add to it, also tables, footnotes, formulas, strike-through and links made of
bare addresses have their signs escaped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qa.export.outline import Line, Source, outline, title_of
from qa.export.records import Exported

_SIGNS = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_{}[]<>#|~$&!^"})
_OPEN_A_BLOCK = ("-", "+", "=", ":", "@", "%")
"""At the beginning of a line: lists, underlined headings, rules and what others add."""


def to_markdown(exported: Sequence[Exported]) -> str:
    """One file in UTF-8 for all of them, a heading for each question."""
    blocks = [f"# {title_of(exported)}", *(block for each in exported for block in _blocks(each))]
    return "\n\n".join(blocks) + "\n"


def _blocks(exported: Exported) -> Iterator[str]:
    """Each ends without a line feed; items with their reasons are one block."""
    items: list[str] = []
    for one in outline(exported):
        if isinstance(one, Line) and one.kind in {"item", "reason"}:
            items.append(f"{'  - ' if one.kind == 'reason' else '- '}{_runs(one)}")
            continue
        if items:
            yield "\n".join(items)
            items = []
        yield _source(one) if isinstance(one, Source) else _line(one)
    if items:
        yield "\n".join(items)


def _line(line: Line) -> str:
    words = _runs(line)
    before = {"question": "## ", "heading": "### ", "verbatim": "> ", "finding": "**"}.get(line.kind, "")
    return f"{before}{words}{'**' if line.kind == 'finding' else ''}"


def _runs(line: Line) -> str:
    # A marker needs no escape: it would be a link only where a definition of it stands, and no text can make one.
    texts = [f"[{run}]" if isinstance(run, int) else _escaped(run) for run in line.runs]
    return _at_the_beginning("".join(texts))


def _source(source: Source) -> str:
    """A line with the number, and under it the passage as a quotation."""
    quoted = [f"“{source.quote}”", *([source.times] if source.times else []), source.place]
    heading = f"[{source.number}] {_escaped(source.who)}: *{_escaped(source.title) or 'no title'}*"
    return f"{heading}\n\n" + "\n>\n".join(f"> {_at_the_beginning(_escaped(text))}" for text in quoted)


def _escaped(text: str) -> str:
    return text.translate(_SIGNS).replace("://", "\\:\\/\\/").replace("www.", "www\\.")


def _at_the_beginning(text: str) -> str:
    """`text` whose first characters open no list and no heading."""
    if text.startswith(_OPEN_A_BLOCK):
        return f"\\{text}"
    number = text[: len(text) - len(text.lstrip("0123456789"))]
    rest = text[len(number) :]
    return f"{number}\\{rest}" if number and rest.startswith((".", ")")) else text
