"""WiCE: does the verifier see which sentences of Wikipedia their cited page bears out?

Source: Kamoi et al., "WiCE: Real-World Entailment for Claims in Wikipedia" (EMNLP 2023).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache, partial
from pathlib import Path
from typing import Literal

import numpy as np

from evals.digest import digest_of
from evals.opening import Opening, real_opening
from evals.records import Ask, Item, Result, Value
from evals.suites.cases import Words
from evals.suites.checking import SYSTEMS, Checker, open_checkers
from evals.suites.rows import Row, find_set, read_rows
from index.dates import find_mentions
from index.embed import Embedder
from index.pipeline import OnProgress
from index.records import Document, Passage, Span
from qa.english.words import content_stems, stem
from qa.find.choose import choose_evidence, rarity_of
from qa.find.features import Lookup
from qa.question.read import read_question
from qa.records import Evidence, Hit
from qa.settings import Settings

NAME, CLAIMS = "wice", "claims.jsonl"
BASELINES = ("overlap", "embedding")
SENTENCES = 5
"""Of its page, that a claim is checked against, at most."""
MIN_OVERLAP = 0.55
MIN_COSINE = 0.68
"""From here on `overlap` and `embedding` call a claim supported. Chosen for the best balanced accuracy on the
even-numbered claims, the half `tune`: 0.74 and 0.62 there, 0.58 and 0.61 on the others."""
_META = re.compile(r"\(meta data\) ([A-Z ]+):(.*)")
"""What the set's authors read of a page beside its text, as Dateline does of a user's."""
AS_OF = date(2023, 1, 1)
"""From where a claim's "last year" counts, since no claim has a day of its own: the year of the paper."""
COMPARABLE = (
    "The paper's task at the level of whole claims: given the whole cited page, is the claim supported? Its models are "
    "judged by F1 and accuracy of that yes or no, many of them fine-tuned on its training part; nothing here was. "
    "These are claims of its development part, and partially supported counts as not supported. What is not chosen "
    "from the page cannot support a claim here, so choosing and checking are measured together, and the checks were "
    "made for sentences that stay close to their source, not for a writer's summary of a page."
)


class _Meta(Row):
    id: Words


class _Line(Row):
    label: Literal["supported", "partially_supported", "not_supported"]
    claim: Words
    evidence: list[str]
    meta: _Meta


@dataclass(frozen=True, slots=True)
class Chosen:
    """The sentences of a page nearest to a claim."""

    evidence: tuple[Evidence, ...]
    cosine: float
    """Of the claim and the nearest of them; 0 without any."""


Judge = Callable[[str, Chosen], tuple[str, ...]]
"""Why a claim is not supported; empty when it is."""


@dataclass(frozen=True, slots=True)
class WiceSuite:
    """One case a claim, its kind the label. Even-numbered ones, counted from 1, are the half `tune`."""

    items: tuple[Item, ...]
    pages: Mapping[str, tuple[str, ...]]
    """The sentences of the page that a claim cites, by the claim's id."""
    sha256: str
    opening: Opening = field(default_factory=real_opening)
    name: str = NAME
    systems: tuple[str, ...] = (*SYSTEMS, *BASELINES)
    comparable: str = COMPARABLE

    @contextmanager
    def open(
        self, systems: Sequence[str], settings: Settings, items: Sequence[Item], on_progress: OnProgress | None = None
    ) -> Iterator[Mapping[str, Ask]]:
        """All systems judge by the same sentences."""
        embedder = self.opening.open_embedder(settings)
        embedder.encode(["warm"])

        # The systems are asked in turn about one claim; its page is embedded once.
        @lru_cache(maxsize=4)
        def choose(item: Item) -> Chosen:
            return choose_sentences(item.question, self.pages[item.id], embedder, settings.evidence_tokens)

        with open_checkers([name for name in systems if name not in BASELINES], settings, self.opening) as checkers:
            judges: dict[str, Judge] = {"overlap": _by_overlap, "embedding": _by_embedding}
            judges |= {name: partial(_by_checks, check) for name, check in checkers.items()}
            yield {name: _asker(name, judges[name], choose) for name in systems}


def read_wice(folder: Path) -> WiceSuite:
    """The claims in `folder`/wice, or in `folder` itself.

    Raises:
        UserFacingError: If the file is missing, or a line does not fit.
    """
    rows = [row for _, row in read_rows(find_set(folder, NAME, CLAIMS) / CLAIMS, _Line)]
    items = tuple(
        Item(row.meta.id, row.label, row.claim, "report" if number % 2 else "tune")
        for number, row in enumerate(rows, 1)
    )
    return WiceSuite(items, {row.meta.id: tuple(row.evidence) for row in rows}, digest_of(*map(repr, rows)))


