"""Whole articles in JSON lines: which of a record's fields is the text, the title, the day, by customary names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from typing import Any
from urllib.parse import urlsplit

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
_HTML = re.compile(r"</(?:p|div|article|body)\s*>|<br\s*/?>", re.I)


@dataclass(frozen=True, slots=True)
class Article:
    """One record as a document."""

    name: str
    text: str
    is_html: bool
    metadata: Mapping[str, Read]
    notes: tuple[str, ...]


def articles_of(text: str, lost: list[str]) -> Iterator[Article]:
    """The records of a file of JSON lines, or of one JSON array, if they are whole articles; else none.

    What could not be read, or has no text, is told in `lost`.
    """
    records = list(numbered_objects(text.removeprefix("\ufeff"), lost))
    key = _text_key([record for _, _, record in records])
    if key is None:
        return
    for what, number, record in records:
        if _shown(record.get(key)):
            yield _article(f"{what.lower()} {number}", record, key)
        else:
            lost.append(f"{what} {number} has no text in its field {key!r}, and was left out.")


def holds_articles(text: str) -> bool:
    """Whether `articles_of` gives any."""
    return next(articles_of(text, []), None) is not None


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


def _article(name: str, record: Mapping[str, Any], text_key: str) -> Article:
    used = {text_key}
    values: dict[str, Read] = {}
    for field, names in NAMES.items():
        if field == "text":
            continue
        found = [key for wanted in names for key in record if _plain(key) == wanted and key not in used]
        for key in found:
            if value := _value(field, record[key]):
                values[field] = Read(value, f"the record's field {key!r}")
                used.add(key)
                break
    if address := values.pop("address", None):
        outlet = outlet_of_address(urlsplit(address.value).hostname or "") if "://" in address.value else ""
        if outlet in OUTLETS_BY_DOMAIN.values():
            values.setdefault("outlet", Read(outlet, f"the address: {address.value}"))
    body = _shown(record[text_key])
    is_html = bool(_HTML.search(body))
    title = values["title"].value if "title" in values else ""
    if title and not is_html and not body.startswith(title):
        body = f"{title}\n\n{body}"
    left = [key for key, value in record.items() if key not in used and value not in (None, "", [], {})]
    notes = (f"Fields that were not read: {', '.join(left)}.",) if left else ()
    return Article(name, body, is_html, values, (f"Read as the text: the field {text_key!r}.", *notes))


def _value(field: str, value: Any) -> str:
    if field != "published":
        return " ".join(_shown(value).split())
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _day_of_seconds(value)
    return written_day(_shown(value)) or ""


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


def _plain(key: str) -> str:
    return re.sub(r"[\W_]", "", key).lower()
