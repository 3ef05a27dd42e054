"""How likely the documents are to answer, from how near the nearest sentence is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_verify import LOAN, OPENED

from qa.likelihood import MIDDLE, likelihood_in_words, likelihood_of

COSINES = st.floats(-1, 1)


@given(st.lists(COSINES, min_size=1), COSINES)
def test_one_more_sentence_never_makes_it_less_likely(cosines, more):
    before = likelihood_of([replace(OPENED, nearness=cosine) for cosine in cosines])
    after = likelihood_of([replace(OPENED, nearness=cosine) for cosine in [*cosines, more]])
    assert 0 < before <= after < 1


def test_without_evidence_it_is_nothing_and_halfway_up_the_curve_it_is_even():
    assert likelihood_of([]) == pytest.approx(0)
    assert likelihood_of([replace(LOAN, nearness=0.1), replace(OPENED, nearness=MIDDLE)]) == pytest.approx(0.5)


def test_more_likely_is_said_in_other_words():
    said = [likelihood_in_words(each) for each in (0.1, 0.5, 0.9)]
    assert said == ["unlikely to answer this", "may answer this", "likely to answer this"]
