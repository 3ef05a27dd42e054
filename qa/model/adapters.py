"""What was trained beside the pinned models: files of this package, pinned by SHA-256 as those are.

`python -m training.reader` makes them, from the dossiers.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from qa.errors import ModelError

FOLDER = Path(__file__).with_name("adapters")
SHA256 = {"qwen2.5-1.5b": "5b72d1af898ac3a6dd5d1ef21d8c187e07a5bb576d1294fc489ceb26a7853e1a"}
"""Of the adapter of each model that has one."""


def adapter_of(name: str, folder: Path = FOLDER) -> Path | None:
    """The adapter of a pinned model; None where none was trained.

    Raises:
        ModelError: If it is damaged or missing.
    """
    if name not in SHA256:
        return None
    path = folder / f"{name}.gguf"
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise ModelError(
            f"The file {str(path)!r} cannot be read ({error.strerror}). Install Dateline again."
        ) from error
    if found != SHA256[name]:
        raise ModelError(
            f"The file {str(path)!r} is not what was installed: its SHA-256 is {found}, not {SHA256[name]}. "
            "Install Dateline again."
        )
    return path
