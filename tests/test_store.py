import shutil

import numpy as np
import pytest
from test_record import BANK, COURT, EMBEDDER, put

from index.dense import DenseSearch
from index.record import Embedding, Record
from index.store import ChromaStore

ALL = [p.passage_id for p in (*COURT.passages, *BANK.passages)]


class Opened:
    """A record and its dense search, as a process has them."""

    def __init__(self, folder, writable=True):
        self.record = Record(folder, writable=writable)
        self.dense = DenseSearch(folder, self.record)

    def ask(self, text, k=3, doc_ids=None):
        return self.dense.query(EMBEDDER.encode([text])[0], k, doc_ids)

    def close(self):
        self.dense.close()
        self.record.close()


@pytest.fixture
def opened(tmp_path):
    everything = []

    def open_one(**how):
        everything.append(Opened(tmp_path, **how))
        return everything[-1]

    yield open_one
    for one in everything:
        one.close()


def filled(opened):
    library = opened()
    put(library.record, COURT)
    put(library.record, BANK)
    library.dense.follow()
    return library


def test_the_nearest_passage_comes_first_with_its_cosine(opened):
    library = filled(opened)
    assert library.dense.ids() == set(ALL)
    ids, vectors = library.record.vectors()
    question = EMBEDDER.encode(["a bank in Basel"])[0]
    found = library.dense.query(question, 3)
    assert found[0][0] == BANK.passages[0].passage_id
    cosines = dict(zip(ids, vectors @ question, strict=True))
    assert [score for _, score in found] == pytest.approx([cosines[i] for i, _ in found], abs=1e-5)
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)


def test_chroma_and_the_record_give_the_same(opened):
    library = filled(opened)
    from_chroma = library.ask("who opened the court")
    put(library.record, BANK)  # Chroma is behind now
    assert library.dense.is_behind()
    assert library.dense.ids() == set()
    from_record = library.ask("who opened the court")
    assert [i for i, _ in from_record] == [i for i, _ in from_chroma]
    assert [s for _, s in from_record] == pytest.approx([s for _, s in from_chroma], abs=1e-5)


@pytest.mark.parametrize("behind", [False, True])
def test_a_search_can_be_kept_to_some_documents(opened, behind):
    library = filled(opened)
    if behind:
        put(library.record, BANK)
    found = library.ask("a bank in Basel", k=5, doc_ids=[COURT.document.doc_id])
    assert {i for i, _ in found} == {p.passage_id for p in COURT.passages}
    assert library.ask("a bank", doc_ids=[]) == []


def test_an_empty_library_finds_nothing(opened):
    library = opened()
    library.dense.follow()
    assert library.ask("anything") == []


def test_what_is_removed_from_the_record_is_no_longer_found(opened):
    library = filled(opened)
    library.record.remove([BANK.document.doc_id])
    assert BANK.passages[0].passage_id not in dict(library.ask("a bank in Basel"))
    library.dense.follow()
    assert library.dense.ids() == {p.passage_id for p in COURT.passages}


def test_another_processs_writes_are_seen_at_the_next_query(opened):
    reader, writer = filled(opened), opened()
    reader.ask("warm")
    writer.record.remove([BANK.document.doc_id])
    assert len(reader.ask("a bank in Basel")) == 2
    writer.dense.follow()
    assert len(reader.ask("a bank in Basel")) == 2
    put(writer.record, BANK)
    writer.dense.follow()
    assert reader.ask("a bank in Basel")[0][0] == BANK.passages[0].passage_id
    assert reader.dense.ids() == set(ALL)


def damage_sqlite(folder):
    for path in folder.glob("chroma/*/chroma.sqlite3"):
        path.write_bytes(b"garbage" * 5000)


def damage_vectors(folder):
    for path in folder.glob("chroma/*/*/*.bin"):
        path.write_bytes(path.read_bytes()[:10])


def delete_folder(folder):
    shutil.rmtree(folder / "chroma")


def delete_inner_folder(folder):
    for path in folder.glob("chroma/*/"):
        shutil.rmtree(path)


def damage_pointer(folder):
    (folder / "chroma" / "current.json").write_text("{")


def lie_in_pointer(folder):
    (folder / "chroma" / "current.json").write_text('{"folder": "elsewhere", "version": null}')


@pytest.mark.parametrize(
    "damage", [damage_sqlite, damage_vectors, delete_folder, delete_inner_folder, damage_pointer, lie_in_pointer]
)
def test_a_broken_chroma_loses_nothing_and_is_made_anew(opened, tmp_path, damage):
    filled(opened).close()
    damage(tmp_path)
    library = opened()
    assert next(i for i, _ in library.ask("a bank in Basel")) == BANK.passages[0].passage_id
    assert len(library.ask("a bank in Basel")) == 3
    library.dense.follow()
    assert not library.dense.is_behind()
    assert library.dense.ids() == set(ALL)
    assert len([p for p in (tmp_path / "chroma").iterdir() if p.is_dir()]) == 1


def test_only_what_differs_is_written(opened):
    library = filled(opened)
    before = (library.dense._pointer()["folder"], library.record.stamps())
    put(library.record, BANK)
    library.dense.follow()
    assert library.dense._pointer()["folder"] == before[0]
    changed = {i for i, stamp in library.record.stamps().items() if stamp != before[1][i]}
    assert changed == {p.passage_id for p in BANK.passages}
    assert library.dense.ids() == set(ALL)


def test_a_library_that_can_only_be_read_is_searched_without_chroma(opened):
    filled(opened).close()
    reader = opened(writable=False)
    assert reader.ask("a bank in Basel")[0][0] == BANK.passages[0].passage_id
    assert reader.dense.ids() == set()


def test_stray_settings_for_chroma_are_not_heeded(opened, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("CHROMA_API_IMPL=chromadb.api.fastapi.FastAPI\nPERSIST_DIRECTORY=/nowhere\n")
    monkeypatch.setenv("IS_PERSISTENT", "false")
    assert filled(opened).dense.ids() == set(ALL)


def test_many_vectors_are_found_like_by_hand(opened):
    library = filled(opened)
    rng = np.random.default_rng(7)
    _, vectors = library.record.vectors()
    for _ in range(20):
        question = rng.normal(size=vectors.shape[1]).astype(np.float32)
        question /= np.linalg.norm(question)
        found = dict(library.dense.query(question, 3))
        assert list(found.values()) == pytest.approx(sorted(vectors @ question, reverse=True), abs=1e-5)


def test_nearly_all_of_the_nearest_are_found_among_many(tmp_path):
    chance, many, k = np.random.default_rng(0), 3000, 40
    vectors = chance.normal(size=(many, EMBEDDER.dimension)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    ids = [str(number) for number in range(many)]
    store = ChromaStore(tmp_path / "chroma", Embedding(EMBEDDER.name, EMBEDDER.dimension))
    try:
        for first in range(0, many, store.batch):
            rows = slice(first, first + store.batch)
            store.put(ids[rows], vectors[rows], ids[rows])
        found = []
        for vector in vectors[:50]:
            nearest = {ids[row] for row in np.argsort(-(vectors @ vector))[:k]}
            found.append(len(nearest & {passage_id for passage_id, _ in store.query(vector, k)}) / k)
    finally:
        store.close()
    assert np.mean(found) > 0.99
