"""Which encoding a text is in that is not Unicode: weighed by the languages' words and letters, or not told at all."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

SAMPLE_BYTES = 60_000
"""Bytes from which an encoding is told."""
MIN_SCORE = 0.75
"""Of 1, under which nothing was recognised."""
MIN_LEAD = 0.04
"""Of a candidate's score before that of the next one which gives another text."""
MIN_LOCAL_LEAD = 0.25
"""The same in those characters alone in which the two texts differ."""
MIN_KNOWN = 0.12
"""Share of the words that must be frequent ones of some language."""
RARE = 0.002
"""Share of a language's frequent words that a letter must stand in to be one of its own."""

_WESTERN = ("cp1252", "mac_roman", "cp850")
_CENTRAL = ("cp1250", "iso8859_2", "cp852")
_CYRILLIC = ("cp1251", "koi8_u", "cp866", "iso8859_5", "mac_cyrillic")
_BALTIC = ("cp1257", "iso8859_13")
CUSTOMARY: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("English", "German", "French", "Spanish", "Portuguese", "Italian", "Dutch", "Danish", "Swedish",
                     "Norwegian_Bokmal", "Finnish", "Icelandic", "Catalan"), (*_WESTERN, "iso8859_15")),
    **dict.fromkeys(("Polish", "Czech", "Slovak", "Hungarian", "Slovenian", "Croatian", "Romanian"), _CENTRAL),
    **dict.fromkeys(("Russian", "Ukrainian", "Bulgarian", "Serbian", "Macedonian", "Belarusian"), _CYRILLIC),
    **dict.fromkeys(("Estonian", "Latvian", "Lithuanian"), _BALTIC),
    "Greek": ("cp1253", "iso8859_7"), "Turkish": ("cp1254", "iso8859_9"), "Hebrew": ("cp1255", "iso8859_8"),
    "Arabic": ("cp1256", "iso8859_6"), "Persian": ("cp1256",), "Korean": ("cp949",), "Vietnamese": ("cp1258",),
}  # fmt: skip
"""The encodings that texts of a language were saved in, the most customary first.

Source: the default encodings of browsers by locale (HTML Standard, "determining the character encoding"), and beside
them those of MS-DOS and the Macintosh.
"""
_WIDE = {
    "cp932": "Japanese", "euc_jp": "Japanese", "gb18030": "Chinese", "big5hkscs": "Chinese", "cp874": "Thai",
}  # fmt: skip
"""Encodings of languages that write no spaces: told by their most frequent characters."""
# What a label means in practice, as browsers read it (the WHATWG Encoding Standard).
_MEANT = {
    "ascii": "utf-8", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030",
    "euc_kr": "cp949", "shift_jis": "cp932",
}  # fmt: skip
# Escapes and name encodings of Python's own, which no mail means, and of which two take quadratic time.
_NO_CHARSETS = frozenset({"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined"})
_PUNCTUATION = frozenset(
    "‘’‚“”„‹›«»–—…•·§°©®™€£¥№¿¡ªº½¼¾²³×±†‰\xa0\xad\u200e\u200f、。「」『』，．：；？！（）《》〈〉・ー〜‥　～"
)
_BEFORE_WORDS = frozenset("£€¥§‰±×¡¿†№½¼¾„‚")
"""Those that follow no letter."""
_NO_THAI = re.compile(r"[A-Za-z][\u0e01-\u0e4e]|(?<![\u0e01-\u0e4e])[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]")
"""Thai letters glued to Latin ones, and vowel signs and tone marks that stand on none."""
_LETTERS = frozenset({"Lo", "Mn", "Lm"})
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Detected:
    """An encoding that fits, and the text by it."""

    encoding: str
    text: str


