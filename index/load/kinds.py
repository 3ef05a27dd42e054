"""What kind of file this is: by its content, and by its name only where contents do not tell kinds of text apart."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from index.errors import LoadError
from index.files import SEVERAL

Kind = Literal[
    "text", "html", "mhtml", "pdf", "docx", "odt", "rtf", "epub", "pptx", "sheet", "csv", "jsonl", "eml", "msg",
    "image", "zip", "mbox", "articles",
]  # fmt: skip
BY_SUFFIX: dict[str, Kind] = {
    ".txt": "text", ".text": "text", ".md": "text", ".markdown": "text",
    ".html": "html", ".htm": "html", ".xhtml": "html", ".mht": "mhtml", ".mhtml": "mhtml",
    ".pdf": "pdf", ".docx": "docx", ".docm": "docx", ".odt": "odt", ".rtf": "rtf", ".epub": "epub",
    ".pptx": "pptx", ".xlsx": "sheet", ".xlsm": "sheet", ".xls": "sheet", ".ods": "sheet",
    ".csv": "csv", ".tsv": "csv",
    ".png": "image", ".jpg": "image", ".jpeg": "image", ".tif": "image", ".tiff": "image", ".webp": "image",
    **SEVERAL,
}  # fmt: skip
AS_TEXT: frozenset[Kind] = frozenset({"text", "csv", "jsonl"})
"""Kinds that are decoded and read here; the others are read in a process of their own, see `index.load.worker`."""
CONTAINERS: frozenset[Kind] = frozenset({"zip", "mbox", "articles"})
"""Kinds that hold nothing but files of their own, see `index.load.members`; `articles` are JSON lines of whole ones."""
_OPEN_DOCUMENTS: dict[str, Kind] = {
    "application/epub+zip": "epub",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "sheet",
}
_OFFICE: dict[str, Kind] = {"word/": "docx", "ppt/": "pptx", "xl/": "sheet"}
_OLE_STREAMS: dict[str, Kind] = {"__properties_version1.0": "msg", "Workbook": "sheet", "Book": "sheet"}
_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype html|html|head|body)\b",
    re.I | re.S,
)
_PATTERNS: dict[re.Pattern[bytes], Kind] = {
    re.compile(rb"RIFF.{4}WEBP", re.S): "image",
    re.compile(rb".{0,1019}%PDF-", re.S): "pdf",
}
_MAILBOX = re.compile(rb"From [^\r\n]{1,300}\d{4}[^\r\n]{0,40}\r?\n[!-9;-~]+:[ \t]", re.S)


def kind_of(data: bytes, path: Path) -> Kind:
    """The kind of the file with these bytes and this name.

    Raises:
        LoadError: If it is of none that can be read, with what to do.
    """
    for begins, read in _BEGINNINGS.items():
        if data.startswith(begins):
            return read(data, path)
    named = BY_SUFFIX.get(path.suffix.lower())
    for pattern, kind in _PATTERNS.items():
        if pattern.match(data[:1024]):
            return kind
    if _MAILBOX.match(data) and named not in {"eml", "csv", "jsonl", "html", "mhtml"}:
        return "mbox"
    if named in {"eml", "mhtml", "csv", "jsonl", "html"}:
        return named
    if _HTML.match(data[:4096]):
        return "html"
    if named in {None, "text"}:
        return "text"
    raise LoadError(
        f"{path.name!r} is named as a {path.suffix} file, but it does not begin as one does, so it is damaged or of "
        "another kind. Open it in the program that made it and save it anew."
    )


def _kind_of_zip(data: bytes, path: Path) -> Kind:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            mark = archive.read("mimetype")[:80].decode("ascii", "replace").strip() if "mimetype" in names else ""
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError, ValueError) as error:
        raise LoadError(
            f"{path.name!r} is a damaged container ({error}). Open it in the program that made it and save it anew."
        ) from error
    if mark in _OPEN_DOCUMENTS:
        return _OPEN_DOCUMENTS[mark]
    for folder, kind in _OFFICE.items():
        if "[Content_Types].xml" in names and any(name.startswith(folder) for name in names):
            return kind
    if BY_SUFFIX.get(path.suffix.lower(), "zip") == "zip":
        return "zip"
    raise LoadError(
        f"{path.name!r} is named as a {path.suffix} file, but is an archive of others. Open it in the program "
        "that made it and save it anew, or name it .zip."
    )


def _kind_of_ole(data: bytes, path: Path) -> Kind:
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as container:
            streams = {entry[0] for entry in container.listdir()}
    except Exception as error:  # olefile raises whatever a damaged container leads it to
        raise LoadError(f"{path.name!r} is a damaged container ({error}). Save it anew.") from error
    if "EncryptedPackage" in streams:
        raise LoadError(f"{path.name!r} is protected by a password. Open it, save it without one, and add it again.")
    for stream, kind in _OLE_STREAMS.items():
        if stream in streams:
            return kind
    raise LoadError(
        f"{path.name!r} is of an old Office format that cannot be read. Open it and save it as .docx, .pptx or .pdf."
    )


_BEGINNINGS: dict[bytes, Callable[[bytes, Path], Kind]] = {
    b"{\\rtf": lambda data, path: "rtf",
    **dict.fromkeys((b"\x89PNG\r\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*"), lambda data, path: "image"),
    b"PK\x03\x04": _kind_of_zip,
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": _kind_of_ole,
}
