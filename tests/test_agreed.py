"""A date that may be two days, in a library: the other documents of the folder decide, in whatever order they come."""

from __future__ import annotations

import json
import zipfile
from itertools import permutations
from pathlib import Path

import pytest
from fakes import HashingEmbedder

from index.pipeline import open_library
from ui.document import origins_html

DOUBTFUL = "Tram backed\n03/04/2024\n\nThe council voted for the tram line.\n"
CLEAR = "Depot leased\n25/12/2023\n\nThe depot was leased for ten years.\n"
AMERICAN = "Ferry sails\n12/26/2023\n\nThe ferry sails again.\n"
DAY_FIRST = "line 2: '03/04/2024', read day first as the other documents of the folder write dates"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "files").mkdir()
    return tmp_path / "files"


@pytest.fixture
def library(tmp_path):
    with open_library(tmp_path / "library", HashingEmbedder()) as opened:
        yield opened


def written(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text)


def tram(library):
    (found,) = [one.document for one in library.documents() if one.document.title == "Tram backed"]
    return found


@pytest.mark.parametrize("names", list(permutations("abc")))
def test_the_other_documents_of_the_folder_decide_in_whatever_order_they_are_read(library, folder, names):
    first, second, third = names
    written(folder, **{first: DOUBTFUL, second: CLEAR, third: "Old news\n\nOf 05/06/2024.\n"})
    report = library.sync(folder)
    assert report.passages_embedded == 3
    found = tram(library)
    assert (str(found.published), found.origins["published"], found.unsure) == ("2024-04-03", DAY_FIRST, {"published"})
    assert len(library.sync(folder).unchanged) == 3


def test_folders_that_write_both_ways_or_neither_and_other_folders_decide_nothing(library, folder):
    written(folder, a=DOUBTFUL, b=CLEAR, c=AMERICAN)
    library.sync(folder)
    assert tram(library).published is None
    assert tram(library).origins["published"].startswith("line 2: '03/04/2024' may be two days: none is taken until")
    assert "not known: line 2: &#x27;03/04/2024&#x27; may be two days" in origins_html(
        library.state(tram(library).doc_id)
    )
    other = folder.with_name("other")
    other.mkdir()
    written(other, a=DOUBTFUL.replace("Tram", "Bus"))
    library.sync(other)
    (bus,) = [one.document for one in library.documents() if one.document.title == "Bus backed"]
    assert bus.published is None
    (folder / "c.txt").unlink()
    library.sync(folder)
    assert str(tram(library).published) == "2024-04-03"


def test_a_later_run_dates_what_was_in_doubt_and_takes_no_date_away(library, folder):
    written(folder, a=DOUBTFUL)
    library.sync(folder)
    assert tram(library).published is None
    written(folder, b=CLEAR)
    report = library.sync(folder)
    assert [Path(path).name for path in report.changed] == ["a.txt"]
    assert str(tram(library).published) == "2024-04-03"
    written(folder, c=AMERICAN)
    library.sync(folder)
    assert str(tram(library).published) == "2024-04-03"
    written(folder, a=DOUBTFUL + "It was close.\n")
    library.sync(folder)
    assert tram(library).published is None


def test_documents_of_the_library_decide_for_a_file_that_comes_later(library, folder):
    written(folder, b=AMERICAN)
    library.sync(folder)
    written(folder, a=DOUBTFUL)
    library.sync(folder, only=[folder / "a.txt"])
    assert str(tram(library).published) == "2024-03-04"


def test_the_day_stays_when_the_file_moves_or_something_else_is_edited(library, folder):
    written(folder, a=DOUBTFUL, b=CLEAR)
    library.sync(folder)
    folder.rename(folder.with_name("moved"))
    report = library.sync([folder, folder.with_name("moved")])
    assert len(report.moved) == 2 and report.passages_embedded == 0
    assert str(tram(library).published) == "2024-04-03"
    library.edit(tram(library).doc_id, {"outlet": "Courier", "published": "2024-03-04"})
    assert library.edit(tram(library).doc_id, forget=["outlet"]).origins["published"] == "given by you"
    found = library.edit(tram(library).doc_id, forget=["published"])
    assert (str(found.published), found.origins["published"]) == ("2024-04-03", DAY_FIRST)


def test_the_members_of_an_archive_and_the_records_of_a_file_decide_for_one_another(library, folder):
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        archive.writestr("a.txt", DOUBTFUL)
        archive.writestr("b.txt", CLEAR)
    assert len(library.sync(folder).added) == 2
    assert str(tram(library).published) == "2024-04-03"
    library.sync(folder)
    assert str(tram(library).published) == "2024-04-03"
    days = {"Bus backed": "05/04/2024", "Bus late": "06/04/2024"}
    lines = [{"title": name, "text": f"The {name}. " * 40, "date": day} for name, day in days.items()]
    lines[1]["text"] += "It had been so on 25/12/2023."
    (folder / "b.jsonl").write_text("\n".join(map(json.dumps, lines)))
    library.sync(folder)
    found = {one.document.title: one.document for one in library.documents()}
    assert [str(found[name].published) for name in days] == ["2024-04-05", "2024-04-06"]
    assert (
        found["Bus backed"].origins["published"].startswith("the record's field 'date': '05/04/2024', read day first")
    )
