"""Dossiers: a few documents about one subject, with questions as people ask them and claims."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from evals.digest import digest_of
from evals.suites.cases import Case, Quote, Words
from evals.suites.library import suite_settings
from evals.suites.rows import Text
from index.errors import UserFacingError
from qa.settings import Settings

HALVES = {"train": "tune", "dev": "report"}
"""The half of the cases in each folder."""
NOT_FOUND = "NOT FOUND"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Proof(_Part):
    """A sentence exactly as it stands in a document."""

    d: Words
    s: Text


class File(_Part):
    """A document; `text` is the whole file, and the other fields are what it says of itself."""

    id: Words
    published: date
    outlet: Words
    author: Words | None
    title: Words
    text: Text


class Asked(_Part):
    """A question; `a` is its answer with markers that count the proofs from 1."""

    q: Words
    kind: Words
    a: Words
    proof: tuple[Proof, ...]
    near: Proof | None = None


class Claimed(_Part):
    """A sentence, and what its proof makes of it."""

    c: Words
    proof: tuple[Proof, ...] = Field(min_length=1)
    verdict: Literal["supported", "unsupported", "contradicted"]
    part: Words


class _Dossier(_Part):
    subject: Words
    documents: tuple[File, ...] = Field(min_length=1)
    questions: tuple[Asked, ...]
    claims: tuple[Claimed, ...] = ()


class Dossier(_Dossier):
    """A dossier with its name and its half."""

    name: Words
    half: Words

    @property
    def cases(self) -> tuple[Case, ...]:
        """The questions."""
        return tuple(
            Case(
                id=f"{self.name}-q{number:02}",
                half=self.half,
                kind=asked.kind,
                question=asked.q,
                answerable=asked.a != NOT_FOUND,
                facts=(),
                forbidden=(),
                quotes=tuple(Quote(self.file_name(proof.d), proof.s) for proof in asked.proof),
                gold="" if asked.a == NOT_FOUND else asked.a,
                provenance="written for this project",
            )
            for number, asked in enumerate(self.questions)
        )

    def file_name(self, document: str) -> str:
        """The name of the file of a document, given by its id."""
        return f"{self.name}-{document}.txt"

    def settle(self, settings: Settings) -> tuple[Settings, tuple[Path, ...]]:
        """The settings with a library for this dossier alone, and its documents as files in that library's folder."""
        named = [(self.file_name(file.id), file.text.encode()) for file in self.documents]
        settings = suite_settings(settings, digest_of(*(part for pair in named for part in pair)))
        folder = settings.library / "documents"
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in named:
            # One that a kill cut short is written again.
            if not (folder / name).exists() or (folder / name).stat().st_size != len(data):
                (folder / name).write_bytes(data)
        return settings, tuple(folder / name for name, _ in named)


def read_dossiers(folder: Path) -> tuple[Dossier, ...]:
    """The dossiers in `folder`/train and `folder`/dev, in order.

    Raises:
        UserFacingError: If there are none, or one does not fit, naming file and field.
    """
    paths = [path for part in HALVES for path in sorted((folder / part).glob("*.json"))]
    if not paths:
        raise UserFacingError(f"There are no dossiers in {str(folder)!r}. Restore train/ and dev/ there.")
    return tuple(_read(path) for path in paths)


def _read(path: Path) -> Dossier:
    try:
        read = _Dossier.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise UserFacingError(f"The dossier {str(path)!r} cannot be read ({_why(error)}). Restore it.") from error
    return Dossier(**dict(read), name=path.stem, half=HALVES[path.parent.name])


def _why(error: OSError | ValidationError) -> str:
    if isinstance(error, OSError):
        return str(error.strerror)
    first = error.errors()[0]
    return f"field {'.'.join(map(str, first['loc']))!r}: {first['msg']}"
