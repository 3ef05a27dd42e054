"""A damaged library: nothing crashes, `doctor` finds it, and `rebuild` mends it from what the record still holds."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from fakes import HashingEmbedder
from growth import kinds
from test_record import as_format_3

from cli.check import guarded
from cli.stored_checks import check_library
from index.errors import LibraryDamagedError, LibraryError, UserFacingError
from index.pipeline import Library, open_library
from index.prepare import keep_with
from index.record import FILE, Record
from index.records import Document
from qa.chain import AnswerChain
from qa.model.open import NONE, Model
from qa.settings import Settings

REPORTS = {
    f"{name}.txt": f"{name.title()} in the news\n\nBERN, March {day}, 2024 (AP) - The {name} was closed on Friday. "
    f"It had {day} guests.\n\nNobody said why the {name} was closed. It opens in May.\n"
    for day, name in enumerate(("bank", "court", "flood", "harbour", "museum", "tunnel"), 3)
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with reports and their library, one of them with an outlet given by hand."""
    place = tmp_path_factory.mktemp("whole")
    (place / "news").mkdir()
    for name, text in REPORTS.items():
        (place / "news" / name).write_text(text)
    with open_library(place / "library", HashingEmbedder()) as library:
        library.add([place / "news" / "bank.txt"], given={"outlet": "Basler Blatt"})
        library.add([place / "news"])
        library.remove([str(place / "news" / "tunnel.txt")])
    return place


@pytest.fixture(scope="module")
def before(whole: Path) -> dict[str, Document]:
    """Its documents by the names of their files."""
    return documents_of(whole / "library")


@pytest.fixture
def place(whole: Path, tmp_path: Path) -> Path:
    """A copy of it to damage."""
    shutil.copytree(whole / "library", tmp_path / "library")
    return tmp_path


def documents_in(library: Library) -> dict[str, Document]:
    return {Path(state.document.uri).name: state.document for state in library.documents()}


def documents_of(folder: Path) -> dict[str, Document]:
    with open_library(folder, HashingEmbedder()) as library:
        return documents_in(library)


def run(folder: Path, *statements: str) -> None:
    with closing(sqlite3.connect(folder / FILE)) as db:
        for statement in statements:
            db.execute(statement)
        db.commit()


def use(folder: Path) -> None:
    """Search, ask and look at everything, as the commands do. Raises a UserFacingError, or something worse."""
    with open_library(folder, HashingEmbedder()) as library:
        chain = AnswerChain(library, Model(NONE, None), Settings(model=NONE, library=folder))
        chain.invoke("How many guests did the museum have on Friday?")
        for state in library.documents():
            library.passages_of(state.document.doc_id)
            library.mentions(state.document.doc_id)


def found_by_doctor(folder: Path) -> list[str]:
    checks = check_library(Settings(library=folder))
    return [check.mend for check in checks if check.verdict == "wrong" and check.name == "record"]


def rebuilt(folder: Path) -> Library:
    library = open_library(folder, HashingEmbedder(), for_rebuild=True)
    library.rebuild()
    return library


