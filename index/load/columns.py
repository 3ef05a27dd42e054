"""Tables set in plain text: with bars, with rules, or in columns held apart by spaces or tabs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from index.lines import item_mark
from index.load.tables import MAX_HEADER, named_cells, one_line
from index.records import Span

MAX_LINE = 400
"""Characters of a line in a table."""
MAX_CELL_WORDS = 5
"""Words in a cell on average: columns of more are text set side by side."""
_BOX = "".join(map(chr, range(0x2500, 0x2580)))
_RULE = frozenset(f"-=_+|:–— \t{_BOX}")
_STROKES = "-=_–—─━═"
_BAR = re.compile(r"(?<!\\)\||[│┃║]")
# A gap of two spaces behind a full stop is how typists end a sentence.
_GAP = re.compile(r" *\t *|(?<![.!?:;,]) {2,}")
_SPACES = re.compile(" +")
_DOTS = re.compile(r"\.{4,}|(?:\. ){4,}")


def with_rows(lines: Sequence[str], mark: str = "") -> list[str]:
    """The lines, with each row of a table as `name: cell; name: cell`, its cells alone where no header is.

    Args:
        mark: Put in front of every row.
    """
    told: list[str] = []
    at = 0
    while at < len(lines):
        end = at
        while end < len(lines) and len(lines[end]) <= MAX_LINE and (_is_rule(lines[end]) or _is_divided(lines[end])):
            end += 1
        run = lines[at : max(end, at + 1)]
        told += [mark + row for row in _told(run)] or run
        at += len(run)
    return told


def _is_rule(line: str) -> bool:
    return set(line) <= _RULE and sum(map(line.count, _STROKES)) > 2


def _is_divided(line: str) -> bool:
    mark = item_mark(line)
    shown = line[mark.end() if mark else 0 :].strip()
    return bool(_BAR.search(shown) or _GAP.search(shown)) and not _DOTS.search(shown)


def _told(run: Sequence[str]) -> list[str]:
    """The rows of a run of lines as sentences of cells; none when it is no table."""
    written = [line for line in run if not _is_rule(line)]
    first = next((at for at, line in enumerate(run) if not _is_rule(line)), len(run))
    ruled = first + 1 < len(run) - 1 and _is_rule(run[first + 1])
    if len(written) < 2:
        return []
    barred = all(_BAR.search(line) for line in written)
    if barred and not ruled and not all(_BAR.match(line.strip()) for line in written):
        return []
    rows = _barred(written) if barred else _spaced(written)
    cells = [cell for row in rows for cell in row if cell]
    wordy = sum(len(cell.split()) for cell in cells) > MAX_CELL_WORDS * len(cells)
    if len(rows[0]) < 2 or (wordy and not (barred and ruled)):
        return []
    between = sum(map(_is_rule, run)) > 3  # Rules between all rows tell no header, but for a double one.
    headed = (ruled and (not between or "=" in run[first + 1])) or _is_headed(rows)
    return list(_named(rows, headed)) if headed or len(rows) > 2 else []


def _named(rows: Sequence[Sequence[str]], headed: bool) -> Iterator[str]:
    if headed:
        header, *rows = rows
        yield "; ".join(filter(None, header))
    for row in rows:
        if not headed and len(row) == 2 and row[1]:
            yield f"{row[0].rstrip(':')}: {row[1]}" if row[0] else row[1]
        else:
            yield "; ".join(named_cells(header, row) if headed else filter(None, row))


def _barred(lines: Sequence[str]) -> list[list[str]]:
    return [[one_line(cell.replace("\\|", "|")) for cell in _BAR.split(line.strip().strip("|│┃║"))] for line in lines]


def _spaced(lines: Sequence[str]) -> list[list[str]]:
    """Rows by the gaps in each line, where these are as many in all, else by where the cells stand."""
    rows = [re.split(r" *\t *" if "\t" in line else _GAP, line.strip(" ")) for line in lines]
    if len({len(row) for row in rows}) > 1:
        rows = _by_place([line.expandtabs() for line in lines])
    joined: list[list[str]] = []
    for row in ([one_line(cell) for cell in row] for row in rows):
        if joined and not row[0] and sum(map(bool, row)) == 1:  # what had no room on the line above
            joined[-1] = [" ".join(filter(None, pair)) for pair in zip(joined[-1], row, strict=True)]
        else:
            joined.append(row)
    return joined


def _by_place(lines: Sequence[str]) -> list[list[str]]:
    """Rows whose columns are those of the fullest lines; none when these do not stand one below the other.

    A cell is of the column above or below it; one that reaches over several is parted at its spaces.
    """
    cells = [list(_cells(line, _GAP)) for line in lines]
    full = [row for row in cells if len(row) == max(map(len, cells))]
    columns = [(min(start for start, _ in of), max(end for _, end in of)) for of in zip(*full, strict=True)]
    if any(after[0] <= before[1] for before, after in pairwise(columns)):
        columns = full[0]
    if any(_nearest(columns, cell) != at for row in full for at, cell in enumerate(row)):
        return [[]]
    rows = []
    for line, those in zip(lines, cells, strict=True):
        row = [""] * len(columns)
        for start, end in those:
            over = sum(first < end and start < last for first, last in columns)
            parts = _cells(line[start:end], _SPACES) if over > 1 else [(0, end - start)]
            for first, last in parts:
                place = _nearest(columns, (start + first, start + last))
                row[place] = f"{row[place]} {line[start + first : start + last]}"
        rows.append(row)
    return rows


def _cells(line: str, gap: re.Pattern[str]) -> Iterator[Span]:
    start = len(line) - len(line.lstrip(" "))
    for found in gap.finditer(line.rstrip(" "), start):
        yield start, found.start()
        start = found.end()
    yield start, len(line.rstrip(" "))


def _nearest(columns: Sequence[Span], cell: Span) -> int:
    """The column that the cell is the most below or above of, or the nearest to."""
    return min(range(len(columns)), key=lambda at: max(columns[at][0] - cell[1], cell[0] - columns[at][1]))


def _is_headed(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names the columns: below one of its cells all cells are of another kind than it."""
    header, *below = rows
    if any(len(cell) > MAX_HEADER for cell in header) or any(not cell for cell in header[1:]) or not below:
        return False
    if len(set(header)) < len(header) or header[0].endswith(":"):
        return False
    kinds = [{_kind(row[at]) for row in below if at < len(row) and row[at]} for at in range(len(header))]
    other = [of for cell, of in zip(header, kinds, strict=True) if cell and len(of) == 1 and _kind(cell) not in of]
    of_numbers = [of for cell, of in zip(header, kinds, strict=True) if "number" in of and _kind(cell) == "number"]
    # One row below is too little to tell by, but for its numbers.
    return not of_numbers and (len(other) if len(below) > 1 else other.count({"number"}) - 1) > 0


def _kind(cell: str) -> str:
    if re.fullmatch(r"(?:19|20)\d\d", cell):
        return "year"
    if any(map(str.isdigit, cell)):
        return "number"
    if cell.islower():
        return "low"
    if cell.isupper() and len(cell) > 1:
        return "capitals"
    return "name" if " " in cell else "word"
