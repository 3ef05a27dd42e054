"""A sentence to be checked, with the text that it must be borne out by."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from index.dates import find_mentions
from index.records import Span
from qa import tuning
from qa.english.text import Text, read
from qa.records import Evidence, Part


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of an answer as the checks read it."""

    text: Text
    """The sentence with its time expressions taken out: those are checked as dates."""
    whole: Text
    """The sentence as it stands."""
    times: tuple[tuple[str, str], ...]
    """Its time expressions and what they stand for, counted as the cited document counts."""
    evidence: Sequence[Evidence]
    asked: Text
    """The question: its words may be repeated when the passage around the quote bears them."""
    cited: Text
    """The cited sentences, each time in them with its calendar date."""
    around: Text
    """The passages that these stand in."""


Check = Callable[[Statement], Iterator[Part]]
"""The parts of one kind, each with its verdict."""


def read_statement(text: str, evidence: Sequence[Evidence], asked: str) -> Statement:
    """The sentence `text`, to be borne out by `evidence`."""
    published = next((sentence.document.published for sentence in evidence if sentence.document.published), None)
    pieces: list[str] = []
    times: list[tuple[str, str]] = []
    position = 0
    for mention in find_mentions(text, published):
        pieces.append(text[position : mention.start])
        position = mention.end
        times.append((mention.text, mention.resolved))
    return Statement(
        text=read("".join([*pieces, text[position:]])),
        whole=read(text),
        times=tuple(times),
        evidence=evidence,
        asked=read(asked),
        cited=read(" ".join(sentence.shown for sentence in evidence)),
        around=read(" ".join(dict.fromkeys(sentence.passage.text for sentence in evidence))),
    )


def before(sentence: Evidence) -> Span:
    """Where the sentences right before a quote stand in its document, in its passage."""
    earlier = [span for span in sentence.passage.sentences if span[1] <= sentence.start][-tuning.RESOLVED_BEFORE :]
    return (earlier[0][0], earlier[-1][1]) if earlier else (sentence.start, sentence.start)


def about_itself(sentence: Evidence) -> str:
    """What its document says of itself, in a form that an answer may use."""
    document = sentence.document
    parts = (
        document.title,
        document.outlet,
        document.author,
        "report reported article story piece published said written wrote",
    )
    return " ".join(part for part in parts if part)
