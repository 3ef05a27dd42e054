"""Modality: what is planned, expected or possible is not what happened, and the other way round."""

from __future__ import annotations

from collections.abc import Iterator

from qa.check.sentence import Said
from qa.english.modality import read_modes
from qa.records import Part


def check_modality(said: Said) -> Iterator[Part]:
    """Each verb that the sentence tells as done or as planned, where the cited sentences have it too."""
    own, told = read_modes(said.text), read_modes(said.quoted)
    for verb, words in own.done.items():
        if verb in told.planned and verb not in told.done and verb not in own.planned:
            reason = f"It tells {words!r} as done; the cited passage says {told.planned[verb]!r}."
            yield Part("modality", words, "unsupported", reason)
        elif verb in told.done:
            yield Part("modality", words, "supported")
    for verb, words in own.planned.items():
        if verb in told.done and verb not in told.planned and verb not in own.done:
            reason = f"It says {words!r}; the cited passage tells {told.done[verb]!r} as done."
            yield Part("modality", words, "unsupported", reason)
        elif verb in told.planned:
            yield Part("modality", words, "supported")
