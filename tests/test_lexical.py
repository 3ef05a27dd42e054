import json
import math
import sqlite3
from contextlib import closing, contextmanager

import numpy as np
import pytest
from fakes import HashingEmbedder
from hypothesis import given, settings
from hypothesis import strategies as st

from index.bm25 import COLUMNS, best_of
from index.fts5 import decode_lengths
from index.lexical import FEW
from index.prepare import embed_document
from index.record import FILE, Embedding, Record
from index.records import Document, Passage, Prepared
from index.rows import match_any

EMBEDDER = HashingEmbedder()
WORDS = [
    "court",
    "courts",
    "run",
    "running",
    "O'Brien",
    "o’brien",
    "élan",
    "ELAN",
    "1970s",
    "mid-1970s",
    "U.S.",
    "日本",
]
WORDS += [
    "Москва",
    "the",
    "of the",
    "Herald",
    "Basel",
    'court" OR "run',
    "?",
    "\0",
    "\ud800",
    "a*",
    "title:",
    "unheard",
]


@contextmanager
def opened(record_in, folder):
    """A record of every kind, the file of SQLite that says what FTS5 makes of the same, and those to write to."""
    with closing(record_in(folder)) as record:
        if (folder / FILE).exists():
            yield record, folder, (record,)
            return
        (folder / "twin").mkdir()
        with closing(Record(folder / "twin")) as twin:
            yield record, folder / "twin", (record, twin)


def put(records, name, *lines, title="Title", outlet=None):
    """A document of one passage a line."""
    doc_id, text, passages, start = name * 4, "\n".join(lines), [], 0
    for n, line in enumerate(lines):
        span = (start, start + len(line))
        passages.append(Passage(f"{doc_id}:{n}", doc_id, line, *span, (span,)))
        start = span[1] + 1
    document = Document(doc_id, f"/x/{doc_id}.txt", title, outlet, None, None, None, text, doc_id)
    vectors = embed_document(EMBEDDER, document, passages)
    prepared = Prepared(document, tuple(passages), ())
    for record in records:
        record.put(prepared, vectors.passages, vectors.sentences, Embedding(EMBEDDER.name, EMBEDDER.dimension))
    return doc_id


def ranked_by_fts5(folder, terms, k, doc_ids):
    """What SQLite's own function makes of the same question."""
    weights = ", ".join(map(str, COLUMNS.values()))
    with closing(sqlite3.connect(folder / FILE)) as db:
        return db.execute(
            f"SELECT passage_id, -bm25(words, {weights}) AS score FROM words JOIN passages ON number = words.rowid "
            "WHERE words MATCH ? AND doc_id IN (SELECT value FROM json_each(?)) ORDER BY score DESC, number LIMIT ?",
            (match_any(terms) or '""', json.dumps(doc_ids), k),
        ).fetchall()


@pytest.fixture(scope="module")
def shared(tmp_path_factory, record_in):
    plain = [word for word in WORDS if word.isprintable() and "\ud800" not in word]
    ids = []
    with opened(record_in, tmp_path_factory.mktemp("library")) as (record, folder, records):
        for n in range(12):
            lines = [
                " ".join(plain[(n * 7 + i * step) % len(plain)] for i in range(3 + n * step)) for step in (1, 2, 5, 11)
            ]
            title, outlet = f"Court {n}", "The Herald" if n % 3 else None
            ids.append(put(records, f"d{n:03}", *lines, "?", title=title, outlet=outlet))
        put(records, "gone", "the court of the court", "Basel")
        for one in records:
            one.remove(["gone" * 4])
        yield folder, record, ids


@given(
    terms=st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=8)), max_size=6),
    k=st.integers(1, 70),
    chosen=st.one_of(st.none(), st.sets(st.integers(0, 11))),
    unknown=st.sampled_from([0, FEW + 1]),
)
def test_ranking_and_scores_are_those_of_fts5_to_the_last_bit(shared, terms, k, chosen, unknown):
    folder, record, ids = shared
    given_ids = None if chosen is None else [ids[n] for n in chosen] + [f"unknown{n}" for n in range(unknown)]
    expected = ranked_by_fts5(folder, terms, k, ids if given_ids is None else given_ids)
    assert record.lexical(terms, k, given_ids) == expected


