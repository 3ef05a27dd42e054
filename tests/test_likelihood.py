"""How likely the documents are to answer, from how near the nearest sentence is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_verify import LOAN, OPENED

from evals.fit.decision import Read, report
from evals.fit.logistic import area, fit
from qa import tuning
from qa.find.answerability import is_hopeless, likelihood_in_words, likelihood_of

COSINES = st.floats(-1, 1)


@given(st.lists(COSINES, min_size=1), COSINES)
def test_one_more_sentence_never_makes_it_less_likely(cosines, more):
    before = likelihood_of([replace(OPENED, nearness=cosine) for cosine in cosines])
    after = likelihood_of([replace(OPENED, nearness=cosine) for cosine in [*cosines, more]])
    assert 0 < before <= after < 1


def test_without_evidence_it_is_nothing_and_halfway_up_the_curve_it_is_even():
    assert likelihood_of([]) == pytest.approx(0)
    halfway = [replace(LOAN, nearness=0.1), replace(OPENED, nearness=tuning.CURVE_MIDDLE)]
    assert likelihood_of(halfway) == pytest.approx(0.5)


def test_more_likely_is_said_in_other_words():
    said = [likelihood_in_words(each) for each in (0.1, 0.5, 0.9)]
    assert said == ["unlikely to answer this", "may answer this", "likely to answer this"]


@given(COSINES, st.floats(0, 1), st.floats(0, 1))
def test_the_more_inclined_to_decline_the_less_likely_it_is_answered(cosine, one, other):
    evidence = [replace(OPENED, nearness=cosine)]
    less, more = (likelihood_of(evidence, declining) for declining in sorted((one, other), reverse=True))
    assert 0 < less <= more < 1


def test_nearer_than_near_enough_tells_nothing_more():
    near, nearer = (likelihood_of([replace(OPENED, nearness=tuning.NEAREST_COUNTED + more)], 0.5) for more in (0, 0.2))
    assert near == nearer


def test_a_model_that_decides_is_asked_wherever_it_may_still_find_an_answer():
    far = [replace(OPENED, nearness=0.2)]
    assert [is_hopeless(far, 0.25, decides=decides) for decides in (True, False)] == [False, True]
    assert is_hopeless(far, 0.99, decides=True)


def test_the_fitted_curve_tells_answerable_questions_from_others():
    rows = [Read(True, 0.7, 0.01), Read(True, 0.6, 0.1), Read(False, 0.4, 0.6), Read(False, 0.5, 0.3)] * 5
    curve = fit([rows])
    assert area(rows, curve) == 1
    assert curve[1] > 0 > curve[2]
    *lines, last = report({"one": rows, "other": rows})
    assert len(lines) == 2 and "area 1.000" in lines[0]
    assert last.startswith("READ_OFFSET, READ_NEARNESS, READ_DECLINING = ")
