"""Which documents a filter leaves, in the library, the chain, on the command line and on the page."""

from __future__ import annotations

import json
import sqlite3
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes import HashingEmbedder, prepare_lines
from hypothesis import given
from hypothesis import strategies as st
from test_cli import dateline  # noqa: F401 - a fixture
from test_ui import HOSTILE, Read, Scripted, ask_app, library_app, shown

from index.errors import LibraryError, UserFacingError
from index.filters import collection_name, match, names_of
from index.pipeline import Library, open_library
from index.record import FILE, Record
from index.records import EVERYTHING, Facts, Filter
from qa.chain import AnswerChain
from qa.find.retrieve import PassageRetriever, retrieve
from qa.model.open import NONE, Model
from qa.question.filters import filter_in_words, first_day, last_day
from qa.records import EvidenceFound, Question
from qa.settings import Settings
from ui.exchange import Exchange, question_html
from ui.filters import scope_html

COURT, BANK, FLOOD = (
    Facts("c" * 16, "/n/court.txt", "Court", "AFP", date(2021, 6, 21), "Trials"),
    Facts("b" * 16, "/n/bank.txt", "Bank", " The Post ", date(2023, 1, 31), "Money"),
    Facts("f" * 16, "/n/flood.txt", "Flood", "afp", None, None),
)
ALL = (COURT, BANK, FLOOD)


def left(chosen: Filter, facts: tuple[Facts, ...] = ALL) -> list[str]:
    ids = match(chosen, facts).doc_ids
    assert ids is not None
    return [doc_id[0] for doc_id in ids]


# Which are left


@pytest.mark.parametrize(
    ("chosen", "ids"),
    [
        (Filter(since=date(2021, 6, 21)), "cb"),
        (Filter(since=date(2021, 6, 22)), "b"),
        (Filter(until=date(2023, 1, 31)), "cb"),
        (Filter(until=date(2023, 1, 30)), "c"),
        (Filter(outlets=("Afp ",)), "cf"),
        (Filter(outlets=("the post", "AFP")), "cbf"),
        (Filter(collections=("TRIALS",)), "c"),
        (Filter(documents=("bbbb", "/n/flood.txt")), "bf"),
        (Filter(since=date(2020, 1, 1), outlets=("AFP",)), "c"),
        (Filter(outlets=("AFP",), documents=("f" * 16, "bbbb")), "f"),
    ],
)
def test_values_in_a_field_are_alternatives_and_the_fields_all_apply(chosen: Filter, ids: str) -> None:
    assert left(chosen) == list(ids)


def test_the_empty_filter_names_no_documents() -> None:
    assert (match(EVERYTHING, ALL).doc_ids, match(EVERYTHING, ALL).documents) == (None, 3)


def test_undated_documents_that_a_range_leaves_out_are_counted_and_told() -> None:
    matching = match(Filter(since=date(2020, 1, 1), outlets=("AFP",)), ALL)

    assert matching.undated == 1
    assert matching.problems == (
        "1 document has no date and was not searched, because a range of dates was asked for.",
    )
    assert match(Filter(outlets=("AFP",)), ALL).problems == ()


def test_an_alternative_that_is_nowhere_is_told() -> None:
    assert match(Filter(outlets=("AFP", "Reuter")), ALL).problems == ("No document has the outlet 'Reuter'.",)


DAYS = st.dates(date(2020, 1, 1), date(2020, 1, 20))
FACTS = st.lists(
    st.builds(
        lambda day, outlet, name: (day, outlet, name),
        st.none() | DAYS,
        st.none() | st.sampled_from(["AFP", "afp ", "Post"]),
        st.none() | st.sampled_from(["Éa", "éA", "Strasse"]),
    ),
    min_size=1,
    max_size=8,
).map(lambda rows: tuple(Facts(f"{n:016x}", f"/n/{n}", "T", o, d, c) for n, (d, o, c) in enumerate(rows)))


