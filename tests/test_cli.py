import io
import json
import os
import socket
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from fakes import HashingEmbedder
from rich.console import Console
from scripted import scripted
from typer.testing import CliRunner

from cli import checks
from cli.check import guarded
from cli.checks import check_model, run_checks
from cli.common import State
from cli.main import app
from cli.show import ago, plain, print_answer
from cli.stored_checks import check_library, check_weights
from cli.window import require_free_port, run_window
from index.errors import UserFacingError
from index.pipeline import open_library
from qa.chain import AnswerChain
from qa.model.open import Model
from qa.records import Answer, Citation, Claim, Searched
from qa.session import Session
from qa.settings import Settings

ROOT = Path(__file__).parent.parent
SEEDS = ROOT / "seeds"
COURT = "Trial opens\n\nThe court in Koblenz heard nine witnesses on Monday.\n"
BANK = "Bank closes\n\nA bank in Basel closed its doors for good.\n"


def open_with_hashing(settings, on_progress=None, *, for_rebuild=False):
    return open_library(settings.library, HashingEmbedder(), for_rebuild=for_rebuild)


def open_session_with_hashing(settings, on_progress=None):
    library, model = open_with_hashing(settings), Model("none", None)
    return Session(settings, library, model, AnswerChain(library, model, settings))


@pytest.fixture
def dateline(tmp_path, monkeypatch):
    """Runs a command on a library in `tmp_path`, without weights, settings or network."""
    for name in [name for name in os.environ if name.startswith("DATELINE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DATELINE_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    state = State(
        open_library=open_with_hashing,
        open_session=open_session_with_hashing,
        open_embedder=lambda settings, on_progress: HashingEmbedder(),
        open_model=lambda settings: scripted(witnesses=["no"]),
    )

    def run(*arguments, input=None):
        common = ["--library", str(tmp_path / "library"), "--model", "none"]
        return CliRunner().invoke(app, [*common, *map(str, arguments)], obj=state, input=input)

    return run


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "court.txt").write_text(COURT)
    (folder / "bank.txt").write_text(BANK)
    return folder


# The library


def test_added_documents_are_listed_with_their_ids(dateline, folder):
    added = dateline("add", folder)
    assert (added.exit_code, "2 added" in added.stdout) == (0, True)
    rows = [line.split("\t") for line in dateline("list").stdout.splitlines()]
    assert [row[-1] for row in rows] == [str(folder / "bank.txt"), str(folder / "court.txt")]
    listed = json.loads(dateline("list", "--json").stdout)
    assert [len(one["doc_id"]) for one in listed] == [16, 16]


def test_fields_that_are_named_once_hold_for_later_commands(dateline, folder):
    lines = folder / "a.jsonl"
    lines.write_text('{"corpo": "Il tram.", "meta": {"dt": "2024-03-04"}}\n')
    assert "added" in dateline("sync", folder, "--field", "text=corpo", "--field", "published=meta.dt").stdout
    lines.write_text(lines.read_text() + '{"corpo": "Il bus.", "meta": {"dt": "2024-03-05"}}\n')
    assert "1 added, 3 unchanged" in dateline("sync", folder).stdout
    assert "2024-03-05" in dateline("show", f"{lines}/line 2").stdout
    for command in ("add", "sync", "watch"):
        refused = dateline(command, folder, "--field", "corpo")
        assert refused.exit_code == 1 and "--field 'corpo' does not say what is where" in refused.stderr


def test_a_file_that_cannot_be_used_fails_the_command_after_the_rest_was_done(dateline, folder):
    (folder / "empty.txt").write_text("")
    (folder / "latin.txt").write_bytes("Café".encode("latin-1"))
    (folder / "page.pdf").write_text("x")
    added = dateline("add", folder, folder / "missing.txt")
    assert added.exit_code == 1
    assert "2 added, 4 failed" in added.stdout
    for name in ("empty.txt", "latin.txt", "page.pdf", "missing.txt"):
        assert name in added.stderr
    assert len(dateline("list").stdout.splitlines()) == 2


