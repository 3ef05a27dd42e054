"""Files of many kinds, many of them odd, encrypted or broken: does each become a document, or is it refused clearly?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.digest import digest_of
from evals.records import Ask, Item, Result, Value
from index.errors import LoadError, UserFacingError
from index.load import load_document
from index.pipeline import OnProgress
from index.records import Document
from qa.settings import Settings

NAME = "documents"
SYSTEM = "dateline"
COMPARABLE = (
    "With nothing in the literature: the files were collected from the test files of three projects, and no published "
    "number counts them. Only whether text comes out is measured, not whether it is the right text. Some files hold "
    "no text or cannot be opened without a password, so that all of them loaded is not the aim: the others must fail "
    "clearly."
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of a file."""

    document: Document | None
    """None unless it has text."""
    measures: dict[str, Value]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DocumentsSuite:
    """One case a file, named by its place in the folder; its kind is the ending."""

    folder: Path
    items: tuple[Item, ...]
    sha256: str
    name: str = NAME
    systems: tuple[str, ...] = (SYSTEM,)
    comparable: str = COMPARABLE

    @contextmanager
    def open(
        self, systems: Sequence[str], settings: Settings, items: Sequence[Item], on_progress: OnProgress | None = None
    ) -> Iterator[Mapping[str, Ask]]:
        """Nothing needs to be opened."""
        asks: dict[str, Ask] = {SYSTEM: self._ask}
        yield {name: asks[name] for name in systems}

    def _ask(self, item: Item) -> Result:
        loaded = load_measured(self.folder / item.id)
        shown = describe(loaded.document) if loaded.document else {"reason": " ".join(loaded.reasons)}
        return Result(SYSTEM, item, loaded.measures, loaded.reasons, shown)


def read_documents(folder: Path) -> DocumentsSuite:
    """The files in `folder`/documents, or in `folder` when that is its name; hidden ones and those that describe the
    others (LICENSE, README, .json) are left out.

    Raises:
        UserFacingError: If there are none.
    """
    root = next((place for place in (folder / NAME, folder) if place.name == NAME and place.is_dir()), None)
    if root is None:
        raise UserFacingError(
            f"There is no folder {str(folder / NAME)!r}. Public data is not part of Dateline: give the folder that "
            f"holds {NAME}/ with --data FOLDER."
        )
    files = [path for path in sorted(root.rglob("*")) if path.is_file() and not _describes(path)]
    if not files:
        raise UserFacingError(f"There are no files in {str(root)!r}. Put the data set there, or give another folder.")
    names = [path.relative_to(root).as_posix() for path in files]
    items = tuple(
        Item(name, path.suffix.lower().removeprefix(".") or "none", name)
        for name, path in zip(names, files, strict=True)
    )
    sha256 = digest_of(*(part for name in names for part in (name, (root / name).read_bytes())))
    return DocumentsSuite(root, items, sha256)


def load_measured(path: Path, load: Callable[[Path], Document] = load_document) -> Loaded:
    """What Dateline makes of one file; a crash is measured, not raised."""
    try:
        document = load(path)
    except LoadError as error:
        return Loaded(None, {"loaded": False, "failed_clearly": bool(str(error))}, (str(error),))
    except Exception as error:  # a crash is what `failed_clearly` is there to count
        return Loaded(None, {"loaded": False, "failed_clearly": False}, (f"{type(error).__name__}: {error}",))
    if not document.text.strip():
        return Loaded(None, {"loaded": False, "failed_clearly": False}, ("It was loaded without a word of text.",))
    return Loaded(document, {"loaded": True, "failed_clearly": None}, ())


def describe(document: Document) -> dict[str, Any]:
    """What was read, for the drill-down."""
    return {
        "title": document.title,
        "outlet": document.outlet,
        "author": document.author,
        "published": document.published.isoformat() if document.published else None,
        "characters": len(document.text),
    }


def _describes(path: Path) -> bool:
    return path.name == "LICENSE" or path.name.startswith(("README", ".")) or path.suffix.lower() == ".json"
