"""Files that are gone from followed folders: deleted by the user, or on a disk that is not there now?

An unmounted disk leaves its folder behind, empty. So what is gone is removed unasked only while most of its folder is
still there.
"""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from index.records import Failure

SHARE = 0.2
"""Of a folder's documents, at most so many may go unasked."""
FEW = 2
"""So many may always go, unless they are all that the folder had: two of five are soon deleted by hand."""


def too_many_gone(
    roots: Iterable[Path], gone: Collection[str], known: Collection[str], confirmed: int
) -> tuple[set[str], list[Failure]]:
    """The documents, by path, that are not to be removed unasked, and why, for each folder.

    Args:
        roots: Folders that are followed.
        gone: The documents under them whose files are gone.
        known: All documents.
        confirmed: The number of documents that the user wants to have removed; where it is the right one, all may go.
    """
    kept: set[str] = set()
    told: list[tuple[Path, int, int]] = []
    for folder in dict.fromkeys([*roots, *_emptied(roots, gone)]):
        inside, lost = _under(folder, known), _under(folder, gone) - kept
        if lost and (lost == inside or (len(lost) > FEW and len(lost) > SHARE * len(inside))):
            kept |= lost
            told.append((folder, len(lost), len(inside)))
    if not kept or confirmed == len(kept):
        return set(), []
    wrong = f"; {confirmed} were to be removed, but there are {len(kept)}" if confirmed else ""
    return kept, [_failure(*one, wrong) for one in told]


def _emptied(roots: Iterable[Path], gone: Iterable[str]) -> Iterator[Path]:
    """Folders below the roots that are there without anything in them, and had more than a few documents."""
    below = {
        folder
        for uri in gone
        for folder in Path(uri).parents
        for root in roots
        if folder != root and folder.is_relative_to(root)
    }
    for folder in sorted(below):
        if len(_under(folder, gone)) > FEW and folder.is_dir() and not any(folder.iterdir()):
            yield folder


def _under(folder: Path, uris: Iterable[str]) -> set[str]:
    return {uri for uri in uris if Path(uri).is_relative_to(folder)}


def _failure(folder: Path, lost: int, inside: int, wrong: str) -> Failure:
    return Failure(
        str(folder),
        f"Of {inside:,} documents in {str(folder)!r}, the files of {lost:,} are gone. Perhaps their disk is not "
        f"connected, so none of these was removed{wrong}. If they are deleted: dateline sync "
        f"{shlex.quote(str(folder))} --remove {lost}",
    )
