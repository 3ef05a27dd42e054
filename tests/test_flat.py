"""How far each number that decides may move: what is tried of it, and how the cases are set against each other."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.fit.flat import LARGER, OFF, Told, against, ask_all, in_words, runs, sets_of, tried
from qa import tuning
from qa.english.spellings import same_name

RIGHT, WRONG = Told(True, "At nine."), Told(False, "At ten.")
told = st.builds(Told, st.booleans(), st.sampled_from(["nine", "ten"]), st.sampled_from(["", "later"]))


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("REACH", 6, {"half": 3, "double": 12}),
        ("SHARE", 0.5, {"lower": 0.25, "higher": 0.75}),
        ("LEXICAL_WEIGHT", 0.4, {"off": 0.0, "half": 0.2, "double": 0.8}),
        ("EXTRACTED", 2, {"off": 1, "double": 4}),
    ],
)
def test_a_number_is_halved_and_doubled_a_share_moved_half_way_and_a_rule_left_out_where_it_can_be(
    name, value, expected
):
    assert tried(name, value) == expected


def test_what_leaves_a_rule_out_is_told_of_numbers_that_there_are():
    assert {*OFF, *LARGER} <= set(vars(tuning))


def test_rules_are_left_out_before_numbers_are_moved():
    assert [how for _, how, _ in runs(vars(tuning), ["EXTRACTED", "NEAR_BEST"])][:2] == ["off", "off"]


def test_a_number_of_the_search_has_no_part_in_claims_and_one_of_the_checks_has():
    assert sets_of("SEARCH_DEPTH") == ("dossiers", "squad2")
    assert sets_of("DENIED") == ("dossiers", "squad2", "claims", "planted")


def test_won_and_lost_are_counted_case_by_case():
    found = against({"a": RIGHT, "b": WRONG, "c": RIGHT, "d": WRONG}, {"a": RIGHT, "b": RIGHT, "c": WRONG, "d": WRONG})
    assert found == {"cases": 4, "won": 1, "lost": 1, "answers": 2, "beside": 0, "evidence": 0}


def test_a_run_is_told_in_a_line():
    found = against({"a": RIGHT, "b": WRONG}, {"a": WRONG, "b": WRONG})
    row = {"name": "NEAR_BEST", "is": 0.5, "how": "off", "at": 1.01, "sets": {"dossiers": found}}
    assert in_words(row) == "NEAR_BEST 0.5, off 1.01: dossiers +0 -1 ~1"


@given(st.dictionaries(st.text(max_size=2), st.tuples(told, told)))
def test_what_is_won_one_way_is_lost_the_other_way(pairs):
    base, moved = ({case: both[at] for case, both in pairs.items()} for at in (0, 1))
    there, back = against(base, moved), against(moved, base)
    assert (there["won"], there["answers"]) == (back["lost"], back["answers"])
    assert against(base, base) == {**dict.fromkeys(there, 0), "cases": len(pairs)}


def test_what_a_moved_number_breaks_is_told_and_is_no_right_answer():
    def broken() -> Callable[[], Told]:
        raise ValueError("nothing to take the best of")

    expected = {"a": Told(False, "ValueError: nothing to take the best of"), "b": RIGHT}
    assert ask_all({"dossiers": {"a": broken, "b": lambda: lambda: RIGHT}}, ["dossiers"]) == {"dossiers": expected}


def test_a_moved_number_is_seen_also_where_much_is_kept_and_is_put_back_before_answers_are_scored():
    def alike() -> bool:
        return same_name("hussein", "hussain")

    def ask() -> Callable[[], Told]:
        answer = str(alike())
        return lambda: Told(alike(), answer)

    assert alike()
    assert ask_all({"one": {"a": ask}}, ["one"], {"SPELLING_LONGER": 100}) == {"one": {"a": Told(True, "False")}}
    assert alike()
