"""A saved web page as text: the article without the page around it, and what the page says about itself."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from lxml import etree, html

from index.errors import LoadError
from index.load.content import Content
from index.load.encodings import detect_encoding
from index.load.evidence import page_metadata
from index.load.text import Decoded, told_of

MAX_ARTICLE_CHARACTERS = 2_000_000
MAX_ARTICLE_TAGS = 100_000
"""Above either, trafilatura takes many seconds and hundreds of megabytes: visible text by lxml alone."""
MAX_ATTRIBUTES = 2_000
"""In one tag. libxml2 compares each with each: 30,000 took 5 s."""
MIN_SHARE = 0.25
"""Of the visible prose; where the article has less, it has been missed."""
PROSE_CHARACTERS = 140
"""A paragraph of fewer is as likely a link, a label or a caption: pages have more of those than of their article."""
MAX_CELL = 1_000
"""Characters in a table's cell; one of more is a part of a page and keeps its paragraphs."""
MAX_UNREADABLE = 0.01
"""Share of characters that no encoding gives; above it the file is not text."""

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CHARSET = re.compile(rb"<(?:meta|\?xml)\b[^>]*?\b(?:charset|encoding)\s*=\s*[\"']?\s*([\w:.\-]+)", re.I)
_ALIASES = {
    "iso-8859-1": "cp1252", "iso8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "ascii": "cp1252",
    "us-ascii": "cp1252", "iso-8859-9": "cp1254", "latin5": "cp1254", "iso-8859-11": "cp874", "tis-620": "cp874",
    "windows-874": "cp874", "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "big5": "big5hkscs",
    "shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "x-sjis": "cp932", "windows-31j": "cp932",
    "euc-kr": "cp949", "ks_c_5601-1987": "cp949", "macintosh": "mac_roman", "x-mac-cyrillic": "mac_cyrillic",
    "utf8": "utf-8", "utf-16": "utf-8", "utf-16le": "utf-8", "utf-16be": "utf-8",
}  # fmt: skip
"""What browsers take a charset for, where that is not what its name says. Source: the WHATWG Encoding Standard."""
_TEXT_CODECS = re.compile(r"utf-8|gb18030|iso8859-\d+|cp\d+|koi8[-_][ru]|mac[-_]\w+|big5hkscs|euc_jp|iso2022_jp")
"""Python has codecs that are no text encodings of the web (zlib, unicode_escape); they are not taken."""

