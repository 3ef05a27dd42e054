"""Files that hold several documents, in a library: archives, mails with attachments, JSON lines of articles."""

from __future__ import annotations

import json
import zipfile
from email.message import EmailMessage
from pathlib import Path

import pytest
from fakes import HashingEmbedder
from pdfs import pdf_of

from index.errors import LibraryError
from index.fields import read_fields
from index.mend import salvage
from index.pipeline import open_library
from index.prepare import keep_with
from ui.uploads import roots_to_sync

VOTE = "Tram backed\n\nLEEDS, March 3, 2024 (Reuters) - The council voted for the tram line.\n"
LEASE = "Depot leased\n\n4 March 2024\n\nThe depot was leased for ten years.\n"


@pytest.fixture
def library(tmp_path):
    with open_library(tmp_path / "library", HashingEmbedder()) as opened:
        yield opened


def zipped(path: Path, **members: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            archive.writestr(f"{name}.txt", text)
    return path


def outcomes(report):
    return {Path(row.path).name: row.outcome for row in report.rows}


def test_each_file_of_an_archive_is_a_document_that_follows_it(library, tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    archive = zipped(folder / "a.zip", vote=VOTE, lease=LEASE)
    assert outcomes(library.sync(folder)) == {"vote.txt": "added", "lease.txt": "added"}
    (vote,) = [one.document for one in library.documents() if one.document.title == "Tram backed"]
    assert (vote.uri, vote.outlet) == (f"{archive}/vote.txt", "Reuters")
    assert outcomes(library.sync(folder)) == {"vote.txt": "unchanged", "lease.txt": "unchanged"}

    zipped(archive, vote=VOTE + "It passed.\n", other=LEASE + "It is old.\n")
    assert outcomes(library.sync(folder)) == {"vote.txt": "updated", "other.txt": "added", "lease.txt": "removed"}
    archive.rename(folder / "b.zip")
    assert outcomes(library.sync(folder)) == {"vote.txt": "moved", "other.txt": "moved"}
    assert {Path(one.document.uri).parent.name for one in library.documents()} == {"b.zip"}
    assert library.damage() == []


def test_a_deleted_archive_takes_its_documents_along(library, tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "stays.txt").write_text("Ferry\n\nThe ferry sails.\n")
    archive = zipped(folder / "a.zip", vote=VOTE)
    library.sync(folder)
    archive.unlink()
    assert outcomes(library.sync(folder)) == {"stays.txt": "unchanged", "vote.txt": "removed"}


def test_what_is_given_about_a_member_outlives_a_change_of_the_archive(library, tmp_path):
    archive = zipped(tmp_path / "a.zip", vote=VOTE)
    library.add([archive])
    library.edit(f"{archive}/vote.txt", {"outlet": "The Post"})
    zipped(archive, vote=VOTE + "It passed.\n")
    library.add([archive])
    assert [one.document.outlet for one in library.documents()] == ["The Post"]
    assert library.edit(f"{archive}/vote.txt", forget=["outlet"]).outlet == "Reuters"


def test_a_member_that_was_removed_comes_back_when_its_archive_is_added_again(library, tmp_path):
    archive = zipped(tmp_path / "a.zip", vote=VOTE, lease=LEASE)
    library.add([archive])
    library.remove([f"{archive}/vote.txt"])
    assert outcomes(library.add([archive])) == {"vote.txt": "added", "lease.txt": "unchanged"}


def test_a_member_that_lies_elsewhere_too_is_a_copy_until_that_is_gone(library, tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "a.txt").write_text(VOTE)
    (folder / "other.txt").write_text(LEASE)
    archive = zipped(folder / "b.zip", vote=VOTE)
    assert outcomes(library.sync(folder)) == {"a.txt": "added", "other.txt": "added", "vote.txt": "duplicate"}
    (folder / "a.txt").write_text("Bridge\n\nThe bridge is closed.\n")
    assert outcomes(library.sync(folder))["a.txt"] == "updated"
    assert f"{archive}/vote.txt" in {one.document.uri for one in library.documents()}


def test_a_mail_and_what_is_attached_to_it_are_documents(library, tmp_path):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Date"] = (
        "Ana Ruiz <ana@example.org>",
        "tom@example.org",
        "Thu, 7 Mar 2024 09:12:00 +0000",
    )
    mail["Subject"] = "Depot lease"
    mail.set_content("The landlord will not go below 6,400 a month.\n")
    offer = pdf_of([["The offer for the depot is 6,400 a month."]])
    mail.add_attachment(offer, maintype="application", subtype="pdf", filename="offer.pdf")
    (tmp_path / "a.eml").write_bytes(mail.as_bytes())
    library.add([tmp_path / "a.eml"])
    found = {Path(one.document.uri).name: one.document for one in library.documents()}
    assert (found["a.eml"].title, found["a.eml"].published_at) == ("Depot lease", "2024-03-07T09:12:00+00:00")
    assert (found["offer.pdf"].author, str(found["offer.pdf"].published)) == ("Ana Ruiz", "2024-03-07")


def test_json_lines_of_articles_are_documents_and_a_bad_file_in_an_archive_is_told(library, tmp_path):
    text = "The council voted for the tram line after a debate. " * 12
    lines = [{"title": f"Report {n}", "text": f"{text}{n}.", "date": f"2024-03-0{n}", "source": "AP"} for n in (1, 2)]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, lines)))
    library.add([tmp_path / "a.jsonl"])
    assert sorted((one.document.title, one.document.outlet) for one in library.documents()) == [
        ("Report 1", "AP"),
        ("Report 2", "AP"),
    ]
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("bad.pdf", b"%PDF-1.4 nothing")
        archive.writestr("good.txt", LEASE)
    report = library.add([tmp_path / "b.zip"])
    assert outcomes(report) == {"bad.pdf": "failed", "good.txt": "added"} and report.failed[0].reason
    assert outcomes(library.add([tmp_path / "b.zip"])) == {"bad.pdf": "failed", "good.txt": "unchanged"}


