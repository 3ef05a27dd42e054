"""What several test files need."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import psutil
import pytest
from postgres_server import PostgresServer, needs_postgres

from index.embed import open_embedder
from index.pipeline import Library, open_library
from index.places import SQLITE, open_record
from index.record import Record
from qa.settings import Settings

# A busy machine makes no property false.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    """End the processes that a test which failed, or was ended by its limit, has left behind."""
    before = {child.pid for child in psutil.Process().children()}
    try:
        return (yield)
    except BaseException:
        for child in psutil.Process().children():
            if child.pid not in before:
                for each in (*child.children(recursive=True), child):
                    with contextlib.suppress(psutil.NoSuchProcess):
                        each.kill()
        raise


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


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server, for all tests."""
    server = PostgresServer()
    yield server
    server.remove()


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgres", marks=needs_postgres)])
def record_name(request: pytest.FixtureRequest) -> Callable[[Path], str]:
    """What `DATELINE_RECORD` is for the library in a folder: each test runs with every kind of record."""
    if request.param == SQLITE:
        return lambda folder: SQLITE
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.record


@pytest.fixture(scope="session")
def record_in(record_name: Callable[[Path], str]) -> Callable[..., Record]:
    """Opens the record of the library in a folder, of every kind."""
    return lambda folder, *, writable=True: open_record(record_name(folder), "", folder, writable=writable)
