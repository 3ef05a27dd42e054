"""Money and measures by their names and signs: those of CLDR, read once, when the first number is."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from math import nan
from typing import Literal

from qa import tuning
from qa.english.words import STOP_WORDS

MONEY, SHARE = "money", "share"
Units = frozenset[str]
"""What a name may stand for: "peso" for eight currencies, "pound" for currencies and a mass. Codes of CLDR."""
NONE: Units = frozenset()

_FACTORS: Mapping[str, Mapping[str, float]] = {
    SHARE: {"concentr-percent": 1},
    "time": {
        "duration-second": 1, "duration-minute": 60, "duration-hour": 3600, "duration-day": 86_400,
        "duration-week": 604_800, "duration-fortnight": 1_209_600, "duration-month": 2_629_746,
        "duration-year": 31_556_952, "duration-decade": 315_569_520, "duration-century": 3_155_695_200,
        "duration-night": nan,
    },
    "length": {
        "length-millimeter": 0.001, "length-centimeter": 0.01, "length-meter": 1, "length-kilometer": 1000,
        "length-inch": 0.0254, "length-foot": 0.3048, "length-yard": 0.9144, "length-mile": 1609.344,
        "length-nautical-mile": 1852,
    },
    "mass": {
        "mass-milligram": 1e-6, "mass-gram": 0.001, "mass-kilogram": 1, "mass-tonne": 1000, "mass-ton": 1000,
        "mass-carat": 0.0002, "mass-ounce": 0.028349523125, "mass-pound": 0.45359237, "mass-stone": 6.35029318,
    },
    "area": {
        "area-square-meter": 1, "area-hectare": 10_000, "area-square-kilometer": 1e6, "area-square-foot": 0.09290304,
        "area-acre": 4046.8564224, "area-square-mile": 2_589_988.110336,
    },
    "volume": {
        "volume-milliliter": 1e-6, "volume-centiliter": 1e-5, "volume-liter": 0.001, "volume-hectoliter": 0.1,
        "volume-cubic-meter": 1, "volume-cubic-kilometer": 1e9, "volume-cubic-foot": 0.028316846592,
        "volume-pint": nan, "volume-gallon": nan, "volume-barrel": 0.158987294928,
    },
    "speed": {
        "speed-meter-per-second": 3.6, "speed-kilometer-per-hour": 1, "speed-mile-per-hour": 1.609344,
        "speed-knot": 1.852,
    },
    "power": {
        "power-watt": 1, "power-kilowatt": 1e3, "power-megawatt": 1e6, "power-gigawatt": 1e9, "power-horsepower": nan,
    },
    "energy": {
        "energy-joule": 1, "energy-kilojoule": 1e3, "energy-kilowatt-hour": 3.6e6, "energy-kilocalorie": nan,
        "energy-calorie": nan,
    },
    "temperature": {"angle-degree": nan, "temperature-celsius": nan, "temperature-fahrenheit": nan},
    "data": {
        "digital-byte": 1, "digital-kilobyte": 1e3, "digital-megabyte": 1e6, "digital-gigabyte": 1e9,
        "digital-terabyte": 1e12,
    },
    "tension": {"electric-volt": 1},
    "frequency": {"frequency-hertz": 1, "frequency-kilohertz": 1e3, "frequency-megahertz": 1e6},
    "pressure": {"pressure-millibar": 1, "pressure-hectopascal": 1, "pressure-bar": 1e3},
}  # fmt: skip
"""How many of the first there are in each, kind by kind; nan where the name alone does not tell.

