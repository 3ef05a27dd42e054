"""Following folders: which files changed, and when they are no longer being written."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from index.files import absolute


def present(changed: Collection[Path], roots: Sequence[str | Path], leave_out: Path) -> list[Path]:
    """Those of the changed paths that are there and that reading `roots` would have met, or anything below them."""
    folders = list(map(absolute, roots))
    return [path for path in sorted(changed) if path.exists() and any(is_met(path, one, leave_out) for one in folders)]


def is_met(path: Path, root: Path, leave_out: Path) -> bool:
    """Whether `find_files` would come by this path under `root`: neither hidden nor in the folder to leave out."""
    if not path.is_relative_to(root) or path.is_relative_to(leave_out):
        return False
    return not any(part.startswith(".") for part in path.relative_to(root).parts)
