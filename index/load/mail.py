"""Mails (EML, Outlook's MSG) and web archives (MHTML): the text a reader would quote, and the head's own facts.

All three are read by other people's parsers, which fail on bad input with whatever they stumble over; everything
that leaves this file is a `LoadError`. Format: RFC 5322, 2045 to 2047, 2231 and 2557; [MS-OXMSG] through python-oxmsg.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from email import errors, message_from_bytes, policy
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from index.errors import LoadError
from index.load.content import Content
from index.load.metadata import Read

HEAD = ("Subject", "From", "To", "Cc", "Date")
"""The head lines that are shown, in this order."""
MAX_HEAD_VALUE = 20_000
"""Characters of a head line that are read; a mail to a thousand people has more, and its end is left out."""
MAX_SENDER = 500
"""Characters of the From line in which the author's name is looked for."""
MAX_DEPTH = 40
"""Parts within parts; a mail forwarded ten times has some 30."""
FIRST_YEAR = 1972
"""No mail is older; 1970 is what a clock says that was never set."""
GUESS_BYTES = 50_000
"""Bytes from which an encoding is guessed."""
NAMES_SHOWN = 20

_MAIL_FIELDS = frozenset({"from", "to", "subject", "date", "received", "message-id", "return-path", "delivered-to"})
_REPLY = re.compile(r"^(?:\s*(?:re|fwd?|aw|wg|sv|antw)\s*(?:\[\d+\])?\s*:)+", re.I)
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_WORDS = re.compile(r"(?:=\?[^?\s]{1,60}\?[bBqQ]\?[^?]*\?=)+")
_BETWEEN_WORDS = re.compile(r"(?<=\?=) (?==\?[^?\s]{1,60}\?[bBqQ]\?)")
_CONTENT_LINES = re.compile(rb"^content-[a-z-]+:(?:[^\r\n]*(?:\r\n|\r|\n)[ \t])*[^\r\n]*", re.I | re.M)
_LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd]")

# What a label means in practice, as browsers read it (the WHATWG Encoding Standard).
_MEANT = {
    "ascii": "utf-8", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030",
    "euc_kr": "cp949", "shift_jis": "cp932",
}  # fmt: skip
# Escapes and name encodings of Python's own, which no mail means, and of which two take quadratic time.
_NO_CHARSETS = frozenset({"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined"})


@dataclass(slots=True)
class _Told:
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


def read_eml(data: bytes, path: Path) -> Content:
    """The mail in `data`: head lines, body, forwarded mails, text attachments; `published` is the sender's day.

    Raises:
        LoadError: If it is no mail, nested too deeply, or without readable text.
    """
    with _translated(path):
        told = _Told(path)
        message = _parse(_ascii_head(data, told))
        if not _MAIL_FIELDS & {name.lower() for name in message}:
            raise LoadError(
                f"{str(path)!r} is no mail: it does not begin with head lines such as 'From:' or 'Subject:'. "
                "Save the mail anew from your mail program, or rename the file if it holds plain text (.txt)."
            )
        body = list(_blocks(message, told, 0))
        if any(isinstance(defect, errors.CloseBoundaryNotFoundDefect) for defect in _defects(message)):
            told.note("The mail is cut off: the end of its parts is missing.")
        return _content(_head(_fields(message, told)), body, _metadata(message, told), told)


def read_mhtml(data: bytes, path: Path) -> Content:
    """The page in a web archive, read as HTML with the address it was saved from.

    The archive's `Date` is when it was saved, so it is not used.

    Raises:
        LoadError: If it holds no HTML, is nested too deeply, or without readable text.
    """
    from index.load.html import read_html

    with _translated(path):
        told = _Told(path)
        archive = _parse(data)
        pages = [part for part in archive.walk() if part.get_content_type() in {"text/html", "application/xhtml+xml"}]
        if not pages:
            raise LoadError(
                f"{str(path)!r} is no web archive: it has no part with HTML. "
                "Save the page anew from the browser ('Webpage, Single File' or 'Webpage, HTML Only')."
            )
        page = _root_page(archive, pages)
        payload = _payload(page)
        address = _field(archive, "Snapshot-Content-Location", told) or _field(page, "Content-Location", told)
        read = read_html(payload, path, _address_comment(address) + _html_text(payload, _charset(page), path))
        title = _field(archive, "Subject", told)
        metadata = ({"title": Read(title, "the web archive's Subject header")} if title else {}) | dict(read.metadata)
        if len(pages) > 1:
            told.note(f"{len(pages) - 1} more HTML parts (frames) of the web archive were not read.")
        _check(read.text, path)
        return replace(read, metadata=metadata, notes=(*told.notes, *read.notes))


