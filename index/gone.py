"""Files that are gone from followed folders: deleted by the user, or on a disk that is not there now?

An unmounted disk leaves its folder behind, empty. So what is gone is removed unasked only while most of its folder is
still there.
"""

from __future__ import annotations

import os
import shlex
from collections import Counter
from collections.abc import Collection, Iterable
from pathlib import Path

from index.records import Failure

SHARE = 0.2
"""Of a folder's documents, at most so many may go unasked."""
FEW = 2
"""So many may always go, unless they are all that the folder had: two of five are soon deleted by hand."""


def too_many_gone(
    roots: Collection[Path], gone: Collection[str], known: Collection[str], confirmed: int
) -> tuple[set[str], list[Failure]]:
    """The documents, by path, that are not to be removed unasked, and why, for each folder.

    Args:
        roots: Folders that are followed.
        gone: The documents under them whose files are gone.
        known: All documents.
        confirmed: The number of documents that the user wants to have removed; where it is the right one, all may go.
    """
    emptied = _emptied(roots, gone)
    kept = {uri for uri in gone if any(folder in emptied for folder in Path(uri).parents)}
    told = [(folder, count, count) for folder, count in emptied.items()]
    for root in dict.fromkeys(roots):
        inside, lost = _under(root, known), _under(root, gone)
        left = lost - kept
        if left and (lost == inside or (len(left) > FEW and len(left) > SHARE * len(inside))):
            kept |= left
            told.append((root, len(left), len(inside)))
    if not kept or confirmed == len(kept):
        return set(), []
    wrong = f"; {confirmed} were to be removed, but there are {len(kept)}" if confirmed else ""
    return kept, [_failure(*one, wrong) for one in told]


def _emptied(roots: Collection[Path], gone: Iterable[str]) -> dict[Path, int]:
    """Folders below the roots that are there with nothing in them, and how many documents each had, more than a few."""
    had = Counter(folder for uri in gone for folder in Path(uri).parents)
    below = (folder for folder, count in had.items() if count > FEW and set(roots) & set(folder.parents))
    return {folder: had[folder] for folder in below if folder.is_dir() and not any(folder.iterdir())}


def _under(folder: Path, uris: Iterable[str]) -> set[str]:
    return {uri for uri in uris if uri.startswith(f"{folder}{os.sep}")}


def _failure(folder: Path, lost: int, inside: int, wrong: str) -> Failure:
    return Failure(
        str(folder),
        f"Of {inside:,} documents in {str(folder)!r}, the files of {lost:,} are gone. Perhaps their disk is not "
        f"connected, so none of these was removed{wrong}. If they are deleted: dateline sync "
        f"{shlex.quote(str(folder))} --remove {lost}",
    )
