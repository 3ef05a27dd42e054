"""Answers that the user called wrong, as cases of their own: `dateline eval run FILE` asks them again."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path

from index.backup import MARKED as FILE
from index.errors import UserFacingError

KIND = "marked"


def mark_wrong(folder: Path, ident: str, question: str, right: str, as_of: date | None = None) -> Path:
    """Write the case into the file of the library in `folder`, in the place of an earlier one of this id; the file.

    Args:
        right: What a right answer holds; empty where the documents do not answer.

    Raises:
        UserFacingError: If the file cannot be read or written; it is then as it was.
    """
    path = folder / FILE
    case = {"id": ident, "kind": KIND, "question": " ".join(question.split()), "answerable": bool(right.strip())}
    if right.strip():
        case["facts"] = [[right.strip()]]
    if as_of:
        case["as_of"] = as_of.isoformat()
    try:
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        others = [line for line in lines if line.strip() and json.loads(line).get("id") != ident]
        part = path.with_suffix(".part")
        part.write_text("\n".join([*others, json.dumps(case, ensure_ascii=False), ""]), encoding="utf-8")
        os.replace(part, path)
    except (OSError, ValueError, AttributeError) as error:
        raise UserFacingError(
            f"The wrong answers in {str(path)!r} cannot be read or written ({error}). If the file is damaged, move it "
            "away: a new one is begun."
        ) from error
    return path
