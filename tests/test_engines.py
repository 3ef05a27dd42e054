"""What every search engine promises: the record's passages, exactly, whatever happens to the engine."""

from __future__ import annotations

import contextlib
import importlib.util
import shutil
import socket
import subprocess
import sys
import threading

import numpy as np
import pytest
from fakes import HashingEmbedder
from postgres_server import needs_postgres
from test_record import BANK, COURT, EMBEDDER, prepared, put

from index.collection import NAMED
from index.engines import open_engine
from index.errors import LibraryError, UserFacingError
from index.milvus import Milvus
from index.pipeline import open_library
from index.places import SQLITE, open_record
from index.record import Embedding, Record
from index.remote import RETRY_S, RemoteEngine
from qa.settings import Settings

ALL = {p.passage_id for p in (*COURT.passages, *BANK.passages)}
IS_THERE = all(importlib.util.find_spec(name) for name in ("pymilvus", "milvus_lite"))
needs_milvus = pytest.mark.skipif(not IS_THERE, reason="dateline[milvus] is not installed")


class Server:
    """milvus-lite as a server of its own, that can be killed and started again on the same port."""

    def __init__(self, folder):
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.name = f"milvus:http://127.0.0.1:{self.port}"
        self.start()

    def start(self):
        command = [sys.executable, "-u", "-m", "milvus_lite", "server", "--data-dir", str(self.folder)]
        self.process = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", str(self.port)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert "listening" in self.process.stdout.readline()

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("milvus"))
    yield server
    server.kill()


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path / "served")
    yield server
    server.kill()


class Opened:
    """A record and its engine, as a process has them."""

    def __init__(self, folder, name, kept=SQLITE, writable=True):
        self.record = open_record(kept, "", folder, writable=writable)
        try:
            self.engine = open_engine(name, "", folder, self.record)
        except BaseException:
            self.record.close()
            raise

    def near(self, text, k=3, doc_ids=None):
        return self.engine.dense(EMBEDDER.encode([text])[0], k, doc_ids)

    def words(self, *terms, k=3, doc_ids=None):
        return [one for one, _ in self.engine.lexical(terms, k, doc_ids)]

    def close(self):
        self.engine.close()
        self.record.close()


@pytest.fixture(
    params=[
        "local",
        pytest.param("file", marks=needs_milvus),
        pytest.param("server", marks=needs_milvus),
        pytest.param("local over postgres", marks=needs_postgres),
        pytest.param("file over postgres", marks=[needs_milvus, needs_postgres]),
    ]
)
def name(request, tmp_path):
    if request.param == "server":
        return request.getfixturevalue("shared").name
    return "local" if request.param.startswith("local") else f"milvus:{tmp_path / 'milvus' / 'passages.db'}"


@pytest.fixture
def kept(request):
    """What `DATELINE_RECORD` is for the library in a folder."""
    if "over postgres" in request.node.name:
        return request.getfixturevalue("postgres").record
    return lambda folder: SQLITE


@pytest.fixture
def opened(tmp_path, kept):
    everything = []

    def open_one(name, folder="library", **how):
        (tmp_path / folder).mkdir(exist_ok=True)
        everything.append(Opened(tmp_path / folder, name, kept(tmp_path / folder), **how))
        return everything[-1]

    yield open_one
    for one in everything:
        one.close()


def filled(opened, name, *more):
    library = opened(name)
    for each in (COURT, BANK, *more):
        put(library.record, each)
    library.engine.follow()
    assert not library.engine.is_behind()
    return library


def many(count, chance):
    """Documents of one passage, of words drawn by chance."""
    words = np.array([f"w{n}x" for n in range(300)])
    return [prepared(f"{n:016x}", " ".join(chance.choice(words, 12))) for n in range(count)]


def exact(record, vector, k, doc_ids=None):
    ids, vectors = record.vectors() if doc_ids is None else record.vectors_of(doc_ids)
    return sorted(zip(ids, map(float, vectors @ vector), strict=True), key=lambda one: -one[1])[:k]


def until(works, tries=200):
    """Call it until it does: the connection to a server that is back is made within a second."""
    for _ in range(tries):
        with contextlib.suppress(LibraryError):
            return works()
        threading.Event().wait(0.05)
    return works()


def scores(found):
    return [score for _, score in found]


def test_the_nearest_are_those_of_an_exact_search(opened, name):
    chance = np.random.default_rng(7)
    library = filled(opened, name, *many(150, chance))
    for _ in range(10):
        vector = chance.normal(size=EMBEDDER.dimension).astype(np.float32)
        vector /= np.linalg.norm(vector)
        found = library.engine.dense(vector, 10)
        assert scores(found) == pytest.approx(scores(exact(library.record, vector, 10)), abs=1e-4)
    assert library.engine.count() == len(library.engine.ids()) == 153


def test_words_find_their_passages_in_every_form_and_the_best_first(opened, name):
    library = filled(opened, name)
    court, judges = (p.passage_id for p in COURT.passages)
    assert library.words("bank") == [BANK.passages[0].passage_id]
    assert library.words("openings", "Koblenz")[0] == court
    assert library.words("judge", "witness")[0] == judges
    assert set(library.words("Herald")) == {court, judges}
    assert library.words("nowhere") == library.words("?!") == library.words() == []
    found = scores(library.engine.lexical(["court", "bank", "nine"], 3))
    assert found == sorted(found, reverse=True) and min(found) > 0


