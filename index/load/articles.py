"""Whole articles in JSON lines: which of a record's fields is the text, the title, the day.

The user says so, else customary names do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from index.dates.days import either_day, is_day_first
from index.errors import LoadError
from index.load.evidence import written_day
from index.load.jsonl import numbered_objects
from index.load.outlets import OUTLETS_BY_DOMAIN, outlet_of_address
from index.load.signs import Read

MIN_ARTICLE = 300
"""Characters that the texts must have, half of them at least; shorter ones are notes or rows of a table."""
NAMES: dict[str, tuple[str, ...]] = {
    "text": (
        "text", "fulltext", "body", "articlebody", "bodytext", "content", "maintext", "articletext", "plaintext",
        "article", "story", "html", "bodyhtml",
    ),
    "title": ("title", "headline", "heading", "name", "webtitle"),
    "published": (
        "published", "publishedat", "publishedon", "datepublished", "publisheddate", "datepublish", "publishdate",
        "publicationdate", "pubdate", "webpublicationdate", "date", "createdat", "created", "timestamp",
    ),
    "outlet": ("outlet", "publisher", "publication", "newspaper", "sourcename", "source", "sitename", "site", "domain"),
    "author": ("author", "authors", "byline", "creator", "writer"),
    "address": ("url", "link", "address", "canonicalurl", "weburl", "sourceurl", "permalink", "uri"),
}  # fmt: skip
"""What fields are called in news interfaces and collections, the surest first, without regard to case and marks."""
FIELDS = "fields"
"""Among the origins of a document: which of a record's fields the user named, as JSON."""
KEYS_SHOWN = 20
_HTML = re.compile(r"</(?:p|div|article|body)\s*>|<br\s*/?>", re.I)


@dataclass(frozen=True, slots=True)
class Article:
    """One record as a document."""

    name: str
    text: str
    is_html: bool
    metadata: Mapping[str, Read]
    notes: tuple[str, ...]


def articles_of(text: str, lost: list[str], fields: Mapping[str, str] | None = None) -> Iterator[Article]:
    """The records of a file of JSON lines, or of one JSON array, if they are whole articles; else none.

    Where the field with the text is named, they are, however short.

    Args:
        text: Of the file.
        lost: Here is told what could not be read, or has no text, and which named key no record has.
        fields: Keys of the records by keys of `NAMES`, as the user names them; with dots for keys inside keys.

    Raises:
        LoadError: If the field named for the text holds none in any record, or other fields are named and nothing else
            tells which one is the text.
    """
    fields = fields or {}
    numbered = list(numbered_objects(text.removeprefix("\ufeff"), lost))
    records = [record for _, _, record in numbered]
    key = fields.get("text") or _text_key(records)
    if key is None and not fields:
        return
    if key is None or not any(_shown(_at(record, key)) for record in records):
        raise LoadError(_no_text(key, records))
    for field, named in fields.items():
        if all(_at(record, named) is None for record in records):
            lost.insert(
                0, f"No record has the field {named!r}, which you named as its {field}. {_choose(field, records)}"
            )
    day_first = is_day_first("\n".join(_shown(_at(r, k)) for r in records for k in _keys_of("published", r, fields)))
    for what, number, record in numbered:
        if _shown(_at(record, key)):
            yield _article(f"{what.lower()} {number}", record, key, fields, day_first)
        else:
            lost.append(f"{what} {number} has no text in its field {key!r}, and was left out.")


def holds_articles(text: str, fields: Mapping[str, str] | None = None) -> bool:
    """Whether `articles_of` gives any. Raises LoadError as it does."""
    return next(articles_of(text, [], fields), None) is not None


def _no_text(key: str | None, records: Sequence[Mapping[str, Any]]) -> str:
    """Why no article can be read though the user named fields, and what to do."""
    if key is None:
        why = f"Half of its records have no text of {MIN_ARTICLE} characters, so none of their fields is taken for it."
    else:
        why = f"No record has text in the field {key!r}, which you named as its text."
    return f"{why} {_choose('text', records)}"


def _choose(field: str, records: Sequence[Mapping[str, Any]]) -> str:
    keys = list(dict.fromkeys(key for record in records for key in _flat(record)))
    shown = ", ".join(keys[:KEYS_SHOWN]) + (f" and {len(keys) - KEYS_SHOWN} more" if len(keys) > KEYS_SHOWN else "")
    return (
        f"There are: {shown or 'none'}. Name one of them for this file: dateline add FILE --field {field}=KEY; or "
        f"none, to have it found by its name: --field {field}="
    )


