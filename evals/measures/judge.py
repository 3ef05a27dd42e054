"""A language model's opinion of an answer: only when asked for, and beside the measures, never in them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage

from evals.records import Ask, Item, Result
from index.weights.pinned import WEIGHTS
from qa.model.open import Model
from qa.model.reply import Reply

RULES = (
    "You compare an answer with the reference answer to the same question. The answer is right when it says what the "
    "reference says, in whatever words, and nothing that contradicts it. Reply with one word: yes if it is right, no "
    "if it is not."
)
GRAMMAR = 'root ::= "yes" | "no"\n'


@dataclass(frozen=True, slots=True)
class Judged:
    """Puts a case to a system, and its answer to the judge, after all clocks have stopped."""

    ask: Ask
    model: Model

    def __call__(self, item: Item) -> Result:
        """The result with the measure `judged_right` where an answer and a reference are there to compare."""
        result = self.ask(item)
        reference, text = _reference(result.shown), _answer(result.shown)
        if not reference or not text:
            return result
        reply = "".join(Reply(self.model, build_prompt(item.question, reference, text), GRAMMAR))
        verdict = read_verdict(reply)
        return replace(
            result,
            measures={**result.measures, "judged_right": verdict},
            shown={
                **result.shown,
                "judge": reply.strip() if verdict is None else ("right" if verdict else "not right"),
            },
        )


def build_prompt(question: str, reference: str, text: str) -> list[BaseMessage]:
    """What the judge reads."""
    return [
        SystemMessage(RULES),
        HumanMessage(f"Question: {question}\nReference: {reference}\nAnswer: {text}\nIs the answer right?"),
    ]


def read_verdict(reply: str) -> bool | None:
    """Yes or no by the reply's first word; None when it is neither, which is no verdict and not a no."""
    first = reply.strip().lower().rstrip(".!,").partition(" ")[0].rstrip(".,!")
    return {"yes": True, "no": False}.get(first)


def judge_facts(name: str) -> dict[str, Any]:
    """What pins a judge: another model or other rules are another judge."""
    weights = WEIGHTS[name].files[0].sha256 if name in WEIGHTS else None
    return {"name": name, "sha256": weights, "rules_sha256": hashlib.sha256(RULES.encode()).hexdigest()}


def _reference(shown: Mapping[str, Any]) -> str:
    """The first reference answer, else every fact in its first wording."""
    expected: Mapping[str, Sequence[Any]] = shown.get("expected", {})
    answers = [answer for answer in expected.get("answers", ()) if answer]
    return str(answers[0]) if answers else "; ".join(fact[0] for fact in expected.get("facts", ()))


def _answer(shown: Mapping[str, Any]) -> str:
    answer: Mapping[str, Any] = shown.get("answer", {})
    return str(answer["text"]) if answer.get("status") == "answered" else ""
