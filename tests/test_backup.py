"""A library as one file, out of it again, and as plain data."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import tracemalloc
import zipfile
from contextlib import closing
from itertools import islice
from pathlib import Path
from threading import Thread

import pytest
from fakes import HashingEmbedder

from index.backup import BESIDE, UPLOADS, back_up
from index.database import FILE
from index.errors import LibraryError
from index.export import exported
from index.from_backup import restore_backup
from index.pipeline import Library, open_library

COURT = "Trial opens\n\nThe court in Koblenz heard nine witnesses on Monday.\n"
BANK = "Bank closes\n\nKOBLENZ, March 3, 2024 (AP) - A bank closed on Friday.\n"


def opened(folder: Path) -> Library:
    return open_library(folder, HashingEmbedder())


def titles(folder: Path) -> list[str]:
    with opened(folder) as library:
        assert library.damage() == []
        return sorted(state.document.title for state in library.documents())


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a library of two documents, one of them uploaded, an old version of it, and its backup."""
    uploads = tmp_path / "library" / UPLOADS
    uploads.mkdir(parents=True)
    (uploads / "court.txt").write_text(COURT.replace("nine", "eight"))
    (tmp_path / "bank.txt").write_text(BANK)
    (tmp_path / "library" / BESIDE[0]).write_text("[]")
    with opened(tmp_path / "library") as library:
        library.sync([tmp_path / "bank.txt", uploads])
        (uploads / "court.txt").write_text(COURT)
        library.sync([uploads])
    back_up(tmp_path / "library", tmp_path / "one.zip")
    return tmp_path


def change(place: Path) -> None:
    """What happens after the backup was made."""
    (place / "library" / UPLOADS / "court.txt").write_text("Trial ends\n\nIt was over.\n")
    (place / "library" / UPLOADS / "late.txt").write_text("Late news\n\nIt was late.\n")
    with opened(place / "library") as library:
        library.sync([place / "library" / UPLOADS])
        library.remove([str(place / "bank.txt")])


def test_a_restored_library_is_what_it_was_and_the_one_that_was_there_is_kept(place: Path) -> None:
    with opened(place / "library") as library:
        before, facts = library.documents(), library.facts()
        old = library.history(facts[1].doc_id)
    change(place)
    with opened(place / "library") as reader:  # another process that has it open all the while
        restored = restore_backup(place / "library", place / "one.zip")
        assert reader.documents() == before
    with opened(place / "library") as library:
        assert library.documents() == before
        assert library.history(facts[1].doc_id) == old and len(old) == 2
        assert library.damage() == []
        ((found, _),) = library.lexical(["witnesses"], 3)
        assert library.dense(library.embedder.encode([library.passages([found])[0].text])[0], 1)
        assert library.sync([place / "library" / UPLOADS]).unchanged, "the uploads are those of then"
    assert [path.name for path in (place / "library" / UPLOADS).iterdir()] == ["court.txt"]

    assert restored.aside is not None
    restore_backup(place / "library", restored.aside)
    assert titles(place / "library") == ["Late news", "Trial ends"]
    assert len(list((place / "library" / UPLOADS).iterdir())) == 2


def test_uploaded_folders_come_back_with_what_is_in_them(place: Path) -> None:
    inside = place / "library" / UPLOADS / "news" / "may" / "court.txt"
    inside.parent.mkdir(parents=True)
    inside.write_text("Trial in May\n\nIt began.\n")
    back_up(place / "library", place / "two.zip")
    inside.write_text("Other words.")

    restore_backup(place / "library", place / "two.zip")
    restore_backup(place / "other", place / "two.zip")

    for name in ("library", "other"):
        assert (place / name / UPLOADS / "news" / "may" / "court.txt").read_text().startswith("Trial in May")


