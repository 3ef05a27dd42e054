"""The numbers that decide: all in one table, each with where it is from and how far it may move."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa import tuning

QA = Path(tuning.__file__).parent
TABLE = QA / "tuning.py"
SAFETY, FORM, SHOWN = "limit of safety", "limit of form", "how much is shown"
ELSEWHERE = {
    "guard/injection.LOOKED_BACK": SAFETY,
    "guard/injection.MAX_REACH": SAFETY,
    "guard/sanitize.MAX_NESTED": SAFETY,
    "guard/steering.SIZE": FORM,
    "guard/steering._LONGEST_NUMBER": FORM,
    "guard/steering._PIECE": FORM,
    "guard/steering._WITHOUT_SPACES": FORM,
    "question/read.MAX_CHARACTERS": SAFETY,
    "find/expand.MAX_KEPT": SAFETY,
    "english/text.KEPT": SAFETY,
    "english/titles.LONGEST": SAFETY,
    "model/embedded.ANSWERS": FORM,
    "model/embedded.ASIDE": FORM,
    "model/embedded.BATCH_TOKENS": SAFETY,
    "model/embedded.CONTEXT_TOKENS": SAFETY,
    "model/embedded.KEPT_DAYS": SAFETY,
    "model/embedded.PATIENCE_S": SAFETY,
    "model/embedded.PROBE_TIMEOUT_S": SAFETY,
    "model/embedded.START_TIMEOUT_S": SAFETY,
    "model/open.A_DAY_S": SAFETY,
    "model/open.CHARACTERS_PER_TOKEN": SAFETY,
    "model/open.MAX_BYTES": SAFETY,
    "model/open.MAX_CHARACTERS": SAFETY,
    "model/patience.BUSY": SHOWN,
    "model/patience.PROBE_S": SAFETY,
    "model/patience.SLOW_S": SHOWN,
    "model/reply.FIRST": SAFETY,
    "model/streaming.WAIT_S": SAFETY,
    "model/thinking.MAX_CHARACTERS": SAFETY,
    "model/markers.MAX_RANGE": FORM,
    "answer/missing.NAMED": SHOWN,
    "find/offices.SHOWN": SHOWN,
    "guard/injection.MAX_SHOWN": SHOWN,
    "guard/injection.MAX_TOLD": SHOWN,
    "question/filters.NAMED": SHOWN,
    "export/data.SCHEMA_VERSION": FORM,
    "export/word._MAX_PROPERTY": FORM,
    "export/word._WIDTHS_CM": SHOWN,
    "history.BUSY_S": SAFETY,
    "history.MOST_WORDS": SAFETY,
    "settings.EVIDENCE_TOKENS": SAFETY,
    "run.SHOWN_NEAREST": SHOWN,
}
"""The numbers of other modules that decide no answer, and why they may stay there."""


def is_number(value: ast.expr | None) -> bool:
    """Whether it is a number, some of them, or a length of time."""
    if isinstance(value, ast.UnaryOp):
        return is_number(value.operand)
    if isinstance(value, ast.BinOp):
        return is_number(value.left) and is_number(value.right)
    if isinstance(value, ast.Tuple):
        return any(map(is_number, value.elts))
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Name) and value.func.id == "timedelta"
    return isinstance(value, ast.Constant) and type(value.value) in {int, float}


def numbers_of(path: Path) -> Iterator[tuple[str, str]]:
    """The names of a module's own numbers, each with the docstring behind it."""
    body = ast.parse(path.read_text("utf-8")).body
    for at, node in enumerate(body):
        if not isinstance(node, ast.Assign | ast.AnnAssign) or not is_number(node.value):
            continue
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        behind = body[at + 1] if at + 1 < len(body) else None
        told = behind.value.value if isinstance(behind, ast.Expr) and isinstance(behind.value, ast.Constant) else ""
        for target in targets:
            for name in ast.walk(target):
                if isinstance(name, ast.Name):
                    yield name.id, str(told)


TOLD = list(numbers_of(TABLE))


def test_every_number_that_decides_stands_in_the_table():
    found = {
        f"{path.relative_to(QA).with_suffix('').as_posix()}.{name}"
        for path in QA.rglob("*.py")
        if path != TABLE
        for name, _ in numbers_of(path)
    }
    assert found == set(ELSEWHERE)


def test_a_number_is_in_the_table_once():
    assert [name for name, times in Counter(name for name, _ in TOLD).items() if times > 1] == []


@pytest.mark.parametrize(("name", "told"), TOLD)
def test_a_number_says_where_it_is_from_and_over_what_range_the_result_is_flat(name, told):
    assert re.search(r"\n\nOrigin: \S.*\. Flat: \S.*\.\n\Z", told, re.S), name


def test_every_number_of_the_table_is_used_and_read_where_it_is_used():
    """An `import` of the number itself would keep the one that was there when the module was loaded."""
    texts = [path.read_text("utf-8") for path in QA.rglob("*.py") if path != TABLE]
    assert [name for name, _ in TOLD if not any(f"tuning.{name}" in text for text in texts)] == []
    assert not any("from qa.tuning import" in text for text in texts)


def test_the_table_needs_nothing():
    imported = [
        node for node in ast.walk(ast.parse(TABLE.read_text("utf-8"))) if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert imported == []
