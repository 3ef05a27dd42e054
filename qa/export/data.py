"""Answers as data (JSON): exact quotes, places, hashes, settings, prompts; read back to the same values."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter, ValidationError

from index.errors import UserFacingError
from qa.export.clean import whole_characters
from qa.export.records import Exported

SCHEMA = "dateline-answers"
SCHEMA_VERSION = 1
"""Rises when a program that reads the one before would misread this one."""
_ANSWERS = TypeAdapter(tuple[Exported, ...])


def to_json(exported: Sequence[Exported]) -> str:
    """An object with the schema, its version and `answers`.

    Each answer has, besides the fields of `Exported`, the shown `text` and a log of the `retrieval`, best first, which
    are not read back, since they follow from the others.
    """
    answers: list[dict[str, Any]] = _ANSWERS.dump_python(tuple(exported), mode="json")
    for each, data in zip(exported, answers, strict=True):
        data["text"], data["retrieval"] = each.answer.text, _retrieval(each)
    told = {"schema": SCHEMA, "schema_version": SCHEMA_VERSION, "answers": answers}
    return whole_characters(json.dumps(told, ensure_ascii=False, indent=2, allow_nan=False)) + "\n"


def read_json(text: str) -> tuple[Exported, ...]:
    """What `to_json` was given.

    Raises:
        UserFacingError: If it is no such file, or of another version.
    """
    try:
        told = json.loads(text)
        if not isinstance(told, dict) or told.get("schema") != SCHEMA:
            raise UserFacingError(f"This is no file of answers: its schema is not {SCHEMA!r}. Give one saved as .json.")
        if told.get("schema_version") != SCHEMA_VERSION:
            raise UserFacingError(
                f"These answers have version {told.get('schema_version')!r} of their format, and {SCHEMA_VERSION} is "
                "read. Open them with the version of Dateline that saved them."
            )
        return _ANSWERS.validate_python(told.get("answers"))
    except (json.JSONDecodeError, ValidationError) as error:
        raise UserFacingError(f"This file of answers cannot be read ({error}). Save it again.") from error


def _retrieval(exported: Exported) -> list[dict[str, object]]:
    found = exported.evidence.citations if exported.evidence else ()
    return [
        {"rank": rank, "number": one.number, "doc_id": one.doc_id, "start": one.start, "end": one.end}
        for rank, one in enumerate(found, 1)
    ]
