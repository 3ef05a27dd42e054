"""News pages as they are on the web: is the article found, with its title, author and date?

Source: the test pages of mozilla/readability, with what Readability makes of them.
"""

from __future__ import annotations

import gzip
import re
import tempfile
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from evals.digest import digest_of
from evals.measures.facts import token_f1
from evals.records import Ask, Item, Result, Value
from evals.suites.files import SYSTEM, describe, load_measured
from evals.suites.rows import Row, Text, find_set, read_rows, wrong_field
from index.errors import LoadError
from index.load import load_document
from index.pipeline import OnProgress
from index.records import Document
from qa.settings import Settings

NAME = "news_html"
TRAFILATURA = "trafilatura"
TRUTH = "truth.jsonl"
COMPARABLE = (
    "The truth is Readability's own output on its own test pages, so a number here says how near Dateline comes to "
    "Readability, not to what a person would mark. Readability itself would score 1 throughout and is no fair rival. "
    "Some of its bylines hold a date or other words beside the author. Papers on the extraction of articles measure "
    "on other pages and with hand-made truth: their numbers cannot be compared with these."
)
_INLINE = frozenset(
    "a abbr b bdi bdo cite code data del dfn em font i ins kbd mark q s samp small span strong sub sup time u var "
    "wbr".split()
)
"""Tags that do not end a word: "<b>W</b>hale" is one."""
_UNREAD = frozenset({"script", "style", "template"})
_BY = re.compile(r"^\s*by\b[\s:]*", re.I)


class _Metadata(Row):
    title: str | None = None
    byline: str | None = None
    publishedTime: str | None = None
    readerable: bool = False


class _Line(Row):
    file: Text
    metadata: _Metadata
    expected_html: str


@dataclass(frozen=True, slots=True)
class Truth:
    """What Readability says of a page; None where it says nothing."""

    title: str | None
    byline: str | None
    published: date | None
    """The calendar day as it is written in the page, in its own time zone."""
    body: str


@dataclass(frozen=True, slots=True)
class NewsHtmlSuite:
    """One case a page; its kind is whether Readability takes it for an article."""

    folder: Path
    items: tuple[Item, ...]
    truths: Mapping[str, Truth]
    sha256: str
    name: str = NAME
    systems: tuple[str, ...] = (SYSTEM, TRAFILATURA)
    comparable: str = COMPARABLE

    @contextmanager
    def open(
        self, systems: Sequence[str], settings: Settings, items: Sequence[Item], on_progress: OnProgress | None = None
    ) -> Iterator[Mapping[str, Ask]]:
        """The pages are unpacked one at a time into a folder that is gone afterwards."""
        with tempfile.TemporaryDirectory(prefix="dateline-pages-") as unpacked:
            loads: dict[str, Callable[[Path], Document]] = {SYSTEM: load_document, TRAFILATURA: load_by_trafilatura}
            yield {name: partial(self._ask, name, loads[name], Path(unpacked)) for name in systems}

    def _ask(self, system: str, load: Callable[[Path], Document], unpacked: Path, item: Item) -> Result:
        truth, page = self.truths[item.id], unpacked / f"{item.id}.html"
        page.write_bytes(gzip.decompress((self.folder / "html" / f"{item.id}.html.gz").read_bytes()))
        try:
            loaded = load_measured(page, load)
        finally:
            page.unlink()
        compared = compare(truth, loaded.document)
        wrong = tuple(f"the {name} is not that of the truth" for name in _DETAILS if compared[name] is False)
        shown: dict[str, Any] = {
            "expected": {
                "title": truth.title,
                "author": truth.byline,
                "published": truth.published.isoformat() if truth.published else None,
                "characters": len(truth.body),
            },
            "read": describe(loaded.document) if loaded.document else None,
        }
        return Result(system, item, loaded.measures | compared, loaded.reasons + wrong, shown)


def read_news_html(folder: Path) -> NewsHtmlSuite:
    """The pages in `folder`/news_html, or in `folder` itself.

    Raises:
        UserFacingError: If they or their truth are not there, or a line of it does not fit.
    """
    root = find_set(folder, NAME, TRUTH)
    items, truths = [], {}
    parts: list[str | bytes] = []
    for where, row in read_rows(root / TRUTH, _Line):
        name = Path(row.file).name.removesuffix(".html.gz")
        try:
            parts += [repr(row), (root / "html" / f"{name}.html.gz").read_bytes()]
        except OSError as error:
            raise wrong_field(where, "file", f"the page {row.file!r} cannot be read ({error.strerror})") from error
        about = row.metadata
        day = _day(about.publishedTime, where)
        truths[name] = Truth(about.title or None, about.byline or None, day, text_of(row.expected_html))
        items.append(Item(name, "readerable" if about.readerable else "not readerable", name))
    return NewsHtmlSuite(root, tuple(items), truths, digest_of(*parts))


def load_by_trafilatura(page: Path) -> Document:
    """What trafilatura alone makes of a page: its text, title, date and author as it gives them."""
    from trafilatura import bare_extraction

    found: Any = bare_extraction(page.read_text(encoding="utf-8", errors="replace"), with_metadata=True)
    if found is None:
        raise LoadError(f"trafilatura finds nothing in {page.name!r}.")
    day = date.fromisoformat(found.date) if found.date else None
    known = (found.title or "", found.sitename, found.author, day)
    return Document("", str(page), *known, language=None, text=found.text or "", content_hash="")


_DETAILS = ("title", "date", "author")


def compare(truth: Truth, document: Document | None) -> dict[str, Value]:
    """Title, date and author, right or not, and the F1 of the body's words as SQuAD counts it.

    None where the truth says nothing, and throughout when there is no document. Case, spaces and punctuation do not
    count, nor a "By" before the author.
    """
    if document is None:
        return dict.fromkeys([*_DETAILS, "body_f1"])
    return {
        "title": _plain(truth.title) == _plain(document.title) if truth.title else None,
        "date": truth.published == document.published if truth.published else None,
        "author": _plain(_BY.sub("", truth.byline)) == _plain(_BY.sub("", document.author or ""))
        if truth.byline
        else None,
        "body_f1": token_f1([truth.body], document.text) if truth.body.strip() else None,
    }


def text_of(html: str) -> str:
    """The text between the tags, without scripts and styles; block tags and line breaks end a word."""
    reader = _TextReader()
    reader.feed(html)
    reader.close()
    return "".join(reader.pieces)


class _TextReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self._unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unread += tag in _UNREAD
        self._end_word(tag)

    def handle_endtag(self, tag: str) -> None:
        self._unread = max(0, self._unread - (tag in _UNREAD))
        self._end_word(tag)

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self.pieces.append(data)

    def _end_word(self, tag: str) -> None:
        if tag not in _INLINE:
            self.pieces.append("\n")


def _plain(text: str | None) -> str:
    return " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", text or "").casefold()))


def _day(written: str | None, where: str) -> date | None:
    if not written:
        return None
    try:
        return date.fromisoformat(written[:10])
    except ValueError as error:
        raise wrong_field(where, "publishedTime", f"{written!r} begins with no date") from error
