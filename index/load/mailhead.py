"""The head of a mail: its lines decoded, and what they say of title, author and day. Format: RFC 5322, 2047, 2231."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from datetime import date, datetime
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from itertools import groupby

from index.load.mailtext import CONTROLS, Told, decode_part
from index.load.signs import Read
from index.load.values import moment_of

HEAD = ("Subject", "From", "To", "Cc", "Date")
"""The head lines that are shown, in this order."""
MAX_HEAD_VALUE = 20_000
"""Characters of a head line that are read; a mail to a thousand people has more, and its end is left out."""
MAX_SENDER = 500
"""Characters of the From line in which the author's name is looked for."""
FIRST_YEAR = 1972
"""No mail is older; 1970 is what a clock says that was never set."""
_REPLY = re.compile(r"^(?:\s*(?:re|fwd?|aw|wg|sv|antw)\s*(?:\[\d+\])?\s*:)+", re.I)
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_WORDS = re.compile(r"(?:=\?[^?\s]{1,60}\?[bBqQ]\?[^?]*\?=)+")
_BETWEEN_WORDS = re.compile(r"(?<=\?=) (?==\?[^?\s]{1,60}\?[bBqQ]\?)")


def head_fields(message: Message, told: Told) -> dict[str, str]:
    """The head lines that are shown, decoded, by their names; "" for one that is not there."""
    return {name: head_field(message, name, told) for name in HEAD}


def shown_head(values: dict[str, str]) -> str:
    """The head as it stands in the text: a line each, in a fixed order, without those that are not there."""
    return "\n".join(f"{name}: {values[name]}" for name in HEAD if values[name])


def head_field(message: Message, name: str, told: Told) -> str:
    """A head line's value, decoded, on one line; "" where there is none."""
    return decoded_line(_raw(message, name, told), told)


def _raw(message: Message, name: str, told: Told) -> str:
    """The same before its encoded words are decoded, for they may hold commas and brackets."""
    value = next((value for key, value in message.raw_items() if key.lower() == name.lower()), "")
    # Bytes beyond ASCII, which no head line may hold and many do, come as surrogates.
    return decode_part(str(value).encode("ascii", "surrogateescape"), "utf-8", told) or "" if value else ""


def decoded_line(value: str, told: Told) -> str:
    """`value` on one line, with its encoded words (RFC 2047) decoded."""
    if len(value) > MAX_HEAD_VALUE:
        told.note(f"A head line of {len(value):,} characters was cut after {MAX_HEAD_VALUE:,}: {value[:40]!r}…")
        value = value[:MAX_HEAD_VALUE]
    value = _BETWEEN_WORDS.sub("", " ".join(value.split()))
    value = _WORDS.sub(lambda match: _words(match[0], told), value)
    return " ".join(CONTROLS.sub(" ", value).split())


def _words(run: str, told: Told) -> str:
    """Neighbouring words of one charset are decoded as one: a character may be cut in two."""
    words = [(charset.partition("*")[0].lower(), _word_bytes(kind, text)) for charset, kind, text in _WORD.findall(run)]
    groups = groupby(words, key=lambda word: word[0])
    texts = [decode_part(b"".join(data for _, data in group), charset, told) for charset, group in groups]
    return run if None in texts else "".join(text or "" for text in texts)


def _word_bytes(kind: str, text: str) -> bytes:
    data = text.encode()
    if kind in "qQ":
        return binascii.a2b_qp(data, header=True)
    try:
        return base64.b64decode(data + b"==")
    except binascii.Error:
        # Damaged: shown as it stands, so that a reader sees what was written.
        return data


def head_metadata(message: Message, told: Told) -> dict[str, Read]:
    """Title, author and day of a mail, each with the head line that says so."""
    found = title_and_author(head_field(message, "Subject", told), _raw(message, "From", told), told)
    return found | published_day(head_field(message, "Date", told), told)


def title_and_author(subject: str, raw_sender: str, told: Told) -> dict[str, Read]:
    """The subject without marks of replies, and the senders' names."""
    title, author = _REPLY.sub("", subject).strip(), _author(raw_sender, told)
    found = {"title": _read(title, "Subject", subject), "author": _read(author, "From", decoded_line(raw_sender, told))}
    return {name: read for name, read in found.items() if read.value}


def published_day(value: str, told: Told) -> dict[str, Read]:
    """The day of a Date line; none, and a note, where it is no date that can be."""
    day = _day(value)
    if value and not day:
        told.note(f"The mail's Date header is no date that can be: {value[:60]!r}.")
    moment = moment_of(day, value) if day else None
    found = {"published": day.isoformat() if day else None, "published_at": moment}
    return {name: _read(told_as, "Date", value) for name, told_as in found.items() if told_as}


def _read(value: str, name: str, written: str) -> Read:
    shown = written if len(written) <= 60 else written[:59] + "…"
    return Read(value, f"the mail's {name} header: {shown!r}")


def _author(raw: str, told: Told) -> str:
    """The senders' display names, or their addresses where they have none."""
    # Split before decoding: the comma in an encoded 'Calder, Ines' parts no addresses.
    try:
        pairs = getaddresses([" ".join(raw.split())[:MAX_SENDER]])
    except RecursionError:
        # The splitter calls itself for each bracket that opens; hundreds of them are nobody's name.
        return ""
    names = [_unquoted(decoded_line(name, told)) or address for name, address in pairs]
    return ", ".join(name for name in names if name) or _unquoted(decoded_line(raw, told).partition("<")[0])


def _unquoted(name: str) -> str:
    name = name.strip('" ')
    return name[1:-1].strip() if len(name) > 1 and name[0] == name[-1] == "'" else name


def _day(value: str) -> date | None:
    """The day in the sender's own zone."""
    readers: tuple[Callable[[str], datetime], ...] = (parsedate_to_datetime, datetime.fromisoformat)
    for read in readers:
        try:
            day = read(value).date()
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        return day if day.year >= FIRST_YEAR else None
    return None
