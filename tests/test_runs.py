"""A run: suites over documents, systems in turn, results on disk that a kill does not lose, and the text report."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from fakes import HashingEmbedder
from scripted import scripted

from evals.opening import Opening
from evals.records import Item, Result
from evals.report.results import FORMAT, ResultsFile, build_header, load_run, results_path
from evals.report.text import load_thresholds, missed_thresholds, render
from evals.run import choose_systems, run_items
from evals.suites.cases import Case, Quote
from evals.suites.library import (
    SuiteDocument,
    WrittenDocuments,
    folder_documents,
    library_documents,
    suite_settings,
)
from evals.suites.named import open_suite
from evals.suites.questions import AnswerSuite
from index.errors import UserFacingError
from index.pipeline import open_library
from qa.chain import AnswerChain
from qa.model.open import Model
from qa.session import Session
from qa.settings import Settings

TEXT = "The motion was approved by 119 countries.\nOnly Belarus voted against it.\n"
CASE = Case(
    id="number-01",
    half="tune",
    kind="number",
    question="How many countries approved the motion?",
    answerable=True,
    facts=(("119",),),
    forbidden=(),
    quotes=(Quote("un.txt", "The motion was approved by 119 countries."),),
)
REPLY = ["119 countries approved the motion [1]."]


def open_session(settings: Settings) -> Session:
    library = open_library(settings.library, HashingEmbedder())
    model = Model("none", None) if settings.model == "none" else scripted(approved=list(REPLY), cost=["NOT FOUND"])
    return Session(settings, library, model, AnswerChain(library, model, settings))


OPENING = Opening(lambda settings: HashingEmbedder(), open_session)


@pytest.fixture
def settings(tmp_path):
    return Settings(library=tmp_path / "own", cache=tmp_path / "cache")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "un.txt").write_text(TEXT)
    (tmp_path / "docs" / "SOURCES.md").write_text("About these documents.")
    return tmp_path / "docs"


def suite(folder: Path, *cases: Case) -> AnswerSuite:
    return AnswerSuite("mine", cases or (CASE,), folder_documents(folder), opening=OPENING)


def run(tested: AnswerSuite, settings: Settings, *systems: str) -> list[Result]:
    with tested.open(systems, settings, tested.items) as asks:
        return list(run_items(tested.items, asks))


# Suites and their documents


def test_a_folder_is_asked_through_a_library_of_the_suites_own(folder, settings):
    (result,) = run(suite(folder), settings, "dateline")
    assert (result.error, result.measures["right"], result.measures["quotes_exact"]) == (None, True, True)
    assert list(result.seconds) == ["evidence", "first_word", "answer"]
    assert result.shown["answer"]["claims"][0]["citations"][0]["quote"] == TEXT.split("\n", maxsplit=1)[0]
    assert not settings.library.exists()


def test_every_system_answers_the_same_case(folder, settings):
    results = run(suite(folder), settings, "dateline", "none", "baseline", "fused", "dense", "lexical")
    assert [result.system for result in results] == ["dateline", "none", "baseline", "fused", "dense", "lexical"]
    assert [result.error for result in results] == [None] * 6
    assert [result.measures["right"] for result in results[:3]] == [True] * 3
    assert all(result.measures["hits_at_4"] for result in results[3:])


def test_given_documents_keep_their_details_and_exact_text(settings):
    given = SuiteDocument("un.txt", "A vote", "  It was approved by 119.\n", "AFP", "A. B.", date(2021, 6, 21))
    filled, sources = WrittenDocuments((given,)).fill(settings, OPENING, None)
    (source,) = sources.values()
    document = source.document
    assert (document.title, document.outlet, document.author, document.published, document.text) == (
        "A vote",
        "AFP",
        "A. B.",
        date(2021, 6, 21),
        given.text,
    )
    assert (
        Path(document.uri).read_text() == source.head + given.text == f"A vote, by A. B., AFP, 2021-06-21: {given.text}"
    )
    again, _ = WrittenDocuments((given,)).fill(settings, OPENING, None)
    assert again == filled
    other, _ = WrittenDocuments((replace(given, text="It was not."),)).fill(settings, OPENING, None)
    assert other.library != filled.library


def test_the_users_own_library_is_asked_as_it_stands(folder, settings):
    with pytest.raises(UserFacingError, match="dateline add"):
        library_documents(settings, OPENING)
    with open_library(settings.library, HashingEmbedder()) as library:
        library.add([folder / "un.txt"])
    mine = AnswerSuite("mine", (CASE,), library_documents(settings, OPENING), opening=OPENING)
    (result,) = run(mine, settings, "dateline")
    assert result.measures["right"] is True


def test_a_suite_that_does_not_match_its_documents_is_refused_before_anything_runs(folder, settings):
    wrong = replace(CASE, quotes=(Quote("un.txt", "Not there."),))
    with pytest.raises(UserFacingError, match="'number-01' quotes 'un.txt', which does not hold"):
        run(suite(folder, wrong), settings, "none")
    gone = replace(CASE, quotes=(Quote("gone.txt", "Not there."),))
    with pytest.raises(UserFacingError, match=r"'gone.txt', which is not among the documents"):
        run(suite(folder, gone), settings, "none")
    (folder / "page.pdf").write_text("x")
    with pytest.raises(UserFacingError, match="cannot all be used"):
        folder_documents(folder).fill(settings, OPENING, None)
    with pytest.raises(UserFacingError, match="--documents"):
        folder_documents(folder / "nowhere")


def test_another_document_setting_or_text_makes_another_library(folder, settings):
    documents = folder_documents(folder)
    assert [path.name for path in documents.files] == ["un.txt"]
    before = documents.sha256
    first = suite_settings(settings, before).library
    assert first.is_relative_to(settings.cache / "evals")
    assert suite_settings(settings, before).library == first
    assert suite_settings(settings.model_copy(update={"passage_words": 60}), before).library != first
    (folder / "un.txt").write_text(f"{TEXT} More.")
    assert suite_settings(settings, documents.sha256).library != first


def test_a_question_is_asked_as_of_its_day(folder, settings):
    (folder / "un.txt").write_text(f"Motion approved\n\nBy Jane Roe\n\n1 March 2022\n\n{TEXT}")
    case = replace(CASE, question="How many countries approved the motion last year?", as_of=date(2022, 6, 1))
    (result,) = run(suite(folder, case), settings, "dateline")
    assert "2021" in " ".join(result.shown["answer"]["problems"])


def test_a_suite_is_found_by_name_or_file_and_an_unknown_one_is_told(tmp_path, folder, settings):
    (tmp_path / "my.jsonl").write_text(json.dumps({"id": "a", "kind": "k", "question": "Q?", "answerable": False}))
    options = {"settings": settings, "opening": OPENING}
    assert open_suite(str(tmp_path / "my.jsonl"), documents=folder, **options).name == "my"
    assert len(open_suite("seeds", **options).items) >= 80
    with pytest.raises(UserFacingError, match=r"no suite 'seed'.*squad2"):
        open_suite("seed", **options)
    with pytest.raises(UserFacingError, match="--data"):
        open_suite("squad2", **options)
    with pytest.raises(UserFacingError, match="no folder"):
        open_suite("squad2", data=tmp_path / "nowhere", **options)


# Running


ITEMS = tuple(Item(f"c{number}", "k", f"Question {number}?") for number in range(3))


def test_systems_take_turns_and_each_case_begins_with_another():
    asked = []

    def ask(name):
        return lambda item: asked.append((name, item.id)) or Result(name, item)

    list(run_items(ITEMS, {"a": ask("a"), "b": ask("b")}, done={("a", "c2")}))
    assert asked == [("a", "c0"), ("b", "c0"), ("b", "c1"), ("a", "c1"), ("b", "c2")]


def test_an_error_ends_its_case_only_and_is_no_score():
    def ask(item):
        if item.id == "c1":
            raise RuntimeError("boom")
        return Result("a", item, {"right": True})

    results = list(run_items(ITEMS, {"a": ask}))
    assert [result.error for result in results] == [None, "RuntimeError: boom", None]
    assert results[1].measures == {}
    assert missed_thresholds(results, {"right": 1.0}) == ["1 of 3 cases ended in an error"]


def test_what_the_user_can_mend_is_told_without_a_traceback(caplog):
    def ask(item):
        raise UserFacingError("The model stopped.")

    assert [one.error for one in run_items(ITEMS[:1], {"a": ask})] == ["UserFacingError: The model stopped."]
    assert not caplog.records


def test_an_unknown_system_is_told():
    assert choose_systems([], ["a", "b"]) == ("a",)
    assert choose_systems(["b", "a", "b"], ["a", "b"]) == ("b", "a")
    with pytest.raises(UserFacingError, match=r"'c'.*a, b"):
        choose_systems(["c"], ["a", "b"])


# The file of a run


def header(tested, settings, **chosen):
    return build_header(tested, ["dateline"], settings, chosen)


def test_every_result_is_on_disk_at_once_and_reads_back_as_it_was(folder, settings, tmp_path):
    path = results_path(tmp_path / "results", "my/suite", datetime(2026, 11, 22, tzinfo=UTC))
    assert path.name == "2026-11-22T000000Z-my-suite.jsonl"
    tested = suite(folder)
    (result,) = run(tested, settings, "dateline")
    with ResultsFile(path, header(tested, settings)) as kept:
        kept.add(result)
        assert load_run(path).results == (result,)
        assert load_run(path).peak_memory_bytes is None
    read = load_run(path)
    assert {"revision", "time", "models", "settings", "packages", "suite", "machine"} <= set(read.header)
    assert read.of("dateline") == (result,)
    assert read.peak_memory_bytes is None or read.peak_memory_bytes > 1_000_000


def test_a_killed_run_goes_on_and_keeps_what_it_had(folder, settings, tmp_path):
    path, tested = tmp_path / "r.jsonl", suite(folder)
    first, second = (Result("dateline", item, {"right": True}) for item in ITEMS[:2])
    kept = ResultsFile(path, header(tested, settings))
    kept.add(first)
    kept._file.write('{"system": "datel')  # the kill
    kept._file.close()
    assert load_run(path).results == (first,)
    with ResultsFile(path, header(tested, settings)) as again:
        assert again.earlier == (first,)
        again.add(second)
    assert load_run(path).results == (first, second)


def test_a_run_of_something_else_is_not_mixed_in(folder, settings, tmp_path):
    path, tested = tmp_path / "r.jsonl", suite(folder)
    ResultsFile(path, header(tested, settings, seed=1)).__exit__(None, None, None)
    before = path.read_bytes()
    for other in (
        header(tested, settings, seed=2),
        header(tested, settings.model_copy(update={"evidence_sentences": 3}), seed=1),
        build_header(tested, ["none"], settings, {"seed": 1}),
    ):
        with pytest.raises(UserFacingError, match="do not mix"):
            ResultsFile(path, other)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "no file of results"),
        ('{"id": "a"}\n', "no file of results"),
        (f'{{"format": {FORMAT + 1}}}\n', "another version"),
        (f'{{"format": {FORMAT}}}\nbroken\n{{}}\n', "line 2"),
        (f'{{"format": {FORMAT}}}\n{{"system": "a"}}\n', "line 2"),
    ],
)
def test_a_file_that_is_no_run_of_this_version_is_told(tmp_path, content, told):
    (tmp_path / "r.jsonl").write_text(content)
    with pytest.raises(UserFacingError, match=told):
        load_run(tmp_path / "r.jsonl")


# The report


def results(right: int, wrong: int, half: str | None = "tune") -> list[Result]:
    def one(name: str, good: bool, number: int) -> Result:
        item = Item(f"{name}{number}", "number", "Q?", half)
        return Result(
            "dateline",
            item,
            {"right": good, "answerable_right": good},
            ("lacks '119'",) if not good else (),
            {"outcome": "right" if good else "incomplete"},
            seconds={"answer": 1.0 + number},
        )

    return [one("r", True, n) for n in range(right)] + [one("w", False, n) for n in range(wrong)]


def test_a_share_under_its_threshold_is_named_and_one_without_cases_is_not():
    assert missed_thresholds(results(8, 2), {"answerable_right": 0.9, "unanswerable_right": 0.95}) == [
        "answerable_right is 80.0%, under its threshold of 90.0%"
    ]
    assert missed_thresholds(results(9, 1), {"answerable_right": 0.9}) == []


def test_thresholds_that_name_nothing_measured_are_refused(tmp_path):
    (tmp_path / "t.json").write_text('{"speed": 1}')
    with pytest.raises(UserFacingError, match="'speed'"):
        load_thresholds(tmp_path / "t.json")


def test_the_report_shows_kinds_halves_times_and_what_failed():
    failed = Result("dateline", Item("e1", "number", "Q?", "tune"), error="RuntimeError: boom")
    text = render([*results(3, 1), failed, *results(0, 1, "report")])
    assert "3 of 5" in text
    assert "3 of 4" in text
    assert "median 1.00, 90% within 3.00 (5 cases)" in text
    assert "w0: incomplete: lacks '119'" in text
    assert "e1: RuntimeError: boom" in text


def test_why_the_report_half_fails_is_never_told_even_when_it_is_run_alone():
    text = render(results(1, 2, "report"))
    assert "1 of 3" in text
    assert "w0" not in text
    assert "lacks" not in text


def test_a_run_in_which_nothing_was_scored_says_so():
    assert "Nothing was scored." in render([Result("a", ITEMS[0], error="RuntimeError: boom")])