def test_a_member_that_was_taken_back_stays_until_it_was_there_once_more(library, tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    archive = zipped(folder / "a.zip", vote=VOTE, lease=LEASE)
    library.sync(folder)
    zipped(archive, vote=VOTE)
    assert outcomes(library.sync(folder))["lease.txt"] == "removed"
    library.restore([f"{archive}/lease.txt"])
    zipped(archive, vote=VOTE + "It passed.\n")
    assert "lease.txt" not in outcomes(library.sync(folder))
    zipped(archive, vote=VOTE, lease=LEASE)
    assert outcomes(library.sync(folder))["lease.txt"] == "unchanged"
    zipped(archive, vote=VOTE)
    assert outcomes(library.sync(folder))["lease.txt"] == "removed"


def test_an_archive_by_another_name_says_what_to_do(library, tmp_path):
    zipped(tmp_path / "a.txt", vote=VOTE)
    (failure,) = library.add([tmp_path / "a.txt"]).failed
    assert "name it .zip" in failure.reason


def records(path: Path, *days: str) -> Path:
    path.write_text("\n".join(json.dumps({"corpo": f"Il tram {n}.", "dt": day}) for n, day in enumerate(days)))
    return path


def published(library):
    return {Path(one.document.uri).name: str(one.document.published) for one in library.documents()}


def test_named_fields_are_kept_for_a_folder_and_a_file_may_differ(library, tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    records(folder / "a.jsonl", "2024-03-03")
    library.sync(folder)
    assert list(published(library)) == ["a.jsonl"]
    report = library.sync(folder, fields={"text": "corpo", "published": "dt"})
    assert outcomes(report) == {"line 1": "added", "a.jsonl": "removed"}
    records(folder / "a.jsonl", "2024-03-04", "2024-03-05")
    records(folder / "b.jsonl", "2024-03-06", "2024-03-07", "2024-03-08")
    library.sync(folder)
    assert published(library) == {"line 1": "2024-03-04", "line 2": "2024-03-05", "line 3": "2024-03-08"}
    assert set(outcomes(library.sync(folder)).values()) == {"unchanged"}
    library.add([folder / "b.jsonl"], fields={"published": ""})
    assert published(library)["line 3"] == "None"
    library.edit(f"{folder}/b.jsonl/line 3", {"outlet": "Courier"})
    assert library.edit(f"{folder}/b.jsonl/line 3", forget=["outlet"]).text == "Il tram 2."
    report = library.add([folder / "a.jsonl"], fields={"text": "body"})
    assert len(report.failed) == 1 and not report.removed


def test_fields_are_named_of_json_lines_alone_and_in_words_that_are_known(library, tmp_path):
    (tmp_path / "a.txt").write_text(VOTE)
    with pytest.raises(LibraryError, match=r"'.*a.txt' holds none, so nothing was added"):
        library.add([tmp_path / "a.txt"], fields={"text": "corpo"})
    assert read_fields(["text=corpo", "published=meta.dt", "title="]) == {
        "text": "corpo",
        "published": "meta.dt",
        "title": "",
    }
    for written in (["corpo"], ["corpo=text"], ["text=a", "text=b"]):
        with pytest.raises(LibraryError, match="--field .* nothing was added"):
            read_fields(written)


def test_named_fields_outlive_the_mending_of_a_damaged_record(library, tmp_path):
    path = records(tmp_path / "a.jsonl", "2024-03-03")
    library.add([path], fields={"text": "corpo"})
    library.close()
    salvage(tmp_path / "library", keep_with(HashingEmbedder(), 120))
    with open_library(tmp_path / "library", HashingEmbedder()) as mended:
        assert outcomes(mended.add([path])) == {"line 1": "unchanged"}


def test_the_page_reads_a_file_that_was_added_alone_again_with_the_fields_named(library, tmp_path):
    path = records(tmp_path / "a.jsonl", "2024-03-03")
    library.add([path], fields={"text": "corpo"})
    roots = roots_to_sync(library.folder, [one.uri for one in library.entries()])
    records(path, "2024-03-03", "2024-03-04")
    assert outcomes(library.sync(roots)) == {"line 1": "unchanged", "line 2": "added"}


def test_a_record_whose_day_alone_was_corrected_is_up_to_date(library, tmp_path):
    path = records(tmp_path / "a.jsonl", "2024-03-03")
    library.add([path], fields={"text": "corpo", "published": "dt"})
    assert outcomes(library.add([records(path, "2024-03-04")])) == {"line 1": "updated"}
    assert published(library) == {"line 1": "2024-03-04"}
