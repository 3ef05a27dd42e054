import os
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from fakes import HashingEmbedder, prepare_lines

from index.errors import EmbedderMismatchError, LibraryBusyError, LibraryError, LoadError
from index.pipeline import open_library
from index.prepare import prepare_with
from index.report import FileRow

COURT = "Trial opens\nThe court in Koblenz heard nine witnesses."
BANK = "Bank closes\nA bank in Basel closed on Friday."
FLOOD = "Flood recedes\nThe Elbe fell by a metre."


@pytest.fixture
def folder(tmp_path):
    """A folder of two documents."""
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "bank.txt").write_text(BANK)
    (folder / "court.txt").write_text(COURT)
    return folder


@pytest.fixture
def opened(tmp_path, record_in):
    """Opens the library in `tmp_path/library`, as often as is wanted, and closes all in the end."""
    everything = []

    def open_one(embedder=None, **how):
        how = {"prepare": prepare_lines, "suffixes": {".txt"}, "open_record": record_in} | how
        everything.append(open_library(tmp_path / "library", embedder or HashingEmbedder(), **how))
        return everything[-1]

    yield open_one
    for one in everything:
        one.close()


def titles(library):
    return sorted(state.document.title for state in library.documents())


def nearest(library, text):
    ((passage_id, _), *_) = library.dense(library.embedder.encode([text])[0], 1)
    (passage,) = library.passages([passage_id])
    return passage.text


def names(uris):
    return [Path(uri).name for uri in uris]


def test_what_is_added_is_found_and_ready(opened, folder):
    library = opened()
    report = library.add([folder])
    assert names(report.added) == ["bank.txt", "court.txt"]
    assert report.passages_embedded == 4
    assert nearest(library, "a bank in Basel") == "A bank in Basel closed on Friday."
    ((found, _),) = library.lexical(["witness"], 5)
    assert library.passages([found])[0].text == "The court in Koblenz heard nine witnesses."
    assert {state.state for state in library.documents()} == {"ready"}


def test_every_passage_is_a_slice_of_its_document(opened, folder):
    library = opened()
    library.add([folder])
    for state in library.documents():
        passages = library.passages_of(state.document.doc_id)
        assert len(passages) == state.passages
        assert all(state.document.text[p.start : p.end] == p.text for p in passages)
        assert set(library.sentence_vectors([p.passage_id for p in passages])) == {p.passage_id for p in passages}


def test_progress_begins_with_nothing_done_and_ends_with_all(opened, folder):
    seen = []
    opened().add([folder], lambda done, total, uri: seen.append((done, total, Path(uri).name)))
    assert seen == [(0, 2, "bank.txt"), (1, 2, "court.txt"), (2, 2, "court.txt")]


def test_an_unchanged_file_is_not_embedded_again(opened, folder):
    library = opened()
    library.sync(folder)
    before = library.embedder.encoded
    report = library.sync(folder)
    assert names(report.unchanged) == ["bank.txt", "court.txt"]
    assert library.embedder.encoded == before
    assert report.passages_embedded == 0


def test_the_library_follows_its_folder(opened, folder):
    library = opened()
    library.sync(folder)
    (folder / "bank.txt").unlink()
    (folder / "court.txt").write_text(COURT.replace("nine", "ten"))
    (folder / "flood.txt").write_text(FLOOD)
    report = library.sync(folder)
    assert (names(report.added), names(report.changed), names(report.removed)) == (
        ["flood.txt"],
        ["court.txt"],
        ["bank.txt"],
    )
    assert titles(library) == ["Flood recedes", "Trial opens"]
    assert nearest(library, "The court in Koblenz heard ten witnesses") == "The court in Koblenz heard ten witnesses."
    assert library.lexical(["Basel"], 5) == []


def test_adding_removes_nothing(opened, folder):
    library = opened()
    library.add([folder])
    (folder / "bank.txt").unlink()
    assert library.add([folder]).removed == ()
    assert titles(library) == ["Bank closes", "Trial opens"]


def test_documents_outside_the_folder_stay(opened, folder, tmp_path):
    elsewhere = tmp_path / "flood.txt"
    elsewhere.write_text(FLOOD)
    library = opened()
    library.add([folder, elsewhere])
    elsewhere.unlink()
    assert library.sync(folder).removed == ()


def test_a_folder_that_is_missing_removes_nothing(opened, folder):
    library = opened()
    library.sync(folder)
    folder.rename(folder.with_name("unplugged"))
    report = library.sync(folder)
    assert report.removed == ()
    assert "disk is connected" in report.failed[0].reason
    assert titles(library) == ["Bank closes", "Trial opens"]


