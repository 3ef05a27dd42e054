"""The shape of the project: which package may import which, and what it promises of itself."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import qa
from qa.settings import Settings

ROOT = Path(__file__).parent.parent
MAY_IMPORT = {
    "index": {"index"},
    "qa": {"qa", "index"},
    "evals": {"evals", "qa", "index"},
    "training": {"training", "evals", "qa", "index"},
    "ui": {"ui", "evals", "qa", "index"},
    "serve": {"serve", "qa", "index"},
    "cli": {"cli", "serve", "evals", "qa", "index"},
}
OURS = {*MAY_IMPORT, "app"}


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


@pytest.mark.parametrize("package", sorted(MAY_IMPORT))
def test_imports_point_one_way(package):
    files = list((ROOT / package).rglob("*.py"))
    assert files
    wrong = {str(path): imports(path) & OURS - MAY_IMPORT[package] for path in files}
    assert {path: found for path, found in wrong.items() if found} == {}


def test_what_answering_reads_beside_the_code_is_installed_with_it():
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]
    installed = {
        path
        for package, patterns in told.items()
        for pattern in patterns
        for path in (ROOT / package.replace(".", "/")).glob(pattern)
    }
    beside = {
        path
        for package in ("index", "qa", "ui", "serve", "cli")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc", ".md"}
    }
    assert len(beside) >= 6
    assert beside <= installed


FOLLOWS = {
    "records": set(),
    "errors": set(),
    "tuning": set(),
    "english": {"records", "tuning"},
    "settings": {"records"},
    "question": {"records", "errors", "english", "tuning"},
    "guard": {"records", "tuning"},
}
LOWEST = {*FOLLOWS, "settings"}
FOLLOWS |= {
    "find": LOWEST,
    "model": LOWEST,
    "check": LOWEST,
    "answer": LOWEST | {"find", "model", "check"},
    "compare": LOWEST | {"find", "model", "check"},
    "history": LOWEST,
    "export": LOWEST | {"find", "compare"},
    "run": LOWEST | {"find", "model", "check", "answer", "compare"},
    "chain": LOWEST | {"find", "model", "run"},
    "session": LOWEST | {"find", "model", "run", "chain"},
}
"""The rooms of `qa`, and which each may enter: an answer goes one way through the house."""


def rooms_entered(path: Path) -> set[str]:
    entered: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        entered |= {name.split(".")[1] for name in names if name.startswith("qa.")}
    return entered


def test_each_room_of_qa_enters_only_those_below_it():
    wrong: dict[str, set[str]] = {}
    for path in (ROOT / "qa").rglob("*.py"):
        room = path.relative_to(ROOT / "qa").parts[0].removesuffix(".py")
        if room != "__init__":
            wrong[str(path)] = rooms_entered(path) - FOLLOWS[room] - {room}
    assert {path: rooms for path, rooms in wrong.items() if rooms} == {}


def modules_entered(path: Path, modules: set[str]) -> set[str]:
    tree = ast.parse(path.read_text())
    for_types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    entered: set[str] = set()
    for node in ast.walk(tree):
        if id(node) in for_types:
            continue
        if isinstance(node, ast.ImportFrom) and node.module:
            each = {f"{node.module}.{alias.name}" for alias in node.names}
            entered |= (each & modules) or {node.module}
        elif isinstance(node, ast.Import):
            entered |= {alias.name for alias in node.names}
    return entered & modules


def test_no_module_needs_another_that_needs_it():
    paths = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for package in MAY_IMPORT
        for path in (ROOT / package).rglob("*.py")
    }
    entered = {name: modules_entered(path, set(paths)) - {name} for name, path in paths.items()}
    in_order = [*TopologicalSorter(entered).static_order()]  # a circle is a CycleError, which names it
    place = {name: at for at, name in enumerate(in_order)}
    assert place.keys() == paths.keys()
    assert all(place[name] > place[other] for name in entered for other in entered[name])


@pytest.mark.parametrize(
    ("library", "allowed"),
    [
        ("chromadb", {"index/store.py"}),
        *((name, {"index/milvus.py"}) for name in ("milvus_lite", "pymilvus")),
        ("psycopg", {"index/connection.py"}),
        ("sqlalchemy", {"index/connection.py", "index/postgres.py"}),
        ("ray", {"index/cluster.py"}),
        ("streamlit", {"app.py", "ui"}),
        ("opentelemetry", {"serve/traces.py"}),
        *((name, {"serve"}) for name in ("fastapi", "mcp", "prometheus_client", "starlette", "uvicorn")),
    ],
)
def test_a_library_is_imported_only_at_its_edge(library, allowed):
    for path in [ROOT / "app.py", *(p for package in MAY_IMPORT for p in (ROOT / package).rglob("*.py"))]:
        relative = path.relative_to(ROOT)
        if library in imports(path):
            assert str(relative) in allowed or relative.parts[0] in allowed


def test_the_front_door_lists_its_names_in_order_and_has_every_one():
    assert qa.__all__ == sorted(qa.__all__)
    assert [name for name in qa.__all__ if getattr(qa, name).__name__ != name] == []
    assert set(qa.__all__) <= set(dir(qa))
    with pytest.raises(AttributeError, match="no attribute 'Anser'"):
        _ = qa.Anser


def test_entering_by_the_front_door_loads_nothing_heavy():
    heavy = "{'langchain', 'langchain_core', 'streamlit', 'numpy', 'pydantic'}"
    told = f"import sys, qa; print(*({heavy} & {{*sys.modules}}))"
    loaded = subprocess.run([sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True, check=True)
    assert loaded.stdout.split() == []


def test_every_setting_says_what_it_does():
    assert all(field.description for field in Settings.model_fields.values())


def test_the_conventions_are_ours_and_here():
    assert (ROOT / "CONVENTIONS.md").read_text().startswith("# CONVENTIONS")


def test_continuous_integration_runs_the_readmes_command():
    assert "make test" in (ROOT / ".ci" / "run").read_text()
    assert "make test" in (ROOT / "README.md").read_text()


READS_TEXT = ("english", "question", "guard", "model")
"""The rooms of `qa` with patterns and word lists: of English, of a question, of orders, of the forms of a reply."""


def test_patterns_and_word_lists_stand_only_where_text_is_read():
    wrong: list[str] = []
    for path in (ROOT / "qa").rglob("*.py"):
        room = path.relative_to(ROOT / "qa").parts[0]
        tree = ast.parse(path.read_text())
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        lists = [node for node in calls if isinstance(node.func, ast.Attribute) and node.func.attr == "split"]
        listed = [node for node in lists if isinstance(node.func, ast.Attribute) and is_text(node.func.value)]
        if room not in READS_TEXT and (listed or "re" in imports(path)):
            wrong.append(str(path))
    assert wrong == []


def is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


VAGUE = {"found", "one", "other", "said", "told", "shown", "known", "own", "given", "held", "taken", "named"}
"""What says nothing of what it holds: a sentence, a quantity, what is claimed, what is cited."""


def names_bound(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name


def test_names_of_qa_say_what_they_hold():
    names = [name for path in (ROOT / "qa").rglob("*.py") for name in names_bound(path)]
    vague = [name for name in names if name.strip("_") in VAGUE]
    assert len(vague) <= 0.03 * len(names)
