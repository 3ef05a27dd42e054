"""Time expressions in news prose and the calendar dates they stand for.

Found by rules, since a general finder takes "may", "march" and "80th" for dates.
Counted from the publication date, or, "the following day" and "two years later",
from the time that the text named just before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from itertools import takewhile

from babel import Locale

from index import resolve
from index.days import ANY_YEAR, DAY, DAY_MONTH, MONTH, WEEKDAY, day_in, is_day_first
from index.expressions import TIME_WORDS
from index.records import TimeMention
from index.resolve import FEAST, SHORT_DAY
from index.tense import is_future, sentence_around
from index.times import Granularity, bounds, granularity_of

_COMPLETE: dict[str, Callable[[str], str | None]] = {
    "full": resolve.full,
    "month_year": resolve.month_year,
    "year": resolve.year,
    "season_year": resolve.season_year,
    "quarter_year": resolve.quarter_year,
    "nth_year": resolve.nth_year,
    "known": resolve.known,
    "old_year": resolve.year,
    "decade": resolve.decade,
    "century": resolve.century,
}
Count = Callable[[str, date, bool], str | None]
"""What words stand for, counted from a day, in a sentence that looks ahead or not."""
_FROM_REPORT: dict[str, Count] = {
    "day_month": resolve.day_month,
    "weekday": resolve.weekday,
    "weekday_of_week": resolve.weekday_of_week,
    "nth": resolve.nth,
    "month": resolve.month,
    "bare_month": resolve.month,
    "season": resolve.season,
    "quarter": resolve.quarter,
    "relative": resolve.relative,
    "day": resolve.day,
    "ago": resolve.shifted,
    "span": resolve.span,
    "turn": resolve.turn,
    "two_digit": resolve.two_digit,
    "feast": resolve.feast,
    "short_decade": resolve.short_decade,
}
_FROM_TEXT: dict[str, Count] = {
    "that": resolve.relative,
    "that_weekday": resolve.weekday,
    "later": resolve.shifted,
}
_BY_TENSE = frozenset("day_month weekday that_weekday nth month bare_month season quarter feast".split())
"""Kinds that mean another day in a sentence that looks ahead."""
_FINE: dict[str, frozenset[Granularity]] = {
    "day": frozenset({"day"}),
    "month": frozenset({"day", "month"}),
    "year": frozenset({"day", "month", "quarter", "year"}),
}
"""How fine a time must be for others to be counted from it, by their unit."""
_REACH = 300
"""Characters back to the time that "the following day" is counted from; further back, it may be another's."""
_CAPITALISED = frozenset(
    "weekday that_weekday weekday_of_week nth nth_year day_month month_year range month bare_month feast".split()
)
_NAMED = re.compile(rf"{MONTH}|{WEEKDAY}|{FEAST}|{SHORT_DAY}", re.I)
_ALSO_A_NAME = frozenset({"March", "April", "May", "June", "August"})
_ANOTHER_MONTH = re.compile(rf"\b{MONTH} (?:and|or|to|through|until) $")
_A_MONTH_OF = re.compile(r"(?:\b(?:an?|the|this|every|for|through|around|about|than|and|or|year[’']s)\s|[-(])$")
_WITH_ANOTHER = re.compile(rf"(?:\s(?:and|or|to|through|until)\s|[-–]){MONTH}")
_UNITS = {
    named
    for locale in ("en", "en_GB")
    for unit in Locale.parse(locale).unit_display_names.values()
    if re.fullmatch(r"(?!of |light|quarters)[a-z-]{3,}( [a-z]{3,})?", named := unit.get("long", ""))
}
_CODES = "|".join(Locale("en").currencies)
_NUMBERED = re.compile(
    rf"(?:\b(?:{_CODES}|Rs|K?[Ss]h|[Kk]r)\.?|[¥₹₽₩₺₴₦#]|\b(?:Vision|Agenda|Horizon|Windows|Article|Section|Route|[Nn]o\.|[Nn]umber"
    r"|[Rr]oom|[Ff]light|[Pp]age|[Bb]us|[Hh]ighway|[Gg]ate|[Uu]nit|[Ss]uite|[Cc]hannel|[Mm]odel))\s?$"
)
"""What is counted, priced or named by the number behind it."""
_COUNTED = re.compile(
    rf"[\s-]?(?:{'|'.join(sorted(_UNITS, key=len, reverse=True))}|km|kg|mph|MW|m|ft|lbs?|dollars|euros|rupees|yen|yuan|pesos"
    r"|[A-Z]{1,3}T|UTC|hrs?|local\stime)\b|\s(?:[A-Z][a-z]+\s){1,3}(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Drive|Lane)\b"
)
"""A unit, a currency, a zone of time or a street behind a number."""
_MANY = re.compile(
    r"\b(?:more than|over|some|about|nearly|almost|at least|up to|fewer than|less than|only|another|other|all)\s$", re.I
)
_MORE = re.compile(r"\s(?:[a-z]+\s)?(?:[a-z]+(?<![sui])s|people|men|women|children)\b")
_SECTION = re.compile(r" [A-Z]\w*[a-z]")
_MEASURE = re.compile(
    r"\b(?:total|population|sum|average|number|force|cost|price|height|depth|length|distance|speed|capacity|maximum|minimum|size"
    r"|weight|score|fine|crowd|army|fleet|garrison)\s+of\b",
    re.I,
)
_SEASON = re.compile(r"\b(?:season|campaign|league|cup|title|champion\w*|school|academic|term|goals|club)\b", re.I)
_ENDED = re.compile(r"\W{1,3}(?:which\s|that\s)?(?:ended|ending|ends|to)\s(?:on\s)?(" + DAY_MONTH + ")")
_MONEY = re.compile(
    r"[$€£%]|\b(?:percent|per cent|revenues?|profits?|earnings|sales|growth|econom\w+|GDP|output)\b", re.I
)
_HEAT = re.compile(r"\b(?:degrees|temperatures?|highs|lows|Fahrenheit)\b", re.I)
_STATE = re.compile(r"\b(?:is|are|can|do|does|has|have|seems?|remains?|exists?|includes?|knows?|needs?|there[’']s)\b")
_DEED = re.compile(r"\b(?:was|were|had|said|told|[a-z]{3,}ed|will|would|this \w+ today|earlier today|meets?)\b", re.I)
"""In a sentence of states, without a deed, "today" is these days and no day."""
_IN_SENTENCE: dict[str, Callable[[str, str], bool]] = {
    "quarter": lambda words, around: "half" in words or bool(_MONEY.search(around)),
    "short_decade": lambda words, around: not _HEAT.search(around),
    "day": lambda words, around: (
        words not in {"today", "overnight"} or not _STATE.search(around) or bool(_DEED.search(around))
    ),
}
"""Whether the words, in small letters, are a time in their sentence."""


