"""What the header of a plain text says of it, in the many forms that people and agencies write it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from index.load.metadata import read_metadata

BODY = (
    "The town council voted 40 to 12 for the new tram line after a debate of six hours, its clerk told reporters on "
    "the steps of the hall. Building is to begin in the spring, she added."
)
HEADERS = [json.loads(line) for line in Path(__file__).with_name("headers.jsonl").read_text("utf-8").splitlines()]
"""Each with the file's name, its text with an ellipsis for the body, and the fields that a reader would give."""


@pytest.mark.parametrize("header", HEADERS, ids=[f"{header['kind']} {header['text'][:40]}" for header in HEADERS])
def test_a_header_says_what_a_reader_would_take_from_it(header):
    read = read_metadata(header["text"].replace("…", BODY), header["name"])
    assert {field: read[field].value if field in read else None for field in header["fields"]} == header["fields"]


def test_a_clock_time_and_its_zone_are_kept():
    assert read_metadata("Tram backed\nSun 3 Mar 2024 12.30 GMT\n", "a.txt")["published_at"].value == (
        "2024-03-03T12:30:00+00:00"
    )
    read = read_metadata("Tram backed\nPublished: 3 March 2024, 2:05 p.m.\nUpdated: 4 March 2024\n", "a.txt")
    assert (read["published_at"].value, read["modified"].value) == ("2024-03-03T14:05:00", "2024-03-04")


def test_a_date_that_is_only_implied_says_so():
    implied = [
        "Tram backed\nUpdated 5 January 2024\n\n",
        "Minutes of the meeting of 5 January 2024\n\n",
        "Tram backed\n\nLEEDS, Jan 5 (Reuters) - The line was told of it on 20 December 2023, its clerk told us.\n",
    ]
    assert [read_metadata(text + BODY, "a.txt")["published"].sure for text in implied] == [False] * 3
    assert read_metadata("Tram backed\n5 January 2024\n\n" + BODY, "a.txt")["published"].sure


def test_a_date_that_may_be_two_days_is_told_and_not_guessed():
    read = read_metadata("Tram backed\n05/03/2024\n\n" + BODY, "a.txt")
    assert (read["doubt"].value, "published" in read) == ("05/03/2024", False)
    read = read_metadata("Tram backed\n05/03/2024\n\nThe vote of 24/02/2024 was void. " + BODY, "a.txt")
    assert read["published"].value == "2024-03-05"


def test_front_matter_names_persons_and_where_the_page_was():
    text = "---\nauthors:\n  - name: Mei Tanaka\n  - Jo Lee\nurl: https://www.bbc.com/news/1\n---\n" + BODY
    read = read_metadata(text, "a.md")
    assert (read["author"].value, read["outlet"].value) == ("Mei Tanaka, Jo Lee", "BBC")
    assert read["address"].value == "https://www.bbc.com/news/1"


def test_who_reported_it_is_read_from_the_foot():
    for credit in ("Reporting by Nadia Quist; Editing by Jo Lee", "(Reporting by Nadia Quist; editing by Jo Lee)"):
        assert read_metadata(f"Tram backed\n\n{BODY}\n\n{credit}\n", "a.txt")["author"].value == "Nadia Quist"


def test_a_folded_line_keeps_the_numbers_of_those_below():
    text = "Subject: Results from\n the second year\nDate: 5 March 2024\n\n" + BODY
    read = read_metadata(text, "a.txt")
    assert read["title"].value == "Results from the second year"
    assert read["published"].origin == "line 3: 'Date: 5 March 2024'"