def test_the_report_of_add_and_sync_is_json_when_asked(dateline, folder):
    assert json.loads(dateline("add", folder, "--json").stdout)["counts"] == {"added": 2}
    (folder / "bank.txt").unlink()
    (folder / "court.txt").rename(folder / "trial.txt")
    (folder / "copy.txt").write_text(COURT)
    (folder / "empty.txt").write_text("")
    rows = {Path(row["path"]).name: row for row in json.loads(dateline("sync", folder, "--json").stdout)["rows"]}
    assert {name: (row["outcome"], row["other"]) for name, row in rows.items()} == {
        "bank.txt": ("removed", None),
        "copy.txt": ("moved", str(folder / "court.txt")),
        "empty.txt": ("failed", None),
        "trial.txt": ("duplicate", str(folder / "copy.txt")),
    }
    assert "is empty" in rows["empty.txt"]["reason"]


def test_each_file_that_is_not_unchanged_has_a_line(dateline, folder):
    dateline("add", folder)
    (folder / "court.txt").rename(folder / "trial.txt")
    (folder / "new.txt").write_text("New\n\nA new bridge opened.\n")
    lines = dateline("sync", folder).stdout.splitlines()
    assert lines[:2] == [
        f"added     {folder / 'new.txt'}",
        f"moved     {folder / 'trial.txt'}  (from {folder / 'court.txt'})",
    ]
    assert "1 added, 1 moved, 1 unchanged" in lines[2]


def test_an_old_version_is_listed_and_opens_by_its_id(dateline, folder):
    dateline("add", folder)
    old = json.loads(dateline("show", folder / "court.txt", "--json").stdout)["doc_id"]
    (folder / "court.txt").write_text(COURT.replace("nine", "ten brave"))
    dateline("sync", folder)

    assert dateline("show", old, "--text").stdout == COURT
    assert "an old version, replaced on" in dateline("show", old[:6]).stdout
    now, before = [line.split("\t") for line in dateline("history", old[:8]).stdout.splitlines()]
    assert (now[2], now[3]) == ("is searched", "+2 -1 words")
    assert before[0] == old[:8] and before[2].startswith("replaced 2")
    assert dateline("history", folder / "court.txt").stdout.splitlines()[1].split("\t") == before
    assert [one["doc_id"] for one in json.loads(dateline("history", old, "--json").stdout)][1] == old

    dateline("remove", folder / "court.txt", "--yes", "--for-good")
    assert dateline("show", old).exit_code == 1, "nothing of it is kept"


def test_a_backup_brings_back_what_was_there_and_an_export_tells_it(dateline, folder, tmp_path):
    dateline("add", folder)
    assert "Backed up 2 documents" in dateline("backup", "all.zip").stdout
    dateline("remove", folder / "court.txt", "--yes", "--for-good")
    restored = dateline("restore-backup", "all.zip").stdout
    assert "Restored 2 documents" in restored
    assert Path(restored.strip().rpartition(" kept in ")[2]).is_file()
    assert "Exported 2 documents" in dateline("export", "all.jsonl").stdout
    lines = (tmp_path / "all.jsonl").read_text().splitlines()
    assert [json.loads(line)["title"] for line in lines] == ["Bank closes", "Trial opens"]
    assert dateline("export", "-").stdout.splitlines() == lines


def test_an_edit_is_shown_with_its_origin_and_can_be_forgotten(dateline, folder):
    dateline("add", folder)
    shown = dateline("edit", folder / "court.txt", "--outlet", "The Herald", "--published", "2024-02-29").stdout
    assert "The Herald  (given by you)" in shown and "2024-02-29  (given by you)" in shown
    assert "outlet  not known" in dateline("edit", folder / "court.txt", "--forget", "outlet").stdout


def test_a_followed_folder_is_kept_in_a_collection(dateline, folder):
    dateline("sync", folder, "--collection", "Press")
    assert {one["collection"] for one in json.loads(dateline("list", "--json").stdout)} == {"Press"}


def test_what_is_removed_is_listed_and_taken_back(dateline, folder):
    dateline("add", folder)
    assert "Nothing was removed" in dateline("restore").stdout
    removed = dateline("remove", folder / "bank.txt", "--yes").stdout
    command = removed.partition("To take back within 30 days: dateline ")[2].split()
    assert dateline("restore").stdout.split("\t")[2] == "Bank closes"
    assert dateline(*command).stdout == f"restored {folder / 'bank.txt'}\n"
    dateline("remove", folder / "bank.txt", "--yes", "--for-good")
    assert "Nothing was removed" in dateline("restore", "--all").stdout + dateline("restore").stdout
    assert len(dateline("list").stdout.splitlines()) == 1


