"""Following folders: a library is brought up to date soon after a file in them has changed.

First everything is read, then only what the system says has changed, once it is no longer being written. The library's
write lock is held only while files are taken in.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from index.errors import EmbedderMismatchError, LibraryDamagedError, LibraryError
from index.files import absolute, container_of, find_files
from index.filters import collection_name
from index.intake import lies_in

if TYPE_CHECKING:
    from index.pipeline import Library
    from index.report import FileRow, SyncReport

TICK_S = 0.5
"""How often it is looked whether files still change and the folders are there."""
SETTLED_S = 1.0
"""A file that has not changed for so long is taken to be written."""
AGAIN_S = 2.0
"""After so long it is tried again when the library was busy or could not be written."""
EVERYTHING_S = 3600.0
"""How often everything is read all the same: a folder on the network may not say what changes in it."""
LASTING = ("failed", "duplicate", "kept")
"""What a file is again at each run, and is told once."""


def present(changed: Collection[Path], roots: Sequence[str | Path], leave_out: Path) -> list[Path]:
    """Those of the changed paths that are there and that reading `roots` would have met, or anything below them."""
    folders = list(map(absolute, roots))
    return [path for path in sorted(changed) if path.exists() and any(_is_met(path, one, leave_out) for one in folders)]


def _is_met(path: Path, root: Path, leave_out: Path) -> bool:
    """Whether `find_files` would come by this path under `root`: not hidden, no linked folder, not left out."""
    if not path.is_relative_to(root) or path.is_relative_to(leave_out) or (path.is_symlink() and path.is_dir()):
        return False
    return not any(part.startswith(".") for part in path.relative_to(root).parts)


class _StoppedError(Exception):
    """Stopped in the middle of a run; what was taken in stays."""


class Follower:
    """Makes a library follow folders until it is stopped; folders may vanish and come back."""

    def __init__(
        self,
        library: Library,
        folders: Sequence[str | Path],
        on_report: Callable[[SyncReport], None],
        on_trouble: Callable[[str], None],
        *,
        collection: str | None = None,
        fields: Mapping[str, str] | None = None,
    ) -> None:
        """Nothing is read before `run`.

        Args:
            library: Stays open; it may serve others meanwhile.
            folders: What `Library.sync` is to follow.
            on_report: Called with the first run, and with what is new in each later one, if anything is: a file that
                fails again or is still a duplicate is not.
            on_trouble: Called with what keeps the library from being up to date, once, while it is tried again.
            collection: As in `Library.sync`; so are `fields`.
            fields: Kept with the first run.

        Raises:
            LibraryError: If the collection has no fit name.
        """
        self._library, self._folders = library, [absolute(one) for one in folders]
        self._fields = fields
        self._collection = None if collection is None else collection_name(collection)
        self._on_report, self._on_trouble = on_report, on_trouble
        self.stopped = Event()
        """Ends `run` when it is set, also from another thread."""
        self._pending: dict[Path, tuple[object, float]] = {}
        """What has changed and was not taken in yet: its `_fingerprint`, and since when it has had that."""
        self._lasting: dict[str, FileRow] = {}
        self._everything_at = 0.0
        """When everything is to be read next, however little has changed."""
        self._again_at = 0.0
        self._trouble: str | None = None
        self._reported = False

    def run(self) -> None:
        """Follow the folders until `stopped` is set.

        Raises:
            EmbedderMismatchError, LibraryDamagedError: Which trying again does not help.
            LibraryError: If the system lets no more folders be watched.
        """
        while not self.stopped.is_set():
            there, self._everything_at = self._there(), 0.0
            for changed in self._changes(list(there)):
                self._note(changed)
                if self.stopped.is_set() or self._there() != there:
                    break
                self._catch_up(self._folders if self._everything_at == 0.0 else list(there))

    def _there(self) -> dict[Path, tuple[int, int]]:
        """The folders that are there, each with what tells it from another one in its place: a disk, or none."""
        found = {}
        for folder in self._folders:
            try:
                status = folder.stat()
            except OSError:
                continue
            found[folder] = (status.st_dev, status.st_ino)
        return found

    def _changes(self, folders: Sequence[Path]) -> Iterator[set[Path]]:
        """What has changed, every `TICK_S`, also when nothing has; nothing is missed from the first time on."""
        from watchfiles import Change, watch

        if not folders:
            while not self.stopped.wait(TICK_S):
                yield set()
            return
        tick = int(TICK_S * 1000)
        try:
            for changes in watch(
                *folders,
                watch_filter=None,
                stop_event=self.stopped,
                rust_timeout=tick,
                debounce=tick,
                yield_on_timeout=True,
                ignore_permission_denied=True,
            ):
                found = ((change, self._as_named(Path(path))) for change, path in changes)
                # A folder is said to be modified when something in it is, which is told by itself.
                yield {path for change, path in found if change != Change.modified or not path.is_dir()}
        except FileNotFoundError:
            return  # gone between two looks
        except (OSError, RuntimeError) as error:
            raise LibraryError(
                f"The folders cannot be watched ({error}). Each folder in them counts, and the system has a limit (on "
                "Linux fs.inotify.max_user_watches). Raise it, or follow fewer folders, or run `dateline sync` now and "
                "then."
            ) from error

    def _as_named(self, path: Path) -> Path:
        """The path under the folder as it was named: some systems tell it with all links resolved."""
        for folder in self._folders:
            if not path.is_relative_to(folder) and path.is_relative_to(real := folder.resolve()):
                return folder / path.relative_to(real)
        return path

    def _note(self, changed: Collection[Path]) -> None:
        """Remember what has changed, and since when it no longer does."""
        now = time.monotonic()
        for path in {*changed, *self._pending}:
            if path in changed and not self._is_read(path):
                continue
            seen = self._fingerprint(path)
            if path in changed or self._pending[path][0] != seen:
                self._pending[path] = (seen, now)

    def _is_read(self, path: Path) -> bool:
        """Whether a change of this path can matter: of a file that may be read, or of what is gone, or a folder."""
        met = any(_is_met(path, folder, self._library.folder) for folder in self._folders)
        return met and (path.suffix.lower() in self._library.suffixes or not path.is_file())

    def _fingerprint(self, path: Path) -> object:
        """Size and time of a file, or of all files in a folder; None for what is not there."""
        try:
            if path.is_dir():
                return [self._fingerprint(file) for file in find_files([path], self._library.folder).files]
            status = path.stat()
        except OSError:
            return None
        return status.st_size, status.st_mtime_ns

    def _catch_up(self, folders: Sequence[Path]) -> None:
        """Take in what has settled, or everything when that is due."""
        now = time.monotonic()
        settled = {path for path, (_, since) in self._pending.items() if now - since >= SETTLED_S}
        everything = now >= self._everything_at
        if now < self._again_at or not (settled or everything):
            return
        try:
            report = self._sync(folders, None if everything else settled)
        except (EmbedderMismatchError, LibraryDamagedError):
            raise
        except LibraryError as error:
            self._again_at = time.monotonic() + AGAIN_S
            if self._trouble != type(error).__name__:
                self._trouble = type(error).__name__
                self._on_trouble(f"{error} It is tried again every {AGAIN_S:.0f} s.")
            return
        except _StoppedError:
            return
        self._trouble = None
        self._everything_at = time.monotonic() + EVERYTHING_S if everything else self._everything_at
        for path in settled:
            del self._pending[path]
        news = self._news(report)
        if news or not self._reported:
            self._on_report(replace(report, rows=news) if self._reported else report)
        self._reported = True

    def _sync(self, folders: Sequence[Path], changed: set[Path] | None) -> SyncReport:
        only = None
        if changed is not None:
            # A duplicate may be the only copy now.
            copies = [row for row in self._lasting.values() if row.other and lies_in(row.other, changed)]
            paths = [Path(row.path) for row in copies]
            only = changed | {container_of(path) or path for path in paths}
        return self._library.sync(folders, self._go_on, collection=self._collection, only=only, fields=self._fields)

    def _go_on(self, _done: int, _total: int, _path: str) -> None:
        if self.stopped.is_set():
            raise _StoppedError

    def _news(self, report: SyncReport) -> tuple[FileRow, ...]:
        """The rows that were not told before."""
        news = [row for row in report.rows if row.outcome != "unchanged" and row != self._lasting.get(row.path)]
        for row in report.rows:
            self._lasting.pop(row.path, None)
            if row.outcome in LASTING:
                self._lasting[row.path] = row
        return tuple(news)
