"""A checked answer as HTML: each sentence with its markers, what differs, what was withheld, and the sources."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from qa.compare.disagreement import disagreement_in_words, since_in_words
from qa.model.open import NONE
from qa.question.rewrite import query_in_words
from qa.records import Answer, Citation, Claim, Disagreement, EvidenceFound, judgement_in_words
from ui.reader import Reader
from ui.shared import counted, date_in_words, escape
from ui.why import why_html


def answered_html(answer: Answer, evidence: EvidenceFound | None, prompts: Sequence[str], reader: Reader) -> str:
    """The answer sentence by sentence, with its sources and why it is so."""
    body = _not_found(answer, reader) if answer.status == "not_found" else _answered(answer, reader)
    body += _problems(answer.problems) + why_html(answer, evidence, prompts)
    return f'<div class="dl-answer">{body}</div>'


def cited_by(answer: Answer) -> list[Citation]:
    """Every citation that the answer has a marker of, in the order of the page."""
    claims = sorted(answer.claims, key=lambda claim: claim.verdict != "supported")
    cited = [citation for claim in claims for citation in claim.citations]
    if answer.status == "not_found":
        return [*cited, *answer.nearest]
    told = [position for disagreement in answer.disagreements for position in disagreement.positions]
    return [*cited, *(citation for position in told for citation in position.citations)]


def _answered(answer: Answer, reader: Reader) -> str:
    supported = [claim for claim in answer.claims if claim.verdict == "supported"]
    others = [claim for claim in answer.claims if claim.verdict != "supported"]
    html = f'<p class="dl-judgement">{judgement_in_words(answer.judgement)}</p>' if answer.judgement else ""
    for verbatim, sentences in groupby(supported, key=lambda claim: claim.verbatim):
        body = " ".join(_sentence(claim, reader) for claim in sentences)
        words = f'<p class="dl-sentences" dir="auto">{body}</p>'
        html += f'<blockquote class="dl-verbatim">{words}</blockquote>' if verbatim else words
    if supported and all(claim.verbatim for claim in supported):
        why = "No language model is set: these" if answer.model == NONE else "These"
        html += f'<p class="dl-note">{why} are the documents’ own sentences.</p>'
    html += "".join(_differing(disagreement, reader) for disagreement in answer.disagreements)
    if others:
        html += _left_out(others, reader)
    return html + _sources("Sources", cited_by(answer), reader)


def _differing(disagreement: Disagreement, reader: Reader) -> str:
    """Who says what, where sources differ."""
    rows = ""
    for at, position in enumerate(disagreement.positions):
        who = ", ".join(f"{_outlet_and_date(one)} {reader.marker(one)}" for one in position.citations)
        sources = f" · {counted(position.sources, 'independent source')}" if position.sources > 1 else ""
        since = since_in_words(disagreement, at)
        value = f'{since}<b dir="auto">{escape(position.value)}</b>'
        rows += f'<li>{value} <span class="dl-meta">{who}{sources}</span></li>'
    label = _label(disagreement_in_words(disagreement))
    return f'<div class="dl-differing" role="note">{label}<ul>{rows}</ul></div>'


def _outlet_and_date(citation: Citation) -> str:
    return f"<bdi>{escape(citation.outlet or citation.title)}</bdi>, {date_in_words(citation.published)}"


def _sentence(claim: Claim, reader: Reader) -> str:
    """The claim with its markers before the full stop, as in `Answer.text`."""
    body, stop = (claim.text[:-1], claim.text[-1]) if claim.text[-1:] in tuple(".!?") else (claim.text, "")
    markers = "".join(reader.marker(citation) for citation in claim.citations)
    told = "Compared with what it cites, and borne out by it"
    return f'<span class="dl-claim" title="{told}">{escape(body)}\N{NO-BREAK SPACE}{markers}{escape(stop)}</span>'


def _left_out(claims: Sequence[Claim], reader: Reader) -> str:
    rows = ""
    for claim in claims:
        markers = "".join(reader.marker(citation) for citation in claim.citations)
        reasons = "".join(f"<li>{escape(reason)}</li>" for reason in claim.reasons)
        sign = '<b class="dl-contradicted">Contradicted</b> ' if claim.verdict == "contradicted" else ""
        rows += (
            f'<div>{sign}<s dir="auto">{escape(claim.text)}</s> {markers}<ul class="dl-reasons">{reasons}</ul></div>'
        )
    title = "Not part of the answer: the model wrote this, but the sources do not bear it out"
    return f'<div class="dl-left-out" role="note">{_label(title)}{rows}</div>'


def _not_found(answer: Answer, reader: Reader) -> str:
    searched = answer.searched
    html = (
        f'<p class="dl-sentences">The documents do not say.</p><p class="dl-note">Searched '
        f"{counted(searched.documents, 'document')}, {counted(searched.passages, 'passage')}, for "
        f"<q><bdi>{escape(query_in_words(searched.query))}</bdi></q>.</p>"
    )
    html += "".join(f'<p class="dl-note">{escape(lack)}</p>' for lack in answer.missing)
    if answer.claims:
        html += _left_out(answer.claims, reader)
    return html + _sources("What they say nearest to it", cited_by(answer), reader)


def _sources(label: str, cited: Sequence[Citation], reader: Reader) -> str:
    return f"{_label(label)}{reader.cards(cited)}" if cited else ""


def _problems(problems: Sequence[str]) -> str:
    if not problems:
        return ""
    rows = "".join(f"<li>{escape(problem)}</li>" for problem in problems)
    what = counted(len(problems), "remark")
    return f'<details class="dl-problems"><summary>{what} on how this was made</summary><ul>{rows}</ul></details>'


def _label(text: str) -> str:
    return f'<div class="dl-label">{text}</div>'
