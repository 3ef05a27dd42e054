"""Followed folders, kept up to date by a thread of the page's process, which ends with it."""

from __future__ import annotations

import atexit
import logging
import threading
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from index.backup import FOLLOW
from index.errors import UserFacingError
from index.pipeline import Library
from index.report import SyncReport
from index.watch import Follower
from ui.reports import Outcome, outcome_words
from ui.uploads import followed_folders

logger = logging.getLogger(__name__)
END_S = 2.0
"""How long it is waited for a thread that is to end; one that takes in a file ends after it."""


class Following:
    """A library that follows folders in a thread."""

    def __init__(self, library: Library, folders: Sequence[Path]) -> None:
        self.library, self.folders = library, tuple(folders)
        self.last = "Reading the folders…"
        """What was done last, or what keeps it from being done, in words."""
        self._follower = Follower(library, folders, self._tell, self._say)
        self._thread = threading.Thread(target=self._run, name="follow folders", daemon=True)
        self._thread.start()

    def is_alive(self) -> bool:
        """Whether it still follows."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """End it."""
        self._follower.stopped.set()
        self._thread.join(END_S)

    def _run(self) -> None:
        try:
            self._follower.run()
        except UserFacingError as error:
            logger.warning("folders are no longer followed: %s", error)
            self._say(f"Changes are no longer followed: {error}")

    def _tell(self, report: SyncReport) -> None:
        self._say(outcome_words(Outcome("Last change", report)))

    def _say(self, words: str) -> None:
        self.last = f"{datetime.now():%H:%M} {words}"


_lock = threading.Lock()
_running: dict[Path, Following] = {}


def is_chosen(folder: Path) -> bool:
    """Whether the library in `folder` is to follow its folders as they change."""
    return (folder / FOLLOW).is_file()


def choose(folder: Path, chosen: bool) -> None:
    """Remember it, also for the next start."""
    if chosen:
        (folder / FOLLOW).write_text("{}", encoding="utf-8")
    else:
        (folder / FOLLOW).unlink(missing_ok=True)


def keep_following(library: Library) -> Following | None:
    """Follow the library's folders if that is chosen, and those only; gives what does so.

    Raises:
        LibraryError: If the list of folders cannot be read.
    """
    folders = followed_folders(library.folder) if is_chosen(library.folder) else []
    with _lock:
        there = _running.get(library.folder)
        if there and (there.library is not library or there.folders != tuple(folders)):
            there.stop()
            del _running[library.folder]
            there = None
        if there is None and folders:
            there = _running[library.folder] = Following(library, folders)
        return there


def followed(library: Library) -> Library:
    """The library, following its folders if that is chosen; where it cannot, its page says why."""
    try:
        keep_following(library)
    except UserFacingError as error:
        logger.warning("folders are not followed: %s", error)
    return library


@atexit.register
def _stop_all() -> None:
    for one in list(_running.values()):
        one.stop()