def test_an_emptied_folder_removes_its_documents_only_when_their_number_is_named(dateline, folder):
    dateline("add", folder)
    for path in folder.iterdir():
        path.unlink()
    refused = dateline("sync", folder)
    assert (refused.exit_code, "2 kept although their files are gone" in refused.stdout) == (1, True)
    command = refused.stderr.strip().rpartition("dateline ")[2].split()
    assert "2 removed" in dateline(*command).stdout


def test_what_is_given_with_a_single_file_is_kept_with_its_origin(dateline, folder):
    given = ["--title", "My [bold]title", "--outlet", "Ü", "--author", "A. B.", "--published", "2024-02-29"]
    assert dateline("add", folder / "court.txt", *given).exit_code == 0
    shown = dateline("show", folder / "court.txt").stdout
    assert "My [bold]title  (given by you)" in shown
    assert "2024-02-29  (given by you)" in shown


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["add", "documents", "--title", "x"], "the folder 'documents'"),
        (["add", "documents/court.txt", "documents/bank.txt", "--author", "x"], "2 paths"),
        (["add", "documents/court.txt", "--published", "2024-02-30"], "'2024-02-30' is no date"),
        (["show", "zzzz"], "'zzzz'"),
        (["backup", "all.zip"], "no library"),
        (["restore-backup", "all.zip"], "no file"),
        (["export", "documents"], "not overwritten"),
        (["watch", "nowhere"], "'nowhere'"),
        (["watch", "documents", "--collection", " "], "no name for a collection"),
        (["edit", "documents/court.txt"], "--forget FIELD"),
        (["edit", "zzzz", "--title", "x"], "'zzzz'"),
        (["remove", "nothing.txt", "--yes"], "'nothing.txt'"),
        (["ask", "  "], "question is empty"),
        (["ask", "word " * 4000], "more than the 2,000"),
        (["search", "court"], "holds no documents"),
        (["models", "fetch", "gpt-9"], "'gpt-9'"),
        (["app", "--sample", "nowhere"], "--sample"),
        (["eval", "--cases", "nowhere.jsonl"], "'nowhere.jsonl'"),
    ],
)
def test_a_mistake_is_told_in_words_without_a_traceback(dateline, folder, arguments, told):
    result = dateline(*arguments)
    assert (result.exit_code, result.stdout) == (1, "")
    assert told in result.stderr
    assert "Traceback" not in result.stderr


def test_a_question_to_an_empty_library_is_refused_before_anything_is_opened(tmp_path, monkeypatch):
    monkeypatch.setenv("DATELINE_LIBRARY", str(tmp_path / "library"))
    unopened = State(open_session=lambda settings, on_progress: pytest.fail("opened for nothing"))
    result = CliRunner().invoke(app, ["ask", "Who won?"], obj=unopened)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "dateline add FOLDER" in result.stderr


def test_a_document_is_shown_by_id_prefix_and_its_text_exactly(dateline, tmp_path):
    text = "Title\r\n\r\nA line with \x1b[31mescape and ünicode.\r\n"
    (tmp_path / "odd.txt").write_bytes(text.encode())
    dateline("add", tmp_path / "odd.txt")
    doc_id = dateline("list").stdout.split("\t")[0]
    # With line feeds alone at the ends of lines, as the text of every kind of file.
    assert dateline("show", doc_id, "--text").stdout_bytes == text.replace("\r\n", "\n").encode()
    assert "\x1b" not in dateline("show", doc_id).stdout


def test_removing_asks_first_and_leaves_the_file(dateline, folder):
    dateline("add", folder)
    path = folder / "court.txt"
    refused = dateline("remove", path, input="n\n")
    assert (refused.exit_code, len(dateline("list").stdout.splitlines())) == (1, 2)
    assert dateline("remove", path, input="y\n").exit_code == 0
    assert len(dateline("list").stdout.splitlines()) == 1
    assert path.exists()


def test_rebuilding_keeps_the_vectors_of_the_same_embedder(dateline, folder):
    dateline("add", folder)
    assert "2 documents" in dateline("rebuild").stdout


# Asking