def choose_sentences(claim: str, page: Sequence[str], embedder: Embedder, tokens: int) -> Chosen:
    """The sentences that the product would choose for the claim, were it a question and the page all that it found."""
    document, passage = as_passage(page)
    vectors = embedder.encode([claim, *page])
    asked = read_question(claim, AS_OF)
    stems = [set(content_stems(sentence)) for sentence in page]
    frequency = {term: sum(stem(term) in one for one in stems) for term in asked.terms}
    found = Lookup(
        hits=[Hit(passage, document, 1.0, {}, tuple(map(float, vectors[1:] @ vectors[0])))],
        mentions={document.doc_id: find_mentions(document.text, document.published)},
        rarity=rarity_of(asked, frequency, len(page)),
        similar={},
    )
    evidence = choose_evidence(asked, found, sentences=SENTENCES, tokens=tokens)
    # A sentence that opens with "He" brings the one before along, so that a piece of evidence may hold two.
    rows = [
        row
        for row, (start, end) in enumerate(passage.sentences)
        if any(one.start <= start and end <= one.end for one in evidence)
    ]
    return Chosen(tuple(evidence), float(np.max(vectors[1:][rows] @ vectors[0], initial=0.0)))


def as_passage(page: Sequence[str]) -> tuple[Document, Passage]:
    """The page as one document of one passage, a sentence a line."""
    spans: list[Span] = []
    start = 0
    for sentence in page:
        spans.append((start, start + len(sentence)))
        start += len(sentence) + 1
    text = "\n".join(page)
    title = page[0].removeprefix("(meta data) TITLE: ") if page else ""
    known = {match[1]: match[2].strip() for line in page if (match := _META.match(line))}
    days = find_mentions(known.get("PUBLISHED DATETIME", "")[:10], None)
    published = date.fromisoformat(days[0].resolved) if days and len(days[0].resolved) == 10 else None
    document = Document("page", "", title, known.get("PUBLISHER"), known.get("AUTHOR"), published, None, text, "")
    return document, Passage("page:0", document.doc_id, text, 0, len(text), tuple(spans))


def _asker(system: str, judge: Judge, choose: Callable[[Item], Chosen]) -> Ask:
    def ask(item: Item) -> Result:
        chosen = choose(item)
        reasons = judge(item.question, chosen)
        verdict = "unsupported" if reasons else "supported"
        shown = {
            "claim": item.question,
            "label": item.kind,
            "sentences": [one.quote for one in chosen.evidence],
            "verdict": verdict,
            "reasons": list(reasons),
        }
        expected = "supported" if item.kind == "supported" else "unsupported"
        wrong = () if verdict == expected else (f"called {verdict}, but it is {item.kind}", *reasons)
        return Result(system, item, measures_of(item.kind == "supported", not reasons), wrong, shown)

    return ask


def measures_of(supported: bool, called: bool) -> dict[str, Value]:
    """Whether one verdict is right, and its part in precision and recall; None where it does not bear on one."""
    return {
        "right": supported == called,
        "supported_precision": supported if called else None,
        "supported_recall": called if supported else None,
        "unsupported_precision": None if called else not supported,
        "unsupported_recall": None if supported else not called,
    }


def _by_checks(check: Checker, claim: str, chosen: Chosen) -> tuple[str, ...]:
    """As the product checks a sentence of an answer, all chosen sentences cited."""
    return tuple(part.reason for part in check(claim, chosen.evidence) if part.verdict != "supported")


def overlap_of(claim: str, chosen: Chosen) -> float:
    """Share of the claim's content words that the chosen sentences hold, from 0 to 1."""
    said = set(content_stems(claim))
    held = {one for evidence in chosen.evidence for one in content_stems(evidence.quote)}
    return len(said & held) / len(said) if said else 0.0


def _by_overlap(claim: str, chosen: Chosen) -> tuple[str, ...]:
    return _from(MIN_OVERLAP, overlap_of(claim, chosen), "The share of its words that the sentences hold")


def _by_embedding(claim: str, chosen: Chosen) -> tuple[str, ...]:
    return _from(MIN_COSINE, chosen.cosine, "The cosine to the nearest sentence")


def _from(least: float, value: float, what: str) -> tuple[str, ...]:
    return () if value >= least else (f"{what} is {value:.2f}, below {least:.2f}.",)
