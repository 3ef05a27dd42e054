import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from fakes import HashingEmbedder
from hypothesis import given, settings
from hypothesis import strategies as st

from index.context import date_words, embedding_text
from index.database import translated
from index.errors import LibraryBusyError, LibraryError
from index.past import words_changed
from index.prepare import embed_document
from index.record import FILE, Embedding, Record
from index.records import Document, Passage, Prepared, TimeMention

EMBEDDER = HashingEmbedder()
EMBEDDING = Embedding(EMBEDDER.name, EMBEDDER.dimension)


def prepared(doc_id, text, uri=None, **known):
    """A document of one passage a line, each of one sentence."""
    passages, start = [], 0
    for n, line in enumerate(text.split("\n")):
        span = (start, start + len(line))
        passages.append(Passage(f"{doc_id}:{n}", doc_id, line, *span, (span,), headings=("Heading",), page=n + 1))
        start = span[1] + 1
    values = {"title": "Title", "outlet": None, "author": None, "published": None, "language": None} | known
    document = Document(doc_id, uri or f"/x/{doc_id}.txt", text=text, content_hash=doc_id * 4, **values)
    return Prepared(document, tuple(passages), (TimeMention(0, 3, text[:3], "2021-06-20", "2021-06-21"),))


def put(record, it, replaces=None):
    vectors = embed_document(EMBEDDER, it.document, it.passages)
    record.put(it, vectors.passages, vectors.sentences, EMBEDDING, replaces)


@pytest.fixture
def record(tmp_path, record_in):
    record = record_in(tmp_path)
    yield record
    record.close()


COURT = prepared(
    "a" * 16,
    "The court in Koblenz opened on Sunday.\nJudges heard nine witnesses.",
    title="Trial opens",
    outlet="The Herald",
    author="A. Reporter",
    published=date(2021, 6, 21),
    page_starts=(0, 39),
    origins={"title": "the first line"},
    published_at="2021-06-21T09:30:00+07:00",
    modified=date(2021, 6, 22),
    address="https://herald.example/trial",
    unsure=frozenset({"author", "outlet"}),
)
BANK = prepared("b" * 16, "A bank in Basel closed.")


def test_a_document_comes_back_exactly_as_it_was_put(record):
    put(record, COURT)
    assert record.document(COURT.document.doc_id) == COURT.document
    assert record.document_by_uri(COURT.document.uri) == COURT.document
    assert tuple(record.passages_of(COURT.document.doc_id)) == COURT.passages
    assert tuple(record.mentions(COURT.document.doc_id)) == COURT.mentions
    (state,) = record.documents()
    assert (state.document, state.state, state.passages) == (COURT.document, "pending", 2)


@settings(max_examples=25)
@given(text=st.text(st.characters(exclude_categories=("Cs",)), min_size=1), title=st.text("aé'\"\0;-", max_size=9))
def test_any_text_survives_the_record(tmp_path_factory, record_in, text, title):
    it = prepared("c" * 16, text, title=title)
    folder = tmp_path_factory.mktemp("library")
    record = record_in(folder)
    try:
        put(record, BANK)
        put(record, it)
        assert record.document(it.document.doc_id) == it.document
        assert tuple(record.passages_of(it.document.doc_id)) == it.passages
        record.remove([it.document.doc_id])
        assert record.count_passages() == 1
        # Of a word of a removed passage that is still indexed, too, and of one of another that is not.
        assert record.health.damage() == []
    finally:
        record.close()


def test_vectors_come_back_whole_and_sentences_to_half_precision(record):
    put(record, COURT)
    vectors = embed_document(EMBEDDER, COURT.document, COURT.passages)
    ids, stored = record.vectors()
    assert ids == [p.passage_id for p in COURT.passages]
    assert np.array_equal(stored, vectors.passages)
    sentences = record.sentence_vectors([COURT.passages[1].passage_id, "gone:0"])
    assert list(sentences) == [COURT.passages[1].passage_id]
    assert np.allclose(sentences[COURT.passages[1].passage_id], vectors.sentences[1:], atol=1e-3)


