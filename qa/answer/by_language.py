"""A question in another language than what is found for it, where no model has translated it."""

from __future__ import annotations

from collections.abc import Sequence

from qa.answer.answerer import Context, at_once
from qa.answer.decision import Decision
from qa.question.language import language_asked, language_in_words
from qa.question.rewrite import own_words
from qa.records import Evidence


@at_once
def by_language(context: Context) -> Decision | None:
    """Declines a question in a language of which nothing is found; None for English and for what may be understood."""
    told = other_language(context.asked.text, context.evidence)
    return Decision(declined="language", compared=True) if told else None


def other_language(question: str, evidence: Sequence[Evidence]) -> str | None:
    """For the user: the languages of the question and of what was found; None where they may be the same."""
    found = {sentence.document.language for sentence in evidence if sentence.document.language}
    asked = language_asked(own_words(question)) if found else None
    if asked is None or asked in found:
        return None
    theirs = " and ".join(sorted(map(language_in_words, found)))
    return (
        f"The question seems to be in {language_in_words(asked)}, and the passages found are in {theirs}. Dateline "
        "reads questions in English, and this one was not translated: ask in English, or with a model that translates."
    )
