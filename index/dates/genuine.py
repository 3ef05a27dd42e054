"""Whether words that look like a time are one: "May" and not "may", 1930 and not 1930 GMT, in June and not June."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from index.dates.days import MONTH, WEEKDAY
from index.dates.feasts import FEAST
from index.dates.resolve import SHORT_DAY
from index.dates.tense import sentence_around

_CAPITALISED = frozenset(
    "weekday that_weekday weekday_of_week nth nth_year day_month month_year range month bare_month feast".split()
)
_NAMED = re.compile(rf"{MONTH}|{WEEKDAY}|{FEAST}|{SHORT_DAY}", re.I)
_ALSO_A_NAME = frozenset({"March", "April", "May", "June", "August"})
_ANOTHER_MONTH = re.compile(rf"\b{MONTH} (?:and|or|to|through|until) $")
_A_MONTH_OF = re.compile(r"(?:\b(?:an?|the|this|every|for|through|around|about|than|year[’']s)\s|[-(])$")
_WITH_ANOTHER = re.compile(rf"(?:\s(?:and|or|to|through|until)\s|[-–]){MONTH}")
_MANY = re.compile(
    r"\b(?:more than|over|some|about|nearly|almost|at least|up to|fewer than|less than|only|another|other|all)\s$", re.I
)
_MORE = re.compile(r"\s(?:[a-z]+\s)?(?:[a-z]+(?<![sui])s|people|men|women|children)\b")
_SECTION = re.compile(r" [A-Z]\w*[a-z]")
_MEASURE = re.compile(
    r"\b(?:total|population|sum|average|number|force|cost|price|height|depth|length|distance|speed|capacity"
    r"|maximum|minimum|size|weight|score|fine|crowd|army|fleet|garrison)\s+of\b",
    re.I,
)
_TIME_OF_DAY = re.compile("hour|minute", re.I)
_NOT_WITH = {"later": _TIME_OF_DAY, "around": _TIME_OF_DAY, "old_year": _MEASURE}
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


def is_time(kind: str, match: re.Match[str], text: str) -> bool:
    """Whether what was matched is one: "May" and not "may", Sunday and not the Sunday section."""
    start, end = match.span()
    name = _NAMED.search(match[0]) if kind in _CAPITALISED else None
    if kind in _CAPITALISED and (name is None or not name[0][0].isupper()):
        return False
    before, after = text[max(0, start - 20) : start], text[end : end + 60]
    if kind in _NOT_WITH:
        return not _NOT_WITH[kind].search(match[0])
    if kind == "bare_month":
        return match[0].capitalize() not in _ALSO_A_NAME or _is_month(match[0], before, after)
    if kind == "year":
        return _is_year(before, after)
    if kind == "weekday":
        return not (before.lower().endswith("the ") and _SECTION.match(text, end))
    fits = _IN_SENTENCE.get(kind)
    return fits is None or fits(match[0].lower(), text[slice(*sentence_around(text, start, end))])


@cache
def _numbered() -> re.Pattern[str]:
    """What is priced or named by the number behind it; the codes of currencies are CLDR's."""
    from babel import Locale

    return re.compile(
        rf"(?:\b(?:{'|'.join(Locale('en').currencies)}|Rs|K?[Ss]h|[Kk]r)\.?|[¥₹₽₩₺₴₦#]"
        r"|\b(?:Vision|Agenda|Project|Horizon|Windows|Article|Section|Route|[Nn]o\.|[Nn]umber|[Rr]oom|[Ff]light|[Pp]age|[Bb]us"
        r"|[Hh]ighway|[Gg]ate|[Uu]nit|[Ss]uite|[Cc]hannel|[Mm]odel|[Nn]ovel|[Ff]ilm|[Mm]ovie))\s?$"
    )


@cache
def _counted() -> re.Pattern[str]:
    """A unit, a currency, a zone of time or a street behind a number; the names of units are CLDR's."""
    from babel import Locale

    units = {
        named
        for locale in ("en", "en_GB")
        for unit in Locale.parse(locale).unit_display_names.values()
        if re.fullmatch(r"(?!of |light|quarters)[a-z-]{3,}( [a-z]{3,})?", named := unit.get("long", ""))
    }
    return re.compile(
        rf"[\s-]?(?:{'|'.join(sorted(units, key=len, reverse=True))}|km|kg|mph|MW|m|ft|lbs?|dead|dollars|euros|rupees"
        r"|yen|yuan|pesos|[A-Z]{1,3}T|UTC|hrs?|local\stime)\b"
        r"|-(?:foot|inch|[a-z]*met(?:er|re)|mile|pound|ton|acre|page|seat|strong)\b"
        r"|\s(?:[A-Z][a-z]+\s){1,3}(?:Street|St|Avenue|Ave|Road|Rd|Drive|Lane)\b"
    )


def _is_month(name: str, before: str, after: str) -> bool:
    """Whether a month that is a name of people as well stands as the months do."""
    with_another = _ANOTHER_MONTH.search(before) or _WITH_ANOTHER.match(after)
    return bool(with_another or (name.capitalize() != "March" and _A_MONTH_OF.search(before)))


def _is_year(before: str, after: str) -> bool:
    """Whether four digits between these are one, and no count, price, time of day, house or room."""
    if _numbered().search(before) or (_MANY.search(before) and _MORE.match(after)):
        return False
    if re.search(r"\b(?<!as\s)at\s$", before, re.I):
        return bool(re.match(r"\s(?:prices|levels|rates|values|exchange)\b", after))
    return bool(re.search(r"\b(?:in|since|year)\s$", before, re.I)) or not _counted().match(after)
