"""What was trained beside the pinned models: files of this package, pinned by SHA-256 as those are.

`python -m training.reader` makes them, from the dossiers.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from qa.errors import ModelError

FOLDER = Path(__file__).with_name("adapters")
SHA256 = {"qwen2.5-1.5b": "8ea6fb87b80c638b02a580156d397d2dad6a386c80859caaafdb49dbb0d5916a"}
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
