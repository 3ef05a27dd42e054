"""One question and what came of it, as HTML: first the evidence, then the draft, then the checked answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from index.records import EVERYTHING, Filter
from qa.compare.disagreement import disagreement_in_words, since_in_words
from qa.find.answerability import likelihood_in_words
from qa.model.open import NONE
from qa.model.prompt import NOT_FOUND
from qa.question.filters import scope_in_words
from qa.records import Answer, Citation, Claim, Disagreement, Event, EvidenceFound, Piece, judgement_in_words
from ui.shared import counted, date_in_words, escape
from ui.sources import FindDocument, Sheets

SHOWN_QUESTION = 400
"""Characters of a question that are shown: one that is far too long is refused, but stays on the page."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and what has come of it so far."""

    question: str
    evidence: EvidenceFound | None = None
    draft: str = ""
    attempt: int = 0
    answer: Answer | None = None
    error: str | None = None
    filter: Filter = EVERYTHING
    scope: str = ""
    """The filter in words."""
    as_of: date | None = None
    """The day taken for today, where one was chosen."""
    ahead: int = 0
    """Replies to others that the model makes before it goes on with this one."""
    slow: str = ""
    """That the model is slow and why, once it is."""

    def after(self, event: Event) -> Exchange:
        """This exchange once `event` has happened; a new attempt begins the draft again."""
        if isinstance(event, EvidenceFound):
            return replace(self, evidence=event)
        if isinstance(event, Piece):
            before = self.draft if event.attempt == self.attempt else ""
            return replace(self, draft=before + event.text, attempt=event.attempt)
        return replace(self, answer=event)


@dataclass(frozen=True, slots=True)
class Look:
    """How one exchange is shown: what it needs besides itself."""

    number: int
    """Of the exchange on its page, from 1."""
    find: FindDocument
    today: date
    live: bool
    """Whether the answer is still being made."""

    def sheets(self, part: str) -> Sheets:
        """For one part of the exchange."""
        return Sheets(f"dl-{self.number}-{part}", self.find, self.today)


def question_html(exchange: Exchange) -> str:
    """What was asked, and how it was understood where that differs."""
    asked = exchange.question.strip()
    shown = asked if len(asked) <= SHOWN_QUESTION else f"{asked[:SHOWN_QUESTION]}…"
    lines = f'<h2 class="dl-question" dir="auto">{escape(shown)}</h2>'
    lines += _scope(exchange)
    if exchange.as_of:
        lines += (
            f'<p class="dl-meta">As of {date_in_words(exchange.as_of)}: “today” and ages below are of that day.</p>'
        )
    if exchange.answer and exchange.answer.searched.query.strip() != asked:
        lines += f'<p class="dl-meta">Understood as: <bdi>{escape(exchange.answer.searched.query)}</bdi></p>'
    return lines


def _scope(exchange: Exchange) -> str:
    """Which documents were asked, where not all were."""
    if exchange.filter == EVERYTHING:
        return ""
    searched = exchange.answer.searched if exchange.answer else None
    if searched is None or searched.out_of is None:
        return f'<p class="dl-meta">Searching only documents <bdi>{escape(exchange.scope)}</bdi></p>'
    words = scope_in_words(searched.documents, searched.out_of, searched.filter)
    return f'<p class="dl-meta"><bdi>{escape(words)}</bdi></p>'


def answer_html(exchange: Exchange, look: Look) -> str:
    """The checked answer, or how far it is; empty when there is an error to show instead."""
    if exchange.answer:
        return _final(exchange.answer, look)
    if exchange.error is not None:
        return ""
    if look.live:
        return _draft(exchange)
    return '<p class="dl-note">Stopped before there was a checked answer. Ask again to have one.</p>'


def evidence_html(exchange: Exchange, look: Look) -> str:
    """The evidence found, open until there is an answer."""
    found = exchange.evidence
    if found is None or not found.citations:
        return ""
    documents = len({citation.doc_id for citation in found.citations})
    summary = f"{counted(len(found.citations), 'sentence')} found in {counted(documents, 'document')}"
    if found.likelihood is not None:
        summary += f", {likelihood_in_words(found.likelihood)}"
    return (
        f'<details class="dl-evidence"{"" if exchange.answer else " open"}><summary>Evidence: {summary}'
        f' <span class="dl-quiet">in {_seconds(found.seconds)}</span></summary>'
        f"{look.sheets('found').cards(found.citations, brief=True)}</details>"
    )


def shown_draft(text: str) -> str:
    """A draft as it may be shown: without the model's own sign for "not found", also while it is being written."""
    text = re.sub(rf"\b{NOT_FOUND}\b\.?", "", text)
    beginnings = "|".join(NOT_FOUND[:length] for length in range(len(NOT_FOUND), 1, -1))
    return re.sub(rf"(?:^|(?<=\s))(?:{beginnings}|N$)$", "", text).strip()


def _draft(exchange: Exchange) -> str:
    if exchange.evidence is None:
        return f'<p class="dl-note dl-busy">{_while_running("Searching the documents…")}</p>'
    draft = shown_draft(exchange.draft)
    if not draft:
        others = "1 other question is" if exchange.ahead == 1 else f"{exchange.ahead:,} other questions are"
        words = f"{others} being answered first…" if exchange.ahead else "Reading the evidence below…"
        words = f"{words} {escape(exchange.slow)}".rstrip()
        return f'<p class="dl-note dl-busy">{_while_running(words)}</p>'
    unchecked = "Draft, not checked yet: each sentence will be compared with its source."
    return (
        f'<div class="dl-draft" dir="auto">{escape(draft)}</div>'
        f'<p class="dl-note dl-busy">{_while_running(unchecked, "Stopped: this is an unchecked draft, no answer.")}</p>'
    )


