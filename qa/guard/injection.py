"""Sentences of a document that order a language model about: neither read by one nor quoted as an answer.

What somebody reports of such words, in quotation marks, is news and stays.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import PurePath

from index.records import Document, Span
from qa import tuning
from qa.guard.sanitize import COMMENT, neutral, without_invisible
from qa.guard.steering import steers_beside
from qa.records import Hit

LOOKED_BACK = 5_000
"""Characters before a passage in which a comment or a turn may have begun that reaches into it."""
MAX_REACH = 500
"""Characters behind an order that are taken for a part of it, where its line is so long."""
MAX_SHOWN = 120
"""Characters of a left-out sentence in the message."""
MAX_TOLD = 3
"""Messages for one question; the rest is counted."""
_DATE = r"(?:\d{1,2}\.? \w+ \d{4}|\w+ \d{1,2}, \d{4}|\d{4}-\d\d-\d\d|no date)"
_IMITATIONS = (
    COMMENT,
    # A turn of a chat with its role, to its end or to the end of the paragraph.
    re.compile(
        r"<\|(?:im_start|start_header_id|start)\|>\s*(?:system|user|assistant|tool)\b.*?(?:<\|(?:im_end|eot_id|end)\|>"
        r"|(?=\n\s*\n)|\Z)",
        re.S,
    ),
    re.compile(r"<\|(?:system|user|assistant)\|>.*?(?:(?=<\|)|(?=\n\s*\n)|\Z)", re.S),
    re.compile(r"\[INST\].*?(?:\[/INST\][^\n]*|(?=\n\s*\n)|\Z)|<<SYS>>.*?(?:<</SYS>>|(?=\n\s*\n)|\Z)", re.S),
    re.compile(r"<(system|assistant)(?:[_ -]\w+)?>.*?(?:</\1(?:[_ -]\w+)?>|(?=\n\s*\n)|\Z)", re.S | re.I),
    re.compile(
        r"^[^\w\n]{0,40}#{2,9}\s*(?:system|assistant|user|human|instruction|response)\s*:.*?(?:(?=\n\s*\n)|\Z)",
        re.S | re.M | re.I,
    ),
    # A line of the evidence as the model is given it, or its question with the answer behind it.
    re.compile(
        rf"(?:^|(?<=[.!?] ))[^\w\n\[(]{{0,40}}(?:\[\d{{1,3}}\]\s*(?:{_DATE}|\(published\b[^)\n]{{0,80}}\))"
        r"|\(published\b[^)\n]{0,80}\))\s*:.*$",
        re.M | re.I,
    ),
    re.compile(
        r"^[^\w\n]{0,40}question\s*:[^\n]{1,300}\n?[^\w\n]{0,40}answer\s*:[^\n]*\[\d{1,3}\][^\n]*$", re.M | re.I
    ),
    re.compile(r"^[^\w\n]{0,40}question\s*:[^\n]{1,300}\banswer\s*:.*$", re.M | re.I),
)
"""Spans that imitate what only the program writes, and comments, which no reader of the page ever saw."""
_QUOTED = re.compile(
    r"\"[^\"\n]{3,400}\"|“[^”\n]{3,400}[”“]|„[^“”\n]{3,400}[“”]"
    r"|«[^»\n]{3,400}»|‘[^’\n]{12,400}’(?!\w)"
)
_OF_WORDS = re.compile(
    r"\b(?:texts?|phrases?|words?|wording|lines?|messages?|prompts?|injections?|instructions?|sentences?|comments?|notes?"
    r"|commands?|strings?|models?|chat ?bots?|assistants?|AI|hidden|invisible|papers?|pages?|e-?mails?|files?)\b",
    re.I,
)
_NOT_FOUND = re.compile(r"\bNOT[ _]FOUND\b")
_OF_PAGES = re.compile(r"\b(?:404|https?|error|page|server)\b", re.I)
_BASE64 = re.compile(r"(?<![\w+/])[A-Za-z0-9+/]{24,}={0,2}(?![\w+/])")


def without_commands(hits: Sequence[Hit], without_question: Callable[[str], str] = str) -> tuple[list[Hit], list[str]]:
    """The hits without the sentences that order a model about, and what was left out, in words for the user.

    A passage keeps its text; only its sentences, of which evidence is made, become fewer.

    Args:
        without_question: Takes the question's words out of a text.
    """
    kept: list[Hit] = []
    messages: dict[str, None] = {}
    for hit in hits:
        document, spans = hit.document, hit.passage.sentences
        left_out = commands_among(document.text, spans, without_question)
        fields = [value for value in (document.author, document.outlet) if value and is_command(value)]
        messages |= dict.fromkeys(_message(words, document) for words in fields)
        if not left_out:
            kept.append(hit)
            continue
        messages |= dict.fromkeys(_message(document.text[slice(*span)], document) for span in left_out)
        # A question repeated beside orders is bait: it is nearest to the question asked, and answers nothing.
        left_out += [span for span in spans if document.text[slice(*span)].endswith("?")]
        stay = [(span, cosine) for span, cosine in zip(spans, hit.cosines, strict=True) if span not in left_out]
        passage = replace(hit.passage, sentences=tuple(span for span, _ in stay))
        kept.append(replace(hit, passage=passage, cosines=tuple(cosine for _, cosine in stay)))
    problems = list(messages)
    more = [f"So were {len(problems) - MAX_TOLD} more such sentences."] if len(problems) > MAX_TOLD else []
    return kept, [*problems[:MAX_TOLD], *more]


def commands_among(text: str, sentences: Sequence[Span], without_question: Callable[[str], str] = str) -> list[Span]:
    """Those of the sentences, spans of `text` in order, that are to be left out: orders, with what follows in the line.

    "Ignore the sources above. It cost nine." belongs together; the second sentence is no news either.

    Args:
        without_question: Takes the question's words out of a text.
    """
    if not sentences:
        return []
    first, last = sentences[0][0], sentences[-1][1]
    imitated = _imitations_in(text, first, last)
    quoted = _reported_in(text, first, last)
    left_out: list[Span] = []
    reach = first
    for span in sentences:
        if _orders(text, span, quoted, without_question):
            line_end = text.find("\n", span[1], span[1] + MAX_REACH)
            reach = line_end if line_end >= 0 else min(len(text), span[1] + MAX_REACH)
            left_out.append(span)
        elif span[0] < reach or any(span[0] < end and start < span[1] for start, end in imitated):
            left_out.append(span)
    return left_out


def is_command(text: str) -> bool:
    """Whether words that stand alone, as an author or a title does, order a model about."""
    return bool(commands_among(text, [(0, len(text))]))


def _imitations_in(text: str, first: int, last: int) -> list[Span]:
    """Imitated parts of the prompt that reach into `first` to `last`.

    A comment within one sentence is taken out of what is read by `qa.guard.sanitize`; the rest of the sentence stays.
    """
    imitated: list[Span] = []
    for pattern in _IMITATIONS:
        for match in pattern.finditer(text, max(0, first - LOOKED_BACK), last):
            before = text[text.rfind("\n", max(0, first - LOOKED_BACK), match.start()) + 1 : match.start()].strip()
            within = pattern is COMMENT and before and not re.search(r"[.!?\n]", match[0][4:-3])
            if not within and first < match.end():
                imitated.append(match.span())
    return imitated


def _reported_in(text: str, first: int, last: int) -> list[Span]:
    """Quotations within lines that speak of a text or a machine outside them: reports of such words."""
    reported: list[Span] = []
    earliest, latest = max(0, first - LOOKED_BACK), last + LOOKED_BACK
    start = max(text.rfind("\n", earliest, first) + 1, earliest)
    end = text.find("\n", last, latest)
    for line in re.finditer(r"[^\n]+", text[start : end if end >= 0 else latest]):
        quotations = list(_QUOTED.finditer(line[0]))
        around = _QUOTED.sub(" ", line[0]) if quotations else ""
        if len(around.split()) >= tuning.REPORTING_WORDS and _OF_WORDS.search(around) and not _steers(around):
            at = start + line.start()
            reported += [(at + match.start(), at + match.end()) for match in quotations]
    return reported


def _orders(text: str, span: Span, quoted: Sequence[Span], without_question: Callable[[str], str]) -> bool:
    start, end = span
    pieces: list[str] = []
    for a, b in quoted:
        if a < end and start < b:
            pieces.append(text[start : max(start, a)])
            start = min(b, end)
    unquoted = " ".join([*pieces, text[start:end]])
    return any(_steers(said, without_question) for said in (unquoted, *_decoded(unquoted)))


def _steers(said: str, without_question: Callable[[str], str] = str) -> bool:
    """Whether it speaks so, or holds the words that the model writes where nothing is found and tells of no page."""
    imitated = _NOT_FOUND.search(said) and not _OF_PAGES.search(said)
    return bool(imitated) or steers_beside(said, without_question) >= tuning.STEERING


def _decoded(text: str) -> Iterable[str]:
    """What runs of base64 in it say, where that is text."""
    for match in _BASE64.finditer(text):
        try:
            yield base64.b64decode(match[0] + "=" * (-len(match[0]) % 4)).decode()
        except (binascii.Error, UnicodeDecodeError):
            continue  # a long word or a number in hexadecimal is no base64


def _message(sentence: str, document: Document) -> str:
    title = PurePath(document.uri).name if is_command(document.title) else neutral(document.title)
    read, title = (
        text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 1].rstrip()}…"
        for text in (" ".join(without_invisible(sentence).split()), title)
    )
    return f"A sentence that looks like an instruction to a language model was left out: “{read}” ({title})"
