"""Planted errors: of the sentences with one thing wrong how many are caught, and of the true ones how many are let be.

dateline eval run planted --data FOLDER [--system none]
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from evals.digest import digest_of
from evals.opening import Opening, real_opening
from evals.records import Ask, Item, Result
from evals.suites.checking import SYSTEMS, Checker, open_checkers
from evals.suites.planting import KINDS, Ground, names_in, plant
from evals.suites.stated import Stated, StatedSet, read_stated
from index.pipeline import OnProgress
from qa.english.words import words_of
from qa.settings import Settings

NAME = "planted"
TRUE_EACH, ERRORS_EACH = 100, 25
"""Of one set and half: true sentences of each sort, and errors of each kind in each sort."""
COMPARABLE = (
    "With nothing in the literature: the errors are planted by this project's own rules, in sentences of its sample "
    "reports and of public data. A planted error may now and then be no error, as where a name is only an example, "
    "and what a real model gets wrong is more varied. A paraphrase counts as true when a public data set's annotator "
    "wrote it or called it supported, which is not always so to the letter."
)


@dataclass(frozen=True, slots=True)
class PlantedSuite:
    """One case a sentence; its kind is that of its error, or of the truth in it."""

    sentences: Mapping[str, Stated]
    """By the case's id, as it is checked."""
    planted: Mapping[str, str]
    """The words that are wrong, by the id of each case with an error."""
    items: tuple[Item, ...]
    sha256: str
    opening: Opening = field(default_factory=real_opening)
    name: str = NAME
    systems: tuple[str, ...] = SYSTEMS
    comparable: str = COMPARABLE

    @contextmanager
    def open(
        self, systems: Sequence[str], settings: Settings, items: Sequence[Item], on_progress: OnProgress | None = None
    ) -> Iterator[Mapping[str, Ask]]:
        """Opens what checks."""
        with open_checkers(systems, settings, self.opening) as checkers:
            yield {name: partial(self._ask, name, checkers[name]) for name in systems}

    def _ask(self, system: str, check: Checker, item: Item) -> Result:
        stated, wrong = self.sentences[item.id], self.planted.get(item.id)
        parts = check(stated.text, stated.evidence)
        reasons = tuple(part.reason for part in parts if part.verdict != "supported")
        shown = {
            "sentence": stated.text,
            "evidence": [one.quote for one in stated.evidence],
            "planted": wrong,
            "reasons": list(reasons),
        }
        if wrong is None:
            return Result(system, item, {"let_be": not reasons}, reasons, shown)
        named = bool(set(words_of(wrong)) & set(words_of(" ".join(reasons)))) if reasons else None
        told = () if reasons else (f"{wrong!r} was not noticed",)
        return Result(system, item, {"caught": bool(reasons), "error_named": named}, told, shown)


def read_planted(data: Path, seeds: Sequence[Path]) -> PlantedSuite:
    """The suite from the public data sets in the folder `data` and the sample reports; the same each time.

    Raises:
        UserFacingError: If a file is missing or does not fit.
    """
    sentences: dict[str, Stated] = {}
    planted: dict[str, str] = {}
    kinds: dict[str, str] = {}
    for each in read_stated(data, seeds):
        for half in ("tune", "report"):
            for verbatim in (True, False):
                chosen = [one for one in each.sentences if (one.half, one.verbatim) == (half, verbatim)]
                random.Random(f"{each.name} {half} {verbatim}").shuffle(chosen)
                for kind, stated, words in _cases(each, chosen):
                    sentences[stated.id], kinds[stated.id] = stated, kind
                    planted |= {stated.id: words} if words else {}
    items = tuple(Item(name, kinds[name], one.text, one.half) for name, one in sentences.items())
    return PlantedSuite(sentences, planted, items, digest_of(*(f"{item} {planted.get(item.id)}" for item in items)))


def _cases(source: StatedSet, chosen: Sequence[Stated]) -> Iterator[tuple[str, Stated, str | None]]:
    """Kind, sentence and wrong words of each case."""
    ground = ground_of(source.texts)
    for stated in chosen[:TRUE_EACH]:
        yield ("true, word for word" if stated.verbatim else "true, in other words"), stated, None
    for kind in KINDS:
        made = 0
        for stated in chosen:
            document = stated.evidence[0].document
            known = " ".join([document.title, *(one.quote for one in stated.evidence)])
            error = plant(kind, stated.text, known, ground, document.published, f"{stated.id} {kind}")
            if error:
                name = f"{stated.id} {kind}"
                yield kind, replace(stated, id=name, text=error.text), error.words
                made += 1
            if made == ERRORS_EACH:
                break


def ground_of(texts: Sequence[str]) -> Ground:
    """The names and the words of the texts."""
    names: dict[int, dict[str, None]] = {}
    for text in texts:
        for _, _, name in names_in(text):
            names.setdefault(len(name.split()), {})[name] = None
    vocabulary = {word for text in texts for word in re.findall(r"\b[a-z]+\b", text)}
    one_word = [name for name in names.get(1, {}) if name.lower() not in vocabulary]
    return Ground({**{length: tuple(found) for length, found in names.items()}, 1: tuple(one_word)}, vocabulary)