def test_an_answer_comes_with_numbered_exact_quotes_and_their_places(dateline, folder):
    dateline("add", folder)
    shown = dateline("ask", "Where did the court hear nine witnesses?").stdout
    assert "“The court in Koblenz heard nine witnesses on Monday.”" in shown
    assert f"{folder / 'court.txt'}, characters 13 to {len(COURT) - 1}" in shown


def test_the_answer_as_json_is_all_that_is_printed(dateline, folder):
    dateline("add", folder)
    answer = json.loads(dateline("ask", "-", "--json", input="Where did the court hear nine witnesses?").stdout)
    assert answer["status"] == "answered"
    (cited, *_) = [citation for claim in answer["claims"] for citation in claim["citations"]]
    assert COURT[cited["start"] : cited["end"]] == cited["quote"]


def test_a_question_that_is_not_utf8_is_refused(dateline):
    result = dateline("ask", "-", input=b"\xff\xfe")
    assert (result.exit_code, "not UTF-8" in result.stderr) == (1, True)


def test_search_shows_the_rank_in_each_search(dateline, folder):
    dateline("add", folder)
    (first, *_) = json.loads(dateline("search", "witnesses in Koblenz", "-k", "2", "--json").stdout)["passages"]
    assert first["ranks"]["lexical"] == 1
    assert COURT[first["start"] : first["end"]] == first["text"]
    assert "lexical 1" in dateline("search", "witnesses in Koblenz").stdout


def cited(number):
    return Citation(number, "d", "/d.txt", "T", "AFP", None, date(2021, 6, 21), None, 0, 5, "Quote")


def printed(answer):
    out = Console(file=io.StringIO(), markup=False, highlight=False, soft_wrap=True)
    print_answer(out, answer, date(2026, 11, 22))
    return out.file.getvalue()


def test_the_documents_own_sentence_stands_under_the_models():
    claims = (
        Claim("At nine.", (cited(1),), "supported"),
        Claim("It began at nine in Koblenz.", (cited(1),), "supported", verbatim=True),
    )
    answer = Answer("?", "answered", claims, (), Searched(3, 27, "?"), (), "m")
    assert printed(answer).startswith("At nine [1].\n  It began at nine in Koblenz [1].\n")
    assert printed(replace(answer, claims=claims[1:])).startswith("It began at nine in Koblenz [1].\n")


def test_unsupported_sentences_are_shown_apart_with_their_reasons():
    claims = (
        Claim("Good.", (cited(2),), "supported"),
        Claim("Bad.", (cited(1),), "unsupported", ("120 is not in [1]",)),
    )
    text = printed(Answer("q", "answered", claims, (), Searched(1, 1, "q"), ("A note.",), "m"))
    answer, _, apart = text.partition("Not supported")
    assert "Good [2]." in answer
    assert "[2] AFP, 21 June 2021 (5 years ago)  T" in answer
    assert "Bad" not in answer
    assert "120 is not in [1]" in apart
    assert "A note." in apart


def test_a_refusal_says_what_was_searched_and_what_is_nearest():
    text = printed(Answer("q", "not_found", (), (cited(1),), Searched(3, 19, "the query"), (), "m"))
    assert "The documents do not say." in text
    assert "19 passages of 3 documents for: the query" in text
    assert "“Quote”" in text


@pytest.mark.parametrize(
    ("published", "said"),
    [
        (date(2026, 11, 22), "today"),
        (date(2026, 11, 21), "yesterday"),
        (date(2026, 10, 23), "30 days ago"),
        (date(2026, 10, 22), "1 month ago"),
        (date(2025, 11, 23), "11 months ago"),
        (date(2025, 11, 22), "1 year ago"),
        (date(2027, 1, 1), "in the future"),
    ],
)
def test_an_age_is_in_whole_units(published, said):
    assert ago(published, date(2026, 11, 22)) == said


def test_document_text_cannot_command_the_terminal():
    assert plain("a\x1b]0;x\x07b\u202ec\r\nd\te") == "a\ufffd]0;x\ufffdb\ufffdc\nd\te"


# The machine


