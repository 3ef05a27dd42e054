"""The files under the paths a user names, and whether they are still what they were."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from index.records import Failure

SEVERAL: Mapping[str, Literal["zip", "mbox", "eml", "msg", "jsonl"]] = {
    ".zip": "zip", ".mbox": "mbox", ".eml": "eml", ".msg": "msg", ".jsonl": "jsonl", ".ndjson": "jsonl",
}  # fmt: skip
"""Endings of files that may hold several documents, and the kind that each names."""


@dataclass(frozen=True, slots=True)
class Found:
    """The files met, as absolute paths in order and once each, and what could not be looked into."""

    files: tuple[Path, ...]
    failed: tuple[Failure, ...]


def absolute(path: str | Path) -> Path:
    """The absolute path without `..`, links kept as they are: what a document's `uri` is made of."""
    return Path(os.path.abspath(path))


def write_whole(path: Path, data: bytes) -> None:
    """All of it or nothing, in the place of what was there. Raises OSError."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as unfinished:
        try:
            unfinished.write(data)
            unfinished.flush()
            os.fsync(unfinished.fileno())
            os.replace(unfinished.name, path)
        except BaseException:
            os.unlink(unfinished.name)
            raise


def find_files(paths: Sequence[str | Path], leave_out: Path) -> Found:
    """All files under `paths`, folders read to the bottom, without hidden ones and without those in `leave_out`."""
    files: dict[Path, None] = {}
    failed: list[Failure] = []

    def unreadable(error: OSError) -> None:
        failed.append(Failure(str(error.filename), f"The folder cannot be read: {error.strerror}. Check your rights."))

    for path in map(absolute, paths):
        if path.is_file():
            files[path] = None
        elif path.is_dir():
            for folder, folders, names in os.walk(path, onerror=unreadable):
                here = Path(folder)
                links = [here / name for name in folders if not name.startswith(".") and (here / name).is_symlink()]
                failed.extend(
                    Failure(str(link), "A link to a folder is not followed. Name it itself.") for link in links
                )
                folders[:] = sorted(f for f in folders if not f.startswith(".") and here / f != leave_out)
                files.update((here / name, None) for name in sorted(names) if not name.startswith("."))
        else:
            reason = f"There is no file or folder {str(path)!r}. Check the spelling, and that its disk is connected."
            failed.append(Failure(str(path), reason))
    return Found(tuple(files), tuple(failed))


def file_hash(path: Path) -> str:
    """SHA-256 of the file's bytes, hexadecimal. Raises OSError."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def is_gone(path: Path) -> bool:
    """Whether the file was deleted or moved; one that merely cannot be reached now, or lies in another, is not gone."""
    try:
        path.stat()
        return False
    except FileNotFoundError:
        return True
    except NotADirectoryError:
        return container_of(path) is None
    except OSError:
        return False


def container_of(path: Path) -> Path | None:
    """The file in which the file of this path lies: an archive, a mail. None for a file of its own, and for none."""
    found = next((parent for parent in path.parents if parent.exists()), None)
    return found if found and found.is_file() and found.suffix.lower() in SEVERAL else None
