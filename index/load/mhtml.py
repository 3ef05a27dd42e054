"""Web archives (MHTML): the page in them and where it was saved from. Format: RFC 2387, 2557."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from email.message import Message
from pathlib import Path

from index.errors import LoadError
from index.load.content import Content
from index.load.mailhead import head_field
from index.load.mailparts import charset_of, parse_mail, payload_of
from index.load.mailtext import Told, check_text, html_text, translated
from index.load.signs import Read


def read_mhtml(data: bytes, path: Path) -> Content:
    """The page in a web archive, read as HTML with the address it was saved from.

    The archive's `Date` is when it was saved, so it is not used.

    Raises:
        LoadError: If it holds no HTML, is nested too deeply, or without readable text.
    """
    from index.load.html import address_comment, read_html

    with translated(path):
        told = Told(path)
        archive = parse_mail(data)
        pages = [part for part in archive.walk() if part.get_content_type() in {"text/html", "application/xhtml+xml"}]
        if not pages:
            raise LoadError(
                f"{str(path)!r} is no web archive: it has no part with HTML. "
                "Save the page anew from the browser ('Webpage, Single File' or 'Webpage, HTML Only')."
            )
        page = _root_page(archive, pages)
        payload = payload_of(page)
        address = head_field(archive, "Snapshot-Content-Location", told) or head_field(page, "Content-Location", told)
        read = read_html(payload, path, address_comment(address) + html_text(payload, charset_of(page), path))
        title = head_field(archive, "Subject", told)
        metadata = ({"title": Read(title, "the web archive's Subject header")} if title else {}) | dict(read.metadata)
        if len(pages) > 1:
            told.note(f"{len(pages) - 1} more HTML parts (frames) of the web archive were not read.")
        check_text(read.text, path)
        return replace(read, metadata=metadata, notes=(*told.notes, *read.notes))


def _root_page(archive: Message, pages: Sequence[Message]) -> Message:
    """The page that the archive names as its start (RFC 2387), else its first."""
    start = str(archive.get_param("start", "") or "").strip("<>")
    return next((page for page in pages if start and str(page.get("Content-ID", "")).strip("<> ") == start), pages[0])
