"""What the model reads: rules and worked examples, the same for every question, then evidence and question.

The front never changes, so a server that keeps the common prefix of prompts
reads it once. A small model learns the form from the examples, not from the
rules: each shows one thing it otherwise gets wrong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from index.dates.times import shown_date
from index.records import Document
from qa.guard.injection import is_command
from qa.guard.sanitize import neutral
from qa.question.read import Asked
from qa.records import Evidence

NOT_FOUND = "NOT FOUND"

_RULES = (
    "Answer the question from the numbered sentences only, in one or two short sentences, with the number of the "
    "sentence that proves it behind each. First find the sentence about exactly what is asked: the same person, place, "
    "event and time. Give calendar dates. If the question assumes something that the sentences deny, say what they say "
    "instead. If no sentence states the answer, write NOT FOUND."
)

# The best sentence stands last, next to the question, as it does in a real prompt.
_SOURCES_BRIDGE = """[5] 2 November 2022: She is expected to visit the bridge again in March (March 2023).
[4] 2 November 2022: Calder, now a member of parliament, opened the Orme tunnel on 28 October 2022.
[3] 14 May 2019: The Green group abstained.
[2] 14 May 2019: The council had approved the loan by 21 votes to 6, with 4 members abstaining.
[1] 14 May 2019: Mayor Ines Calder opened the Harrow bridge on Thursday (9 May 2019) with a minister."""
_SOURCES_VOTE = """[4] 14 May 2019: Mayor Ines Calder opened the Harrow bridge on Thursday (9 May 2019) with a minister.
[3] 2 November 2022: Calder, now a member of parliament, opened the Orme tunnel on 28 October 2022.
[2] 14 May 2019: The council had approved the loan by 21 votes to 6, with 4 members abstaining.
[1] 14 May 2019: The Green group abstained."""

_EXAMPLES: tuple[tuple[str, str, str], ...] = (
    (
        _SOURCES_BRIDGE,
        "When was the Harrow bridge opened?",
        "The Harrow bridge was opened on Thursday, 9 May 2019 [1].",
    ),
    (_SOURCES_BRIDGE, "How much did the Harrow bridge cost?", NOT_FOUND),
    (_SOURCES_VOTE, "Why did the Green group vote against the loan?", "The Green group abstained [1]."),
    (
        _SOURCES_BRIDGE,
        "What was Calder's office in 2019, and what in 2022?",
        "In 2019 Ines Calder was mayor [1]. In 2022 she was a member of parliament [4].",
    ),
    (
        _SOURCES_VOTE,
        "What did Calder open in October 2022?",
        "Ines Calder opened the Orme tunnel on 28 October 2022 [3].",
    ),
    (_SOURCES_VOTE, "How many council members were against the loan?", "6 members voted against the loan [2]."),
    (_SOURCES_BRIDGE, "Which company built the bridge?", NOT_FOUND),
    (_SOURCES_VOTE, "Who else spoke when Calder opened the Orme bridge in 2019?", NOT_FOUND),
    (_SOURCES_BRIDGE, "when will she go back to it", "She is expected to visit the bridge again in March 2023 [5]."),
)


TRAINED_RULES = (
    "Answer the question from the numbered sentences only, each sentence of the answer with the numbers of what proves "
    "it. If the question assumes something that they deny, say what they say. If they do not answer it, write NOT "
    "FOUND."
)
"""For a model that was trained on the task: it has learned the rest."""

YES_OR_NO = 'root ::= "Yes" | "No"'
"""A GBNF grammar for a judgement alone."""


def build_front(*, trained: bool = False) -> list[BaseMessage]:
    """Rules and worked examples: the part of the prompt that is kept between questions. A trained model needs few."""
    if trained:
        return [SystemMessage(TRAINED_RULES)]
    messages: list[BaseMessage] = [SystemMessage(_RULES)]
    for sources, question, answer in _EXAMPLES:
        messages += [HumanMessage(_ask(sources, question)), AIMessage(answer)]
    return messages


def build_prompt(
    asked: Asked, evidence: Sequence[Evidence], *, judge: bool = False, trained: bool = False
) -> list[BaseMessage]:
    """The whole prompt: the front, then the evidence, then the question.

    Args:
        judge: Whether it is to be answered Yes or No.
        trained: Whether the model was trained on the task: it reads whole pieces of documents, and no worked examples.
    """
    question = neutral(asked.text)
    question = f"{question}\nYes or No?" if judge else question
    sources = _trained_sources(asked, evidence) if trained else build_sources(asked, evidence)
    return [*build_front(trained=trained), HumanMessage(_ask(sources, question))]


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence as a reader of our own reads it."""

    document: str
    """Its doc_id."""
    start: int
    """Where it stands there, in characters."""
    heading: str
    """Date and outlet of the document, and its author where the question is about documents."""
    shown: str


