"""The parts of a mail: which of them are its text, which attached, which mails of their own. Format: RFC 2045, 2046."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from email import errors, message_from_bytes, policy
from email.message import Message
from pathlib import Path
from typing import Any

from index.errors import LoadError
from index.load.mailhead import MAX_HEAD_VALUE, decoded_line, head_fields, shown_head
from index.load.mailtext import CONTROLS, MAX_DEPTH, Told, clean_lines, decode_part, html_body, too_deep

_CONTENT_LINES = re.compile(rb"^content-[a-z-]+:(?:[^\r\n]*(?:\r\n|\r|\n)[ \t])*[^\r\n]*", re.I | re.M)


def parse_mail(data: bytes) -> Message:
    """The mail in `data`, its head lines as they were written. Raises LoadError for one that would take minutes."""
    # compat32 and not policy.default: the latter parses each head line by a grammar that raises IndexError and
    # others on malformed ones, and takes quadratic time on long ones. Bodies are parsed the same way by both.
    for line in _CONTENT_LINES.finditer(data):
        if len(line[0]) > MAX_HEAD_VALUE:
            # Its parameters are split in quadratic time: 1 MB of them took 30 s.
            raise LoadError(
                f"A part's head line has {len(line[0]):,} characters, more than the {MAX_HEAD_VALUE:,} allowed: no "
                "mail program writes that, so the file was not read. Copy its text into a .txt file."
            )
    return message_from_bytes(data, policy=policy.compat32)


def part_blocks(message: Message, told: Told, depth: int) -> Iterator[str]:
    """The text of a part and of what it holds, block by block; attachments go to `told`."""
    kind = message.get_content_type()
    if depth > MAX_DEPTH:
        raise too_deep(told.path)
    if kind == "message/rfc822" and message.is_multipart():
        inner = _inner(message)
        yield f"Forwarded message:\n{shown_head(head_fields(inner, told))}".rstrip()
        yield from part_blocks(inner, told, depth + 1)
    elif kind == "multipart/alternative" and message.is_multipart():
        yield from _alternative(_parts(message), told, depth)
    elif message.get_content_maintype() == "multipart" and message.is_multipart():
        if kind == "multipart/encrypted":
            told.note("The mail is encrypted. Decrypt it in your mail program and save it anew to read its text.")
        for part in _parts(message):
            yield from part_blocks(part, told, depth + 1)
    elif _is_attachment(message):
        _attach_part(message, told)
    else:
        yield from _body(message, told)


def _parts(message: Message) -> list[Message]:
    parts: Any = message.get_payload()
    return list(parts)


def _inner(part: Message) -> Message:
    """The mail that a message/rfc822 part holds."""
    inner = _parts(part)[0]
    encoding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    if not inner.keys() and encoding in {"base64", "quoted-printable"}:
        # RFC 2046 forbids to encode a whole mail, but some gateways do, and the parser leaves it undecoded.
        inner["Content-Transfer-Encoding"] = encoding
        return parse_mail(payload_of(inner))
    return inner


def _alternative(parts: Sequence[Message], told: Told, depth: int) -> Iterator[str]:
    """The plain text, else the last of the others that has any, for the richest comes last (RFC 2046, 5.1.4)."""
    plain = [part for part in parts if part.get_content_type() == "text/plain" and not _is_attachment(part)]
    first = {id(part) for part in plain}
    waiting = plain + [part for part in reversed(parts) if id(part) not in first]
    blocks: list[str] = []
    while waiting and not blocks:
        blocks = list(part_blocks(waiting.pop(0), told, depth + 1))
    yield from blocks
    for part in waiting:
        # The same text in another form is not wanted, but Apple Mail puts attachments beside it.
        for leaf in _leaves(part, depth + 1, told.path):
            if leaf.get_content_maintype() != "text" or leaf.get_content_disposition() == "attachment":
                _attach_part(leaf, told)


def _leaves(message: Message, depth: int, path: Path) -> Iterator[Message]:
    if depth > MAX_DEPTH:
        raise too_deep(path)
    if not message.is_multipart():
        yield message
        return
    for part in _parts(message):
        yield from _leaves(part, depth + 1, path)


def _is_attachment(part: Message) -> bool:
    kind = part.get_content_type()
    readable = kind in {"text/plain", "text/html", "text/markdown"} or kind.startswith("multipart/")
    return not readable or part.get_content_disposition() == "attachment" or part.get_filename() is not None


def _body(part: Message, told: Told) -> Iterator[str]:
    if part.get_content_maintype() == "multipart":
        told.note("The mail says that it has parts, but they cannot be told apart; it was read as one plain text.")
    payload = payload_of(part)
    damage = (errors.InvalidBase64CharactersDefect, errors.InvalidBase64PaddingDefect, errors.InvalidBase64LengthDefect)
    if any(isinstance(defect, damage) for defect in part.defects):
        told.note("The base64 code of a part is damaged: its text may have gaps.")
    if part.get_content_type() == "text/html":
        yield from html_body(payload, charset_of(part), told)
        return
    text = decode_part(payload, charset_of(part), told)
    if text is None:
        told.refused = True
        told.note("A part of the mail is no text in any known encoding; it was left out.")
    elif text.strip():
        yield clean_lines(text)


def payload_of(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def charset_of(part: Message) -> str:
    charset = part.get_param("charset", "")
    # A tuple is RFC 2231's form: charset, language, value.
    return str(charset[2] if isinstance(charset, tuple) else charset)


def _attach_part(part: Message, told: Told) -> None:
    kind = part.get_content_type()
    name = decoded_line(part.get_filename() or "", told) or f"a part without a name ({kind})"
    nested = part.is_multipart()
    data = b"" if nested else payload_of(part)
    told.attachments.append(f"{name} (message)" if nested else f"{name} ({shown_size(len(data))})")
    attach_text(name, kind, charset_of(part), data, told)


def attach_text(name: str, kind: str, charset: str, data: bytes, told: Told) -> None:
    is_text = kind in {"text/plain", "text/csv"} or name.lower().endswith((".txt", ".csv"))
    text = decode_part(data, charset, told) if is_text and data.strip() else None
    if text is not None and not CONTROLS.search(text):
        told.attached_texts.append(f"Attachment {name}:\n{clean_lines(text)}")
    else:
        told.unread.append(name)


def shown_size(count: int) -> str:
    if count < 1000:
        return f"{count} bytes"
    return f"{count / 1000:.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"
