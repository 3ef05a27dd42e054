"""How a model's judgement of a sentence and the exact checks are weighed, and how the weights are fitted."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa import tuning
from qa.check.support import signs_of, support_of, weigh
from qa.check.verify import verdict_of
from qa.records import Part
from training.support import Judged, Judgements, Stated, balanced, report

BORNE = Part("number", "36", "supported")
FAILED = {
    "denied": Part("negation", "not approved", "contradicted", "It was approved."),
    "number": Part("number", "63", "unsupported", "The number 63 is not there."),
    "name": Part("name", "Brandt", "unsupported", "The name is not there."),
    "other": Part("modality", "plans", "unsupported", "It is told as done."),
}
probabilities = st.floats(0, 1)
parts = st.lists(st.sampled_from([BORNE, *FAILED.values()]), max_size=4)


@given(probabilities, probabilities, parts)
def test_the_surer_the_judgement_the_likelier_the_sentence(one, other, found):
    low, high = sorted((one, other))
    assert support_of(low, found) <= support_of(high, found)


@given(probabilities, st.sampled_from(list(FAILED.values())))
def test_no_failed_check_makes_a_sentence_likelier(judged, failed):
    assert support_of(judged, [BORNE, failed]) <= support_of(judged, [BORNE])


@given(probabilities, parts)
def test_the_verdict_is_that_of_the_probability_and_says_why_where_it_is_bad(judged, found):
    weighed = weigh(judged, found)
    assert (verdict_of(weighed) == "supported") == (support_of(judged, found) >= tuning.BORNE_OUT)
    assert all(part.reason for part in weighed if part.verdict != "supported")


def test_each_kind_of_failure_is_a_sign_of_its_own():
    assert signs_of(0.5, [BORNE]) == (1, 0, 0, 0, 0, 0)
    assert [signs_of(0.5, [one])[2:] for one in FAILED.values()] == [
        (1, 0, 0, 0),
        (0, 1, 0, 0),
        (0, 0, 1, 0),
        (0, 0, 0, 1),
    ]


def test_another_number_is_withheld_although_the_model_thinks_it_likely_and_a_reckoned_one_is_not():
    assert verdict_of(weigh(0.8, [FAILED["number"]])) == "unsupported"
    assert verdict_of(weigh(0.98, [FAILED["number"]])) == "supported"


def test_what_the_model_takes_for_unlikely_is_withheld_though_no_check_finds_a_fault():
    (borne, reason) = weigh(0.05, [BORNE])
    assert borne == BORNE
    assert "unlikely to follow from what it cites" in reason.reason


def test_the_report_tells_what_each_sign_gives_and_the_weights():
    rows = [Judged(holds, judged, ()) for holds, judged in ((True, 0.9), (True, 0.7), (False, 0.2), (False, 0.3))]
    first, second, weights = report({"one": rows, "other": rows})
    assert first.startswith("one") and "balanced accuracy 1.000" in first
    assert "judgement 1.000, checks 0.500" in second
    assert weights.startswith("SUPPORT = (")
    assert balanced(rows, (-3.0, 1.0, 0, 0, 0, 0)) == pytest.approx(0.5)


def test_a_judgement_is_made_once(tmp_path):
    path = tmp_path / "judgements.jsonl"
    path.write_text(json.dumps(["known", 0.25]) + "\n")
    assert Judgements(path, None).of(Stated("known", "It rose.", (), True)) == 0.25
