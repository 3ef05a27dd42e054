from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.records import Item, Result
from evals.report.compare import compare, compare_runs, render_comparison
from evals.report.pairs import mcnemar
from evals.report.results import Run
from evals.report.summary import Mean, Share, answer_words, derive, errors, latency, mean_of, summarise, tokens, wilson
from index.errors import UserFacingError


def result(case, system="a", *, error=None, seconds=None, read=None, **measures):
    return Result(
        system,
        Item(case, "number", f"Question {case}?"),
        measures,
        error=error,
        seconds={"answer": seconds} if seconds is not None else {},
        tokens={"read": read} if read is not None else {},
    )


def run_of(*results, sha256="c" * 64, path="a.jsonl", **header):
    systems = list(dict.fromkeys(one.system for one in results))
    base = {
        "suite": {"name": "short", "sha256": sha256},
        "systems": systems,
        "models": {system: {"name": "m", "sha256": None} for system in systems},
        "revision": {"commit": "f" * 40, "dirty": False},
        "settings": {"budget": 1200},
        "packages": {"torch": "2.13.0"},
        "machine": {"cpu": "x", "cores": 2},
    }
    return Run(Path(path), base | header, tuple(results), None)


def right(gained=0, lost=0, same=0):
    """Both sides of cases that differ in `right`."""
    values = [(False, True)] * gained + [(True, False)] * lost + [(True, True)] * same
    a = [result(f"c{n}", right=before) for n, (before, _) in enumerate(values)]
    return a, [result(f"c{n}", "b", right=after) for n, (_, after) in enumerate(values)]


def test_wilson_worked_by_hand():
    # 1 of 2, z = 1.96: (0.5 + 3.8415/4) / (1 + 3.8415/2) = 0.5; reach 1.96/2.9207 * sqrt(0.125 + 3.8415/16) = 0.4055
    assert wilson(1, 2) == pytest.approx((0.0945, 0.9055), abs=1e-4)
    assert str(Share(30, 44)) == "30 of 44 = 68.2% (53% to 80%)"


def test_a_share_of_none_has_no_value():
    assert Share(0, 0).value is None and Share(0, 0).interval is None
    assert str(Share(0, 0)) == "none to measure"


def test_mcnemar_worked_by_hand():
    # 8 and 1 of 9: twice the chance of at most 1 of 9, 2 * (1 + 9) / 2**9
    assert mcnemar(8, 1) == pytest.approx(20 / 512)
    assert mcnemar(1, 8) == mcnemar(8, 1)
    assert mcnemar(2, 2) == 1.0
    assert mcnemar(0, 0) == 1.0


def test_what_has_no_value_is_counted_nowhere():
    figures = summarise([result("1", right=True, f1=0.5), result("2", right=None, f1=1.0), result("3", error="E: x")])
    assert figures["right"] == Share(1, 1)
    assert (figures["f1"].value, figures["f1"].of) == (0.75, 2)
    assert "exact_match" not in figures


def test_measures_come_in_the_order_of_a_report():
    assert list(summarise([result("1", new=1.0, f1=0.5, right=True)])) == ["right", "f1", "new"]


def test_one_number_and_equal_numbers_have_no_interval():
    assert mean_of([0.5]) == Mean(0.5, 1, None)
    assert mean_of([0.1 + 0.2, 0.3, 0.3]).interval is None


@given(st.lists(st.floats(0, 1), min_size=2, max_size=8))
def test_an_interval_lies_within_the_numbers_and_is_the_same_each_time(values):
    mean = mean_of(values)
    if mean.interval is not None:
        low, high = mean.interval
        assert min(values) - 1e-12 <= low <= high <= max(values) + 1e-12
    assert mean == mean_of(values)


def test_f1_is_the_harmonic_mean_and_balanced_accuracy_that_of_both_recalls():
    figures = {
        "supported_precision": Share(1, 2),
        "supported_recall": Share(1, 4),
        "unsupported_recall": Share(3, 4),
        "citation_precision": Mean(0.0, 3, None),
        "citation_recall": Mean(0.0, 3, None),
    }
    derived = derive(figures)
    assert derived == {"supported_f1": pytest.approx(1 / 3), "citation_f1": 0.0, "balanced_accuracy": 0.5}


def test_times_and_tokens_say_of_how_many():
    results = [result(str(n), seconds=float(n), read=n) for n in range(1, 11)] + [result("11", error="E: x")]
    taken = latency(results, "answer")
    assert taken is not None and (taken.median, taken.p90, taken.of) == (5.5, 9.0, 10)
    assert list(tokens(results)) == ["read"]
    assert latency(results, "first_word") is None
    assert errors(results) == 1


def test_the_length_of_an_answer_is_that_of_the_cases_that_were_answered():
    said = [{"status": "answered", "text": "word " * n} for n in (2, 4, 9)]
    shown = [{"answer": one} for one in (*said, {"status": "not_found", "text": "The documents do not say."})]
    words = answer_words([replace(result(str(n)), shown=one) for n, one in enumerate((*shown, {}, {"answer": "odd"}))])
    assert words is not None and (words.median, words.of) == (4, 3)
    assert answer_words([result("1")]) is None