_HIDING = re.compile(
    r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)"
    r"|font-size\s*:\s*0*\.?0+(?:px|em|rem|pt|%|ex|vw)?\s*(?:[;!]|$))",
    re.I,
)
_UNREAD = frozenset(
    "script style nav noscript template head svg iframe object canvas audio video button select textarea".split()
)
_BLOCKS = frozenset(
    "address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hr item legend li list main ol p pre quote section summary table tbody tfoot thead tr "
    "ul row caption code head graphic".split()
)
"""Tags that begin and end a paragraph: those of HTML, and those of trafilatura's own tree (head, item, row, quote)."""
_CELL, _CELL_END, _ROW = "\x02", "\x03", "\x04"
"""Marks while a text is laid out; `_unbroken` takes such characters out of the page's own."""
_ROWS, _CELLS = frozenset({"tr", "row"}), frozenset({"td", "th", "cell"})
_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)(https?://\S+?)\s*-->", re.I)
_SINGLE_FILE = re.compile(r"<!--\s*Page saved with SingleFile\s+url:\s*(https?://\S+)", re.I)
_TAGS = re.compile(rb"<(script|style)\b.*?</\1\s*>|<[^<>]*>", re.I | re.S)
_TAG = re.compile(r"<[a-zA-Z][^<>]{8000,}")


@dataclass(frozen=True, slots=True)
class Page:
    """A page's tree without what it hides, and what to tell of that."""

    tree: Any
    notes: tuple[str, ...]


def decode_html(data: bytes, path: Path) -> str:
    """The text in `data`: by its byte order mark, else UTF-8, else the charset that it declares.

    One that declares none is read by what is detected, and as Windows-1252 where that is not sure, as in a browser.

    Bytes that do not fit a declared charset become U+FFFD, as in a browser.

    Raises:
        LoadError: If it holds NUL characters, so that it is no page.
    """
    return _decoded(data, path).text


def _decoded(data: bytes, path: Path) -> Decoded:
    encoding = next((name for mark, name in _BOMS if data.startswith(mark)), "utf-8")
    notes: tuple[str, ...] = ()
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        # UTF-8 comes before the declared charset: pages saved anew keep a stale declaration.
        declared = _declared(data)
        found = None if declared else detect_encoding(_TAGS.sub(b" ", data))[0]
        notes = (told_of(found.encoding),) if found else ()
        text = data.decode(declared or (found.encoding if found else "cp1252"), errors="replace")
    if "\x00" in text:
        raise LoadError(
            f"{str(path)!r} holds NUL characters, so it is no web page. Save the page again as HTML in UTF-8."
        )
    return Decoded(text, notes)


def read_html(data: bytes, path: Path, text: str | None = None) -> Content:
    """The article of a page, its title in front, and what the page says about itself; nothing is fetched.

    `text` is the page when it is decoded already (from a mail or an archive); `data` is then not looked at.

    Raises:
        LoadError: If there is no readable text, or the page is built so that it cannot be read.
    """
    decoded = _decoded(data, path) if text is None else Decoded(text)
    written = decoded.text
    page = open_page(written, path)
    metadata = page_metadata(page.tree, _address(page.tree, written))
    visible = visible_text(page.tree)
    body, notes = _article(page.tree, written, visible)
    if not re.search(r"\w", body):
        raise LoadError(
            f"{str(path)!r} has no readable text. It may be built by scripts, so that only its frame was saved. "
            "Open it in a browser and save it again as a complete page, or copy its text into a .txt file."
        )
    title = metadata.get("title")
    if title and not _plain(body).startswith(_plain(title.value)):
        body = f"{title.value}\n\n{body}"
    return Content(body, (), metadata, (*decoded.notes, *page.notes, *notes))


def open_page(written: str, path: Path) -> Page:
    """The tree of a page, without hidden elements.

    Raises:
        LoadError: If it cannot be parsed, is no text, or would take very long.
    """
    notes = list(_refuse(written, path))
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False, huge_tree=True)
    try:
        tree = html.document_fromstring(written.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise LoadError(
            f"{str(path)!r} is no readable HTML: {error}. Open it in a browser and save it again as a complete page."
        ) from error
    if any("depth" in entry.message for entry in parser.error_log):
        notes.append("The page is nested too deeply; what comes after its deepest part could not be read.")
    parts, characters = _drop_hidden(tree)
    if characters:
        notes.append(f"Left out: {characters:,} characters in {parts:,} part(s) that the page hides from its readers.")
    return Page(tree, tuple(notes))


def visible_text(tree: Any) -> str:
    """All text under `tree`, paragraphs apart by a blank line, without scripts, styles and navigation."""
    bodies = tree.xpath("//body")
    return laid_out(bodies[0] if bodies else tree)


def laid_out(root: Any) -> str:
    """The text of a tree of HTML or of trafilatura: a blank line between blocks, a table's row on one line."""
    text = re.sub(r"[ \t\r\f\v\xa0]+", " ", "".join(_pieces(root)))
    text = re.sub(rf"{_CELL}([^{_CELL}{_CELL_END}]*){_CELL_END}", lambda cell: f" | {' '.join(cell[1].split())}", text)
    laid: list[str] = []
    after_row = False
    for part in re.split(r"\n\s*\n", text):
        lines = _lines(part.replace(_ROW, ""))
        if lines:
            # Rows that follow each other are one table.
            laid += ["\n" if after_row and _ROW in part else "\n\n", lines]
            after_row = _ROW in part
    return "".join(laid).strip()


def _pieces(root: Any) -> Iterator[str]:
    """The texts under `root` with marks between them."""
    layout = _layout_tables(root)
    skipped = cell = None
    # By events, not by recursion: a hostile page is nested deeper than Python's stack.
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "start" and skipped is None:
            if element.tag in _UNREAD and not (element.tag == "head" and element.get("rend")):
                skipped = element
            elif cell is None and element.tag in _CELLS and _table_of(element) not in layout:
                cell = element
        if skipped is None:
            yield _mark(event, element, cell, layout)
            if event == "start":
                yield _unbroken(element.text, element)
        if event == "end":
            cell = None if element is cell else cell
            skipped = None if element is skipped else skipped
            if skipped is None and element is not root:
                yield _unbroken(element.tail, element.getparent())


def _mark(event: str, element: Any, cell: Any, layout: Set[Any]) -> str:
    """What stands where an element begins or ends: the end of a paragraph or line; inside a cell a space."""
    if element is cell:
        return _CELL if event == "start" else _CELL_END
    if element.tag in _BLOCKS or element.tag in _CELLS:
        row = event == "start" and element.tag in _ROWS and _table_of(element) not in layout
        return " " if cell is not None else "\n\n" + _ROW * row
    if event == "start" and element.tag in {"br", "lb"}:
        return " " if cell is not None else "\n"
    return ""


def _layout_tables(root: Any) -> Set[Any]:
    """The tables that place a page's parts and hold no data: around other tables, or with a very long cell."""
    around = {_table_of(table) for table in root.iter("table")}
    for cell in root.iter(*_CELLS):
        # No further than needed: cells may be nested in each other by the thousand.
        if sum(map(len, islice(cell.itertext(), MAX_CELL))) > MAX_CELL:
            around.add(_table_of(cell))
    return around - {None}


def _table_of(element: Any) -> Any:
    return next(element.iterancestors("table"), None)


def _unbroken(text: str | None, parent: Any) -> str:
    """A text without its line ends, which mean nothing in HTML but inside <pre>, and without our own marks."""
    clean = re.sub(r"[\x00-\x08\x0b\x0e-\x1f]", "", text or "")
    return clean if parent.tag in {"pre", "code"} else re.sub(r"\s+", " ", clean)


def _lines(part: str) -> str:
    lines = (re.sub(r"^(?:\| )+|(?:\| ?)+$", "", line.strip()).strip() for line in part.splitlines())
    return "\n".join(line for line in lines if line)


def _article(tree: Any, written: str, visible: str) -> tuple[str, tuple[str, ...]]:
    """The article's text, or all visible text with a note that says why."""
    if len(written) > MAX_ARTICLE_CHARACTERS or written.count("<") > MAX_ARTICLE_TAGS:
        return visible, (
            "The page is very large: all its visible text was taken, with what stands around the article.",
        )
    import trafilatura

    try:
        found: Any = trafilatura.bare_extraction(tree, fast=True, include_comments=False, include_tables=True)
    except RecursionError:
        found = None
    body = laid_out(found.body) if found is not None and found.body is not None else ""
    if len(body) < MIN_SHARE * _prose(visible):
        return visible, ("The article could not be told from the page around it: all visible text was taken.",)
    return body, ()


def _prose(text: str) -> int:
    """Characters in the paragraphs of `text` that are long; all of them when none is."""
    long = sum(len(part) for part in text.split("\n\n") if len(part) >= PROSE_CHARACTERS)
    return long or len(text)


def _drop_hidden(tree: Any) -> tuple[int, int]:
    """Take hidden elements out of `tree`; how many held text, and how many characters of it."""
    parts = characters = 0
    for element in tree.xpath("//body//*[@hidden or @style or @aria-hidden]"):
        hidden = (
            element.get("hidden") is not None
            or (element.get("aria-hidden") or "").lower() == "true"
            or _HIDING.search(element.get("style") or "")
        )
        if not hidden or element.getparent() is None:
            continue
        for unread in element.xpath("descendant-or-self::script | descendant-or-self::style"):
            unread.text = None
        length = len("".join(element.text_content().split()))
        parts, characters = parts + (length > 0), characters + length
        element.drop_tree()
    return parts, characters


def _refuse(written: str, path: Path) -> Iterator[str]:
    """Notes about characters that could not be read.

    Raises:
        LoadError: If there are too many of them, or a tag has too many attributes.
    """
    bad = len(re.findall(r"[\x01-\x08\x0e-\x1f\x7f\ufffd]", written))
    if bad > MAX_UNREADABLE * len(written):
        raise LoadError(
            f"{str(path)!r} holds {bad:,} characters that are no text, of {len(written):,}. It is another kind of file "
            "or damaged. Save the page again as HTML in UTF-8."
        )
    if lost := written.count("\ufffd"):
        yield f"{lost:,} character(s) do not fit the page's encoding and are shown as \ufffd."
    for tag in _TAG.finditer(written):
        if len(re.findall(r"\s[^\s=\"'<>/]+(?=\s*=|\s|$)", re.sub(r"\"[^\"]*\"|'[^']*'", "", tag[0]))) > MAX_ATTRIBUTES:
            raise LoadError(
                f"{str(path)!r} has a tag with more than {MAX_ATTRIBUTES:,} attributes, which would take minutes to "
                "read. Open it in a browser and copy its text into a .txt file."
            )


def _declared(data: bytes) -> str | None:
    """The Python codec of the charset that a page declares; None without a usable one."""
    match = _CHARSET.search(data[:4096])
    label = match[1].decode("ascii", "replace").lower() if match else ""
    try:
        name = codecs.lookup(_ALIASES.get(label, label)).name if label else ""
    except LookupError:
        return None
    return name if _TEXT_CODECS.fullmatch(name) else None


def _address(tree: Any, written: str) -> str | None:
    """Where the page was: what it says itself, then what the browser that saved it wrote into it."""
    found = [each.get("href") for each in tree.xpath("//link[translate(@rel, 'CANOIL', 'canoil') = 'canonical']")]
    found += [each.get("content") for each in tree.xpath("//meta[@property = 'og:url']")]
    found += [match[1] for pattern in (_SAVED_FROM, _SINGLE_FILE) if (match := pattern.search(written[:20_000]))]
    absolute = [
        each.strip() for each in found if each and re.match(r"\s*https?://[\w.\-]+(?::\d+)?(?:[/?#]|\s*$)", each)
    ]
    return absolute[0] if absolute else None


def _plain(text: str) -> str:
    return "".join(re.findall(r"\w", text.casefold()))
