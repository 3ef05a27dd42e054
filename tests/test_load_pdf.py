"""PDFs become text with pages, and files that harm their reader harm nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pdfs import drawing_itself, pdf_of

from index.chunk import split_document
from index.errors import LoadError
from index.load import load_document
from index.load.content import Content
from index.load.pdf import read_pdf, read_pdf_slowly
from index.load.worker import ReaderEndedError, Worker

PATH = Path("report.pdf")
FIRST = [
    "City approves the tram",
    "",
    "LONDON, March 3, 2024 (AP) - The council of the city approved the new tram",
    "line on Friday, after nine years of talks. The mayor said that the first of",
    "the trams would run in 2026.",
    "It will cost 640 million euros, which is less than had been expected when the",
    "plan was first shown, and as it stands at the foot of this page it goes on",
]
SECOND = ["over the leaf to its end. Nobody voted against it."]


def read(*pages: list[str], info: str = "") -> Content:
    return read_pdf(pdf_of(pages, info), PATH)


def test_lines_become_paragraphs_and_a_sentence_goes_on_over_the_page() -> None:
    content = read(FIRST, SECOND)
    assert "approved the new tram line on Friday, after nine years of talks." in content.text
    assert "this page it goes on over the leaf to its end." in content.text
    assert content.text.split("\n\n")[0] == "City approves the tram"
    assert content.page_starts == (0, content.text.index("over the leaf"))


def test_a_passage_knows_its_page(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf_of([FIRST, ["Another page begins with a sentence of its own."]]))
    document = load_document(tmp_path / "a.pdf")
    assert (document.title, document.outlet, str(document.published)) == ("City approves the tram", "AP", "2024-03-03")
    passages = split_document(document, 20)
    assert {passage.page for passage in passages} == {1, 2}
    assert all(document.text[passage.start : passage.end] == passage.text for passage in passages)
    assert passages[-1].page == 2


def test_what_repeats_on_every_page_is_left_out() -> None:
    towns = ("", "Oldham", "Leeds", "Aston", "Bath")
    pages = [
        [
            "The Daily Report",
            *(f"In {towns[number]} the {line}th was told." for line in range(5)),
            f"Page {number} of 4",
        ]
        for number in range(1, 5)
    ]
    text = read(*pages).text
    assert "The Daily Report" not in text
    assert "of 4" not in text
    assert "In Aston the 4th was told." in text


def test_the_rows_of_a_table_are_read_with_the_names_of_their_columns() -> None:
    rows = ["Month\tTown\tHill farms", "January\t81 mm\t140 mm", "February\t\t97 mm", "March\t44 mm\t88 mm"]
    text = read([*FIRST[2:5], *rows, "It was dry in the hills."]).text
    assert "Month: January; Town: 81 mm; Hill farms: 140 mm\nMonth: February; Hill farms: 97 mm\n" in text
    assert text.endswith("88 mm\n\nIt was dry in the hills.")


def test_words_that_are_set_wide_apart_are_no_table() -> None:
    lines = ["The council of the city approved\tthe new line after nine years of talks"] * 3
    assert "approved the new line after nine years of talks The council" in read([*lines, *FIRST[2:5]]).text


def test_items_and_turns_are_not_run_together() -> None:
    text = read([*FIRST[2:5], "1. Pay the fee.", "2. Book a day.", "Q: Will it open?", "A: In June."]).text
    assert text.split("\n\n")[1:] == ["1. Pay the fee.", "2. Book a day.", "Q: Will it open?", "A: In June."]


def test_properties_that_say_something_are_taken_with_their_origin() -> None:
    known = read(FIRST, info="/Title (Tram approved) /Author (Ada Orme)").metadata
    assert (known["title"].value, known["author"].value) == ("Tram approved", "Ada Orme")
    assert known["title"].origin == "the file's properties"
    assert read(FIRST, info="/Title (Microsoft Word - draft3.docx) /Author (anonymous)").metadata == {}
    assert "published" not in read(FIRST, info="/CreationDate (D:20240303)").metadata


def test_a_file_without_text_says_what_to_do() -> None:
    with pytest.raises(LoadError, match="no text on its 2 pages, only pictures.*ocrmypdf"):
        read([], [])
    assert read(FIRST, []).notes == ("No text, or only pictures, on page 2.",)


@pytest.mark.parametrize("reader", [read_pdf, read_pdf_slowly])
def test_both_readers_find_the_same_sentences(reader) -> None:
    content = reader(pdf_of([FIRST, SECOND]), PATH)
    for sentence in ("The mayor said that the first of the trams would run in 2026.", "Nobody voted against it."):
        assert sentence in content.text
    assert len(content.page_starts) == 2


@settings(max_examples=40)
@given(st.integers(0, 900), st.binary(max_size=30))
def test_a_damaged_file_is_read_or_refused(at: int, bytes_put_in: bytes) -> None:
    whole = pdf_of([FIRST])
    for data in (whole[:at], whole[:at] + bytes_put_in + whole[at + len(bytes_put_in) :]):
        for reader in (read_pdf, read_pdf_slowly):
            with suppress(LoadError):
                assert reader(data, PATH).text


@pytest.fixture
def worker() -> Iterator[Worker]:
    worker = Worker(cpu_limit_s=1.0, memory_limit=500_000_000)
    yield worker
    worker.close()


def test_a_file_that_never_ends_is_left_and_the_next_one_is_read(worker: Worker, tmp_path: Path) -> None:
    (tmp_path / "evil.pdf").write_bytes(drawing_itself())
    (tmp_path / "good.pdf").write_bytes(pdf_of([FIRST]))
    with pytest.raises(ReaderEndedError, match="'evil.pdf' could not be read: it takes more than"):
        worker.read(tmp_path / "evil.pdf", "pdf")
    assert "The council" in worker.read(tmp_path / "good.pdf", "pdf").text


def test_the_other_reader_is_asked_where_the_first_one_dies(worker: Worker, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("index.load._WORKERS", worker)
    (tmp_path / "evil.pdf").write_bytes(drawing_itself())
    assert "The council met on Monday." in load_document(tmp_path / "evil.pdf").text


def test_a_process_that_dies_is_told_and_started_again(worker: Worker, tmp_path: Path) -> None:
    (tmp_path / "good.pdf").write_bytes(pdf_of([FIRST]))
    before = set(psutil.Process().children())
    worker.read(tmp_path / "good.pdf", "pdf")
    (process,) = set(psutil.Process().children()) - before
    process.kill()
    process.wait()
    assert worker.read(tmp_path / "good.pdf", "pdf").text


def test_a_file_that_changed_meanwhile_is_not_taken(worker: Worker, tmp_path: Path) -> None:
    (tmp_path / "good.pdf").write_bytes(pdf_of([FIRST]))
    with pytest.raises(LoadError, match="changed while it was read"):
        worker.read(tmp_path / "good.pdf", "pdf", "0" * 64)


def test_kinds_are_told_by_content_not_by_name(tmp_path: Path) -> None:
    (tmp_path / "named.txt").write_bytes(pdf_of([FIRST]))
    assert load_document(tmp_path / "named.txt").title == "City approves the tram"
