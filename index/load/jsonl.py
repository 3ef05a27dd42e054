"""Files of records (JSON lines, or one JSON array): each record a paragraph that can be read alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from index.errors import LoadError
from index.load.content import Content
from index.load.tables import clean, join_blocks

MAX_TOLD = 5
"""Broken lines that are told one by one."""
PLAIN_KEYS = frozenset({"text", "body", "content"})


def read_jsonl(text: str, path: Path) -> Content:
    """Each object of a file of JSON lines, or of one JSON array, as a paragraph of `key: value` lines.

    Keys inside keys are joined by dots; what stands under `text`, `body` or `content` is written without its key.

    Raises:
        LoadError: If no line holds a JSON object with a value.
    """
    notes: list[str] = []
    objects = numbered_objects(text.removeprefix("\ufeff"), notes)
    paragraphs = ["\n".join(_key_lines("", value)) for _, _, value in objects]
    shown, _ = join_blocks(clean(paragraph) for paragraph in paragraphs)
    if not shown.strip():
        raise LoadError(
            f"{path.name!r} holds no JSON object with a value. {' '.join(notes[:1])} "
            "Write one object a line, or one array of objects."
        )
    return Content(shown, (), {}, tuple(notes))


def numbered_objects(text: str, notes: list[str]) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """The JSON objects in `text`, each after what it is (`Line`, `Entry`) and its number; what is none is told."""
    broken: list[str] = []
    if text.lstrip().startswith("["):
        values, what = _array(text, broken), "Entry"
    else:
        values, what = _lines(text, broken), "Line"
    for number, value in values:
        if isinstance(value, dict):
            yield what, number, value
        else:
            broken.append(f"{what} {number} is no JSON object and was left out.")
    notes += broken[:MAX_TOLD]
    if len(broken) > MAX_TOLD:
        notes.append(f"{len(broken) - MAX_TOLD:,} more were left out.")


def _array(text: str, broken: list[str]) -> Iterator[tuple[int, Any]]:
    try:
        yield from enumerate(json.loads(text), 1)
    except (ValueError, RecursionError) as error:
        broken.append(f"The array is broken: {error}.")


def _lines(text: str, broken: list[str]) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            reason = getattr(error, "msg", "a number too long, or nested too deeply")
            broken.append(f"Line {number} is no JSON and was left out ({reason}).")
        else:
            yield number, value


def _key_lines(key: str, value: Any) -> Iterator[str]:
    """`key: value` for each value inside `value`; a list of plain values is one line."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _key_lines(f"{key}.{name}" if key else name, inner)
    elif isinstance(value, list) and any(isinstance(inner, dict | list) for inner in value):
        for inner in value:
            yield from _key_lines(key, inner)
    elif shown := _plain_value(value):
        yield shown if key.rpartition(".")[2] in PLAIN_KEYS else f"{key}: {shown}"


def _plain_value(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(filter(None, map(_plain_value, value)))
    if isinstance(value, str):
        return value.strip()
    return "" if value is None else json.dumps(value)
