"""The questions of the dossiers: each system answers those of a dossier from its documents alone."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from evals.digest import digest_of
from evals.measures.score import Source
from evals.opening import Opening, real_opening
from evals.records import Ask, Item, Result
from evals.suites.dossier import Dossier
from evals.suites.library import add_files
from evals.suites.questions import Answering, check_quotes
from evals.systems import ANSWERING, Chain, model_of
from evals.tutorial import open_baseline
from index.embed import Embedder
from index.pipeline import OnProgress, open_library
from qa.chain import AnswerChain
from qa.model.open import NONE, Model
from qa.settings import Settings

NAME = "dossiers"
COMPARABLE = (
    "With nothing in the literature: documents, questions and answers were written for this project, by writers who "
    "did not know its rules. An answer is right when it holds the numbers, times and names of the written answer and "
    "enough of its other words; what it says beside that is not judged. The tutorial's chain on the same dossiers, "
    "models and machine is the system `baseline`."
)


@dataclass(frozen=True, slots=True)
class DossierSuite:
    """One case a question."""

    dossiers: tuple[Dossier, ...]
    opening: Opening = field(default_factory=real_opening)
    name: str = NAME
    systems: tuple[str, ...] = ANSWERING
    comparable: str = COMPARABLE

    @property
    def items(self) -> tuple[Item, ...]:
        """The questions, dossier by dossier."""
        cases = (case for dossier in self.dossiers for case in dossier.cases)
        return tuple(Item(case.id, case.kind, case.question, case.half) for case in cases)

    @property
    def sha256(self) -> str:
        """Of documents and questions."""
        return digest_of(*map(repr, self.dossiers))

    @contextmanager
    def open(
        self, systems: Sequence[str], settings: Settings, items: Sequence[Item], on_progress: OnProgress | None = None
    ) -> Iterator[Mapping[str, Ask]]:
        """Fills the library of each dossier that is asked, and loads each system's model once for all of them."""
        asked = {item.id for item in items}
        embedder = self.opening.open_embedder(settings)
        filled = [
            _fill(dossier, settings, embedder, on_progress)
            for dossier in self.dossiers
            if any(case.id in asked for case in dossier.cases)
        ]
        with ExitStack() as stack:
            models = {}
            for name in systems:
                its_own = settings.model_copy(update={"model": model_of(name, settings) or NONE})
                models[name] = stack.enter_context(closing(self.opening.open_model(its_own)))
            desk = stack.enter_context(closing(_Desk(filled, embedder, models)))
            # A system that cannot start fails here, not at each question.
            desk.turn_to(filled[0])
            yield {name: desk.asking(name) for name in systems}


@dataclass(frozen=True, slots=True)
class _Filled:
    """A dossier whose library holds its documents."""

    dossier: Dossier
    settings: Settings
    sources: Mapping[str, Source]


def _fill(dossier: Dossier, settings: Settings, embedder: Embedder, on_progress: OnProgress | None) -> _Filled:
    settings, files = dossier.settle(settings)
    with open_library(settings.library, embedder, **settings.of_library) as library:
        sources = add_files(library, files, on_progress)
    check_quotes(dossier.cases, sources)
    return _Filled(dossier, settings, sources)


class _Desk:
    """Has one dossier open at a time: that of the question at hand."""

    def __init__(self, filled: Sequence[_Filled], embedder: Embedder, models: Mapping[str, Model]) -> None:
        self.by_case = {case.id: one for one in filled for case in one.dossier.cases}
        self.embedder, self.models = embedder, models
        self.open: _Filled | None = None
        self.stack = ExitStack()
        self.answering: dict[str, Answering] = {}

    def asking(self, name: str) -> Ask:
        """The system `name`, put to the dossier of each case."""

        def ask(item: Item) -> Result:
            self.turn_to(self.by_case[item.id])
            return self.answering[name](item)

        return ask

    def close(self) -> None:
        """Close the dossier that is open."""
        self.open = None
        self.stack.close()

    def turn_to(self, filled: _Filled) -> None:
        """Have this dossier open, and each system warm over it."""
        if self.open is filled:
            return
        self.close()
        settings = filled.settings
        library = self.stack.enter_context(open_library(settings.library, self.embedder, **settings.of_library))
        cases = {case.id: case for case in filled.dossier.cases}
        for name, model in self.models.items():
            chain: Chain
            if name == "baseline":
                folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory(prefix="dateline-baseline-")))
                sources = list(filled.sources.values())
                chain = self.stack.enter_context(open_baseline(sources, self.embedder, model, folder))
            else:
                chain = AnswerChain(library, model, settings)
            # Before any clock runs.
            chain.warm()
            self.answering[name] = Answering(name, chain, cases, filled.sources)
        self.open = filled