def read_msg(data: bytes, path: Path) -> Content:
    """The Outlook message in `data`, in the same form as `read_eml` gives.

    Raises:
        LoadError: If it is no Outlook message, damaged, or has its text in compressed RTF only.
    """
    with _translated(path):
        from oxmsg import Message as OutlookMessage
        from oxmsg.domain import constants

        told = _Told(path)
        outlook = OutlookMessage.load(data)
        properties = outlook.properties
        # The mail's own head, where Outlook has kept it, holds the sender's zone and the names as they were written.
        kept = properties.str_prop_value(constants.PID_TRANSPORT_MESSAGE_HEADERS) or ""
        head = _parse(kept.encode("utf-8", "replace").lstrip(b"\r\n"))
        sent = _sent(outlook)
        values = {
            "Subject": _line(outlook.subject, told),
            "From": _line(outlook.sender or "", told),
            "To": _field(head, "To", told) or _line(properties.str_prop_value(constants.PID_DISPLAY_TO) or "", told),
            "Cc": _field(head, "Cc", told) or _line(properties.str_prop_value(constants.PID_DISPLAY_CC) or "", told),
            "Date": _field(head, "Date", told) or (sent.strftime("%Y-%m-%d %H:%M UTC") if sent else ""),
        }
        body = list(_outlook_body(outlook, told))
        if not body and properties.binary_prop_value(constants.PID_RTF_COMPRESSED):
            raise LoadError(
                f"{str(path)!r} has its text in compressed RTF only, which cannot be read yet. "
                "Open it in Outlook and save it as plain text (.txt) or HTML."
            )
        for attachment in outlook.attachments:
            _attach_outlook(attachment, told)
        metadata = _title_and_author(values["Subject"], outlook.sender or "", told)
        if kept and head["Date"]:
            metadata |= _published(values["Date"], told)
        elif sent:
            metadata["published"] = Read(sent.date().isoformat(), f"the message's time of sending: {values['Date']}")
        return _content(_head(values), body, metadata, told)


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    """Turns what the parsers raise into a `LoadError`."""
    try:
        yield
    except (LoadError, ImportError):
        raise
    except RecursionError as error:
        raise _too_deep(path) from error
    # Neither library says what it raises: LookupError, AssertionError, struct.error and a dozen more were seen.
    except Exception as error:
        shown = f"{type(error).__name__}: {error}"[:200]
        raise LoadError(
            f"{str(path)!r} cannot be read: the file is damaged or of another kind ({shown}). "
            "Save it anew from the program it came from, or copy its text into a .txt file."
        ) from error


def _too_deep(path: Path) -> LoadError:
    return LoadError(
        f"{str(path)!r} has parts within parts, more than {MAX_DEPTH} deep: no mail program writes that, so it was "
        "not read. Save the innermost mail on its own and add that."
    )


def _parse(data: bytes) -> Message:
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


def _defects(message: Message) -> Iterator[errors.MessageDefect]:
    for part in message.walk():
        yield from part.defects


def _ascii_head(data: bytes, told: _Told) -> bytes:
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


# ---- the head


def _fields(message: Message, told: _Told) -> dict[str, str]:
    return {name: _field(message, name, told) for name in HEAD}


def _head(values: dict[str, str]) -> str:
    return "\n".join(f"{name}: {values[name]}" for name in HEAD if values[name])


def _field(message: Message, name: str, told: _Told) -> str:
    """A head line's value, decoded, on one line; "" where there is none."""
    return _line(_raw(message, name, told), told)


def _raw(message: Message, name: str, told: _Told) -> str:
    """The same before its encoded words are decoded, for they may hold commas and brackets."""
    value = next((value for key, value in message.raw_items() if key.lower() == name.lower()), "")
    # Bytes beyond ASCII, which no head line may hold and many do, come as surrogates.
    return _decode(str(value).encode("ascii", "surrogateescape"), "utf-8", told) or "" if value else ""


def _line(value: str, told: _Told) -> str:
    """`value` on one line, with its encoded words (RFC 2047) decoded."""
    if len(value) > MAX_HEAD_VALUE:
        told.note(f"A head line of {len(value):,} characters was cut after {MAX_HEAD_VALUE:,}: {value[:40]!r}…")
        value = value[:MAX_HEAD_VALUE]
    value = _BETWEEN_WORDS.sub("", " ".join(value.split()))
    value = _WORDS.sub(lambda match: _words(match[0], told), value)
    return " ".join(_CONTROLS.sub(" ", value).split())


