"""True sentences and what bears them, from the sample reports and public data: what errors are planted in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.digest import digest_of
from evals.records import Item
from evals.suites import clapnq, multihoprag, squad2, wice
from evals.suites.cases import Words, choose_items
from evals.suites.library import SuiteDocument
from evals.suites.rows import Row, Text, find_set, read_rows
from index.chunk import split_paragraphs, split_sentences
from index.dates import find_mentions
from index.load import load_document
from index.records import Document, Passage, Span
from qa.english.words import words_of
from qa.find.choose import show
from qa.records import Evidence

FEWEST_WORDS, MOST_CHARACTERS = 6, 400
"""Of a sentence: shorter ones are captions and headings."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A true sentence."""

    id: str
    half: str
    text: str
    evidence: tuple[Evidence, ...]
    verbatim: bool
    """Whether it is its own evidence; else a writer's words for what an annotator chose as bearing it."""


@dataclass(frozen=True, slots=True)
class StatedSet:
    """The true sentences of one data set, and all its texts."""

    name: str
    sentences: tuple[Stated, ...]
    texts: tuple[str, ...]


def read_stated(data: Path, seeds: Sequence[Path]) -> Iterator[StatedSet]:
    """The sets in turn. What a case of the 60 that `evals/README.md` reports on rests on is of the half `report`.

    Args:
        data: Folder of the public data sets.
        seeds: The sample reports.

    Raises:
        UserFacingError: If a file is missing or does not fit.
    """
    yield verbatim_set("seeds", [load_document(path) for path in seeds], by_document=False)
    yield verbatim_set("squad2", map(_document, squad2.read_squad2(data).documents))
    yield _clapnq(data)
    yield verbatim_set("multihoprag", map(_document, multihoprag.read_multihoprag(data).documents))
    yield _wice(data)


def verbatim_set(name: str, documents: Iterable[Document], *, by_document: bool = True) -> StatedSet:
    """Every whole sentence as its own evidence; the halves are documents in turn, or where these are few, sentences."""
    found: list[Stated] = []
    texts: list[str] = []
    for at, document in enumerate(documents):
        texts.append(document.text)
        for number, span in enumerate(_whole_sentences(document.text)):
            half = _half(at if by_document else number)
            evidence = evidence_of(document, [span])
            found.append(Stated(f"{name}/{at}/{number}", half, evidence[0].quote, evidence, True))
    return StatedSet(name, tuple(found), tuple(texts))


def evidence_of(document: Document, spans: Sequence[Span]) -> tuple[Evidence, ...]:
    """The spans of a document as evidence, its whole text the passage around them."""
    text = document.text
    mentions = find_mentions(text, document.published)
    sentences = tuple(span for part in split_paragraphs(text) for span in split_sentences(text, *part))
    passage = Passage(f"{document.doc_id}:0", document.doc_id, text, 0, len(text), sentences)
    made = []
    for number, (start, end) in enumerate(spans, 1):
        inside = tuple(m for m in mentions if start <= m.start and m.end <= end)
        quote = text[start:end]
        shown = show(quote, start, inside)
        made.append(Evidence(number, document, passage, start, end, quote, shown, inside, 1.0, 1.0, 1.0))
    return tuple(made)


def _half(number: int) -> str:
    return "report" if number % 2 else "tune"


def _whole_sentences(text: str) -> Iterator[Span]:
    for start, end in (span for part in split_paragraphs(text) for span in split_sentences(text, *part)):
        quote = text[start:end]
        whole = quote[0].isupper() and re.search(r"[.!?][\"”’']?$", quote) and end - start <= MOST_CHARACTERS
        if whole and len(words_of(quote)) >= FEWEST_WORDS:
            yield start, end


def _document(known: SuiteDocument) -> Document:
    return Document(
        digest_of(known.name, known.text)[:16],
        known.name,
        known.title,
        known.outlet,
        known.author,
        known.published,
        "en",
        known.text,
        digest_of(known.text),
    )


class _Output(Row):
    answer: str
    selected_sentences: list[Text]


class _Titled(Row):
    title: Words
    text: Text


class _Question(Row):
    id: Words
    passages: list[_Titled]
    output: list[_Output]


def _clapnq(data: Path) -> StatedSet:
    """Answers that annotators wrote, by sentence, each borne by all that the same annotator selected."""
    rows = [row for _, row in read_rows(find_set(data, "clapnq", "answerable.jsonl") / "answerable.jsonl", _Question)]
    items = [Item(case.id, case.kind, case.question) for case in clapnq.read_clapnq(data).cases]
    reported = {item.id for item in choose_items(items, sample=60, seed=1)}
    found: list[Stated] = []
    for at, row in enumerate(rows):
        passage = row.passages[0]
        document = _document(SuiteDocument(row.id, passage.title, passage.text))
        half = "report" if row.id in reported else _half(at)
        for turn, output in enumerate(row.output):
            spans = [span for one in output.selected_sentences if (span := clapnq.find_span(passage.text, one))]
            evidence = evidence_of(document, sorted(spans))
            for number, (start, end) in enumerate(_whole_sentences(output.answer)):
                if evidence:
                    name = f"clapnq/{row.id}/{turn}-{number}"
                    found.append(Stated(name, half, output.answer[start:end], evidence, False))
    return StatedSet("clapnq", tuple(found), tuple(row.passages[0].text for row in rows))


class _Claim(Row):
    label: str
    claim: Words
    evidence: list[str]
    supporting_sentences: list[list[int]]


def _wice(data: Path) -> StatedSet:
    """The claims called supported, each borne by the sentences that any annotator chose."""
    suite = wice.read_wice(data)
    reported = {item.id for item in choose_items(suite.items, sample=60, seed=1)}
    rows = [row for _, row in read_rows(find_set(data, "wice", wice.CLAIMS) / wice.CLAIMS, _Claim)]
    found: list[Stated] = []
    for item, row in zip(suite.items, rows, strict=True):
        chosen = sorted({at for group in row.supporting_sentences for at in group})
        if row.label == "supported" and chosen:
            document, passage = wice.as_passage(row.evidence)
            half = "report" if item.id in reported or item.half == "report" else "tune"
            evidence = evidence_of(document, [passage.sentences[at] for at in chosen])
            found.append(Stated(f"wice/{item.id}", half, row.claim, evidence, False))
    return StatedSet("wice", tuple(found), tuple(row.claim for row in rows))
