"""The lines in front of the body, taken apart by the kinds of things that stand in them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from index.dates.days import days_of, either_day, is_weekday
from index.load.dateline import dateline_of
from index.load.names import is_boilerplate, is_outlet, is_place, is_post, label_of, persons_in
from index.load.signs import IMPLIED, LABELLED, PLAIN, Line, Sign
from index.load.values import ADDRESS, BYLINE, CLOCK, LABEL, bare, dated, labelled, of_address, read_names

HEADER_LINES = 20
"""Lines, empty ones left out, that may carry metadata; the body has begun by then."""
SHORT = 8
"""Words of what is left of a line behind a dateline, below which it is no sentence."""
BODY_WORDS = 22
"""A line of more words is body text, not a header, unless it is the first."""
_BARS = re.compile(r"\s*[|•·]\s*|(?<=[^:\s])\t+|(?<=\S{3})\s{3,}|\s+/\s+")
_GOVERNS = re.compile(r"\b(?:on|of|for|in|until|till|by|before|after|since|from|to|was|is|born|the|a)\b|[!?]", re.I)
_SENTENCE = re.compile(r"[a-z].*[.!?][\"”’)]*$")


def read_header(lines: Sequence[Line], text: str) -> tuple[list[Sign], list[Line]]:
    """What the lines in front of the body say, and those of them that may be the title."""
    signs: list[Sign] = []
    candidates: list[Line] = []
    label: str | None = None
    in_body = False
    for place, line in enumerate(lines[:HEADER_LINES]):
        dateline, rest = dateline_of(line, "\n".join(one.text for one in lines[:place]), text)
        if dateline:
            signs += [*dateline, *((read_line(replace(line, text=rest)) or []) if len(rest.split()) < SHORT else [])]
            break
        read = labelled(label, line.text, line.read) if label else read_line(line)
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


def read_line(line: Line) -> list[Sign] | None:
    """What a line says that holds nothing but metadata; None for another one."""
    if address := ADDRESS.match(line.text):
        return of_address(address, line)
    if (words := either_day(line.text)) and line.day_first is None and line.words < 5:
        return [Sign("doubt", PLAIN, line.read(words))]
    parts = [_read_part(part, line) for part in _BARS.split(line.text) if part.strip()]
    read = [part for part in parts if part is not None]
    dated = any(sign.field in {"published", "modified"} for part in read for sign in part)
    return [sign for part in read for sign in part] if read and (dated or len(read) == len(parts)) else None


def _read_part(part: str, line: Line) -> list[Sign] | None:
    """As `read_line`, for a part of a line between bars."""
    dates = list(days_of(part, line.day_first))
    if dates:
        return _read_dates(part, dates, line)
    if match := LABEL.match(part):
        field = label_of(match["label"]) or ("title" if match["label"].lower().endswith("immediate release") else None)
        if field:
            return labelled(field, match["value"], line.read)
    rest = bare(part)
    names = part != line.text or BYLINE.match(rest) or is_outlet(rest.split(",", maxsplit=1)[0])
    return read_names(rest, line) if names else None


def _read_dates(part: str, dates: Sequence[tuple[re.Match[str], date]], line: Line) -> list[Sign] | None:
    """Dates by the labels in front of them, and the names about them; None when other words stand there."""
    signs: list[Sign] = []
    at = 0
    ranks: list[int] = []
    for match, day in dates:
        before = bare(part[at : match.start()])
        field = label_of(before)
        unknown = part[at : match.start()].rstrip().endswith(":")
        about = (None if unknown else read_names(before, line)) if before and field is None else []
        if about is None and (ranks or not _may_head(before)):
            break
        ranks.append(LABELLED if field else PLAIN if about is not None else IMPLIED)
        signs += [*(about or []), *dated(field or "published", day, part, ranks[-1], line.read)]
        at = match.end()
    if not ranks or (LABELLED not in ranks and len({day for _, day in dates}) > 1):
        return None  # "Born 3 April 1938; died 11 January 2022"
    rest = bare(part[at:])
    labelled = any(sign.rank == LABELLED for sign in signs) or re.match(r"\w[\w ]{1,20}:", rest)
    if not rest or labelled or len(ranks) < len(dates):
        return signs
    after = read_names(rest, line)
    return None if after is None else signs + after


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
        after = CLOCK.sub("", line.text[match.end() :]).lstrip()
        apart = not before or before.endswith((",", "—", "–", "-", "(", " of"))
        if apart and after[:1] in {"", *",—–-(|)"}:
            return [Sign("published", IMPLIED if before.endswith("of") else PLAIN, line.read(day.isoformat()))]
    return []


def _follows_names(rest: str) -> bool:
    """Whether behind the names of authors there is no more than their post, their outlet or where they are."""
    rest = re.sub(r"^(?:,| in| for) ", "", rest)
    return not rest or is_place(rest) or is_outlet(rest) or is_post(rest)
