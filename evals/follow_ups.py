"""How often all that proves an answer is found for a follow-up: as typed, completed by rule, by the model, and by hand.

    python -m evals.follow_ups --sample 60 --seed 1

asks those of the conversations about the dossiers that have an answer. The model's weights were trained on none of
them: it completes questions with those that it had before.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from statistics import median

from evals.measures.score import spans_of
from evals.opening import Opening, real_opening
from evals.suites.cases import Quote
from evals.suites.dossier import NOT_FOUND, Dossier, read_dossiers
from evals.suites.library import add_files
from evals.suites.named import DOSSIER_FILES
from index.pipeline import open_library
from qa.answer.rewriting import is_complete, rewritten
from qa.find.expand import WordSimilarity
from qa.find.search import find_evidence
from qa.model.open import Model
from qa.model.reply import Listener
from qa.model.writer import Writer
from qa.question.read import read_question
from qa.question.rewrite import stand_alone
from qa.records import Question, Turn
from qa.settings import Settings


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A question in its conversation, as it would be asked by itself, and what proves its answer."""

    dossier: Dossier
    question: Question
    alone: str
    proof: tuple[Quote, ...]


def follow_ups(dossiers: tuple[Dossier, ...]) -> Iterator[FollowUp]:
    """Those that have an answer, of all conversations, in order."""
    for dossier in dossiers:
        path = DOSSIER_FILES / "conversations" / f"{dossier.name}.json"
        for turns in json.loads(path.read_text(encoding="utf-8"))["conversations"] if path.exists() else []:
            history: tuple[Turn, ...] = ()
            for turn in turns:
                proof = tuple(Quote(dossier.file_name(one["d"]), one["s"]) for one in turn["proof"])
                if history and proof and turn["a"] != NOT_FOUND:
                    yield FollowUp(dossier, Question(turn["q"], history=history), turn["alone"], proof)
                answer = "The documents do not say." if turn["a"] == NOT_FOUND else turn["a"]
                history = (*history, Turn(turn["q"], answer))


def forms_of(one: FollowUp, model: Model, seconds: list[float]) -> dict[str, str]:
    """The question in each of its forms."""
    by_rule, by_model = stand_alone(one.question), None
    if model.chat and not is_complete(one.question, ()):
        began = time.perf_counter()
        by_model = rewritten(Writer(model, Listener()), one.question)
        seconds.append(time.perf_counter() - began)
    put = by_model.text if by_model else by_rule
    return {"as typed": one.question.text, "by rule": by_rule, "by the model": put, "by hand": one.alone}


def measure(chosen: list[FollowUp], settings: Settings, opening: Opening, model: Model) -> None:
    """Ask, and print."""
    embedder = opening.open_embedder(settings)
    held: Counter[str] = Counter()
    seconds: list[float] = []
    for one in chosen:
        its_own, files = one.dossier.settle(settings)
        with closing(open_library(its_own.library, embedder, **its_own.of_library)) as library:
            places = [spans_of(quote, add_files(library, files, None)) for quote in one.proof]
            for form, text in forms_of(one, model, seconds).items():
                asked = read_question(text, date.today())
                (found,) = find_evidence(library, WordSimilarity(embedder), settings, [asked])
                spans = [(sentence.document.doc_id, sentence.start, sentence.end) for sentence in found]
                held[form] += all(
                    any(
                        doc_id == of and start < to and at < end
                        for doc_id, start, end in spans
                        for of, (at, to) in each
                    )
                    for each in places
                )
    for form, count in held.items():
        print(f"{form:14} {count:4} of {len(chosen)}")
    print(f"rewritten by the model: {len(seconds)}, in {median(seconds or [0.0]):.1f} s (median)")


def main() -> None:
    """Measure, and print what was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sample", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    settings, opening = Settings(), real_opening()
    every = list(follow_ups(read_dossiers(DOSSIER_FILES)))
    chosen = random.Random(given.seed).sample(every, min(given.sample, len(every)))
    chosen.sort(key=lambda one: one.dossier.name)
    with closing(opening.open_model(settings)) as model:
        measure(chosen, settings, opening, model)


if __name__ == "__main__":
    main()
