"""Outlook's messages (MSG), in the same form as other mails. Format: [MS-OXMSG] through python-oxmsg."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from index.errors import LoadError
from index.load.content import Content
from index.load.mailhead import FIRST_YEAR, decoded_line, head_field, published_day, shown_head, title_and_author
from index.load.mailparts import attach_text, parse_mail, shown_size
from index.load.mailtext import Told, clean_lines, html_body, mail_content, translated
from index.load.signs import Read


def read_msg(data: bytes, path: Path) -> Content:
    """The Outlook message in `data`, in the same form as `read_eml` gives.

    Raises:
        LoadError: If it is no Outlook message, damaged, or has its text in compressed RTF only.
    """
    with translated(path):
        from oxmsg import Message as OutlookMessage
        from oxmsg.domain import constants

        told = Told(path)
        outlook = OutlookMessage.load(data)
        properties = outlook.properties
        # The mail's own head, where Outlook has kept it, holds the sender's zone and the names as they were written.
        kept = properties.str_prop_value(constants.PID_TRANSPORT_MESSAGE_HEADERS) or ""
        head = parse_mail(kept.encode("utf-8", "replace").lstrip(b"\r\n"))
        sent = _sent(outlook)
        values = {
            "Subject": decoded_line(outlook.subject, told),
            "From": decoded_line(outlook.sender or "", told),
            "To": head_field(head, "To", told)
            or decoded_line(properties.str_prop_value(constants.PID_DISPLAY_TO) or "", told),
            "Cc": head_field(head, "Cc", told)
            or decoded_line(properties.str_prop_value(constants.PID_DISPLAY_CC) or "", told),
            "Date": head_field(head, "Date", told) or (sent.strftime("%Y-%m-%d %H:%M UTC") if sent else ""),
        }
        body = list(_outlook_body(outlook, told))
        if not body and properties.binary_prop_value(constants.PID_RTF_COMPRESSED):
            raise LoadError(
                f"{str(path)!r} has its text in compressed RTF only, which cannot be read yet. "
                "Open it in Outlook and save it as plain text (.txt) or HTML."
            )
        for attachment in outlook.attachments:
            _attach_outlook(attachment, told)
        metadata = title_and_author(values["Subject"], outlook.sender or "", told)
        if kept and head["Date"]:
            metadata |= published_day(values["Date"], told)
        elif sent:
            metadata["published"] = Read(sent.date().isoformat(), f"the message's time of sending: {values['Date']}")
        return mail_content(shown_head(values), body, metadata, told)


def attached_files(data: bytes, path: Path) -> Iterator[tuple[str, str, bytes]]:
    """Name, MIME type and bytes of each attachment that is not in the text that `read_msg` gives. Raises LoadError."""
    with translated(path):
        from oxmsg import Message as OutlookMessage

        told = Told(path)
        for attachment in OutlookMessage.load(data).attachments:
            name, content = _name_of(attachment, told), attachment.file_bytes
            kind = attachment.mime_type or ""
            if content and not attach_text(name, kind, "", content, told):
                yield name, kind, content


def _sent(outlook: Any) -> datetime | None:
    """When it was sent, in UTC; None for a draft and for a time that cannot be."""
    try:
        sent: datetime | None = outlook.sent_date
    except (OverflowError, ValueError):
        return None
    return sent if sent and sent.year >= FIRST_YEAR else None


def _outlook_body(outlook: Any, told: Told) -> Iterator[str]:
    from oxmsg.domain import constants

    if (outlook.body or "").strip():
        yield clean_lines(outlook.body)
        return
    coded = outlook.properties.binary_prop_value(constants.PID_HTML)
    if coded:
        yield from html_body(coded, outlook.properties.body_encoding, told)
    elif text := outlook.properties.str_prop_value(constants.PID_BODY_HTML):
        yield from html_body(text.encode("utf-8", "replace"), "utf-8", told)


def _attach_outlook(attachment: Any, told: Told) -> None:
    data = attachment.file_bytes
    name = _name_of(attachment, told) or "a part without a name"
    # One without bytes of its own is a mail inside the mail, or a link to a file elsewhere.
    told.attachments.append(f"{name} (message or link)" if data is None else f"{name} ({shown_size(len(data))})")
    attach_text(name, attachment.mime_type or "", "", data or b"", told)


def _name_of(attachment: Any, told: Told) -> str:
    from oxmsg.domain import constants

    short = attachment.properties.str_prop_value(constants.PID_ATTACH_FILENAME)
    shown = attachment.properties.str_prop_value(constants.PID_DISPLAY_NAME)
    return decoded_line(attachment.file_name or short or shown or "", told)