def test_passages_come_in_the_order_asked_without_those_that_are_gone(record):
    put(record, COURT)
    first, second = COURT.passages
    assert record.passages([second.passage_id, "gone:0", first.passage_id]) == [second, first]


def test_what_replaces_a_document_takes_its_place_in_one_change(record):
    put(record, COURT)
    before = record.generation()
    put(record, prepared("d" * 16, "The court adjourned.", uri=COURT.document.uri), replaces=COURT.document.doc_id)
    assert record.generation() == before + 1
    assert [s.document.doc_id for s in record.documents()] == ["d" * 16]
    assert record.lexical(["Koblenz"], 5) == []
    assert record.mentions(COURT.document.doc_id) == []


def test_what_was_replaced_stays_as_an_old_version_with_all_that_was_known(record):
    put(record, COURT)
    (state,) = record.documents()
    put(record, prepared("d" * 16, "The court adjourned.", uri=COURT.document.uri), replaces=COURT.document.doc_id)
    old = record.past.version(COURT.document.doc_id)
    assert (old.document, old.added_at, old.replaced_by) == (COURT.document, state.added_at, "d" * 16)
    assert record.past.removed() == [], "its place is taken"

    put(record, COURT, replaces="d" * 16)
    assert record.past.version(COURT.document.doc_id) is None, "it is searched again"
    assert [one.document.doc_id for one in record.past.history(COURT.document.doc_id, "")] == ["d" * 16]


def test_what_was_made_from_a_text_alone_outlives_an_edit_of_its_details(record):
    put(record, COURT)
    with record.change() as db:
        db.execute("UPDATE documents SET signature = ?, added_at = '2020-01-01T00:00:00+00:00'", (b"\x01",))
    put(record, Prepared(replace(COURT.document, author="B. Reporter"), COURT.passages, COURT.mentions))
    assert record.read("SELECT signature, added_at FROM documents") == [(b"\x01", "2020-01-01T00:00:00+00:00")]


def test_old_versions_go_when_they_are_old_or_their_document_is_gone_for_good(record):
    def fill():
        put(record, COURT)
        put(record, prepared("d" * 16, "The court adjourned."), replaces=COURT.document.doc_id)
        put(record, prepared("e" * 16, "The court met again."), replaces="d" * 16)

    fill()
    record.past.forget("2020", None)
    assert len(record.past.history("e" * 16, "")) == 2, "no time is set"
    record.past.forget("2020", "2999")
    assert record.past.history("e" * 16, "") == []

    fill()
    record.remove(["e" * 16])
    record.past.forget("2020", None)
    assert len(record.past.history("e" * 16, "")) == 2, "it can be taken back"
    record.past.forget("2999", None)
    assert record.read("SELECT * FROM removed") == []

    fill()
    record.remove(["e" * 16], for_good=True)
    assert record.read("SELECT * FROM removed") == []


@given(st.text("ab é", max_size=30), st.text("ab é", max_size=30))
def test_the_words_that_changed_make_one_text_as_long_as_the_other(before, after):
    added, gone = words_changed(before, after)
    assert len(before.split()) + added - gone == len(after.split())
    assert words_changed(before, before) == (0, 0)


# Older formats

OF_4 = {"published_at", "modified", "address", "unsure", "signature", "added_at", "replaced_by"}


def as_format_3(folder):
    """Make the record of this folder one of format 3, with all that this had."""
    with closing(sqlite3.connect(folder / FILE, isolation_level=None)) as db:
        db.execute("DROP INDEX removed_chain")
        for table in ("documents", "removed"):
            for name in [row[1] for row in db.execute(f"PRAGMA table_info({table})")]:
                if name in OF_4 and (table, name) != ("documents", "added_at"):
                    db.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
        db.execute("PRAGMA user_version = 3")
        db.execute("PRAGMA journal_mode = DELETE")


@pytest.fixture
def format_3(tmp_path):
    """A folder with a record of format 3, with a document and a removed one."""
    with closing(Record(tmp_path)) as record:
        put(record, COURT)
        put(record, BANK)
        record.remove([BANK.document.doc_id])
    as_format_3(tmp_path)
    return tmp_path