def test_a_file_that_fails_is_reported_and_the_others_are_taken(opened, folder):
    (folder / "a.txt").write_text("UNREADABLE")
    (folder / "b.txt").write_bytes(b"\xff\xfe broken")
    (folder / "c.txt").symlink_to(folder / "nowhere")
    report = opened().add([folder])
    assert names(failure.uri for failure in report.failed) == ["a.txt", "b.txt", "c.txt"]
    assert names(report.added) == ["bank.txt", "court.txt"]


def test_a_changed_file_that_fails_leaves_its_document_as_it_was(opened, folder):
    library = opened()
    library.sync(folder)
    (folder / "bank.txt").write_text("UNREADABLE")
    assert names(failure.uri for failure in library.sync(folder).failed) == ["bank.txt"]
    assert titles(library) == ["Bank closes", "Trial opens"]


def test_hidden_files_and_the_library_itself_are_passed_over(opened, folder):
    (folder / ".hidden.txt").write_text(FLOOD)
    (folder / ".git").mkdir()
    (folder / ".git" / "x.txt").write_text(FLOOD)
    library = opened()
    report = library.add([folder.parent])
    assert names(report.added) == ["bank.txt", "court.txt"]
    assert report.failed == ()


def test_the_same_content_under_another_path_is_a_duplicate(opened, folder):
    (folder / "zcopy.txt").write_text(BANK)
    library = opened()
    assert names(library.sync(folder).duplicates) == ["zcopy.txt"]
    assert names(library.sync(folder).duplicates) == ["zcopy.txt"]
    assert len(library.documents()) == 2


@pytest.mark.parametrize("copy", ["acopy.txt", "zcopy.txt"])
def test_a_duplicate_whose_original_changes_is_taken(opened, folder, copy):
    library = opened()
    library.sync(folder)
    (folder / copy).write_text(COURT)
    assert names(library.sync(folder).duplicates) == [copy]
    (folder / "court.txt").write_text(FLOOD)
    report = library.sync(folder)
    assert titles(library) == ["Bank closes", "Flood recedes", "Trial opens"]
    assert (names(report.added), names(report.changed), report.duplicates) == ([copy], ["court.txt"], ())


@pytest.mark.parametrize("copy", ["acopy.txt", "zcopy.txt"])
def test_a_duplicate_whose_original_goes_is_taken(opened, folder, copy):
    library = opened()
    library.sync(folder)
    (folder / copy).write_text(COURT)
    (folder / "court.txt").unlink()
    report = library.sync(folder)
    assert titles(library) == ["Bank closes", "Trial opens"]
    assert (names(report.moved), report.removed, report.duplicates) == ([copy], (), ())


def test_a_moved_file_keeps_its_vectors(opened, folder):
    library = opened()
    library.sync(folder)
    before = library.embedder.encoded
    (folder / "bank.txt").rename(folder / "moved.txt")
    report = library.sync(folder)
    assert [row for row in report.rows if row.outcome != "unchanged"] == [
        FileRow(str(folder / "moved.txt"), "moved", other=str(folder / "bank.txt"))
    ]
    assert library.embedder.encoded == before
    assert sorted(names(state.document.uri for state in library.documents())) == ["court.txt", "moved.txt"]


def test_a_quote_from_before_a_change_still_opens_the_text_it_quotes(opened, folder):
    library = opened()
    library.sync(folder)
    (old,) = [state.document for state in library.documents() if state.document.title == "Trial opens"]
    for count in ("ten", "eleven"):
        (folder / "court.txt").write_text(COURT.replace("nine", count))
        library.sync(folder)
    (folder / "court.txt").rename(folder / "trial.txt")
    library.sync(folder)

    assert library.document(old.doc_id) == old
    newest, eleven, ten = library.history(old.doc_id)
    assert Path(newest.document.uri).name == "trial.txt"
    assert [one.document.text.split()[-2] for one in (newest, eleven, ten)] == ["eleven", "ten", "nine"]
    assert library.lexical(["nine"], 5) == [], "what is old is never found"
    assert library.removed() == []


def test_old_versions_go_after_the_days_that_are_set(opened, folder):
    library = opened(keep_versions_days=0)
    library.sync(folder)
    (old,) = [state.document for state in library.documents() if state.document.title == "Trial opens"]
    (folder / "court.txt").write_text(COURT.replace("nine", "ten"))
    library.sync(folder)
    assert library.document(old.doc_id) is None
    library.remove([str(folder / "bank.txt")])
    assert len(library.removed()) == 1, "what was removed is no old version"