A year is one of 365.2425 days and a month its twelfth, so that twelve months are a year and 30 days no month. A ton is
taken for the tonne, as the press writes it: short and long tons are a tenth smaller and a sixtieth larger.
"""
_KIND = {code: kind for kind, factors in _FACTORS.items() for code in factors}
_ALSO = {
    "crown": "krona krone koruna króna kroon", "crowns": "krona krone koruna króna kroon", "reais": "real",
    "renminbi": "yuan", "kilo": "kilogram", "kilos": "kilogram", "percentage point": "percent",
    "percentage points": "percent", "kmh": "km/h", "sq km": "km²", "cent": "", "cents": "", "penny": "", "pence": "",
}  # fmt: skip
"""What English writes and CLDR does not: its own names for the same, none for small coins, which convert to nothing."""
_LENGTHS: tuple[Literal["long", "short"], ...] = ("long", "short")
_SPELLINGS = ("en", "en_GB")
_LETTERS = r"[^\W\d_]"
_BEFORE = re.compile(rf"(?<![^\W_])({_LETTERS}{{0,4}}\.?[^\w\s.,;:()\"'“”‘’-]|{_LETTERS}{{1,5}}\.?)\s?$")
_WORD = r"[^\s\d,;:()\"“”?!-][^\s,;:()\"“”?!-]*"
_BEHIND = re.compile(rf"[\s-]?({_WORD}(?:[ -]{_WORD}){{0,4}})")
_LONE = re.compile(r"[A-Z]")
"""A letter alone is as often the name of something: "G20"."""


@dataclass(frozen=True, slots=True)
class _Cldr:
    names: Mapping[str, Units]
    """In lower case."""
    signs: Mapping[str, Units]
    """Codes, signs and abbreviations as they are written."""


def kinds_of(units: Units) -> frozenset[str]:
    """`money`, `share`, `length`, `time`, ...: what they measure."""
    return frozenset(_KIND.get(unit, MONEY) for unit in units)


def unit_behind(text: str, at: int) -> tuple[int, Units]:
    """Where the unit right behind a number ends, and what it may be; `at` and none where there is none.

    One word with a capital may stand before the name of a currency that is nobody's in CLDR: "45 Orman crowns".
    """
    match = _BEHIND.match(text, at)
    words = re.findall(rf"[ -]|{_WORD}", match[1]) if match else []
    cldr = _cldr()
    for count in range(len(words), 0, -1):
        assert match is not None  # there are words
        phrase = "".join(words[:count])
        short = phrase.rstrip(".'’…*/")
        units = cldr.signs.get(phrase, NONE) | cldr.signs.get(short, NONE)  # the full stop of "500 kr." is either's
        units = units or cldr.names.get(short.replace("-", " ").lower(), NONE)
        if units and not (_LONE.fullmatch(short) and kinds_of(units) == {MONEY}):
            return match.start(1) + len(short), units
    if match and words[0][0].isupper() and len(words) > 2:
        units = cldr.names.get(words[2].rstrip(".'’").lower(), NONE)
        if kinds_of(units) == {MONEY}:
            return match.start(1) + len("".join(words[:2])) + len(words[2].rstrip(".'’")), units
    return at, NONE


def sign_before(text: str, at: int, digits: str) -> tuple[int, Units]:
    """Where the sign or code of a currency right before a number begins, and what it may be; else `at` and none."""
    match = _BEFORE.search(text[max(0, at - 8) : at])
    if match is None:
        return at, NONE
    sign = match[1] if match[1] in _cldr().signs else match[1].rstrip(".")
    units = _cldr().signs.get(sign) or _by_unicode(sign[-1:])
    few = len(re.sub(r"\D", "", digits)) < tuning.LONE_SIGN_DIGITS
    lone = _LONE.fullmatch(sign) and (few or not match[0].endswith(sign))
    if lone or kinds_of(units) != {MONEY}:
        return at, NONE
    return max(0, at - 8) + match.start(1), units


def units_named(words: str) -> Units:
    """Those of a name or sign that stands by itself; empty where it is none."""
    cldr = _cldr()
    return cldr.names.get(words.lower()) or cldr.signs.get(words, NONE)


def in_common(first: Units, second: Units) -> tuple[float, float] | None:
    """What the values of two numbers are multiplied by to be compared; None where their units measure different things.

    "5 pounds" is as many pounds sterling, or so many grams.
    """
    if first & second:
        return 1.0, 1.0
    for mine in first:
        for theirs in second:
            if mine in _KIND and _KIND[mine] == _KIND.get(theirs):
                return _FACTORS[_KIND[mine]][mine], _FACTORS[_KIND[mine]][theirs]
    return None


def _by_unicode(character: str) -> Units:
    """What a sign of a currency is named for: `TENGE SIGN`; the sign itself where CLDR has no such name."""
    if not character or unicodedata.category(character) != "Sc":
        return frozenset()
    name = unicodedata.name(character, "").removesuffix(" SIGN").lower()
    return _cldr().names.get(name) or _cldr().names.get(name.split(" ")[-1]) or frozenset({character})


@lru_cache(maxsize=1)
def _cldr() -> _Cldr:
    """Takes some 0.2 seconds.

    Source: CLDR by the library babel, of English and, for the signs, of the languages that territories speak.
    """
    names: dict[str, set[str]] = defaultdict(set)
    signs: dict[str, set[str]] = defaultdict(set)
    for name, code in _money_names():
        names[name.lower()].add(code)
        names[name.split()[-1].lower()].add(code)
    for sign, code in _money_signs():
        signs[sign].add(code)
        if unicodedata.category(sign[-1]) == "Sc":
            signs[sign[-1]].add(code)  # "$" alone is said of any dollar, "¥" of yen and yuan
    for name, code, written_out in _measures():
        (names if written_out else signs)[name.lower() if written_out else name].add(code)
    for name, same in _ALSO.items():
        names[name] |= {code for word in same.split() for code in (names.get(word) or signs.get(word) or ())}
        names[name] |= set() if same else {"coin"}
    return _Cldr(*({name: frozenset(codes) for name, codes in table.items()} for table in (names, signs)))


def _tender() -> frozenset[str]:
    """The codes of what is or was legal tender somewhere: not gold, funds or units of account."""
    from babel.core import get_global

    return frozenset(
        code for codes in get_global("territory_currencies").values() for code, _, _, legal in codes if legal
    )


def _money_names() -> Iterator[tuple[str, str]]:
    from babel.numbers import get_currency_name

    for locale, code, count in product(_SPELLINGS, _tender(), (1, 2)):
        yield re.sub(r"\s*\(.*", "", get_currency_name(code, count, locale)), code


def _money_signs() -> Iterator[tuple[str, str]]:
    from babel import Locale, localedata
    from babel.core import get_global

    tender, likely = _tender(), get_global("likely_subtags")
    yield from ((code, code) for code in tender)
    languages = (likely.get(f"und_{territory}", "").split("_") for territory in get_global("territory_currencies"))
    local = {parts[0] for parts in languages if parts[1:2] == ["Latn"]}
    for name in localedata.locale_identifiers():
        if name in local or name.startswith("en_"):
            signs = Locale.parse(name).currency_symbols
            yield from ((sign, code) for code, sign in signs.items() if code in tender and sign.strip("\u200b"))


def _measures() -> Iterator[tuple[str, str, bool]]:
    """Name, code, and whether the name is written out; no abbreviation that is an English word, as `in`."""
    from babel.units import format_unit

    for locale, code, length, count in product(_SPELLINGS, _KIND, _LENGTHS, (1, 2)):
        name = format_unit(count, code, length, locale=locale).replace(str(count), "").strip()
        if name not in STOP_WORDS:
            yield name, code, length == "long"


_NO_LENGTH = re.compile(
    r"\b(?:until|till|since|from|between|through|permanent\w*|indefinite\w*|forever|for life)\b", re.I
)
"""How an answer tells "how long" without a number of days."""


def tells_end(text: str) -> bool:
    """Whether it tells a length of time without a number: "until Sunday", "for life"."""
    return bool(_NO_LENGTH.search(text))


def has_one_of(kinds: frozenset[str], text: str) -> bool:
    ones = re.findall(r"\b(?:a|an|one|several|a few) (\w+)", text.lower())
    return any(kinds_of(units_named(word)) & kinds for word in ones)
