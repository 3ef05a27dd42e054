"""Settings of `index`: from `DATELINE_*`, `dateline.toml` and the command line, in rising order."""

from __future__ import annotations

import os
import tomllib
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeVar

from platformdirs import user_cache_path, user_data_path
from pydantic import Field, SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from index.engines import open_engine
from index.errors import UserFacingError
from index.places import SQLITE, open_record

CONFIG_FILE = "dateline.toml"
ENV_PREFIX = "DATELINE_"


class IndexSettings(BaseSettings):
    """Where the library and the weights are, and how documents are cut and embedded."""

    model_config = SettingsConfigDict(env_prefix=ENV_PREFIX, frozen=True, extra="forbid")

    library: Path = Field(
        default_factory=lambda: user_data_path("dateline") / "library",
        description="Folder of the library: the record (with SQLite) and the vectors made from it.",
    )
    cache: Path = Field(
        default_factory=lambda: user_cache_path("dateline"),
        description="Folder for model weights and what is computed from them.",
    )
    weights: Path | None = Field(
        default=None, description="Folder with weight files you already have; looked at before anything is fetched."
    )
    embedder: Literal["auto", "openvino", "sentence-transformers"] = Field(
        default="auto", description="Runtime for the embeddings; auto takes OpenVINO where it is installed."
    )
    passage_words: int = Field(
        default=120, ge=20, le=400, description="Words in a passage, at most, unless one sentence alone has more."
    )
    keep_versions_days: int | None = Field(
        default=None, ge=0, description="Days for which the old texts of changed files are kept; always when not set."
    )

    engine: str = Field(
        default="local",
        description="What searches the passages: local (files in the library), or Milvus: milvus:FILE.db or "
        "milvus:http://HOST:PORT of a server. See docs/engines.md.",
    )
    engine_token: SecretStr | None = Field(
        default=None, description="What a Milvus server asks for: a token, or USER:PASSWORD."
    )

    record: str = Field(
        default=SQLITE,
        description="What keeps the record: sqlite (a file in the library), or a PostgreSQL server: "
        "postgresql://USER@HOST/DATABASE. See docs/engines.md.",
    )
    record_password: SecretStr | None = Field(
        default=None, description="What the PostgreSQL server asks for; not needed where libpq knows it (~/.pgpass)."
    )

    @property
    def of_library(self) -> dict[str, Any]:
        """What `open_library` is given of them besides the folder."""
        token = self.engine_token.get_secret_value() if self.engine_token else ""
        password = self.record_password.get_secret_value() if self.record_password else ""
        return {
            "passage_words": self.passage_words,
            "keep_versions_days": self.keep_versions_days,
            "open_engine": partial(open_engine, self.engine, token),
            "open_record": partial(open_record, self.record, password),
        }

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The command line wins over `dateline.toml`, and that over the environment."""
        return init_settings, TomlConfigSettingsSource(settings_cls, Path(CONFIG_FILE)), env_settings


S = TypeVar("S", bound=IndexSettings)


def load_settings(kind: type[S], **given: Any) -> S:
    """Settings of `kind`; `given` values that are not None come first.

    Raises:
        UserFacingError: If a value does not fit or a name is unknown, naming the setting.
    """
    unknown = [
        name
        for name in os.environ
        if name.startswith(ENV_PREFIX) and name.removeprefix(ENV_PREFIX).lower() not in kind.model_fields
    ]
    if unknown:
        known = ", ".join(ENV_PREFIX + name.upper() for name in kind.model_fields)
        raise UserFacingError(
            f"The environment sets {unknown[0]!r}, which is no setting. Unset it; there are: {known}."
        )
    try:
        return kind(**{name: value for name, value in given.items() if value is not None})
    except (tomllib.TOMLDecodeError, OSError, UnicodeDecodeError) as error:
        raise UserFacingError(
            f"The file {str(Path(CONFIG_FILE).absolute())!r} cannot be read: {error}. Correct it, or move it away."
        ) from error
    except ValidationError as error:
        lines = [f"{_named(kind, each)}: {each['msg']}" for each in error.errors()]
        raise UserFacingError(
            "A setting does not fit. "
            + "; ".join(lines)
            + f". Correct it in {CONFIG_FILE}, in the environment (DATELINE_…) or on the command line."
        ) from error


def _named(kind: type[IndexSettings], error: ErrorDetails) -> str:
    """The setting with its value, or without it where that is secret."""
    field = kind.model_fields.get(str(error["loc"][0])) if error["loc"] else None
    name = ".".join(str(part) for part in error["loc"])
    return name if field and "Secret" in str(field.annotation) else f"{name} = {error['input']!r}"
