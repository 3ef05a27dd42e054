"""Whether a change of the code changes an answer: every answer to the sample reports' cases in a file, to be compared.

python -m evals.same_answers write FILE [--model NAME] [--every N]
python -m evals.same_answers compare FILE OTHER
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from evals.suites.cases import load_cases
from index.settings import load_settings
from qa.records import Answer, Question
from qa.session import open_session
from qa.settings import Settings

CODE = Path(__file__).resolve().parent
CASES = ("seeds.jsonl", "seeds-second.jsonl")


def write_answers(path: Path, model: str, every: int) -> int:
    """One JSON object a line for each case, in their order; how many."""
    cases = [case for name in CASES for case in load_cases(str(CODE / "cases" / name))]
    chosen = cases[::every]
    with tempfile.TemporaryDirectory() as folder, path.open("w", encoding="utf-8") as out:
        settings = load_settings(Settings, library=Path(folder) / "library", model=model)
        with open_session(settings) as session:
            session.library.add([CODE.parent / "seeds"])
            for case in chosen:
                answer = session.chain.invoke(Question(case.question, as_of=case.as_of))
                out.write(json.dumps({"id": case.id, **_shown(answer)}, ensure_ascii=False) + "\n")
    return len(chosen)


def _shown(answer: Answer) -> dict[str, Any]:
    return {
        "question": answer.question,
        "text": answer.text,
        "claims": [
            [claim.verdict, claim.text, [[c.doc_id, c.start, c.end] for c in claim.citations], claim.reasons]
            for claim in answer.claims
        ],
        "differing": [[one.kind, [position.value for position in one.positions]] for one in answer.disagreements],
        "missing": answer.missing,
        "problems": answer.problems,
        "likelihood": answer.likelihood,
    }


def differing(first: Path, second: Path) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """The cases of both files whose answers differ, with the two answers."""
    rows = [
        {row["id"]: row for row in map(json.loads, path.read_text("utf-8").splitlines())} for path in (first, second)
    ]
    for case in rows[0].keys() & rows[1].keys():
        if rows[0][case] != rows[1][case]:
            yield case, rows[0][case], rows[1][case]


def main() -> None:
    """Write a file of answers, or compare two."""
    parser = argparse.ArgumentParser(description="Whether a change of the code changes an answer.")
    commands = parser.add_subparsers(dest="command", required=True)
    write = commands.add_parser("write")
    write.add_argument("file", type=Path)
    write.add_argument("--model", default="none")
    write.add_argument("--every", type=int, default=1, help="ask only each so manieth case")
    compare = commands.add_parser("compare")
    compare.add_argument("file", type=Path)
    compare.add_argument("other", type=Path)
    given = parser.parse_args()
    if given.command == "write":
        print(f"{write_answers(given.file, given.model, given.every)} answers written to {given.file}.")
        return
    changed = sorted(differing(given.file, given.other))
    for case, before, after in changed:
        print(f"{case}: {before['question']}")
        for key in before:
            if before[key] != after.get(key):
                print(f"  {key}: {before[key]!r}\n   now: {after.get(key)!r}")
    print(f"{len(changed)} answers differ.")


if __name__ == "__main__":
    main()
