"""Text of mails: decoded by what its part says, told where that cannot be, and put together in a fixed form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from index.errors import LoadError
from index.load.content import Content
from index.load.encodings import codec_of, detect_encoding, name_of
from index.load.signs import Read

_LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]")
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd]")
MAX_DEPTH = 40
"""Parts within parts; a mail forwarded ten times has some 30."""


@dataclass(slots=True)
class Told:
    """What is gathered on the way through a mail's parts."""

    path: Path
    notes: list[str] = field(default_factory=list)
    attachments: list[str] = field(default_factory=list)
    """Each with its size, as shown in the text."""
    attached_texts: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    """The attachments whose content is not in the text."""
    refused: bool = False
    """Whether a body's text could not be read."""

    def note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turns what the parsers raise into a `LoadError`."""
    try:
        yield
    except (LoadError, ImportError):
        raise
    except RecursionError as error:
        raise too_deep(path) from error
    # Neither library says what it raises: LookupError, AssertionError, struct.error and a dozen more were seen.
    except Exception as error:
        shown = f"{type(error).__name__}: {error}"[:200]
        raise LoadError(
            f"{str(path)!r} cannot be read: the file is damaged or of another kind ({shown}). "
            "Save it anew from the program it came from, or copy its text into a .txt file."
        ) from error


def too_deep(path: Path) -> LoadError:
    """The error for parts within parts without end."""
    return LoadError(
        f"{str(path)!r} has parts within parts, more than {MAX_DEPTH} deep: no mail program writes that, so it was "
        "not read. Save the innermost mail on its own and add that."
    )


def decode_part(data: bytes, charset: str, told: Told) -> str | None:
    """`data` as its `charset` says, else as UTF-8, else by a guess that is noted; None if it is no text."""
    name = codec_of(charset)
    text, found = _fitting(data, name)
    if text is not None:
        if charset and found != name and not data.isascii():
            told.note(f"A part says {charset[:40]!r}, but it is UTF-8 and was read as that.")
        return text
    if name and (text := _cut_character(data, name)) is not None:
        told.note("A text breaks off in the middle of a character, which was left out.")
        return text
    detected, _ = detect_encoding(data)
    if detected:
        said = f"says {charset[:40]!r}, which does not fit" if charset else "does not say how its text is encoded"
        told.note(
            f"A part {said}; {name_of(detected.encoding)} was guessed. Check letters with accents before you quote."
        )
    return detected.text if detected else None


def _fitting(data: bytes, name: str | None) -> tuple[str | None, str]:
    """The text by the named encoding or by UTF-8, and which of the two it was; None if neither fits."""
    # One byte a letter fits nearly anything, and mail programs put such labels on UTF-8, which fits nothing else.
    loose = name is None or name.startswith(("cp125", "iso8859", "koi8"))
    for codec in ("utf-8", name) if loose else (name, "utf-8"):
        if codec and (text := _strictly(data, codec)) is not None:
            return text, codec
    return None, ""


def _strictly(data: bytes, name: str) -> str | None:
    try:
        text = data.decode(name)
        # UTF-7 lets half a surrogate pair through, which is no character.
        text.encode()
    except (UnicodeError, LookupError):
        return None
    return None if "\x00" in text else text


def _cut_character(data: bytes, name: str) -> str | None:
    """`data` without a character that is cut off at its end, as in a mail that breaks off."""
    for whole in (data[:-1], data[:-2], data[:-3]):
        text = _strictly(whole, name)
        if text is not None:
            # Only other such characters show that this is the encoding, and no accent in another one.
            return None if whole.isascii() else text
    return None


def html_body(payload: bytes, charset: str, told: Told) -> Iterator[str]:
    """The text of a part in HTML, if it has any; what it could not give goes to `told`."""
    from index.load.html import read_html

    if not payload.strip():
        return
    try:
        read = read_html(payload, told.path, html_text(payload, charset, told.path))
    except LoadError as error:
        told.refused = True
        told.note(f"The mail's HTML was left out: {error}")
        return
    for note in read.notes:
        told.note(note)
    if read.text.strip():
        yield clean_lines(read.text)


def html_text(payload: bytes, charset: str, path: Path) -> str:
    """HTML by the part's charset where it fits, else by the page's own: Chromium's archives name none."""
    from index.load.html import decode_html

    name = codec_of(charset)
    text = _fitting(payload, name)[0] if name else None
    return decode_html(payload, path) if text is None else text


def clean_lines(text: str) -> str:
    """Line feeds alone at the ends of lines, nothing blank there, and one blank line between paragraphs."""
    lines = (line.rstrip() for line in _LINE_ENDS.sub("\n", text).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def mail_content(head: str, body: Iterable[str], metadata: dict[str, Read], told: Told) -> Content:
    """Head, body, and what is attached, put together. Raises LoadError where there is no text that can be read."""
    blocks = [block for block in body if block]
    if not blocks and not told.attached_texts:
        if told.refused:
            raise LoadError(
                f"{str(told.path)!r} holds no readable text: {' '.join(told.notes)} "
                "Open it in your mail program and save it as plain text (.txt)."
            )
        told.note("The mail has no text of its own: only its head and its attachments' names were read.")
    if told.attachments:
        blocks.append(f"Attachments: {'; '.join(told.attachments)}")
    text = "\n\n".join(part for part in (head, *blocks, *told.attached_texts) if part)
    check_text(text, told.path)
    if strange := len(CONTROLS.findall(text)):
        told.note(f"{strange} characters of the text stand for ones that could not be read.")
    return Content(text, metadata=metadata, notes=tuple(told.notes), attached=tuple(told.unread))


def check_text(text: str, path: Path) -> None:
    """Raises LoadError for what no reader would call text."""
    strange = len(CONTROLS.findall(text))
    if "\x00" in text or strange > len(text) / 100:
        raise LoadError(
            f"{str(path)!r} gives {strange:,} control or replacement characters in {len(text):,}: it is not text, or "
            "its encoding is not what it says. Save it anew from the program it came from, as UTF-8."
        )
    if not any(character.isalpha() for character in text):
        raise LoadError(f"{str(path)!r} holds no words. Nothing was added; remove it or save it anew.")
