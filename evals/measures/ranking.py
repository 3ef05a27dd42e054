"""Ranking measures: how far up the relevant ones stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evals.records import Value

HITS_AT = (4, 5, 10)
DEPTH = 10
"""Ranks that MRR and nDCG look at."""


def ranking_measures(ranked: Sequence[str], relevant: Mapping[str, int]) -> dict[str, Value]:
    """hits@4, @5 and @10, MRR@10 and nDCG@10 of one query.

    Args:
        ranked: Ids, best first.
        relevant: Grade by id; a grade of 0 or less is not relevant.

    Returns:
        By the names of `evals.measures.names.MEASURES`; all None when nothing is relevant, since 0.0 would count such a
        query as a miss.

    Raises:
        ValueError: If an id is ranked twice.

    Source: ir_measures, with the gain of trec_eval: the grade itself, discounted by the logarithm of the rank.
    """
    if len(set(ranked)) != len(ranked):
        twice = next(one for number, one in enumerate(ranked) if one in ranked[:number])
        raise ValueError(f"{twice!r} is ranked twice. Give every id once, at its best rank.")
    graded = {name: grade for name, grade in relevant.items() if grade > 0}
    if not graded:
        return dict.fromkeys([*(f"hits_at_{k}" for k in HITS_AT), "mrr_at_10", "ndcg_at_10"])
    import ir_measures

    measures = {f"hits_at_{k}": ir_measures.Success @ k for k in HITS_AT}
    measures |= {"mrr_at_10": ir_measures.RR @ DEPTH, "ndcg_at_10": ir_measures.nDCG @ DEPTH}
    # trec_eval orders ties by id, so every rank has a score of its own.
    run = {name: float(len(ranked) - number) for number, name in enumerate(ranked)}
    found = {one.measure: one.value for one in ir_measures.iter_calc(measures.values(), {"q": graded}, {"q": run})}
    values = {name: float(found[measure]) for name, measure in measures.items()}
    return {name: value > 0 if name.startswith("hits") else value for name, value in values.items()}
