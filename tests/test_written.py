"""What the documents of the project say of it: their links, paths and commands are there."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest
import typer.main

from cli.main import app
from qa.settings import settings_table

ROOT = Path(__file__).parent.parent
WRITTEN = sorted(
    path for folder in (".", "docs", "qa", "index", "evals", "evals/dossiers") for path in (ROOT / folder).glob("*.md")
)
LINK = re.compile(r"\]\((?!https?:)(?P<file>[^)#\s]*)(?:#(?P<heading>[^)\s]*))?\)")
PATH = re.compile(r"`((?:cli|docs|evals|index|qa|serve|tests|ui)/[\w./-]*|app\.py)`")
MODULE = re.compile(r"python -m (evals[\w.]+)")
COMMAND = re.compile(r"(?<![\w.])dateline ((?:(?:eval|models) )?[a-z][a-z-]*)")
KEPT_APART = frozenset({"evals/results/"})
named = pytest.mark.parametrize("path", WRITTEN, ids=lambda path: str(path.relative_to(ROOT)))


def headings(path: Path) -> set[str]:
    """The anchors that a page of GitHub gives the headings of a document."""
    titles = re.findall(r"^#+ (.+)$", path.read_text(), re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@named
def test_every_link_leads_somewhere(path):
    for link in LINK.finditer(path.read_text()):
        target = path.parent / link["file"] if link["file"] else path
        assert target.exists(), link[0]
        assert not link["heading"] or link["heading"] in headings(target), link[0]


@named
def test_every_path_named_is_there(path):
    assert [
        name for name in PATH.findall(path.read_text()) if not (ROOT / name).exists() and name not in KEPT_APART
    ] == []


@named
def test_every_module_to_be_run_is_there(path):
    assert [name for name in MODULE.findall(path.read_text()) if importlib.util.find_spec(name) is None] == []


def commands() -> set[str]:
    found: set[str] = set()
    for name, command in typer.main.get_command(app).commands.items():
        found |= {name, *(f"{name} {inner}" for inner in getattr(command, "commands", {}))}
    return found


@named
def test_every_command_named_is_one(path):
    shown = re.findall(r"`[^`\n]+`|```(?:sh|console)\n.*?```", path.read_text(), re.S)
    said = {name for text in shown for name in COMMAND.findall(text)}
    known = commands()
    assert {name for name in said if name not in known and name.split()[0] not in known} == set()


def test_the_readme_names_every_command():
    readme = (ROOT / "README.md").read_text()
    top = {name for name in commands() if " " not in name}
    assert {name for name in top if not re.search(rf"`(?:dateline )?{name}(?: [^`]*)?`", readme)} == set()


def test_the_readme_stays_short():
    assert len((ROOT / "README.md").read_text().splitlines()) <= 120


def test_the_table_of_settings_is_that_of_the_code():
    assert settings_table() in (ROOT / "docs" / "settings.md").read_text()
