"""Answers that the user called wrong, as cases of their own: `dateline eval run FILE` asks them again."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from threading import Lock

from index.backup import MARKED
from index.errors import UserFacingError
from index.files import write_whole

KIND = "marked"
_LOCK = Lock()


def mark_wrong(folder: Path, ident: str, question: str, right: str, as_of: date | None = None, scope: str = "") -> Path:
    """Write the case into the file of the library in `folder`, in the place of an earlier one of this id; the file.

    Args:
        question: As it was searched, so that a follow-up stands alone.
        right: What a right answer holds; empty where the documents do not answer.
        scope: Which documents were asked, in words, for a note: a case asks all of them.

    Raises:
        UserFacingError: If the file cannot be read or written; it is then as it was.
    """
    path, fact = folder / MARKED, " ".join(right.split())
    case: dict[str, object] = {"id": ident, "kind": KIND, "question": " ".join(question.split())}
    case |= {"answerable": True, "facts": [[fact]]} if fact else {"answerable": False}
    case |= {"as_of": as_of.isoformat()} if as_of else {}
    case |= {"note": f"Asked only of documents {scope}"} if scope else {}
    try:
        with _LOCK:
            lines = path.read_text(encoding="utf-8").split("\n") if path.exists() else []
            others = [line for line in lines if line.strip() and json.loads(line).get("id") != ident]
            write_whole(path, "\n".join([*others, json.dumps(case), ""]).encode())
    except (OSError, ValueError, AttributeError) as error:
        raise UserFacingError(
            f"The wrong answers in {str(path)!r} cannot be read or written ({error}). If the file is damaged, move it "
            "away: a new one is begun."
        ) from error
    return path
