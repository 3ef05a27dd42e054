"""Over what range each number of `qa/tuning.py` gives the same result: right answers at half, double, and without it.

    python -m evals.fit.flat --data FOLDER --out FILE [--only NAME ...] [--how off lower ...]

Asks, without a model, the questions of the train dossiers and of squad2, and checks the dossiers' claims and the
planted errors, with each number as it is and then moved: halved and doubled, a share or a cosine half-way to 0 and
to 1, and where a value leaves the rule out, at that. Each line of FILE is one such run against the numbers as they
are, case by case: how many were won, how many lost, and in how many the answer, what stands beside it or the evidence
differed. What FILE has already is not run again; `--only` takes the names in its own order. Each line printed has won,
lost, and answers that differ, of each set.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from evals.measures.score import Source, score_case
from evals.opening import real_opening
from evals.records import Item
from evals.run import run_items
from evals.suites.cases import Case, choose_items
from evals.suites.claims import ClaimsSuite
from evals.suites.dossier import Dossier, read_dossiers
from evals.suites.library import WrittenDocuments, add_files, folder_documents, open_written_library
from evals.suites.named import DOSSIER_FILES, SEED_DOCUMENTS
from evals.suites.planted import read_planted
from evals.suites.squad2 import read_squad2
from index.embed import Embedder, Vectors
from index.errors import UserFacingError
from index.pipeline import Library, open_library
from qa import tuning
from qa.chain import AnswerChain
from qa.english.words import stem
from qa.model.open import NONE, Model
from qa.records import Answer, EvidenceFound, Question
from qa.settings import Settings

QA = Path(tuning.__file__).parent
SEARCHED, CHECKED = ("dossiers", "squad2"), ("claims", "planted")
DOSSIER_QUESTIONS, SQUAD_QUESTIONS = 350, 300
HOW = ("off", "lower", "higher", "half", "double")
LARGER = ("ROUNDED", "LEXICAL_WEIGHT", "OUTLET_WEIGHT", "QUOTED_WEIGHT", "TIME_SIGN", "SUREST")
"""Numbers between 0 and 1 that may be larger: no shares and no cosines."""
OFF: Mapping[str, float] = {
    **dict.fromkeys(
        """MEANING_SIGN WORDS_SIGN AROUND_SIGN TIME_SIGN PUBLISHED_SIGN OUTLET_SIGN EXPECTED_SIGN FRAGMENT_SIGN
        MASTHEAD_SIGN RANK_SIGN LEXICAL_WEIGHT OUTLET_WEIGHT QUOTED_WEIGHT UNREAD MIN_SHARED MIN_SHARED_WORDS OUTSAID
        UBIQUITOUS SPELLING_LIKENESS NEWEST_ABOUT
        ROUNDED NEAR_BEST""".split(),
        0.0,
    ),
    **dict.fromkeys(
        """NEAR_WORD STEERING SURELY_AMONG NEAR_DUPLICATE DENIED STANDS_OUT ALIKE_SPELLING REPRINTED
        DIFFERING""".split(),
        1.01,
    ),
    **dict.fromkeys(
        """EACH_THERE SENTENCES_BEFORE MARKED_WORDS FRAGMENT_WORDS SUBJECT_LETTERS UNHEARD_LETTERS
        NEAR_WORD_LETTERS PEOPLE_LETTERS SPELLING_LONGER PART_WORDS ALWAYS_CHOSEN DENYING_WORDS
        REPORTING_WORDS LONE_SIGN_DIGITS FOLLOW_UP_WORDS NOT_REACHES COUNTED_WORDS
        COMPARED_SENTENCES""".split(),
        0,
    ),
    **dict.fromkeys(
        """AKIN_ENDING OFTEN_NAMED ALIKE_LETTERS TITLE_OPENING ROLE_WORDS AKIN_LETTERS
        STANDS_IN_FOR BEYOND_BOUND OFFICE_PASSAGES COMPARED_SIDES""".split(),
        1_000,
    ),
    "AMOUNT": math.inf,
    "CHANGE_DAYS": 100_000,
    "EXTRACTED": 1,
    "NAMELESS_WORDS": -1,
}
"""Where a value leaves a number's rule or bound out: that value."""


@dataclass(frozen=True, slots=True)
class Told:
    """What came of one case."""

    right: bool
    answer: str
    beside: str = ""
    """Where sources differ, what is missing, problems."""
    evidence: str = ""


