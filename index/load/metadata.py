"""Title, outlet, author and publication date, read from a plain text's own lines.

The lines in front of the body are taken apart by the kinds of things that stand in them: a date in any written form, a
clock time, a label, a person, an outlet, a place. A date with other words about it ("born on 14 June") is not the
document's. Every value says where it was read; what is nowhere is left out, never guessed from the file's age.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from email.utils import parsedate_tz
from functools import partial

import yaml

from index.days import (
    ANY_FULL_DATE,
    DAY_MONTH,
    WEEKDAYS,
    complete_day,
    day_in,
    day_of,
    days_of,
    either_day,
    is_day_first,
    is_weekday,
    months_of,
)
from index.load.names import (
    BY,
    has_small_word,
    is_boilerplate,
    is_filling,
    is_name,
    is_outlet,
    is_person,
    is_place,
    is_post,
    label_of,
    persons_in,
)
from index.load.outlets import AGENCIES, GENERIC_BYLINES, outlet_of_address

HEADER_LINES = 20
"""Lines, empty ones left out, that may carry metadata; the body has begun by then."""
BODY_WORDS = 22
"""A line of more words is body text, not a header, unless it is the first."""
SOON = timedelta(days=90)
MAX_FOLDED = 5_000
"""Characters at the top in which a line that begins with white space may carry on a mail's header."""
MAX_HEAD = 90
"""Characters of a dateline."""
MAX_LINE = 600
"""Characters of a line that are looked at; no header line is longer."""


@dataclass(frozen=True, slots=True)
class Read:
    """A value and where it was read, in words."""

    value: str
    origin: str
    sure: bool = True
    """Whether it is stated, and not only implied."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not empty, without markup for links and headings."""

    number: int
    text: str
    heading: bool = False
    day_first: bool | None = None
    """Whether 03/04/2024 is in April, where another date of the document decides."""

    @property
    def words(self) -> int:
        return len(self.text.split())

    def read(self, value: str) -> Read:
        """`value`, with this line as its origin."""
        shown = self.text if len(self.text) <= 60 else self.text[:59] + "…"
        return Read(value.strip(), f"line {self.number}: {shown!r}")


@dataclass(frozen=True, slots=True)
class Sign:
    """That a line says something of the document; of two for one field that of the smaller rank is believed."""

    field: str
    rank: int
    found: Read


STATED, LABELLED, SITE, DATELINE, PLAIN, IMPLIED, UPDATED, ELSEWHERE = range(8)
_LABEL = re.compile(r"^(?P<label>[^\W\d][^:：\d]{0,28}?)(?:\s*[:：]{1,2}\s*|\s\s+)(?P<value>\S.*)$")
_BARS = re.compile(r"\s*[|•·]\s*|(?<=[^:\s])\t+|(?<=\S{3})\s{3,}|\s+/\s+")
_BYLINE = re.compile(rf"(?:^|^\w+ |\w )\b{BY}:?\s+(?P<names>[^\W\d_].+)$", re.I)
_CLOCK = re.compile(
    r"(?:\bat\s|T)?(?<![\d.:/-])(?P<hour>[0-2]?\d)"
    r"(?:[:.](?P<minute>[0-5]\d)(?:[:.](?P<second>[0-5]\d))?(?:\.\d+)?(?![\d./])|(?=\s?[ap]\.?m\b))"
    r"\s?(?:(?P<half>[ap])\.?m\b\.?)?\s?(?P<zone>(?:[A-Z]{2,4}T|UTC|GMT|Z)\b|[+-]\d\d:?\d\d)?|T\d{4}Z?$",
    re.I,
)
_GOVERNS = re.compile(r"\b(?:on|of|for|in|until|till|by|before|after|since|from|to|was|is|born|the|a)\b|[!?]", re.I)
_HEAD = re.compile(
    rf"(?P<agency>[(\[/](?P<name>[^()\[\]/\d]{{2,40}})[)\]/])|(?P<date>{ANY_FULL_DATE}|{DAY_MONTH})"
    r"|(?P<mark>[ ,.;:–—_-]+)|(?P<clock>\d\d?[:.]\d\d\b)"
    r"|(?P<place>(?-i:(?:d[aeo]|del|la|of|upon|am|sur)(?= [A-Z])|[^\W\d_a-z][^\W\d_]*(?:[.’'-][^\W\d_]+)*\.?))",
    re.I,
)
"""What may stand in front of the first sentence, piece by piece."""
_ADDRESS = re.compile(
    r"^(?:(?:url|source|link|address|original|via)\s*:?\s*)?<?(?P<url>https?://(?P<host>[\w.-]+)\S*?)>?$", re.I
)
_ADDRESS_DATE = re.compile(r"/((?:19|20)\d\d)[/-](\d{1,2})[/-](\d{1,2})(?:/|\b)")
_FILE_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)([-_.]?)(\d\d)\2(\d\d)(?!\d)")
_MARKUP = re.compile(r"\[\[?(?:[^\]|]*\|)?([^\]|]*)(?:\]\]|\]\([^)]*\))")
_SUFFIX = re.compile(r"^(?P<title>.{12,}?)\s+(?P<mark>[|–—-])\s+(?P<outlet>[^|–—]{2,50})$")
_SENTENCE = re.compile(r"[a-z].*[.!?][\"”’)]*$")


