"""Plain text is read as it is meant: whole lines and words, rows with their columns, and nothing unseen in words."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.load.letters import as_read
from index.load.plain import read_plain

PROSE = (
    "The harbour board of Kilmore sold the old lighthouse to a retired dentist on Friday for 410,000 euros. "
    "He wants to let out its rooms from June, though the county has still to agree to the new well."
)


def read(text: str) -> str:
    return read_plain(text).text


@given(st.integers(60, 80), st.lists(st.integers(8, 36), min_size=1, max_size=4))
def test_lines_broken_to_a_width_are_put_together_at_the_same_offsets(width: int, counts: list[int]) -> None:
    paragraphs = [" ".join(PROSE.split()[:count]).rstrip(",.") + "." for count in counts]
    broken = "\n\n".join(textwrap.fill(each, width) for each in [*paragraphs, PROSE])
    assert read(f"Lighthouse sold\n\n{broken}\n") == f"Lighthouse sold\n\n{broken}\n".replace(
        broken, "\n\n".join([*paragraphs, PROSE])
    )


def test_a_paragraph_of_two_lines_is_put_together_and_told() -> None:
    two = "Its owner, Fergal Daly, must fill the pit by 30 September or pay a fine of\n25,000 euros a month.\n"
    assert read(two) == two.replace("of\n25", "of 25")
    assert read_plain(two).notes == (
        "Lines broken within a paragraph were put together, and words parted at their ends.",
    )


def test_words_parted_at_the_end_of_a_line_are_whole_unless_the_text_writes_their_hyphen() -> None:
    text = (
        "The ferry company said on Friday that fares to the outer is-\nlands would rise. It blamed the price of long-\n"
        "term contracts, which a long-term plan had fixed, and a Franco-\nGerman dispute about the fuel that it buys.\n"
    )
    joined = read(text)
    assert "outer islands would" in joined
    assert "price of long-term contracts" in joined
    assert "Franco-German dispute" in joined


@pytest.mark.parametrize(
    "text",
    [
        "The wheel goes round, the water falls,\nThe miller counts his grain,\nAnd over all the mossy walls\n",
        "O thou that sleep\u2019st beneath the heavy waters of the northern sea\n"
        "And hearest not the bells of all the churches on the hill\n"
        "Nor feel\u2019st the wind that moves the barley in the fields of June\n"
        "Rise up and tell the living what the drowned have learned below\n"
        "Before the tide comes in again and takes thy voice away\n",
        "Harbour Office\n14 Quay Street\nKilmore 2210\n",
        "- rope, forty metres\n- two lamps with their oil\n- a boat that was tarred last year\n",
        "Present: A. Ruiz (Chair), T. Hale, L. Ford, M. Sand, and two of the public\nApologies: J. Roe\n",
        "Annals of Northern Medicine, volume 41 (published online in June)\nA vaccine against fever: a trial\n",
        "```\nx = first   # one\ny = second  # two\nz = third   # three\n```\n",
        "Item one.  It was told.\nItem two.  It was heard.\nItem three.  It was read.\n",
        "1.   Register the boat\n2.   Pay the fee\n3.   Book a day\n",
    ],
)
def test_verse_addresses_lists_heads_and_code_stay_as_they_are(text: str) -> None:
    assert read_plain(text).text == text
    assert read_plain(text).notes == ()


ROWS = "Ward: Hill; For: 1,204; Turnout: 61%\nWard: Quay West; For: 932; Turnout: 54%"


@pytest.mark.parametrize(
    "table",
    [
        "| Ward | For | Turnout |\n|---|--:|:-:|\n| Hill | 1,204 | 61% |\n| Quay West | 932 | 54% |",
        "Ward | For | Turnout\n--- | --- | ---\nHill | 1,204 | 61%\nQuay West | 932 | 54%",
        "Ward          For   Turnout\nHill        1,204       61%\nQuay West     932       54%",
        "Ward        For     Turnout\n---------   -----   -------\nHill        1,204   61%\nQuay West   932     54%",
        "Ward\tFor\tTurnout\nHill\t1,204\t61%\nQuay West\t932\t54%",
        "+------+-----+---------+\n| Ward | For | Turnout |\n+======+=====+=========+\n"
        "| Hill | 1,204 | 61% |\n+------+-----+---------+\n| Quay West | 932 | 54% |\n+------+-----+---------+",
        "\u2502 Ward \u2502 For \u2502 Turnout \u2502\n\u251c\u2500\u2500\u2500\u253c\u2500\u2500\u2524\n"
        "\u2502 Hill \u2502 1,204 \u2502 61% \u2502\n\u2502 Quay West \u2502 932 \u2502 54% \u2502",
    ],
)
def test_each_row_of_a_table_has_the_names_of_its_columns(table: str) -> None:
    content = read_plain(f"Votes\n\n{table}\n\nThe count is final.\n")
    assert content.text == f"Votes\n\nWard; For; Turnout\n{ROWS}\n\nThe count is final.\n"
    assert content.notes == ("Tables are shown row by row, with the names of their columns.",)


def test_an_empty_cell_leaves_the_others_in_their_columns() -> None:
    text = "Month      Town    Hills   Coast\nJanuary    81 mm           66 mm\nMarch              88 mm\n"
    assert read(text).splitlines()[1:] == ["Month: January; Town: 81 mm; Coast: 66 mm", "Month: March; Hills: 88 mm"]


def test_a_table_without_names_of_columns_is_given_none() -> None:
    hours = "Monday       9 to 5\nTuesday      9 to 6\nWednesday    closed\n"
    assert read(hours) == "Monday: 9 to 5\nTuesday: 9 to 6\nWednesday: closed\n"


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("tun\u200bnel", "tunnel"),
        ("die\u00ad\nsel and re\u00adservoir", "diesel and reservoir"),
        ("Zu\u0308rich, Nun\u0303ez", "Z\u00fcrich, Nu\u00f1ez"),
        ("3\u00a0March,\u2003said\u202fhe: 12\u202f000", "3 March, said he: 12\u202f000"),
        ("the\u200f board\u202c, zer\u200co", "the board, zero"),
        ("o\ufb03ce, \uff12\uff10\uff12\uff14", "office, 2024"),
    ],
)
def test_what_cannot_be_seen_parts_no_word(text: str, seen: str) -> None:
    assert as_read(text) == seen
    assert read_plain(text).notes[0].startswith("Characters that cannot be seen")


@pytest.mark.parametrize(
    "text",
    [
        "\U0001f469\u200d\u2695\ufe0f",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "\u0915\u094d\u200d\u0937",
        "\u05d0\u200f (a)",
    ],
)
def test_joiners_stay_where_a_script_or_a_picture_needs_them(text: str) -> None:
    assert as_read(text) == text


@given(st.text())
def test_reading_twice_changes_nothing_more(text: str) -> None:
    assert as_read(as_read(text)) == as_read(text)


@given(st.text(alphabet="ab .,-|\n\t1:"))
def test_no_word_is_lost(text: str) -> None:
    lost = str.maketrans("", "", " \n\t-|;:")
    assert set(text.translate(lost)) <= set(read(text).translate(lost))