Scored = Callable[[], Told]
Asked = Callable[[], Scored]
"""One case, put to the product with the numbers as they are now; scored later, with the numbers as they are."""
Sets = Mapping[str, Mapping[str, Asked]]
"""The cases of each set by their ids."""


class _Kept:
    """An embedder that makes each vector once: of one text the same whatever numbers are moved."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._vectors: dict[str, np.ndarray] = {}
        self.name, self.dimension, self.encode_spans = embedder.name, embedder.dimension, embedder.encode_spans
        self.late = embedder.late

    def encode(self, texts: Sequence[str]) -> Vectors:
        new = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        if new:
            self._vectors.update(zip(new, self._embedder.encode(new), strict=True))
        return np.stack([self._vectors[text] for text in texts]) if texts else self._embedder.encode([])


@contextmanager
def open_sets(data: Path, settings: Settings) -> Iterator[Sets]:
    """The questions and claims, their libraries filled and open."""
    embedder = _Kept(real_opening().open_embedder(settings))
    dossiers = tuple(one for one in read_dossiers(DOSSIER_FILES) if one.half == "tune")
    with ExitStack() as stack:
        questions = _of_dossiers(dossiers, settings, embedder, stack)
        sets = {"dossiers": questions, "squad2": _of_squad2(data, settings, embedder, stack)}
        claims, planted = ClaimsSuite(dossiers), read_planted(data, folder_documents(SEED_DOCUMENTS).files)
        for suite in (claims, planted):
            items = choose_items(suite.items, half="tune")
            asks = stack.enter_context(suite.open((NONE,), settings, items))
            sets[suite.name] = {item.id: _checking(asks, item) for item in items}
        yield sets


def _of_dossiers(
    dossiers: Sequence[Dossier], settings: Settings, embedder: Embedder, stack: ExitStack
) -> dict[str, Asked]:
    items = [Item(case.id, case.kind, case.question, case.half) for one in dossiers for case in one.cases]
    chosen = {item.id for item in choose_items(items, sample=DOSSIER_QUESTIONS)}
    asked: dict[str, Asked] = {}
    for one in dossiers:
        own, files = one.settle(settings)
        library = stack.enter_context(closing(open_library(own.library, embedder, **own.of_library)))
        sources = add_files(library, files, None)
        chain = AnswerChain(library, Model(NONE, None), own)
        asked |= {case.id: _answering(chain, case, sources) for case in one.cases if case.id in chosen}
    return asked


def _of_squad2(data: Path, settings: Settings, embedder: Embedder, stack: ExitStack) -> dict[str, Asked]:
    read = read_squad2(data)
    documents = WrittenDocuments(read.documents)
    own, sources = documents.fill(settings, real_opening(), None)
    library: Library = stack.enter_context(closing(open_written_library(read.documents, own, embedder)))
    chain = AnswerChain(library, Model(NONE, None), own)
    items = [Item(case.id, case.kind, case.question) for case in read.cases]
    chosen = {item.id for item in choose_items(items, sample=SQUAD_QUESTIONS)}
    return {case.id: _answering(chain, case, sources) for case in read.cases if case.id in chosen}


def _answering(chain: AnswerChain, case: Case, sources: Mapping[str, Source]) -> Asked:
    def ask() -> Scored:
        evidence, *_, answer = chain.stream(Question(case.question, as_of=case.as_of))
        assert isinstance(evidence, EvidenceFound)
        assert isinstance(answer, Answer)
        found = evidence.citations
        beside = repr((answer.disagreements, answer.missing, answer.problems))
        # Right by rules that read English as the product does.
        return lambda: Told(
            bool(score_case(case, answer, found, sources).right), repr(answer.claims), beside, repr(found)
        )

    return ask


def _checking(asks: Mapping[str, Any], item: Item) -> Asked:
    def ask() -> Scored:
        (result,) = run_items([item], asks)
        right = [result.measures.get(name) for name in ("right", "let_be", "caught")]
        told = Told(any(map(bool, right)), repr(result.reasons))
        return lambda: told

    return ask


def tried(name: str, value: float) -> dict[str, float]:
    """The values to try in place of a number, by what they are to it."""
    if 0 < value < 1 and name not in LARGER:
        moved = {"lower": value / 2, "higher": (1 + value) / 2}
    elif isinstance(value, int):
        moved = {"half": value // 2, "double": 2 * value}
    else:
        moved = {"half": value / 2, "double": 2 * value}
    off = {"off": OFF[name]} if name in OFF else {}
    return off | {how: at for how, at in moved.items() if at not in off.values()}


def runs(numbers: Mapping[str, float], names: Sequence[str]) -> list[tuple[str, str, float]]:
    """Number, what is done to it and the value, those first that leave a rule out."""
    every = [(name, how, value) for name in names for how, value in tried(name, numbers[name]).items()]
    return sorted(every, key=lambda run: run[1] != "off")


def sets_of(name: str) -> tuple[str, ...]:
    """The sets on which a number can act: claims are only checked, and only questions are searched for."""
    used = {path.parent.name for path in QA.rglob("*.py") if f"tuning.{name}" in path.read_text("utf-8")}
    return (*SEARCHED, *CHECKED) if used & {"check", "english"} else SEARCHED


def ask_all(sets: Sets, names: Sequence[str], moved: Mapping[str, float] = {}) -> dict[str, dict[str, Told]]:
    """Every case of the sets `names`, with some numbers `moved`; what that breaks is no right answer."""
    before = {name: vars(tuning)[name] for name in moved}
    try:
        _set(moved)
        asked = {of: {case: _asked(ask) for case, ask in sets[of].items()} for of in names}
    finally:
        _set(before)
    return {of: {case: scored() for case, scored in cases.items()} for of, cases in asked.items()}


def _asked(ask: Asked) -> Scored:
    try:
        return ask()
    except (ArithmeticError, LookupError, TypeError, ValueError, UserFacingError) as error:
        told = Told(False, f"{type(error).__name__}: {error}")
        return lambda: told


def _set(numbers: Mapping[str, float]) -> None:
    for name, value in numbers.items():
        setattr(tuning, name, value)
    _forget()


def _forget() -> None:
    """Empty every cache of `qa`: what is kept in them was made with other numbers."""
    for name, module in list(sys.modules.items()):
        if name.startswith("qa."):
            for value in vars(module).values():
                if hasattr(value, "cache_clear") and value is not stem:  # no number has a part in it
                    value.cache_clear()


def against(base: Mapping[str, Told], moved: Mapping[str, Told]) -> dict[str, int]:
    """The two case by case."""
    pairs = [(told, moved[case]) for case, told in base.items()]
    return {
        "cases": len(pairs),
        "won": sum(new.right > old.right for old, new in pairs),
        "lost": sum(new.right < old.right for old, new in pairs),
        "answers": sum(new.answer != old.answer for old, new in pairs),
        "beside": sum(new.beside != old.beside for old, new in pairs),
        "evidence": sum(new.evidence != old.evidence for old, new in pairs),
    }


def in_words(row: Mapping[str, Any]) -> str:
    """One line: the number, its value as it is and as it was tried, and in each set what was won, lost and differed."""
    sets = (f"{of} +{one['won']} -{one['lost']} ~{one['answers']}" for of, one in row["sets"].items())
    return f"{row['name']} {row['is']:g}, {row['how']} {row['at']:g}: {', '.join(sets)}"


def main() -> None:
    """Measure, and append what was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="Folder of the public data sets.")
    parser.add_argument("--out", type=Path, required=True, help="File that the runs are appended to, one a line.")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="Numbers to move; all when not given.")
    parser.add_argument("--how", nargs="+", choices=HOW, help="What to try of each; all that there is when not given.")
    given = parser.parse_args()
    numbers = {name: value for name, value in vars(tuning).items() if name.isupper()}
    if unknown := set(given.only or ()) - set(numbers):
        parser.error(f"qa/tuning.py has no number {', '.join(sorted(unknown))}.")
    done = set()
    if given.out.exists():
        done = {(row["name"], row["how"]) for row in map(json.loads, given.out.read_text("utf-8").splitlines())}
    with open_sets(given.data, Settings(model=NONE)) as sets, given.out.open("a", encoding="utf-8") as out:
        base = ask_all(sets, (*SEARCHED, *CHECKED))
        for name, how, value in runs(numbers, given.only or list(numbers)):
            if (name, how) in done or how not in (given.how or [how]):
                continue
            began = time.perf_counter()
            moved = ask_all(sets, sets_of(name), {name: value})
            found = {of: against(base[of], told) for of, told in moved.items()}
            seconds = round(time.perf_counter() - began, 1)
            row = {"name": name, "is": numbers[name], "how": how, "at": value, "seconds": seconds, "sets": found}
            out.write(json.dumps(row) + "\n")
            out.flush()
            print(in_words(row), flush=True)


if __name__ == "__main__":
    main()