def read_metadata(text: str, file_name: str) -> dict[str, Read]:
    """What `text` says of itself: `title` always, `outlet`, `author` and `published` (ISO date) where found."""
    signs, text = _front_matter(text)
    lines = list(_lines(text))
    read, candidates = _read_header(lines, text)
    signs += [*read, *_at_foot(lines), *_of_file_name(file_name)]
    signs += [Sign("published", UPDATED, one.found) for one in signs if one.field == "modified"]
    signs += _of_title(candidates)
    signs.append(Sign("title", ELSEWHERE, Read(file_name.rsplit(".", 1)[0], "the file's name")))
    found: dict[str, Read] = {}
    for sign in sorted(signs, key=lambda sign: sign.rank):
        found.setdefault(sign.field, replace(sign.found, sure=sign.found.sure and sign.rank < IMPLIED))
    if "published_at" in found and not found["published_at"].value.startswith(found["published"].value):
        del found["published_at"]
    if someone := found.pop("someone", None):
        found.setdefault("outlet" if "author" in found else "author", someone)
    if "outlet" not in found and "author" in found and found["author"].value in AGENCIES:
        found["outlet"] = found["author"]
    return found


def _front_matter(text: str) -> tuple[list[Sign], str]:
    """What the block of YAML or TOML at the top of a note says, and the text with blank lines in its place."""
    block = re.match(r"\s*(---|\+\+\+)[ \t]*\n(.{,20000}?)\n(?:\1|\.\.\.)[ \t]*(?:\n|$)", text, re.S)
    if block is None:
        return [], text
    try:
        # The base loader makes nothing but strings, lists and dictionaries.
        values = tomllib.loads(block[2]) if block[1] == "+++" else yaml.load(block[2], yaml.BaseLoader)
    except (yaml.YAMLError, tomllib.TOMLDecodeError, RecursionError):
        return [], text
    signs: list[Sign] = []
    for key, value in values.items() if isinstance(values, dict) else ():
        parts = [
            str(one) for one in (value if isinstance(value, list) else [value]) if not isinstance(one, dict | list)
        ]
        shown = ", ".join(part.strip("[]\u200b ") for part in parts)
        field = "outlet" if key == "url" else label_of(str(key))
        read = partial(Read, origin=f"front matter: {key}")
        if field == "author" and shown:
            signs.append(Sign(field, STATED, read(re.sub(rf"^{BY}\s", "", shown, flags=re.I))))
        elif field and shown:
            signs += _labelled(field, shown, read, STATED) or []
    return signs, "\n" * block[0].count("\n") + text[block.end() :]


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _lines(text: str) -> Iterator[Line]:
    day_first = is_day_first(text)
    folded = re.sub(r"(?m)^([A-Z][\w-]+:[^\n]*)\n[ \t]+(?=\S)", r"\1 ", text[:MAX_FOLDED])
    for number, raw in enumerate((folded + text[MAX_FOLDED:]).splitlines(), 1):
        shown = _MARKUP.sub(r"\1", raw[:MAX_LINE]).strip()
        bare = shown.strip("#*_>|").strip()
        if bare and bare != "---":
            yield Line(number, bare, shown.startswith("#"), day_first)


