import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from evals.records import Item, Result
from evals.report.page import build_page
from evals.report.results import Run

EVIL = '<script>alert("x")</script>'
VOID = {"meta", "use", "path"}


def shown(text="At nine.", title="Title"):
    citation = {"file": "a.txt", "title": title, "outlet": "BBC", "published": "2021-06-19", "start": 3, "end": 9}
    citation["quote"] = f"Quote: {text}"
    return {
        "outcome": "incomplete",
        "expected": {
            "facts": [["ten", "10"]],
            "answers": [],
            "quotes": [{"document": "a.txt", "quote": "It was ten."}],
        },
        "answer": {
            "status": "answered",
            "text": text,
            "claims": [{"text": text, "verdict": "supported", "reasons": ["why"], "citations": [citation]}],
            "problems": ["[4] names no evidence"],
        },
        "evidence": [citation],
    }


def result(case="1", system="dateline", *, half=None, kind="number", right=True, error=None, **more):
    measures = {} if error else {"right": right}
    seconds = {} if error else {"evidence": 0.2, "answer": 4.0 + len(case)}
    rest = {"shown": shown(), "reasons": ("lacks 'ten'",), "tokens": {"read": 10}} | more
    return Result(system, Item(case, kind, f"Question {case}?", half), measures, error=error, seconds=seconds, **rest)


def run_of(*results):
    systems = list(dict.fromkeys(one.system for one in results))
    header = {
        "time": "2025-11-22T22:00:00+00:00",
        "revision": {"commit": "f" * 40, "dirty": True},
        "suite": {"name": "short", "sha256": "c" * 64, "chosen": {"half": "all", "kinds": [], "sample": None}},
        "systems": systems,
        "models": {system: {"name": "qwen", "sha256": "d" * 64} for system in systems},
        "embedder": {"name": "minilm", "sha256": "e" * 64},
        "settings": {"budget": 1200},
        "packages": {"torch": "2.13.0"},
        "machine": {"cpu": "A cpu", "cores": 2, "memory_bytes": 25_000_000_000, "system": "Linux", "python": "3.11"},
        "comparable": "With nothing else.",
    }
    return Run(Path("runs/x.jsonl"), header, tuple(results), 2_700_000_000)


class Page(HTMLParser):
    """The elements of a page, and whether each is closed in its turn."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes, self.open = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag not in VOID or not self.get_starttag_text().endswith("/>"):
            self.open += [] if tag == "meta" else [tag]

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_is_whole_and_needs_nothing_beside_itself():
    html = build_page([run_of(result(), result(system="none", right=False))])
    page = Page(html)
    assert page.open == []
    links = [value for _, name, value in page.attributes if name.split(":")[-1] in ("src", "href", "srcset", "action")]
    assert links and all(value.startswith("#") for value in links)
    assert not re.search(r"@import|url\((?!#)", html)
    assert not {"link", "img", "iframe", "object", "embed"} & set(page.tags)
    assert page.tags.count("script") == 1


def test_the_same_runs_give_the_same_page():
    runs = [run_of(result(), result("2", right=False))]
    assert build_page(runs) == build_page(runs)


@pytest.mark.filterwarnings("error")
def test_no_text_becomes_markup():
    evil = Result(
        EVIL,
        Item(f"{EVIL}1", f"{EVIL} $x_1$ 漢字", EVIL),
        {"right": False},
        reasons=(EVIL,),
        shown=shown(EVIL, EVIL) | {"outcome": EVIL, EVIL: [{EVIL: EVIL}]},
        seconds={"answer": 1.0},
    )
    failed = result(error=EVIL, system=EVIL)
    html = build_page([run_of(evil, failed)])
    assert EVIL not in html
    assert Page(html).tags.count("script") == 1
    assert "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;" in html


def test_of_the_report_half_only_right_or_not_is_told():
    secret = shown("The secret answer.", "The secret title") | {"outcome": "incomplete"}
    html = build_page(
        [
            run_of(
                result("1", half="report", right=False, shown=secret, reasons=("the secret reason",)),
                result("2", half="report", error="the secret error"),
                result("3", half="report", right=True),
            )
        ]
    )
    assert "secret" not in html and "It was ten." not in html and "incomplete" not in html
    badges = re.findall(r'<b class="badge[^"]*">([^<]*)</b>', html)
    assert badges == ["not right", "error", "right"]


def test_of_other_cases_the_page_shows_answer_evidence_and_reasons():
    html = build_page([run_of(result("1", half="tune", right=False))])
    for words in (
        "At nine.",
        "Quote: At nine.",
        "BBC · 2021-06-19 · Title · a.txt · 3 to 9",
        "It was ten.",
        "incomplete",
    ):
        assert words in html
    assert "lacks &#x27;ten&#x27;" in html and "[4] names no evidence" in html and "Evidence (1)" in html


def test_every_figure_says_of_how_many():
    html = build_page([run_of(result("1"), result("2", right=False), result("3", error="Timeout: x"))])
    assert "1 of 2 scored, 3 asked" in html
    assert "<b>50.0%</b> <span>(9% to 91%)</span>" in html
    assert "<b>1</b><small>of 3</small>" in html


def test_the_heading_says_what_was_measured_and_on_what():
    html = build_page([run_of(result())])
    for words in ("ffffffffffff, with changes that are in no commit", "A cpu, 2 cores, 25.0 GB", "2.7 GB", "qwen"):
        assert words in html
    assert "With nothing else." in html


def test_a_case_is_tagged_with_what_the_buttons_choose():
    results = [
        result("1"),
        result("1", "none", right=False),
        result("2"),
        result("2", "none"),
        result("3", error="E: x"),
        result("3", "none"),
    ]
    html = build_page([run_of(*results)])
    assert re.findall(r'data-tags="([^"]*)"', html) == ["all differing wrong", "all", "all error"]
    assert "differing (1)" in html and "not right (1)" in html and "errors (1)" in html


@pytest.mark.parametrize(
    "other",
    [
        {"found": [{"file": "a.txt", "rank": 1}]},
        {"answer": "plain"},
        {"answer": {"claims": 3}, "evidence": "none here"},
        {},
    ],
)
def test_what_another_suite_shows_is_shown_too(other):
    one = Result("dense", Item("1", "k", "What?"), {"ndcg_at_10": 0.63}, shown=other, seconds={"evidence": 0.01})
    html = build_page([run_of(one)])
    assert "nDCG@10 0.63" in html
    for words in ("a.txt" if "found" in other else "", "plain" if other.get("answer") == "plain" else ""):
        assert words in html


def test_a_run_without_a_scored_case_still_has_a_page():
    html = build_page([run_of(result(error="E: no server"))])
    assert "E: no server" in html and "<svg" not in html


def test_long_evidence_is_cut_and_says_so():
    long = shown("word " * 2_000)
    html = build_page([run_of(result(shown=long | {"evidence": long["evidence"] * 20}))])
    assert "and 12 more in the file of results" in html
    assert "(10,007 letters)" in html