@given(FACTS, st.none() | DAYS, st.none() | DAYS, st.sampled_from([(), ("afp",), ("post", "Afp")]))
def test_what_is_left_fits_and_nothing_that_fits_is_missing(
    facts: tuple[Facts, ...], since: date | None, until: date | None, outlets: tuple[str, ...]
) -> None:
    def fits(one: Facts) -> bool:
        if (since or until) and one.published is None:
            return False
        inside = (since is None or since <= one.published) and (until is None or one.published <= until)
        return inside and (not outlets or (one.outlet or "").strip().lower() in [o.lower() for o in outlets])

    expected = [one.doc_id for one in facts if fits(one)]
    chosen = Filter(since, until, outlets)
    if chosen == EVERYTHING:
        assert match(chosen, facts).doc_ids is None
    elif not expected:
        with pytest.raises(LibraryError):
            match(chosen, facts)
    else:
        assert list(match(chosen, facts).doc_ids or ()) == expected


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        (Filter(since=date(2024, 1, 1)), "on or after 2024-01-01.*from 2021-06-21 to 2023-01-31, and 1 of 3 have none"),
        (Filter(outlets=("BBC",)), "outlet 'BBC'.*are: 'AFP', 'The Post'"),
        (Filter(collections=("Sport",)), "collection 'Sport'.*are: 'Money', 'Trials'.*dateline add"),
        (Filter(documents=("zzzz",)), "'zzzz'.*dateline list.*nothing was searched"),
        (Filter(documents=("b",)), "'b'"),
        (Filter(outlets=("The Post",), collections=("Trials",)), r"all of the filter.*outlets 1, collections 1 of 3"),
        (Filter(until=date(2022, 1, 1), since=date(2023, 1, 1)), "2023-01-01, is after the last day, 2022-01-01"),
    ],
)
def test_a_filter_that_leaves_nothing_says_which_part_and_what_there_is(chosen: Filter, told: str) -> None:
    with pytest.raises(LibraryError, match=told):
        match(chosen, ALL)


def test_of_many_outlets_only_some_are_named() -> None:
    facts = [Facts(str(n) * 16, f"/{n}", "T", f"Outlet {n}", None, None) for n in range(9)]

    with pytest.raises(LibraryError, match=r"'Outlet 4' and 4 more\."):
        match(Filter(outlets=("BBC",)), facts)
    with pytest.raises(LibraryError, match="No document has a collection"):
        match(Filter(collections=("x",)), facts)


def test_a_name_is_offered_once_in_its_most_frequent_spelling() -> None:
    assert names_of(["Post", "afp", "AFP", None, "AFP "]) == ["AFP", "Post"]


# In words


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        (EVERYTHING, ""),
        (Filter(since=date(2025, 3, 1)), "published from 1 March 2025 on"),
        (Filter(until=date(2025, 3, 1)), "published until 1 March 2025"),
        (Filter(date(2025, 3, 1), date(2025, 3, 1)), "published on 1 March 2025"),
        (Filter(date(2024, 2, 1), date(2024, 2, 29)), "published in February 2024"),
        (Filter(date(2024, 2, 1), date(2024, 2, 28)), "published from 1 February 2024 to 28 February 2024"),
        (Filter(date(2024, 1, 1), date(2024, 12, 31)), "published in 2024"),
        (Filter(date(2023, 1, 1), date(2024, 12, 31)), "published from 2023 to 2024"),
        (Filter(outlets=("AFP", "BBC"), collections=("A",)), "by AFP or BBC, in the collection “A”"),
        (Filter(documents=tuple("abcde")), "the documents “a” or “b” or “c” or 2 more"),
    ],
)
def test_a_filter_is_said_in_words(chosen: Filter, words: str) -> None:
    assert filter_in_words(chosen) == words


def test_a_month_or_a_year_stands_for_its_first_or_its_last_day() -> None:
    assert [first_day("2024-02-03"), first_day("2024-02"), first_day(" 2024 ")] == [
        date(2024, 2, 3),
        date(2024, 2, 1),
        date(2024, 1, 1),
    ]
    assert [last_day("2024-02-03"), last_day("2024-02"), last_day("2024")] == [
        date(2024, 2, 3),
        date(2024, 2, 29),
        date(2024, 12, 31),
    ]


