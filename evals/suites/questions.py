"""A suite of questions: each system answers every case from the same documents, and the answers are scored."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from evals.digest import digest_of
from evals.measures.score import Score, Source, measures_of, ranks_of, score_case
from evals.opening import Opening, real_opening
from evals.records import Ask, Item, Result
from evals.suites.cases import Case
from evals.suites.library import Documents
from evals.systems import ANSWERING, RANKING, Chain, open_chain, open_ranking
from index.errors import UserFacingError
from index.pipeline import OnProgress
from qa.records import Answer, Citation, EvidenceFound, Question, marked
from qa.settings import Settings


@dataclass(frozen=True, slots=True)
class AnswerSuite:
    """Cases over documents, as an `evals.records.Suite`."""

    name: str
    cases: tuple[Case, ...]
    documents: Documents
    comparable: str = ""
    relevant: Literal["document", "sentence"] = "sentence"
    """What a search is to find: a document that the case quotes, or a passage that overlaps a quote of it."""
    opening: Opening = field(default_factory=real_opening)

    systems = (*ANSWERING, *RANKING)

    @property
    def items(self) -> tuple[Item, ...]:
        """The cases as the runner sees them."""
        return tuple(Item(case.id, case.kind, case.question, case.half) for case in self.cases)

    @property
    def sha256(self) -> str:
        """Of cases and documents."""
        return digest_of(repr(self.cases), self.documents.sha256)

    @contextmanager
    def open(
        self, systems: Sequence[str], settings: Settings, items: Sequence[Item], on_progress: OnProgress | None = None
    ) -> Iterator[Mapping[str, Ask]]:
        """Fills the suite's library, checks that the cases' quotes are in it, and opens and warms each system."""
        cases = {case.id: case for case in self.cases}
        settings, sources = self.documents.fill(settings, self.opening, on_progress)
        check_quotes([cases[item.id] for item in items], sources)
        with ExitStack() as stack:
            asks: dict[str, Ask] = {}
            for name in systems:
                if name in RANKING:
                    rank = stack.enter_context(open_ranking(name, settings, self.opening))
                    asks[name] = _Ranking(name, rank, cases, sources, self.relevant)
                else:
                    chain = stack.enter_context(open_chain(name, settings, self.opening, sources))
                    # Before any clock runs: a user pays this once at the start, not at each question.
                    chain.warm()
                    asks[name] = Answering(name, chain, cases, sources)
            yield asks


def check_quotes(cases: Sequence[Case], sources: Mapping[str, Source]) -> None:
    """Raise a UserFacingError when a case quotes what its document does not say."""
    texts = {Path(source.document.uri).name: source.document.text for source in sources.values()}
    for case in cases:
        for quote in case.quotes:
            if quote.quote not in texts.get(quote.document, ""):
                why = "does not hold these words" if quote.document in texts else "is not among the documents"
                raise UserFacingError(
                    f"The case {case.id!r} quotes {quote.document!r}, which {why}: {quote.quote!r}. "
                    "Correct the case, or give its documents with --documents."
                )


@dataclass(frozen=True, slots=True)
class Answering:
    """Puts a case to a chain, and scores the answer."""

    name: str
    chain: Chain
    cases: Mapping[str, Case]
    sources: Mapping[str, Source]

    def __call__(self, item: Item) -> Result:
        case = self.cases[item.id]
        evidence, answer, seconds = _timed(self.chain, Question(case.question, as_of=case.as_of))
        score = score_case(case, answer, evidence, self.sources)
        return Result(
            system=self.name,
            item=item,
            measures=measures_of(case, score),
            reasons=score.reasons,
            shown=_shown(case, answer, evidence, score),
            seconds=seconds,
            tokens=dict(answer.tokens),
        )


@dataclass(frozen=True, slots=True)
class _Ranking:
    """Has a search rank passages and measures where the relevant ones stand."""

    name: str
    rank: Any
    cases: Mapping[str, Case]
    sources: Mapping[str, Source]
    relevant: Literal["document", "sentence"]

    def __call__(self, item: Item) -> Result:
        case, began = self.cases[item.id], time.perf_counter()
        citations = self.rank(case.question)
        seconds = {"evidence": time.perf_counter() - began}
        measures = ranks_of(case, citations, self.sources, self.relevant)
        found = [{"file": Path(one.uri).name, "start": one.start, "end": one.end} for one in citations]
        return Result(self.name, item, measures, shown={"found": found}, seconds=seconds)


def _timed(chain: Chain, question: Question) -> tuple[tuple[Citation, ...], Answer, dict[str, float]]:
    """The evidence, the answer, and the seconds to each by our own clock, the same for every system."""
    began, seconds = time.perf_counter(), {}
    evidence: tuple[Citation, ...] = ()
    answer: Answer | None = None
    for event in chain.stream(question):
        elapsed = time.perf_counter() - began
        if isinstance(event, EvidenceFound):
            evidence, seconds["evidence"] = event.citations, elapsed
        elif isinstance(event, Answer):
            answer, seconds["answer"] = event, elapsed
        else:
            seconds.setdefault("first_word", elapsed)
    if answer is None:
        raise RuntimeError("the chain ended without an answer")
    return evidence, answer, seconds


def _shown(case: Case, answer: Answer, evidence: Sequence[Citation], score: Score) -> dict[str, Any]:
    return {
        "outcome": score.outcome,
        "expected": {
            "facts": [list(fact) for fact in case.facts],
            "forbidden": list(case.forbidden),
            "answers": list(case.answers),
            "quotes": [{"document": quote.document, "quote": quote.quote} for quote in case.quotes],
        },
        "answer": {
            "status": answer.status,
            "text": answer.text,
            "claims": [
                {
                    "text": marked(claim),
                    "verdict": claim.verdict,
                    "reasons": list(claim.reasons),
                    "failed": [[part.kind, part.words] for part in claim.parts if part.verdict != "supported"],
                    "citations": [_cited(citation) for citation in claim.citations],
                }
                for claim in answer.claims
            ],
            "problems": list(answer.problems),
        },
        "evidence": [_cited(citation) for citation in evidence],
    }


def _cited(citation: Citation) -> dict[str, Any]:
    return {
        "file": Path(citation.uri).name,
        "title": citation.title,
        "outlet": citation.outlet,
        "published": citation.published.isoformat() if citation.published else None,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
    }
