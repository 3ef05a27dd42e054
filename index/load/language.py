"""The language that a text is written in."""

from __future__ import annotations

from functools import cache
from typing import Any

MIN_LETTERS = 40
"""Of a shorter text the language is not told: names decide there."""
SURE = 0.9
"""Probability from which it is."""
READ = 4_000
"""Characters that are looked at."""


def language_of(text: str) -> str | None:
    """ISO 639-1 code of the language that most of the text's beginning is in; None where that is not clear.

    Source of the model: Lui & Baldwin, "langid.py: An Off-the-shelf Language Identification Tool" (2012), in py3langid.
    """
    head = text[:READ]
    if sum(map(str.isalpha, head)) < MIN_LETTERS:
        return None
    language, probability = _identifier().classify(head)
    return str(language) if probability >= SURE else None


def likelihoods(text: str) -> dict[str, float]:
    """The probability of each language, by its ISO 639-1 code, however short the text is."""
    return {str(language): float(probability) for language, probability in _identifier().rank(text)}


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([label for label in identifier.labels if len(label) == 2])
    return identifier
