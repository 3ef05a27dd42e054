"""The page of the evals: which runs it lists, what it shows of them, and that what they hold stays text."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from evals.records import Item, Result
from evals.report.results import FORMAT, ResultsFile

EVIL = "<script>alert(1)</script>"


class Frames(HTMLParser):
    """The frames of a page with their attributes, and how many scripts it has beside them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.frames: list[dict[str, str | None]] = []
        self.scripts = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        if tag == "iframe":
            self.frames.append(dict(attrs))


def result(case: str, system: str = "none", right: bool = True, **known: Any) -> Result:
    values = {"kind": "number", "question": f"Question {case}?", "half": None} | known
    seconds = {"evidence": 0.2, "answer": 1.0}
    return Result(system, Item(case, values.pop("kind"), **values), {"right": right}, ("lacks ten",), seconds=seconds)


def keep_run(folder: Path, name: str, *results: Result, cases: int = 2, **changed: Any) -> Path:
    systems = list(dict.fromkeys(one.system for one in results))
    header = {
        "format": FORMAT,
        "time": "2026-11-20T08:30:00+00:00",
        "revision": {"commit": "f" * 40, "dirty": False},
        "suite": {"name": "seeds", "sha256": "c" * 64, "chosen": {"half": "all", "run": cases}},
        "systems": systems,
        "models": dict.fromkeys(systems),
        "embedder": {"name": "minilm", "sha256": "e" * 64},
        "settings": {"budget": 1200},
        "packages": {"torch": "2.13.0"},
        "machine": {"cpu": "A cpu", "cores": 2, "memory_bytes": 8_000_000_000, "system": "Linux", "python": "3.11"},
        "comparable": "With nothing else.",
    } | changed
    path = folder / f"{name}.jsonl"
    with ResultsFile(path, header) as file:
        for one in results:
            file.add(one)
    return path


def evals_app(results: Path) -> AppTest:
    def script(results):
        from ui.evals import evals_page

        evals_page(results)

    return AppTest.from_function(script, default_timeout=60, args=(results,)).run()


def native(app: AppTest) -> str:
    """All that stands on the page beside the embedded report."""
    assert not app.exception
    parts = [element.value for kind in (app.html, app.header, app.code, app.error) for element in kind]
    return "\n".join([*parts, *(element.value.to_csv() for kind in (app.table, app.dataframe) for element in kind)])


def tick(app: AppTest, *rows: int) -> AppTest:
    app.session_state[app.dataframe[0].key] = {"selection": {"rows": list(rows)}}
    return app.run()


def open_report(app: AppTest) -> Frames:
    """The page that Streamlit's frame is given, once the report was asked for."""
    app.session_state["evals-report"] = True
    app.run()
    assert not app.exception
    return Frames(app.get("iframe")[0].proto.srcdoc)


@pytest.mark.parametrize("folder", ["empty", "not there"])
def test_without_a_run_the_page_says_how_to_make_one(tmp_path: Path, folder: str) -> None:
    (tmp_path / "empty").mkdir()

    app = evals_app(tmp_path / folder)

    assert "There is no run yet." in native(app)
    assert "dateline eval run seeds --system none" in app.code[0].value
    assert not app.dataframe