@dataclass(frozen=True, slots=True)
class _Reading:
    """A text by one encoding, as one of a language."""

    encoding: str
    text: str
    likely: tuple[float, ...]
    """Of each character beyond ASCII, from 0 to 1."""
    known: float
    """Share of the words that are frequent ones of the language."""
    rank: int = 0
    """How customary the encoding is for the language; 0 is the most."""

    @property
    def letters(self) -> float:
        """How likely its characters beyond ASCII are on the whole."""
        return sum(self.likely) / len(self.likely) if self.likely else 1.0

    def score(self, most: float) -> float:
        """From 0 to 1; `most` is the largest `known` of all readings with likely letters."""
        return self.letters * (0.4 + 0.6 * min(1.0, self.known / most)) - 0.01 * self.rank


def detect_encoding(data: bytes) -> tuple[Detected | None, tuple[str, ...]]:
    """The encoding that `data` is in, if one is sure, and the names of the likeliest ones in falling order.

    None when nothing is recognised, or when two that give different texts are nearly as likely.
    """
    lines = data[: data.rfind(b"\n", 0, SAMPLE_BYTES) + 1]
    sample = data if len(data) <= SAMPLE_BYTES else lines or data[:SAMPLE_BYTES]
    readings = list(_readings(sample))
    most = max((reading.known for reading in readings if reading.letters > MIN_SCORE), default=0.0) or 1.0
    best: dict[str, tuple[float, _Reading]] = {}
    for score, reading in sorted(((each.score(most), each) for each in readings), key=lambda pair: -pair[0]):
        best.setdefault(reading.text, (score, reading))
    ranked = list(best.values())
    names = tuple(dict.fromkeys(name_of(reading.encoding) for score, reading in ranked[:4] if score > 0.3))
    if not ranked or ranked[0][0] < MIN_SCORE or most < MIN_KNOWN:
        return None, names
    score, first = ranked[0]
    if any(score - other < MIN_LEAD and _lead(first, second) < MIN_LOCAL_LEAD for other, second in ranked[1:]):
        return None, names
    whole = _decoded(data, first.encoding)
    return (Detected(first.encoding, whole) if whole is not None else None), names


def _lead(first: _Reading, second: _Reading) -> float:
    """By how much the one is likelier in the characters in which they differ; 0 where those are not side by side."""
    if len(first.text) != len(second.text):
        return 0.0
    pairs = [(a, b) for a, b in zip(first.text, second.text, strict=True) if a > "\x7f"]
    leads = [one - other for (a, b), one, other in zip(pairs, first.likely, second.likely, strict=True) if a != b]
    return sum(leads) / len(leads)


def codec_of(charset: str) -> str | None:
    """Python's name of the encoding that a label means; None for one it does not know."""
    found = re.search(r"[A-Za-z0-9][\w.:+-]{0,40}", charset)
    try:
        name = codecs.lookup(found[0]).name if found else None
    except LookupError:
        return None
    return None if name in _NO_CHARSETS else _MEANT.get(name or "", name)


def name_of(encoding: str) -> str:
    """How an encoding is commonly called."""
    if re.fullmatch(r"cp125\d", encoding):
        return f"Windows-{encoding[2:]}"
    return encoding.upper().replace("ISO8859_", "ISO-8859-").replace("_", "-")


