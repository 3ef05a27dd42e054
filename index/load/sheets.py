"""Spreadsheets and tables: each row a paragraph that can be read alone, with its columns' names."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from index.errors import LoadError
from index.load.content import Content
from index.load.docx import core_properties
from index.load.odt import refuse_encrypted
from index.load.tables import PAGE, clean, join_blocks, named_cells, one_line
from index.load.zips import OLE, damaged, no_text, open_zip, protected, read_member

MAX_CELLS = 200_000
"""Cells with a value that are read of one file."""
MAX_GRID = 20_000_000
"""Cells of a sheet from its first to its last, empty ones with them: calamine keeps a place for each in memory."""
MAX_COLUMN_NAME = 80
MAX_TITLES = 5
"""Rows with a single cell that may stand above the names of the columns."""
DELIMITERS = ",;\t|"
SAMPLE = 16_000
"""Characters from which the delimiter is told."""
_NUMBER = re.compile(r"[\W\d_]*(?:[eE][+-]?\d+)?[%€$£]?")
_VAST_COUNT = re.compile(rb'<[^<>]*\b(?:c|uniqueC)ount="\d{9}')
_LAST_CELL = re.compile(rb'<(?:\w+:)?c\b[^<>]*?\br="([A-Z]{1,3})(\d{1,7})"')


def read_sheet(data: bytes, path: Path) -> Content:
    """The rows of an XLSX, XLS or ODS file; a sheet is a page. Raises LoadError when damaged, encrypted or empty."""
    known = {}
    if not data.startswith(OLE):
        archive = open_zip(data, path)
        refuse_encrypted(archive, path)
        known = core_properties(archive, path)
    elif "EncryptedPackage".encode("utf-16-le") in data:
        raise protected(path)
    notes: list[str] = []
    sheets = _sheets(data, path, notes)
    blocks = []
    for name, rows in sheets:
        blocks += [PAGE, *([one_line(name)] if len(sheets) > 1 else []), *row_paragraphs(rows)]
    if not any(rows for _, rows in sheets):
        raise no_text(path)
    text, starts = join_blocks(blocks)
    return Content(text, starts[1:] if len(starts) > 1 else (0,), known, tuple(notes))


def read_csv(data: bytes, path: Path, text: str) -> Content:
    """The rows of a file of separated values, decoded to `text`. Raises LoadError when broken or empty."""
    del data
    sample = text[:SAMPLE].rpartition("\n")[0] if len(text) > SAMPLE else text
    try:
        # Only its delimiter: what it says of quotes is often wrong.
        delimiter = csv.Sniffer().sniff(sample, delimiters=DELIMITERS).delimiter
    except csv.Error:
        delimiter = ","
    notes: list[str] = []
    try:
        reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter)
        rows, _ = _limited(reader, MAX_CELLS, "The file", notes)
    except csv.Error as error:
        raise damaged(path, f"{error} near line {reader.line_num:,}") from error
    shown, _ = join_blocks(row_paragraphs(rows))
    if not shown.strip():
        raise no_text(path)
    return Content(shown, (), {}, tuple(notes))


def row_paragraphs(rows: Sequence[Sequence[Any]]) -> Iterator[str]:
    """Each row as `column: value; column: value`, without empty cells; without names when the first row has none."""
    names: Sequence[str] = ()
    for number, row in enumerate(rows):
        cells = [_shown(value) for value in row]
        if names:
            yield "; ".join(named_cells(names, cells))
            continue
        if number <= MAX_TITLES and _names_columns(row, rows):
            names = cells
        yield "; ".join(filter(None, cells))


def _names_columns(row: Sequence[Any], rows: Sequence[Sequence[Any]]) -> bool:
    """Whether the row's cells are short texts, and more than one where any row has more: else it is a title."""
    cells = [value for value in row if _shown(value)]
    if len(cells) < 2 and any(sum(1 for value in other if _shown(value)) > 1 for other in rows[: MAX_TITLES + 5]):
        return False
    return all(
        isinstance(value, str) and len(value) <= MAX_COLUMN_NAME and not _NUMBER.fullmatch(value.strip())
        for value in cells
    )


def _shown(value: Any) -> str:
    """A cell's value on one line: dates as ISO, whole numbers without a fraction, at most 15 digits as in Excel."""
    if isinstance(value, str):
        return one_line(clean(value))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else format(value, ".15g")
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _limited(rows: Iterable[Sequence[Any]], cells: int, what: str, notes: list[str]) -> tuple[list[Sequence[Any]], int]:
    """The rows that are not empty until `cells` are used up, and how many of them are left; what is cut is told."""
    found: list[Sequence[Any]] = []
    for number, row in enumerate(rows, 1):
        filled = sum(1 for value in row if value not in {"", None})
        if filled > cells:
            notes.append(
                f"{what} was read up to row {number - 1:,} only, as {MAX_CELLS:,} cells are the most of one file. "
                "Split it to read the rest."
            )
            return found, 0
        cells -= filled
        if filled and any(map(_shown, row)):
            found.append(row)
    return found, cells


def _sheets(data: bytes, path: Path, notes: list[str]) -> list[tuple[str, list[Sequence[Any]]]]:
    """Name and rows of each sheet that has any."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, WorksheetNotFound

    _refuse_vast(data, path)
    found: list[tuple[str, list[Sequence[Any]]]] = []
    left = MAX_CELLS
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for name in book.sheet_names:
            try:
                sheet = book.get_sheet_by_name(name)
            except WorksheetNotFound:
                notes.append(f"The sheet {name!r} holds no cells, only a chart or a macro; it was left out.")
                continue
            rows, left = _limited(sheet.iter_rows(), left, f"The sheet {name!r}", notes)
            found += [(name, rows)] if rows else []
    except PasswordError as error:
        raise protected(path) from error
    except (CalamineError, ValueError, OverflowError, OSError, LookupError) as error:
        raise damaged(path, error) from error
    except BaseException as error:
        # A panic in Rust is no Exception and cannot be imported: calamine indexes damaged files past their ends.
        if type(error).__name__ != "PanicException":
            raise
        raise damaged(path, "its structure is broken") from error
    return found


def _refuse_vast(data: bytes, path: Path) -> None:
    """Raise LoadError when a sheet's last cell is so far out that the empty ones before it would fill the memory."""
    if data.startswith(OLE):
        return
    archive = open_zip(data, path)
    for name in archive.namelist():
        if not name.startswith("xl/") or not name.endswith(".xml"):
            continue
        xml = read_member(archive, name, path) or b""
        # calamine takes memory for as many strings and styles as the file says to hold, and ends the process.
        if _VAST_COUNT.search(xml):
            raise damaged(path, f"{name!r} says to hold more than there can be")
        cells = _grid_of_xlsx(xml) if name.startswith("xl/worksheets/") else 0
        if cells > MAX_GRID:
            raise LoadError(
                f"{path.name!r} has a sheet of {cells:,} cells, most of them empty. More than {MAX_GRID:,} would fill "
                "the memory. Delete the stray cells far to the right or at the bottom, and save it anew."
            )


def _grid_of_xlsx(xml: bytes) -> int:
    columns = rows = 0
    for letters, number in _LAST_CELL.findall(xml):
        column = 0
        for letter in letters:
            column = column * 26 + letter - 64
        columns, rows = max(columns, column), max(rows, int(number))
    return columns * rows
