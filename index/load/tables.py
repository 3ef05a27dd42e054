"""What the readers of office files share: tables as lines, blocks joined to a text with pages, a file's properties."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from index.load.signs import Read

PAGE = "\f"
"""Stands in a block where a page begins. XML cannot hold the character, so that no file can feign it."""
LINE = "\v"
"""Stands in a block where a line ends inside a paragraph; a line feed is the end of a table's row."""
MAX_HEADER = 40
"""Characters of a column's name; a longer first row is text, not a header."""
PROPERTIES = "the file's properties"
_NO_TITLE = re.compile(
    r"^(?:untitled.*|\(?anonymous\)?|(?:power)?point presentation|powerpoint presentation"
    r"|microsoft (?:word|powerpoint|excel).*|(?:word )?document ?\d*"
    r"|.*\.(?:docx?|rtf|odt|pptx?|xlsx?|dotx?|pdf|tex|indd)|\W*)$",
    re.I,
)
_NO_AUTHOR = re.compile(
    r"^(?:python-docx|steve canny|\(?anonymous\)?|unknown|user|admin(?:istrator)?|microsoft office user|\W*)$", re.I
)
_UNREADABLE = re.compile("[\x00\ud800-\udfff]")


def clean(text: str) -> str:
    """`text` with line feeds alone at the ends of lines, and U+FFFD for NUL and for halves of characters."""
    if _UNREADABLE.search(text):
        # Some formats write a character beyond U+FFFF as two halves: joined where both are there.
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").replace("\0", "\ufffd")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\v", "\n").replace(PAGE, "\n")


def one_line(text: str) -> str:
    """`text` with every run of white space as one space: what fits into a row of a table."""
    return " ".join(text.split())


def table_lines(rows: Iterable[Sequence[str]]) -> list[str]:
    """One line a row, without empty rows and cells: `cell | cell`, below a header `name: cell | name: cell`.

    The first row is a header when all its cells are filled, differ, and are short, and the last below it is not
    a label (`Name:`), as in forms. Cells are given at their columns, "" where there is none.
    """
    filled = [row for row in ([one_line(cell) for cell in row] for row in rows) if any(row)]
    if not filled or not _is_header(filled):
        return [" | ".join(filter(None, row)) for row in filled]
    header, *below = filled
    return [" | ".join(header), *(" | ".join(named_cells(header, row)) for row in below)]


def named_cells(header: Sequence[str], row: Sequence[str]) -> list[str]:
    """`name: cell` for each cell that is not empty; the cell alone where its column has no name."""
    names = [*header, *[""] * (len(row) - len(header))]
    return [f"{name.rstrip(':')}: {cell}" if name else cell for name, cell in zip(names, row, strict=False) if cell]


def _is_header(rows: Sequence[Sequence[str]]) -> bool:
    header = rows[0]
    if len(rows) < 2 or len(header) < 2 or any(not cell or len(cell) > MAX_HEADER for cell in header):
        return False
    named = any(any(letter.isalpha() for letter in cell) for cell in header)
    return named and len(set(header)) == len(header) and not header[0].endswith(":")


def join_blocks(blocks: Iterable[str]) -> tuple[str, tuple[int, ...]]:
    """The blocks' text, apart by blank lines and without `PAGE`, and where its pages begin; none without a `PAGE`.

    A page without text begins where the next one does, so that the numbers of those behind it stay right.
    Pages without text at the end are left out.
    """
    pieces: list[str] = []
    starts, length, waiting = [0], 0, 0
    for block in blocks:
        apart = "\n\n" if length else ""
        for number, piece in enumerate(block.replace(LINE, "\n").strip(" \t\n").split(PAGE)):
            waiting += number > 0
            if not piece.strip():
                continue
            if apart:
                length -= len(pieces[-1]) - len(pieces[-1].rstrip())
                pieces[-1] = pieces[-1].rstrip()
            shown = apart + (piece if not apart else piece.lstrip())
            starts += [length + len(shown) - len(shown.lstrip())] * waiting
            pieces.append(shown)
            length, waiting, apart = length + len(shown), 0, ""
    return "".join(pieces).rstrip(), tuple(starts) if len(starts) > 1 else ()


def properties(title: str | None, author: str | None) -> dict[str, Read]:
    """`title` and `author` as a file's properties give them, without what programs write there by themselves."""
    found = {}
    if title and not _NO_TITLE.match(title := one_line(clean(title))):
        found["title"] = Read(title, PROPERTIES)
    if author and not _NO_AUTHOR.match(author := one_line(clean(author))):
        found["author"] = Read(author, PROPERTIES)
    return found
