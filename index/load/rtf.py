"""RTF: its text by striprtf, with footnotes at the end, which striprtf alone leaves out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from index.load.content import Content
from index.load.tables import clean, join_blocks, properties, table_lines
from index.load.zips import OLE, damaged, no_text, ole_refused

_BINARY = re.compile(rb"\\bin(\d{1,9}) ?")
_BYTE = re.compile(rb"[\x80-\xff]")
_FOOTNOTE = re.compile(r"\{\\footnote(?![a-z])")
_BRACES = re.compile(r"\\.|[{}]", re.S)
_FIELD = re.compile(r"(\\fldinst)\{", re.I)
_FONT = re.compile(r"\\f(charset)?(\d{1,5})")
_LINE = re.compile(r"(\\\\)|\\line(?![a-z]) ?")


def read_rtf(data: bytes, path: Path) -> Content:
    """The text of an RTF file. Raises LoadError when it is none, is damaged, or holds no text.

    Text that is marked as hidden or deleted is kept, as striprtf does not tell it apart.
    """
    if data.startswith(OLE):
        raise ole_refused(data, path)
    # striprtf takes anything for RTF and gives random bytes back.
    if not data.startswith(b"{\\rtf"):
        raise damaged(path, "it does not begin with '{\\rtf'")
    source = _without_pictures(data)
    # Bytes beyond ASCII are in the file's code page, like those written as \'e9.
    source = _BYTE.sub(lambda match: b"\\'%02x" % match[0][0], source)
    whole, footnotes = _footnotes(source.decode("ascii"))
    text, _ = join_blocks([*_blocks(_plain(whole, path)), *_notes(whole, footnotes, path)])
    if not text.strip():
        raise no_text(path)
    cut = not data.rstrip(b"\0\r\n \t\x1a").endswith(b"}")
    notes = ("The file does not end as RTF does: it may have been cut short, and its end may be missing.",) * cut
    title, author = (_plain(_info(whole, name), path) for name in ("title", "author"))
    return Content(text, (), properties(title, author), notes)


def _without_pictures(data: bytes) -> bytes:
    """`data` without what follows `\\binN`: N bytes that may look like anything."""
    kept, position = [], 0
    while match := _BINARY.search(data, position):
        kept.append(data[position : match.start()])
        position = match.end() + int(match[1])
    return b"".join([*kept, data[position:]])


def _footnotes(source: str) -> tuple[str, list[str]]:
    """`source` without its footnotes, and the inside of each."""
    kept: list[str] = []
    notes: list[str] = []
    position = 0
    while match := _FOOTNOTE.search(source, position):
        end = _group_end(source, match.start())
        kept.append(source[position : match.start()])
        notes.append(source[match.end() : end - 1])
        position = end
    return "".join([*kept, source[position:]]), notes


def _group_end(source: str, start: int) -> int:
    """Where the group that begins at `start` ends, behind its brace; the end of `source` when it is not closed."""
    depth = 0
    for match in _BRACES.finditer(source, start):
        depth += {"{": 1, "}": -1}.get(match[0], 0)
        if depth == 0:
            return match.end()
    return len(source)


def _plain(source: str, path: Path) -> str:
    from striprtf.striprtf import rtf_to_text

    # Its pattern for links can take cubic time, and writes their addresses into sentences: the space keeps it away.
    source = _FIELD.sub(r"\1 {", source)
    source = _plain_fonts(source)
    # It gives a paragraph's end and a line's end as the same character.
    source = _LINE.sub(lambda match: match[1] or "\\'0b", source)
    try:
        text: str = rtf_to_text(source, errors="replace")  # type: ignore[no-untyped-call]
    except (ValueError, TypeError, LookupError, OverflowError, RecursionError) as error:
        raise damaged(path, error) from error
    # A soft hyphen only says where a word may be parted.
    return text.replace("\xad", "").replace("\u2011", "-")


def _plain_fonts(source: str) -> str:
    """`source` with its table of fonts reduced to what striprtf reads, whose pattern can take cubic time on others."""
    start = source.find("{\\fonttbl")
    if start < 0:
        return source
    end = _group_end(source, start)
    fonts, font = [], "0"
    for charset, number in _FONT.findall(source[start:end]):
        if charset:
            fonts.append(f"{{\\f{font}\\fcharset{number} x;}}\n")
        else:
            font = number
    return f"{source[:start]}{{\\fonttbl{''.join(fonts)}}}{source[end:]}"


def _blocks(text: str) -> Iterator[str]:
    """A paragraph for each line, and one for the rows of each table, whose cells striprtf ends with `|`."""
    lines = (clean(line) for line in text.split("\n"))
    for is_row, group in groupby(lines, key=lambda line: line.rstrip().endswith("|")):
        if is_row:
            yield "\n".join(table_lines([line.rstrip().removesuffix("|").split("|") for line in group]))
        else:
            yield from group


def _notes(whole: str, footnotes: list[str], path: Path) -> Iterator[str]:
    """Each footnote as `Note 1: …`, read with the fonts of the whole file, on which its characters depend."""
    fonts = whole.find("{\\fonttbl")
    head = whole[:fonts] + whole[fonts : _group_end(whole, fonts)] if fonts >= 0 else whole[: whole.find("\\", 5)]
    # All at once, apart by a character that RTF cannot hold unescaped: the head may be long.
    joined = "\\'1e".join("{" + note.replace("\\chftn", "") + "}" for note in footnotes)
    for number, note in enumerate(_plain(head + "\n" + joined + "}", path).split("\x1e") if footnotes else [], 1):
        if shown := " ".join(clean(note).split()):
            yield f"Note {number}: {shown}"


def _info(source: str, name: str) -> str:
    """The group of this name in the info group, as a file of its own; one without text when there is none."""
    start = source.find("{\\info")
    group = source[start : _group_end(source, start)] if start >= 0 else ""
    found = re.search(rf"\{{\\{name}(?![a-z])\s?", group)
    page = re.search(r"\\ansicpg\d{1,5}", source[:300])
    inside = group[found.end() : _group_end(group, found.start()) - 1] if found else ""
    return "{\\rtf1\\ansi" + (page[0] if page else "") + " " + inside + "}"
