"""Negation: what is denied."""

from __future__ import annotations

from collections.abc import Iterator

from qa.check.sentence import Said
from qa.english.negation import denied_otherwise, may_deny, written_with
from qa.records import Part


def check_denial(said: Said) -> Iterator[Part]:
    """Each "not" must be one of the cited sentences', and theirs must not be left out."""
    own, told = said.text.denied, said.quoted.denied
    told_denial = may_deny(said.quoted)
    for word, head in own.heads:
        if head in told.plain and head not in told.inside and not denied_otherwise(head, said.quoted):
            shown = written_with(head, said.text)
            reason = f"It denies something that the cited passage does not deny: {shown!r}."
            yield Part("negation", f"{word} {shown}", "contradicted", reason)
        elif not told_denial:
            yield Part("negation", word, "unsupported", "It denies something that the cited passage does not deny.")
        else:
            yield Part("negation", word, "supported")
    dropped = {head for _, head in told.heads if head} - told.plain - own.inside
    for head in sorted(dropped & own.plain):
        if denied_otherwise(head, said.text, but="only"):
            continue
        shown = written_with(head, said.text)
        reason = f"The cited passage says “not” of {shown!r}, and it does not."
        yield Part("negation", shown, "contradicted", reason)