def _read_header(lines: Sequence[Line], text: str) -> tuple[list[Sign], list[Line]]:
    """What the lines in front of the body say, and those of them that may be the title."""
    signs: list[Sign] = []
    candidates: list[Line] = []
    label: str | None = None
    in_body = False
    for place, line in enumerate(lines[:HEADER_LINES]):
        if dateline := _dateline(line, "\n".join(one.text for one in lines[:place]), text):
            signs += dateline
            break
        read = _labelled(label, line.text, line.read) if label else _read_line(line)
        if in_body:
            # Behind a first sentence a date alone is another one's, not so that of a by-line or an outlet.
            signs += read if read and any(one.rank == LABELLED or one.field == "outlet" for one in read) else []
            continue
        signs += read if read is not None else _in_apposition(line)
        label = label_of(line.text) if read is None and line.words < 4 else None
        if read is not None or label or is_boilerplate(line.text) or " > " in line.text:
            continue
        in_body = bool(candidates) and line.words > 5 and bool(_SENTENCE.search(line.text))
        if candidates and line.words > BODY_WORDS:
            break
        signed = persons_in(line.text)[0] if candidates and not (in_body or line.text.isupper()) else ""
        if signed and _follows_names(line.text[len(signed) :]):
            signs.append(Sign("someone", PLAIN, line.read(signed)))
        elif not in_body:
            candidates.append(line)
    return signs, candidates


def _read_line(line: Line) -> list[Sign] | None:
    """What a line says that holds nothing but metadata; None for another one."""
    if address := _ADDRESS.match(line.text):
        return _of_address(address, line)
    if (words := either_day(line.text)) and line.day_first is None and line.words < 5:
        return [Sign("doubt", PLAIN, line.read(words))]
    parts = [_read_part(part, line) for part in _BARS.split(line.text) if part.strip()]
    read = [part for part in parts if part is not None]
    dated = any(sign.field in {"published", "modified"} for part in read for sign in part)
    return [sign for part in read for sign in part] if read and (dated or len(read) == len(parts)) else None


def _read_part(part: str, line: Line) -> list[Sign] | None:
    """As `_read_line`, for a part of a line between bars."""
    dates = list(days_of(part, line.day_first))
    if dates:
        return _read_dates(part, dates, line)
    if match := _LABEL.match(part):
        field = label_of(match["label"]) or ("title" if is_boilerplate(match["label"]) else None)
        if field:
            return _labelled(field, match["value"], line.read)
    rest = _bare(part)
    names = part != line.text or _BYLINE.match(rest) or is_outlet(rest.split(",", maxsplit=1)[0])
    return _read_names(rest, line) if names else None


def _read_dates(part: str, dates: Sequence[tuple[re.Match[str], date]], line: Line) -> list[Sign] | None:
    """Dates by the labels in front of them, and the names about them; None when other words stand there."""
    signs: list[Sign] = []
    at = 0
    ranks: list[int] = []
    for match, day in dates:
        before = _bare(part[at : match.start()])
        field = label_of(before)
        unknown = part[at : match.start()].rstrip().endswith(":")
        about = (None if unknown else _read_names(before, line)) if before and field is None else []
        if about is None and (ranks or not _may_head(before)):
            break
        ranks.append(LABELLED if field else PLAIN if about is not None else IMPLIED)
        signs += [*(about or []), *_dated(field or "published", day, part, ranks[-1], line.read)]
        at = match.end()
    if not ranks or (LABELLED not in ranks and len({day for _, day in dates}) > 1):
        return None  # "Born 3 April 1938; died 11 January 2022"
    rest = _bare(part[at:])
    labelled = any(sign.rank == LABELLED for sign in signs) or re.match(r"\w[\w ]{1,20}:", rest)
    if not rest or labelled or len(ranks) < len(dates):
        return signs
    after = _read_names(rest, line)
    return None if after is None else signs + after