def build_judging_prompt(asked: Asked, cited: Sequence[Evidence], text: str) -> list[BaseMessage]:
    """Whether the sentences cited prove `text`, to be answered Yes or No by a trained model."""
    claim = f"{text.rstrip('.')} {''.join(f'[{sentence.number}]' for sentence in cited)}."
    return [*build_front(trained=True), HumanMessage(f"{_trained_sources(asked, cited)}\n{judge_claim(claim)}")]


def _trained_sources(asked: Asked, evidence: Sequence[Evidence]) -> str:
    return number_lines([line_of(asked, sentence) for sentence in evidence], [one.number for one in evidence])


def judge_claim(claim: str) -> str:
    """The end of such a prompt."""
    return f"Claim: {claim}\nDo the sentences it names prove it, Yes or No?"


def line_of(asked: Asked, sentence: Evidence) -> Line:
    """The sentence with what is told of its document."""
    document = sentence.document
    published = shown_date(document.published.isoformat()) if document.published else "no date"
    told = [document.outlet, document.author if asked.about_document else None]
    heading = ", ".join([published, *(neutral(one) for one in told if one and not is_command(one))])
    return Line(document.doc_id, sentence.start, heading, sentence.shown)


def number_lines(best_first: Sequence[Line], numbers: Sequence[int]) -> str:
    """The lines behind their markers, each document's under one heading and as they follow one another there.

    The document with the best line stands last. The best lines have the lowest markers.
    """
    by_document: dict[str, list[tuple[int, int, str]]] = {}
    headings: dict[str, str] = {}
    for number, line in zip(numbers, best_first, strict=True):
        by_document.setdefault(line.document, []).append((line.start, number, line.shown))
        headings.setdefault(line.document, line.heading)
    return "\n".join(
        text
        for document, lines in reversed(by_document.items())
        for text in (f"{headings[document]}:", *(f"[{number}] {shown}" for _, number, shown in sorted(lines)))
    )


def build_sources(asked: Asked, evidence: Sequence[Evidence]) -> str:
    """The evidence as the model reads it: a sentence a line behind its document's date, the best one last.

    Last, because a small model answers from what it has just read. The outlet and
    the author stand there only when the question is about them: it gives back
    whatever stands in front of the evidence.
    """
    return "\n".join(
        f"[{sentence.number}] {_heading(asked, sentence.document)}: {sentence.shown}" for sentence in reversed(evidence)
    )


def _heading(asked: Asked, document: Document) -> str:
    published = shown_date(document.published.isoformat()) if document.published else "no date"
    if not asked.about_document:
        return published
    outlet = f" in {neutral(document.outlet)}" if document.outlet and not is_command(document.outlet) else ""
    author = f" by {neutral(document.author)}" if document.author and not is_command(document.author) else ""
    return f"(published {published}{outlet}{author})"


def build_grammar(markers: Sequence[int], *, may_decline: bool = True) -> str:
    """A GBNF grammar that allows only "NOT FOUND" or one to three sentences, each ending in markers shown.

    Args:
        may_decline: Whether it allows "NOT FOUND".

    Source: the GBNF notation of llama.cpp.
    """
    decline = f'"{NOT_FOUND}" | ' if may_decline else ""
    # One that may not decline, and would, writes it as the beginning of a sentence.
    first = "[^\\[\\] \\n]" if may_decline else '[^\\[\\] \\nN] | "N" [^O\\[\\]\\n] | "NO" [^T\\[\\]\\n]'
    numbers = " | ".join(f'"{number}"' for number in markers)
    return (
        f'root ::= {decline}claim (" " claim){{0,2}}\n'
        'claim ::= first rest{2,300} " " marker{1,4} "."\n'
        f"first ::= {first}\n"
        "rest ::= [^\\[\\]\\n]\n"
        f'marker ::= "[" ({numbers}) "]"\n'
    )


def declining(first: Mapping[str, float]) -> float | None:
    """Probability that a reply is "NOT FOUND", from those of its first token; None when these are not known."""
    begin = (p for token, p in first.items() if token.strip() and NOT_FOUND.startswith(token.strip()))
    return sum(begin) if first else None


def _ask(sources: str, question: str) -> str:
    return f"{sources}\n{ask_question(question)}"


def ask_question(question: str) -> str:
    """The end of a prompt that asks a question."""
    return f"Question: {question}"
