"""Who may ask: keys from a file, each with what it may do and which collections it sees."""

from __future__ import annotations

import hashlib
import hmac
import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from index.errors import UserFacingError
from serve.errors import Refused

Scope = Literal["read", "ask", "write"]
"""`read`: search, list and show; `ask`: answers; `write`: add documents."""
SCOPES: tuple[Scope, ...] = get_args(Scope)
MIN_LETTERS = 16
"""Of a key: a hash without salt is safe only for one that cannot be guessed."""


@dataclass(frozen=True, slots=True)
class Key:
    """Someone who may ask."""

    name: str
    scopes: frozenset[Scope]
    collections: tuple[str, ...] = ()
    """The only collections whose documents it sees; empty for all documents."""
    per_minute: int | None = None
    """Requests a minute; None for what is set for all."""
    digest: str = ""
    """SHA-256 of the key, hexadecimal; empty for who needs none."""

    def require(self, scope: Scope) -> None:
        """Raise a Refused with 403 unless it has `scope`."""
        if scope not in self.scopes:
            raise Refused(
                403,
                "scope",
                f"The key {self.name!r} lacks the scope {scope!r} that this needs. Add it to the key in the file of "
                "keys and start the server again.",
            )


ANYONE = Key("local", frozenset(SCOPES))
"""Who asks a server without keys, which listens on this machine only."""


class Keys:
    """The keys of one server."""

    def __init__(self, keys: Sequence[Key]) -> None:
        self._keys = tuple(keys)

    def find(self, header: str | None) -> Key:
        """The key in an `Authorization` header. Raises a Refused with 401 when it names none.

        Every key is compared, each in a time that does not hang on how far it fits.
        """
        scheme, _, given = (header or "").partition(" ")
        digest = digest_of(given.strip())
        fitting = [key for key in self._keys if hmac.compare_digest(key.digest, digest)]
        if scheme.lower() != "bearer" or not fitting:
            raise Refused(
                401,
                "invalid_api_key",
                "This server needs a key, and none that it knows came with the request. Send one of its file of keys "
                "in the header: Authorization: Bearer KEY",
            )
        return fitting[0]


def digest_of(key: str) -> str:
    """SHA-256 of a key, hexadecimal."""
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()


class _Line(BaseModel):
    """One key as the file has it."""

    model_config = ConfigDict(extra="forbid", strict=True)
    name: Annotated[str, Field(min_length=1, max_length=80)]
    key: Annotated[str, Field(min_length=MIN_LETTERS)] | None = None
    hash: Annotated[str, Field(pattern="^(sha256:)?[0-9a-fA-F]{64}$")] | None = None
    scopes: Annotated[list[Scope], Field(min_length=1)]
    collections: Annotated[list[str], Field(min_length=1)] | None = None
    per_minute: Annotated[int, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> _Line:
        if (self.key is None) == (self.hash is None):
            raise ValueError("give either `key` or `hash`, the SHA-256 of the key")
        return self

    def read(self) -> Key:
        digest = digest_of(self.key) if self.key is not None else (self.hash or "").removeprefix("sha256:").lower()
        return Key(self.name, frozenset(self.scopes), tuple(self.collections or ()), self.per_minute, digest)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    keys: Annotated[list[_Line], Field(min_length=1)]


def load_keys(path: Path) -> Keys:
    """The keys in a TOML or JSON file. Raises UserFacingError when it cannot be read or does not fit."""
    try:
        text = path.read_text(encoding="utf-8")
        given: Any = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
        keys = [line.read() for line in _File.model_validate(given).keys]
    except OSError as error:
        raise UserFacingError(
            f"The file of keys {str(path)!r} cannot be read ({error.strerror}). Check the path after --keys."
        ) from error
    except ValidationError as error:
        # Without the values, which are keys.
        lines = [f"{'.'.join(map(str, each['loc'])) or 'the file'}: {each['msg']}" for each in error.errors()]
        raise UserFacingError(f"The file of keys {str(path)!r} does not fit. {'; '.join(lines)}.") from None
    except ValueError as error:
        raise UserFacingError(f"The file of keys {str(path)!r} is no TOML or JSON: {error}. Correct it.") from error
    if len({key.name for key in keys}) < len(keys) or len({key.digest for key in keys}) < len(keys):
        raise UserFacingError(f"The file of keys {str(path)!r} has a name or a key twice. Give each its own.")
    return Keys(keys)
