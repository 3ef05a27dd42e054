"""What a record on a PostgreSQL server promises beyond those of every record: a server is shared, and it can die."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing

import pytest
from fakes import HashingEmbedder, prepare_lines
from hypothesis import given
from hypothesis import strategies as st
from postgres_server import PostgresServer, needs_postgres
from test_record import BANK, COURT, prepared, put

from cli.check import guarded
from cli.stored_checks import check_library
from index.database import FILE
from index.errors import LibraryBusyError, LibraryError
from index.pipeline import open_library
from index.places import POINTER, open_record, require_file
from qa.settings import Settings

pytest.importorskip("psycopg", reason="dateline[postgres] is not installed")
from index.connection import MARK, escaped, unescaped

pytestmark = needs_postgres


@pytest.fixture(scope="module")
def dying():
    """A server for those tests that kill it."""
    server = PostgresServer()
    yield server
    server.remove()


@pytest.fixture
def opened(tmp_path):
    """Opens the library in a folder on a server, as often as is wanted, and closes all in the end."""
    everything = []

    def open_one(name, folder="library", **how):
        settings = Settings(library=tmp_path / folder, record=name)
        how = {"prepare": prepare_lines, "suffixes": {".txt"}, **settings.of_library, **how}
        everything.append(open_library(settings.library, HashingEmbedder(), **how))
        return everything[-1]

    yield open_one
    for one in everything:
        one.close()


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "documents"
    folder.mkdir()
    for number in range(6):
        (folder / f"{number}.txt").write_text(f"Report {number}\nThe court heard {number + 2} witnesses.")
    return folder


def titles(library):
    return sorted(state.document.title for state in library.documents())


ALL = [f"Report {number}" for number in range(6)]


# Shared


def test_the_libraries_of_one_database_know_nothing_of_each_other(opened, folder, postgres):
    first, second = opened(postgres.address(), "first"), opened(postgres.address(), "second")
    first.add([folder])
    second.add([folder / "0.txt"])
    assert (titles(first), titles(second)) == (ALL, ["Report 0"])
    first.close()
    assert titles(opened(postgres.address(), "first")) == ALL


def test_two_machines_with_the_same_schema_have_the_same_library(opened, folder, postgres):
    name = f"{postgres.address()}&schema=shared"
    here, there = opened(name, "here"), opened(name, "there")
    here.add([folder])
    assert titles(there) == ALL
    (found, _), *_ = there.lexical(["court"], 1)
    assert there.dense(there.embedder.encode(["Report 3"])[0], 1)
    there.remove([found.partition(":")[0]])
    assert len(titles(here)) == 5 and found not in dict(here.lexical(["court"], 9))


def test_one_machine_writes_at_a_time_and_the_other_is_told_who(opened, folder, postgres):
    name = f"{postgres.address()}&schema=locked"
    here, there = opened(name, "here"), opened(name, "there")
    with here._record.database.write_lock(0.0):
        with pytest.raises(LibraryBusyError, match=rf"process {os.getpid()} on .* is writing.*Wait until"):
            there.remove(["anything"])
        assert titles(there) == []
    there.add([folder])
    assert titles(here) == ALL


def test_writers_without_the_lock_wait_for_one_another(tmp_path, postgres):
    first, second = (open_record(postgres.record(tmp_path), "", tmp_path) for _ in range(2))
    with closing(first), closing(second):
        texts = [prepared(f"{n:016x}", f"Text {n}.") for n in range(12)]
        threads = [
            threading.Thread(target=lambda some, of: [put(some, one) for one in of], args=(some, of))
            for some, of in ((first, texts[::2]), (second, texts[1::2]))
        ]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        assert first.generation() == second.generation() == 12 and len(first.documents()) == 12


def test_many_threads_ask_while_one_writes(tmp_path, postgres):
    with closing(open_record(postgres.record(tmp_path), "", tmp_path)) as record:
        put(record, COURT)
        told = []

        def ask():
            told.extend(len(record.passages([found for found, _ in record.lexical(["court"], 3)])) for _ in range(20))

        threads = [threading.Thread(target=ask) for _ in range(20)]
        for one in threads:
            one.start()
        for number in range(10):
            put(record, prepared(f"{number:016x}", "A bank."))
        for one in threads:
            one.join()
        assert told == [1] * 400


# What only a server can do to us


def test_a_server_that_is_down_at_the_start_is_told(opened):
    with pytest.raises(LibraryError, match=r"127.0.0.1:1/none.*did not answer.*Nothing was lost.*DATELINE_RECORD"):
        opened("postgresql://nobody@127.0.0.1:1/none")


def test_a_database_that_is_not_there_is_told(opened, postgres):
    with pytest.raises(LibraryError, match=r"database \"nowhere\" does not exist.*DATELINE_RECORD"):
        opened(postgres.address("nowhere"))


def test_a_database_that_cannot_hold_every_letter_is_refused(opened, postgres):
    postgres.sql("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    with pytest.raises(LibraryError, match=r"keeps text as LATIN1.*createdb --encoding UTF8"):
        opened(postgres.address("latin"))


def test_a_user_without_rights_is_told(opened, postgres):
    postgres.sql("CREATE ROLE guest LOGIN")
    with pytest.raises(LibraryError, match="permission denied.*rights granted"):
        opened(postgres.address().replace("tester@", "guest@"))


@pytest.mark.parametrize(("event", "function"), [("call", "insert_prepared"), ("return", "insert_prepared")])
def test_a_server_killed_while_documents_come_in_loses_none_and_the_same_add_completes(
    opened, folder, tmp_path, dying, event, function
):
    library = opened(dying.record(tmp_path))
    calls = []

    def kill(frame, happened, _argument):
        if happened == event and frame.f_code.co_name == function:
            calls.append(function)
            if len(calls) == 3:
                sys.setprofile(None)
                dying.kill()

    sys.setprofile(kill)
    try:
        with pytest.raises(LibraryError, match="did not answer.*Nothing was lost.*run the same again"):
            library.add([folder])
    finally:
        sys.setprofile(None)
    with pytest.raises(LibraryError, match="did not answer"):
        library.documents()
    dying.start()
    assert titles(library) == ALL[:2], "it works again by itself, with what was finished before"
    assert not library.add([folder]).failed
    assert titles(library) == ALL and library.damage() == []
    assert len(library.lexical(["court"], 20)) == 6
    assert {state.state for state in opened(dying.record(tmp_path)).documents()} == {"ready"}


def test_who_lost_the_lock_with_the_server_writes_no_more(opened, tmp_path, dying):
    record = opened(dying.record(tmp_path))._record
    with record.database.write_lock(0.0):
        put(record, COURT)
        dying.kill()
        with pytest.raises(LibraryError, match="did not answer"):
            put(record, BANK)
        dying.start()
        assert record.document(COURT.document.doc_id) == COURT.document
        with pytest.raises(LibraryError, match="write lock went with it.*Run the same again"):
            put(record, BANK)
    put(record, BANK)
    assert record.count_documents() == 2


KILLED = """
import os, signal, sys
sys.path.insert(0, {tests!r})
from fakes import HashingEmbedder, prepare_lines
from index.pipeline import open_library
from qa.settings import Settings

