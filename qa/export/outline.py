"""What an exported answer says, in order, before it is Markdown, HTML, Word or text: every format shows the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from index.dates.times import shown_date
from qa.compare.disagreement import disagreement_in_words, since_in_words
from qa.export.clean import clean
from qa.export.records import Exported, ExportedDocument
from qa.find.answerability import likelihood_in_words
from qa.question.filters import scope_in_words
from qa.records import NOT_FOUND_TEXT, Answer, Citation, Claim, Disagreement, judgement_in_words, times_in_words

Kind = Literal["question", "heading", "about", "sentences", "verbatim", "finding", "item", "reason"]
"""Verbatim: the documents' own sentences; a reason belongs to the item before it."""


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph. Of its runs, text is clean but not escaped, and a number is a marker: `[2]`."""

    kind: Kind
    runs: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A passage to check; each text clean but not escaped."""

    number: int
    who: str
    """Outlet, author and date."""
    title: str
    quote: str
    times: str
    """Which days the quote's relative dates are; empty without any."""
    place: str
    """File, page, characters, and the document's id."""


def title_of(exported: Sequence[Exported]) -> str:
    """What the whole file is called."""
    return "A question and its answer" if len(exported) == 1 else f"{len(exported):,} questions and their answers"


def outline(exported: Exported) -> Iterator[Line | Source]:
    """All that is shown of one question: answer, sources, what was withheld, and how it was made."""
    answer, documents = exported.answer, exported.documents
    yield Line("question", (clean(exported.question),))
    yield from _circumstances(exported)
    yield from answer_lines(answer)
    yield from sources(answer, documents)
    yield from _withheld(answer, documents)
    if answer.problems:
        yield Line("heading", ("Notes",))
        yield from (Line("item", (clean(problem),)) for problem in answer.problems)
    yield Line("heading", ("How this was made",))
    yield from _made(exported)


def answer_lines(answer: Answer) -> Iterator[Line]:
    """The checked sentences, or the refusal as what was found; then who says otherwise."""
    supported = [claim for claim in answer.claims if claim.verdict == "supported"]
    if not supported:
        yield Line("finding", (NOT_FOUND_TEXT,))
        yield from _searched(answer)
    if supported and answer.judgement:
        yield Line("about", (judgement_in_words(answer.judgement),))
    mixed = len({claim.verbatim for claim in supported}) > 1
    for verbatim, claims in groupby(supported, key=lambda claim: claim.verbatim):
        yield Line("verbatim" if mixed and verbatim else "sentences", _runs(claims))
    for disagreement in answer.disagreements:
        yield from _differing(disagreement)


def sources(answer: Answer, documents: Mapping[str, ExportedDocument] | None = None) -> Iterator[Line | Source]:
    """The passages cited; of a refusal also the nearest ones."""
    cited = cited_in(answer)
    if cited:
        yield Line("heading", ("Sources",))
        yield from _sources(cited.values(), documents)
    nearest = [one for one in answer.nearest if one.number not in cited]
    if answer.status == "not_found" and nearest:
        words = "" if answer.likelihood is None else f", {likelihood_in_words(answer.likelihood)}"
        yield Line("heading", (f"The nearest passages{words}",))
        yield from _sources(nearest, documents)


def cited_in(answer: Answer) -> dict[int, Citation]:
    """What the supported sentences and the positions of a disagreement rest on, by number and in its order."""
    of_claims = [one for claim in answer.claims if claim.verdict == "supported" for one in claim.citations]
    positions = [position for disagreement in answer.disagreements for position in disagreement.positions]
    cited = {one.number: one for one in [*of_claims, *(one for each in positions for one in each.citations)]}
    return dict(sorted(cited.items()))


def _sources(citations: Iterable[Citation], documents: Mapping[str, ExportedDocument] | None) -> Iterator[Source]:
    for one in citations:
        document = (documents or {}).get(one.doc_id)
        when = shown_date(one.published.isoformat()) if one.published else "no date"
        doubt = " (not sure)" if one.published and document and "published" in document.unsure else ""
        by = f", by {one.author}" if one.author else ""
        page = f", page {one.page}" if one.page else ""
        yield Source(
            number=one.number,
            who=clean(f"{one.outlet or 'no outlet'}{by}, {when}{doubt}"),
            title=clean(one.title),
            quote=clean(one.quote),
            times=clean(times_in_words(one.times)),
            place=clean(f"{one.uri}{page}, characters {one.start} to {one.end}, document {one.doc_id}"),
        )