def test_a_search_can_be_kept_to_some_documents(opened, name):
    chance = np.random.default_rng(3)
    library = filled(opened, name, *many(NAMED + 120, chance))
    court = COURT.document.doc_id
    assert {i for i, _ in library.near("a bank", k=9, doc_ids=[court])} == {p.passage_id for p in COURT.passages}
    assert library.words("bank", "court", doc_ids=[court])[0] == COURT.passages[0].passage_id
    assert library.near("a bank", doc_ids=[]) == library.words("bank", doc_ids=[]) == []
    most = [one.document.doc_id for one in library.record.documents()][:-40]
    vector = EMBEDDER.encode(["w1x w2x w3x"])[0]
    expected = exact(library.record, vector, 20, most)
    assert scores(library.engine.dense(vector, 20, most)) == pytest.approx(scores(expected), abs=1e-4)
    assert {one.rpartition(":")[0] for one in library.words("w1x", "w2x", k=90, doc_ids=most)} <= set(most)


def test_what_came_and_went_is_followed(opened, name):
    library = filled(opened, name)
    library.record.remove([BANK.document.doc_id])
    assert library.engine.is_behind()
    assert BANK.passages[0].passage_id not in dict(library.near("a bank in Basel", k=9))
    assert library.words("bank") == []
    library.engine.follow()
    assert library.engine.ids() == {p.passage_id for p in COURT.passages}
    assert library.words("bank") == []
    put(library.record, BANK)
    assert library.words("bank") == [BANK.passages[0].passage_id]
    library.engine.follow()
    assert library.engine.ids() == ALL
    assert library.near("a bank in Basel")[0][0] == BANK.passages[0].passage_id


def test_what_a_kill_left_between_record_and_engine_is_caught_up(opened, name):
    first = filled(opened, name)
    put(first.record, prepared("c" * 16, "A flood in Bergen."))
    first.close()
    library = opened(name)
    assert library.engine.is_behind() and library.engine.ids() == set()
    assert library.near("a flood in Bergen")[0][0] == f"{'c' * 16}:0"
    assert library.words("flood") == [f"{'c' * 16}:0"]
    library.engine.follow()
    assert library.engine.ids() == ALL | {f"{'c' * 16}:0"}


def test_it_can_be_made_anew_and_closed_twice(opened, name):
    library = filled(opened, name)
    library.engine.rebuild()
    assert library.engine.ids() == ALL
    assert library.near("a bank in Basel")[0][0] == BANK.passages[0].passage_id
    library.engine.close()
    library.engine.close()


def test_two_read_while_one_of_them_writes(opened, name):
    reader, writer = filled(opened, name), opened(name)
    assert reader.near("a bank") == writer.near("a bank")
    writer.record.remove([BANK.document.doc_id])
    assert len(reader.near("a bank")) == 2
    writer.engine.follow()
    assert len(reader.near("a bank")) == 2 and reader.words("bank") == []
    writer.engine.rebuild()
    assert len(reader.near("a bank")) == 2 and reader.words("court") != []


def test_an_empty_library_finds_nothing(opened, name):
    library = opened(name)
    library.engine.follow()
    assert library.near("anything") == library.words("anything") == []


@pytest.mark.parametrize("doc_id", ["a\"b'c", "x'] or doc != ['", "back\\slash\n", "東京 🌊", "{ids}", "%41", "a:b"])
def test_no_id_and_no_text_is_read_as_anything_else(opened, name, doc_id):
    texts = ["'\" ] or 1 == 1 -- {x} \\", "\0\x1b[31m Bergen", "wörter 東京 🌊 " + "long " * 20_000]
    library = filled(opened, name, prepared(doc_id, "\n".join(text.replace("\n", " ") for text in texts), uri="/x/y"))
    own = {f"{doc_id}:{n}" for n in range(3)}
    assert library.engine.ids() == ALL | own
    assert {i for i, _ in library.near("Bergen", k=9, doc_ids=[doc_id])} == own
    assert library.words("Bergen", doc_ids=[doc_id, "other"]) == [f"{doc_id}:1"]
    assert library.words("' or 1 == 1", "\0", "worter", doc_ids=[doc_id]) != []
    library.record.remove([doc_id])
    library.engine.follow()
    assert library.engine.ids() == ALL


def test_a_whole_library_works_over_it(name, kept, tmp_path):
    settings = Settings(library=tmp_path / "whole", engine=name, record=kept(tmp_path))
    (tmp_path / "a.txt").write_text("A bank closed\n\nThe bank in Basel closed on Friday. It had nine guests.\n")
    with open_library(settings.library, HashingEmbedder(), **settings.of_library) as library:
        assert not library.add([tmp_path / "a.txt"]).failed
        assert {one.state for one in library.documents()} == {"ready"}
        assert library.lexical(["guest"], 3)
    with open_library(settings.library, HashingEmbedder("other"), for_rebuild=True, **settings.of_library) as library:
        library.rebuild()
        assert len(library.dense(library.embedder.encode(["a bank"])[0], 3)) == library.count_passages()