@pytest.mark.parametrize(
    "typed", ["", "yesterday", "24-02-01", "2024-2", "2024-13", "2023-02-29", "0000", "2024/02/01"]
)
def test_what_is_no_date_is_refused_with_how_to_write_one(typed: str) -> None:
    with pytest.raises(UserFacingError, match="is no date.*2025-03-31, 2025-03 or 2025"):
        first_day(typed)


# Collections


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "bank.txt").write_text("Bank closes\nA bank in Basel closed on Friday.")
    (folder / "court.txt").write_text("Trial opens\nThe court in Koblenz heard nine witnesses.")
    return folder


@pytest.fixture
def library(tmp_path: Path) -> Any:
    with open_library(tmp_path / "library", HashingEmbedder(), prepare=prepare_lines, suffixes={".txt"}) as opened:
        yield opened


def collections(library: Library) -> dict[str, str | None]:
    return {Path(one.uri).stem: one.collection for one in library.facts()}


def test_a_collection_is_given_to_a_folder_kept_over_changes_and_changed_without_embedding(
    library: Library, folder: Path
) -> None:
    library.add([folder], given={"collection": " News  of\tMay "})
    (folder / "bank.txt").write_text("Bank opens\nA bank in Basel opened.")
    library.sync(folder)
    assert collections(library) == {"bank": "News of May", "court": "News of May"}

    report = library.add([folder / "bank.txt"], given={"collection": "Money"})

    assert (len(report.changed), report.passages_embedded) == (1, 0)
    assert collections(library) == {"bank": "Money", "court": "News of May"}
    (bank, _) = library.documents()
    assert (bank.document.collection, bank.document.origins["collection"], bank.state) == (
        "Money",
        "given by you",
        "ready",
    )
    assert library.add([folder / "bank.txt"], given={"collection": "Money"}).changed == ()


def test_what_is_given_beside_a_collection_is_kept(library: Library, folder: Path) -> None:
    library.add([folder / "bank.txt"], given={"outlet": "Blatt"})
    library.add([folder / "bank.txt"], given={"collection": "Money"})
    (bank,) = library.documents()
    assert (bank.document.outlet, bank.document.collection) == ("Blatt", "Money")


def test_a_moved_file_keeps_its_collection(library: Library, folder: Path) -> None:
    library.add([folder], given={"collection": "News"})
    (folder / "bank.txt").rename(folder / "moved.txt")
    library.sync(folder)
    assert collections(library) == {"moved": "News", "court": "News"}


@pytest.mark.parametrize("name", ["", " \n", "x" * 81, "a\x1b[31m", "a\u202eb"])
def test_a_name_that_is_none_adds_nothing(library: Library, folder: Path, name: str) -> None:
    with pytest.raises(LibraryError, match="no name for a collection.*nothing was added"):
        library.add([folder], given={"collection": name})
    assert library.count_documents() == 0


def test_a_name_of_any_language_is_a_name() -> None:
    assert collection_name("Procès – 裁判") == "Procès – 裁判"


# Records of the first format

FORMAT_1 = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
    doc_id TEXT PRIMARY KEY, uri TEXT NOT NULL UNIQUE, title TEXT NOT NULL, outlet TEXT, author TEXT, published TEXT,
    language TEXT, text TEXT NOT NULL, content_hash TEXT NOT NULL, page_starts TEXT NOT NULL, origins TEXT NOT NULL,
    date_words TEXT NOT NULL, state TEXT NOT NULL CHECK (state IN ('pending', 'ready')), added_at TEXT NOT NULL
);
CREATE TABLE passages (
    number INTEGER PRIMARY KEY, passage_id TEXT NOT NULL UNIQUE,
    doc_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE, ordinal INTEGER NOT NULL, text TEXT NOT NULL,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, headings TEXT NOT NULL, page INTEGER, stamp TEXT NOT NULL,
    vector BLOB NOT NULL
);
CREATE UNIQUE INDEX passages_in_order ON passages (doc_id, ordinal);
CREATE TABLE sentences (
    passage INTEGER NOT NULL REFERENCES passages ON DELETE CASCADE, ordinal INTEGER NOT NULL, start INTEGER NOT NULL,
    "end" INTEGER NOT NULL, vector BLOB NOT NULL, PRIMARY KEY (passage, ordinal)
) WITHOUT ROWID;
CREATE TABLE mentions (
    doc_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE, ordinal INTEGER NOT NULL, start INTEGER NOT NULL,
    "end" INTEGER NOT NULL, text TEXT NOT NULL, resolved TEXT NOT NULL, anchored_to TEXT, PRIMARY KEY (doc_id, ordinal)
) WITHOUT ROWID;
CREATE VIEW indexed (number, title, outlet, dates, body) AS
    SELECT number, title, coalesce(outlet, ''), date_words, headings || ' ' || passages.text
    FROM passages JOIN documents USING (doc_id);