def _while_running(words: str, stopped: str = "Stopped before there was a checked answer.") -> str:
    """`words`, in whose place the style sheet shows `stopped` once the page has stopped: no code runs then."""
    return f'<span class="dl-if-running">{words}</span><span class="dl-if-stopped">{stopped}</span>'


def _final(answer: Answer, look: Look) -> str:
    body = _not_found(answer, look) if answer.status == "not_found" else _answered(answer, look)
    return f'<div class="dl-answer">{body}{_problems(answer.problems)}{_facts(answer)}</div>'


def _answered(answer: Answer, look: Look) -> str:
    sheets = look.sheets("answer")
    supported = [claim for claim in answer.claims if claim.verdict == "supported"]
    others = [claim for claim in answer.claims if claim.verdict != "supported"]
    cited = [citation for claim in [*supported, *others] for citation in claim.citations]
    told = [position for disagreement in answer.disagreements for position in disagreement.positions]
    cited += [citation for position in told for citation in position.citations]
    html = f'<p class="dl-judgement">{judgement_in_words(answer.judgement)}</p>' if answer.judgement else ""
    for verbatim, sentences in groupby(supported, key=lambda claim: claim.verbatim):
        body = " ".join(_sentence(claim, sheets) for claim in sentences)
        words = f'<p class="dl-sentences" dir="auto">{body}</p>'
        html += f'<blockquote class="dl-verbatim">{words}</blockquote>' if verbatim else words
    if supported and all(claim.verbatim for claim in supported):
        why = "No language model is set: these" if answer.model == NONE else "These"
        html += f'<p class="dl-note">{why} are the documents’ own sentences.</p>'
    html += "".join(_differing(disagreement, sheets) for disagreement in answer.disagreements)
    if others:
        html += _left_out(others, sheets)
    return html + (f"{_label('Sources')}{sheets.cards(cited)}" if cited else "")


def _differing(disagreement: Disagreement, sheets: Sheets) -> str:
    """Who says what, where sources differ."""
    rows = ""
    for at, position in enumerate(disagreement.positions):
        who = ", ".join(f"{_outlet_and_date(one)} {sheets.marker(one)}" for one in position.citations)
        sources = f" · {counted(position.sources, 'independent source')}" if position.sources > 1 else ""
        since = since_in_words(disagreement, at)
        value = f'{since}<b dir="auto">{escape(position.value)}</b>'
        rows += f'<li>{value} <span class="dl-meta">{who}{sources}</span></li>'
    label = _label(disagreement_in_words(disagreement))
    return f'<div class="dl-differing" role="note">{label}<ul>{rows}</ul></div>'


def _outlet_and_date(citation: Citation) -> str:
    return f"<bdi>{escape(citation.outlet or citation.title)}</bdi>, {date_in_words(citation.published)}"


def _sentence(claim: Claim, sheets: Sheets) -> str:
    """The claim with its markers before the full stop, as in `Answer.text`."""
    body, stop = (claim.text[:-1], claim.text[-1]) if claim.text[-1:] in tuple(".!?") else (claim.text, "")
    markers = "".join(sheets.marker(citation) for citation in claim.citations)
    return f'<span class="dl-claim">{escape(body)}\N{NO-BREAK SPACE}{markers}{escape(stop)}</span>'


def _left_out(claims: Sequence[Claim], sheets: Sheets) -> str:
    rows = ""
    for claim in claims:
        markers = "".join(sheets.marker(citation) for citation in claim.citations)
        reasons = "".join(f"<li>{escape(reason)}</li>" for reason in claim.reasons)
        sign = '<b class="dl-contradicted">Contradicted</b> ' if claim.verdict == "contradicted" else ""
        rows += (
            f'<div>{sign}<s dir="auto">{escape(claim.text)}</s> {markers}<ul class="dl-reasons">{reasons}</ul></div>'
        )
    title = "Not part of the answer: the model wrote this, but the sources do not bear it out"
    return f'<div class="dl-left-out" role="note">{_label(title)}{rows}</div>'


def _not_found(answer: Answer, look: Look) -> str:
    searched = answer.searched
    html = (
        f'<p class="dl-sentences">The documents do not say.</p><p class="dl-note">Searched '
        f"{counted(searched.documents, 'document')}, {counted(searched.passages, 'passage')}, for "
        f"<q><bdi>{escape(searched.query)}</bdi></q>.</p>"
    )
    html += "".join(f'<p class="dl-note">{escape(lack)}</p>' for lack in answer.missing)
    sheets = look.sheets("answer")
    if answer.claims:
        html += _left_out(answer.claims, sheets)
    # The sheets of all that is cited, since a marker opens one.
    read = [*(citation for claim in answer.claims for citation in claim.citations), *answer.nearest]
    if read:
        html += _label("Nearest passages, none of which answers it") + sheets.cards(read)
    return html


def _problems(problems: Sequence[str]) -> str:
    if not problems:
        return ""
    rows = "".join(f"<li>{escape(problem)}</li>" for problem in problems)
    what = counted(len(problems), "remark")
    return f'<details class="dl-problems"><summary>{what} on how this was made</summary><ul>{rows}</ul></details>'


def _facts(answer: Answer) -> str:
    """Seconds to each step and the model's name."""
    names = (("evidence", "evidence"), ("first_word", "first word"), ("answer", "answer"))
    parts = [f"{words} {_seconds(answer.seconds[name])}" for name, words in names if name in answer.seconds]
    parts.append("no language model" if answer.model == NONE else f"model {escape(answer.model)}")
    return f'<p class="dl-facts">{" · ".join(parts)}</p>'


def _label(text: str) -> str:
    return f'<div class="dl-label">{text}</div>'


def _seconds(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds < 1 else f"{seconds:.1f} s"