# What only a server can do to us


def test_an_unknown_engine_is_refused(tmp_path, opened):
    with pytest.raises(LibraryError, match="'elastic', which is none.*local, milvus"):
        opened("elastic")


def test_without_its_packages_milvus_says_what_to_install(opened, monkeypatch):
    monkeypatch.setitem(sys.modules, "pymilvus", None)
    with pytest.raises(UserFacingError, match=r"not installed: .*pip install 'dateline\[milvus\]'"):
        opened("milvus:http://127.0.0.1:1")


@needs_milvus
def test_a_server_that_is_down_at_the_start_is_told(tmp_path):
    settings = Settings(library=tmp_path / "whole", engine="milvus:http://127.0.0.1:1")
    with pytest.raises(LibraryError, match="No Milvus answers at 'http://127.0.0.1:1'.*Start the server"):
        open_library(settings.library, HashingEmbedder(), **settings.of_library)


@needs_milvus
def test_a_file_that_another_process_has_is_told(opened, tmp_path):
    path = tmp_path / "passages.db"
    code = f"from milvus_lite.db import MilvusLite; db = MilvusLite({str(path)!r}); print(1, flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        other.stdout.readline()
        with pytest.raises(LibraryError, match="another process has it open.*start a server"):
            opened(f"milvus:{path}")
        other.kill()


@needs_milvus
def test_a_server_that_dies_is_done_without_and_used_again_when_it_is_back(tmp_path, server):
    now = [0.0]
    record = Record(tmp_path)
    engine = RemoteEngine(tmp_path, record, Milvus(server.name.removeprefix("milvus:")), clock=lambda: now[0])
    put(record, COURT)
    put(record, BANK)
    engine.follow()
    question = EMBEDDER.encode(["a bank in Basel"])[0]
    before = engine.dense(question, 3)
    server.kill()
    assert scores(engine.dense(question, 3)) == pytest.approx(scores(before), abs=1e-4)
    assert [one for one, _ in engine.lexical(["bank"], 3)] == [BANK.passages[0].passage_id]
    record.remove([BANK.document.doc_id])
    with pytest.raises(LibraryError, match="The library itself is whole.*dateline rebuild"):
        engine.follow()
    assert len(engine.dense(question, 3)) == 2
    put(record, BANK)
    server.start()
    until(engine.follow)
    assert engine.ids() == ALL
    server.kill()
    assert len(engine.dense(question, 3)) == 3 and engine.ids() == set()
    server.start()
    assert engine.ids() == set()  # it is not asked again so soon
    now[0] += RETRY_S
    until(engine.follow)
    assert engine.ids() == ALL
    engine.close()
    record.close()


@needs_milvus
def test_a_collection_of_another_dimension_is_told_and_made_anew(tmp_path, shared):
    milvus = Milvus(shared.name.removeprefix("milvus:"))
    record = Record(tmp_path)
    put(record, COURT)
    engine = RemoteEngine(tmp_path, record, milvus)
    engine.follow()
    name = engine._pointer.read()["collection"]
    milvus.drop(name)
    milvus.create(name, Embedding("other", 8))
    again = RemoteEngine(tmp_path, record, Milvus(shared.name.removeprefix("milvus:")))
    with pytest.raises(LibraryError, match="vectors of 8 numbers, but those of the library have 64.*dateline rebuild"):
        again.dense(EMBEDDER.encode(["a court"])[0], 1)
    with pytest.raises(LibraryError, match="dateline rebuild"):
        again.follow()
    again.rebuild()
    assert again.ids() == {p.passage_id for p in COURT.passages}
    for one in (engine, again):
        one.close()
    record.close()


@needs_milvus
def test_a_collection_that_is_gone_or_not_whole_is_made_anew(opened, shared):
    library = filled(opened, shared.name)
    milvus, name = library.engine._milvus, library.engine._pointer.read()["collection"]
    milvus.open(name, Embedding(EMBEDDER.name, EMBEDDER.dimension)).delete([BANK.passages[0].passage_id])
    library.close()
    again = opened(shared.name)
    assert again.near("a bank in Basel")[0][0] == BANK.passages[0].passage_id
    again.engine.follow()
    assert again.engine.ids() == ALL
    again.engine._milvus.drop(again.engine._pointer.read()["collection"])
    last = opened(shared.name)
    assert last.engine.is_behind() and len(last.near("a bank")) == 3
    last.engine.follow()
    assert last.engine.ids() == ALL


@needs_milvus
def test_a_library_that_was_copied_has_a_collection_of_its_own(opened, shared, tmp_path):
    first = filled(opened, shared.name)
    first.close()
    shutil.copytree(tmp_path / "library", tmp_path / "copied")
    copied = opened(shared.name, "copied")
    assert copied.engine.is_behind()
    copied.record.remove([BANK.document.doc_id])
    copied.engine.follow()
    again = opened(shared.name)
    assert not again.engine.is_behind() and again.engine.ids() == ALL