CREATE VIRTUAL TABLE words USING fts5 (
    title, outlet, dates, body, content = 'indexed', content_rowid = 'number',
    tokenize = 'porter unicode61 remove_diacritics 2'
);
INSERT INTO meta VALUES ('embedder', 'hashing'), ('dimension', '64'), ('generation', '1'), ('token', 't');
INSERT INTO documents VALUES ('aaaaaaaaaaaaaaaa', '/old/flood.txt', 'Flood recedes', 'AFP', NULL, '2021-06-21', NULL,
    'The Elbe fell a lot.', 'aa', '[]', '{}', '2021-06-21 Monday 21 June 2021', 'ready', '2025-01-01T00:00:00+00:00');
INSERT INTO passages VALUES (1, 'aaaaaaaaaaaaaaaa:0', 'aaaaaaaaaaaaaaaa', 0, 'The Elbe fell a lot.', 0, 20, '[]', NULL,
    's', zeroblob(256));
INSERT INTO sentences VALUES (1, 0, 0, 20, zeroblob(128));
INSERT INTO words (rowid, title, outlet, dates, body) SELECT * FROM indexed;
PRAGMA user_version = 1;
"""


@pytest.fixture
def first_format(tmp_path: Path) -> Path:
    """A library's folder as the first format left it."""
    (tmp_path / "old").mkdir()
    connection = sqlite3.connect(tmp_path / "old" / FILE)
    connection.executescript(FORMAT_1)
    connection.execute("UPDATE passages SET vector = ?", (np.eye(1, 64, dtype="<f4").tobytes(),))
    connection.commit()
    connection.close()
    return tmp_path / "old"


def version_of(folder: Path) -> int:
    connection = sqlite3.connect(folder / FILE)
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    connection.close()
    return int(version)


def test_a_library_of_the_first_format_gains_collections_when_it_is_opened(first_format: Path, folder: Path) -> None:
    with open_library(first_format, HashingEmbedder(), prepare=prepare_lines, suffixes={".txt"}) as library:
        assert collections(library) == {"flood": None}
        library.add([folder], given={"collection": "New"})
        assert collections(library) == {"flood": None, "bank": "New", "court": "New"}
        assert library.matching(Filter(collections=("new",))).documents == 2
        assert library.matching(Filter(outlets=("afp",))).documents == 1
        old = library.document("a" * 16)
        assert old is not None
        assert (old.title, old.published, old.collection) == ("Flood recedes", date(2021, 6, 21), None)
        assert [i for i, _ in library.lexical(["Elbe"], 5)] == ["a" * 16 + ":0"]
        library.remove(["aaaa"])
        assert library.lexical(["Elbe"], 5) == []
    assert version_of(first_format) == 4


def test_a_new_library_and_a_migrated_one_have_the_same_tables(first_format: Path, tmp_path: Path) -> None:
    Record(first_format).close()
    (tmp_path / "new").mkdir()
    Record(tmp_path / "new").close()

    def columns(folder: Path) -> list[Any]:
        connection = sqlite3.connect(folder / FILE)
        found = connection.execute(
            'SELECT m.type, m.name, c.name, c.type, c."notnull" FROM sqlite_schema m, pragma_table_xinfo(m.name) c '
            "ORDER BY m.name, c.cid"
        ).fetchall()
        connection.close()
        return found

    assert columns(first_format) == columns(tmp_path / "new")