@pytest.mark.parametrize("name", ["uploads/../out.txt", "uploads/a/../../out.txt", "other/a.txt", "/etc/out.txt"])
def test_a_backup_that_leads_elsewhere_is_refused(place: Path, name: str) -> None:
    with zipfile.ZipFile(place / "one.zip", "a") as packed:
        packed.writestr(name, "text")
    with pytest.raises(LibraryError, match="is no backup"):
        restore_backup(place / "other", place / "one.zip")
    assert not list(place.rglob("out.txt"))


def test_a_backup_makes_a_library_on_another_machine(place: Path) -> None:
    assert restore_backup(place / "other", place / "one.zip").aside is None
    with opened(place / "other") as library:
        assert library.sync([place / "other" / UPLOADS]).unchanged == (str(place / "other" / UPLOADS / "court.txt"),)
    assert titles(place / "other") == ["Bank closes", "Trial opens"]


def test_a_backup_made_while_others_write_is_whole(place: Path) -> None:
    for number in range(30):
        (place / "news").mkdir(exist_ok=True)
        (place / "news" / f"{number}.txt").write_text(f"Report {number}\n\nTown {number} met.\n")
    with opened(place / "library") as library:
        writing = Thread(target=lambda: library.sync(place / "news"))
        writing.start()
        made = 0
        while writing.is_alive() or not made:
            back_up(place / "library", place / f"made {made}.zip")
            made += 1
        writing.join()
    for number in range(made):
        restore_backup(place / "again", place / f"made {number}.zip")
        assert "Trial opens" in titles(place / "again")


def test_a_damaged_library_is_kept_as_it_is_and_replaced(place: Path) -> None:
    record = place / "library" / FILE
    record.write_bytes(b"no record at all" * 1000)
    with pytest.raises(LibraryError, match="damaged"):
        back_up(place / "library", place / "two.zip")
    assert not (place / "two.zip").exists()
    restored = restore_backup(place / "library", place / "one.zip")
    assert titles(place / "library") == ["Bank closes", "Trial opens"]
    assert restored.aside is not None
    assert (restored.aside / FILE).read_bytes() == b"no record at all" * 1000


def repacked(place: Path, **contents: bytes | None) -> Path:
    """The backup with other contents of some of its files, or without them."""
    with zipfile.ZipFile(place / "one.zip") as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    changed: dict[str, bytes | None] = {**files, **{name.replace("__", "."): data for name, data in contents.items()}}
    with zipfile.ZipFile(place / "other.zip", "w") as packed:
        for name, data in changed.items():
            if data is not None:
                packed.writestr(name, data)
    return place / "other.zip"


def test_what_is_no_whole_backup_changes_nothing(place: Path) -> None:
    change(place)
    before = titles(place / "library")
    whole = (place / "one.zip").read_bytes()
    (place / "cut.zip").write_bytes(whole[:-200])
    (place / "bits.zip").write_bytes(whole[:900] + bytes([whole[900] ^ 255]) + whole[901:])
    (place / "text.zip").write_text("no zip")
    wrong = [place / "cut.zip", place / "bits.zip", place / "text.zip", repacked(place, record__sqlite3=None)]
    for path in wrong:
        with pytest.raises(LibraryError, match=r"no backup.*Nothing was changed"):
            restore_backup(place / "library", path)
    for contents in (
        {"backup__json": b"[]"},
        {"record__sqlite3": b"x" * 9000},
        {"../evil": b"x"},
        {"uploads/../x": b""},
    ):
        with pytest.raises(LibraryError, match=r"no backup.*Nothing was changed"):
            restore_backup(place / "library", repacked(place, **contents))
    with pytest.raises(LibraryError, match="no file"):
        restore_backup(place / "library", place / "nowhere.zip")
    assert titles(place / "library") == before
    assert not [*place.rglob("evil"), *place.rglob("restoring"), *place.rglob("before-restore*")]


