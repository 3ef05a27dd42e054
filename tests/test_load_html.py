"""What is read from a saved web page and from a book: the text, its title, outlet, author and day, and nothing else."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import LoadError
from index.load.content import Content
from index.load.epub import read_epub
from index.load.evidence import without_outlet, written_day
from index.load.html import MAX_ARTICLE_CHARACTERS, decode_html, read_html

PAGE = Path("page.html")
FIRST = (
    "The council met on Tuesday and approved the loan for the Harrow bridge after a long debate about its costs, "
    "which have doubled since the first plan was shown to the town in the spring of last year."
)
SECOND = (
    "Work begins in May, said the mayor, and the old ferry will run until the bridge is open to all; the harbour "
    "master had asked for a second winter of service, which the council refused by nine votes to four."
)
ARTICLE = f"<article><h1>Bridge loan approved</h1><p>{FIRST}</p><p>{SECOND}</p></article>"


def page(head: str = "", body: str = ARTICLE) -> bytes:
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode()


def read(head: str = "", body: str = ARTICLE) -> Content:
    return read_html(page(head, body), PAGE)


def ld(**values: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(values)}</script>'


def meta(name: str, value: str) -> str:
    return f'<meta property="{name}" content="{value}">'


def test_the_article_is_read_in_paragraphs_without_the_page_around_it():
    around = f"<nav><a href='/'>Home</a></nav>{ARTICLE}<script>var a = 1</script><style>p {{}}</style>"
    assert read("<title>Bridge loan approved</title>", around).text == f"Bridge loan approved\n\n{FIRST}\n\n{SECOND}"


def test_the_title_stands_once_at_the_top_of_the_text():
    text = read(meta("og:title", "A bridge for Harrow")).text
    assert text.startswith("A bridge for Harrow\n\n")
    assert text.count("A bridge for Harrow") == 1


@pytest.mark.parametrize(
    ("head", "body", "published", "origin"),
    [
        (ld(**{"@type": "NewsArticle", "datePublished": "2019-01-04T23:30:00-08:00"}), "", "2019-01-04", "JSON-LD"),
        (meta("article:published_time", "2019-01-05T00:10:00+01:00"), "", "2019-01-05", "article:published_time"),
        ("", '<span itemprop="datePublished" content="2019-01-06">x</span>', "2019-01-06", "microdata"),
        ('<meta name="DC.date.issued" content="January 7, 2019">', "", "2019-01-07", "dc.date.issued"),
        ("", '<div class="hentry"><i class="published" title="2019-01-08">x</i></div>', "2019-01-08", "microformat"),
        (ld(**{"@type": "WebPage", "datePublished": "2019/1/9"}), "", "2019-01-09", "JSON-LD"),
        ("", "<time>10 January 2019</time>", "2019-01-10", "only <time>"),
        (
            "",
            '<time>1 May 2018</time><header><time datetime="2019-01-11">x</time></header>',
            "2019-01-11",
            "first <time>",
        ),
    ],
)
def test_the_day_is_read_where_the_page_says_it_as_it_is_written(head, body, published, origin):
    found = read(head, body + ARTICLE).metadata["published"]
    assert found.value == published
    assert origin in found.origin


def test_the_address_comes_before_the_page_when_both_give_a_day():
    address = "https://harrowpost.example/world/2019/jan/03/bridge-loan"
    head = f'<link rel="canonical" href="{address}">' + meta("article:published_time", "2019-01-04")
    found = read(head).metadata["published"]
    assert (found.value, found.origin) == ("2019-01-03", f"the address: {address}")


@pytest.mark.parametrize(
    "head",
    [
        "",
        meta("article:published_time", "2019-02-30"),
        meta("article:published_time", "1970-01-01T00:00:00Z"),
        meta("article:published_time", "03/04/2019"),
        ld(**{"@type": "NewsArticle", "dateModified": "2019-01-04"}),
        ld(**{"@type": "VideoObject", "datePublished": "2019-01-04"}),
    ],
)
def test_a_day_is_never_inferred(head):
    body = f"{ARTICLE}<p>Seen on 5 March 2019. Copyright 2019</p><img src='/2018/04/05/a.png'>"
    assert "published" not in read(head, body).metadata


@given(st.dates().filter(lambda day: day.year >= 1000 and day.isoformat() != "1970-01-01"))
def test_every_day_in_iso_form_is_read_back(day):
    assert written_day(f"{day.isoformat()}T23:59:59+05:30") == (day.isoformat() if day.year < 3000 else None)


@pytest.mark.parametrize(
    "written",
    [
        "/*<![CDATA[*/%s/*]]>*/",
        "//<![CDATA[\n%s\n//]]>",
        "<!-- %s -->",
        "[%s]",
        '{"@graph": [{"@type": "WebSite", "name": "x"}, %s]}',
        "%s;",
    ],
)
def test_json_ld_is_read_however_it_is_wrapped(written):
    article = (
        '{"@type": ["NewsArticle"], "headline": "Loan &amp; bridge", "author": [{"name": "Ines Calder"}, "Jo Ray"],}'
    )
    found = read(f'<script type="application/ld+json">{written % article}</script>').metadata
    assert found["title"].value == "Loan & bridge"
    assert found["title"].origin == "the page's JSON-LD: headline"
    assert found["author"].value == "Ines Calder, Jo Ray"


def test_a_headline_that_the_page_does_not_show_gives_way_to_the_name_that_it_does():
    article = ld(**{"@type": "Article", "headline": "crossing of a river", "name": "Harrow Bridge"})
    found = read(article + "<title>Harrow Bridge - Encyclopaedia</title>").metadata["title"]
    assert (found.value, found.origin) == ("Harrow Bridge", "the page's JSON-LD: name")


@pytest.mark.parametrize("broken", ["{", '{"@type": "NewsArticle" "headline": 1}', "[" * 100_000, "null", "7"])
def test_broken_json_ld_does_not_hide_the_rest_of_the_page(broken):
    head = f'<script type="application/ld+json">{broken}</script>' + meta("og:title", "A bridge")
    assert read(head).metadata["title"].value == "A bridge"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Bridge loan approved - Harrow Post", "Bridge loan approved"),
        ("Harrow Post: Bridge loan approved", "Bridge loan approved"),
        ("Bridge loan | News | The Harrow Post", "Bridge loan | News"),
        ("Bridge - loan approved", "Bridge - loan approved"),
        ("Harrow Post", "Harrow Post"),
    ],
)
def test_the_title_goes_without_the_outlets_name(title, expected):
    assert without_outlet(title, {"Harrow Post"}) == expected
    assert read(f"<title>{title}</title>" + meta("og:site_name", "Harrow Post")).metadata["title"].value == expected


@pytest.mark.parametrize(
    ("head", "outlet"),
    [
        (
            ld(**{"@type": "NewsArticle", "publisher": {"name": "Harrow Post"}}) + meta("og:site_name", "x"),
            "Harrow Post",
        ),
        (meta("og:site_name", "Harrow Post"), "Harrow Post"),
        ('<link rel="canonical" href="https://www.theguardian.com/a">', "The Guardian"),
        ('<link rel="canonical" href="https://harrowpost.example/a">', None),
    ],
)
def test_the_outlet_is_the_publisher_the_site_or_a_known_host(head, outlet):
    found = read(head).metadata.get("outlet")
    assert (found.value if found else None) == outlet


@pytest.mark.parametrize(
    ("head", "body", "author"),
    [
        ('<meta name="author" content="By Ines Calder">', "", "Ines Calder"),
        ("", '<p itemprop="author"><b itemprop="name">Ines Calder</b></p>', "Ines Calder"),
        ("", '<p class="byline">By <a rel="author">Ines Calder</a>, Harrow</p>', "Ines Calder"),
        (meta("article:author", "https://social.example/ines"), "", None),
        ('<meta name="author" content="Staff">', "", None),
    ],
)
def test_the_author_is_a_name_and_no_address_or_department(head, body, author):
    found = read(head, body + ARTICLE).metadata.get("author")
    assert (found.value if found else None) == author


@pytest.mark.parametrize(
    "mark",
    [
        "<!-- saved from url=(0050)https://harrowpost.example/2019/01/03/bridge-loan -->",
        "<!--\n Page saved with SingleFile \n url: https://harrowpost.example/2019/01/03/bridge-loan \n-->",
    ],
)
def test_a_browsers_mark_tells_the_address_of_a_saved_page(mark):
    assert read_html(mark.encode() + page(), PAGE).metadata["published"].value == "2019-01-03"


@pytest.mark.parametrize(
    "attribute",
    [
        'style="display:none"',
        "style='color:red; visibility : HIDDEN !important'",
        'style="font-size:0px"',
        "hidden",
        'aria-hidden="true"',
    ],
)
def test_hidden_text_is_left_out_and_told(attribute):
    content = read(body=ARTICLE.replace("</article>", f"<p {attribute}>Ignore the loan.</p></article>"))
    assert "Ignore" not in content.text
    assert content.notes == ("Left out: 14 characters in 1 part(s) that the page hides from its readers.",)


@pytest.mark.parametrize("attribute", ['style="font-size:0.9em"', 'style="display:block"', 'aria-hidden="false"'])
def test_text_that_is_shown_is_kept(attribute):
    content = read(body=ARTICLE.replace("</article>", f"<p {attribute}>{SECOND[::-1]}</p></article>"))
    assert SECOND[::-1] in content.text
    assert content.notes == ()


def test_a_tables_row_is_one_line():
    table = "<table><tr><th>Year</th><th>Cost</th></tr><tr><td>2018</td><td><p>£4</p><p>million</p></td></tr></table>"
    assert (
        "Year | Cost\n2018 | £4 million" in read(body=f"<article><p>{FIRST}</p>{table}<p>{SECOND}</p></article>").text
    )


def test_a_table_that_only_places_the_pages_parts_keeps_their_paragraphs():
    body = "".join(f"<p>{n} {FIRST}</p>" for n in range(8))
    text = read(body=f"<table><tr><td>{body}</td><td>Adverts</td></tr></table>").text
    assert f"0 {FIRST}\n\n1 {FIRST}\n\n" in text


def test_a_page_whose_article_was_missed_is_read_whole_and_says_so():
    rest = "".join(f"<p>{n} {FIRST}</p>" for n in range(30))
    content = read(body=f"{ARTICLE}<div class='sidebar'>{rest}</div>")
    assert f"29 {FIRST}" in content.text
    assert any("all visible text was taken" in note for note in content.notes)


def test_a_large_page_is_read_whole_and_says_so():
    body = f"<p>{FIRST}</p>" * (MAX_ARTICLE_CHARACTERS // len(FIRST) + 1)
    content = read(body=body + "<p>The last line.</p>")
    assert content.text.endswith("\n\nThe last line.")
    assert content.notes[0].startswith("The page is very large")


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xef\xbb\xbf<p>caf\xc3\xa9", "<p>café"),
        ("<p>café".encode("utf-16"), "<p>café"),
        ('<meta charset="gbk"><p>大桥'.encode(), '<meta charset="gbk"><p>大桥'),
        ('<meta charset="iso-8859-1"><p>“£5”'.encode("cp1252"), '<meta charset="iso-8859-1"><p>“£5”'),
        ('<meta charset="gb2312"><p>大桥'.encode("gbk"), '<meta charset="gb2312"><p>大桥'),
        ('<meta charset="zlib"><p>“£5”'.encode("cp1252"), '<meta charset="zlib"><p>“£5”'),
        ("<p>“£5”".encode("cp1252"), "<p>“£5”"),
        ('<meta charset="windows-1251"><p>Мост'.encode("cp1251"), '<meta charset="windows-1251"><p>Мост'),
    ],
)
def test_a_page_is_decoded_as_a_browser_does_and_never_guessed(data, text):
    assert decode_html(data, PAGE) == text


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"<p>\x00\x01", "NUL"),
        (b"", "no readable"),
        (b"<html><body><script>x()</script></body></html>", "no readable text"),
        (bytes(range(1, 32)) * 50, "no text"),
        (b"<p " + b" ".join(b"a%d=1" % n for n in range(3000)) + b">x</p>", "attributes"),
    ],
)
def test_what_is_no_page_is_refused_with_a_way_out(data, reason):
    with pytest.raises(LoadError, match=reason) as refused:
        read_html(data, PAGE)
    assert "page.html" in str(refused.value)


def test_a_page_nested_beyond_all_measure_is_told_not_cut_in_silence():
    body = f"<p>{FIRST}</p>" + "<div>" * 5_000 + "deep" + "</div>" * 5_000
    content = read(body=body)
    assert FIRST in content.text
    assert any("nested too deeply" in note for note in content.notes)


CONTAINER = '<container><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'


def book(chapters: dict[str, str], members: dict[str, str] | None = None, metadata: str = "") -> bytes:
    items = "".join(
        f'<item id="c{n}" href="{name.replace(" ", "%20")}" media-type="application/xhtml+xml"/>'
        for n, name in enumerate(chapters)
    )
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(len(chapters)))
    opf = (
        '<package xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:opf="http://www.idpf.org/2007/opf">'
        f"<metadata>{metadata}</metadata><manifest>{items}</manifest><spine>{spine}</spine></package>"
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("META-INF/container.xml", CONTAINER)
        archive.writestr("OEBPS/book.opf", opf)
        for name, text in chapters.items():
            if text:
                archive.writestr(f"OEBPS/{name}", f"<html><head><title/></head><body>{text}</body></html>")
        for name, text in (members or {}).items():
            archive.writestr(name, text)
    return packed.getvalue()


def test_a_book_is_its_chapters_in_reading_order_each_a_page():
    data = book({"z one.xhtml": "<h1>One</h1><p>First.</p>", "cover.xhtml": "<img/>", "a.xhtml": "<p>Second.</p>"})
    content = read_epub(data, Path("a.epub"))
    assert content.text == "One\n\nFirst.\n\nSecond."
    assert [content.text[start:][:3] for start in content.page_starts] == ["One", "Sec"]
    assert content.notes == ()


def test_a_book_says_who_wrote_it_and_when():
    metadata = (
        "<dc:title>The Bridge</dc:title><dc:creator>Ines Calder</dc:creator><dc:publisher>Harrow Press</dc:publisher>"
        '<dc:creator opf:role="ill">Jo Ray</dc:creator><dc:date opf:event="modification">2020-01-01</dc:date>'
        "<dc:date>2019-01-03T00:00:00Z</dc:date>"
    )
    found = read_epub(book({"a.xhtml": "<p>Text.</p>"}, metadata=metadata), Path("a.epub")).metadata
    assert {name: each.value for name, each in found.items()} == {
        "title": "The Bridge",
        "author": "Ines Calder",
        "outlet": "Harrow Press",
        "published": "2019-01-03",
    }


def test_missing_and_encrypted_chapters_are_told():
    locked = '<encryption><CipherReference URI="OEBPS/b.xhtml"/></encryption>'
    data = book({"a.xhtml": "<p>Text.</p>", "b.xhtml": "xx", "c.xhtml": ""}, {"META-INF/encryption.xml": locked})
    assert read_epub(data, Path("a.epub")).notes == (
        "The chapter 'OEBPS/b.xhtml' is encrypted and could not be read.",
        "The chapter 'OEBPS/c.xhtml' is missing from the book.",
    )


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"no zip", "cannot be read"),
        (book({"a.xhtml": "<img/>"}), "no text"),
        (book({"a.xhtml": "x"}, {f"m{n}": "" for n in range(2_001)}), "unpack"),
        (
            book({"a.xhtml": "x"}, {"META-INF/encryption.xml": '<e><CipherReference URI="OEBPS/a.xhtml"/></e>'}),
            "protected",
        ),
    ],
)
def test_a_book_that_cannot_be_read_is_refused_with_its_reason(data, reason):
    with pytest.raises(LoadError, match=reason):
        read_epub(data, Path("a.epub"))


@given(
    st.lists(st.text(st.characters(codec="utf-8", exclude_characters="<>&\x00"), max_size=30), min_size=1, max_size=6)
)
def test_page_starts_rise_and_lie_inside_the_text(chapters):
    data = book({f"{n}.xhtml": f"<p>{text}</p>" for n, text in enumerate([*chapters, "End."])})
    content = read_epub(data, Path("a.epub"))
    assert list(content.page_starts) == sorted(set(content.page_starts))
    assert content.page_starts[0] == 0
    assert content.page_starts[-1] < len(content.text)
    assert all(re.match(r"\S", content.text[start:]) for start in content.page_starts)
