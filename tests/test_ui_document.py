"""A document that a link leads into: its marked words in view, its dates, and the page as it is printed."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pdfs import drawing_itself, pdf_of
from test_ui import HOSTILE, Read, document, filled, library, library_app, shown

from index.errors import LoadError
from index.load import load_document
from index.load.printed import Printed, draw_page, find_quote, lines_of
from index.pipeline import Library
from index.records import TimeMention
from ui.document import SHOWN_BEFORE, SHOWN_CHARACTERS, dates_html, span_of, text_html
from ui.printed import page_of, printed_page

__all__ = ["filled", "library"]
PAGES = [
    ["The council of Harrow met on Monday.", "It was a short meeting."],
    ["The mayor called it a long awaited day for every com-", "pany that ships its goods from there.", "Two came."],
]
QUOTE = "called it a long awaited day for every company that ships its goods from there."


@pytest.mark.parametrize(
    ("at", "span", "note"),
    [
        (None, None, ""),
        ("0-3", (0, 3), ""),
        ("3-9", (3, 9), ""),
        ("3-10", None, "the text has 9"),
        ("4-4", None, "the text has 9"),
        ("5-4", None, "the text has 9"),
        ("", None, "no place in the text"),
        ("a-b", None, "no place in the text"),
        ("-1-3", None, "no place in the text"),
        ("٣-٤", None, "no place in the text"),
        ("1-99999999999999999999", None, "no place in the text"),
        ("<script>", None, "no place in the text"),
    ],
)
def test_a_place_in_a_link_is_characters_of_the_text_or_is_told(
    at: str | None, span: tuple[int, int] | None, note: str
) -> None:
    found, told = span_of(at, "Nine char")
    assert found == span and note in told and bool(told) == bool(note)


@given(text=st.text(min_size=1, max_size=2000), data=st.data())
def test_the_marked_words_are_those_of_the_link_and_stand_near_the_top(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    html = text_html(document(text), (start, end))
    before, _, rest = html.partition('<mark id="dl-at">')
    shown_before = before.rpartition("</details>")[2]
    assert Read(f"<p>{rest.partition('</mark>')[0]}").text == Read(f"<p>{text_html_of(text[start:end])}").text
    assert len(Read(f"<p>{shown_before}").text) <= SHOWN_BEFORE + len("</details>")


def text_html_of(text: str) -> str:
    from ui.shared import escape

    return escape(text)


def test_all_before_the_marked_words_can_be_unfolded() -> None:
    text = "\n\n".join(f"Paragraph {number} tells of the port." for number in range(100))
    start = text.index("Paragraph 70")
    read = Read(text_html(document(text), (start, start + 12)))
    assert ("details", {}) in read.tags
    assert "Paragraph 0 tells" in read.text and "Paragraph 99 tells" in read.text


def test_a_mark_far_into_a_long_text_is_shown_and_what_is_left_out_is_told() -> None:
    text = "word " * SHOWN_CHARACTERS
    start = len(text) - 1000
    html = text_html(document(text), (start, start + 4))
    assert '<mark id="dl-at">word</mark>' in html
    assert f"of {len(text):,} characters are shown" in html


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_in_marks_notes_and_dates_is_text(text: str) -> None:
    html = text_html(document(f"before {text} after"), (7, 7 + len(text)))
    html += dates_html([TimeMention(0, len(text), text, "2021-06-20", "2021-06-21")])
    tags = {name for name, _ in Read(html).tags}
    assert tags <= {"div", "mark", "details", "summary", "dl", "dt", "dd", "bdi", "span"}
    assert Read(html).text.count(text) == 2


def test_dates_are_listed_as_written_with_what_they_stand_for() -> None:
    read = Read(dates_html([TimeMention(0, 9, "on Sunday", "2021-06-20", "2021-06-21")]))
    assert "“on Sunday”20 June 2021 counted from 21 June 2021" in read.text
    assert dates_html([]) == ""


def test_a_link_opens_the_document_at_its_place_and_a_stale_one_says_so(filled: Library) -> None:
    state = filled.documents()[0]
    start = state.document.text.index("Nobody voted")
    app = library_app(filled)
    app.query_params["document"], app.query_params["at"] = state.document.doc_id, f"{start}-{start + 24}"
    assert '<mark id="dl-at">Nobody voted against it.</mark>' in shown(app.run())
    assert "As printed" not in [one.value for one in app.subheader], "it has no pages"
    app.query_params["at"] = "10-999999"
    page = shown(app.run())
    assert "may be a link to another version" in page
    assert "Nobody voted against it." in page


# As printed


@pytest.fixture
def port(tmp_path: Path) -> Path:
    path = tmp_path / "port.pdf"
    path.write_bytes(pdf_of(PAGES))
    return path


def test_the_page_of_a_pdf_that_holds_the_words_is_drawn_with_them_marked(port: Path) -> None:
    found = load_document(port)
    start = found.text.index(QUOTE)
    page, quote = page_of(found, (start, start + len(QUOTE)))
    assert (page, quote) == (2, QUOTE)
    printed = draw_page(port, page, quote)
    assert printed.marked and printed.png.startswith(b"\x89PNG")
    unmarked = draw_page(port, page, "words that stand nowhere")
    assert not unmarked.marked and unmarked.png != printed.png


def test_of_words_over_two_pages_those_on_the_first_are_marked(port: Path) -> None:
    found = load_document(port)
    start = found.text.index("It was a short")
    page, quote = page_of(found, (start, len(found.text)))
    assert page == 1 and quote.strip() == "It was a short meeting."


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda path: path.unlink(), "cannot be read"),
        (lambda path: path.write_bytes(pdf_of([["Other words."]])), "has changed since"),
    ],
)
def test_a_page_whose_file_is_gone_or_another_is_not_drawn_and_says_why(port: Path, change: object, told: str) -> None:
    found = load_document(port)
    change(port)  # type: ignore[operator]
    with pytest.raises(LoadError, match=told):
        printed_page(found, 1, "Harrow")


def test_pages_of_another_kind_of_file_are_not_drawn(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match="only those of a PDF"):
        printed_page(replace(document(), page_starts=(0,)), 1, "Harrow")


def test_a_damaged_file_and_one_that_never_ends_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.4 nothing of it")
    with pytest.raises(LoadError, match=r"could not be drawn: .*\.$"):
        draw_page(path, 1, "x")
    path.write_bytes(drawing_itself())
    with pytest.raises(LoadError, match=r"more than 2 s|ended"):
        draw_page(path, 1, "x", limit_s=2.0)


def test_a_pdf_on_the_page_is_shown_as_printed_or_with_the_reason(library: Library, port: Path) -> None:
    library.add([port])
    found = library.documents()[0].document
    assert found.content_hash == sha256(port.read_bytes()).hexdigest()
    start = found.text.index(QUOTE)
    app = library_app(library)
    app.query_params["document"], app.query_params["at"] = found.doc_id, f"{start}-{start + len(QUOTE)}"
    assert "Page 2 of 2" in shown(app.run())
    port.unlink()
    assert "The page is not shown" in shown(app.run())


def test_words_are_found_though_lines_and_letters_are_written_otherwise() -> None:
    page = list("An of\ufb01ce for every com-\r\npany “here”.")
    found = find_quote(page, "office for every company 'here'")
    assert found is not None and "".join(page[found.start : found.stop]).startswith("of\ufb01ce")
    assert find_quote(page, "another") is None
    assert find_quote(page, "…") is None


def test_the_boxes_of_letters_make_one_box_a_line() -> None:
    boxes = [(0.0, 10.0, 5.0, 20.0), (5.0, 9.0, 9.0, 19.0), (9.0, 10.0, 9.0, 20.0), (0.0, 0.0, 5.0, 8.0)]
    assert lines_of(boxes) == [(0.0, 9.0, 9.0, 20.0), (0.0, 0.0, 5.0, 8.0)]
    assert Printed(b"", True).marked