def test_what_another_file_took_the_place_of_is_an_old_version(opened, folder):
    library = opened()
    library.sync(folder)
    (court,) = [state.document for state in library.documents() if state.document.title == "Trial opens"]
    (folder / "bank.txt").replace(folder / "court.txt")
    (row,) = library.sync(folder).rows
    assert (row.outcome, row.path, row.other) == ("moved", str(folder / "court.txt"), str(folder / "bank.txt"))
    assert [one.document for one in library.history(court.doc_id)][1:] == [court]


def test_only_passages_that_changed_are_embedded_again(opened, folder):
    library = opened()
    (folder / "court.txt").write_text(COURT + "\nOne spoke.\nThe judge left.")
    library.sync(folder)
    before = library.embedder.encoded
    (folder / "court.txt").write_text(COURT + "\nTwo spoke at last.\nThe judge left.")
    report = library.sync(folder)
    assert (names(report.changed), report.passages_embedded) == (["court.txt"], 1)
    assert library.embedder.encoded == before + 2, "the passage and its sentence"
    for state in library.documents():
        for passage in library.passages_of(state.document.doc_id):
            assert nearest(library, f"{state.document.title}\n{passage.text}") == passage.text
            (one,) = library.sentence_vectors([passage.passage_id]).values()
            assert np.allclose(one, library.embedder.encode([passage.text]), atol=1e-3)
    assert library.damage() == []


def test_a_change_of_what_is_not_embedded_embeds_nothing(opened, folder):
    library = opened()
    library.sync(folder)
    report = library.add([folder / "court.txt"], given={"author": "A. Reporter"})
    assert (names(report.changed), report.passages_embedded) == (["court.txt"], 0)
    assert library.add([folder / "court.txt"], given={"outlet": "The Herald"}).passages_embedded == 2


def test_what_the_user_gave_comes_first_and_outlives_a_change(opened, folder):
    library = opened()
    library.add([folder / "bank.txt"], given={"outlet": "Basler Blatt", "published": "2024-05-03"})
    (folder / "bank.txt").write_text(BANK + "\nIt was the oldest.")
    library.sync(folder)
    (document,) = [s.document for s in library.documents() if s.document.title == "Bank closes"]
    assert (document.outlet, document.published.isoformat()) == ("Basler Blatt", "2024-05-03")
    assert document.origins["outlet"] == "given by you"


def test_an_edit_outlives_changes_and_moves_of_the_file_until_it_is_forgotten(opened, folder):
    (folder / "port.txt").write_text("Vote on the port\n\nOLDHAM, June 1, 2021 (AFP) - The council met on Monday.\n")
    library = opened(prepare=None, suffixes=None)
    library.sync(folder)
    (before,) = [state.document for state in library.documents() if state.document.outlet == "AFP"]
    edited = library.edit(str(folder / "port.txt"), {"outlet": "The Post", "published": "2021-07-05"})
    assert (edited.outlet, edited.published) == ("The Post", date(2021, 7, 5))
    assert "2021-07-05" in [one.resolved for one in library.mentions(before.doc_id) if "Monday" in one.text]
    assert len(library.lexical(["Post"], 5)) == 1

    (folder / "port.txt").write_text((folder / "port.txt").read_text() + "It voted.\n")
    library.sync(folder)
    (folder / "port.txt").rename(folder / "quay.txt")
    assert names(library.sync(folder).moved) == ["quay.txt"]
    forgotten = library.edit(str(folder / "quay.txt"), forget=["published"])
    assert (forgotten.outlet, forgotten.published) == ("The Post", before.published)
    with pytest.raises(LibraryError, match="'published' was not given by you.*You gave: outlet"):
        library.edit(str(folder / "quay.txt"), forget=["published"])
    assert library.damage() == []


