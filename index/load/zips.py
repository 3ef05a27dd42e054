"""A container of files, opened only when it cannot do harm: few members, not too large, not encrypted."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import LoadError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAX_MEMBERS = 2_000
MAX_UNPACKED = 200_000_000
"""Bytes of all members together, unpacked."""
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How the older office formats begin, and what encrypted documents of the newer ones are packed into."""
BROKEN = (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError, ValueError)
"""What zipfile raises on bytes that are no sound archive; RuntimeError is a member with a password."""


def open_zip(data: bytes, path: Path) -> zipfile.ZipFile:
    """The archive in `data`. Its members' names are keys and never paths: nothing is written to disk.

    Raises:
        LoadError: If it is no archive, is encrypted, or unpacks to more than is allowed. The sizes that it
            declares are checked before anything is unpacked, and zipfile reads no more than those.
    """
    if data.startswith(OLE):
        raise ole_refused(data, path)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        members = archive.infolist()
    except BROKEN as error:
        raise damaged(path, error) from error
    if any(member.flag_bits & 1 for member in members):
        raise protected(path)
    size = sum(member.file_size for member in members)
    if len(members) > MAX_MEMBERS or size > MAX_UNPACKED:
        raise LoadError(
            f"{path.name!r} unpacks to {size:,} bytes in {len(members):,} parts. More than {MAX_UNPACKED:,} bytes or "
            f"{MAX_MEMBERS:,} parts are not unpacked, as they could fill the memory. Split it, or save its text alone."
        )
    return archive


def read_member(archive: zipfile.ZipFile, name: str, path: Path) -> bytes | None:
    """What the member `name` holds; None when there is none. Raises LoadError when it cannot be unpacked."""
    try:
        return archive.read(name)
    except KeyError:
        return None
    except BROKEN as error:
        raise damaged(path, error) from error


def read_xml(archive: zipfile.ZipFile, name: str, path: Path) -> Element | None:
    """The root of the XML in the member `name`; None when there is none.

    Raises:
        LoadError: If it is no XML, or declares entities, which can unfold to any size.
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    data = read_member(archive, name, path)
    if data is None:
        return None
    try:
        root: Element = fromstring(data)
    except DefusedXmlException as error:
        raise LoadError(
            f"{path.name!r} declares entities in {name!r}. No office program writes them; they can fill the memory. "
            "Save the text alone from a program that you trust."
        ) from error
    # LookupError: an encoding that Python does not know.
    except (ParseError, ValueError, LookupError) as error:
        raise damaged(path, error) from error
    return root


def damaged(path: Path, error: BaseException | str) -> LoadError:
    """The error for a file whose contents are not as its kind has them."""
    return LoadError(
        f"{path.name!r} cannot be read: {error}. It is damaged, cut short, or of another kind than its name says. "
        "Open it in the program that made it and save it anew."
    )


def protected(path: Path) -> LoadError:
    """The error for a file with a password."""
    return LoadError(
        f"{path.name!r} is encrypted. It can only be read with its password, for which Dateline does not ask. "
        "Save it without a password and add it again."
    )


def no_text(path: Path) -> LoadError:
    """The error for a sound file in which nothing is written."""
    return LoadError(
        f"{path.name!r} holds no text. It is empty, or all that it shows are pictures. Nothing was added; "
        "save pictures of text as PDF with their text recognised."
    )


def ole_refused(data: bytes, path: Path) -> LoadError:
    """The error for an OLE container where a newer format is expected: encrypted, or of the years before 2007."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        return protected(path)
    return LoadError(
        f"{path.name!r} is in an office format from before 2007 or is encrypted. Neither can be read. "
        "Open it in the program that made it and save it without a password as .docx, .pptx, .xlsx or .odt."
    )


def local(element: Element) -> str:
    """An element's name without its namespace, which differs between editions of one format; '' for a comment."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def attribute(element: Element, name: str) -> str | None:
    """The value of the attribute with this name in whatever namespace; None when there is none."""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), None)
