"""CLAPnq: questions that take several sentences to answer, each with the passage that answers it or does not.

Source: Rosenthal et al., "CLAPnq: Cohesive Long-form Answers from Passages in Natural Questions for RAG systems"
(2024), https://github.com/primeqa/clapnq.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import Field

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
from index.records import Span

NAME = "clapnq"
FILES = {"answerable": "answerable.jsonl", "unanswerable": "unanswerable.jsonl"}
"""By the kind of the questions in them."""


class _Passage(Row):
    title: Words
    text: Text


class _Output(Row):
    answer: str
    """Empty where an annotator skipped the question."""
    selected_sentences: list[Text]


class _Question(Row):
    id: Words
    input: Words
    passages: Annotated[list[_Passage], Field(min_length=1, max_length=1)]
    output: list[_Output]


def read_clapnq(folder: Path) -> AnswerData:
    """The set in `folder`, or in its folder `clapnq`: every distinct passage a document.

    A case asks for every sentence that any annotator selected. One that is not in its passage is no quote of the
    case; its `note` tells it.

    Raises:
        UserFacingError: If a file is missing or does not fit, naming line and field.
    """
    place = find_set(folder, NAME, FILES["answerable"])
    shelf = DocumentShelf()
    cases = cases_once(found for kind, file in FILES.items() for found in _cases(place / file, kind, shelf))
    return AnswerData(NAME, cases, shelf.documents, _comparable(len(shelf)))


def find_span(text: str, sentence: str) -> Span | None:
    """Where `sentence` first stands in `text`; if it does not so exactly, then with other white space."""
    start = text.find(sentence)
    if start >= 0:
        return start, start + len(sentence)
    letters = r"\s*".join(map(re.escape, "".join(sentence.split())))
    found = re.search(rf"(?<!\w){letters}(?!\w)", text) if letters else None
    return found.span() if found else None


def _cases(path: Path, kind: str, shelf: DocumentShelf) -> Iterator[tuple[str, Case]]:
    for where, row in read_rows(path, _Question):
        passage = row.passages[0]
        document = shelf.keep(SuiteDocument(file_name(passage.title), passage.title, passage.text))
        answers = tuple(dict.fromkeys(output.answer.strip() for output in row.output if output.answer.strip()))
        if (kind == "answerable") != bool(answers):
            raise wrong_field(where, "output", f"{len(answers)} answers to a question in {path.name!r}")
        selected = dict.fromkeys(sentence for output in row.output for sentence in output.selected_sentences)
        spans = {sentence: find_span(passage.text, sentence) for sentence in selected}
        found = sorted({span for span in spans.values() if span})
        lost = [sentence for sentence, span in spans.items() if span is None]
        yield (
            where,
            Case(
                id=row.id,
                half=None,
                kind=kind,
                question=row.input,
                answerable=kind == "answerable",
                facts=(),
                forbidden=(),
                quotes=tuple(Quote(document.name, passage.text[start:end]) for start, end in found),
                note=f"Selected, but not in the passage: {'; '.join(lost)}" if lost else "",
                answers=answers,
                provenance="CLAPnq dev",
            ),
        )


def _comparable(documents: int) -> str:
    return (
        "The paper scores long answers by ROUGE-L against the references; the token F1 here is SQuAD's, of words in "
        "any order, so the two cannot be compared, and exact match says nothing of answers this long. "
        f"Its answers are given the gold passage, or search all passages of the set's Wikipedia articles; here it is "
        f"one of {documents:,} passages, nearly all of other articles, which is easier to search. "
        "Its unanswerable questions have a random passage of the right article, as here, so abstention compares "
        "loosely with answers given that passage. Citations are measured against the sentences selected by any "
        "annotator, which is this project's own."
    )
