"""Title, outlet, author and publication date, read from a plain text's own lines.

The lines in front of the body are taken apart by the kinds of things that stand in them: a date in any written form, a
clock time, a label, a person, an outlet, a place. A date with other words about it ("born on 14 June") is not the
document's. Every value says where it was read; what is nowhere is left out, never guessed from the file's age.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

import yaml

from index.dates.days import is_day_first
from index.load.header import read_header
from index.load.names import BY, has_small_word, is_name, is_outlet, label_of, persons_in
from index.load.outlets import AGENCIES
from index.load.signs import ELSEWHERE, IMPLIED, PLAIN, SITE, STATED, UPDATED, Line, Read, Sign
from index.load.values import ADDRESS, BYLINE, iso_day, labelled, of_address, outlet_sign

MAX_FOLDED = 5_000
"""Characters at the top in which a line that begins with white space may carry on a mail's header."""
MAX_LINE = 600
"""Characters of a line that are looked at; no header line is longer."""
_FOLD = "\x1a"
_FILE_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)([-_.]?)(\d\d)\2(\d\d)(?!\d)")
_MARKUP = re.compile(r"\[\[?(?:[^\]|]*\|)?([^\]|]*)(?:\]\]|\]\([^)]*\))")
_CREDIT = re.compile(r"\(?(?:Reporting|Written|Words|Text|Story) by\b")
_SUFFIX = re.compile(r"^(?P<title>.{12,}?)\s+(?P<mark>[|–—-])\s+(?P<outlet>[^|–—]{2,50})$")


def read_metadata(text: str, file_name: str) -> dict[str, Read]:
    """What `text` says of itself: `title` always, `outlet`, `author` and `published` (ISO date) where found."""
    signs, text = _front_matter(text)
    lines = list(_lines(text))
    read, candidates = read_header(lines, text)
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
        parts = [one.get("name") if isinstance(one, dict) else one for one in _listed(value)]
        shown = ", ".join(str(part).strip("[]\u200b ") for part in parts if part and not isinstance(part, dict | list))
        field = "outlet" if key == "url" else label_of(str(key))
        read = partial(Read, origin=f"front matter: {key}")
        if field == "author" and shown:
            signs.append(Sign(field, STATED, read(re.sub(rf"^{BY}\s", "", shown, flags=re.I))))
        elif field and shown:
            signs += labelled(field, shown, read, STATED) or []
    return signs, "\n" * block[0].count("\n") + text[block.end() :]


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _lines(text: str) -> Iterator[Line]:
    day_first = is_day_first(text)
    # A line feed of its own kind keeps the numbers of the lines below right.
    folded = re.sub(r"(?m)^([A-Z][\w-]+:[^\n]*)\n[ \t]+(?=\S)", rf"\1{_FOLD}", text[:MAX_FOLDED])
    number = 1
    for raw in (folded + text[MAX_FOLDED:]).splitlines():
        shown = _MARKUP.sub(r"\1", raw[:MAX_LINE].replace(_FOLD, " ")).strip()
        bare = shown.strip("#*_>|").strip()
        if bare and bare != "---":
            yield Line(number, bare, shown.startswith("#"), day_first)
        number += 1 + raw.count(_FOLD)


def _of_title(candidates: Sequence[Line]) -> list[Sign]:
    """The headline among the lines that may be one, the outlet at its end, or on the line of capitals above it."""
    if not candidates:
        return []
    line = max(candidates, key=lambda one: (_headline_likeness(one), -one.number))
    above = [one for one in candidates if one.number < line.number and one.text.isupper() and one.words > 1]
    signs = outlet_sign(above[-1].text.split(",")[0], above[-1].read) if above and not line.text.isupper() else []
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
    found = [(match, line) for line in lines[-6:] if (match := ADDRESS.match(line.text))]
    signs = of_address(*found[-1]) if len({match["host"] for match, _ in found}) == 1 else []
    for line in lines[-3:]:
        byline = BYLINE.search(line.text) if _CREDIT.match(line.text) else None
        if byline and (names := persons_in(byline["names"].partition(";")[0].rstrip(" )."))[0]):
            signs.append(Sign("author", IMPLIED, line.read(names)))
    for line in reversed(lines[-3:]):
        name = line.text.strip("()[]-–— .")
        signs += outlet_sign(name if name in AGENCIES else None, line.read)
    return signs


def _of_file_name(file_name: str) -> list[Sign]:
    match = _FILE_DATE.search(file_name)
    day = iso_day(match[1], match[3], match[4]) if match else None
    return [Sign("published", ELSEWHERE, Read(day, f"the file's name: {file_name!r}"))] if day else []