def test_a_library_of_the_first_format_that_can_only_be_read_is_read_as_it_is(first_format: Path) -> None:
    before = (first_format / FILE).read_bytes()
    record = Record(first_format, writable=False)
    (facts,) = record.facts()
    (state,) = record.documents()
    assert (facts.title, facts.collection, state.document.collection, state.passages) == (
        "Flood recedes",
        None,
        None,
        1,
    )
    assert record.document_by_uri("/old/flood.txt") == record.document("a" * 16) == state.document
    assert [i for i, _ in record.lexical(["Elbe"], 3, ["a" * 16])] == ["a" * 16 + ":0"]
    record.close()
    assert (first_format / FILE).read_bytes() == before
    assert version_of(first_format) == 1


def test_a_migration_that_fails_leaves_the_library_as_it_was(first_format: Path) -> None:
    connection = sqlite3.connect(first_format / FILE)
    connection.execute("CREATE TABLE facts (x)")  # takes the name that the migration needs
    connection.commit()
    connection.close()

    with pytest.raises(LibraryError):
        Record(first_format)

    connection = sqlite3.connect(first_format / FILE)
    assert "collection" not in [row[1] for row in connection.execute("PRAGMA table_info(documents)")]
    connection.close()
    assert version_of(first_format) == 1


# Searching


