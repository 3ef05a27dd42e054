"""Whether an answer holds the facts expected of it: deterministic, explained, and None when it cannot be scored."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Sequence

from index.dates import find_mentions

_MARKER = re.compile(r"\s*\[\d+\]")


def normalise(text: str, dates: bool = True) -> str:
    """`text` for comparison: no markers, lower case, plain quotes, hyphens as spaces; complete dates in ISO 8601.

    Args:
        dates: Whether these are; else they stay as they are written, and "December 15, 2016" holds "December 15".
    """
    text = _MARKER.sub("", text)
    pieces: list[str] = []
    position = 0
    for mention in find_mentions(text, None) if dates else ():
        if "/" not in mention.resolved and len(mention.resolved) > len("2021"):
            pieces += [text[position : mention.start], mention.resolved]
            position = mention.end
    text = "".join([*pieces, text[position:]]).lower()
    text = re.sub(r"[’‘]", "'", text)
    text = re.sub(r"[“”]", '"', text)
    # A hyphen between letters only: an ISO date keeps its own.
    text = re.sub(r"(?<=[a-z0-9])[-–—](?=[a-z])", " ", text)
    return " ".join(text.split())


def holds(phrase: str, text: str) -> bool:
    """Whether `phrase` stands in `text` as whole words, both normalised; a full date holds its month."""
    return any(
        re.search(rf"(?<![\w-]){re.escape(normalise(phrase, dates))}(?!\w)", normalise(text, dates))
        for dates in (True, False)
    )


def missing_facts(facts: Sequence[Sequence[str]], text: str) -> list[str]:
    """The expected facts of which no alternative stands in `text`, each by its first alternative."""
    return [fact[0] for fact in facts if not any(holds(alternative, text) for alternative in fact)]


def forbidden_held(forbidden: Sequence[str], text: str) -> list[str]:
    """The wrong statements that stand in `text`."""
    return [phrase for phrase in forbidden if holds(phrase, text)]


def squad_words(text: str) -> list[str]:
    """The words that SQuAD compares: no markers, lower case, no punctuation, no articles.

    Source: the official evaluation of Rajpurkar et al., "SQuAD: 100,000+ Questions" (2016).
    """
    text = _MARKER.sub("", text).lower()
    text = "".join(letter for letter in text if letter not in string.punctuation)
    return [word for word in text.split() if word not in ("a", "an", "the")]


def exact_match(references: Sequence[str], text: str) -> bool:
    """Whether `text` is one of the references, both as `squad_words`."""
    return any(squad_words(reference) == squad_words(text) for reference in references)


def token_f1(references: Sequence[str], text: str) -> float:
    """Harmonic mean of precision and recall of the words shared with the nearest reference, from 0 to 1.

    Source: as `squad_words`; no word on either side counts 1 only when both are empty.
    """
    return max((_f1(squad_words(reference), squad_words(text)) for reference in references), default=0.0)


def _f1(expected: Sequence[str], given: Sequence[str]) -> float:
    if not expected or not given:
        return float(expected == given)
    shared = sum((Counter(expected) & Counter(given)).values())
    if not shared:
        return 0.0
    precision, recall = shared / len(given), shared / len(expected)
    return 2 * precision * recall / (precision + recall)
