"""The audit log: who asked what and when, and what came of it; a line of JSON each."""

from __future__ import annotations

import json
import logging
import os
import threading
from datetime import UTC, datetime
from pathlib import Path

from index.errors import UserFacingError

logger = logging.getLogger(__name__)
AUDIT = "audit.jsonl"
"""Its name in the library's folder."""


class Audit:
    """Adds lines to one file, which only its owner may read."""

    def __init__(self, folder: Path) -> None:
        """Raises UserFacingError when the file cannot be written."""
        self.path, self._lock = folder / AUDIT, threading.Lock()
        try:
            self._append("")
        except OSError as error:
            raise UserFacingError(
                f"The audit log {str(self.path)!r} cannot be written ({error.strerror}). Make the folder writable, or "
                "start without --audit."
            ) from error

    def note(self, key: str, way: str, question: str, outcome: str, seconds: float) -> None:
        """Add one line; where that fails, it is told in the program's log and the answer is given all the same.

        Args:
            key: The name of the key, never the key.
            way: The path or tool by which it was asked.
            outcome: The answer's status, `left`, or the code of the error.
        """
        at = datetime.now(UTC).isoformat(timespec="seconds")
        line = {
            "at": at,
            "key": key,
            "way": way,
            "question": question,
            "outcome": outcome,
            "seconds": round(seconds, 3),
        }
        try:
            self._append(json.dumps(line, ensure_ascii=False) + "\n")
        except OSError as error:
            logger.error("the audit log %s cannot be written: %s", self.path, error)

    def _append(self, text: str) -> None:
        with self._lock:
            number = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            with open(number, "a", encoding="utf-8", errors="backslashreplace") as file:
                file.write(text)
