"""What several test files need."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.embed import open_embedder
from index.pipeline import Library, open_library
from qa.settings import Settings


@pytest.fixture(autouse=True)
def _main_module(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put back after each test: a page under test takes its place, and processes started later would run that page."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@pytest.fixture(scope="session")
def seed_library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The sample reports with the real embeddings; only for tests marked `model`, and for reading."""
    settings = Settings()
    embedder = open_embedder(settings.embedder, settings.cache, settings.weights)
    with open_library(tmp_path_factory.mktemp("seeds"), embedder) as opened:
        opened.add([Path(__file__).parent.parent / "seeds"])
        yield opened