MANY = 60


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A library of 60 documents of 4 passages that share words."""
    folder = tmp_path_factory.mktemp("many")
    for n in range(MANY):
        lines = [f"Report {n}", f"The vote in town {n % 7} was held.", f"Number {n} won.", f"Town {n % 7} voted again."]
        (folder / f"{n:02}.txt").write_text("\n".join(lines))
    where = tmp_path_factory.mktemp("library")
    with open_library(where, HashingEmbedder(), prepare=prepare_lines, suffixes={".txt"}) as opened:
        opened.add([folder])
        yield opened


@pytest.mark.parametrize("share", [1, 3, 20, 45, MANY])
@pytest.mark.parametrize("k", [1, 5, 40])
def test_under_any_filter_the_dense_search_finds_the_nearest_of_what_is_left(many: Library, share: int, k: int) -> None:
    chosen = [one.doc_id for one in many.facts()][-share:]
    (question,) = many.embedder.encode(["The vote in town 3"])
    passages = [passage for doc_id in chosen for passage in many.passages_of(doc_id)]
    everything = dict(many.dense(question, 4 * MANY))

    found = many.dense(question, k, chosen)

    assert {i.partition(":")[0] for i, _ in found} <= set(chosen)
    best = sorted((everything[passage.passage_id] for passage in passages), reverse=True)[:k]
    assert [score for _, score in found] == pytest.approx(best, abs=1e-5)


def test_both_searches_keep_to_the_documents_given(many: Library) -> None:
    chosen = [one.doc_id for one in many.facts()][:2]
    (vector,) = many.embedder.encode(["town vote"])

    hits = retrieve(many, "town vote", vector, 30, chosen)

    assert {hit.document.doc_id for hit in hits} == set(chosen)
    assert {name for hit in hits for name in hit.ranks} == {"dense", "lexical"}
    assert len({hit.document.doc_id for hit in retrieve(many, "town vote", vector, 30)}) > 2


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with open_library(tmp_path_factory.mktemp("seeds"), HashingEmbedder()) as opened:
        opened.add([Path(__file__).parent.parent / "seeds"])
        yield opened


def test_an_answer_rests_only_on_what_the_filter_leaves_and_says_so(seeds: Library) -> None:
    chain = AnswerChain(seeds, Model(NONE, None), Settings())
    asked = Question("Who arrived in Moscow?", filter=Filter(outlets=("ians", "Nobody")))

    found, *_, answer = chain.stream(asked)

    assert isinstance(found, EvidenceFound)
    (doc_id,) = {citation.doc_id for citation in found.citations}
    document = seeds.document(doc_id)
    assert document is not None
    assert document.outlet == "IANS"
    searched = answer.searched
    assert (searched.documents, searched.out_of, searched.filter) == (1, 3, "by ians or Nobody")
    assert searched.passages == seeds.count_passages([doc_id])
    assert "No document has the outlet 'Nobody'." in answer.problems
    everything = chain.invoke("Who arrived in Moscow?").searched
    assert (everything.documents, everything.out_of, everything.filter) == (3, None, "")


def test_a_filter_that_leaves_nothing_is_told_before_anything_is_read(seeds: Library) -> None:
    chain = AnswerChain(seeds, Model(NONE, None), Settings())
    with pytest.raises(LibraryError, match="outlet 'Nobody'"):
        next(iter(chain.stream(Question("Who?", filter=Filter(outlets=("Nobody",))))))


def test_the_retriever_keeps_to_its_filter(seeds: Library) -> None:
    retriever = PassageRetriever(library=seeds, k=20, filter=Filter(since=date(2025, 1, 1), until=date(2025, 3, 31)))

    found = retriever.invoke("Moscow")

    assert {each.metadata["published"] for each in found} == {"2025-03-03"}


# The command line


@pytest.fixture
def dated(folder: Path) -> Path:
    (folder / "court.txt").write_text("Trial opens\n\n21 June 2021\n\nThe court in Koblenz heard nine witnesses.\n")
    (folder / "bank.txt").write_text("Bank closes\n\nA bank in Basel heard of it and closed.\n")
    return folder


def test_ask_and_search_keep_to_collection_and_dates_and_say_so(dateline: Any, dated: Path) -> None:  # noqa: F811
    assert dateline("add", dated, "--collection", "News of May").exit_code == 0
    assert dateline("add", dated / "court.txt", "--collection", "Trials").exit_code == 0
    assert "Trials" in dateline("list").stdout
    assert "Trials  (given by you)" in dateline("show", dated / "court.txt").stdout

    printed = dateline("ask", "Who heard nine witnesses?", "--collection", "trials").stdout
    assert "Searched 1 of 2 documents: in the collection “trials”" in printed

    asked = ["--since", "2021", "--until", "2021-06", "--json"]
    answer = json.loads(dateline("ask", "Who heard nine witnesses?", *asked).stdout)
    assert answer["filter"] == {
        "since": "2021-01-01",
        "until": "2021-06-30",
        "outlets": [],
        "collections": [],
        "documents": [],
    }
    assert answer["searched"]["documents"] == 1
    assert any("1 document has no date" in problem for problem in answer["problems"])
    found = json.loads(dateline("search", "heard", *asked).stdout)
    assert ({each["title"] for each in found["passages"]}, found["documents"]) == ({"Trial opens"}, 1)
    assert (found["filter"], len(found["problems"])) == (answer["filter"], 1)

    shown_too = dateline("search", "heard", "--document", dated / "bank.txt", "--document", dated / "court.txt")
    assert "Searched 2 of 2 documents: the documents “Bank closes” or “Trial opens”" in shown_too.stderr


@pytest.mark.parametrize("command", ["ask", "search"])
@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--since", "soon"], "'soon' is no date"),
        (["--until", "2023-02-29"], "'2023-02-29' is no date"),
        (["--since", "2024", "--until", "2023"], "2024-01-01, is after the last day, 2023-12-31"),
        (["--outlet", "Nobody"], "No document has an outlet"),
        (["--collection", "Nothing"], "collection 'Nothing'. The collections are: 'News'"),
        (["--document", "nowhere.txt"], "'nowhere.txt'"),
    ],
)
def test_a_filter_that_cannot_be_is_told_without_a_traceback(
    dateline: Any,  # noqa: F811
    dated: Path,
    command: str,
    options: list[str],
    told: str,
) -> None:
    dateline("add", dated, "--collection", "News")
    result = dateline(command, "Who?", *options)
    assert (result.exit_code, result.stdout) == (1, "")
    assert told in result.stderr
    assert "Traceback" not in result.stderr


def test_a_collection_without_a_name_adds_nothing(dateline: Any, dated: Path) -> None:  # noqa: F811
    result = dateline("add", dated, "--collection", " ")
    assert (result.exit_code, "no name for a collection" in result.stderr) == (1, True)
    assert "holds no documents" in dateline("list").stdout


# The page


@pytest.fixture
def on_page(library: Library, folder: Path) -> Library:
    library.add([folder / "bank.txt"], given={"outlet": "The Post", "published": "2024-05-03", "collection": "Money"})
    library.add([folder / "court.txt"], given={"outlet": "AFP"})
    return library


def test_a_filter_chosen_on_the_page_goes_with_the_question_and_stays_with_its_answer(on_page: Library) -> None:
    app = ask_app(on_page, AnswerChain(on_page, Model(NONE, None), Settings()))
    assert "all 2 documents" in shown(app)
    app.multiselect(key="filter-outlets").set_value(["The Post"])
    app.multiselect(key="filter-collections").set_value(["Money"]).run()
    assert "1 of 2 documents: by The Post, in the collection “Money”" in shown(app)

    app.chat_input[0].set_value("What closed in Basel?").run()
    app.button(key="filter-clear").click().run()

    assert "Searched 1 of 2 documents: by The Post, in the collection “Money”" in shown(app)
    assert "all 2 documents" in shown(app)
    assert app.multiselect(key="filter-outlets").value == []
    app.chat_input[0].set_value("Who heard nine witnesses?").run()
    assert [exchange.filter for exchange in app.session_state["exchanges"]] == [
        Filter(outlets=("The Post",), collections=("Money",)),
        EVERYTHING,
    ]


def test_documents_are_chosen_by_title_and_dates_by_day(on_page: Library) -> None:
    chain = Scripted(EvidenceFound((), 0.1))
    app = ask_app(on_page, chain)
    bank = next(one.doc_id for one in on_page.facts() if one.title == "Bank closes")
    app.multiselect(key="filter-documents").set_value([bank])
    app.date_input(key="filter-since").set_value(date(2024, 1, 1)).run()
    assert "1 of 2 documents: published from 1 January 2024 on, the document “Bank closes”" in shown(app)

    app.chat_input[0].set_value("What closed?").run()

    assert chain.asked[0].filter == Filter(since=date(2024, 1, 1), documents=(bank,))
    assert "Searching only documents" in shown(app)


def test_a_choice_that_leaves_nothing_is_told_beside_the_box(on_page: Library) -> None:
    app = ask_app(on_page, Scripted())
    app.date_input(key="filter-since").set_value(date(2025, 1, 1)).run()
    assert "No document was published on or after 2025-01-01" in shown(app)


def test_a_choice_that_the_library_no_longer_holds_is_left_out_and_told(on_page: Library) -> None:
    app = ask_app(on_page, Scripted())
    app.multiselect(key="filter-outlets").set_value(["The Post", "AFP"]).run()
    on_page.remove([one.doc_id for one in on_page.facts() if one.outlet == "AFP"])
    app.run()
    assert app.multiselect(key="filter-outlets").value == ["The Post"]
    assert "no longer holds it" in app.toast[0].value


@pytest.mark.parametrize("text", HOSTILE)
def test_no_name_of_a_filter_makes_a_tag(text: str) -> None:
    facts = [Facts("a" * 16, "/a", text, text, None, text)]
    chosen = Filter(outlets=(text,), collections=(text,), documents=("a" * 16,))
    pages = [scope_html(chosen, facts), scope_html(Filter(outlets=("no",)), facts)]
    pages.append(question_html(Exchange("Who?", filter=chosen, scope=filter_in_words(chosen, [text]))))
    for page in pages:
        for tag, attributes in Read(page).tags:
            assert tag in {"div", "bdi", "p", "h2"}
            assert not set(attributes) - {"class", "title", "dir"}


def test_a_collection_is_given_with_uploads_and_paths_and_shown(library: Library, folder: Path) -> None:
    app = library_app(library).run()
    files = [("a.txt", b"One text.", "text/plain"), ("b.txt", b"Two texts.", "text/plain")]
    app.file_uploader[0].set_value(files)
    app.text_input(key="collection0").set_value("Uploads")
    app.button[0].click().run()
    next(field for field in app.text_input if field.label.startswith("Path")).set_value(str(folder / "bank.txt"))
    app.text_input(key="collection-path").set_value("Money")
    [b for b in app.button if b.label == "Add to the library"][1].click().run()

    assert collections(library) == {"a": "Uploads", "b": "Uploads", "bank": "Money"}
    assert sorted(app.dataframe[0].value["Collection"]) == ["Money", "Uploads", "Uploads"]
    app.query_params["document"] = library.facts()[0].doc_id
    app.run()
    assert "Collection" in shown(app)
