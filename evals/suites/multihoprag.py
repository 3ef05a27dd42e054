"""MultiHop-RAG: questions about news that take several articles to answer.

Source: Tang & Yang, "MultiHop-RAG: Benchmarking Retrieval-Augmented Generation for Multi-Hop Queries" (2024),
https://github.com/yixuantt/MultiHop-RAG.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator

from evals.suites.cases import Case, Quote, Words
from evals.suites.library import SuiteDocument
from evals.suites.rows import AnswerData, DocumentShelf, Row, Text, cases_once, find_set, read_rows

NAME = "multihoprag"
FACTS, QUESTIONS = "evidence_facts.jsonl", "questions.jsonl"
UNANSWERABLE = "null_query"


def _day(value: object) -> date:
    try:
        return datetime.fromisoformat(value).date()  # type: ignore[arg-type]
    except (TypeError, ValueError) as error:
        raise ValueError("should be a time in ISO 8601") from error


class _Fact(Row):
    fact: Text
    title: Words
    source: Words
    author: str | None
    published_at: Annotated[date, BeforeValidator(_day)]


class _Question(Row):
    id: Words
    question: Words
    question_type: Words
    answer: Words
    evidence_list: list[_Fact]


def read_multihoprag(folder: Path) -> AnswerData:
    """The set in `folder`, or in its folder `multihoprag`: every distinct evidence sentence a document.

    Raises:
        UserFacingError: If a file is missing or does not fit, naming line and field.
    """
    place = find_set(folder, NAME, FACTS)
    shelf = DocumentShelf()
    for _, row in read_rows(place / FACTS, _Fact):
        _document(row, shelf)
    cases = cases_once(_cases(place / QUESTIONS, shelf))
    return AnswerData(NAME, cases, shelf.documents, _comparable(len(shelf)))


def _document(row: _Fact, shelf: DocumentShelf) -> SuiteDocument:
    return shelf.keep(
        SuiteDocument(
            name=f"fact-{len(shelf) + 1:04}.txt",
            title=row.title,
            text=row.fact,
            outlet=row.source,
            author=(row.author or "").strip() or None,
            published=row.published_at,
        )
    )


def _cases(path: Path, shelf: DocumentShelf) -> Iterator[tuple[str, Case]]:
    for where, row in read_rows(path, _Question):
        answerable = row.question_type != UNANSWERABLE
        answers = (_plain(row.answer),) if answerable else ()
        evidence = dict.fromkeys(_document(fact, shelf) for fact in row.evidence_list)
        yield (
            where,
            Case(
                id=row.id,
                half=None,
                kind=row.question_type,
                question=row.question,
                answerable=answerable,
                facts=(answers,) if answers else (),
                forbidden=(),
                quotes=tuple(Quote(document.name, document.text) for document in evidence),
                answers=answers,
                provenance="MultiHop-RAG",
            ),
        )


def _plain(answer: str) -> str:
    """The answer as it may stand within a sentence: the set has `no` beside `No`, and `Sportsbooks.`."""
    bare = answer.rstrip(".") or answer
    return bare.capitalize() if bare.lower() in ("yes", "no") else bare


def _comparable(documents: int) -> str:
    return (
        "The paper searches chunks of whole articles; here there are no articles, only "
        f"{documents:,} evidence sentences with title, outlet and date, a much easier haystack. "
        "Hits@k and MRR@10 are counted as its script does, by the first evidence found and without the null queries, "
        "so ours should stand well above the paper's and prove little by it. "
        "Its answer accuracy, for GPT-4 and others on retrieved chunks and on the gold evidence, is of one-word "
        "answers, and its script counts any word shared with the expected one; here a sentence must hold the "
        "expected answer whole, a plain Yes or No too, so `right` cannot be compared with it."
    )
