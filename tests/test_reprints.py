"""Documents that print one report again are known as one source."""

from __future__ import annotations

from datetime import date

import pytest
from fakes import HashingEmbedder

from index.pipeline import open_library
from index.reprints import is_reprint, others_in_words

REPORT = (
    "The town council voted 40 to 12 for the new tram line after a debate of six hours, its clerk told reporters on "
    "the steps of the hall. Building is to begin in the spring and will take three years, she added. Traders fear for "
    "their custom while the street is dug up, and have asked for a fund. The mayor said that he would meet them next "
    "week."
)
OTHER = (
    "The ferry company said that fares to the outer islands would rise by eight percent in May. It blamed the price of "
    "fuel, which has gone up by a third since last summer, and the wages of its seamen, who were on strike in January."
)


def report(title: str, day: str, text: str) -> str:
    return f"{title}\n\nLEEDS, {day} (Reuters) - {text}\n"


@pytest.fixture
def library(tmp_path):
    files = {
        "first.txt": report("Tram backed", "March 3, 2024", REPORT),
        "cut.txt": report("Council votes for tram", "March 4, 2024", " ".join(REPORT.split()[:45])),
        "corrected.txt": report("Tram backed", "March 5, 2024", f"{REPORT} (Corrects the number of votes.)"),
        "ferry.txt": report("Fares rise", "March 3, 2024", OTHER),
        "short.txt": "Tram\n\nThe town council voted.\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with open_library(tmp_path / "library", HashingEmbedder()) as opened:
        opened.add([tmp_path / name for name in files])
        yield opened


def test_reprints_cut_and_corrected_ones_are_one_story_the_first_known_first(library):
    (story,) = library.stories()
    assert [(one.title, one.published) for one in story.documents] == [
        ("Tram backed", date(2024, 3, 3)),
        ("Council votes for tram", date(2024, 3, 4)),
        ("Tram backed", date(2024, 3, 5)),
    ]
    assert story.corrections == {story.documents[2].doc_id}
    assert all(library.story_of(one.doc_id) == story for one in story.documents)
    assert others_in_words(story, story.documents[0].doc_id) == (
        "The same report, for the most part, as 'Council votes for tram' (Reuters, 2024-03-04); "
        "'Tram backed' (Reuters, 2024-03-05), which corrects it."
    )
    assert others_in_words(story, story.documents[2].doc_id).startswith("It says that it corrects an earlier one.")


def test_a_story_follows_its_documents(library):
    (story,) = library.stories()
    library.remove([one.doc_id for one in story.documents[1:]])
    assert library.stories() == ()
    assert library.story_of(story.documents[0].doc_id) is None


def test_what_shares_a_sentence_is_no_reprint():
    shared = REPORT.split(". ", maxsplit=1)[0]
    assert not is_reprint(REPORT, f"{OTHER} {shared}.")
    assert not is_reprint("The town council voted.", REPORT)
    assert is_reprint(REPORT.replace("six", "seven"), REPORT)
