"""What other reports say on what was answered."""

from __future__ import annotations

from collections.abc import Sequence

from index.pipeline import Library
from qa.compare.disagreement import find_disagreement
from qa.find.numbering import Numbering
from qa.find.offices import change_of, named_with_office, offices_of
from qa.question.office import person_asked
from qa.question.read import Asked
from qa.records import Claim, Disagreement, Evidence, written


def compare_reports(
    asked: Asked,
    evidence: Sequence[Evidence],
    others: Sequence[Evidence],
    answer: Sequence[Claim],
    library: Library,
    doc_ids: Sequence[str] | None,
    numbering: Numbering,
) -> Disagreement | None:
    """Another number, time or name, or a later office; None where there is none, or no answer.

    Args:
        others: Sentences that were found and not read for the answer.
    """
    cited = {citation.number for claim in written(answer) for citation in claim.citations}
    if not cited:
        return None
    if differing := find_disagreement(asked, written(answer), evidence, others, numbering):
        return differing
    of_answer = [sentence for sentence in evidence if sentence.number in cited]
    person = person_asked(asked) or named_with_office(asked, of_answer)
    return change_of(offices_of(library, person, doc_ids), numbering) if person else None
