"""What the lines of a text are: items of a list, turns of speakers, rows of a table, or broken to a width."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

WRAPPED_LINE = (50, 100)
"""The longest line of a text that was broken to a width, in characters."""
OPEN = 0.6
"""Share of the width that a line has to fill when the next one goes on in lower case; people break lines so, too."""
MOST = 0.66
"""Share of the lines without an end of a sentence that must be full for their paragraph to count as broken."""
MAX_ROW, MAX_BARE_ROW = 800, 200
"""Characters of a row that is kept in one; of one without the names of its columns, which may be text side by side."""
QUOTES = "> \t"
"""What stands in front of a quoted line."""
ENDS_SENTENCE = re.compile(r"[.!?…][\"'”’)\]]*\s*$")
ITEM = re.compile(
    r"\s*(?P<mark>[-–*•◦▪●‣·]|(?P<number>(?:(?:item|no\.?)\s+)?(?:\d{1,3}(?:\.\d{1,2}){0,3}[.)]"
    r"|\d{1,2}(?:\.\d{1,2}){1,3}(?=\s+(?-i:[A-Z]))|\((?:\d{1,3}|[a-z]|[ivx]{1,5})\)|(?:[a-z]|[ivx]{2,5})\)|[a-z]\.)))\s+(?=\S)",
    re.I,
)
"""A bullet or a number in front of an item, with the white space behind it."""
_SHORTENED = re.compile(r"\b(?:[A-Z]|Mrs?|Ms|Messrs|Dr|Prof|St)\.\s*$")
_PARTED = re.compile(r"[^\W\d_][-\u2010]\s*$")
_INITIAL = re.compile(r"\s*[A-Z]\.\s")
_LABEL = re.compile(
    r"\s*(?:[\[(]?\d{1,2}:\d\d(?::\d\d)?[\])]?\s+)?"
    r"(?P<name>[^\W\d_](?:[^:\n!?()]{0,40})(?:\([^()\n]{1,40}\))?)\s?:\s+(?=[^\s\"“‘«„'])"
)
_NOT_A_NAME = re.compile(r"[.,;][\"”’]?\s+[a-z]|^[a-z]|(?!Prof|Capt|Cllr)\b\w{4,}[.;]\s")
_CELLS = re.compile(r"; | \| ")
_CELL = re.compile(r"[^:]{1,80}: ")
_BLANK_LINES = re.compile(r"\n(?:[ \t\r]*\n)+|\n[ \t\r]*\Z")


def item_mark(line: str) -> re.Match[str] | None:
    """The bullet or number that `line` begins with; an initial (`A. Smith`) is none."""
    return None if _INITIAL.match(line) else ITEM.match(line)


def label_of(line: str) -> str | None:
    """The name in front of the colon that `line` begins with: a speaker, or what the line tells (`Present: …`)."""
    match = _LABEL.match(line)
    if match is None or len(match["name"].split()) > 6 or _NOT_A_NAME.search(match["name"]):
        return None
    return match["name"].strip()


def are_rows(lines: Sequence[str]) -> list[bool]:
    """Which lines are rows of a table: `name: cell; name: cell`, next to one that begins with the same name."""
    names = [_row_name(line) for line in lines]
    return [
        name is not None and name in {*names[max(0, number - 1) : number], *names[number + 1 : number + 2]}
        for number, name in enumerate(names)
    ]


def is_row(line: str) -> bool:
    """Whether this is a row of a table with the names of its columns: `name: cell; name: cell`."""
    cells = _CELLS.split(line)
    return len(cells) > 1 and all(_CELL.match(cell) for cell in cells)


def _row_name(line: str) -> str | None:
    """The name of the first cell of what may be a row, `name: cell; name: cell` or with bars; "" when it has none."""
    if len(line) > MAX_ROW or not _CELLS.search(line):
        return None
    cells = _CELLS.split(line)
    named = [match[0] for cell in cells if (match := _CELL.match(cell))]
    if len(named) < max(2, len(cells) - 1):
        return "" if " | " in line and len(line) <= MAX_BARE_ROW else None
    return named[0] if cells[0].startswith(named[0]) else ""


def blocks_of(text: str) -> Iterator[tuple[int, int]]:
    """Spans of what stands between blank lines."""
    start = 0
    for match in [*_BLANK_LINES.finditer(text), None]:
        yield start, match.start() if match else len(text)
        start = match.end() if match else len(text)


def usual_width(blocks: Sequence[Sequence[str]]) -> int:
    """The width to which a text is broken, by its paragraphs of three lines and more.

    0 when there is none, and -1 when most of the text stands in lines that are longer, so that it is not broken.
    """
    lengths = [len(line) for lines in blocks for line in lines]
    if 2 * sum(length for length in lengths if length > WRAPPED_LINE[1]) > sum(lengths):
        return -1
    longest = [max(map(len, lines)) for lines in blocks if len(lines) > 2]
    return int(median([width for width in longest if _may_be_width(width)] or [0]))


def goes_on(lines: Sequence[str], usual: int) -> list[bool]:
    """For each line of a block whether the next one goes on with its sentence, or at least with its paragraph.

    A line was broken where the next word had no room on it. Lines of verse, addresses, lists and headings are not.
    """
    none = [False] * len(lines)
    width = max(map(len, lines), default=0)
    if len(lines) < 2 or not _may_be_width(width):
        return none
    width = max(width, usual) if len(lines) == 2 else width
    found = [_goes_on(*pair, width) for pair in pairwise(lines)]
    head = found.index(True) if any(found) else 0
    counted = [
        on
        for on, (line, following) in zip(found[head:], pairwise(lines[head:]), strict=True)
        if not _ends(line) and not item_mark(following) and not label_of(following)
    ]
    if sum(counted) < max(1, MOST * len(counted)) or _is_verse(lines[head:]):
        return none
    # The lines of a head are full by chance; a paragraph ends as a sentence, or goes on within one.
    if not any(map(_opens_low, lines[head + 1 :])) and (usual < 0 or not ENDS_SENTENCE.search(lines[-1])):
        return none
    # Where most lines are full, one that is not was broken by hand.
    return [*found[:head], *(_goes_on(*pair, width, by_hand=True) for pair in pairwise(lines[head:])), False]


def _goes_on(line: str, following: str, width: int, *, by_hand: bool = False) -> bool:
    words = following.lstrip(QUOTES).split(maxsplit=1)
    if not words or not line.strip() or label_of(following) or _depth(line) != _depth(following):
        return False
    if _indent(following) > _indent(line) and not (item_mark(line) or label_of(line)):
        return False
    full, ends = len(line.rstrip()) + 1 + len(words[0]) > width, _ends(line)
    if item_mark(following):
        return full and not ends and not item_mark(line)
    long_enough = len(line.rstrip()) >= OPEN * width or _PARTED.search(line)
    return full or bool(not ends and (by_hand or _opens_low(following)) and long_enough)


def _ends(line: str) -> bool:
    return bool(ENDS_SENTENCE.search(line)) and not _SHORTENED.search(line)


def _depth(line: str) -> int:
    """How often the line is quoted, as mails quote others."""
    return line[: len(line) - len(line.lstrip(QUOTES))].count(">")


def _is_verse(lines: Sequence[str]) -> bool:
    """Whether every line opens with a capital, and they are too many for that to be chance."""
    opens = [line.lstrip()[:1] for line in lines[1:]]
    return len(opens) > 3 and all(map(str.isupper, opens)) and any(map(str.islower, "".join(lines[:4])))


def _may_be_width(width: int) -> bool:
    return WRAPPED_LINE[0] <= width <= WRAPPED_LINE[1]


def _opens_low(line: str) -> bool:
    return line.lstrip(QUOTES)[:1].islower()


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
