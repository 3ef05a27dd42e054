"""Whether an answer is right, and whether its citations are: pure, and every value with its reason."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Literal

from evals.measures.facts import exact_match, forbidden_held, missing_facts, token_f1
from evals.measures.gold import Told, falls_short, gold_sentences, times_told
from evals.measures.ranking import ranking_measures
from evals.records import Value
from evals.suites.cases import Case, Quote
from index.records import Document, Span
from qa.records import Answer, Citation

Outcome = Literal["right", "declined", "corrected", "answered", "incomplete", "wrong", "abstained", "invented"]
"""The first three are right. `answered` cannot be judged, since the case names no facts. `incomplete` lacks a fact,
`wrong` holds a forbidden statement, `abstained` declines what the documents do say, `invented` answers what they do
not say."""
PROOF_AT = (5, 8)
"""Numbers of pieces of evidence among which the whole proof is looked for."""


@dataclass(frozen=True, slots=True)
class Source:
    """A document of the suite as the library holds it, and its file's bytes decoded."""

    document: Document
    file_text: str
    head: str = ""
    """What a plain file of it would begin with, ahead of `document.text`: title, outlet and date where the text
    itself lacks them. A system that takes plain text is given `head + text`."""


@dataclass(frozen=True, slots=True)
class Score:
    """One case scored. None means that there was nothing to measure, not that it was wrong."""

    right: bool | None
    outcome: Outcome
    abstained: bool
    quotes_exact: bool | None
    """Whether every quote shown is the library's text at its place, and stands in the file; None without quotes."""
    right_document: bool | None
    """Whether a supported sentence cites a document that the case names; None when it names none or none is cited."""
    evidence_recall: float | None
    """Share of the case's quotes that the evidence overlaps; None when it has none."""
    proof_at: dict[int, bool | None]
    """Whether the first so many pieces of evidence overlap every quote of the case; None when it has none."""
    citation_precision: float | None
    """Share of the cited spans that overlap one of the case's quotes; None when it has none or nothing is cited."""
    citation_recall: float | None
    """Share of the case's quotes that a cited span overlaps; None when it has none or was declined."""
    exact_match: bool | None
    f1: float | None
    """Of the words, against the case's reference answers; None without any, except where declining is right."""
    reasons: tuple[str, ...]


def score_case(case: Case, answer: Answer, evidence: Sequence[Citation], sources: Mapping[str, Source]) -> Score:
    """The score of `answer` to `case`.

    Args:
        evidence: What was found before the model read it.
        sources: Every document of the suite, by doc_id.

    Source: the scorers of inspect_ai return a value with its explanation, and leave unscored what cannot be scored.
    Citations after Gao et al., "Enabling Large Language Models to Generate Text with Citations" (ALCE, 2023), which
    asks an entailment model whether a citation bears the sentence; ours asks whether it overlaps a proving sentence.
    """
    abstained = answer.status == "not_found"
    outcome, why = _judge(case, answer, sources)
    inexact = [reason for citation in _shown(answer) if (reason := _inexact(citation, sources))]
    missed = _missed(case, evidence, sources)
    cited = [citation for claim in answer.claims if claim.verdict == "supported" for citation in claim.citations]
    proving = [any(overlaps(one, quote, sources) for quote in case.quotes) for one in cited]
    proved = [any(overlaps(one, quote, sources) for one in cited) for quote in case.quotes]
    references = case.answers
    text = "" if abstained else answer.text
    return Score(
        # Without facts an answer cannot be judged, and counting only its refusals would count against it.
        right=None if _cannot_be_judged(case) else outcome in ("right", "declined", "corrected"),
        outcome=outcome,
        abstained=abstained,
        quotes_exact=not inexact if any(True for _ in _shown(answer)) else None,
        right_document=_cites_right_document(case, answer),
        evidence_recall=1 - len(missed) / len(case.quotes) if case.quotes else None,
        proof_at={k: not _missed(case, evidence[:k], sources) if case.quotes else None for k in PROOF_AT},
        citation_precision=sum(proving) / len(proving) if proving and case.quotes else None,
        citation_recall=sum(proved) / len(proved) if proved and not abstained else None,
        exact_match=exact_match(references, text) if references else None,
        f1=token_f1(references, text) if references else None,
        reasons=(*why, *inexact, *(f"not in the evidence: {quote.quote}" for quote in missed)),
    )


def measures_of(case: Case, score: Score) -> dict[str, Value]:
    """The score by the names of `evals.measures.names.MEASURES`, None where a measure is not about such a case."""
    other = not case.answerable
    return {
        "right": score.right,
        "answerable_right": None if other else score.right,
        "unanswerable_right": score.right if other else None,
        "answerable_answered": None if other else not score.abstained,
        "exact_match": score.exact_match,
        "f1": score.f1,
        "quotes_exact": score.quotes_exact,
        "right_document": score.right_document,
        "citation_precision": score.citation_precision,
        "citation_recall": score.citation_recall,
        "abstention_precision": other if score.abstained else None,
        "abstention_recall": score.abstained if other else None,
        "evidence_recall": score.evidence_recall,
        **{f"proof_at_{k}": found for k, found in score.proof_at.items()},
    }