def test_a_filter_of_many_documents_finds_those_that_match_worst(shared):
    folder, record, ids = shared
    for doc_id in ids:
        many = [doc_id, *(f"unknown{n}" for n in range(FEW + 1))]
        expected = ranked_by_fts5(folder, ["court"], 1, [doc_id])
        assert record.lexical(["court"], 1, many) == expected
        assert expected


@settings(max_examples=15)
@given(lines=st.lists(st.text(st.characters(exclude_categories=("Cs",)), min_size=1), min_size=1, max_size=5))
def test_any_text_is_found_as_fts5_finds_it(tmp_path_factory, record_in, lines):
    with opened(record_in, tmp_path_factory.mktemp("library")) as (record, folder, records):
        doc_ids = [put(records, "aaaa", *(line.replace("\n", " ") for line in lines)), put(records, "bbbb", "a b c")]
        for terms in (lines, " ".join(lines).split(), ["a", "title"]):
            assert record.lexical(terms, 3) == ranked_by_fts5(folder, terms, 3, doc_ids)


def test_the_score_is_bm25(tmp_path, record_in):
    with closing(record_in(tmp_path)) as record:
        put([record], "aaaa", "a bank closed", "a court opened there today", "one two three four")
        ((passage_id, score),) = record.lexical(["banks"], 5)
    assert passage_id == "aaaa" * 4 + ":0"
    # With the title the passages have 4, 6 and 5 tokens, 5 in the mean; one of three holds the word, once.
    assert score == pytest.approx(math.log(2.5 / 1.5) * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 4 / 5)))


def test_what_another_process_changed_is_searched_at_once(tmp_path, record_in):
    with (
        opened(record_in, tmp_path) as (writer, folder, records),
        closing(record_in(tmp_path, writable=False)) as reader,
    ):
        assert reader.lexical(["court"], 5) == []
        assert reader.count_passages() == 0
        doc_ids = [put(records, "aaaa", "the court in Basel opened", "a court")]
        assert [found for found, _ in reader.lexical(["court"], 5)] == ["aaaa" * 4 + ":1", "aaaa" * 4 + ":0"]
        assert reader.count_passages() == 2
        doc_ids.append(
            put(records, "bbbb", "no court", "the bank has a long name, much longer than all the others have")
        )
        for one in records:
            one.remove(["aaaa" * 4])
        assert reader.lexical(["court"], 5) == ranked_by_fts5(folder, ["court"], 5, doc_ids)
        assert reader.count_passages() == writer.count_passages() == 2


def test_document_frequency_is_that_of_the_word_as_it_is_searched(tmp_path, record_in):
    with closing(record_in(tmp_path)) as record:
        put([record], "aaaa", "Judges ran; O'Brien's élan", "an ELAN of the 1970s, 日本 and Москва", "the brien")
        counts = record.document_frequency(["judge", "judging", "elan", "ÉLAN", "o'brien", "brien", "1970s", "日本"])
        assert counts == {
            "judge": 1, "judging": 1, "elan": 2, "ÉLAN": 2, "o'brien": 1, "brien": 2, "1970s": 1, "日本": 1,
        }  # fmt: skip
        assert record.document_frequency(["москва", "МОСКВА", "ran", "run", "Title", "'"]) == {
            "москва": 1, "МОСКВА": 1, "ran": 1, "run": 0, "Title": 3, "'": 0,
        }  # fmt: skip


def test_lengths_are_read_from_sizes_of_one_and_more_bytes():
    sizes = bytes([1, 0, 3, 0x81, 0x00]) + bytes([0, 0, 0, 7]) + bytes([0x81, 0x80, 0x02, 0, 0, 0])
    assert decode_lengths(np.array([2, 4, 5]), sizes).tolist() == [0, 0, 132, 0, 7, 16_386]
    assert decode_lengths(np.empty(0, np.int64), b"").tolist() == [0]


@given(scores=st.lists(st.integers(0, 5), max_size=30), k=st.integers(1, 40))
def test_the_best_come_first_and_equals_by_number(scores, k):
    expected = sorted(range(len(scores)), key=lambda number: (-scores[number], number))[:k]
    assert best_of(np.arange(len(scores)), np.array(scores, float), k).tolist() == expected
