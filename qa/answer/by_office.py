"""A question for somebody's office, answered from what reports call the person: no model is asked."""

from __future__ import annotations

from collections.abc import Sequence

from index.dates.times import shown_date
from qa.answer.answerer import Context, at_once
from qa.answer.decision import Decision
from qa.check.relevance import is_of
from qa.english.text import read
from qa.english.titles import titles_in, without_titles, words_of_title
from qa.english.words import is_akin, stem
from qa.find.numbering import Numbering
from qa.find.offices import Held, change_of, distinct_titles, fullest, offices_of
from qa.question.office import office_asked, person_asked
from qa.question.read import Asked
from qa.records import Claim, Evidence


@at_once
def by_office(context: Context) -> Decision | None:
    """What reports call the person whose office is asked for, and how that changed; None for other questions."""
    person = person_asked(context.asked)
    if person is None:
        return None
    offices = offices_of(context.library, person, context.doc_ids)
    claims = office_claims(context.asked, person, offices, context.numbering)
    if not claims:
        return None
    return Decision(tuple(claims), differing=change_of(offices, context.numbering), compared=True)


def office_claims(asked: Asked, name: str, offices: Sequence[Held], numbering: Numbering) -> list[Claim]:
    """What the newest report of each time asked about, or of all, calls the bearer of `name`.

    Empty unless every time asked about has a report with a title beside the name.
    """
    of_times = [[office for office in offices if office.is_of(time)] for time in asked.times] or [list(offices)]
    newest = [[office for office in each if office.document == each[0].document] for each in of_times if each]
    return [_claim(name, each, offices, numbering) for each in newest] if len(newest) == len(of_times) else []


def _claim(name: str, of_report: Sequence[Held], offices: Sequence[Held], numbering: Numbering) -> Claim:
    distinct = distinct_titles(of_report)
    full = [fullest(office, offices) for office in distinct]
    published = of_report[0].document.published
    when = f" (as of {shown_date(published.isoformat())})" if published else ""
    titles = ", ".join(office.title for office in full)
    pairs = zip(distinct, full, strict=True)
    citations = tuple(dict.fromkeys(office.cite(numbering) for pair in pairs for office in pair))
    return Claim(f"{name}: {titles}{when}.", citations, "supported")


def holder_claim(asked: Asked, evidence: Sequence[Evidence]) -> Claim | None:
    """The one person whom the evidence gives the office asked for, "Who was the prime minister?", else None."""
    wanted = office_asked(asked)
    if not wanted:
        return None
    holders: dict[str, Evidence] = {}
    for sentence in evidence:
        if asked.times and not any(is_of(time, sentence) for time in asked.times):
            continue
        for run in read(sentence.quote).names:
            name = without_titles(run.words)
            titles = titles_in(sentence.quote, name) if " " in name else ()
            stems = [{stem(word) for word in words_of_title(title)} for title in titles]
            if any(all(is_akin(word, title) for word in wanted) for title in stems):
                holders.setdefault(name, sentence)
    if len(holders) != 1:
        return None
    ((name, sentence),) = holders.items()
    return Claim(f"{name}.", (sentence.citation,), "supported")
