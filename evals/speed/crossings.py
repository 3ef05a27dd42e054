"""How far one has to walk to follow one answer: files visited, and borders crossed, from file to file and room to room.

    python -m evals.speed.crossings [QUESTION]

asks the sample reports without a model. A room is a folder of `qa`, or a file that stands beside them.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from qa.session import open_session
from qa.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
BEFORE = "How many countries abstained?"
QUESTION = "How many members voted in favour of the resolution?"


@dataclass(frozen=True, slots=True)
class Walk:
    """What one answer visits, of `qa` alone."""

    files: int
    functions: int
    calls: int
    file_borders: int
    """Calls from one file of `qa` into another."""
    room_borders: int
    """Those of them that go from room to room."""
    arrows: Counter[tuple[str, str]]
    """How often each border from room to room is crossed."""


class _Watch:
    def __init__(self) -> None:
        self.files: set[str] = set()
        self.functions: set[tuple[str, int]] = set()
        self.calls = self.borders = 0
        self.arrows: Counter[tuple[str, str]] = Counter()

    def __call__(self, frame: FrameType, event: str, argument: object) -> None:
        if event != "call" or not (there := _place(frame)):
            return
        self.calls += 1
        self.files.add(there)
        self.functions.add((there, frame.f_code.co_firstlineno))
        caller = frame.f_back
        while caller and not (here := _place(caller)) and not caller.f_code.co_filename.startswith(str(ROOT)):
            caller = caller.f_back  # through a library: `re.sub` calls back, `lru_cache` stands between
        if caller and here and here != there:
            self.borders += 1
            if _room(here) != _room(there):
                self.arrows[_room(here), _room(there)] += 1


def walk(question: str, before: str | None = None) -> Walk:
    """One answer on the sample reports, watched; with `before` after another question, so that the reports are read."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(library=Path(folder) / "library", model="none")
        with open_session(settings) as session:
            session.library.add([ROOT / "seeds"])
            session.chain.warm()
            if before:
                session.chain.invoke(before)
            watch = _Watch()
            sys.setprofile(watch)
            try:
                session.chain.invoke(question)
            finally:
                sys.setprofile(None)
    return Walk(len(watch.files), len(watch.functions), watch.calls, watch.borders, watch.arrows.total(), watch.arrows)


def _place(frame: FrameType) -> str:
    """The frame's file as a path in `qa`; empty for another's."""
    name = frame.f_code.co_filename
    return name.removeprefix(f"{ROOT}/qa/") if name.startswith(f"{ROOT}/qa/") else ""


def _room(path: str) -> str:
    return path.partition("/")[0]


def main() -> None:
    """Print the walks."""
    question = " ".join(sys.argv[1:]) or QUESTION
    for name, walked in (("the first", walk(question)), ("a later question", walk(question, BEFORE))):
        print(f"{name}: {walked.files} files, {walked.functions} functions, {walked.calls} calls")
        print(f"  borders crossed: {walked.file_borders} from file to file, {walked.room_borders} from room to room")
        for (here, there), times in walked.arrows.most_common(8):
            print(f"{times:>6}  {here} > {there}")


if __name__ == "__main__":
    main()