def _words(run: str, told: _Told) -> str:
    """Neighbouring words of one charset are decoded as one: a character may be cut in two."""
    words = [(charset.partition("*")[0].lower(), _word_bytes(kind, text)) for charset, kind, text in _WORD.findall(run)]
    groups = groupby(words, key=lambda word: word[0])
    texts = [_decode(b"".join(data for _, data in group), charset, told) for charset, group in groups]
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


def _metadata(message: Message, told: _Told) -> dict[str, Read]:
    found = _title_and_author(_field(message, "Subject", told), _raw(message, "From", told), told)
    return found | _published(_field(message, "Date", told), told)


def _title_and_author(subject: str, raw_sender: str, told: _Told) -> dict[str, Read]:
    title, author = _REPLY.sub("", subject).strip(), _author(raw_sender, told)
    found = {"title": _read(title, "Subject", subject), "author": _read(author, "From", _line(raw_sender, told))}
    return {name: read for name, read in found.items() if read.value}


def _published(value: str, told: _Told) -> dict[str, Read]:
    day = _day(value)
    if value and not day:
        told.note(f"The mail's Date header is no date that can be: {value[:60]!r}.")
    return {"published": _read(day.isoformat(), "Date", value)} if day else {}


def _read(value: str, name: str, written: str) -> Read:
    shown = written if len(written) <= 60 else written[:59] + "…"
    return Read(value, f"the mail's {name} header: {shown!r}")


def _author(raw: str, told: _Told) -> str:
    """The senders' display names, or their addresses where they have none."""
    # Split before decoding: the comma in an encoded 'Calder, Ines' parts no addresses.
    try:
        pairs = getaddresses([" ".join(raw.split())[:MAX_SENDER]])
    except RecursionError:
        # The splitter calls itself for each bracket that opens; hundreds of them are nobody's name.
        return ""
    names = [_unquoted(_line(name, told)) or address for name, address in pairs]
    return ", ".join(name for name in names if name) or _unquoted(_line(raw, told).partition("<")[0])


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


# ---- the parts


def _blocks(message: Message, told: _Told, depth: int) -> Iterator[str]:
    """The text of a part and of what it holds, block by block; attachments go to `told`."""
    kind = message.get_content_type()
    if depth > MAX_DEPTH:
        raise _too_deep(told.path)
    if kind == "message/rfc822" and message.is_multipart():
        inner = _inner(message)
        yield f"Forwarded message:\n{_head(_fields(inner, told))}".rstrip()
        yield from _blocks(inner, told, depth + 1)
    elif kind == "multipart/alternative" and message.is_multipart():
        yield from _alternative(_parts(message), told, depth)
    elif message.get_content_maintype() == "multipart" and message.is_multipart():
        if kind == "multipart/encrypted":
            told.note("The mail is encrypted. Decrypt it in your mail program and save it anew to read its text.")
        for part in _parts(message):
            yield from _blocks(part, told, depth + 1)
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
        return _parse(_payload(inner))
    return inner


def _alternative(parts: Sequence[Message], told: _Told, depth: int) -> Iterator[str]:
    """The plain text, else the last of the others that has any, for the richest comes last (RFC 2046, 5.1.4)."""
    plain = [part for part in parts if part.get_content_type() == "text/plain" and not _is_attachment(part)]
    first = {id(part) for part in plain}
    waiting = plain + [part for part in reversed(parts) if id(part) not in first]
    blocks: list[str] = []
    while waiting and not blocks:
        blocks = list(_blocks(waiting.pop(0), told, depth + 1))
    yield from blocks
    for part in waiting:
        # The same text in another form is not wanted, but Apple Mail puts attachments beside it.
        for leaf in _leaves(part, depth + 1, told.path):
            if leaf.get_content_maintype() != "text" or leaf.get_content_disposition() == "attachment":
                _attach_part(leaf, told)


def _leaves(message: Message, depth: int, path: Path) -> Iterator[Message]:
    if depth > MAX_DEPTH:
        raise _too_deep(path)
    if not message.is_multipart():
        yield message
        return
    for part in _parts(message):
        yield from _leaves(part, depth + 1, path)


def _is_attachment(part: Message) -> bool:
    kind = part.get_content_type()
    readable = kind in {"text/plain", "text/html", "text/markdown"} or kind.startswith("multipart/")
    return not readable or part.get_content_disposition() == "attachment" or part.get_filename() is not None