def kill(frame, event, argument):
    if event == "return" and frame.f_code.co_name == "insert_prepared":
        os.kill(os.getpid(), signal.SIGKILL)

settings = Settings(library={library!r}, record={name!r})
how = dict(settings.of_library, prepare=prepare_lines, suffixes={{".txt"}})
library = open_library(settings.library, HashingEmbedder(), **how)
sys.setprofile(kill)
library.add([{folder!r}])
"""


def test_a_process_that_is_killed_keeps_nobody_out(opened, folder, tmp_path, postgres):
    name, tests = postgres.record(tmp_path), os.path.dirname(__file__)
    script = KILLED.format(tests=tests, library=str(tmp_path / "library"), name=name, folder=str(folder))
    assert subprocess.run([sys.executable, "-c", script], cwd=os.path.dirname(tests), check=False).returncode < 0
    library = opened(name)
    assert titles(library) == []
    assert not library.add([folder]).failed
    assert titles(library) == ALL


# Settings


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("mysql://host/db", "is none. There are sqlite and postgresql"),
        ("postgresql://me:secret@host/db", "holds a password.*DATELINE_RECORD_PASSWORD"),
        ("postgresql://me@host:port/db", "no address.*Correct DATELINE_RECORD"),
        ("postgresql://me@host/db?schema=a;b", "the schema 'a;b', which cannot be one"),
    ],
)
def test_a_setting_that_is_none_is_told_without_its_password(opened, name, told):
    with pytest.raises(LibraryError, match=told) as error:
        opened(name)
    assert "secret" not in str(error.value)


def test_a_password_is_shown_in_no_error(tmp_path):
    settings = Settings(record="postgresql://me@127.0.0.1:1/db", record_password="secret")
    with pytest.raises(LibraryError, match="did not answer") as error:
        settings.of_library["open_record"](tmp_path)
    assert "secret" not in str(error.value) + repr(settings)


def test_without_its_packages_it_says_what_to_install(opened, monkeypatch):
    monkeypatch.delitem(sys.modules, "index.postgres", raising=False)
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    with pytest.raises(LibraryError, match=r"not installed: .*pip install 'dateline\[postgres\]'"):
        opened("postgresql://me@host/db")


def test_a_library_is_never_begun_anew_where_its_record_is_kept_elsewhere(opened, folder, tmp_path, postgres):
    opened("sqlite", "file").add([folder])
    with pytest.raises(LibraryError, match="keeps its record in the file 'record.sqlite3'.*Unset it"):
        opened(postgres.address(), "file")
    opened(postgres.address(), "server").add([folder])
    with pytest.raises(LibraryError, match="on the PostgreSQL server .*DATELINE_RECORD names none"):
        opened("sqlite", "server")
    assert not (tmp_path / "server" / FILE).exists()
    (tmp_path / "server" / POINTER).write_text("{")
    with pytest.raises(LibraryError, match=r"record.json.*cannot be read.*Correct it"):
        opened(postgres.address(), "server")


def test_a_record_that_is_not_where_it_was_is_told_and_none_begun_in_its_place(opened, folder, postgres):
    opened(postgres.address()).add([folder])
    postgres.sql("CREATE DATABASE elsewhere TEMPLATE template0")
    with pytest.raises(LibraryError, match=r"There is no record in .*/elsewhere.*pg_restore"):
        opened(postgres.address("elsewhere"))
    assert titles(opened(postgres.address())) == ALL


def test_a_record_of_a_newer_dateline_is_refused(opened, tmp_path, postgres):
    library = opened(postgres.address())
    schema = json.loads((tmp_path / "library" / POINTER).read_text())["schema"]
    library.close()
    postgres.sql(f"UPDATE {schema}.meta SET value = '99' WHERE key = 'format'")
    with pytest.raises(LibraryError, match=r"format 99.*newer.*[Uu]pgrade"):
        opened(postgres.address())


@given(st.text(st.sampled_from(["\0", "0", "1", MARK, "a"])))
def test_what_postgresql_does_not_keep_is_kept_as_something_else(text):
    assert unescaped(escaped(text)) == text and "\0" not in escaped(text)


# Looked over and mended


def found_by_doctor(name, folder):
    settings = Settings(library=folder, record=name)
    checks = [*guarded("library", lambda: check_library(settings))]
    return [one.found for one in checks if one.verdict == "wrong" and one.name in {"library", "record"}]


def test_words_that_are_damaged_are_found_and_made_anew(opened, folder, tmp_path, postgres):
    name = f"{postgres.address()}&schema=damaged"
    library = opened(name)
    library.add([folder])
    assert found_by_doctor(name, tmp_path / "library") == []
    before = library.lexical(["court", "heard"], 9)
    postgres.sql("DELETE FROM damaged.words WHERE term = 'court'")
    assert "the index of words is damaged" in found_by_doctor(name, tmp_path / "library")[0]
    library.rebuild()
    assert library.damage() == [] and sorted(library.lexical(["court", "heard"], 9)) == sorted(before)


def test_a_document_that_is_damaged_is_found_and_mended(opened, folder, postgres):
    library = opened(f"{postgres.address()}&schema=changed")
    library.add([folder])
    postgres.sql("UPDATE changed.passages SET text = 'forged' WHERE ordinal = 0 AND text = 'Report 2'")
    assert any("not what stands in its text" in one.what for one in library.damage())
    assert list(library.rebuild().changed) == [str(folder / "2.txt")]
    assert library.damage() == []


def test_a_record_that_lacks_a_table_is_told_with_what_helps(opened, folder, postgres):
    library = opened(f"{postgres.address()}&schema=lacking")
    library.add([folder])
    postgres.sql("DROP TABLE lacking.mentions")
    with pytest.raises(LibraryError, match="it lacks 'mentions'.*pg_restore"):
        library.rebuild()
    assert titles(library) == ALL


def test_a_backup_into_a_file_is_refused_with_what_to_take():
    with pytest.raises(LibraryError, match=r"`dateline backup` works on a record in a file.*pg_dump"):
        require_file("postgresql://me@host/db", "dateline backup")
    require_file("sqlite", "dateline backup")


def test_a_library_in_a_file_needs_no_package_of_it(tmp_path):
    told = "import sys; from index.record import Record; from pathlib import Path; Record(Path(sys.argv[1])).close(); "
    told += "import index.open; print({'sqlalchemy', 'psycopg'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", told, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
    with closing(sqlite3.connect(tmp_path / FILE)) as db:
        assert db.execute("SELECT count(*) FROM documents").fetchone() == (0,)
