"""Bytes to text: Unicode as it is, another encoding where it is given or sure; else not at all."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

from index.errors import LoadError
from index.load.encodings import codec_of, detect_encoding, name_of

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    # The four-byte marks first: that of UTF-32 LE begins with that of UTF-16 LE.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text and what to tell of how it was decoded."""

    text: str
    notes: tuple[str, ...] = ()


def decode_text(data: bytes, path: Path) -> str:
    """As `read_text`, without what to tell."""
    return read_text(data, path).text


def read_text(data: bytes, path: Path, encoding: str | None = None) -> Decoded:
    """The text in `data`: what its byte order mark says, else UTF-8, else `encoding`, else the one detected.

    Raises:
        LoadError: If it is empty or binary, does not fit the encoding given, or is in one that is not sure: a wrong
            guess would put wrong characters into quotes.
    """
    decoded = _decoded(data, path, encoding)
    if "\x00" in decoded.text:
        raise LoadError(f"{str(path)!r} holds NUL characters, so it is no plain text. Save it as UTF-8 text.")
    if not decoded.text.strip():
        raise LoadError(f"{str(path)!r} is empty. Nothing was added; remove it or fill it.")
    return decoded


def told_of(encoding: str) -> str:
    """The note on a text whose encoding was detected."""
    return f"Read as {name_of(encoding)}, detected; give --encoding if letters look wrong."


def _decoded(data: bytes, path: Path, given: str | None) -> Decoded:
    marked = next((name for mark, name in _BOMS if data.startswith(mark)), None)
    try:
        text = data.decode(marked or "utf-8")
        # ISO-2022-JP is ASCII to all who do not know it, and UTF-16 without its mark may be UTF-8 with NULs.
        if marked or not (b"\x1b$" in data or b"\0" in data):
            return Decoded(text)
    except UnicodeDecodeError as error:
        if marked:
            raise LoadError(
                f"{str(path)!r} begins with the mark of {marked.upper()}, but {_misfit(error)}. It is damaged or cut "
                "short. Save it anew as UTF-8."
            ) from error
    if given:
        return _as_given(data, path, given)
    detected, likely = detect_encoding(data)
    if detected:
        return Decoded(detected.text, (told_of(detected.encoding),))
    try:
        return Decoded(data.decode())
    except UnicodeDecodeError as error:
        names = f" It may be {' or '.join(likely[:3])}." if likely else ""
        raise LoadError(
            f"{str(path)!r} is not UTF-8 text: {_misfit(error)}, and which encoding it is in is not sure.{names} "
            f"Say which: dateline add --encoding {(likely or ('Windows-1252',))[0]} FILE"
        ) from error


def _as_given(data: bytes, path: Path, given: str) -> Decoded:
    codec = codec_of(given)
    if codec is None:
        raise LoadError(f"--encoding {given!r} is not known. Write one such as windows-1252, koi8-r or shift_jis.")
    try:
        return Decoded(data.decode(codec), (f"Read as {name_of(codec)}, as given.",))
    except UnicodeDecodeError as error:
        raise LoadError(
            f"{str(path)!r} is not in {given!r}: {_misfit(error)}. Give another, or none to have it detected."
        ) from error


def _misfit(error: UnicodeDecodeError) -> str:
    return f"byte {error.object[error.start]:#04x} at offset {error.start:,} does not fit"
