"""Bytes to text, exactly or not at all."""

from __future__ import annotations

import codecs
from pathlib import Path

from index.errors import LoadError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    # The four-byte marks first: that of UTF-32 LE begins with that of UTF-16 LE.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode_text(data: bytes, path: Path) -> str:
    """The text in `data`: UTF-8, or what its byte order mark says.

    Raises:
        LoadError: If it is empty, binary or in another encoding. It is not
            guessed: a wrong guess would put wrong characters into quotes.
    """
    encoding = next((name for mark, name in _BOMS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise LoadError(
            f"{str(path)!r} is not {encoding.upper()} text: byte {data[error.start]:#04x} at offset {error.start:,} "
            f"does not fit. Convert it first, for example: iconv -f WINDOWS-1252 -t UTF-8 IN > OUT."
        ) from error
    if "\x00" in text:
        raise LoadError(f"{str(path)!r} holds NUL characters, so it is no plain text. Save it as UTF-8 text.")
    if not text.strip():
        raise LoadError(f"{str(path)!r} is empty. Nothing was added; remove it or fill it.")
    return text