OLD_COURT = replace(COURT.document, published_at=None, modified=None, address=None, unsure=frozenset())


@pytest.mark.parametrize("writable", [True, False])
def test_a_record_of_format_3_is_read_whole_and_brought_to_this_one_where_it_may_be_written(format_3, writable):
    before = (format_3 / FILE).read_bytes()
    with closing(Record(format_3, writable=writable)) as record:
        assert record.document(COURT.document.doc_id) == OLD_COURT
        assert record.documents(COURT.document.doc_id)[0].document == OLD_COURT
        assert [(one.document, one.added_at) for one in record.past.removed()] == [(BANK.document, None)]
        assert record.past.version(BANK.document.doc_id).document == BANK.document
        assert record.past.history(COURT.document.doc_id, COURT.document.uri) == []
        assert record.health.damage() == []
    assert ((format_3 / FILE).read_bytes() == before) != writable


def test_a_record_of_format_3_becomes_what_a_new_one_is(format_3):
    (format_3 / "new").mkdir()
    Record(format_3 / "new").close()
    Record(format_3).close()

    def columns(path):
        with closing(sqlite3.connect(path)) as db:
            tables = "SELECT m.name, c.name, c.type FROM sqlite_schema m, pragma_table_info(m.name) c ORDER BY 1, cid"
            return db.execute(tables).fetchall()

    assert columns(format_3 / FILE) == columns(format_3 / "new" / FILE)


def test_a_failing_put_changes_nothing(record):
    put(record, COURT)
    broken = Prepared(BANK.document, BANK.passages * 2, ())
    with pytest.raises(LibraryError, match="(?i)unique"):
        put(record, broken, replaces=COURT.document.doc_id)
    assert record.document(COURT.document.doc_id) == COURT.document
    assert record.document(BANK.document.doc_id) is None
    assert record.generation() == 1


def test_the_lexical_search_finds_stems_titles_outlets_and_dates(record):
    put(record, COURT)
    put(record, BANK)
    assert [i for i, _ in record.lexical(["judge", "witness"], 5)] == [COURT.passages[1].passage_id]
    for term in ("trial", "herald", "Monday", "2021"):
        assert {i for i, _ in record.lexical([term], 5)} == {p.passage_id for p in COURT.passages}


def test_the_lexical_search_ranks_a_larger_score_first_and_keeps_to_the_documents_given(record):
    put(record, COURT)
    put(record, BANK)
    ranked = record.lexical(["in", "Basel", "bank"], 5)
    assert ranked[0][0] == BANK.passages[0].passage_id
    assert [score for _, score in ranked] == sorted((score for _, score in ranked), reverse=True)
    assert [i for i, _ in record.lexical(["in"], 5, [COURT.document.doc_id])] == [COURT.passages[0].passage_id]
    assert len(record.lexical(["in"], 1)) == 1


@pytest.fixture(scope="module")
def shared(tmp_path_factory, record_in):
    record = record_in(tmp_path_factory.mktemp("library"))
    put(record, COURT)
    yield record
    record.close()


@given(st.lists(st.one_of(st.text(max_size=8), st.sampled_from(['"', "NEAR(", "title:", "a OR", "*", "\0", "\ud800"]))))
def test_any_text_is_a_safe_query(shared, terms):
    shared.lexical(terms, 3)
    assert set(shared.document_frequency(terms)) == set(terms)


def test_operators_in_a_term_are_words(shared):
    assert shared.lexical(['koblenz" OR "nine'], 5) == []
    assert [i for i, _ in shared.lexical(["Koblenz", '"'], 5)] == [COURT.passages[0].passage_id]


def test_document_frequency_counts_passages_of_some_documents(record):
    put(record, COURT)
    put(record, BANK)
    court, bank = ([one.document.doc_id] for one in (COURT, BANK))
    assert record.document_frequency(["court", "bank"], court) == {"court": 1, "bank": 0}
    assert record.document_frequency(["court", "bank"], bank) == {"court": 0, "bank": 1}
    assert record.document_frequency(["court"], court + bank) == record.document_frequency(["court"])
    assert record.document_frequency(["court"], []) == {"court": 0}


