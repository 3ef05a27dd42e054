"""Who did what to whom: the order of two names around a verb, active or passive."""

from __future__ import annotations

from collections.abc import Iterator

from qa.check.sentence import Statement
from qa.english.deeds import doers_in, read_deeds, sides_of
from qa.english.pointing import has_pronoun
from qa.english.text import read
from qa.records import Part


def check_roles(statement: Statement) -> Iterator[Part]:
    """Each deed of one name to another that the cited sentences tell the other way round."""
    cited = [deed for sentence in statement.evidence for deed in read_deeds(sentence.shown, near=False)]
    for deed in read_deeds(statement.text, near=True):
        same = [cited_deed for cited_deed in cited if cited_deed.verb == deed.verb]
        straight = any(cited_deed.agent & deed.agent and cited_deed.patient & deed.patient for cited_deed in same)
        turned = any(cited_deed.agent & deed.patient and cited_deed.patient & deed.agent for cited_deed in same)
        if turned and not straight:
            reason = f"The cited passage tells who did what to whom the other way round than {deed.words!r}."
            yield Part("roles", deed.words, "unsupported", reason)
        elif straight:
            yield Part("roles", deed.words, "supported")
    yield from _check_doers(statement)


def _check_doers(statement: Statement) -> Iterator[Part]:
    """Each verb right behind a name that the cited sentences know, where they tell it of others only."""
    sides = [side for sentence in statement.evidence for side in sides_of(sentence.quote)]
    for doer in doers_in(statement.text):
        telling = [side for side in sides if doer.verb in read(side).all_stems]
        others = any(
            cited_doer.verb == doer.verb and cited_doer.is_name for side in telling for cited_doer in doers_in(side)
        )
        cited_words = doer.name_words & statement.cited.vocabulary
        if (
            others
            and cited_words
            and not any(doer.name_words & read(side).vocabulary or has_pronoun(side) for side in telling)
        ):
            reason = f"The cited passage tells {doer.verb_words!r} of another than {doer.name}."
            yield Part("roles", doer.words, "unsupported", reason)
