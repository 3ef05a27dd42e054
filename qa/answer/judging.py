"""Whether a sentence follows from what it cites, as a model that was trained on the task judges it, and as is exact."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from index.dates import find_mentions
from index.dates.times import covers
from index.records import TimeMention
from qa.answer.tie import with_dates
from qa.check.support import weigh
from qa.check.verify import check_parts, verdict_of
from qa.english.words import words_of
from qa.model.prompt import YES_OR_NO, build_judging_prompt
from qa.model.writer import Writer
from qa.question.comparison import read_judgement
from qa.question.read import Asked
from qa.records import Evidence, Part

Mentions = Callable[[str], Sequence[TimeMention]]
"""The times that a document names, given its doc_id."""


def check_judged(
    writer: Writer,
    asked: Asked,
    text: str,
    cited: Sequence[Evidence],
    mentions: Mentions,
    on_problem: Callable[[str], object] = str,
) -> tuple[Part, ...]:
    """What of the sentence can be checked, as exact checks and, where it is not the passage's own words, the model's
    judgement find together.

    Args:
        mentions: The times that each cited document names.
    """
    dated = with_dates(text, cited)
    exact = check_parts(dated, cited, asked.text)
    if not cited or verdict_of(exact) == "supported":
        return exact
    parts = read_parts(exact, cited, asked, mentions)
    return weigh(judge(writer, asked, text, cited, on_problem), parts)


def judge(
    writer: Writer,
    asked: Asked,
    text: str,
    cited: Sequence[Evidence],
    on_problem: Callable[[str], object] = str,
) -> float:
    """The model's probability that the sentence follows from what it cites; of one that tells none, its Yes or No.

    It reads nothing beside: among other sentences it takes these for proof as well.
    """
    told: dict[str, float] = {}

    def on_first(probabilities: Mapping[str, float], piece: str) -> bool:
        told.update({word: probabilities.get(word, 0.0) for word in ("Yes", "No")})
        return not any(told.values())

    prompt = build_judging_prompt(asked, [replace(one, number=number) for number, one in enumerate(cited, 1)], text)
    # Its pieces are no part of the answer.
    written = "".join(piece.text for piece in writer.write(prompt, YES_OR_NO, on_problem, on_first))
    if any(told.values()):
        return told["Yes"] / (told["Yes"] + told["No"])
    return float(read_judgement(written) == "yes")


def read_parts(exact: Sequence[Part], cited: Sequence[Evidence], asked: Asked, mentions: Mentions) -> tuple[Part, ...]:
    """What the exact checks said, read as the cited report would be: its "she" and "that day" are known there.

    So a name or a time may also stand elsewhere in the report or in the question. A "not" of which the sentences say
    nothing, and a number that follows from two of theirs, are left to the model's judgement, as other words are.
    """
    parts = (part for part in exact if part.kind != "words")
    return tuple(
        replace(part, verdict="supported", reason="") if _is_known(part, cited, asked, mentions) else part
        for part in parts
    )


def _is_known(part: Part, cited: Sequence[Evidence], asked: Asked, mentions: Mentions) -> bool:
    if part.verdict != "unsupported":
        return False
    if part.kind == "name":
        documents = (sentence.document for sentence in cited)
        texts = [asked.text, *(text for one in documents for text in (one.title, one.outlet, one.author, one.text))]
        return set(words_of(part.words)) <= set(words_of(" ".join(filter(None, texts))))
    return _is_told(part, cited, asked, mentions) if part.kind == "date" else part.kind in {"negation", "reckoned"}


def _is_told(part: Part, cited: Sequence[Evidence], asked: Asked, mentions: Mentions) -> bool:
    """Whether a day within the part's time is named in the report or the question, or is that of the report."""
    days = [sentence.document.published for sentence in cited if sentence.document.published]
    told = [*asked.times, *(day.isoformat() for day in days)]
    told += [mention.resolved for sentence in cited for mention in mentions(sentence.document.doc_id)]
    times = [mention.resolved for mention in find_mentions(part.words, next(iter(days), None))]
    return bool(times) and all(any(covers(time, one) for one in told) for time in times)
