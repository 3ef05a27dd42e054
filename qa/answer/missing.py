"""What the documents lack of a question that they do not answer: "they mention the MoU, and give no amount for it"."""

from __future__ import annotations

from collections.abc import Sequence

from qa.english.text import read
from qa.english.words import stem, words_of
from qa.question.read import Asked
from qa.question.terms import subjects_of
from qa.records import Evidence

NAMED = 4
"""Words or names shown, at most."""
_LACKING = {
    "amount": "no amount for it",
    "number": "no number for it",
    "age": "no age",
    "time": "no time for it",
}


def missing_in_words(asked: Asked, evidence: Sequence[Evidence]) -> str | None:
    """Of the question's names and words, which the passages found mention and which they do not; None without any.

    Args:
        evidence: What was found; its whole passages and titles count as read.
    """
    texts = {sentence.passage.text for sentence in evidence} | {sentence.document.title for sentence in evidence}
    stems = {stem(word) for text in texts for word in words_of(text)}
    mentioned: list[str] = []
    absent: list[str] = []
    for words in subjects_of(asked):
        (mentioned if read(words).all_stems <= stems else absent).append(words)
    if absent:
        partly = f"mention {_listed(mentioned)}, but not {_listed(absent, 'or')}" if mentioned else ""
        return f"The passages found {partly or 'do not mention ' + _listed(absent, 'or')}."
    if not mentioned:
        return None
    if asked.expects in _LACKING:
        return f"The passages found mention {_listed(mentioned)}, but give {_LACKING[asked.expects]}."
    return f"The passages found mention {_listed(mentioned)}, but do not say what is asked of it."


def _listed(words: Sequence[str], link: str = "and") -> str:
    quoted = [f"“{word}”" for word in words[:NAMED]]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} {link} {quoted[-1]}"