def find_mentions(text: str, published: date | None) -> tuple[TimeMention, ...]:
    """Time expressions of `text` in order, each resolved; what cannot be resolved is left out.

    Without a publication date only expressions that are complete in themselves, or counted from one, are returned.
    """
    found: list[TimeMention] = []
    at, day_first = 0, is_day_first(text)
    while match := TIME_WORDS.search(text, at):
        kind, at = match.lastgroup or "", match.end()
        if found and match.start() < found[-1].end:
            continue
        if kind == "full":
            if day := day_in(match[0], day_first):
                found.append(TimeMention(match.start(), match.end(), match[0], day.isoformat(), None))
            elif not re.search(MONTH, match[0], re.I):
                at = match.start() + 1  # "12 votes 2019": no date of any language, but a year
        elif _is_time(kind, match, text):
            found += _read(kind, match, published, found)
    return tuple(found)


def _is_time(kind: str, match: re.Match[str], text: str) -> bool:
    """Whether what was matched is one: "May" and not "may", Sunday and not the Sunday section."""
    start, end = match.span()
    if kind in _CAPITALISED:
        name = _NAMED.search(match[0])
        if name is None or not name[0][0].isupper():
            return False
    before = text[max(0, start - 20) : start]
    if kind == "bare_month":
        also = _ANOTHER_MONTH.search(before) or _WITH_ANOTHER.match(text, end)
        also = also or (match[0] != "March" and _A_MONTH_OF.search(before))
        return match[0] not in _ALSO_A_NAME or bool(also)
    if kind == "year":
        return _is_year(before, text[end : end + 60])
    if kind in {"later", "around"}:
        return "hour" not in match[0].lower()
    if kind == "old_year":
        return not _MEASURE.search(match[0])
    if kind == "weekday":
        return not (text.endswith("the ", 0, start) and _SECTION.match(text, end))
    fits = _IN_SENTENCE.get(kind)
    return fits is None or fits(match[0].lower(), text[slice(*sentence_around(text, start, end))])


def _is_year(before: str, after: str) -> bool:
    """Whether four digits between these are one, and no count, price, time of day, house or room."""
    if _NUMBERED.search(before) or (_MANY.search(before) and _MORE.match(after)):
        return False
    if re.search(r"\b(?<!as\s)at\s$", before, re.I):
        return bool(re.match(r"\s(?:prices|levels|rates|values|exchange)\b", after))
    return bool(re.search(r"\b(?:in|since|year)\s$", before, re.I)) or not _COUNTED.match(after)