def _dated(field: str, day: date, words: str, rank: int, read: Callable[[str], Read]) -> list[Sign]:
    """The day, and its clock time where one stands in `words`; nothing for a day of another kind."""
    if field not in {"published", "modified"}:
        return []
    moment = moment_of(day, words) if field == "published" else None
    signs = [Sign(field, rank, read(day.isoformat()))]
    return [*signs, Sign("published_at", rank, read(moment))] if moment else signs


def _may_head(words: str) -> bool:
    """Whether it may be a label in another language: few words, and none that puts a date into a sentence."""
    return len(words.split()) < 4 and not _GOVERNS.search(words)


def _in_apposition(line: Line) -> list[Sign]:
    """The date apart from a line's other words by commas or dashes: `Minutes of the board, 3 March 2024 (draft)`."""
    for match, day in days_of(line.text, line.day_first):
        before = line.text[: match.start()].rstrip()
        if before and is_weekday(before.split()[-1]):
            before = before.removesuffix(before.split()[-1]).rstrip()
        if label_of(re.split(r"[,;(|—–]", before)[-1]) == "published":
            return [Sign("published", LABELLED, line.read(day.isoformat()))]
        after = _CLOCK.sub("", line.text[match.end() :]).lstrip()
        apart = not before or before.endswith((",", "—", "–", "-", "(", " of"))
        if apart and after[:1] in {"", *",—–-(|)"}:
            return [Sign("published", IMPLIED if before.endswith("of") else PLAIN, line.read(day.isoformat()))]
    return []


def _follows_names(rest: str) -> bool:
    """Whether behind the names of authors there is no more than their post, their outlet or where they are."""
    rest = re.sub(r"^(?:,| in| for) ", "", rest)
    return not rest or is_place(rest) or is_outlet(rest) or is_post(rest)


def _labelled(field: str, value: str, read: Callable[[str], Read], rank: int = LABELLED) -> list[Sign] | None:
    """What stands behind a label; None when it is not what the label promises."""
    value = re.sub(r"^([\"'“])(.*)[\"'”]$", r"\2", value.strip())
    if field in {"published", "modified"}:
        day = day_of(value)
        return _dated(field, day, value, rank, read) if day else []
    if field == "author":
        names, outlet = persons_in(value)
        names = names or re.sub(r"\s*<.*", "", value)
        if names.lower() in GENERIC_BYLINES:
            return []
        return [Sign("author", rank, read(names)), *_outlet(outlet, read)] if names[:1].isupper() else None
    if field == "outlet":
        address = _ADDRESS.match(value)
        name = outlet_of_address(address["host"]) if address else re.split(r"[;(\[]|\. ", value)[0].strip()
        return [Sign("outlet", rank, read(name))] if address or is_name(name.split(), 8) else None
    return [Sign("title", rank, read(value))] if field == "title" else []


def _read_names(text: str, line: Line) -> list[Sign] | None:
    """What a by-line, an outlet's name, or a person's with a place says; None when other words stand there."""
    signs: list[Sign] = []
    text = re.sub(r"\s*<\S+@\S+>", "", text)
    parts = [part.strip() for part in re.split(r"[,.;]\s|\s[–—-]\s", text)]
    for at, part in enumerate(parts):
        if (label := _LABEL.match(part)) and label_of(label["label"]) == "outlet":
            signs += _labelled("outlet", label["value"], line.read) or []
            continue
        if byline := _BYLINE.search(part):
            told = byline["names"] if at else text[byline.start("names") :]
            names, outlet = persons_in(told)
            if not (names or outlet or told.lower() in GENERIC_BYLINES):
                return None
            about = [Sign("author", LABELLED, line.read(names or outlet or ""))] if names or outlet else []
            return [*signs, *about, *_outlet(outlet, line.read)]
        if is_outlet(part):
            signs += _outlet(part, line.read)
        elif is_person(part) and not at:
            signs.append(Sign("author" if len(parts) > 1 else "someone", PLAIN, line.read(part)))
        elif not (is_place(part) or is_boilerplate(part) or (signs and is_name(part.split(), 8))):
            return None
    return signs


