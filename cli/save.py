"""`dateline ask --save`: answers as files, checked before a model is opened and written after the answer is shown."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from index.errors import UserFacingError

if TYPE_CHECKING:
    from qa.export.formats import Format
    from qa.export.records import Exported

Save = Annotated[
    list[Path] | None,
    typer.Option(
        "--save",
        metavar="FILE",
        help="Write the answer with its sources to this new file: .md, .html, .docx, .json (all data), or .csl.json "
        "(the documents cited, for a reference manager). May be given several times.",
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Let --save replace files that are there already.")]


@dataclass(frozen=True, slots=True)
class Target:
    """A file to save to, and as what."""

    path: Path
    format: Format
    replace: bool
    """Whether a file that is there already gives way."""


def read_targets(paths: Sequence[Path] | None, *, force: bool) -> list[Target]:
    """The files to save to; nothing is written yet.

    Raises:
        UserFacingError: If one has an ending that is none of ours, is named twice or there already, or its folder is
            not there or may not be written.
    """
    from index.files import absolute

    targets: list[Target] = []
    for path in paths or ():
        target = _target(absolute(path), replace=force)
        if any(target.path == other.path for other in targets):
            raise UserFacingError(f"--save names {str(path)!r} twice. Name each file once.")
        targets.append(target)
    return targets


def _target(path: Path, *, replace: bool) -> Target:
    from qa.export.formats import format_of, formats_in_words

    wanted = format_of(path.name)
    if wanted is None:
        raise UserFacingError(
            f"--save {str(path)!r}: the end of its name does not say what to write. Possible are {formats_in_words()}."
        )
    if not path.parent.is_dir():
        raise UserFacingError(
            f"--save {str(path)!r}: there is no folder {str(path.parent)!r}. Make it first, or name another one."
        )
    if path.is_dir():
        raise UserFacingError(f"--save {str(path)!r}: that is a folder. Name a file in it.")
    if path.exists() and not replace:
        raise UserFacingError(
            f"--save {str(path)!r}: there is such a file already. Give another name, or --force to replace it."
        )
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise UserFacingError(
            f"--save {str(path)!r}: you may not write in the folder {str(path.parent)!r}. Name another one."
        )
    return Target(path, wanted, replace)


def save(targets: Sequence[Target], exported: Sequence[Exported]) -> None:
    """Write every file, each whole or not at all, and say so on standard error.

    Raises:
        UserFacingError: If some could not be written; the others are there.
    """
    from cli.show import plain
    from index.backup import written
    from qa.export.formats import write_as

    failed: list[str] = []
    for target in targets:
        data = write_as(target.format, exported)
        try:
            with written(target.path, replace=target.replace) as unfinished:
                unfinished.write_bytes(data)
            print(f"Saved to {plain(str(target.path))}.", file=sys.stderr)
        except UserFacingError as error:
            failed.append(str(error))
    if failed:
        raise UserFacingError("\n".join(failed))
