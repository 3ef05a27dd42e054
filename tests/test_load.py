"""What is read from a plain text file: its exact text, and what it says of itself."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from index.errors import LoadError
from index.load import load_document

SEEDS = Path(__file__).parent.parent / "seeds"


def load(tmp_path: Path, text: str, name: str = "a.txt", **given: str):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return load_document(path, given)


BODY = (
    "\n\nThe council met on Tuesday and approved the loan for the Harrow bridge after a long debate about its costs.\n"
)


@pytest.mark.parametrize(
    ("name", "title", "outlet", "author", "published"),
    [
        (
            "000_bd20916481e473ef.txt",
            "Myanmar Junta Leader Arrives in Moscow for Security Conference",
            "The Moscow Times",
            "AFP",
            date(2021, 6, 21),
        ),
        (
            "001_524c9b7424ae7178.txt",
            "Myanmar PM, top military officials to meet Putin in Moscow on Tuesday",
            "IANS",
            None,
            date(2025, 3, 3),
        ),
        (
            "002_6e9632a256091697.txt",
            "Senior General deepens ties with Russia, stresses nuclear power plans",
            "NP News",
            "Phyo Lin Aung",
            date(2025, 9, 27),
        ),
    ],
)
def test_the_seeds_say_who_wrote_them_where_and_when(name, title, outlet, author, published):
    document = load_document(SEEDS / name)
    assert (document.title, document.outlet, document.author, document.published) == (title, outlet, author, published)
    assert document.text == (SEEDS / name).read_bytes().decode()


def test_every_value_says_where_it_was_read():
    document = load_document(SEEDS / "002_6e9632a256091697.txt")
    assert document.origins["published"] == (
        "line 5: 'Phyo Lin Aung (NP News) - Sep 27', the year from '24 September 2025' in the text"
    )
    assert document.origins["title"].startswith("line 1: ")


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("Bridge loan approved\n\nPublished: 3 March 2019" + BODY, date(2019, 3, 3)),
        ("Bridge loan approved\n\nMarch 3, 2019" + BODY, date(2019, 3, 3)),
        ("Bridge loan approved\n\nTuesday, 5 March 2019" + BODY, date(2019, 3, 5)),
        ("2019-03-03\nBridge loan approved" + BODY, date(2019, 3, 3)),
        (
            "Bridge loan approved\n\nHARROW, March 3, 2019 (Reuters) - The council approved the loan." + BODY,
            date(2019, 3, 3),
        ),
        ("Bridge loan approved\n\nHARROW, Mar 3 (Reuters) - Signed on 2 March 2019." + BODY, date(2019, 3, 3)),
        ("Bridge loan approved\n\nHARROW, Mar 3 (Reuters) - The loan is for 2019 works." + BODY, None),
        ("Bridge loan approved" + BODY + "\nhttps://example.org/news/2019/03/03/bridge-loan", date(2019, 3, 3)),
        ("Bridge loan approved" + BODY, None),
    ],
)
def test_the_publication_date_is_found_in_its_customary_places_and_never_invented(tmp_path, text, published):
    assert load(tmp_path, text).published == published


def test_a_dateline_beats_the_date_that_a_page_header_carries(tmp_path):
    text = "Printed on 9 January 2020\n\nBridge loan approved\n\nHarrow, Dec 30: The council approved the loan." + BODY
    assert load(tmp_path, text).published == date(2019, 12, 30)


@pytest.mark.parametrize(
    ("text", "outlet"),
    [
        ("Bridge loan\n\nHARROW, March 3, 2019 (Reuters) - The loan was approved." + BODY, "Reuters"),
        ("Bridge loan approved" + BODY + "\nDPA\n", "DPA"),
        ("Bridge loan approved" + BODY + "\nhttps://www.theguardian.com/world/bridge", "The Guardian"),
        ("Bridge loan approved" + BODY + "\nhttps://harrowpost.example/bridge", "harrowpost.example"),
        ("Bridge loan approved\nSource: Harrow Post" + BODY, "Harrow Post"),
        ("Bridge loan approved\n\nBy Reuters" + BODY, "Reuters"),
        ("Bridge loan approved" + BODY, None),
    ],
)
def test_the_outlet_is_read_from_address_dateline_foot_or_label(tmp_path, text, outlet):
    assert load(tmp_path, text).outlet == outlet


def test_agencies_as_such_are_nobodys_byline(tmp_path):
    assert load(tmp_path, "Bridge loan approved\n\nBy: Agencies" + BODY).author is None
    assert load(tmp_path, "Bridge loan approved\n\nBy Ines Calder" + BODY).author == "Ines Calder"


def test_without_a_headline_the_files_name_is_the_title(tmp_path):
    document = load(tmp_path, "12\n\n3 March 2019\n", name="minutes.txt")
    assert (document.title, document.origins["title"]) == ("minutes", "the file's name")


def test_what_the_user_gives_comes_before_what_was_read(tmp_path):
    document = load(tmp_path, "Bridge loan approved\n\nMarch 3, 2019" + BODY, published="2019-03-04", outlet="Mine")
    assert (document.published, document.outlet) == (date(2019, 3, 4), "Mine")
    assert document.origins["published"] == "given by you"


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"", "a.txt", "is empty"),
        (b"  \n\t", "a.txt", "is empty"),
        ("Zürich".encode("latin-1"), "a.txt", "byte 0xfc at offset 1"),
        (b"abc\x00def", "a.txt", "NUL"),
        (b"\x89PNG", "a.png", "does not begin as one does"),
        (b"RIFF", "a.wav", "cannot be read yet"),
        (b"%PDF-1.7", "a.pdf", "is damaged or no PDF"),
        (b"no PDF", "a.pdf", "does not begin as one does"),
        (b"PK\x03\x04 no zip", "a.docx", "damaged container"),
    ],
)
def test_a_file_that_is_no_text_is_refused_with_its_reason(tmp_path, data, name, words):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(LoadError, match=words):
        load_document(tmp_path / name)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(LoadError, match=r"There is no file .*gone\.txt"):
        load_document(tmp_path / "gone.txt")


def test_a_given_date_that_is_none_is_refused(tmp_path):
    with pytest.raises(LoadError, match="year-month-day"):
        load(tmp_path, "Bridge loan approved" + BODY, published="March")


def test_text_with_a_byte_order_mark_is_read_without_it(tmp_path):
    (tmp_path / "a.txt").write_bytes("Zürich votes yes".encode("utf-16"))
    assert load_document(tmp_path / "a.txt").text == "Zürich votes yes"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The town council voted for the new tram line after a long debate.", "en"),
        ("Der Stadtrat stimmte nach langer Debatte für die neue Straßenbahn.", "de"),
        ("Le conseil municipal a voté pour la nouvelle ligne de tramway.", "fr"),
        (
            "杭州市政府周五宣布购买一百二十辆新公交车，总价为三千万元。局长李文华说，新车将于十月投入使用，市民可以乘坐。",
            "zh",
        ),
        ("Harrow, 12", None),
    ],
)
def test_the_language_of_a_text_is_known_where_it_is_clear(tmp_path, text, language):
    assert load(tmp_path, text).language == language


def test_time_zone_change_and_address_of_a_saved_page_are_kept(tmp_path):
    page = (
        '<html><head><link rel="canonical" href="https://www.example.org/bridge">'
        '<meta property="article:published_time" content="2019-03-03T09:05:00+01:00">'
        '<meta property="article:modified_time" content="2019-03-04T10:00:00Z">'
        f"<title>Bridge loan approved</title></head><body><article><p>{BODY * 3}</p></article></body></html>"
    )
    document = load(tmp_path, page, name="page.html")
    assert (document.published_at, document.modified) == ("2019-03-03T09:05:00+01:00", date(2019, 3, 4))
    assert (document.address, document.unsure) == ("https://www.example.org/bridge", frozenset())


def test_a_value_that_is_only_implied_is_marked_until_the_user_gives_it(tmp_path):
    text = "Bridge loan approved\n\nUpdated 3 March 2019" + BODY
    assert load(tmp_path, text).unsure == {"published"}
    assert load(tmp_path, text, published="2019-03-02").unsure == frozenset()
    text = "Bridge loan approved\n05/03/2019" + BODY
    assert load(tmp_path, text).origins["published"].startswith("line 2: '05/03/2019' may be two days: none is taken")