NAN = f"x'{np.full(64, np.nan, '<f4').tobytes().hex()}'"
OF_BANK = "doc_id = (SELECT doc_id FROM documents WHERE title LIKE 'Bank%')"
DAMAGES = {
    "no words": ("DROP TABLE words",),
    "words of one passage forgotten": ("DELETE FROM words_docsize WHERE id = 2",),
    "the words' data emptied": ("DELETE FROM words_data WHERE id > 10",),
    "no view": ("DROP VIEW indexed",),
    "no table of dates": ("DROP TABLE mentions",),
    "no table of sentences": ("DROP TABLE sentences",),
    "no table of what was removed": ("DROP TABLE removed",),
    "headings cut": ("UPDATE passages SET headings = substr(headings, 2) WHERE number = 3",),
    "origins cut": (f"UPDATE documents SET origins = '{{\"tit' WHERE {OF_BANK}",),
    "pages no list": (f"UPDATE documents SET page_starts = '7' WHERE {OF_BANK}",),
    "doubts no list": (f"UPDATE documents SET unsure = '7' WHERE {OF_BANK}",),
    "no date of change": (f"UPDATE documents SET modified = 'soon' WHERE {OF_BANK}",),
    "no date": (f"UPDATE documents SET published = '2024-13-41' WHERE {OF_BANK}",),
    "a vector too short": ("UPDATE passages SET vector = substr(vector, 1, 20) WHERE number = 1",),
    "all vectors too short": ("UPDATE passages SET vector = substr(vector, 1, 20)",),
    "a vector of no numbers": (f"UPDATE passages SET vector = {NAN} WHERE number = 2",),
    "a sentence's vector too short": ("UPDATE sentences SET vector = x'00' WHERE passage = 1",),
    "a vector of nothing": ("UPDATE passages SET vector = zeroblob(256) WHERE number = 2",),
    "a passage deleted": ("PRAGMA foreign_keys = ON", "DELETE FROM passages WHERE number = 2"),
    "a passage deleted, its sentences left": ("DELETE FROM passages WHERE number = 2",),
    "a passage changed": ("UPDATE passages SET text = 'It had 999 guests.' WHERE number = 2",),
    "a passage moved": ("UPDATE passages SET start = start + 3 WHERE number = 2",),
    "sentences deleted": ("DELETE FROM sentences WHERE passage = 2",),
    "a date that is none": ("UPDATE mentions SET resolved = 'soon' WHERE ordinal = 0",),
    "no embedder": ("DELETE FROM meta WHERE key = 'embedder'",),
    "no meta": ("DELETE FROM meta",),
    "generation no number": ("UPDATE meta SET value = 'x' WHERE key = 'generation'",),
    "dimension no number": ("UPDATE meta SET value = 'x' WHERE key = 'dimension'",),
    "text of no encoding": ("UPDATE passages SET text = CAST(x'fffe41' AS TEXT) WHERE number = 2",),
}


def test_no_sound_library_is_called_damaged(tmp_path: Path) -> None:
    texts = [unit * 3 for unit in kinds().values() if unit.strip()]
    texts += [
        "It opened in 2019 and closed two years later, on a Monday in the 1980s, after Easter.",
        "\n\nA b.\n \t\n",
        "x",
    ]
    keep = keep_with(HashingEmbedder(), 120)
    with closing(Record(tmp_path)) as record:
        for number, text in enumerate(texts):
            whole = f"LONDON, March 3, 2024 (AP) - In 1998 it began. {text}"
            document = Document(f"{number:016}", f"/{number}", "T", "AP", None, date(2024, 3, 3), None, whole, "h")
            keep(record, document)
        assert record.health.damage() == []


@pytest.mark.parametrize("statements", DAMAGES.values(), ids=DAMAGES.keys())
def test_what_is_damaged_is_found_and_mended(
    before: dict[str, Document], place: Path, statements: tuple[str, ...]
) -> None:
    run(place / "library", *statements)
    with suppress(UserFacingError):
        use(place / "library")
    assert found_by_doctor(place / "library") == ["dateline rebuild"]

    with rebuilt(place / "library") as library:
        assert library.damage() == []
        assert [one.document.title for one in library.removed()] == (
            [] if "DROP TABLE removed" in statements else ["Tunnel in the news"]
        )
        after = documents_in(library)
    assert {name: one.text for name, one in after.items()} == {name: one.text for name, one in before.items()}
    untouched = set(before) - {"bank.txt"} if OF_BANK in statements[0] else set(before)
    assert {name: after[name] for name in untouched} == {name: before[name] for name in untouched}
    use(place / "library")


def test_a_date_that_is_lost_to_damage_is_told(place: Path) -> None:
    run(place / "library", f"UPDATE documents SET published = 'soon' WHERE {OF_BANK}")
    with rebuilt(place / "library") as library:
        document = documents_in(library)["bank.txt"]
    assert document.published is None
    assert document.origins["notes"] == "Lost when the record was damaged: published."
    assert document.origins["outlet"] == "given by you"


def test_what_is_lost_while_a_damaged_record_is_opened_is_told_by_the_rebuild(place: Path) -> None:
    gone = "UPDATE documents SET text = replace(text, '3 guests', '9 guests'), uri = '/gone/bank.txt'"
    run(place / "library", f"{gone} WHERE {OF_BANK}")
    record = place / "library" / FILE
    record.write_bytes(b"no header at all" + record.read_bytes()[16:])
    with open_library(place / "library", HashingEmbedder(), for_rebuild=True) as library:
        report = library.rebuild()
    assert [failure.uri for failure in report.failed] == ["/gone/bank.txt"]
    assert len(report.changed) == 4


