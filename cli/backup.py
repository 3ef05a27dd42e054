"""`dateline backup`, `restore-backup` and `export`: the library as one file."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.common import State, open_library_to_read
from index.files import absolute


def backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="New file for the backup.")],
) -> None:
    """Write the whole library to one file; it can be used meanwhile."""
    from cli.show import count, plain, size
    from index.backup import back_up
    from index.places import require_file

    state: State = context.obj
    settings = state.settings()
    require_file(settings.record, "dateline backup")
    documents = back_up(absolute(settings.library), absolute(file))
    print(f"Backed up {count(documents, 'document')} to {plain(str(file))} ({size(file.stat().st_size)}).")


def restore_backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that `dateline backup` made.")],
) -> None:
    """Put a backup in the place of the library, which is kept aside."""
    import index.from_backup
    from cli.show import count, plain
    from index.places import require_file

    state: State = context.obj
    settings = state.settings()
    require_file(settings.record, "dateline restore-backup")
    restored = index.from_backup.restore_backup(absolute(settings.library), absolute(file))
    open_library_to_read(settings).close()  # which makes the search data follow
    print(f"Restored {count(restored.documents, 'document')} as of {restored.made_at[:16].replace('T', ' ')} UTC.")
    if restored.aside is not None:
        print(f"The library that was there before is kept in {plain(str(restored.aside))}")


def export(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="New file, JSON lines; - writes to standard output.")],
) -> None:
    """Write every document as a line of JSON: what is known of it, its text, passages and dates."""
    from cli.show import count, plain
    from index.backup import written
    from index.export import exported

    state: State = context.obj
    with open_library_to_read(state.settings()) as library:
        if str(file) == "-":
            for one in exported(library):
                sys.stdout.write(json.dumps(one, ensure_ascii=False) + "\n")
            return
        documents = 0
        with written(absolute(file)) as unfinished, unfinished.open("w", encoding="utf-8", newline="\n") as out:
            for one in exported(library):
                out.write(json.dumps(one, ensure_ascii=False) + "\n")
                documents += 1
    print(f"Exported {count(documents, 'document')} to {plain(str(file))}.")