def test_help_is_there_without_a_heavy_import():
    code = (
        "import sys; from cli.main import app\n"
        "try: app(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'langchain_core', 'chromadb', 'openvino', 'torch', 'streamlit', 'pydantic', 'numpy'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "rebuild" in done.stdout


def test_models_lists_what_is_here_and_in_use(dateline):
    shown = dateline("models").stdout
    assert "* none" in shown
    assert shown.count("not here") == 3
    assert json.loads(dateline("models", "--json").stdout)["model"] == "none"


def verdicts(checks):
    return {check.name: check.verdict for check in checks}


def test_doctor_names_what_is_missing_and_the_command_that_mends_it(dateline):
    result = dateline("doctor")
    assert result.exit_code == 1
    assert "missing  weights         all-minilm-l6-v2" in result.stdout
    assert "-> dateline models fetch all-minilm-l6-v2" in result.stdout
    assert "missing  library" in result.stdout


def test_doctor_goes_on_when_the_settings_are_broken(tmp_path, monkeypatch):
    monkeypatch.setenv("DATELINE_NONSENSE", "1")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    found = verdicts(run_checks(State(), 8501))
    assert found["settings"] == "wrong"
    assert {"python", "weights", "library", "disk", "memory", "port", "model"} <= set(found)


def test_a_check_that_fails_itself_is_reported_as_wrong():
    def broken():
        raise OSError("no such disk")
        yield

    (check,) = guarded("disk", broken)
    assert (check.verdict, "no such disk" in check.found) == ("wrong", True)


def test_doctor_finds_a_damaged_record_and_weights_of_the_wrong_size(tmp_path):
    settings = Settings(library=tmp_path / "library", cache=tmp_path / "cache", model="none")
    settings.library.mkdir()
    (settings.library / "record.sqlite3").write_text("this is no database, whatever its name says")
    weights = settings.cache / "weights" / "all-MiniLM-L6-v2"
    weights.mkdir(parents=True)
    (weights / "model.safetensors").write_text("short")
    (check, *_) = check_weights(settings)
    assert (check.verdict, "5 bytes" in check.found) == ("wrong", True)
    assert "damaged" in [*guarded("library", lambda: check_library(settings))][-1].found


def test_doctor_says_whether_documents_and_vectors_are_well(dateline, folder, tmp_path):
    dateline("add", folder)
    settings = Settings(library=tmp_path / "library", cache=tmp_path / "cache", model="none")
    found = verdicts(check_library(settings))
    # The vectors are those of the tests' embedder, not of the real one.
    assert found == {"library": "ok", "documents": "ok", "vectors": "wrong"}


@pytest.mark.parametrize(("free", "verdict"), [(500_000_000, "wrong"), (501_000_000, "ok"), (None, "ok")])
def test_doctor_counts_what_a_model_file_of_the_users_own_takes(tmp_path, monkeypatch, free, verdict):
    (tmp_path / "mine.gguf").write_bytes(b"GGUF" + bytes(999_996))
    monkeypatch.setattr(checks, "_free_memory", lambda: free)
    (told,) = checks.check_memory(Settings(model=f"gguf:{tmp_path / 'mine.gguf'}"))
    assert told.verdict == verdict


@pytest.mark.parametrize(
    ("model", "verdict"),
    [
        ("none", "ok"),
        ("gpt", "wrong"),
        ("http://127.0.0.1:9/v1", "wrong"),
        ("http://", "wrong"),
        ("openai:x", "missing"),
    ],
)
def test_doctor_knows_whether_a_model_can_answer(monkeypatch, model, verdict):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    (check,) = check_model(Settings(model=model))
    assert check.verdict == verdict


def test_a_port_in_use_is_told_with_the_option_that_helps():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(UserFacingError, match="--port"):
            require_free_port(taken.getsockname()[1])


def test_a_setting_that_the_config_file_would_override_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dateline.toml").write_text('model = "qwen2.5-0.5b"')
    (tmp_path / "app.py").write_text("")
    with pytest.raises(UserFacingError, match=r"dateline\.toml sets model"):
        run_window(8501, {"model": "none"}, tmp_path / "app.py")


def test_a_missing_app_is_told(tmp_path):
    with pytest.raises(UserFacingError, match=r"app\.py"):
        run_window(8501, {}, tmp_path / "app.py")


# The process


def run_process(tmp_path, *arguments, **how):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("DATELINE_")}
    environment |= {"DATELINE_LIBRARY": str(tmp_path / "library"), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "cli.main", *arguments]
    return subprocess.Popen(command, env=environment, cwd=tmp_path, text=True, **how)


