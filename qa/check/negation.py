"""Negation: what is denied."""

from __future__ import annotations

from collections.abc import Iterator

from qa.check.sentence import Statement
from qa.english.negation import denied_otherwise, may_deny, written_with
from qa.records import Part


def check_denial(statement: Statement) -> Iterator[Part]:
    """Each "not" must be one of the cited sentences', and theirs must not be left out."""
    claimed, cited = statement.text.denied, statement.cited.denied
    cited_denial = may_deny(statement.cited)
    for word, head in claimed.heads:
        if head in cited.plain and head not in cited.inside and not denied_otherwise(head, statement.cited):
            phrase = written_with(head, statement.text)
            reason = f"It denies something that the cited passage does not deny: {phrase!r}."
            yield Part("negation", f"{word} {phrase}", "contradicted", reason)
        elif not cited_denial:
            yield Part("negation", word, "unsupported", "It denies something that the cited passage does not deny.")
        else:
            yield Part("negation", word, "supported")
    dropped = {head for _, head in cited.heads if head} - cited.plain - claimed.inside
    for head in sorted(dropped & claimed.plain):
        if denied_otherwise(head, statement.text, but="only"):
            continue
        phrase = written_with(head, statement.text)
        reason = f"The cited passage says “not” of {phrase!r}, and it does not."
        yield Part("negation", phrase, "contradicted", reason)