def test_an_edit_embeds_only_what_it_changes_and_needs_no_file(opened, folder):
    library = opened(prepare=None, suffixes=None)
    library.sync(folder)
    (folder / "bank.txt").unlink()
    (bank,) = [state for state in library.documents() if state.document.title == "Bank closes"]
    before = library.embedder.encoded
    library.edit(bank.document.doc_id, {"author": "A. Reporter", "collection": "Money"})
    assert library.embedder.encoded == before
    library.edit(bank.document.doc_id, {"outlet": "Basler Blatt"})
    assert library.embedder.encoded > before
    (state,) = [state for state in library.documents() if state.document.doc_id == bank.document.doc_id]
    assert (state.added_at, state.state) == (bank.added_at, "ready")
    with pytest.raises(LoadError, match="no file"):
        library.edit(bank.document.doc_id, forget=["outlet"])


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"published": "soon"}, "'soon' is no date"),
        ({"title": " "}, "is empty"),
        ({"pages": "3"}, "'pages' is no field"),
    ],
)
def test_an_edit_that_does_not_fit_changes_nothing(opened, folder, given, told):
    library = opened()
    library.sync(folder)
    before = library.documents()
    with pytest.raises(LibraryError, match=told):
        library.edit(str(folder / "bank.txt"), {"author": "A. Reporter", **given})
    assert library.documents() == before


def test_an_encoding_that_was_given_outlives_a_change(opened, tmp_path):
    (tmp_path / "old.txt").write_bytes("Zürich".encode("latin-1"))
    library = opened(prepare=prepare_with(200))
    library.add([tmp_path / "old.txt"], given={"encoding": "latin-1"})
    (tmp_path / "old.txt").write_bytes("Zürich, Genève".encode("latin-1"))
    report = library.sync(tmp_path / "old.txt")
    assert [one.document.text for one in library.documents()] == ["Zürich, Genève"] and not report.failed
    assert library.sync(tmp_path / "old.txt").unchanged


def test_giving_something_new_about_an_unchanged_file_changes_it(opened, folder):
    library = opened()
    library.add([folder])
    report = library.add([folder / "bank.txt"], given={"outlet": "Basler Blatt"})
    assert names(report.changed) == ["bank.txt"]
    assert names(library.add([folder / "bank.txt"], given={"outlet": "Basler Blatt"}).unchanged) == ["bank.txt"]
    assert len(library.lexical(["Basler"], 5)) == 2


def test_documents_are_removed_by_id_prefix_or_path(opened, folder):
    library = opened()
    library.add([folder])
    bank, court = library.documents()
    assert library.remove([bank.document.doc_id[:6]]) == (bank.document.uri,)
    assert library.remove([str(folder / "court.txt")]) == (court.document.uri,)
    assert library.documents() == []
    assert library.dense(library.embedder.encode(["bank"])[0], 3) == []


def test_an_unknown_target_removes_nothing(opened, folder):
    library = opened()
    library.add([folder])
    with pytest.raises(LibraryError, match="'nothing'.*none was removed"):
        library.remove([str(folder / "bank.txt"), "nothing"])
    assert len(library.documents()) == 2


def test_another_embedder_is_refused_until_the_library_is_rebuilt(opened, folder):
    opened().add([folder])
    other = HashingEmbedder("other")
    with pytest.raises(EmbedderMismatchError, match="'hashing'.*'other'.*dateline rebuild"):
        opened(other)
    library = opened(other, for_rebuild=True)
    with pytest.raises(EmbedderMismatchError):
        library.add([folder])
    for path in folder.iterdir():
        path.unlink()  # a rebuild reads no file
    assert library.rebuild().passages_embedded == 4
    assert nearest(opened(other), "a bank in Basel") == "A bank in Basel closed on Friday."


def test_a_rebuild_with_the_same_embedder_embeds_nothing(opened, folder):
    library = opened()
    library.add([folder])
    before = library.embedder.encoded
    assert library.rebuild().passages_embedded == 0
    assert library.embedder.encoded == before
    assert nearest(library, "a bank in Basel") == "A bank in Basel closed on Friday."


def test_a_second_writer_is_told_who_writes(opened, folder):
    library, other = opened(), opened()
    lock = other._record.database.write_lock(0.0)
    with lock, pytest.raises(LibraryBusyError, match=f"process {os.getpid()}.*Wait"):
        library.add([folder])
    assert names(library.add([folder]).added) == ["bank.txt", "court.txt"]


def test_another_librarys_writes_are_found_without_opening_again(opened, folder):
    reader, writer = opened(), opened()
    writer.add([folder])
    assert nearest(reader, "a bank in Basel") == "A bank in Basel closed on Friday."
    writer.remove([str(folder / "bank.txt")])
    assert nearest(reader, "a bank in Basel") != "A bank in Basel closed on Friday."


