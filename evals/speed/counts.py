"""What comes of many replies: how many, how soon, how evenly, and what was told of a kill."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from evals.speed.asker import Reply
from evals.speed.numbers import summary

MEGABYTE = 1_000_000


def jain(counts: Sequence[int]) -> float | None:
    """How evenly `counts` are spread: 1 when all are alike, 1/n when one has all; None when there is nothing.

    Source: Jain, Chiu & Hawe, "A quantitative measure of fairness and discrimination for resource allocation in shared
    computer systems" (DEC-TR-301, 1984).
    """
    squares = len(counts) * sum(count * count for count in counts)
    return sum(counts) ** 2 / squares if squares else None


def summary_of(replies: Sequence[Reply], askers: int, began: float, until: float) -> dict[str, Any]:
    """Answers a second, errors, refusals, times (s), and how many answers each asker got."""
    answers = [reply for reply in replies if reply.is_answer]
    failed = [reply for reply in replies if not reply.is_answer]
    each = Counter(reply.asker for reply in answers)
    counts = [each[asker] for asker in range(askers)]
    in_time = sum(reply.ended <= until for reply in answers)
    return {
        "answers": len(answers),
        "answers_per_s": round(in_time / (until - began), 3),
        "errors": sum(not reply.is_refused for reply in failed),
        "refused": sum(reply.is_refused for reply in failed),
        "first_token_s": summary([reply.first_s for reply in answers if reply.first_s is not None]),
        "answer_s": summary([reply.seconds for reply in answers]),
        "of_each": {"least": min(counts), "most": max(counts), "jain": jain(counts), "first": counts[0]},
        "told": told(failed),
    }


def told(failed: Sequence[Reply]) -> dict[str, Any]:
    """How often each kind of error came, with the words of the first one."""
    kinds = Counter(reply.outcome for reply in failed)
    first = {reply.outcome: reply.message for reply in reversed(failed)}
    return {kind: {"count": count, "first": first[kind]} for kind, count in kinds.most_common()}


def told_of_kill(replies: Sequence[Reply], killed: float, started: float, ready: float) -> dict[str, Any]:
    """Seconds from the kill to what came after it, and what was answered and told before, while it was away and then.

    `errors_after` are those that came once it had been ready for five seconds: there should be none.
    """
    answers = sorted(reply.ended for reply in replies if reply.is_answer)
    after = [ended for ended in answers if ended > started]
    around = [killed, *(ended for ended in answers if ended > killed)]
    gaps = [later - earlier for earlier, later in pairwise(around)]
    late = [reply for reply in replies if reply.ended > ready + 5 and not (reply.is_answer or reply.is_refused)]
    return {
        "started_s": round(started - killed, 2),
        "ready_s": round(ready - killed, 2),
        "answered_again_s": round(after[0] - killed, 2) if after else None,
        "longest_without_answer_s": round(max(gaps), 2) if gaps else None,
        "answers_while_away": sum(killed < ended < started for ended in answers),
        "errors_after": told(late),
    }


def memory_of(samples: Sequence[int]) -> dict[str, Any]:
    """Megabytes at the first sample, after a tenth, half and all of the time, and at most."""
    if not samples:
        return {}
    places = {"first": 0, "tenth": len(samples) // 10, "half": len(samples) // 2, "last": -1}
    return {name: samples[at] // MEGABYTE for name, at in places.items()} | {"peak": max(samples) // MEGABYTE}