def _at(record: Mapping[str, Any], key: str) -> Any:
    """What stands under a key, or with dots under a key inside another; None for nothing."""
    if key in record:
        return record[key]
    outer, _, inner = key.partition(".")
    return _at(record[outer], inner) if inner and isinstance(record.get(outer), dict) else None


def _flat(record: Mapping[str, Any], levels: int = 4) -> Iterator[str]:
    """The keys of what stands in a record and is not empty, those inside others behind dots."""
    for key, value in record.items():
        if isinstance(value, dict) and levels:
            yield from (f"{key}.{inner}" for inner in _flat(value, levels - 1))
        elif value not in (None, "", []):
            yield key


def _keys_of(field: str, record: Mapping[str, Any], fields: Mapping[str, str]) -> list[str]:
    """Where in a record a field may stand, the likeliest first: the key that the user names, else those of `NAMES`."""
    if field in fields:
        return [fields[field]]
    return [key for wanted in NAMES[field] for key in record if _plain(key) == wanted]


def _text_key(records: Sequence[Mapping[str, Any]]) -> str | None:
    """The field with the text: by its name, else the longest of all; None when half of the records have no long one."""
    if not records:
        return None
    lengths = {
        key: median(len(_shown(record.get(key))) for record in records)
        for key in dict.fromkeys(k for r in records for k in r)
    }
    long = [key for key, length in lengths.items() if length >= MIN_ARTICLE]
    named = sorted((NAMES["text"].index(_plain(key)), key) for key in long if _plain(key) in NAMES["text"])
    return named[0][1] if named else max(long, key=lambda key: lengths[key], default=None)


def _article(
    name: str, record: Mapping[str, Any], text_key: str, fields: Mapping[str, str], day_first: bool | None
) -> Article:
    body = _shown(_at(record, text_key))
    day_first = is_day_first(body) if day_first is None else day_first
    used = {text_key}
    values = {FIELDS: Read("", json.dumps(fields, sort_keys=True))} if fields else {}
    for field in NAMES:
        for key in _keys_of(field, record, fields) if field != "text" else ():
            if key in used and field not in fields:
                continue
            found = _at(record, key)
            if value := _value(field, found, day_first):
                values[field] = Read(value, f"the record's field {key!r}")
                used.add(key)
                break
            if field == "published" and (words := either_day(_shown(found))):
                values["doubt"] = Read(words, f"the record's field {key!r}: {words!r}")
    if address := values.pop("address", None):
        outlet = outlet_of_address(urlsplit(address.value).hostname or "") if "://" in address.value else ""
        if outlet in OUTLETS_BY_DOMAIN.values():
            values.setdefault("outlet", Read(outlet, f"the address: {address.value}"))
    is_html = bool(_HTML.search(body))
    title = values["title"].value if "title" in values else ""
    if title and not is_html and not body.startswith(title):
        body = f"{title}\n\n{body}"
    left = [key for key in _flat(record) if key not in used and key.partition(".")[0] not in used]
    notes = (f"Fields that were not read: {', '.join(left)}.",) if left else ()
    return Article(name, body, is_html, values, (f"Read as the text: the field {text_key!r}.", *notes))


def _value(field: str, value: Any, day_first: bool | None) -> str:
    if field != "published":
        return " ".join(_shown(value).split())
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _day_of_seconds(value)
    return written_day(_shown(value), day_first) or ""


def _day_of_seconds(value: float) -> str:
    """The day, in UTC, of a time in seconds or milliseconds since 1970; "" for a number that is none."""
    seconds = value / 1000 if value > 1e11 else value
    return datetime.fromtimestamp(seconds, UTC).date().isoformat() if 1e8 < seconds < 1e10 else ""


def _shown(value: Any) -> str:
    """A field's value as text: a list's values with commas, and of an object what it is called."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list):
        return ", ".join(filter(None, map(_shown, value)))
    if isinstance(value, dict):
        return next((_shown(value[key]) for key in ("name", "title", "text", "value") if value.get(key)), "")
    return ""


@lru_cache(maxsize=10_000)
def _plain(key: str) -> str:
    return re.sub(r"[\W_]", "", key).lower()