def _body(part: Message, told: _Told) -> Iterator[str]:
    if part.get_content_maintype() == "multipart":
        told.note("The mail says that it has parts, but they cannot be told apart; it was read as one plain text.")
    payload = _payload(part)
    damage = (errors.InvalidBase64CharactersDefect, errors.InvalidBase64PaddingDefect, errors.InvalidBase64LengthDefect)
    if any(isinstance(defect, damage) for defect in part.defects):
        told.note("The base64 code of a part is damaged: its text may have gaps.")
    if part.get_content_type() == "text/html":
        yield from _html_body(payload, _charset(part), told)
        return
    text = _decode(payload, _charset(part), told)
    if text is None:
        told.refused = True
        told.note("A part of the mail is no text in any known encoding; it was left out.")
    elif text.strip():
        yield _clean(text)


def _html_body(payload: bytes, charset: str, told: _Told) -> Iterator[str]:
    from index.load.html import read_html

    if not payload.strip():
        return
    try:
        read = read_html(payload, told.path, _html_text(payload, charset, told.path))
    except LoadError as error:
        told.refused = True
        told.note(f"The mail's HTML was left out: {error}")
        return
    for note in read.notes:
        told.note(note)
    if read.text.strip():
        yield _clean(read.text)


def _html_text(payload: bytes, charset: str, path: Path) -> str:
    """HTML by the part's charset where it fits, else by the page's own: Chromium's archives name none."""
    from index.load.html import decode_html

    name = _codec(charset)
    text = _fitting(payload, name)[0] if name else None
    return decode_html(payload, path) if text is None else text


