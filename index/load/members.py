"""What is inside a container, as files of their own: archives, mailboxes, attachments of mails, articles of JSON lines.

Nothing is written to disk here, and no name leads anywhere: names are made harmless, and what could do harm is refused
with its reason while the rest is given.
"""

from __future__ import annotations

import mimetypes
import re
import stat
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from pathlib import Path

from index.load.encodings import detect_encoding
from index.load.kinds import Kind
from index.load.signs import Read
from index.load.zips import BROKEN, damaged

MAX_MEMBERS = 10_000
"""Of a container and all that are in it."""
MAX_UNPACKED = 1_000_000_000
"""Bytes of all of those, one after the other."""
MAX_MEMBER = 100_000_000
"""Bytes of one."""
MAX_RATIO = 200
"""By how much a large member may grow as it is unpacked; text shrinks to a tenth."""
LARGE = 10_000_000
_SEPARATOR = re.compile(rb"(?:\A|\r?\n\r?\n)From [^\r\n]*\d{4}[^\r\n]*\r?\n")
_SIGNATURES = frozenset({"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"})


LOST_TOLD = 5
"""Records that could not be read, which are told one by one."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file inside a container."""

    name: str
    """Folders and name, parted by `/`; unique in its container."""
    data: bytes
    kind: Kind | None = None
    """What it is to be read as, where its container says so."""
    metadata: Mapping[str, Read] = field(default_factory=dict)
    """What its container says of it, which comes before what it says itself."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """A member that is not given, and why."""

    name: str
    reason: str


@dataclass(slots=True)
class Budget:
    """What may still be unpacked of a container and of those inside it."""

    members: int = MAX_MEMBERS
    size: int = MAX_UNPACKED

    def refusal(self, size: int) -> str | None:
        """Why no member of this size may be unpacked; otherwise it is counted."""
        if self.members < 1 or size > self.size:
            return (
                f"It was left out, as more than {MAX_MEMBERS:,} members or {MAX_UNPACKED:,} bytes of one container are "
                "not unpacked. Unpack it yourself, and add the folder."
            )
        if size > MAX_MEMBER:
            return f"It has {size:,} bytes, more than the {MAX_MEMBER:,} that are unpacked of one member."
        self.members, self.size = self.members - 1, self.size - size
        return None


def members_of(
    path: Path, data: bytes, kind: Kind, budget: Budget | None = None, fields: Mapping[str, str] | None = None
) -> Iterator[Member | Refused]:
    """The files inside the file with these bytes, each once, in their order; none for what is no container.

    Of articles the `fields` may be named, see `index.load.articles`.

    Raises:
        LoadError: If the container itself cannot be read.
    """
    opener = partial(_articles, fields=fields) if kind == "articles" else _OPENERS.get(kind)
    found = opener(data, path, budget or Budget()) if opener else iter(())
    seen: dict[str, int] = {}
    for member in found:
        name = harmless(member.name)
        seen[name] = seen.get(name, 0) + 1
        if seen[name] > 1:
            stem, dot, suffix = name.rpartition(".")
            name = f"{stem} ({seen[name]}).{suffix}" if dot else f"{name} ({seen[name]})"
        if isinstance(member, Refused):
            yield Refused(name, member.reason)
        else:
            yield Member(name, member.data, member.kind, member.metadata, member.notes)


def harmless(name: str) -> str:
    """A member's name without what leads out of its container or cannot be shown."""
    shown = re.sub(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", "", name.replace("\\", "/"))
    parts = [re.sub(r"^[A-Za-z]:$", "", part.strip()) for part in shown.split("/")]
    return "/".join(part for part in parts if part not in {"", ".", ".."}) or "without a name"


def _zip_members(data: bytes, path: Path, budget: Budget) -> Iterator[Member | Refused]:
    import io

    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    except BROKEN as error:
        raise damaged(path, error) from error
    with archive:
        for entry, name in zip(entries, _zip_names(entries), strict=True):
            if any(part.startswith(".") or part == "__MACOSX" for part in name.split("/") if part not in {".", ".."}):
                continue  # hidden, as such files in folders are
            reason = _refused_entry(entry) or budget.refusal(entry.file_size)
            if reason:
                yield Refused(name, reason)
                continue
            try:
                yield Member(name, archive.read(entry))
            except BROKEN as error:
                yield Refused(name, f"It cannot be unpacked ({error}): it is damaged, or packed in an unknown way.")


def _zip_names(entries: list[zipfile.ZipInfo]) -> list[str]:
    """The entries' names; those without the mark of UTF-8 are UTF-8 all the same, or in an old encoding."""
    raw = [None if entry.flag_bits & 0x800 else entry.filename.encode("cp437", "replace") for entry in entries]
    unmarked = b"\n".join(name for name in raw if name is not None)
    try:
        unmarked.decode()
        encoding = "utf-8"
    except UnicodeDecodeError:
        detected, _ = detect_encoding(unmarked)
        encoding = detected.encoding if detected else "cp437"
    names = zip(entries, raw, strict=True)
    return [entry.filename if name is None else name.decode(encoding, "replace") for entry, name in names]


def _refused_entry(entry: zipfile.ZipInfo) -> str | None:
    if entry.flag_bits & 1:
        return "It is encrypted, and can only be read with its password. Unpack it yourself, and add the folder."
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in {0, stat.S_IFREG}:
        return "It is a link or a device and no file. Links in archives are not followed."
    if entry.file_size > LARGE and entry.file_size > MAX_RATIO * max(1, entry.compress_size):
        return (
            f"It would grow from {entry.compress_size:,} bytes to {entry.file_size:,}, as files made to fill a memory "
            "do. If it is sound, unpack it yourself, and add it."
        )
    return None


def _mails(data: bytes, path: Path, budget: Budget) -> Iterator[Member | Refused]:
    """The mails of a mailbox in the form of RFC 4155, with what was quoted in front of their `From ` undone."""
    del path
    marks = [*_SEPARATOR.finditer(data), None]
    for number, (mark, after) in enumerate(pairwise(marks), 1):
        assert mark is not None
        mail = data[mark.end() : after.start() if after else len(data)]
        name = f"mail {number}.eml"
        reason = budget.refusal(len(mail))
        yield Refused(name, reason) if reason else Member(name, re.sub(rb"(?m)^>(>*From )", rb"\1", mail) + b"\n")


def _mail_attachments(data: bytes, path: Path, budget: Budget) -> Iterator[Member | Refused]:
    from index.load.mail import attached_files

    yield from _attached(attached_files(data, path), budget)


def _outlook_attachments(data: bytes, path: Path, budget: Budget) -> Iterator[Member | Refused]:
    from index.load.msg import attached_files

    yield from _attached(attached_files(data, path), budget)


def _attached(files: Iterator[tuple[str, str, bytes]], budget: Budget) -> Iterator[Member | Refused]:
    for number, (name, kind, data) in enumerate(files, 1):
        if kind in _SIGNATURES:
            continue  # named in the mail's own text, and no text themselves
        suffix = "" if Path(name).suffix else mimetypes.guess_extension(kind) or ""
        shown = f"{name or f'attachment {number}'}{suffix}"
        # A folder in an attachment's name is none of the mail's.
        shown = harmless(shown).replace("/", "_")
        reason = budget.refusal(len(data))
        yield Refused(shown, reason) if reason else Member(shown, data)


def _articles(
    data: bytes, path: Path, budget: Budget, fields: Mapping[str, str] | None = None
) -> Iterator[Member | Refused]:
    from index.load.articles import articles_of
    from index.load.text import read_text

    lost: list[str] = []
    for article in articles_of(read_text(data, path).text, lost, fields):
        written = article.text.encode("utf-8", "replace")
        reason = budget.refusal(len(written))
        kind: Kind = "html" if article.is_html else "text"
        if reason:
            yield Refused(article.name, reason)
        else:
            yield Member(article.name, written, kind, article.metadata, article.notes)
    if lost:
        more = f" {len(lost) - LOST_TOLD:,} more were left out." if len(lost) > LOST_TOLD else ""
        yield Refused("what was left out", " ".join(lost[:LOST_TOLD]) + more)


_OPENERS: dict[str, Callable[[bytes, Path, Budget], Iterator[Member | Refused]]] = {
    "zip": _zip_members,
    "mbox": _mails,
    "eml": _mail_attachments,
    "msg": _outlook_attachments,
}