def ranks_of(
    case: Case, ranked: Sequence[Citation], sources: Mapping[str, Source], relevant: Literal["document", "sentence"]
) -> dict[str, Value]:
    """Where the relevant ones stand among passages, best first.

    Args:
        relevant: A document that the case quotes, ranked by its best passage; or a passage that overlaps a quote.
    """
    if relevant == "document":
        ranking = list(dict.fromkeys(PurePath(one.uri).name for one in ranked))
        wanted = {quote.document for quote in case.quotes}
    else:
        ranking = [f"{one.doc_id}:{one.start}" for one in ranked]
        wanted = {
            f"{one.doc_id}:{one.start}" for one in ranked if any(overlaps(one, quote, sources) for quote in case.quotes)
        }
        # What was not found at all is relevant too; without it nothing could be missed.
        missed = any(not any(overlaps(one, quote, sources) for one in ranked) for quote in case.quotes)
        wanted |= {"not found"} if missed else set()
    return ranking_measures(ranking, dict.fromkeys(wanted, 1))


def _cannot_be_judged(case: Case) -> bool:
    return case.answerable and not (case.facts or case.gold)


def _missed(case: Case, evidence: Sequence[Citation], sources: Mapping[str, Source]) -> list[Quote]:
    return [quote for quote in case.quotes if not any(overlaps(one, quote, sources) for one in evidence)]


def _judge(case: Case, answer: Answer, sources: Mapping[str, Source]) -> tuple[Outcome, tuple[str, ...]]:
    if answer.status == "not_found":
        return ("abstained", ("declined, but the documents say it",)) if case.answerable else ("declined", ())
    if wrong := forbidden_held(case.forbidden, answer.text):
        return "wrong", tuple(f"holds {phrase!r}" for phrase in wrong)
    lacking = tuple(f"lacks {fact!r}" for fact in missing_facts(case.facts, answer.text))
    if case.gold and not case.facts:
        lacking = _lacks_gold(case, answer, sources)
    if case.answerable:
        done: Outcome = "answered" if _cannot_be_judged(case) else "right"
        return ("incomplete", lacking) if lacking else (done, ())
    if case.facts and not lacking:
        return "corrected", ()
    why = tuple(reason.replace("lacks", "does not correct with", 1) for reason in lacking)
    return "invented", why or ("answered, but the documents do not say",)


def _lacks_gold(case: Case, answer: Answer, sources: Mapping[str, Source]) -> tuple[str, ...]:
    """Why the answer falls short of the case's gold answer; empty when it does not."""
    days = {PurePath(one.document.uri).name: one.document.published for one in sources.values()}
    gold = gold_sentences(case.gold, [days.get(quote.document) for quote in case.quotes])
    times: set[str] = set()
    proves = False
    for claim in answer.claims:
        if claim.verdict != "supported":
            continue
        published = claim.citations[0].published if claim.citations else None
        times |= times_told(claim.text, published)
        proving = [one for one in claim.citations if any(overlaps(one, quote, sources) for quote in case.quotes)]
        # The reader sees it beside the sentence.
        times |= {one.published.isoformat() for one in proving if one.published}
        proves = proves or bool(proving)
    proof = " ".join(quote.quote for quote in case.quotes)
    return falls_short(case.question, gold, proof, Told(answer.text, frozenset(times), proves))


def _shown(answer: Answer) -> Iterator[Citation]:
    """Every citation that the user sees."""
    for claim in answer.claims:
        yield from claim.citations
    yield from answer.nearest


def _inexact(citation: Citation, sources: Mapping[str, Source]) -> str | None:
    """Why the quote is not exact; None when it is."""
    source = sources.get(citation.doc_id)
    if source is None:
        return f"[{citation.number}] cites the unknown document {citation.doc_id!r}"
    if not citation.quote or source.document.text[citation.start : citation.end] != citation.quote:
        return f"[{citation.number}] is not the text at {citation.start} to {citation.end}"
    if citation.quote not in source.file_text:
        return f"[{citation.number}] does not stand in the file"
    return None


def _cites_right_document(case: Case, answer: Answer) -> bool | None:
    expected = {quote.document for quote in case.quotes}
    cited = {
        PurePath(citation.uri).name
        for claim in answer.claims
        if claim.verdict == "supported"
        for citation in claim.citations
    }
    return bool(expected & cited) if expected and cited else None


def overlaps(citation: Citation, quote: Quote, sources: Mapping[str, Source]) -> bool:
    """Whether the two share a character of the same document."""
    source = sources.get(citation.doc_id)
    if source is None or PurePath(source.document.uri).name != quote.document:
        return False
    start = source.document.text.find(quote.quote)
    return start >= 0 and citation.start < start + len(quote.quote) and start < citation.end


def spans_of(quote: Quote, sources: Mapping[str, Source]) -> set[tuple[str, Span]]:
    """Where the quote stands in its document, by doc_id; every place, if there are several.

    Raises:
        ValueError: If it stands nowhere: such a case would teach that its proof is none.
    """
    places = {
        (doc_id, match.span())
        for doc_id, source in sources.items()
        if Path(source.document.uri).name == quote.document
        for match in re.finditer(re.escape(quote.quote), source.document.text)
    }
    if not places:
        raise ValueError(f"{quote.document!r} does not hold {quote.quote!r}")
    return places