def _payload(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _charset(part: Message) -> str:
    charset = part.get_param("charset", "")
    # A tuple is RFC 2231's form: charset, language, value.
    return str(charset[2] if isinstance(charset, tuple) else charset)


# ---- attachments


def _attach_part(part: Message, told: _Told) -> None:
    kind = part.get_content_type()
    name = _line(part.get_filename() or "", told) or f"a part without a name ({kind})"
    nested = part.is_multipart()
    data = b"" if nested else _payload(part)
    told.attachments.append(f"{name} (message)" if nested else f"{name} ({_size(len(data))})")
    _attach_text(name, kind, _charset(part), data, told)


def _attach_outlook(attachment: Any, told: _Told) -> None:
    from oxmsg.domain import constants

    data = attachment.file_bytes
    short = attachment.properties.str_prop_value(constants.PID_ATTACH_FILENAME)
    shown = attachment.properties.str_prop_value(constants.PID_DISPLAY_NAME)
    name = _line(attachment.file_name or short or shown or "", told) or "a part without a name"
    # One without bytes of its own is a mail inside the mail, or a link to a file elsewhere.
    told.attachments.append(f"{name} (message or link)" if data is None else f"{name} ({_size(len(data))})")
    _attach_text(name, attachment.mime_type or "", "", data or b"", told)


def _attach_text(name: str, kind: str, charset: str, data: bytes, told: _Told) -> None:
    is_text = kind in {"text/plain", "text/csv"} or name.lower().endswith((".txt", ".csv"))
    text = _decode(data, charset, told) if is_text and data.strip() else None
    if text is not None and not _CONTROLS.search(text):
        told.attached_texts.append(f"Attachment {name}:\n{_clean(text)}")
    else:
        told.unread.append(name)


def _size(count: int) -> str:
    if count < 1000:
        return f"{count} bytes"
    return f"{count / 1000:.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"


# ---- Outlook


def _sent(outlook: Any) -> datetime | None:
    """When it was sent, in UTC; None for a draft and for a time that cannot be."""
    try:
        sent: datetime | None = outlook.sent_date
    except (OverflowError, ValueError):
        return None
    return sent if sent and sent.year >= FIRST_YEAR else None


def _outlook_body(outlook: Any, told: _Told) -> Iterator[str]:
    from oxmsg.domain import constants

    if (outlook.body or "").strip():
        yield _clean(outlook.body)
        return
    coded = outlook.properties.binary_prop_value(constants.PID_HTML)
    if coded:
        yield from _html_body(coded, outlook.properties.body_encoding, told)
    elif text := outlook.properties.str_prop_value(constants.PID_BODY_HTML):
        yield from _html_body(text.encode("utf-8", "replace"), "utf-8", told)


# ---- MHTML


def _root_page(archive: Message, pages: Sequence[Message]) -> Message:
    """The page that the archive names as its start (RFC 2387), else its first."""
    start = str(archive.get_param("start", "") or "").strip("<>")
    return next((page for page in pages if start and str(page.get("Content-ID", "")).strip("<> ") == start), pages[0])


def _address_comment(address: str) -> str:
    """The mark that Internet Explorer and Chrome put on a saved page, which `read_html` reads."""
    if not re.match(r"https?://", address, re.I):
        return ""
    address = address.replace(" ", "%20").replace("<", "%3C").replace(">", "%3E")
    return f"<!-- saved from url=({len(address):04d}){address} -->\n"


# ---- text


def _decode(data: bytes, charset: str, told: _Told) -> str | None:
    """`data` as its `charset` says, else as UTF-8, else by a guess that is noted; None if it is no text."""
    name = _codec(charset)
    text, found = _fitting(data, name)
    if text is not None:
        if charset and found != name and not data.isascii():
            told.note(f"A part says {charset[:40]!r}, but it is UTF-8 and was read as that.")
        return text
    if name and (text := _cut_character(data, name)) is not None:
        told.note("A text breaks off in the middle of a character, which was left out.")
        return text
    text, found = _guessed(data)
    if text is not None:
        said = f"says {charset[:40]!r}, which does not fit" if charset else "does not say how its text is encoded"
        told.note(f"A part {said}; {found} was guessed. Check letters with accents before you quote.")
    return text


def _fitting(data: bytes, name: str | None) -> tuple[str | None, str]:
    """The text by the named encoding or by UTF-8, and which of the two it was; None if neither fits."""
    # One byte a letter fits nearly anything, and mail programs put such labels on UTF-8, which fits nothing else.
    loose = name is None or name.startswith(("cp125", "iso8859", "koi8"))
    for codec in ("utf-8", name) if loose else (name, "utf-8"):
        if codec and (text := _strictly(data, codec)) is not None:
            return text, codec
    return None, ""


def _codec(charset: str) -> str | None:
    """Python's name of the encoding that is meant; None for one it does not know."""
    found = re.search(r"[A-Za-z0-9][\w.:+-]{0,40}", charset)
    try:
        name = codecs.lookup(found[0]).name if found else None
    except LookupError:
        return None
    return None if name in _NO_CHARSETS else _MEANT.get(name or "", name)


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


def _guessed(data: bytes) -> tuple[str | None, str]:
    from charset_normalizer import from_bytes

    sample = data[: data.rfind(b"\n", 0, GUESS_BYTES) + 1] or data[:GUESS_BYTES]
    best = from_bytes(sample if len(data) > GUESS_BYTES else data).best()
    # Nearly all bytes are "letters" of UTF-16: two Latin letters make a Chinese one. Real text has its blanks in NULs.
    if not best or (_wide(best.encoding) and data.count(0) * 4 < len(data)):
        return None, ""
    return _strictly(data, best.encoding), best.encoding


def _wide(encoding: str) -> bool:
    return encoding.startswith(("utf_16", "utf_32"))


def _clean(text: str) -> str:
    """Line feeds alone at the ends of lines, nothing blank there, and one blank line between paragraphs."""
    lines = (line.rstrip() for line in _LINE_ENDS.sub("\n", text).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def _content(head: str, body: Iterable[str], metadata: dict[str, Read], told: _Told) -> Content:
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
    if told.unread:
        more = len(told.unread) - NAMES_SHOWN
        names = "; ".join(told.unread[:NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")
        told.note(f"Attachments that were not read: {names}. Save those you need as files and add them.")
    text = "\n\n".join(part for part in (head, *blocks, *told.attached_texts) if part)
    _check(text, told.path)
    if strange := len(_CONTROLS.findall(text)):
        told.note(f"{strange} characters of the text stand for ones that could not be read.")
    return Content(text, metadata=metadata, notes=tuple(told.notes))


def _check(text: str, path: Path) -> None:
    """Raises LoadError for what no reader would call text."""
    strange = len(_CONTROLS.findall(text))
    if "\x00" in text or strange > len(text) / 100:
        raise LoadError(
            f"{str(path)!r} gives {strange:,} control or replacement characters in {len(text):,}: it is not text, or "
            "its encoding is not what it says. Save it anew from the program it came from, as UTF-8."
        )
    if not any(character.isalpha() for character in text):
        raise LoadError(f"{str(path)!r} holds no words. Nothing was added; remove it or save it anew.")
