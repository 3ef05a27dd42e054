"""Ranking measures."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.measures.names import MEASURES
from evals.measures.ranking import ranking_measures

ids = st.lists(st.integers(0, 30).map(str), unique=True, max_size=20)
grades = st.dictionaries(st.integers(0, 30).map(str), st.integers(-1, 4), max_size=12)


def test_graded_relevance_worked_by_hand():
    measures = ranking_measures(["x", "low", "y", "z", "high"], {"high": 3, "low": 1, "missed": 2, "x": 0})
    gained = 1 / math.log2(3) + 3 / math.log2(6)
    ideal = 3 / math.log2(2) + 2 / math.log2(3) + 1 / math.log2(4)
    assert measures == {
        "hits_at_4": True,
        "hits_at_5": True,
        "hits_at_10": True,
        "mrr_at_10": 0.5,
        "ndcg_at_10": pytest.approx(gained / ideal),
    }


@pytest.mark.parametrize(("rank", "hits"), [(4, (True, True, True)), (5, (False, True, True)), (11, (False,) * 3)])
def test_a_hit_counts_up_to_its_rank_and_not_after(rank: int, hits: tuple[bool, ...]):
    measures = ranking_measures([*(f"x{number}" for number in range(1, rank)), "found"], {"found": 2})
    assert (measures["hits_at_4"], measures["hits_at_5"], measures["hits_at_10"]) == hits
    assert measures["mrr_at_10"] == (pytest.approx(1 / rank) if rank <= 10 else 0.0)


def test_without_anything_relevant_there_is_nothing_to_measure():
    measures = ranking_measures(["a", "b"], {"a": 0, "b": -1})
    assert set(measures.values()) == {None}
    assert measures.keys() == ranking_measures(["a"], {"a": 1}).keys() <= MEASURES.keys()


def test_an_empty_ranking_is_a_miss():
    measures = ranking_measures([], {"a": 1})
    assert None not in measures.values() and not any(measures.values())


def test_an_id_ranked_twice_is_refused():
    with pytest.raises(ValueError, match="'a' is ranked twice"):
        ranking_measures(["a", "b", "a"], {"a": 1})


@given(ranked=ids, relevant=grades)
def test_what_is_measured_agrees_with_the_ranks(ranked: list[str], relevant: dict[str, int]):
    wanted = {name for name, grade in relevant.items() if grade > 0}
    ranks = [rank for rank, name in enumerate(ranked, 1) if name in wanted]
    measures = ranking_measures(ranked, relevant)
    if not wanted:
        assert set(measures.values()) == {None}
        return
    first = min(ranks, default=math.inf)
    assert [measures[f"hits_at_{k}"] for k in (4, 5, 10)] == [first <= k for k in (4, 5, 10)]
    assert measures["mrr_at_10"] == (pytest.approx(1 / first) if first <= 10 else 0.0)


@given(relevant=st.dictionaries(st.integers(0, 30).map(str), st.integers(1, 4), min_size=1, max_size=12))
def test_the_best_order_has_full_gain_and_the_worst_no_more(relevant: dict[str, int]):
    best = sorted(relevant, key=lambda name: -relevant[name])
    assert ranking_measures(best, relevant)["ndcg_at_10"] == pytest.approx(1.0)
    worst = ranking_measures(best[::-1], relevant)["ndcg_at_10"]
    assert isinstance(worst, float) and worst <= 1.0 + 1e-9
