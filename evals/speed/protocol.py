"""What the OpenAI protocol costs: seconds to the first word through `dateline serve`, and as the command line has it.

python -m evals.speed.protocol --questions 12

Each question is put to both in turn, the other one first each time, over the sample reports. Both have a model of their
own in memory, and nothing else asks.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from contextlib import closing
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

import httpx

from evals.opening import real_opening
from evals.speed import answers, asker
from evals.speed.numbers import summary
from evals.speed.served import fill_library, free_port, start_answers, write_keys
from evals.suites.cases import load_cases
from evals.suites.named import SEED_DOCUMENTS
from qa.settings import Settings

CASES = Path("evals/cases/seeds.jsonl")


def measure(settings: Settings, questions: list[str], folder: Path) -> dict[str, Any]:
    """Seconds to the first word of each way, and the median of the one's by the other's, question by question."""
    variables = {"DATELINE_MODEL": settings.model}
    fill_library(folder / "served", [SEED_DOCUMENTS], variables)
    (key, _), port = write_keys(folder / "keys.toml", 1), free_port()
    server = start_answers(folder / "served", folder / "keys.toml", port, folder / "serve.log", 1, variables)
    own = settings.model_copy(update={"library": folder / "own"})
    pairs: list[tuple[float, float]] = []
    with (
        closing(server),
        closing(answers.open_over(own, real_opening(), [SEED_DOCUMENTS])) as session,
        httpx.Client(
            base_url=f"http://127.0.0.1:{port}", headers={"Authorization": f"Bearer {key}"}, timeout=asker.TIMEOUT_S
        ) as client,
    ):
        for number, question in enumerate(questions):
            found: dict[str, float | None] = {}
            for way in ("served", "command")[:: 1 if number % 2 else -1]:
                if way == "served":
                    found[way] = asker.ask(client, 0, question).first_s
                else:
                    found[way] = answers.ask(session, question, settings.evidence_sentences)["first_word"]
            served, command = found["served"], found["command"]
            if served is not None and command is not None:
                pairs.append((served, command))
    return {
        "asked": len(questions),
        "with_a_first_word_both": len(pairs),
        "served_s": summary([served for served, _ in pairs]),
        "command_s": summary([command for _, command in pairs]),
        "median_ratio": round(median(served / command for served, command in pairs), 3) if pairs else None,
    }


def main() -> None:
    """Measure, and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=12)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    asked = [case.question for case in load_cases(CASES) if case.half == "tune" and case.answerable]
    with tempfile.TemporaryDirectory() as place:
        told = measure(Settings(), Random(given.seed).sample(asked, given.questions), Path(place))
    print(json.dumps({"model": Settings().model, "seed": given.seed, **told}, indent=2))


if __name__ == "__main__":
    main()