def _outlet(name: str | None, read: Callable[[str], Read]) -> list[Sign]:
    return [Sign("outlet", PLAIN, read(name))] if name else []


def _dateline(line: Line, above: str, text: str) -> list[Sign]:
    """What stands in front of the first sentence: `ABUJA, Nigeria, March 3 (Reuters) -`, or `Jo Lee (BBC) - Sep 27`."""
    place, ended, at = "", False, 0
    agencies: list[str] = []
    dates: list[str] = []
    if (label := _LABEL.match(line.text)) and label_of(label["label"]):
        return []
    while not (line.heading or ended) and at < MAX_HEAD and (piece := _HEAD.match(line.text, at)):
        at = piece.end()
        if piece["place"] and not (agencies or dates):
            place = f"{place} {piece['place']}".strip()
        elif piece["name"] and (is_name(piece["name"].split(), 5) or is_outlet(piece["name"])):
            agencies.append(piece["name"].strip())
        elif piece["date"]:
            dates.append(piece["date"])
        dashed = piece["mark"] and re.search(r"[–—_:]|--|^-|-$|- $", piece["mark"])
        ended = bool(dashed and (agencies or dates) and (place or dates or not _HEAD.match(line.text, at)))
    rest = line.text[at:]
    alone = re.fullmatch(rf"\W*(?:{DAY_MONTH})?\W*", rest, re.I)
    agency = next(filter(is_outlet, agencies), agencies[-1] if agencies else None)
    signed = bool(alone and agency and is_person(place))
    known = agency and (is_outlet(agency) or (place and len(place.split()) < 6 and (ended or dates)))
    if not known and not (place and dates and ended and not alone):
        return []
    found = [Sign("outlet", DATELINE, line.read(agency))] if agency else []
    found += [Sign("author", LABELLED, line.read(place))] if signed else []
    dates += re.findall(DAY_MONTH, rest, re.I) if alone else []
    if dates and (day := day_in(dates[0], line.day_first)):
        return [*found, Sign("published", DATELINE, line.read(day.isoformat()))]
    if dates:
        return [*found, *_completed(dates[0], line, above, text)]
    return [*found, *((_read_line(replace(line, text=rest)) or []) if len(rest.split()) < 8 else [])]


def _completed(day_month: str, line: Line, above: str, text: str) -> list[Sign]:
    """The day of a dateline without its year, which a date above it gives, or the last one in the text."""
    known = [(day, f"the date {day.isoformat()} above it") for _, day in days_of(above)]
    written = [(day, f"{match[0]!r} in the text") for match, day in (*days_of(text), *months_of(text))]
    completed = complete_day(day_month, known or written)
    if completed is None:
        return []
    day, source = completed
    # A report comes after what it tells of, and not long after the last of it.
    if not known and not timedelta(0) <= day - max(day for day, _ in written) <= SOON:
        return []
    told = Read(day.isoformat(), f"{line.read('').origin}, the year from {source}", sure=bool(known))
    return [Sign("published", DATELINE, told)]