def test_the_packages_own_reading_gives_exact_passages(opened, folder):
    (folder / "report.md").write_text("# A report\n\nThe senate met on 3 May 2024. It voted for the bill.\n")
    library = opened(prepare=None, suffixes=None)
    assert library.add([folder]).failed == ()
    for state in library.documents():
        for passage in library.passages_of(state.document.doc_id):
            assert state.document.text[passage.start : passage.end] == passage.text
    assert nearest(library, "It voted for the bill")


KILLED = """
import os, signal, sys
sys.path.insert(0, {tests!r})
from fakes import HashingEmbedder, prepare_lines
from functools import partial
from index.pipeline import open_library
from index.places import open_record

def kill(frame, event, argument):
    if event == {event!r} and frame.f_code.co_name == {function!r} and "/index/" in frame.f_code.co_filename:
        os.kill(os.getpid(), signal.SIGKILL)

how = dict(prepare=prepare_lines, suffixes={{".txt"}}, open_record=partial(open_record, {record!r}, ""))
library = open_library({library!r}, HashingEmbedder(), **how)
sys.setprofile(kill)
library.sync({folder!r})
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.parametrize(
    ("event", "function"),
    [
        ("call", "insert_prepared"),
        ("return", "insert_prepared"),
        ("call", "remove_gone"),
        ("return", "_write_pointer"),
        ("call", "_prove"),
        ("call", "mark_ready"),
    ],
)
def test_a_kill_at_any_point_loses_nothing_and_the_next_open_heals(
    opened, record_name, folder, tmp_path, event, function
):
    first = opened()
    first.sync(folder)
    first.close()
    (folder / "bank.txt").unlink()
    (folder / "court.txt").write_text(COURT.replace("nine", "ten"))
    (folder / "flood.txt").write_text(FLOOD)
    script = KILLED.format(
        tests=str(Path(__file__).parent),
        library=str(tmp_path / "library"),
        record=record_name(tmp_path / "library"),
        folder=str(folder),
        event=event,
        function=function,
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=Path(__file__).parents[1], check=False, env=os.environ)
    assert done.returncode == -signal.SIGKILL

    library = opened()
    assert {state.state for state in library.documents()} == {"ready"}
    assert sum("court" in state.document.uri for state in library.documents()) == 1
    for state in library.documents():
        for passage in library.passages_of(state.document.doc_id):
            assert state.document.text[passage.start : passage.end] == passage.text
            assert nearest(library, f"{state.document.title}\n{passage.text}") == passage.text
    library.sync(folder)
    assert titles(library) == ["Flood recedes", "Trial opens"]
    assert nearest(library, "The court in Koblenz heard ten witnesses") == "The court in Koblenz heard ten witnesses."


def test_a_library_in_a_read_only_folder_can_be_asked_and_not_written(opened, folder, tmp_path):
    first = opened()
    first.add([folder])
    first.close()
    (tmp_path / "library").chmod(0o555)
    if os.access(tmp_path / "library", os.W_OK):
        pytest.skip("the superuser may write everywhere")
    try:
        library = opened()
        assert nearest(library, "a bank in Basel") == "A bank in Basel closed on Friday."
        assert len(library.lexical(["witness"], 5)) == 1
        with pytest.raises(LibraryError, match="read-only"):
            library.remove([str(folder / "bank.txt")])
        library.close()
    finally:
        (tmp_path / "library").chmod(0o755)


def test_keeping_and_asking_opens_no_socket(folder, tmp_path):
    script = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
def refuse(event, args):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.bind"):
        raise SystemExit(f"{{event}} {{args}}")
sys.addaudithook(refuse)
from fakes import HashingEmbedder, prepare_lines
from index.pipeline import open_library
folder = {str(tmp_path / "library")!r}
with open_library(folder, HashingEmbedder(), prepare=prepare_lines, suffixes={{".txt"}}) as library:
    library.add([{str(folder)!r}])
    library.dense(library.embedder.encode(["a"])[0], 3)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=Path(__file__).parents[1], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


# What is gone


@pytest.fixture
def eleven(tmp_path):
    """A folder with eleven reports, two of them in a folder below."""
    folder = tmp_path / "eleven"
    (folder / "below").mkdir(parents=True)
    for number in range(11):
        place = folder / "below" if number < 2 else folder
        (place / f"{number}.txt").write_text(f"Report {number}\nThe council of town {number} met.")
    return folder


def empty(folder):
    for path in sorted(folder.rglob("*.txt")):
        path.unlink()


def test_a_folder_whose_disk_is_not_there_removes_nothing_and_says_how_to(opened, eleven):
    library = opened()
    library.sync(eleven)
    empty(eleven)
    (eleven / "below").rmdir()
    report = library.sync(eleven)
    assert (report.removed, len(report.kept), len(library.documents())) == ((), 11, 11)
    assert "Of 11 documents" in report.failed[0].reason
    assert f"dateline sync {eleven} --remove 11" in report.failed[0].reason

    wrong = library.sync(eleven, remove=10)
    assert (wrong.removed, len(library.documents())) == ((), 11)
    assert "10 were to be removed, but there are 11" in wrong.failed[0].reason
    assert len(library.sync(eleven, remove=11).removed) == 11
    assert library.documents() == []


@pytest.mark.parametrize(("deleted", "removed"), [(2, 2), (3, 0), (10, 0)])
def test_up_to_a_fifth_of_a_folder_is_removed_unasked(opened, eleven, deleted, removed):
    library = opened()
    library.sync(eleven)
    for path in sorted(eleven.rglob("*.txt"))[:deleted]:
        path.unlink()
    report = library.sync(eleven)
    assert (len(report.removed), len(library.documents())) == (removed, 11 - removed)
    assert len(report.kept) == (0 if removed else deleted)


def test_a_disk_inside_a_followed_folder_may_be_off_too(opened, eleven):
    disk = eleven / "disk"
    disk.mkdir()
    for number in range(3):
        (disk / f"d{number}.txt").write_text(f"Note {number}\nA ship of line {number} sank.")
    for number in range(20, 30):
        (eleven / f"{number}.txt").write_text(f"Report {number}\nThe council of town {number} met.")
    library = opened()
    library.sync(eleven)
    empty(disk)
    (eleven / "29.txt").unlink()
    report = library.sync(eleven)
    assert (names(report.removed), len(report.kept)) == (["29.txt"], 3)
    assert len(library.sync(disk, remove=3).removed) == 3


def test_what_was_removed_is_taken_back_with_what_was_given_and_stays(opened, folder):
    library = opened()
    library.add([folder / "bank.txt"], given={"outlet": "Basler Blatt", "collection": "Money"})
    library.add([folder / "court.txt"])
    (before,) = [state.document for state in library.documents() if state.document.title == "Bank closes"]
    (folder / "bank.txt").unlink()
    assert names(library.sync(folder).removed) == ["bank.txt"]
    assert [one.document for one in library.removed()] == [before]

    assert names(library.restore([before.doc_id[:6]])) == ["bank.txt"]
    assert library.document(before.doc_id) == before
    assert library.removed() == []
    assert "A bank in Basel closed on Friday." in nearest(library, "a bank in Basel")
    assert library.sync(folder).removed == (), "it would be removed at once again"

    (folder / "bank.txt").write_text(BANK)
    library.sync(folder)
    (folder / "bank.txt").unlink()
    assert names(library.sync(folder).removed) == ["bank.txt"], "its file had been there again"


def test_what_was_given_survives_a_removal_and_a_new_addition(opened, folder):
    library = opened()
    library.add([folder / "bank.txt"], given={"outlet": "Basler Blatt", "published": "2024-05-03"})
    library.remove([str(folder / "bank.txt")])
    (folder / "bank.txt").rename(folder / "again.txt")
    library.add([folder / "again.txt"])
    (document,) = [state.document for state in library.documents()]
    assert (document.outlet, document.published.isoformat()) == ("Basler Blatt", "2024-05-03")


def test_nothing_is_kept_of_what_was_removed_for_good_or_long_ago(opened, folder):
    library = opened()
    library.add([folder])
    library.remove([str(folder / "bank.txt")])
    library.remove([str(folder / "court.txt")], for_good=True)
    assert [one.document.title for one in library.removed()] == ["Bank closes"]
    with library._record.transaction() as db:
        db.execute("UPDATE removed SET removed_at = '2020-01-01T00:00:00+00:00'")
    library.add([folder / "court.txt"])
    assert library.removed() == []


def test_a_document_whose_place_is_taken_is_not_taken_back_over_it(opened, folder):
    library = opened()
    library.add([folder])
    library.remove([str(folder / "bank.txt")])
    (folder / "bank.txt").write_text(FLOOD)
    library.add([folder])
    with pytest.raises(LibraryError, match="'Flood recedes', so 'Bank closes' cannot be taken back"):
        library.restore([library.removed()[0].document.doc_id])
    with pytest.raises(LibraryError, match="'nothing'.*`dateline restore` lists.*none was taken back"):
        library.restore(["nothing"])
    assert titles(library) == ["Flood recedes", "Trial opens"]
