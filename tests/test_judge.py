"""The optional judge: what it reads, and that no verdict is not a no."""

from __future__ import annotations

import pytest
from scripted import scripted

from evals.measures.judge import Judged, build_prompt, judge_facts, read_verdict
from evals.records import Item, Result

ITEM = Item("a", "k", "Who opened the bridge?")
SHOWN = {
    "expected": {"facts": [["Calder"]], "answers": []},
    "answer": {"status": "answered", "text": "Ada Calder [1]."},
}


@pytest.mark.parametrize(
    ("reply", "verdict"),
    [
        ("yes", True),
        ("No.", False),
        ("Yes, it is", True),
        (" no", False),
        ("Perhaps", None),
        ("", None),
        ("none", None),
    ],
)
def test_a_reply_that_is_neither_yes_nor_no_is_no_verdict(reply, verdict):
    assert read_verdict(reply) is verdict


def test_the_judge_reads_question_reference_and_answer_and_its_opinion_stands_beside_the_measures():
    model = scripted(bridge=["yes"])
    result = Judged(lambda item: Result("a", item, {"right": False}, shown=SHOWN), model)(ITEM)
    assert dict(result.measures) == {"right": False, "judged_right": True}
    assert result.shown["judge"] == "right"
    read = str(build_prompt(ITEM.question, "Calder", "Ada Calder [1].")[-1].content)
    assert model.chat.asked == [read]
    assert all(part in read for part in ("Who opened the bridge?", "Calder", "Ada Calder [1]."))


@pytest.mark.parametrize(
    "shown",
    [
        {},
        {**SHOWN, "answer": {"status": "not_found", "text": "The documents do not say."}},
        {**SHOWN, "expected": {"facts": [], "answers": [""]}},
    ],
)
def test_what_cannot_be_compared_is_not_judged(shown):
    result = Judged(lambda item: Result("a", item, {"right": True}, shown=shown), scripted())(ITEM)
    assert "judged_right" not in result.measures


def test_another_model_or_other_rules_are_another_judge():
    assert judge_facts("qwen2.5-1.5b") != judge_facts("qwen2.5-0.5b")
    assert judge_facts("ollama:x")["sha256"] is None
