"""The claims of the dossiers: does the product call each sentence what its proof makes of it?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from evals.digest import digest_of
from evals.records import Ask, Item, Result
from evals.suites.dossier import Claimed, Dossier
from evals.suites.stated import evidence_of
from evals.suites.wice import measures_of
from index.errors import UserFacingError
from index.load import load_document
from index.pipeline import OnProgress
from index.records import Document
from qa.answer.tie import with_dates
from qa.check.verify import check_parts, verdict_of
from qa.find.context import with_context
from qa.records import Evidence
from qa.settings import Settings

NAME, SYSTEM = "claims", "dateline"
COMPARABLE = (
    "With nothing in the literature: claims and proofs were written for this project. Most that are supported say in "
    "other words what their proof says; contradicted and unsupported count as not supported."
)


@dataclass(frozen=True, slots=True)
class ClaimsSuite:
    """One case a claim, its kind what it is."""

    dossiers: tuple[Dossier, ...]
    name: str = NAME
    systems: tuple[str, ...] = (SYSTEM,)
    comparable: str = COMPARABLE

    @property
    def items(self) -> tuple[Item, ...]:
        """The claims, dossier by dossier."""
        return tuple(
            Item(claim_id, claim.verdict, claim.c, dossier.half)
            for dossier in self.dossiers
            for claim_id, claim in _claims(dossier)
        )

    @property
    def sha256(self) -> str:
        """Of documents and claims."""
        return digest_of(*map(repr, self.dossiers))

    @contextmanager
    def open(
        self, systems: Sequence[str], settings: Settings, items: Sequence[Item], on_progress: OnProgress | None = None
    ) -> Iterator[Mapping[str, Ask]]:
        """The documents are read as the product reads them; nothing is embedded."""
        asked = {item.id for item in items}
        claims: dict[str, Claimed] = {}
        cited: dict[str, tuple[Evidence, ...]] = {}
        for dossier in self.dossiers:
            own = {claim_id: claim for claim_id, claim in _claims(dossier) if claim_id in asked}
            _, files = dossier.settle(settings) if own else (settings, ())
            documents = {path.name: load_document(path) for path in files}
            claims |= own
            cited |= {claim_id: _cited(dossier, claim, documents) for claim_id, claim in own.items()}
        asks: dict[str, Ask] = {SYSTEM: lambda item: _check(item, claims[item.id], cited[item.id])}
        yield {name: asks[name] for name in systems}


def _claims(dossier: Dossier) -> Iterator[tuple[str, Claimed]]:
    for number, claim in enumerate(dossier.claims):
        yield f"{dossier.name}-c{number:02}", claim


def _cited(dossier: Dossier, claim: Claimed, documents: Mapping[str, Document]) -> tuple[Evidence, ...]:
    """The proof as evidence, begun where a sentence that opens with "He" needs it, in its order."""
    found: list[Evidence] = []
    for proof in claim.proof:
        document = documents[dossier.file_name(proof.d)]
        start = document.text.find(proof.s)
        if start < 0:
            raise UserFacingError(f"{document.uri!r} does not hold the proof {proof.s!r}. Correct the dossier.")
        end = start + len(proof.s)
        passage = evidence_of(document, [(start, end)])[0].passage
        # As the product cites: whole sentences of its own, the first with what it needs.
        sentences = [span for span in passage.sentences if span[0] < end and start < span[1]]
        begin, _ = with_context(document.text, passage, sentences[0])
        found += evidence_of(document, [(begin, sentences[-1][1])])
    return tuple(found)


def _check(item: Item, claim: Claimed, evidence: Sequence[Evidence]) -> Result:
    """As the product checks a sentence of an answer that cites the proof."""
    parts = check_parts(with_dates(claim.c, evidence), evidence)
    verdict = verdict_of(parts)
    supported = claim.verdict == "supported"
    measures = measures_of(supported, verdict == "supported")
    reasons = tuple(part.reason for part in parts if part.verdict != "supported")
    right = measures["right"]
    return Result(
        SYSTEM,
        item,
        {**measures, "supported_denied": verdict == "contradicted" if supported else None},
        () if right else (f"called {verdict}, but it is {claim.verdict}", *reasons),
        {
            "claim": claim.c,
            "part": claim.part,
            "verdict": verdict,
            "reasons": list(reasons),
            "sentences": [one.quote for one in evidence],
        },
    )
