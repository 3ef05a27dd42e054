"""The values that stand in the header of a text: days with their time, names, outlets and addresses."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from email.utils import parsedate_tz

from index.dates.days import WEEKDAYS, day_of, is_weekday
from index.load.names import (
    BY,
    is_boilerplate,
    is_filling,
    is_name,
    is_outlet,
    is_person,
    is_place,
    label_of,
    persons_in,
)
from index.load.outlets import GENERIC_BYLINES, outlet_of_address
from index.load.signs import ELSEWHERE, LABELLED, PLAIN, SITE, Line, Read, Sign

BYLINE = re.compile(rf"(?:^|^\w+ |\w )\b{BY}:?\s+(?P<names>[^\W\d_].+)$", re.I)
LABEL = re.compile(r"^(?P<label>[^\W\d][^:：\d]{0,28}?)(?:\s*[:：]{1,2}\s*|\s\s+)(?P<value>\S.*)$")
CLOCK = re.compile(
    r"(?:\bat\s|T)?(?<![\d.:/-])(?P<hour>[0-2]?\d)"
    r"(?:[:.](?P<minute>[0-5]\d)(?:[:.](?P<second>[0-5]\d))?(?:\.\d+)?(?![\d./])|(?=\s?[ap]\.?m\b))"
    r"\s?(?:(?P<half>[ap])\.?m\b\.?)?\s?(?P<zone>(?:[A-Z]{2,4}T|UTC|GMT|Z)\b|[+-]\d\d:?\d\d)?|T\d{4}Z?$",
    re.I,
)
ADDRESS = re.compile(
    r"^(?:(?:url|source|link|address|original|via)\s*:?\s*)?<?(?P<url>https?://(?P<host>[\w.-]+)\S*?)>?$", re.I
)
_ADDRESS_DATE = re.compile(r"/((?:19|20)\d\d)[/-](\d{1,2})[/-](\d{1,2})(?:/|\b)")


def dated(field: str, day: date, words: str, rank: int, read: Callable[[str], Read]) -> list[Sign]:
    """The day, and its clock time where one stands in `words`; nothing for a day of another kind."""
    if field not in {"published", "modified"}:
        return []
    moment = moment_of(day, words) if field == "published" else None
    signs = [Sign(field, rank, read(day.isoformat()))]
    return [*signs, Sign("published_at", rank, read(moment))] if moment else signs


def labelled(field: str, value: str, read: Callable[[str], Read], rank: int = LABELLED) -> list[Sign] | None:
    """What stands behind a label; None when it is not what the label promises."""
    value = re.sub(r"^([\"'“])(.*)[\"'”]$", r"\2", value.strip())
    if field in {"published", "modified"}:
        day = day_of(value)
        return dated(field, day, value, rank, read) if day else []
    if field == "author":
        names, outlet = persons_in(value)
        names = names or re.sub(r"\s*<.*", "", value)
        if names.lower() in GENERIC_BYLINES:
            return []
        return [Sign("author", rank, read(names)), *outlet_sign(outlet, read)] if names[:1].isupper() else None
    if field == "outlet":
        address = ADDRESS.match(value)
        name = outlet_of_address(address["host"]) if address else re.split(r"[;(\[]|\. ", value)[0].strip()
        if address:
            return [Sign("outlet", rank, read(name)), Sign("address", rank, read(address["url"]))]
        return [Sign("outlet", rank, read(name))] if is_name(name.split(), 8) else None
    return [Sign("title", rank, read(value))] if field == "title" else []


def read_names(text: str, line: Line) -> list[Sign] | None:
    """What a by-line, an outlet's name, or a person's with a place says; None when other words stand there."""
    signs: list[Sign] = []
    text = re.sub(r"\s*<\S+@\S+>", "", text)
    parts = [part.strip() for part in re.split(r"[,.;]\s|\s[–—-]\s", text)]
    for at, part in enumerate(parts):
        if (label := LABEL.match(part)) and label_of(label["label"]) == "outlet":
            signs += labelled("outlet", label["value"], line.read) or []
            continue
        if byline := BYLINE.search(part):
            told = byline["names"] if at else text[byline.start("names") :]
            names, outlet = persons_in(told)
            if not (names or outlet or told.lower() in GENERIC_BYLINES):
                return None
            about = [Sign("author", LABELLED, line.read(names or outlet or ""))] if names or outlet else []
            return [*signs, *about, *outlet_sign(outlet, line.read)]
        if is_outlet(part):
            signs += outlet_sign(part, line.read)
        elif is_person(part) and not at:
            signs.append(Sign("author" if len(parts) > 1 else "someone", PLAIN, line.read(part)))
        elif not (is_place(part) or is_boilerplate(part) or (signs and is_name(part.split(), 8))):
            return None
    return signs


def outlet_sign(name: str | None, read: Callable[[str], Read]) -> list[Sign]:
    return [Sign("outlet", PLAIN, read(name))] if name else []


def of_address(address: re.Match[str], line: Line) -> list[Sign]:
    signs = [
        Sign("outlet", SITE, line.read(outlet_of_address(address["host"]))),
        Sign("address", PLAIN, line.read(address["url"])),
    ]
    written = _ADDRESS_DATE.search(address["url"])
    day = iso_day(*written.groups()) if written else None
    return [*signs, Sign("published", ELSEWHERE, line.read(day))] if day else signs


def bare(text: str) -> str:
    """Without clock times, days of the week, small words alone, and marks at its ends."""
    words = CLOCK.sub(" ", text).split()
    while words and (is_weekday(words[-1]) or is_filling(words[-1])):
        words = words[:-1]
    shown = " ".join(word for word in words if word.lower().strip(",.") not in WEEKDAYS).strip(" ,.;:-–—|()[]/\"'_")
    return "" if is_filling(shown) else shown


def moment_of(day: date, words: str) -> str | None:
    """The day with the clock time in `words`, and its zone where that is a known one; None without a time."""
    clock = CLOCK.search(words)
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


def iso_day(year: str, month: str, day: str) -> str | None:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None
