"""One question on its way: understood, looked up, decided part by part, set beside other reports, answered."""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from itertools import chain

from index.pipeline import Library
from index.records import Matching
from qa import tuning
from qa.answer.answerer import Answerer, Context
from qa.answer.by_catalogue import by_catalogue, not_asked, tell_of
from qa.answer.by_comparison import by_comparison
from qa.answer.by_language import by_language, other_language
from qa.answer.by_model import by_model
from qa.answer.by_reader import by_reader
from qa.answer.decision import Decision
from qa.answer.extractive import by_extract
from qa.answer.missing import missing_in_words
from qa.answer.premise import by_premise
from qa.answer.rewriting import is_complete, rewritten
from qa.compare.reports import compare_reports
from qa.find.answerability import likelihood_of
from qa.find.expand import WordSimilarity
from qa.find.numbering import Numbering
from qa.find.search import Found, find
from qa.model.open import Model
from qa.model.reply import Listener, Tokens
from qa.model.writer import Writer
from qa.question.filters import filter_in_words
from qa.question.understand import Understood, understand
from qa.records import (
    Answer,
    Citation,
    Claim,
    Declined,
    Disagreement,
    Event,
    Evidence,
    EvidenceFound,
    Judgement,
    Question,
    Searched,
    chosen_for,
)
from qa.settings import Settings

ANSWERERS: tuple[Answerer, ...] = (
    by_catalogue,
    by_language,
    by_premise,
    by_comparison,
    by_reader,
    by_model,
    by_extract,
)
"""The ways to an answer, in turn: the first that takes a question decides on it."""
SHOWN_NEAREST = 3


@dataclass(frozen=True, slots=True)
class _Looked:
    """A question as it was understood, and what was found for each of its parts."""

    understood: Understood
    of_parts: list[Found]
    told: EvidenceFound
    problems: list[str]

    @property
    def evidence(self) -> list[Evidence]:
        """Of all parts."""
        return [sentence for found in self.of_parts for sentence in found.evidence]