def test_a_text_that_is_damaged_is_read_again_from_its_file(before: dict[str, Document], place: Path) -> None:
    run(place / "library", f"UPDATE documents SET text = replace(text, '3 guests', '9 guests') WHERE {OF_BANK}")
    with pytest.raises(LibraryDamagedError, match=r"dateline doctor.*dateline rebuild"):
        use(place / "library")
    assert found_by_doctor(place / "library") == ["dateline rebuild"]
    with rebuilt(place / "library") as library:
        assert library.damage() == []
        assert documents_in(library) == before


def test_a_damaged_text_without_its_file_is_no_longer_searched_and_can_be_taken_back(place: Path) -> None:
    gone = "UPDATE documents SET text = replace(text, '3 guests', '9 guests'), uri = '/gone/bank.txt'"
    run(place / "library", f"{gone} WHERE {OF_BANK}")
    with open_library(place / "library", HashingEmbedder(), for_rebuild=True) as library:
        (failure,) = library.rebuild().failed
        assert "dateline add FILE" in failure.reason
        assert "Bank in the news" in {one.document.title for one in library.removed()}
        assert "Bank in the news" not in {state.document.title for state in library.documents()}
        library.restore([failure.reason.rpartition(" ")[2]])
        assert "Bank in the news" in {state.document.title for state in library.documents()}


def test_a_damaged_header_hides_nothing(before: dict[str, Document], place: Path) -> None:
    record = place / "library" / FILE
    data = bytearray(record.read_bytes())
    data[0:20] = bytes(20)
    record.write_bytes(data)
    with pytest.raises(LibraryError, match="damaged"):
        use(place / "library")
    with rebuilt(place / "library") as library:
        assert library.damage() == []
        assert documents_in(library) == before


def test_old_versions_outlive_a_damaged_record_and_can_be_taken_back_where_their_document_is_lost(
    place: Path,
) -> None:
    path = place / "bank.txt"
    with open_library(place / "library", HashingEmbedder()) as library:
        for count in ("3 guests", "4 guests", "5 guests"):
            path.write_text(REPORTS["bank.txt"].replace("3 guests", count) + "Elsewhere.\n")
            library.sync(path)
        newest, *old = library.history(library.find(str(path)))
    record = place / "library" / FILE
    record.write_bytes(b"no header at all" + record.read_bytes()[16:])
    with rebuilt(place / "library") as library:
        assert library.history(newest.document.doc_id)[1:] == old and len(old) == 2

    run(place / "library", f"DELETE FROM documents WHERE doc_id = '{newest.document.doc_id}'")
    record.write_bytes(b"no header at all" + record.read_bytes()[16:])
    with rebuilt(place / "library") as library:
        assert old[0].document in [one.document for one in library.removed()]
        assert library.document(old[1].document.doc_id) == old[1].document


def test_a_damaged_record_of_an_older_format_is_mended_too(before: dict[str, Document], place: Path) -> None:
    as_format_3(place / "library")
    record = place / "library" / FILE
    record.write_bytes(bytes(20) + record.read_bytes()[20:])
    with rebuilt(place / "library") as library:
        assert library.damage() == []
        assert documents_in(library) == before
        assert [one.document.title for one in library.removed()] == ["Tunnel in the news"]


def test_a_file_that_is_no_record_at_all_is_told_and_left(place: Path) -> None:
    record = place / "library" / FILE
    written = random.Random(1).randbytes(20_000)
    record.write_bytes(written)
    with pytest.raises(LibraryError, match="Put a backup in its place"):
        rebuilt(place / "library")
    assert record.read_bytes() == written


def test_the_damaged_record_is_kept_beside_the_new_one_as_it_was(place: Path) -> None:
    record = place / "library" / FILE
    written = b"no header at all" + record.read_bytes()[16:]
    record.write_bytes(written)
    rebuilt(place / "library").close()
    (aside,) = record.parent.glob(f"{FILE}.damaged-*")
    assert aside.read_bytes() == written


def test_what_was_taken_back_stays_so_when_it_is_mended(whole: Path, place: Path) -> None:
    with open_library(place / "library", HashingEmbedder()) as library:
        library.restore([one.document.doc_id for one in library.removed()])
    of_it = "doc_id = (SELECT doc_id FROM documents WHERE restored)"
    run(place / "library", f"UPDATE passages SET text = 'x' WHERE {of_it}")
    gone = whole / "news" / "tunnel.txt"
    text = gone.read_text()
    gone.unlink()
    try:
        with rebuilt(place / "library") as library:
            assert library.damage() == []
            assert library.sync(whole / "news").removed == ()
    finally:
        gone.write_text(text)


