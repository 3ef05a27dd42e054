"""Folders that are followed as they change. Nothing sleeps here: each step waits for what it is to bring about."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty, Queue

import pytest
from fakes import HashingEmbedder
from filelock import FileLock

from index.pipeline import Library, open_library
from index.report import SyncReport
from index.watch import SETTLED_S, TICK_S, Follower

COURT = "Trial opens\n\nThe court in Koblenz heard nine witnesses.\n"
BANK = "Bank closes\n\nA bank in Basel closed its doors.\n"
WAIT_S = 60.0
QUIET_S = 3 * (SETTLED_S + TICK_S)
"""So long nothing is told where nothing is to be told."""


class Followed:
    """A follower at work, and what it tells."""

    def __init__(self, library: Library, *folders: Path) -> None:
        self.library = library
        self.reports: Queue[SyncReport] = Queue()
        self.troubles: Queue[str] = Queue()
        self.follower = Follower(library, folders, self.reports.put, self.troubles.put)
        self.thread = threading.Thread(target=self.follower.run)
        self.thread.start()

    def next(self) -> list[tuple[str, str]]:
        """What the next report tells: outcomes and names."""
        return [(row.outcome, Path(row.path).name) for row in self.reports.get(timeout=WAIT_S).rows]

    def nothing_more(self) -> bool:
        try:
            self.reports.get(timeout=QUIET_S)
        except Empty:
            return True
        return False

    def stop(self) -> None:
        self.follower.stopped.set()
        self.thread.join(WAIT_S)
        assert not self.thread.is_alive()


@pytest.fixture
def news(tmp_path: Path) -> Path:
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "court.txt").write_text(COURT)
    return tmp_path / "news"


@pytest.fixture
def followed(tmp_path: Path) -> Iterator[Callable[..., Followed]]:
    started: list[Followed] = []
    with open_library(tmp_path / "library", HashingEmbedder()) as library:

        def follow(*folders: Path) -> Followed:
            started.append(Followed(library, *folders))
            return started[-1]

        yield follow
        for one in started:
            one.stop()


def test_a_folder_is_followed_as_it_changes_and_what_has_not_changed_is_not_read(
    news: Path, tmp_path: Path, followed: Callable[..., Followed]
) -> None:
    it = followed(tmp_path)  # the library's own folder lies in it
    assert it.next() == [("added", "court.txt")]
    (news / "bank.txt").write_text(BANK)
    assert it.next() == [("added", "bank.txt")]
    (news / "bank.txt").write_text(BANK + "\nIt was old.\n")
    assert it.next() == [("updated", "bank.txt")]
    (news / "below").mkdir()
    (news / "bank.txt").rename(news / "below" / "closed.txt")
    assert it.next() == [("moved", "closed.txt")]
    (news / "below" / "closed.txt").unlink()
    assert it.next() == [("removed", "closed.txt")]
    assert [state.document.title for state in it.library.documents()] == ["Trial opens"]


def test_a_folder_that_is_moved_in_is_read(news: Path, tmp_path: Path, followed: Callable[..., Followed]) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "bank.txt").write_text(BANK)
    it = followed(news)
    it.next()
    (tmp_path / "old").rename(news / "old")
    assert it.next() == [("added", "bank.txt")]


def test_a_folder_may_vanish_and_come_back(news: Path, tmp_path: Path, followed: Callable[..., Followed]) -> None:
    it = followed(news)
    it.next()
    away = tmp_path / "away"
    news.rename(away)
    assert it.next() == [("failed", "news")]
    assert [state.document.title for state in it.library.documents()] == ["Trial opens"]
    (away / "bank.txt").write_text(BANK)
    away.rename(news)
    assert it.next() == [("added", "bank.txt")]
    (news / "flood.txt").write_text("The Elbe fell by a metre.\n")
    assert it.next() == [("added", "flood.txt")]


def test_a_file_is_taken_once_it_is_written(news: Path, followed: Callable[..., Followed]) -> None:
    it = followed(news)
    it.next()
    with (news / "long.txt").open("w") as file:
        for line in range(8):
            file.write(f"Line {line} of a long report.\n")
            file.flush()
            threading.Event().wait(SETTLED_S / 3)
    assert it.next() == [("added", "long.txt")]
    assert it.library.find(str(news / "long.txt"))
    assert any("Line 7" in state.document.text for state in it.library.documents())
    assert it.nothing_more()


def test_a_busy_library_is_told_once_and_tried_again(
    news: Path, tmp_path: Path, followed: Callable[..., Followed]
) -> None:
    it = followed(news)
    it.next()
    with FileLock(tmp_path / "library" / "write.lock"):
        (news / "bank.txt").write_text(BANK)
        assert "tried again" in it.troubles.get(timeout=WAIT_S)
    assert it.next() == [("added", "bank.txt")]
    assert it.troubles.empty()


def test_a_duplicate_whose_original_goes_is_taken(news: Path, followed: Callable[..., Followed]) -> None:
    (news / "copy.txt").write_text(COURT)
    it = followed(news)
    assert it.next() == [("added", "copy.txt"), ("duplicate", "court.txt")]
    (news / "copy.txt").unlink()
    assert it.next() == [("moved", "court.txt")]


def test_a_duplicate_in_an_archive_is_taken_when_its_original_changes(
    news: Path, followed: Callable[..., Followed]
) -> None:
    with zipfile.ZipFile(news / "old.zip", "w") as archive:
        archive.writestr("copy.txt", COURT)
    it = followed(news)
    assert it.next() == [("added", "court.txt"), ("duplicate", "copy.txt")]
    (news / "court.txt").write_text(BANK)
    assert sorted(it.next()) == [("added", "copy.txt"), ("updated", "court.txt")]


def test_what_is_no_document_is_told_once_and_what_is_hidden_never(
    news: Path, followed: Callable[..., Followed]
) -> None:
    (news / "notes.log").write_text("x")
    it = followed(news)
    assert it.next() == [("added", "court.txt"), ("failed", "notes.log")]
    (news / "notes.log").write_text("y")
    (news / ".bank.txt").write_text(BANK)
    assert it.nothing_more()
    (news / "empty.txt").write_text("")
    assert it.next() == [("failed", "empty.txt")]
    os.utime(news / "empty.txt", (1, 1))
    assert it.nothing_more()


COMMAND = """
import sys
sys.path.insert(0, {tests!r})
from fakes import HashingEmbedder
from cli.common import State
from cli.main import app
from index.pipeline import open_library

def open_one(settings, on_progress):
    return open_library(settings.library, HashingEmbedder())

app(["--library", {library!r}, "watch", {folder!r}], obj=State(open_library=open_one))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals are others there")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_ends_cleanly_when_it_is_asked_to(news: Path, tmp_path: Path, number: signal.Signals) -> None:
    script = COMMAND.format(tests=str(Path(__file__).parent), library=str(tmp_path / "library"), folder=str(news))
    command, root = [sys.executable, "-c", script], Path(__file__).parents[1]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"added     {news / 'court.txt'}\n"
        (news / "bank.txt").write_text(BANK)
        assert "1 added" in process.stdout.readline()
        assert process.stdout.readline() == f"added     {news / 'bank.txt'}\n"
        process.send_signal(number)
        try:
            _, told = process.communicate(timeout=WAIT_S)
        finally:
            process.kill()
    assert process.returncode == 0
    assert told.splitlines()[-1] == "No longer following."
    assert not (tmp_path / "library" / "write.pid").exists()
