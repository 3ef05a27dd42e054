"""Modality: what is planned, expected or possible is not what happened, and the other way round."""

from __future__ import annotations

from collections.abc import Iterator

from qa.check.sentence import Statement
from qa.english.modality import read_modes
from qa.records import Part


def check_modality(statement: Statement) -> Iterator[Part]:
    """Each verb that the sentence tells as done or as planned, where the cited sentences have it too."""
    claimed, cited = read_modes(statement.text), read_modes(statement.cited)
    for verb, words in claimed.done.items():
        if verb in cited.planned and verb not in cited.done and verb not in claimed.planned:
            reason = f"It tells {words!r} as done; the cited passage says {cited.planned[verb]!r}."
            yield Part("modality", words, "unsupported", reason)
        elif verb in cited.done:
            yield Part("modality", words, "supported")
    for verb, words in claimed.planned.items():
        if verb in cited.done and verb not in cited.planned and verb not in claimed.done:
            reason = f"It says {words!r}; the cited passage tells {cited.done[verb]!r} as done."
            yield Part("modality", words, "unsupported", reason)
        elif verb in cited.planned:
            yield Part("modality", words, "supported")