class Run:
    """Holds what one question has come to so far; `events` is the way."""

    def __init__(
        self,
        library: Library,
        model: Model,
        settings: Settings,
        similarity: WordSimilarity,
        question: Question,
        listener: Listener,
    ) -> None:
        overrides = chosen_for(question)
        self.library, self.similarity, self.question = library, similarity, question
        self.settings = settings.model_copy(update=overrides)
        self.writer = Writer(model, listener)
        self.began = time.perf_counter()
        self.claims: list[Claim] = []
        self.problems: list[str] = []
        self.disagreements: list[Disagreement] = []
        self.declined: list[Declined] = []
        self.missing: list[str] = []
        self.judgement: Judgement | None = None
        self.likelihood = 0.0

    def events(self) -> Generator[Event]:
        """Evidence first, and again once the model has made the question stand alone; its text; the checked answer."""
        everything = self.library.require_documents()
        matching = self.library.matching(self.question.scope)
        self.problems += matching.problems
        looked = self._look_up(self.question, matching)
        yield looked.told
        if better := self._rewritten(looked):
            looked = self._look_up(better, matching)
            yield looked.told
        self.problems += looked.problems
        self.likelihood = looked.told.likelihood or 0.0
        nearest, seconds = looked.told.citations, {"evidence": looked.told.seconds}
        understood, of_parts = looked.understood, looked.of_parts
        numbering = Numbering(nearest)
        for asked, found in zip(understood.parts, of_parts, strict=True):
            context = Context(
                asked,
                found.evidence,
                found.others,
                self.library,
                matching.doc_ids,
                self.similarity,
                self.settings,
                self.writer,
                numbering,
                self.likelihood,
                tuple(self.claims),
            )
            decision = yield from _decide(context)
            self._take(decision, context, alone=len(understood.parts) == 1)
        if self.writer.first_word:
            seconds["first_word"] = self._seconds(self.writer.first_word)
        seconds["answer"] = self._seconds(time.perf_counter())
        yield self._answer(nearest, self._searched(understood.query, matching, everything), seconds)

    def _rewritten(self, looked: _Looked) -> Question | None:
        """The question as the model makes it stand alone; None where it does so, and without a model."""
        if not self.writer.model.chat or is_complete(self.question, looked.evidence):
            return None
        return rewritten(self.writer, self.question, self.problems.append)

    def _look_up(self, question: Question, matching: Matching) -> _Looked:
        understood, problems = understand(question, date.today()), list[str]()
        of_parts = find(
            self.library, self.similarity, self.settings, understood.parts, matching.doc_ids, problems.append
        )
        every = [found.evidence for found in of_parts]
        best_first = sorted(chain.from_iterable(every), key=lambda sentence: -sentence.share)
        citations = tuple(sentence.citation for sentence in best_first)
        likelihood = max(map(likelihood_of, every))
        told = EvidenceFound(citations, self._seconds(time.perf_counter()), likelihood)
        return _Looked(understood, of_parts, told, problems)

    def _take(self, decision: Decision, context: Context, *, alone: bool) -> None:
        """Keep what was decided on one part, with what other reports say on it."""
        self.likelihood = self.likelihood if decision.likelihood is None else decision.likelihood
        self.judgement = decision.judgement or self.judgement
        self.problems += decision.problems
        self.claims += decision.claims
        differing = decision.differing
        if not decision.compared:
            differing = compare_reports(
                context.asked,
                context.evidence,
                context.others,
                decision.claims,
                self.library,
                context.doc_ids,
                context.numbering,
            )
        self.disagreements += [differing] if differing else []
        if decision.declined:
            self.declined.append(decision.declined)
            self.missing += filter(None, [_lacking(decision.declined, context)])
            self.problems += [] if alone else [f"The documents do not say: {context.asked.text!r}"]

    def _answer(self, nearest: Sequence[Citation], searched: Searched, seconds: dict[str, float]) -> Answer:
        tokens = self.writer.tokens
        return Answer(
            question=self.question.text,
            status="answered" if any(claim.verdict == "supported" for claim in self.claims) else "not_found",
            claims=tuple(self.claims),
            nearest=tuple(nearest[:SHOWN_NEAREST]),
            searched=searched,
            problems=tuple(dict.fromkeys(self.problems)),
            model=self.writer.model.name,
            likelihood=round(self.likelihood, 3),
            disagreements=tuple(dict.fromkeys(self.disagreements)),
            declined=tuple(self.declined),
            missing=tuple(self.missing),
            judgement=self.judgement,
            seconds=seconds,
            tokens=asdict(tokens) if tokens != Tokens() else {},
        )

    def _searched(self, query: str, matching: Matching, everything: int) -> Searched:
        passages = self.library.count_passages(matching.doc_ids)
        if matching.doc_ids is None:
            return Searched(everything, passages, query)
        words = filter_in_words(self.question.scope, matching.titles)
        return Searched(matching.documents, passages, query, words, everything)

    def _seconds(self, moment: float) -> float:
        return round(moment - self.began, 4)


def _lacking(declined: Declined, context: Context) -> str | None:
    """What the documents lack of the part, or what it lacks itself, in words for the user."""
    if declined == "no_question":
        return not_asked(context.asked)
    if declined == "language":
        return other_language(context.asked.text, context.evidence)
    return missing_in_words(context.asked, context.evidence)


def _decide(context: Context) -> Generator[Event, None, Decision]:
    for answerer in ANSWERERS:
        decision = yield from answerer(context)
        if decision is not None:
            break
    else:
        decision = Decision(declined="off")
    # What no sentence answers may have been asked of the collection.
    if decision.declined in {None, "no_question", "language"} or decision.claims:
        return decision
    otherwise = tell_of(context, tuning.CONTENT_WHERE_DECLINED)
    if otherwise is None:
        return decision
    return replace(otherwise, problems=(*decision.problems, *otherwise.problems))
