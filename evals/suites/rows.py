"""What the adapters share: rows of a file, checked, and documents and cases, each once."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from evals.suites.cases import Case
from evals.suites.library import SuiteDocument
from index.errors import UserFacingError

MAX_NAME = 60
"""Characters of a file's name, so that it stays within the 255 bytes of file systems in any script."""
MAX_SHOWN = 60
"""Characters of a wrong value that a message shows."""


@dataclass(frozen=True, slots=True)
class AnswerData:
    """Questions of a public data set and the documents they are asked of."""

    name: str
    cases: tuple[Case, ...]
    documents: tuple[SuiteDocument, ...]
    comparable: str
    """What its numbers can be compared with in the literature, and what not."""


class Row(BaseModel):
    """What an adapter needs of a line; fields that it does not name are passed over."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)


def _with_words(text: str) -> str:
    if not text.strip():
        raise ValueError("holds no words")
    return text


Text = Annotated[str, AfterValidator(_with_words)]
"""Not blank, and kept with its white space, since offsets count it."""
R = TypeVar("R", bound=Row)


class DocumentShelf:
    """Documents in the order of their first coming, equal ones once, under names that no two share."""

    def __init__(self) -> None:
        self._kept: dict[SuiteDocument, SuiteDocument] = {}
        self._names: set[str] = set()

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def documents(self) -> tuple[SuiteDocument, ...]:
        """Those kept."""
        return tuple(self._kept.values())

    def keep(self, document: SuiteDocument) -> SuiteDocument:
        """The document as it is kept: the earlier one of the same content, or itself, with a number if need be."""
        content = replace(document, name="")
        if content not in self._kept:
            stem, suffix, number = Path(document.name).stem, Path(document.name).suffix, 1
            name = document.name
            # Some file systems hold `a` and `A` for the same.
            while name.casefold() in self._names:
                number += 1
                name = f"{stem}-{number}{suffix}"
            self._names.add(name.casefold())
            self._kept[content] = replace(document, name=name)
        return self._kept[content]


def find_set(folder: Path, name: str, file: str) -> Path:
    """The folder of the data set `name`: in `folder`, or `folder` itself, whichever holds `file`.

    Raises:
        UserFacingError: If neither does.
    """
    for place in (folder / name, folder):
        if _stored(place / file):
            return place
    raise _missing(folder / name / file)


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The JSON objects in the lines of `path`, or of the same file with `.gz`: the nth is that of line n.

    Raises:
        UserFacingError: If there is no such file, it cannot be read or is empty, or a line is no JSON object.
    """
    stored = _stored(path)
    if stored is None:
        raise _missing(path)
    try:
        data = stored.read_bytes()
        text = (gzip.decompress(data) if stored.suffix == ".gz" else data).decode("utf-8-sig")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise UserFacingError(f"{str(stored)!r} cannot be read ({error}). Get the data set anew.") from error
    if not text.strip():
        raise UserFacingError(f"{str(stored)!r} is empty. Get the data set anew.")
    # Not splitlines: JSON may hold U+2028 and its like as they are.
    return [_read_object(line, f"{stored}, line {number}") for number, line in enumerate(text.rstrip().split("\n"), 1)]


def read_rows(path: Path, row: type[R]) -> list[tuple[str, R]]:
    """The lines of `path` as `row`, each with its file and line for a message.

    Raises:
        UserFacingError: As `read_lines`, and if a field is missing or of the wrong type, naming it.
    """
    rows = []
    for number, values in enumerate(read_lines(path), 1):
        where = f"{_stored(path)}, line {number}"
        try:
            rows.append((where, row.model_validate(values)))
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(str(part) for part in first["loc"])
            shown = "" if first["type"] == "missing" else f" (it is {_shorten(first['input'])})"
            raise wrong_field(where, field, first["msg"].removeprefix("Value error, ") + shown) from error
    return rows


def wrong_field(where: str, field: str, why: str) -> UserFacingError:
    """The error for a field that cannot be used."""
    return UserFacingError(f"{where}, field {field!r}: {why}. Correct that line, or get the data set anew.")


def cases_once(found: Iterable[tuple[str, Case]]) -> tuple[Case, ...]:
    """The cases in their order, each given with its file and line.

    Raises:
        UserFacingError: If an id is there twice.
    """
    cases: dict[str, Case] = {}
    for where, case in found:
        if case.id in cases:
            raise wrong_field(where, "id", f"{case.id!r} is there twice")
        cases[case.id] = case
    return tuple(cases.values())


def file_name(label: str) -> str:
    """A name for a text file after `label`, without what file systems forbid."""
    safe = re.sub(r"[^\w.-]+", "-", label).strip("-.")[:MAX_NAME].strip("-.")
    return f"{safe or 'document'}.txt"


def _stored(path: Path) -> Path | None:
    return next((one for one in (path, path.with_name(path.name + ".gz")) if one.is_file()), None)


def _missing(path: Path) -> UserFacingError:
    name = path.parent.name
    return UserFacingError(
        f"The data set {name!r} lacks its file {str(path)!r}, also with .gz. Public data is not part of Dateline: give "
        f"the folder that holds {name}/ with --data FOLDER. evals/README.md describes the sets."
    )


def _read_object(line: str, where: str) -> dict[str, Any]:
    try:
        read = json.loads(line)
        # Half a surrogate pair, which JSON can write and no file can hold.
        json.dumps(read, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise UserFacingError(f"{where}: no Unicode text ({error.reason}). Get the data set anew.") from error
    except json.JSONDecodeError as error:
        raise UserFacingError(
            f"{where}: no JSON ({error.msg}, column {error.colno}). Correct that line, or get the data set anew."
        ) from error
    if not isinstance(read, dict):
        raise UserFacingError(f"{where}: no JSON object but {_shorten(read)}. Get the data set anew.")
    return read


def _shorten(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= MAX_SHOWN else shown[:MAX_SHOWN] + "…"
