"""Who did what to whom: the order of two names around a verb, active or passive."""

from __future__ import annotations

from collections.abc import Iterator

from qa.check.sentence import Said
from qa.english.deeds import doers_in, read_deeds, sides_of
from qa.english.pointing import has_pronoun
from qa.english.text import read
from qa.records import Part


def check_roles(said: Said) -> Iterator[Part]:
    """Each deed of one name to another that the cited sentences tell the other way round."""
    told = [deed for found in said.evidence for deed in read_deeds(found.shown, near=False)]
    for deed in read_deeds(said.text, near=True):
        same = [one for one in told if one.verb == deed.verb]
        straight = any(one.agent & deed.agent and one.patient & deed.patient for one in same)
        turned = any(one.agent & deed.patient and one.patient & deed.agent for one in same)
        if turned and not straight:
            reason = f"The cited passage tells who did what to whom the other way round than {deed.words!r}."
            yield Part("roles", deed.words, "unsupported", reason)
        elif straight:
            yield Part("roles", deed.words, "supported")
    yield from _check_doers(said)


def _check_doers(said: Said) -> Iterator[Part]:
    """Each verb right behind a name that the cited sentences know, where they tell it of others only."""
    sides = [side for evidence in said.evidence for side in sides_of(evidence.quote)]
    for doer in doers_in(said.text):
        telling = [side for side in sides if doer.verb in read(side).all_stems]
        others = any(other.verb == doer.verb and other.is_name for side in telling for other in doers_in(side))
        known = doer.name_words & said.quoted.vocabulary
        if (
            others
            and known
            and not any(doer.name_words & read(side).vocabulary or has_pronoun(side) for side in telling)
        ):
            reason = f"The cited passage tells {doer.verb_words!r} of another than {doer.name}."
            yield Part("roles", doer.words, "unsupported", reason)