def test_pairs_are_made_by_case_not_by_place():
    a = [result("1", right=True), result("2", right=False)]
    b = [result("2", "b", right=True), result("1", "b", right=True)]
    (change,) = compare(a, b).changes
    assert (change.gained, change.lost, change.of) == (("2",), (), 2)
    assert (change.a, change.b) == (0.5, 1.0)


def test_a_case_that_one_side_has_not_scored_is_named_and_is_no_zero():
    a = [result("1", right=True), result("2", right=True), result("3", right=True), result("4", right=True)]
    b = [result("1", "b", right=True), result("2", "b", right=None), result("3", "b", error="E: x")]
    comparison = compare(a, b)
    (change,) = comparison.changes
    assert (change.a, change.b, change.of) == (1.0, 1.0, 1)
    assert change.only_a == ("2",)
    assert comparison.errors_b == ("3",)
    assert comparison.only_a == ("4",)
    text = render_comparison(comparison, "one", "two")
    assert "asked only of one (1): 4" in text
    assert "ended in an error with two (1): 3" in text
    assert "right, scored only with one (1): 2" in text


@pytest.mark.parametrize(
    ("sides", "words"),
    [
        (right(gained=8, lost=1), "better, p = 0.039"),
        (right(gained=1, lost=8), "worse, p = 0.039"),
        (right(gained=3, lost=2), "no difference shown, p = 1"),
        (right(same=4), "the same in every case"),
    ],
)
def test_the_words_say_what_the_numbers_show(sides, words):
    assert words in render_comparison(compare(*sides), "one", "two")


def test_numbers_differ_by_their_paired_mean():
    a = [result(str(n), f1=0.1 * n) for n in range(8)]
    b = [result(str(n), "b", f1=0.1 * n + 0.2 + 0.01 * (n % 3)) for n in range(8)]
    (change,) = compare(a, b).changes
    assert change.b - change.a == pytest.approx(0.2 + 0.07 / 8)
    assert change.p is None and change.interval is not None and change.interval[0] > 0.2
    assert change.verdict == "better"
    assert compare(b, a).changes[0].verdict == "worse"


def test_seconds_are_compared_by_the_ratio_of_each_pair():
    a = [result(str(n), seconds=float(n)) for n in range(1, 10)]
    b = [result(str(n), "b", seconds=n * (2.0 + n / 100)) for n in range(1, 10)]
    (ratio,) = compare(a, b).ratios
    assert ratio.ratio == pytest.approx(2.05)
    assert ratio.verdict == "worse"


def test_what_a_system_picks_itself_is_not_paired():
    a = [result("1", abstention_precision=True), result("2", abstention_precision=True)]
    b = [result("1", "b", abstention_precision=True), result("3", "b", abstention_precision=False)]
    comparison = compare(a, b)
    assert comparison.changes == ()
    assert comparison.chosen == (("abstention_precision", Share(2, 2), Share(1, 2)),)


def test_of_many_changed_cases_twenty_are_named():
    text = render_comparison(compare(*right(gained=23)), "one", "two")
    assert "right rose (23)" in text and "and 3 more" in text
    assert "c19" in text and "c20" not in text


def test_the_text_fits_a_terminal_and_takes_names_as_they_are():
    sides = right(gained=40, lost=40)
    text = render_comparison(compare(*sides), "a rather long name of a system", "[bold]another[/bold]")
    assert max(map(len, text.splitlines())) <= 110
    assert "[bold]another" in text


def test_two_results_for_one_case_are_the_callers_mistake():
    with pytest.raises(ValueError, match="two results"):
        compare([result("1", right=True), result("1", right=False)], [])


def test_runs_of_other_cases_are_not_compared():
    a, b = run_of(result("1", right=True)), run_of(result("1", right=True), sha256="d" * 64, path="b.jsonl")
    with pytest.raises(UserFacingError, match="cases or their documents differ"):
        compare_runs(a, "a", b, "a")


def test_an_unknown_system_names_those_that_are_there():
    run = run_of(result("1", right=True), result("1", "b", right=True))
    with pytest.raises(UserFacingError, match="no system 'c'. It has: a, b"):
        compare_runs(run, "a", run, "c")


def test_what_differs_beside_the_systems_is_said():
    a = run_of(result("1", right=True))
    b = run_of(
        result("1", right=True),
        path="b.jsonl",
        settings={"budget": 2400},
        packages={"torch": "2.14.0"},
        machine={"cpu": "x", "cores": 4},
        revision={"commit": "e" * 40, "dirty": True},
    )
    text = render_comparison(compare_runs(a, "a", b, "a"), "one", "two")
    for words in ("budget 1200 -> 2400", "torch 2.13.0 -> 2.14.0", "cores 2 -> 4", f"commit {'f' * 12} -> {'e' * 12}"):
        assert words in text
    assert "not side by side" in text
    assert "no commit" in text


def test_two_systems_of_one_run_need_no_warning():
    run = run_of(result("1", right=True), result("1", "b", right=True))
    assert compare_runs(run, "a", run, "b").warnings == ()