def test_a_user_error_is_one_text_on_standard_error_and_code_1(tmp_path):
    process = run_process(tmp_path, "show", "none", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, error = process.communicate()
    assert (process.returncode, out) == (1, "")
    assert error.startswith("No document has the id or path 'none'")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
@pytest.mark.parametrize(
    "arguments", [["list"], ["show", "court.txt", "--text"], ["list", "--json"], ["--help"], ["doctor"]]
)
def test_a_full_disk_under_standard_output_is_one_line(tmp_path, arguments):
    (tmp_path / "court.txt").write_text(COURT)
    with open_library(tmp_path / "library", HashingEmbedder()) as library:
        library.add([tmp_path / "court.txt"])
    with open("/dev/full", "w") as full:
        process = run_process(tmp_path, *arguments, stdout=full, stderr=subprocess.PIPE)
        _, error = process.communicate()
    assert process.returncode == 1
    assert error == "Not all of this could be written: No space left on device. Free some space and try again.\n"


@pytest.mark.skipif(os.name != "posix", reason="the shell's way to close a stream")
@pytest.mark.parametrize(
    ("arguments", "closed", "code", "told"),
    [
        ("list", ">&-", 0, ""),
        ("list", "2>&-", 0, ""),
        ("ask -", "<&-", 1, "The question is empty"),
        ("remove court.txt", "<&-", 1, "Aborted"),
    ],
)
def test_a_closed_stream_is_as_an_empty_one(tmp_path, arguments, closed, code, told):
    (tmp_path / "court.txt").write_text(COURT)
    with open_library(tmp_path / "library", HashingEmbedder()) as library:
        library.add([tmp_path / "court.txt"])
    environment = {k: v for k, v in os.environ.items() if not k.startswith("DATELINE_")}
    environment |= {"DATELINE_LIBRARY": str(tmp_path / "library"), "PYTHONPATH": str(ROOT)}
    command = ["/bin/sh", "-c", f'"{sys.executable}" -m cli.main {arguments} {closed}']
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (code, False)
    assert told in done.stderr


@pytest.mark.skipif(os.name != "posix", reason="closed pipes are those of POSIX")
def test_a_closed_pipe_is_quiet(tmp_path):
    process = run_process(tmp_path, "--help", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    process.wait()


def test_interrupting_ends_with_130_and_no_text(tmp_path):
    def interrupted(settings, on_progress):
        raise KeyboardInterrupt

    (tmp_path / "court.txt").write_text(COURT)
    with open_library(tmp_path / "library", HashingEmbedder()) as library:
        library.add([tmp_path / "court.txt"])
    arguments = ["--library", str(tmp_path / "library"), "ask", "Who?"]
    result = CliRunner().invoke(app, arguments, obj=State(open_session=interrupted))
    assert (result.exit_code, result.output) == (130, "")


# Evals


def write_cases(folder, **changes):
    case = {
        "id": "court-1",
        "kind": "number",
        "question": "How many witnesses did the court in Koblenz hear?",
        "answerable": True,
        "facts": [["nine"]],
        "forbidden": [],
        "quotes": [{"document": "court.txt", "quote": "heard nine witnesses"}],
    }
    path = folder / "cases.jsonl"
    path.write_text(json.dumps(case | changes) + "\n")
    return path


def test_an_eval_over_its_thresholds_ends_well_and_keeps_its_results(dateline, folder, tmp_path):
    cases, out = write_cases(tmp_path), tmp_path / "out" / "results.jsonl"
    result = dateline("eval", "--cases", cases, "--documents", folder, "--out", out)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "1 of 1 = 100.0%" in result.stdout
    header, line, end = map(json.loads, out.read_text().splitlines())
    assert header["models"]["dateline"]["name"] == "none"
    assert line["measures"]["right"] is True
    assert "ended" in end


def test_a_file_of_cases_is_run_against_the_users_own_library_and_goes_on_where_it_was(dateline, folder, tmp_path):
    cases, out = write_cases(tmp_path), tmp_path / "results.jsonl"
    refused = dateline("eval", "run", cases, "--out", out)
    assert (refused.exit_code, "dateline add" in refused.stderr) == (1, True)
    dateline("add", folder)
    assert dateline("eval", "run", cases, "--system", "none", "--system", "fused", "--out", out).exit_code == 0
    again = dateline("eval", "run", cases, "--system", "none", "--system", "fused", "--out", out)
    assert "2 results are in" in again.stderr
    assert len([line for line in out.read_text().splitlines() if '"item"' in line]) == 2


def test_two_systems_are_compared_and_a_page_is_written_of_them(dateline, folder, tmp_path):
    cases, out, page = write_cases(tmp_path), tmp_path / "results.jsonl", tmp_path / "page.html"
    run = ["eval", "run", cases, "--documents", folder, "--system", "none", "--system", "dateline", "--out", out]
    assert dateline(*run).exit_code == 0
    several = dateline("eval", "compare", out, out)
    assert (several.exit_code, f"{out}@none" in several.stderr) == (1, True)
    compared = dateline("eval", "compare", f"{out}@none", f"{out}@dateline")
    assert (compared.exit_code, "no difference" in compared.stdout) == (0, True)
    assert dateline("eval", "report", out, "--out", page).exit_code == 0
    assert "How many witnesses" in page.read_text()
    unknown = dateline("eval", "compare", f"{out}@none", f"{out}@light")
    assert (unknown.exit_code, "'light'" in unknown.stderr) == (1, True)


def test_the_opinion_of_a_judge_is_kept_beside_what_is_measured(dateline, folder, tmp_path):
    cases, out = write_cases(tmp_path), tmp_path / "results.jsonl"
    run = ["eval", "run", cases, "--documents", folder, "--judge", "strict", "--out", out]
    assert "judged right" in dateline(*run).stdout
    header, line, _ = map(json.loads, out.read_text().splitlines())
    assert (header["judge"]["name"], line["measures"]["judged_right"], line["measures"]["right"]) == (
        "strict",
        False,
        True,
    )
    without = dateline("eval", "run", cases, "--documents", folder, "--out", out)
    assert (without.exit_code, "judge" in without.stderr) == (1, True)


def test_an_unknown_suite_or_system_is_told(dateline, folder, tmp_path):
    assert "squad2" in dateline("eval", "run", "squad").stderr
    wrong = dateline("eval", "run", write_cases(tmp_path), "--documents", folder, "--system", "other")
    assert (wrong.exit_code, "'other'" in wrong.stderr) == (1, True)


def test_a_run_without_a_model_for_the_baseline_says_what_it_needs(dateline, folder, tmp_path):
    out = tmp_path / "results.jsonl"
    result = dateline("eval", "run", write_cases(tmp_path), "--documents", folder, "--system", "baseline", "--out", out)
    assert (result.exit_code, "language model" in result.stderr) == (1, True)
    assert not out.exists()


def test_an_eval_under_its_thresholds_fails_and_says_which(dateline, folder, tmp_path):
    cases, out = write_cases(tmp_path, facts=[["ten"]]), tmp_path / "results.jsonl"
    result = dateline("eval", "--cases", cases, "--documents", folder, "--out", out)
    assert result.exit_code == 1
    assert "answerable_right is 0.0%, under its threshold of 90.0%" in result.stderr


def test_an_eval_whose_cases_do_not_fit_the_documents_is_refused(dateline, folder, tmp_path):
    cases = write_cases(tmp_path, quotes=[{"document": "court.txt", "quote": "heard ten witnesses"}])
    result = dateline("eval", "--cases", cases, "--documents", folder, "--out", tmp_path / "r.jsonl")
    assert (result.exit_code, "'court-1'" in result.stderr) == (1, True)
    assert not (tmp_path / "r.jsonl").exists()


# With the real weights


@pytest.mark.model
def test_the_seeds_are_added_and_answered_from_with_the_real_weights(tmp_path):
    added = run_process(tmp_path, "--model", "none", "add", str(SEEDS), stdout=subprocess.PIPE)
    assert "3 added" in added.communicate()[0]
    asked = run_process(
        tmp_path, "ask", "How many countries approved the resolution?", "--json", stdout=subprocess.PIPE
    )
    answer = json.loads(asked.communicate()[0])
    assert "119" in answer["text"]


@pytest.mark.model
def test_nothing_measured_without_a_language_model_is_worse_than_the_baseline(tmp_path):
    checked = run_process(tmp_path, "eval", "check", "--out", str(tmp_path / "r.jsonl"), stderr=subprocess.PIPE)
    _, told = checked.communicate()
    assert (checked.returncode, told) == (0, "")
