"""SQuAD 2.0: questions about Wikipedia paragraphs, half of them unanswerable by design.

Source: Rajpurkar et al., "Know What You Don't Know: Unanswerable Questions for SQuAD" (2018).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from evals.suites.cases import Case, Quote, Words
from evals.suites.library import SuiteDocument
from evals.suites.rows import (
    AnswerData,
    DocumentShelf,
    Row,
    Text,
    cases_once,
    file_name,
    find_set,
    read_rows,
    wrong_field,
)
from index.chunk import split_paragraphs, split_sentences

NAME = "squad2"
PARAGRAPHS, QUESTIONS = "paragraphs.jsonl", "questions.jsonl"


class _Paragraph(Row):
    para_id: Words
    title: Words
    text: Text


class _Answer(Row):
    text: Text
    answer_start: int


class _Question(Row):
    id: Words
    para_id: Words
    question: Words
    answers: list[_Answer]
    is_impossible: bool


def read_squad2(folder: Path) -> AnswerData:
    """The set in `folder`, or in its folder `squad2`: every paragraph a document.

    Raises:
        UserFacingError: If a file is missing or does not fit, naming line and field.
    """
    place = find_set(folder, NAME, PARAGRAPHS)
    shelf = DocumentShelf()
    paragraphs: dict[str, SuiteDocument] = {}
    for where, row in read_rows(place / PARAGRAPHS, _Paragraph):
        if row.para_id in paragraphs:
            raise wrong_field(where, "para_id", f"{row.para_id!r} is there twice")
        # The set writes titles as in an address, `Steam_engine`.
        title = row.title.replace("_", " ")
        paragraphs[row.para_id] = shelf.keep(SuiteDocument(file_name(row.para_id), title, row.text))
    cases = cases_once(_cases(place / QUESTIONS, paragraphs))
    return AnswerData(NAME, cases, shelf.documents, _comparable(len(shelf)))


def _cases(path: Path, paragraphs: dict[str, SuiteDocument]) -> Iterator[tuple[str, Case]]:
    for where, row in read_rows(path, _Question):
        paragraph = paragraphs.get(row.para_id)
        if paragraph is None:
            raise wrong_field(where, "para_id", f"{row.para_id!r} is not in {PARAGRAPHS}")
        if row.is_impossible == bool(row.answers):
            raise wrong_field(where, "answers", f"{len(row.answers)} of them, but is_impossible is {row.is_impossible}")
        answers = _distinct(row.answers)
        yield (
            where,
            Case(
                id=row.id,
                half=None,
                kind="unanswerable" if row.is_impossible else "answerable",
                question=row.question,
                answerable=not row.is_impossible,
                facts=(answers,) if answers else (),
                forbidden=(),
                quotes=_quotes(where, paragraph, row.answers[0]) if row.answers else (),
                answers=answers,
                provenance=f"SQuAD 2.0 dev, {paragraph.title}",
            ),
        )


def _distinct(given: list[_Answer]) -> tuple[str, ...]:
    texts = dict.fromkeys(answer.text.strip() for answer in given)
    # An annotator's slip, as ".": every sentence would hold it, and as words it is the empty answer.
    worded = tuple(text for text in texts if any(letter.isalnum() for letter in text))
    return worded or tuple(texts)


def _quotes(where: str, paragraph: SuiteDocument, answer: _Answer) -> tuple[Quote, ...]:
    """The sentences, as a passage would be cut into, that hold a character of the answer."""
    text, start, end = paragraph.text, answer.answer_start, answer.answer_start + len(answer.text)
    if start < 0 or text[start:end] != answer.text:
        raise wrong_field(where, "answers.0.answer_start", f"{answer.text!r} does not stand at {start}")
    sentences = (span for part in split_paragraphs(text) for span in split_sentences(text, *part))
    return tuple(Quote(paragraph.name, text[at:to]) for at, to in sentences if at < end and start < to)


def _comparable(documents: int) -> str:
    return (
        "SQuAD's exact match and F1 are of a span taken out of the one paragraph that is given; here the paragraph "
        f"must first be found among {documents:,} and the answer is whole sentences, so neither can be compared with "
        "its leaderboard; exact match is little more than the share rightly declined. "
        "Abstention compares only loosely: a question is unanswerable by its own paragraph, and now and then another "
        "paragraph answers it. "
        "That a sentence answer holds a reference answer, the measure `right`, is this project's own."
    )
