"""Why an answer is as it is: what was found and in which order, what the model read, what each step took."""

from __future__ import annotations

from collections.abc import Sequence

from qa.find.answerability import likelihood_in_words
from qa.model.open import NONE
from qa.records import Answer, EvidenceFound
from ui.shared import date_in_words, escape

_STEPS = (("evidence", "evidence"), ("first_word", "first word"), ("answer", "answer"))
_TOKENS = (("read", "read"), ("kept", "kept from before"), ("written", "written"))
SHOWN_PROMPT = 12_000
"""Characters of a prompt that are shown."""


def why_html(answer: Answer, evidence: EvidenceFound | None, prompts: Sequence[str]) -> str:
    """All of it, folded away."""
    body = f'<p class="dl-facts">{" · ".join(_facts(answer))}</p>'
    if answer.likelihood is not None:
        words = likelihood_in_words(answer.likelihood)
        body += f'<p class="dl-note">The documents were held {words}: {answer.likelihood:.0%}.</p>'
    if evidence and evidence.citations:
        body += _ranked(answer, evidence)
    body += "".join(_prompt(number, prompt) for number, prompt in enumerate(prompts, 1))
    return f'<details class="dl-why"><summary>Why this answer</summary>{body}</details>'


def _facts(answer: Answer) -> list[str]:
    parts = [f"{words} {seconds_in_words(answer.seconds[name])}" for name, words in _STEPS if name in answer.seconds]
    told = [f"{answer.tokens[name]:,} {words}" for name, words in _TOKENS if answer.tokens.get(name)]
    parts += [f"tokens: {', '.join(told)}"] if told else []
    return [*parts, "no language model" if answer.model == NONE else f"model {escape(answer.model)}"]


def _ranked(answer: Answer, evidence: EvidenceFound) -> str:
    cited = {citation.number for claim in answer.claims for citation in claim.citations}
    rows = ""
    for rank, one in enumerate(evidence.citations, 1):
        who = f"<bdi>{escape(one.outlet or one.title)}</bdi>, {date_in_words(one.published)}"
        used = " · cited" if one.number in cited else ""
        rows += (
            f'<tr><td>{rank}</td><td>[{one.number}]</td><td dir="auto">{escape(" ".join(one.quote.split()))}'
            f'<div class="dl-meta">{who}{used}</div></td></tr>'
        )
    head = "<thead><tr><th>Rank</th><th>Marker</th><th>Sentence found</th></tr></thead>"
    return f'<table class="dl-ranked">{head}<tbody>{rows}</tbody></table>'


def _prompt(number: int, prompt: str) -> str:
    shown = prompt[:SHOWN_PROMPT] + ("…" if len(prompt) > SHOWN_PROMPT else "")
    return (
        f"<details><summary>What the model read, call {number}</summary>"
        f'<pre class="dl-prompt" dir="auto" tabindex="0">{escape(shown)}</pre></details>'
    )


def seconds_in_words(seconds: float) -> str:
    """`0.12 s` or `4.5 s`."""
    return f"{seconds:.2f} s" if seconds < 1 else f"{seconds:.1f} s"
