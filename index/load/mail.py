"""Mails (EML): the text a reader would quote, and the head's own facts.

They are read by another's parser, which fails on bad input with whatever it stumbles over; everything that leaves
this file is a `LoadError`, and so for `msg.py` and `mhtml.py`.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from email import errors
from email.message import Message
from pathlib import Path

from index.errors import LoadError
from index.load.content import Content
from index.load.mailhead import head_fields, head_metadata, shown_head
from index.load.mailparts import parse_mail, part_blocks
from index.load.mailtext import Told, mail_content, translated

_MAIL_FIELDS = frozenset({"from", "to", "subject", "date", "received", "message-id", "return-path", "delivered-to"})


def read_eml(data: bytes, path: Path) -> Content:
    """The mail in `data`: head lines, body, forwarded mails, text attachments; `published` is the sender's day.

    Raises:
        LoadError: If it is no mail, nested too deeply, or without readable text.
    """
    with translated(path):
        told = Told(path)
        message = parse_mail(_ascii_head(data, told))
        if not _MAIL_FIELDS & {name.lower() for name in message}:
            raise LoadError(
                f"{str(path)!r} is no mail: it does not begin with head lines such as 'From:' or 'Subject:'. "
                "Save the mail anew from your mail program, or rename the file if it holds plain text (.txt)."
            )
        body = list(part_blocks(message, told, 0))
        if any(isinstance(defect, errors.CloseBoundaryNotFoundDefect) for defect in _defects(message)):
            told.note("The mail is cut off: the end of its parts is missing.")
        return mail_content(shown_head(head_fields(message, told)), body, head_metadata(message, told), told)


def _defects(message: Message) -> Iterator[errors.MessageDefect]:
    for part in message.walk():
        yield from part.defects


def _ascii_head(data: bytes, told: Told) -> bytes:
    """`data`, put into UTF-8 where the whole file is UTF-16, as some editors save it."""
    start = data[:400]
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    elif start[1::2].count(0) > len(start) // 3:
        encoding = "utf-16-le"
    elif start[::2].count(0) > len(start) // 3:
        encoding = "utf-16-be"
    else:
        return data.removeprefix(codecs.BOM_UTF8).lstrip(b"\r\n")
    told.note(f"The whole mail was saved as {encoding.upper()} and was read as that, whatever its parts say.")
    return data.decode(encoding).lstrip("\r\n").encode()