def _of_title(candidates: Sequence[Line]) -> list[Sign]:
    """The headline among the lines that may be one, the outlet at its end, or on the line of capitals above it."""
    if not candidates:
        return []
    line = max(candidates, key=lambda one: (_headline_likeness(one), -one.number))
    above = [one for one in candidates if one.number < line.number and one.text.isupper() and one.words > 1]
    signs = _outlet(above[-1].text.split(",")[0], above[-1].read) if above and not line.text.isupper() else []
    match = _SUFFIX.match(line.text)
    name = match["outlet"] if match else ""
    if match and (is_outlet(name) or (match["mark"] == "|" and is_name(name.split(), 6))):
        return [Sign("title", PLAIN, line.read(match["title"])), Sign("outlet", SITE, line.read(name))]
    return [*signs, Sign("title", PLAIN, line.read(line.text))]


def _headline_likeness(line: Line) -> int:
    """How much a line is one of words, as headlines are, and not a name, a kicker, a menu or a sentence."""
    names = line.text != line.text.lower() and is_name(re.sub(r"[,–—-] ", "", line.text).split(), 20)
    shouted = line.text.isupper() and not has_small_word(line.text)
    score = 4 * line.heading + 2 * (line.words > 2) + (line.words > 3) + 2 * (not names) - 2 * shouted
    return score - 3 * bool(line.text[0] in "([" or line.text.endswith(".")) - (line.words > 30)


def _at_foot(lines: Sequence[Line]) -> list[Sign]:
    """From an address alone on its line, where the page came from, and from an agency's name alone."""
    found = [(match, line) for line in lines[-6:] if (match := _ADDRESS.match(line.text))]
    signs = _of_address(*found[-1]) if len({match["host"] for match, _ in found}) == 1 else []
    for line in lines[-3:]:
        if (
            line.text.startswith("(")
            and (byline := _BYLINE.search(line.text))
            and (names := persons_in(byline["names"])[0])
        ):
            signs.append(Sign("author", IMPLIED, line.read(names)))
    for line in reversed(lines[-3:]):
        name = line.text.strip("()[]-–— .")
        signs += _outlet(name if name in AGENCIES else None, line.read)
    return signs


def _of_address(address: re.Match[str], line: Line) -> list[Sign]:
    signs = [
        Sign("outlet", SITE, line.read(outlet_of_address(address["host"]))),
        Sign("address", PLAIN, line.read(address["url"])),
    ]
    dated = _ADDRESS_DATE.search(address["url"])
    day = _day(*dated.groups()) if dated else None
    return [*signs, Sign("published", ELSEWHERE, line.read(day))] if day else signs


def _of_file_name(file_name: str) -> list[Sign]:
    match = _FILE_DATE.search(file_name)
    day = _day(match[1], match[3], match[4]) if match else None
    return [Sign("published", ELSEWHERE, Read(day, f"the file's name: {file_name!r}"))] if day else []


def _bare(text: str) -> str:
    """Without clock times, days of the week, small words alone, and marks at its ends."""
    words = _CLOCK.sub(" ", text).split()
    while words and (is_weekday(words[-1]) or is_filling(words[-1])):
        words = words[:-1]
    shown = " ".join(word for word in words if word.lower().strip(",.") not in WEEKDAYS).strip(" ,.;:-–—|()[]/\"'_")
    return "" if is_filling(shown) else shown


def moment_of(day: date, words: str) -> str | None:
    """The day with the clock time in `words`, and its zone where that is a known one; None without a time."""
    clock = _CLOCK.search(words)
    if clock is None or not clock["hour"]:
        return None
    hour = int(clock["hour"]) % 12 + 12 * (clock["half"].lower() == "p") if clock["half"] else int(clock["hour"])
    time = f"{hour:02d}:{clock['minute'] or '00'}:{clock['second'] or '00'}"
    read = parsedate_tz(f"{day:%d %b %Y} {time} {(clock['zone'] or '').replace(':', '').upper()}")
    zone = None if read is None or read[9] is None or not clock["zone"] else timezone(timedelta(seconds=read[9]))
    try:
        return datetime.fromisoformat(f"{day.isoformat()}T{time}").replace(tzinfo=zone).isoformat()
    except ValueError:
        return None


def _day(year: str, month: str, day: str) -> str | None:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None