def test_document_frequency_counts_passages(shared):
    assert shared.document_frequency(["court", "Herald", "unheard", "?"]) == {
        "court": 1,
        "Herald": 2,
        "unheard": 0,
        "?": 0,
    }
    assert shared.count_passages() == 2


def test_ready_documents_are_no_longer_pending(record):
    put(record, COURT)
    put(record, BANK)
    record.mark_ready([BANK.document.doc_id])
    assert record.pending() == [COURT.document.doc_id]


def test_documents_come_in_the_order_of_the_bytes_of_their_paths(record):
    paths = ["/x/B.txt", "/x/a b.txt", "/x/a-b.txt", "/x/ab.txt", "/x/é.txt"]
    for number, path in enumerate(reversed(paths)):
        put(record, prepared(f"{number:016x}", "A bank.", uri=path))
    assert [one.uri for one in record.facts()] == [one.uri for one in record.entries()] == paths
    assert list(record.sources()) == paths


def test_what_is_written_gives_another_mark_and_what_is_read_none(record):
    put(record, COURT)
    before = record.mark()
    assert record.lexical(["court"], 3) and record.mark() == before
    record.mark_ready([COURT.document.doc_id])
    assert record.mark() != before and record.mark()[0] == before[0]


def test_each_change_has_its_own_version(record):
    versions = [record.version()]
    put(record, COURT)
    versions.append(record.version())
    record.remove([COURT.document.doc_id])
    versions.append(record.version())
    assert record.generation() == 2
    assert len(set(versions)) == 3


def test_vectors_of_two_embedders_never_stand_side_by_side(record):
    put(record, COURT)
    with pytest.raises(ValueError, match="other"):
        record.put(BANK, np.ones((1, 3)), np.ones((1, 3)), Embedding("other", 3))


def test_a_record_of_a_newer_dateline_is_refused(tmp_path):
    Record(tmp_path).close()
    connection = sqlite3.connect(tmp_path / FILE)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(LibraryError, match=r"format 99.*newer.*[Uu]pgrade"):
        Record(tmp_path)


def test_a_file_that_is_no_record_is_said_to_be_damaged(tmp_path):
    (tmp_path / FILE).write_bytes(b"not a database at all " * 100)
    with pytest.raises(LibraryError, match="damaged.*not touched.*dateline add"):
        Record(tmp_path)


def test_a_full_disk_is_said_in_words(tmp_path):
    connection = sqlite3.connect(tmp_path / "small", isolation_level=None)
    connection.execute("PRAGMA max_page_count = 2")
    with pytest.raises(LibraryError, match="disk is full"), translated(tmp_path / "small"):
        connection.execute("CREATE TABLE t AS SELECT zeroblob(100000)")
    connection.close()


def test_a_locked_record_is_said_to_be_busy(tmp_path):
    first, second = (sqlite3.connect(tmp_path / "one", isolation_level=None, timeout=0) for _ in range(2))
    first.execute("BEGIN IMMEDIATE")
    with pytest.raises(LibraryBusyError, match="another process"), translated(tmp_path / "one"):
        second.execute("BEGIN IMMEDIATE")
    first.close()
    second.close()


def test_a_record_opened_to_read_is_never_written(tmp_path, record_in):
    writer = record_in(tmp_path)
    put(writer, COURT)
    reader = record_in(tmp_path, writable=False)
    assert reader.document(COURT.document.doc_id) == COURT.document
    with pytest.raises(LibraryError, match="only be read"):
        reader.remove([COURT.document.doc_id])
    reader.close()
    writer.close()


def test_the_context_is_put_before_the_passage_and_is_not_part_of_it():
    assert embedding_text(COURT.document, COURT.passages[0]) == (
        "Trial opens, The Herald, 21 June 2021, Heading\nThe court in Koblenz opened on Sunday."
    )
    assert date_words(date(2021, 6, 21)) == "2021-06-21 Monday 21 June 2021"
    assert date_words(None) == ""