def _circumstances(exported: Exported) -> Iterator[Line]:
    asked = f"Asked on {shown_date(exported.asked_at.date().isoformat())} at {exported.asked_at:%H:%M} (UTC%s)."
    offset = exported.asked_at.strftime("%z")
    told = [asked % ("" if offset == "+0000" else f"{offset[:3]}:{offset[3:5]}")]
    if exported.as_of:
        told.append(f"As of {shown_date(exported.as_of.isoformat())}: nothing published later was read.")
    searched = exported.answer.searched
    if searched.out_of is not None:
        told.append(f"{scope_in_words(searched.documents, searched.out_of, searched.filter)}.")
    if clean(searched.query) != clean(exported.question):
        told.append(f"Understood as: {searched.query}")
    yield from (Line("about", (clean(line),)) for line in told)


def _searched(answer: Answer) -> Iterator[Line]:
    searched = answer.searched
    passages, documents = _count(searched.passages, "passage"), _count(searched.documents, "document")
    yield Line("about", (clean(f"Searched {passages} of {documents} for: {searched.query}"),))
    yield from (Line("about", (clean(lack),)) for lack in answer.missing)


def _differing(disagreement: Disagreement) -> Iterator[Line]:
    yield Line("heading", (disagreement_in_words(disagreement).removesuffix(":"),))
    for at, position in enumerate(disagreement.positions):
        runs: list[str | int] = [clean(f"{since_in_words(disagreement, at)}{position.value}:")]
        for one in position.citations:
            when = shown_date(one.published.isoformat()) if one.published else "no date"
            runs += ["" if len(runs) > 1 else " ", clean(f"{one.outlet or one.title}, {when}"), " ", one.number, ", "]
        several = f" ({_count(position.sources, 'independent source')})" if position.sources > 1 else ""
        yield Line("item", (*runs[:-1], several))


def _withheld(answer: Answer, documents: Mapping[str, ExportedDocument]) -> Iterator[Line | Source]:
    failed = [claim for claim in answer.claims if claim.verdict != "supported"]
    if not failed:
        return
    yield Line("heading", ("Not supported by the documents, so not part of the answer",))
    for claim in failed:
        yield Line("item", ("Contradicted: " if claim.verdict == "contradicted" else "", *_runs([claim])))
        yield from (Line("reason", (clean(reason),)) for reason in claim.reasons)
    listed = {one.number for one in sources(answer) if isinstance(one, Source)}
    cited = {one.number: one for claim in failed for one in claim.citations if one.number not in listed}
    if cited:
        yield Line("heading", ("What these sentences cite",))
        yield from _sources(cited.values(), documents)


def _made(exported: Exported) -> Iterator[Line]:
    likelihood = exported.answer.likelihood
    sure = "" if likelihood is None else f" Probability that the documents answer: {likelihood:.2f}."
    yield Line("about", (clean(f"Written by {exported.answer.model}.{sure}"),))
    if exported.settings:
        told = "; ".join(f"{name} {value}" for name, value in sorted(exported.settings.items()))
        yield Line("about", (clean(f"Settings: {told}."),))
    yield Line("about", ("A number in brackets names a passage. Characters count from 0, the end is not included.",))


def _runs(claims: Iterable[Claim]) -> tuple[str | int, ...]:
    """The sentences with their markers before the full stop, as `qa.records.marked` sets them."""
    runs: list[str | int] = []
    for claim in claims:
        text, numbers = clean(claim.text), [citation.number for citation in claim.citations]
        body, stop = (text[:-1], text[-1]) if numbers and text[-1:] in {".", "!", "?"} else (text, "")
        runs += [" "] if runs else []
        runs += [body, " ", *numbers, stop] if numbers else [text]
    return tuple(run for run in runs if run != "")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
