"""What leaves with an answer: all that is needed to check it without the library."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from importlib.metadata import version
from typing import Self

from index.pipeline import Library
from index.records import Document
from qa.records import Answer, Citation, EvidenceFound, Question, chosen_for
from qa.settings import Settings

Plain = str | int | float | bool | None
MATTERED = ("evidence_sentences", "evidence_tokens", "answer_tokens", "min_likelihood", "unsupported")
"""The settings that an answer hangs on; the question may override some, as `chosen_for` tells."""


@dataclass(frozen=True, slots=True)
class ExportedDocument:
    """What was known of a document when the answer left; its text is not taken along."""

    doc_id: str
    content_hash: str | None
    """SHA-256 of the file's bytes; None when the library no longer holds the document."""
    uri: str
    title: str
    outlet: str | None = None
    author: str | None = None
    published: date | None = None
    published_at: str | None = None
    modified: date | None = None
    language: str | None = None
    address: str | None = None
    collection: str | None = None
    unsure: tuple[str, ...] = ()
    """Names of the fields whose value is inferred, and not stated."""

    @classmethod
    def of(cls, document: Document) -> Self:
        """The document without its text."""
        return cls(
            doc_id=document.doc_id,
            content_hash=document.content_hash,
            uri=document.uri,
            title=document.title,
            outlet=document.outlet,
            author=document.author,
            published=document.published,
            published_at=document.published_at,
            modified=document.modified,
            language=document.language,
            address=document.address,
            collection=document.collection,
            unsure=tuple(sorted(document.unsure)),
        )

    @classmethod
    def cited(cls, citation: Citation) -> Self:
        """What a citation tells of a document that the library no longer holds."""
        return cls(
            doc_id=citation.doc_id,
            content_hash=None,
            uri=citation.uri,
            title=citation.title,
            outlet=citation.outlet,
            author=citation.author,
            published=citation.published,
        )


@dataclass(frozen=True, slots=True)
class Exported:
    """One question with its answer, and what it was answered from."""

    question: str
    """As it was typed."""
    answer: Answer
    evidence: EvidenceFound | None
    """What was found, best first; None when that was not kept."""
    asked_at: datetime
    """With its zone."""
    as_of: date | None = None
    filter: str = ""
    """In words; empty when all documents were searched."""
    settings: Mapping[str, Plain] = field(default_factory=dict)
    prompts: tuple[str, ...] = ()
    """What the model was given to read, in order; empty when no model was asked, or they were not kept."""
    documents: Mapping[str, ExportedDocument] = field(default_factory=dict)
    """Those cited or found, by id."""

    def __post_init__(self) -> None:
        if self.asked_at.utcoffset() is None:
            raise ValueError(
                f"asked_at is {self.asked_at!r}, without a zone: nobody elsewhere could tell when that was."
            )


def export_of(
    library: Library,
    settings: Settings,
    asked: Question,
    answer: Answer,
    evidence: EvidenceFound | None = None,
    *,
    asked_at: datetime,
    prompts: tuple[str, ...] = (),
) -> Exported:
    """An answer with all that it was made from, as the library knows it now."""
    cited = {citation.doc_id: citation for citation in _citations(answer, evidence)}
    known = {doc_id: library.document(doc_id) for doc_id in cited}
    return Exported(
        question=asked.text,
        answer=answer,
        evidence=evidence,
        asked_at=asked_at,
        as_of=asked.as_of,
        filter=answer.searched.filter,
        settings=made_with(library, settings, asked),
        prompts=prompts,
        documents={
            doc_id: ExportedDocument.of(document) if document else ExportedDocument.cited(cited[doc_id])
            for doc_id, document in known.items()
        },
    )


def made_with(library: Library, settings: Settings, asked: Question) -> dict[str, Plain]:
    """The settings that an answer to this question hangs on."""
    set_here: dict[str, Plain] = {name: getattr(settings, name) for name in ("model", *MATTERED)}
    return set_here | chosen_for(asked) | {"embedder": library.embedder.name, "version": version("dateline")}


def _citations(answer: Answer, evidence: EvidenceFound | None) -> Iterator[Citation]:
    for claim in answer.claims:
        yield from claim.citations
    for disagreement in answer.disagreements:
        for position in disagreement.positions:
            yield from position.citations
    yield from answer.nearest
    yield from evidence.citations if evidence else ()
