"""The claims of the dossiers: does the product call each sentence what its proof makes of it?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial

from evals.digest import digest_of
from evals.opening import Opening, real_opening
from evals.records import Ask, Item, Result
from evals.suites.checking import SYSTEMS, Checker, open_checkers
from evals.suites.dossier import Claimed, Dossier
from evals.suites.stated import evidence_of
from evals.suites.wice import measures_of
from index.errors import UserFacingError
from index.load import load_document
from index.pipeline import OnProgress
from index.records import Document
from qa.check.verify import verdict_of
from qa.find.context import with_context
from qa.records import Evidence
from qa.settings import Settings

NAME = "claims"
COMPARABLE = (
    "With nothing in the literature: claims and proofs were written for this project. Most that are supported say in "
    "other words what their proof says; contradicted and unsupported count as not supported."
)


@dataclass(frozen=True, slots=True)
class ClaimsSuite:
    """One case a claim, its kind what it is."""

    dossiers: tuple[Dossier, ...]
    opening: Opening = field(default_factory=real_opening)
    name: str = NAME
    systems: tuple[str, ...] = SYSTEMS
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
            for claim_id, claim, evidence in claims_of(dossier, settings, asked):
                claims[claim_id], cited[claim_id] = claim, evidence
        with open_checkers(systems, settings, self.opening) as checkers:
            yield {name: partial(_check, name, checkers[name], claims, cited) for name in systems}


def claims_of(
    dossier: Dossier, settings: Settings, asked: Set[str] | None = None
) -> Iterator[tuple[str, Claimed, tuple[Evidence, ...]]]:
    """Id, claim and proof of those claims whose ids are `asked` for, or of all."""
    own = [(claim_id, claim) for claim_id, claim in _claims(dossier) if asked is None or claim_id in asked]
    if not own:
        return
    _, files = dossier.settle(settings)
    documents = {path.name: load_document(path) for path in files}
    for claim_id, claim in own:
        yield claim_id, claim, _cited(dossier, claim, documents)


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
    return tuple(replace(one, number=number) for number, one in enumerate(found, 1))


def _check(
    system: str,
    check: Checker,
    claims: Mapping[str, Claimed],
    cited: Mapping[str, Sequence[Evidence]],
    item: Item,
) -> Result:
    """As the product checks a sentence of an answer that cites the proof."""
    claim, evidence = claims[item.id], cited[item.id]
    parts = check(claim.c, evidence)
    verdict = verdict_of(parts)
    supported = claim.verdict == "supported"
    measures = measures_of(supported, verdict == "supported")
    reasons = tuple(part.reason for part in parts if part.verdict != "supported")
    right = measures["right"]
    return Result(
        system,
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