def _readings(data: bytes) -> Iterator[_Reading]:
    """Each candidate: `data` by an encoding, as a text of a language."""
    if b"\x1b$" in data and data.isascii():
        if text := _decoded(data, "iso2022_jp"):
            yield _Reading("iso2022_jp", text, (), 1.0)
        return
    if b"\0" in data:
        for encoding in ("utf_16_le", "utf_16_be"):
            if text := _decoded(data[: len(data) // 2 * 2], encoding):
                yield _Reading(encoding, text, (), _ordinary(text))
        return
    texts = {encoding: _decoded(data, encoding) for encodings in CUSTOMARY.values() for encoding in encodings}
    for language, encodings in CUSTOMARY.items():
        for rank, encoding in enumerate(encodings):
            if text := texts[encoding]:
                yield _Reading(encoding, text, *_fits(text, language), rank)
    for encoding, language in _WIDE.items():
        if text := _decoded(data, encoding):
            yield _Reading(encoding, text, *_fits_wide(text, language))


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    return None if re.search(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f]", text) else text


def _ordinary(text: str) -> float:
    """Share of characters that are letters, digits or marks of the two commonest blocks of 128, or ASCII."""
    blocks = Counter(ord(character) >> 7 if ord(character) < 0x3000 else 0x60 for character in text)
    return sum(count for _, count in blocks.most_common(2)) / len(text) if "\n" in text or " " in text else 0.0


def _fits(text: str, language: str) -> tuple[tuple[float, ...], float]:
    """How likely each character beyond ASCII is in a text of the language, and the share of frequent words."""
    frequent, letters, latin = _language(language)
    words = _WORD.findall(text.lower())
    known = sum(1 for word in words if word in frequent and (latin or not word.isascii())) / max(1, len(words))
    neighbours = _neighbours(CUSTOMARY[language][0])
    likely = (_likely(text, found.start(), letters, neighbours, latin) for found in re.finditer(r"[^\x00-\x7f]", text))
    return tuple(likely), known


def _likely(text: str, at: int, letters: frozenset[str], neighbours: frozenset[str], latin: bool) -> float:
    """How likely the character at this place is in a language with these letters, whose neighbours have those."""
    character, before, after = text[at], text[at - 1 : at], text[at + 1 : at + 2]
    if character.isalpha() and character not in "ªº":
        if before.isdigit() or after.isdigit() or (character.isupper() and before.islower()):
            return 0.0
        around = [each for each in (before, after) if each.isalpha()]
        if not latin and any(each.isascii() for each in around):
            return 0.0
        if latin and len(around) == 2 and not any(each.isascii() for each in around):
            return 0.2
        return 1.0 if character.lower() in letters else 0.7 if character.lower() in neighbours else 0.3
    if character not in _PUNCTUATION or (before.isalpha() and character in _BEFORE_WORDS):
        return 0.0
    return 0.0 if before.isalpha() and after.isalpha() and character not in "’·\xad\xa0" else 1.0


@cache
def _language(name: str) -> tuple[frozenset[str], frozenset[str], bool]:
    """The frequent words of a language, the letters beyond ASCII in them, and whether it is written in Latin ones."""
    from justext import get_stoplist

    words: frozenset[str] = frozenset(word.lower() for word in get_stoplist(name))
    counted = Counter(letter for word in words for letter in set(word) if letter > "\x7f")
    letters = frozenset(letter for letter, count in counted.items() if count >= max(1, RARE * len(words)))
    return words, letters, sum(1 for word in words if word.isascii()) > len(words) / 4


@cache
def _neighbours(encoding: str) -> frozenset[str]:
    """The letters in the upper half of an encoding, which its Windows form shares with ISO's: those of names from
    next door.
    """
    return frozenset(filter(str.isalpha, bytes(range(0xA0, 0x100)).decode(encoding, "ignore").lower()))


@cache
def _frequent(language: str) -> frozenset[str]:
    """The most frequent characters of a language."""
    from charset_normalizer.constant import FREQUENCIES

    return frozenset(letter for name, letters in FREQUENCIES.items() if name.startswith(language) for letter in letters)


def _fits_wide(text: str, language: str) -> tuple[tuple[float, ...], float]:
    """As `_fits`, for a language without spaces: frequent characters stand for frequent words."""
    strange = [character for character in text if character > "\x7f"]
    letters = [each for each in strange if unicodedata.category(each) in _LETTERS]
    kana = any("\u3040" <= each <= "\u30ff" for each in letters)
    if not letters or len(letters) < len(strange) / 2 or kana != (language == "Japanese") or _NO_THAI.search(text):
        return (0.0,), 0.0
    likely = (1.0 if each in _PUNCTUATION or unicodedata.category(each) in _LETTERS else 0.0 for each in strange)
    frequent = sum(1 for each in letters if each in _frequent(language)) / len(letters)
    return tuple(likely), frequent * len(letters) / (len(letters) + len(re.findall("[A-Za-z]", text)))