def test_a_backup_of_a_newer_dateline_is_refused(place: Path) -> None:
    with zipfile.ZipFile(place / "one.zip") as packed:
        packed.extract(FILE, place)
    with closing(sqlite3.connect(place / FILE)) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(LibraryError, match=r"format 99.*newer.*Nothing was changed.*[Uu]pgrade"):
        restore_backup(place / "library", repacked(place, record__sqlite3=(place / FILE).read_bytes()))


def test_nothing_is_overwritten_and_nothing_half_written_is_left(place: Path) -> None:
    with pytest.raises(LibraryError, match="not overwritten"):
        back_up(place / "library", place / "one.zip")
    with pytest.raises(LibraryError, match="could not be written"):
        back_up(place / "library", place / "nowhere" / "one.zip")
    with pytest.raises(LibraryError, match="no library"):
        back_up(place / "nowhere", place / "two.zip")
    assert sorted(path.name for path in place.iterdir()) == ["bank.txt", "library", "one.zip"]


KILLED = """
import os, signal, sys
from pathlib import Path
from index.from_backup import restore_backup

calls = 0
def kill(frame, event, argument):
    global calls
    if event in ("call", "c_call") and "backup.py" in frame.f_code.co_filename:
        calls += 1
        if calls == {calls}:
            os.kill(os.getpid(), signal.SIGKILL)

sys.setprofile(kill)
restore_backup(Path({library!r}), Path({backup!r}))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.parametrize("calls", [20, 45, 55, 60, 64, 66, 68, 70, 72, 74, 77, 80])
def test_a_kill_while_restoring_leaves_the_one_library_or_the_other_and_loses_nothing(place: Path, calls: int) -> None:
    change(place)
    script = KILLED.format(calls=calls, library=str(place / "library"), backup=str(place / "one.zip"))
    done = subprocess.run([sys.executable, "-c", script], cwd=Path(__file__).parents[1], check=False)
    assert done.returncode in {0, -signal.SIGKILL}
    now = titles(place / "library")
    assert now in (["Bank closes", "Trial opens"], ["Late news", "Trial ends"])
    restore_backup(place / "library", place / "one.zip")
    assert titles(place / "library") == ["Bank closes", "Trial opens"]
    kept = []
    for number, aside in enumerate((place / "library").glob("before-restore-*.zip")):
        restore_backup(place / f"kept {number}", aside)
        kept.append((titles(place / f"kept {number}"), len(list((place / f"kept {number}" / UPLOADS).iterdir()))))
    assert (["Late news", "Trial ends"], 2) in kept


def test_an_export_holds_each_document_with_exact_passages_and_dates(place: Path) -> None:
    with opened(place / "library") as library:
        bank, court = (json.loads(json.dumps(one)) for one in exported(library))
        ids = [facts.doc_id for facts in library.facts()]
    assert [bank["id"], court["id"]] == ids
    assert (bank["title"], bank["published"], court["text"]) == ("Bank closes", "2024-03-03", COURT)
    for one in (bank, court):
        covered = "".join(one["text"][passage["start"] : passage["end"]] for passage in one["passages"])
        assert "".join(covered.split()) == "".join(one["text"].split())
    (friday,) = [mention for mention in bank["mentions"] if "Friday" in mention["text"]]
    assert bank["text"][friday["start"] : friday["end"]] == friday["text"]
    assert friday["resolved"] == "2024-03-01"


def test_an_export_holds_one_document_in_memory_at_a_time(tmp_path: Path) -> None:
    (tmp_path / "news").mkdir()
    for number in range(12):
        lines = "".join(f"Town {number} counted {line} votes in the hall.\n" for line in range(3000))
        (tmp_path / "news" / f"{number}.txt").write_text(f"Report {number}\n\n{lines}")
    with opened(tmp_path / "library") as library:
        library.sync(tmp_path / "news")
        peaks = []
        for documents in (1, 2, 12):
            tracemalloc.start()
            for _ in islice(exported(library), documents):
                pass
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
    assert peaks[2] < 2 * peaks[1], "two are there at once while one gives way to the next"
