"""`dateline ask --save`: what cannot be saved is told before a model is opened, and an answer is never lost."""

from __future__ import annotations

import io
import json
import os
import shutil

import docx
import pytest
from test_cli import COURT, dateline, folder, open_session_with_hashing  # noqa: F401 - fixtures
from typer.testing import CliRunner

from cli.common import State
from cli.main import app
from qa.export.data import read_json
from qa.export.formats import FORMATS

ASKED = "Where did the court hear nine witnesses?"


def refused(*arguments):
    """What is told by an `ask` that must not open anything."""

    def unopened(settings, on_progress):
        pytest.fail("opened for nothing")

    result = CliRunner().invoke(app, ["ask", ASKED, *map(str, arguments)], obj=State(open_session=unopened))
    assert (result.exit_code, result.stdout) == (1, "")
    return result.stderr


def test_an_answer_is_shown_and_saved_in_every_format_at_once(dateline, folder, tmp_path):  # noqa: F811
    dateline("add", folder)
    out = [tmp_path / f"answer{ending}" for ending in FORMATS]
    result = dateline("ask", ASKED, *(word for path in out for word in ("--save", path)))
    assert result.exit_code == 0
    assert "“The court in Koblenz heard nine witnesses on Monday.”" in result.stdout
    assert [line for line in result.stderr.splitlines() if "Saved" in line] == [f"Saved to {path}." for path in out]
    saved = {path.name.partition(".")[2]: path.read_bytes() for path in out}
    (one,) = read_json(saved["json"].decode())
    quotes = {citation.quote for claim in one.answer.claims for citation in claim.citations}
    assert quotes and all(quote in COURT for quote in quotes)
    assert one.evidence and one.settings["model"] == "none" and one.asked_at.utcoffset() is not None
    (item, *_) = json.loads(saved["csl.json"])
    assert item["id"] in one.documents
    assert ASKED in saved["md"].decode() and ASKED in saved["html"].decode()
    assert ASKED in [each.text for each in docx.Document(io.BytesIO(saved["docx"])).paragraphs]


def test_a_refusal_is_saved_too_and_json_stays_alone_on_standard_output(dateline, folder, tmp_path):  # noqa: F811
    dateline("add", folder)
    out = tmp_path / "a.md"
    result = dateline("ask", "Who won the chess cup in Orme?", "--json", "--save", out)
    assert json.loads(result.stdout)["status"] == "not_found"
    assert "The documents do not say" in out.read_text()


def test_a_file_that_is_there_is_kept_unless_forced(dateline, folder, tmp_path):  # noqa: F811
    dateline("add", folder)
    out = tmp_path / "a.md"
    out.write_text("mine")
    assert "--force" in refused("--save", out)
    assert out.read_text() == "mine"
    assert dateline("ask", ASKED, "--save", out, "--force").exit_code == 0
    assert ASKED in out.read_text()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize(
    ("names", "why"),
    [
        (["a.pdf"], "Possible are .md (Markdown), .html"),
        (["a"], "does not say what to write"),
        (["none/a.md"], "there is no folder"),
        (["a.md", "a.json", "./a.md"], "twice"),
        (["folder.md"], "that is a folder"),
    ],
)
def test_what_cannot_be_saved_is_told_before_anything_is_opened(tmp_path, monkeypatch, names, why):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.md").mkdir()
    assert why in refused(*(word for name in names for word in ("--save", name)))
    assert [path.name for path in tmp_path.iterdir()] == ["folder.md"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="may write everywhere")
def test_a_folder_that_may_not_be_written_is_told_before_anything_is_opened(tmp_path):
    tmp_path.chmod(0o500)
    try:
        assert "you may not write" in refused("--save", tmp_path / "a.md")
    finally:
        tmp_path.chmod(0o700)


def test_an_answer_whose_file_fails_is_shown_and_the_other_files_are_there(dateline, folder, tmp_path):  # noqa: F811
    dateline("add", folder)
    goes, stays = tmp_path / "goes", tmp_path / "stays.md"
    goes.mkdir()

    def open_and_lose_the_folder(settings, on_progress):
        shutil.rmtree(goes)
        return open_session_with_hashing(settings)

    arguments = ["--library", tmp_path / "library", "--model", "none", "ask", ASKED]
    arguments += ["--save", goes / "a.docx", "--save", stays]
    result = CliRunner().invoke(app, [*map(str, arguments)], obj=State(open_session=open_and_lose_the_folder))
    assert result.exit_code == 1
    assert "“The court in Koblenz heard nine witnesses on Monday.”" in result.stdout
    assert "could not be written" in result.stderr and "Traceback" not in result.stderr
    assert ASKED in stays.read_text()
