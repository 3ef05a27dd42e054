"""Answers in the documents' own words: the best evidence sentences themselves, without a model's or beside them."""

from __future__ import annotations

from collections.abc import Sequence

from qa import tuning
from qa.answer.answerer import Context, at_once
from qa.answer.decision import Decision, decide
from qa.answer.quoting import verbatim
from qa.check.relevance import check_answers
from qa.english.text import read
from qa.english.words import content_stems
from qa.question.read import Asked
from qa.records import Claim, Evidence


@at_once
def by_extract(context: Context) -> Decision | None:
    """The best sentences of the documents, for when no model is asked."""
    return decide(extract_claims(context.asked, context.evidence), "off")


def quote_outstanding(asked: Asked, evidence: Sequence[Evidence]) -> Claim | None:
    """The sentence that stands out by the question's own words, as an answer word for word; None when none does.

    For when the model wrote sentences, and none bore checking.
    """
    fitting = (
        sentence
        for sentence in evidence
        if sentence.coverage >= tuning.STANDS_OUT and not read(sentence.quote).is_fragment
    )
    fitting = (sentence for sentence in fitting if not check_answers(asked, sentence.shown, (sentence,), evidence))
    best = max(fitting, key=lambda sentence: sentence.coverage, default=None)
    return verbatim(best) if best else None


def extract_claims(asked: Asked, evidence: Sequence[Evidence]) -> list[Claim]:
    """At most two sentences, the best first; none when the best lack what the question asks for.

    Each is supported by construction: it is the passage. Whether it answers the question is for the reader to say.
    """
    good = [sentence for sentence in evidence if asked.about_document or not read(sentence.quote).is_fragment]
    good = good[: tuning.STANDS_IN_FOR]
    fitting = [sentence for sentence in good if not check_answers(asked, sentence.shown, (sentence,), evidence)]
    near = [sentence for sentence in fitting if sentence.share >= tuning.NEAR_BEST * fitting[0].share]
    return [verbatim(sentence) for sentence in near[: tuning.EXTRACTED]]


def best_beside(asked: Asked, written: Sequence[Claim], evidence: Sequence[Evidence]) -> list[Claim]:
    """The best sentence of the documents, to stand beside the supported ones that the model wrote; or none.

    A small model leaves out what was asked, or takes it from the second best sentence, and no check of words can tell.
    None is needed where it says most of that sentence, nor where it took a number or a time from it; and what a report
    says of itself stands at its head, in no sentence.
    """
    best = extract_claims(asked, evidence)[:1]
    cited = {citation.number for claim in written for citation in claim.citations}
    if not best or asked.about_document or (asked.expects != "other" and best[0].citations[0].number in cited):
        return []
    added = set(content_stems(best[0].text)) - asked.text.stems
    repeated = added & {stem for claim in written for stem in read(claim.text).stems}
    return best if len(repeated) < tuning.SAID_ALREADY * len(added) else []