def test_runs_are_listed_newest_first_with_what_was_scored_of_what_was_asked(tmp_path: Path) -> None:
    failed = Result("none", Item("2", "number", "Why?"), error="ModelError: no memory")
    keep_run(tmp_path, "b-old", result("1"), result("2", right=False))
    keep_run(tmp_path, "a-new", result("1"), failed, time="2026-11-21T09:00:00+00:00", cases=3, revision=None)

    rows = evals_app(tmp_path).dataframe[0].value

    assert list(rows["File"]) == ["a-new.jsonl", "b-old.jsonl"]
    assert list(rows["Time"]) == ["2026-11-21 09:00", "2026-11-20 08:30"]
    assert list(rows["Scored"]) == ["1 of 3", "2 of 2"]
    assert list(rows["State"]) == ["not finished", "finished"]
    assert list(rows["Revision"]) == ["not known", "f" * 12]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (json.dumps({"format": 1}), "another version of Dateline (format 1"),
        ("not JSON", "is no file of results"),
        ("", "is no file of results"),
        (json.dumps({"format": FORMAT}), "KeyError"),
        (json.dumps({"format": FORMAT}) + '\n{"system": "none"}\n', "no result"),
        (json.dumps({"format": FORMAT, "suite": 1, "systems": [], "models": {}, "time": ""}), "TypeError"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_its_reason_beside_the_others(
    tmp_path: Path, content: str, reason: str
) -> None:
    keep_run(tmp_path, "good", result("1"))
    (tmp_path / f"{EVIL[:8]}.jsonl").write_text(content)

    app = evals_app(tmp_path)

    assert list(app.dataframe[0].value["File"]) == ["good.jsonl"]
    assert "1 file could not be read" in native(app)
    assert "<b>&lt;script&gt;.jsonl</b>" in native(app)
    assert reason in native(app)


def test_a_folder_with_broken_files_only_says_both(tmp_path: Path) -> None:
    (tmp_path / "gone.jsonl").symlink_to(tmp_path / "nowhere")

    app = evals_app(tmp_path)

    assert "There is no run yet." in native(app)
    assert "gone.jsonl" in native(app)


def test_a_file_that_was_mended_is_read_again(tmp_path: Path) -> None:
    path = keep_run(tmp_path, "run", result("1"), cases=1)
    good = path.read_text()
    path.write_text("broken")
    app = evals_app(tmp_path)
    assert not app.dataframe

    path.write_text(good)

    assert list(app.run().dataframe[0].value["Scored"]) == ["1 of 1"]


def test_the_newest_run_is_shown_at_first_by_measure_and_by_kind(tmp_path: Path) -> None:
    results = [
        result(case, system, right=case != "2" or system == "dateline", kind=kind)
        for case, kind in (("1", "number"), ("2", "name"))
        for system in ("dateline", "none")
    ]
    keep_run(tmp_path, "run", *results)

    app = evals_app(tmp_path)
    measures, kinds = (table.value.map(lambda cell: cell.replace("\\", "")) for table in app.table)

    right = dict(measures[measures["Measure"] == "right"].iloc[0])
    assert right == {
        "Measure": "right",
        "dateline": "2 of 2 = 100.0% (34% to 100%)",
        "none": "1 of 2 = 50.0% (9% to 91%)",
    }
    assert list(kinds["Kind"]) == ["number", "name", "together"]
    assert kinds["none"][1] == "0 of 1 = 0.0% (0% to 79%)"


def test_ticked_runs_are_shown_one_below_the_other_and_none_without_a_tick(tmp_path: Path) -> None:
    for number in (1, 2, 3):
        keep_run(tmp_path, f"run-{number}", result("1"), time=f"2026-11-2{number}T08:30:00+00:00")
    app = evals_app(tmp_path)

    tick(app, 0, 2)
    headings = [re.sub("[\\\\\N{WORD JOINER}]", "", one.value) for one in app.header]
    assert headings == ["seeds, 2026-11-23 08:30", "seeds, 2026-11-21 08:30"]
    assert "Tick one or more runs" in native(tick(app))
    assert not app.table
    assert not app.download_button


def test_the_report_is_built_when_it_is_opened_and_lies_in_a_frame_without_an_origin(tmp_path: Path) -> None:
    keep_run(tmp_path, "run", result("1", question=f"Is it {EVIL}?", kind=EVIL))
    app = evals_app(tmp_path)
    assert not app.get("iframe")

    outer = open_report(app)
    inner = Frames(str(outer.frames[0]["srcdoc"]))

    assert (len(outer.frames), outer.scripts, inner.scripts) == (1, 0, 1)
    assert outer.frames[0]["sandbox"] == "allow-scripts"
    assert '<head><base href="about:srcdoc">' in str(outer.frames[0]["srcdoc"]), "its links stay in it"
    assert "Is it &lt;script&gt;alert(1)&lt;/script&gt;?" in str(outer.frames[0]["srcdoc"])
    assert EVIL not in native(app)
    assert r"\<script\>alert\(1\)\<\/script\>" in native(app).replace("\N{WORD JOINER}", "")


def test_what_a_case_of_the_report_half_holds_is_shown_nowhere(tmp_path: Path) -> None:
    secret = Result(
        "none",
        Item("1", "number", "What is the secret?", "report"),
        {"right": False},
        ("the secret reason",),
        shown={"answer": {"status": "answered", "text": "the secret answer", "claims": []}},
    )
    keep_run(tmp_path, "run", secret)
    app = evals_app(tmp_path)

    page = str(open_report(app).frames[0]["srcdoc"])

    assert "report half" in app.table[1].value["Kind"].to_csv()
    for words in ("secret reason", "secret answer"):
        assert words not in native(app) + page
    assert "secret" not in native(app)


def test_two_systems_of_a_suite_are_compared(tmp_path: Path) -> None:
    both = [result(case, system, right=system == "dateline") for case in "12" for system in ("dateline", "none")]
    keep_run(tmp_path, "run", *both)
    keep_run(tmp_path, "other", result("1"), suite={"name": "other", "sha256": "d" * 64, "chosen": {"run": 1}})
    app = evals_app(tmp_path)
    first, second = (name for name in app.selectbox[0].options if "run.jsonl" in name)

    app.selectbox[0].set_value(second).run()
    assert app.selectbox[1].options == [first]
    app.selectbox[1].set_value(first).run()

    assert app.code[0].value.startswith("dateline against none: 2 cases asked of both")
    assert "right rose (2): 1, 2" in app.code[0].value


def test_one_system_of_two_runs_is_told_apart_by_the_time(tmp_path: Path) -> None:
    keep_run(tmp_path, "one", result("1"))
    keep_run(tmp_path, "two", result("1"), time="2026-11-21T09:00:00+00:00")
    app = evals_app(tmp_path)

    app.selectbox[0].set_value(app.selectbox[0].options[1]).run()
    app.selectbox[1].set_value(app.selectbox[1].options[0]).run()

    assert app.code[0].value.startswith("none 2026-11-21 09:00:00 against none 2026-11-20 08:30:00:")


def test_what_cannot_be_compared_is_said_as_elsewhere_in_the_app(tmp_path: Path) -> None:
    keep_run(tmp_path, "one", result("1"))
    keep_run(tmp_path, "two", result("1"), suite={"name": "seeds", "sha256": "d" * 64, "chosen": {"run": 1}})
    app = evals_app(tmp_path)

    app.selectbox[0].set_value(app.selectbox[0].options[0]).run()
    app.selectbox[1].set_value(app.selectbox[1].options[0]).run()

    assert "the cases or their documents differ" in app.error[0].value
    assert not app.exception


def test_a_single_system_has_nothing_to_be_compared_with(tmp_path: Path) -> None:
    keep_run(tmp_path, "one", result("1"))
    app = evals_app(tmp_path)

    app.selectbox[0].set_value(app.selectbox[0].options[0]).run()

    assert "There is nothing else of the suite seeds." in native(app)