def _read(kind: str, match: re.Match[str], published: date | None, found: list[TimeMention]) -> Iterator[TimeMention]:
    """What was matched, resolved; `found` is what stands before it."""
    text, (start, end) = match.string, match.span()
    if kind == "range":
        yield from _range(match, published)
        return
    if kind == "month":
        named = re.search(rf"(?:(?:later |earlier )?(?:last|next|this)(?: past)? )?{MONTH}.*$", match[0], re.I)
        start += named.start() if named else 0
    elif kind == "old_year":
        start = end - 4
    words, base, resolved = " ".join(text[start:end].split()), None, None
    if kind in _COMPLETE:
        resolved = _COMPLETE[kind](words)
    elif kind == "years":
        resolved = resolve.years(words, bool(_SEASON.search(text[slice(*sentence_around(text, start, end))])))
    elif kind == "fiscal":
        resolved = resolve.fiscal(words, ended[1]) if (ended := _ENDED.match(text, end)) else None
    elif kind == "short_year":
        resolved = _short_year(words, text[start - 5 : start - 1])
    elif kind == "around":
        end, resolved, base = _around(match, published)
    elif kind in _FROM_TEXT and (anchor := _anchor(words, start, found)):
        base = anchor.resolved
        resolved = _FROM_TEXT[kind](words, bounds(base)[0], False)
        if (
            resolved
            and kind == "later"
            and published
            and bounds(resolved)[0] > published
            and not is_future(text, start, end)
        ):
            return  # told of as done, so counted from another time than the last one named
    elif published is not None and (kind in _FROM_REPORT or (kind == "that_weekday" and words.startswith("the "))):
        base, count = published.isoformat(), (_FROM_REPORT.get(kind) or _FROM_TEXT[kind])
        future = kind in _BY_TENSE and is_future(text, start, end)
        near = text[max(0, start - 40) : end + 40]
        if kind == "day_month" and not future and (day := resolve.known_day(words, published, near)):
            base, resolved = None, day
        else:
            resolved = count(words, published, future)
    if resolved is not None:
        yield TimeMention(start, end, text[start:end], resolved, base)


def _anchor(words: str, start: int, found: list[TimeMention]) -> TimeMention | None:
    """The last time before `start` that is fine enough for `words` to be counted from."""
    fine = _FINE[
        "year" if re.search(r"year|decade|centur", words, re.I) else "month" if "month" in words.lower() else "day"
    ]
    near = takewhile(lambda mention: start - mention.end <= _REACH, reversed(found))
    return next((mention for mention in near if granularity_of(mention.resolved) in fine), None)


def _around(match: re.Match[str], published: date | None) -> tuple[int, str | None, str | None]:
    """ "Two days after June 3", "the day after Easter": where it ends, what it stands for, and from when."""
    following = TIME_WORDS.match(match.string, match.end())
    if following is None or following.lastgroup not in {*_COMPLETE, *_FROM_REPORT, "range"}:
        return match.end(), None, None
    mention = next(_read(following.lastgroup, following, published, []), None)
    if mention is None or _anchor(match[0], mention.end, [mention]) is None:
        return match.end(), None, None
    return mention.end, resolve.shifted(match[0], bounds(mention.resolved)[0], False), mention.resolved


def _range(match: re.Match[str], published: date | None) -> Iterator[TimeMention]:
    """Both days of "June 20 to 22, 2021": each is one that can be asked for."""
    words, future = match[0], is_future(match.string, *match.span())
    month, year = re.search(MONTH, words, re.I), re.search(rf"{ANY_YEAR}$", words)
    days = list(re.finditer(rf"(?<!\d){DAY}(?!\d)", words[: year.start() if year else None]))
    assert month is not None  # the pattern contains one
    for day, start, end in ((days[0], 0, days[0].end()), (days[1], days[1].start(), len(words))):
        named, base, resolved = f"{day[0]} {month[0]}", None, None
        if year is not None:
            resolved = resolve.full(f"{named} {year[0]}")
        elif published is not None:
            base, resolved = published.isoformat(), resolve.day_month(named, published, future)
        if resolved is not None:
            yield TimeMention(match.start() + start, match.start() + end, words[start:end], resolved, base)


def _short_year(words: str, before: str) -> str | None:
    """The second year of "2008-9"; None for the month of "2008-03" and for what does not come after."""
    year = before[: 4 - len(words)] + words
    follows = int(year) == int(before) + 1 or (int(year) > int(before) and not 0 < int(words) <= 12)
    return year if follows or (len(words) == 1 and int(year) > int(before)) else None