RANDOM_DAMAGES = int(os.environ.get("TEST_DAMAGES", "8"))


@pytest.mark.parametrize("seed", range(RANDOM_DAMAGES))
def test_random_bytes_in_the_record_crash_nothing_and_lose_nothing_that_can_be_read(
    before: dict[str, Document], place: Path, seed: int
) -> None:
    folder, chance = place / "library", random.Random(seed)
    record = folder / FILE
    data = bytearray(record.read_bytes())
    places = chance.choice((1, 1, 2, 4))
    for _ in range(places):
        at = chance.randrange(len(data))
        data[at] = chance.randrange(256)
    record.write_bytes(data)
    with suppress(UserFacingError):
        use(folder)
    told = [*guarded("library", lambda: check_library(Settings(library=folder)))]
    assert not any("could not be checked" in check.found for check in told)
    with rebuilt(folder) as library:
        assert library.damage() == []
        texts = {state.document.text for state in library.documents()}
    assert texts <= {document.text for document in before.values()}
    assert len(texts) >= len(before) - places
    use(folder)


WRITER = """
import sys
sys.path.insert(0, {tests!r})
from pathlib import Path
from threading import Thread
from fakes import HashingEmbedder
from index.pipeline import open_library
from index.watch import Follower

def change(turn):
    for number in range(6):
        path, moved = folder / f"{{number}}.txt", folder / f"moved {{number}}.txt"
        if (number + turn) % 5 == 0:
            path.unlink(missing_ok=True)
        elif (number + turn) % 3 == 0 and path.exists():
            path.replace(moved)
        else:
            path.write_text(f"Report {{number}}\\n\\nTown {{number}} met in turn {{turn}}. Nobody spoke.\\n")

def run(turn):
    change(turn)
    library.sync(folder, remove=6)
    library.restore([one.document.doc_id for one in library.removed()][:1]) if turn == 2 else library.rebuild()

def watch(turn):
    change(turn)
    Event().wait(0.02)

folder, library = Path({folder!r}), open_library({library!r}, HashingEmbedder())
print("open", flush=True)
if {watched!r}:
    from threading import Event
    from index import watch as watching
    watching.TICK_S = watching.SETTLED_S = 0.05
    Thread(target=Follower(library, [folder], lambda report: None, print).run, daemon=True).start()
while True:
    for turn in range(8):
        watch(turn) if {watched!r} else run(turn)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.parametrize("watched", [False, True], ids=["run by run", "watched"])
@pytest.mark.parametrize("seed", range(int(os.environ.get("TEST_KILLS", "4"))))
def test_a_kill_while_following_taking_back_or_rebuilding_damages_nothing(
    tmp_path: Path, seed: int, watched: bool
) -> None:
    folder, library_folder = tmp_path / "news", tmp_path / "library"
    folder.mkdir()
    (folder / "kept.txt").write_text(REPORTS["bank.txt"])
    with open_library(library_folder, HashingEmbedder()) as library:
        library.sync(folder)
        (old,) = documents_in(library).values()
        (folder / "kept.txt").write_text(REPORTS["bank.txt"] + "It stayed so.\n")
        library.sync(folder)
    script = WRITER.format(
        tests=str(Path(__file__).parent), folder=str(folder), library=str(library_folder), watched=watched
    )
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, cwd=Path(__file__).parents[1], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"open\n"
        # The moment of the kill is what is left to chance.
        with suppress(subprocess.TimeoutExpired):
            writer.wait(random.Random(seed).uniform(0.0, 1.5 if watched else 0.6))
        writer.kill()
    with open_library(library_folder, HashingEmbedder()) as library:
        assert library.damage() == []
        assert {state.state for state in library.documents()} <= {"ready"}
        library.sync(folder, remove=6)
        assert "Bank in the news" in {state.document.title for state in library.documents()}
        assert library.document(old.doc_id) == old
        written = {path.read_text() for path in folder.iterdir()} - {""}  # what a kill in the middle of writing leaves
        assert written <= {state.document.text for state in library.documents()}
