"""The small file that says which copy of the vectors is in use, and which version of the record it equals."""

from __future__ import annotations

import json
from pathlib import Path

from index.errors import LibraryError


class Pointer:
    """`current.json` in the folder of one engine's files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / "current.json"

    def read(self) -> dict[str, str | None]:
        """What it says; nothing when it is missing or damaged, which is the same: the copy will be made anew."""
        try:
            pointer = json.loads(self._path.read_text(encoding="utf-8"))
            return pointer if isinstance(pointer, dict) else {}
        except (OSError, ValueError):
            return {}

    def write(self, **values: str | None) -> None:
        """Put these in the place of what it says, whole or not at all. Raises a LibraryError when it cannot."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            part = self._path.with_name(self._path.name + ".part")
            part.write_text(json.dumps(values), encoding="utf-8")
            part.replace(self._path)
        except OSError as error:
            raise LibraryError(
                f"The folder {str(self._folder)!r} cannot be written ({error}). The library itself is whole. "
                "Free some space or make the folder writable, then run `dateline rebuild`."
            ) from error
