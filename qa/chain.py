"""A question on its way to a checked answer: the whole product on one page."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from datetime import date
from itertools import chain
from typing import Any

from langchain_core.messages import BaseMessage
from langchain_core.runnables import Runnable, RunnableConfig

from index.pipeline import Library
from index.records import Matching
from qa.answer.attempts import MAX_READINGS, first_reading, next_reading, without_repeats
from qa.answer.by_comparison import compared, read_judgement
from qa.answer.by_office import Numbers, change_of, named_with_office, office_claims, offices_of, person_asked
from qa.answer.extractive import best_beside, extract_claims
from qa.answer.fallback import Settled, settle_alone, settle_beside, withheld
from qa.answer.missing import missing_in_words
from qa.answer.premise import unheard_of
from qa.answer.quoting import verbatim
from qa.answer.tie import read_draft, tie
from qa.compare.disagreement import find_disagreement
from qa.english.words import words_of
from qa.find.answerability import is_hopeless, likelihood_of
from qa.find.choose import cite
from qa.find.expand import WordSimilarity
from qa.find.retrieve import retrieve
from qa.find.search import find_evidence
from qa.model.open import Model, stream_chat
from qa.model.patience import OnSlow
from qa.model.prompt import NOT_FOUND, YES_OR_NO, build_front, build_grammar, build_prompt, declining
from qa.model.streaming import OnWait
from qa.question.decompose import split_parts
from qa.question.filters import filter_in_words
from qa.question.read import Asked, check_question, outlets_named, read_question
from qa.question.rewrite import stand_alone
from qa.records import (
    Answer,
    Claim,
    Disagreement,
    Event,
    Evidence,
    EvidenceFound,
    Judgement,
    Piece,
    Question,
    Searched,
    marked,
    written,
)
from qa.settings import Settings

SHOWN_NEAREST = 3


class AnswerChain(Runnable[Question | str, Event]):
    """Answers questions from a library: a LangChain `Runnable`.

    `invoke` gives the `Answer`; `stream` gives an `EvidenceFound`, then a `Piece`
    for each piece of text the model writes, then the `Answer`; `batch` answers one
    after the other, since two cores do not read faster for being asked twice.
    """

    def __init__(self, library: Library, model: Model, settings: Settings) -> None:
        self.library, self.model, self.settings = library, model, settings
        self.similarity = WordSimilarity(library.embedder)

    def warm(self, on_slow: OnSlow | None = None) -> None:
        """Have what every question needs loaded and read before the first one; `on_slow` as in `stream`."""
        retrieve(self.library, "warm", self.library.embedder.encode(["warm"])[0], 1)
        self.model.warm(build_front(), on_slow)

    def invoke(self, input: Question | str, config: RunnableConfig | None = None, **kwargs: Any) -> Answer:
        """The checked answer to `input`.

        Raises:
            QuestionError: If the question is empty or too long.
            LibraryError: If the library holds no documents or cannot be read.
            ModelError: If the model cannot be reached or stops in the middle.
        """
        *_, answer = self.stream(input, config, **kwargs)
        assert isinstance(answer, Answer)  # the last event always is
        return answer

    def stream(
        self,
        input: Question | str,
        config: RunnableConfig | None = None,
        *,
        on_wait: OnWait | None = None,
        on_slow: OnSlow | None = None,
        **kwargs: Any,
    ) -> Iterator[Event]:
        """The events of one answer as they happen; closing the iterator stops the model. Raises as `invoke` does.

        Args:
            on_wait: Called while the model is silent, with how many other replies it makes first; an error that it
                raises ends the answer and stops the model.
            on_slow: Told, in words for the user, when the model is slow, and why.
        """
        yield from _Run(self, Question(input) if isinstance(input, str) else input, on_wait, on_slow).events()

    def batch(
        self,
        inputs: list[Question | str],
        config: RunnableConfig | list[RunnableConfig] | None = None,
        *,
        return_exceptions: bool = False,
        **kwargs: Any,
    ) -> list[Event]:
        """The answers in the order of the questions; with `return_exceptions`, the error where one failed."""
        answers: list[Any] = []
        for each in inputs:
            try:
                answers.append(self.invoke(each))
            except Exception as error:
                if not return_exceptions:
                    raise
                answers.append(error)
        return answers


class _Run:
    """One question on its way; holds what has been found and spent so far."""

    def __init__(
        self, chain: AnswerChain, question: Question, on_wait: OnWait | None = None, on_slow: OnSlow | None = None
    ) -> None:
        self.chain, self.question, self.on_wait, self.on_slow = chain, question, on_wait, on_slow
        chosen = {"unsupported": question.unsupported, "min_likelihood": question.min_likelihood}
        given = {name: value for name, value in chosen.items() if value is not None}
        self.settings = chain.settings.model_copy(update=given)
        self.began = time.perf_counter()
        self.seconds: dict[str, float] = {}
        self.tokens: dict[str, int] = {}
        self.problems: list[str] = []
        self.disagreements: list[Disagreement] = []
        self.judgement: Judgement | None = None
        self.numbers: Numbers = {}
        self.missing: list[str] = []
        self.likelihood = 0.0
        self.attempt = 0
        """Times that the model was asked, over all parts of the question."""
        self.readings = 0
        """Of these, those of the part at hand."""

    def events(self) -> Iterator[Event]:
        """Evidence first, then the model's text as it comes, then the checked answer."""
        query = stand_alone(Question(check_question(self.question.text), self.question.history))
        library = self.chain.library
        everything = library.require_documents()
        matching = library.matching(self.question.scope)
        self.problems += matching.problems
        parts = [read_question(part, self.question.as_of or date.today()) for part in split_parts(query)]
        evidence = find_evidence(
            library, self.chain.similarity, self.settings, parts, matching.doc_ids, self.problems.append
        )
        nearest = tuple(cite(found) for found in sorted(chain.from_iterable(evidence), key=lambda found: -found.share))
        self.numbers = {(one.doc_id, one.start, one.end): one.number for one in nearest}
        self._clock("evidence")
        self.likelihood = max(map(likelihood_of, evidence))
        yield EvidenceFound(nearest, self.seconds["evidence"], self.likelihood)
        claims: list[Claim] = []
        for asked, found in zip(parts, evidence, strict=True):
            self.readings = 0
            answered = self._office(asked, matching.doc_ids)
            if not answered:
                against = list(self._against(asked, found))
                self.problems += against
                answered = [] if against else (yield from self._answer(asked, found, claims))
                self._compare_reports(asked, found, answered, matching.doc_ids)
            claims += answered
            if any(claim.verdict == "supported" for claim in answered):
                continue
            self.missing += filter(None, [missing_in_words(asked, found)])
            if len(parts) > 1:
                self.problems.append(f"The documents do not say: {asked.text!r}")
        self._clock("answer")
        yield Answer(
            question=self.question.text,
            status="answered" if any(claim.verdict == "supported" for claim in claims) else "not_found",
            claims=tuple(claims),
            nearest=nearest[:SHOWN_NEAREST],
            searched=self._searched(query, matching, everything),
            problems=tuple(dict.fromkeys(self.problems)),
            model=self.chain.model.name,
            likelihood=round(self.likelihood, 3),
            disagreements=tuple(dict.fromkeys(self.disagreements)),
            missing=tuple(self.missing),
            judgement=self.judgement,
            seconds=self.seconds,
            tokens=self.tokens,
        )

    def _office(self, asked: Asked, doc_ids: Sequence[str] | None) -> list[Claim]:
        """What reports call the person whose office is asked for; no model is asked. Empty for other questions."""
        person = person_asked(asked)
        if person is None:
            return []
        held = offices_of(self.chain.library, person, doc_ids)
        claims = office_claims(asked, person, held, self.numbers)
        self.disagreements += filter(None, [change_of(held, self.numbers)] if claims else [])
        return claims

    def _compare_reports(
        self, asked: Asked, found: Sequence[Evidence], answered: Sequence[Claim], doc_ids: Sequence[str] | None
    ) -> None:
        """What other reports say on what was answered: another number, time or name, or a later office."""
        numbers = {citation.number for claim in written(answered) for citation in claim.citations}
        if not numbers:
            return
        differing = find_disagreement(asked, found)
        if differing is None:
            person = named_with_office(asked, [one for one in found if one.number in numbers])
            held = offices_of(self.chain.library, person, doc_ids) if person else []
            differing = change_of(held, self.numbers)
        self.disagreements += filter(None, [differing])

    def _against(self, asked: Asked, evidence: Sequence[Evidence]) -> Iterator[str]:
        """Reasons to say at once that the documents do not say."""
        if is_hopeless(evidence, self.settings.min_likelihood, decides=self.chain.model.takes_grammar):
            yield f"Nothing found comes near the question {asked.text!r}."
        names = [word for name in asked.names for word in words_of(name)]
        frequency = self.chain.library.document_frequency(names)
        missing = [name for name in names if not frequency.get(name)]
        words = chain.from_iterable(words_of(found.passage.text) for found in evidence)
        yield from unheard_of(asked, evidence, frequency, self.chain.similarity.near(missing, words))

    def _searched(self, query: str, matching: Matching, everything: int) -> Searched:
        passages = self.chain.library.count_passages(matching.doc_ids)
        if matching.doc_ids is None:
            return Searched(everything, passages, query)
        words = filter_in_words(self.question.scope, matching.titles)
        return Searched(matching.documents, passages, query, words, everything)

    def _answer(
        self, asked: Asked, evidence: Sequence[Evidence], before: Sequence[Claim]
    ) -> Generator[Event, None, list[Claim]]:
        """Read the evidence in steps until a sentence bears checking; what does not is told in `problems`.

        Args:
            before: What the parts of the question before this one were answered; streamed again in front.
        """
        sides = compared(asked, evidence, outlets_named(asked.text, self.chain.library.outlets()))
        if sides:
            return (yield from self._compare(asked, sides))
        if self.chain.model.chat is None:
            return extract_claims(asked, evidence)
        policy = self.settings.unsupported
        failed: list[Claim] = []
        shown = first_reading(asked, evidence)
        while shown and self._may_read():
            if before:
                yield Piece("".join(f"{marked(claim)} " for claim in before), self.attempt)
            text = yield from self._write_decided(asked, shown, evidence)
            claims = without_repeats(self._check(asked, text, shown, evidence))
            if borne := [claim for claim in claims if claim.verdict == "supported"]:
                kept = self._settled(settle_beside(policy, claims), failed)
                return [*kept, *best_beside(asked, borne, evidence)]
            failed += claims
            shown = next_reading(evidence, claims)
        failed = without_repeats(failed)
        return self._settled(settle_alone(policy, asked, evidence, failed, likelihood=self.likelihood), failed)

    def _settled(self, settled: Settled, failed: Sequence[Claim]) -> list[Claim]:
        """What is answered; what failed is told where it is not shown among it."""
        self.problems += [withheld(claim) for claim in failed if claim not in settled.claims]
        self.problems += settled.problems
        return list(settled.claims)

    def _compare(self, asked: Asked, sides: Sequence[Evidence]) -> Generator[Event, None, list[Claim]]:
        """What each side says, word for word; what the model makes of it goes into `judgement`."""
        if self.chain.model.chat is not None:
            self.attempt += 1
            pieces = self._write(build_prompt(asked, sides, judge=True), YES_OR_NO)
            self.judgement = read_judgement((yield from self._whole(pieces)))
        return [verbatim(found) for found in sides]

    def _may_read(self) -> bool:
        self.attempt += 1
        self.readings += 1
        return self.readings <= MAX_READINGS

    def _write_decided(
        self, asked: Asked, shown: Sequence[Evidence], evidence: Sequence[Evidence]
    ) -> Generator[Event, None, str]:
        """What the model writes, once its first token has helped to decide whether to answer.

        Unlikely enough, the model is stopped there; likely enough, it may not decline.
        """
        prompt, numbers = build_prompt(asked, shown), [found.number for found in shown]
        first: dict[str, float] = {}
        text = ""
        with closing(self._write(prompt, build_grammar(numbers), first)) as pieces:
            for piece in pieces:
                if not text and (probability := declining(first)) is not None:
                    self.likelihood = likelihood_of(evidence, probability)
                    if self.likelihood < self.settings.min_likelihood:
                        self.problems.append(f"The passages found are too unlikely to answer {asked.text!r}.")
                        return NOT_FOUND
                    if NOT_FOUND.startswith(piece.text.strip()):
                        break
                text += piece.text
                yield piece
            else:
                return text
        return (yield from self._whole(self._write(prompt, build_grammar(numbers, may_decline=False))))

    def _whole(self, pieces: Iterable[Piece]) -> Generator[Event, None, str]:
        text = ""
        for piece in pieces:
            text += piece.text
            yield piece
        return text

    def _write(
        self, prompt: Sequence[BaseMessage], grammar: str, first: dict[str, float] | None = None
    ) -> Generator[Piece]:
        reply = stream_chat(
            self.chain.model,
            prompt,
            grammar,
            self.tokens,
            self.on_wait,
            first,
            on_problem=self.problems.append,
            on_slow=self.on_slow,
        )
        for piece in reply:
            self._clock("first_word")
            yield Piece(piece, self.attempt)

    def _check(self, asked: Asked, text: str, shown: Sequence[Evidence], evidence: Sequence[Evidence]) -> list[Claim]:
        drafted, problems = read_draft(text, shown)
        self.problems += problems
        claims: list[Claim] = []
        for sentence in drafted:
            claim, repair = tie(asked, sentence, shown, evidence)
            claims.append(claim)
            self.problems += [repair] if repair else []
        return claims

    def _clock(self, step: str) -> None:
        self.seconds.setdefault(step, round(time.perf_counter() - self.began, 4))
