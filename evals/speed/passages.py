"""Passages in any number: the distinct real ones first, then real sentences in new company."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import accumulate

import numpy as np

from evals.speed.texts import Text
from index.chunk import split_document
from index.dates import find_mentions
from index.embed import Vectors
from index.errors import UserFacingError
from index.record import DocumentVectors
from index.records import Document, Passage, Prepared, TimeMention

MAX_REUSE = 20
"""How often the same sentence may be used, on average, until the library says too little for its size."""
DOCUMENT_PASSAGES = 10
"""Passages in a document of recombined sentences."""


@dataclass(frozen=True, slots=True)
class Composed:
    """A document of recombined sentences, and which of the real sentences each of its own is."""

    prepared: Prepared
    rows: tuple[tuple[int, ...], ...]
    """For each passage, the numbers of its sentences, counted through all the real documents."""


def cut(texts: Sequence[Text], passage_words: int) -> tuple[Prepared, ...]:
    """Each text as a document with its passages and dates, as Dateline's intake cuts it; those without any left out."""
    made = []
    for text in texts:
        document = build_document(text.title, text.text)
        passages = split_document(document, passage_words)
        if passages:
            made.append(Prepared(document, passages, find_mentions(document.text, None)))
    return tuple(made)


def build_document(title: str, text: str) -> Document:
    """A document that was read from no file."""
    digest = hashlib.sha256(f"{title}\n\n{text}".encode(errors="replace")).hexdigest()
    return Document(digest[:16], f"bench:{digest}", title, None, None, None, None, text, digest)


def distinct(prepared: Sequence[Prepared]) -> int:
    """Number of different passage texts."""
    return len({passage.text for each in prepared for passage in each.passages})


def require_enough(prepared: Sequence[Prepared], count: int) -> None:
    """Raise a UserFacingError when so few passages cannot be filled up to `count`."""
    there = distinct(prepared)
    if there * MAX_REUSE < count:
        raise UserFacingError(
            f"The texts make {there:,} distinct passages, too few for a library of {count:,}: at least "
            f"{-(-count // MAX_REUSE):,} are needed, so that no sentence is used more than about {MAX_REUSE} times. "
            "Give more text with --texts or --data, or a smaller number with --passages."
        )


def first_passages(prepared: Sequence[Prepared], count: int) -> Iterator[Prepared]:
    """Documents with `count` passages together, the last one shortened; all when there are no more."""
    for each in prepared:
        if count <= 0:
            return
        yield each if len(each.passages) <= count else _shorten(each, count)
        count -= len(each.passages)


def compose(prepared: Sequence[Prepared], count: int, seed: int, passage_words: int) -> Iterator[Composed]:
    """Documents with `count` new passages, each of real sentences that never stood together so; none is there twice.

    Sentences are dealt from a shuffled pack of all distinct ones, as many a
    passage as a real one by chance has, within `passage_words`.

    Raises:
        UserFacingError: If there are too few sentences for so many.
    """
    chance = random.Random(seed)
    sentences = _distinct_sentences(prepared, passage_words)
    lengths = [len(passage.sentences) for each in prepared for passage in each.passages]
    seen = {hash(passage.text) for each in prepared for passage in each.passages}
    waiting: list[list[tuple[str, int, str]]] = []
    while count:
        before = count
        chance.shuffle(sentences)
        for dealt in _deal(sentences, lengths, chance, passage_words):
            key = hash(" ".join(text for text, _, _ in dealt))
            if count and key not in seen:
                seen.add(key)
                waiting.append(dealt)
                count -= 1
            if waiting and (len(waiting) == DOCUMENT_PASSAGES or not count):
                yield _join(waiting)
                waiting = []
        if count == before:
            raise UserFacingError(
                f"The texts have {len(sentences):,} distinct sentences, and no new passage can be made of them; "
                f"{count:,} are missing. Give more text with --texts or --data."
            )


def composed_vectors(composed: Composed, real_sentences: Vectors) -> DocumentVectors:
    """Vectors without embedding: each sentence its own, each passage the mean of its sentences, of unit length."""
    sentences = [real_sentences[list(rows)] for rows in composed.rows]
    passages = np.stack([rows.mean(axis=0) for rows in sentences])
    lengths = np.linalg.norm(passages, axis=1, keepdims=True)
    # Sentences that cancel each other out have no direction; theirs is the first one's.
    passages = np.where(lengths > 0, passages / np.maximum(lengths, 1e-12), np.stack([rows[0] for rows in sentences]))
    return DocumentVectors(composed.prepared.document.doc_id, passages.astype(np.float32), np.concatenate(sentences))


def _shorten(prepared: Prepared, count: int) -> Prepared:
    """The document up to the end of its passage number `count`."""
    kept = prepared.passages[:count]
    document = build_document(prepared.document.title, prepared.document.text[: kept[-1].end])
    passages = tuple(
        replace(passage, passage_id=f"{document.doc_id}:{n}", doc_id=document.doc_id) for n, passage in enumerate(kept)
    )
    mentions = tuple(mention for mention in prepared.mentions if mention.end <= len(document.text))
    return Prepared(document, passages, mentions)


def _distinct_sentences(prepared: Sequence[Prepared], passage_words: int) -> list[tuple[str, int, str]]:
    """Text, number and document's title of each distinct sentence that fits into a passage."""
    found: dict[str, tuple[str, int, str]] = {}
    number = 0
    for each in prepared:
        for passage in each.passages:
            for start, end in passage.sentences:
                text = each.document.text[start:end]
                if len(text.split()) <= passage_words:
                    found.setdefault(text, (text, number, each.document.title))
                number += 1
    return list(found.values())


def _deal(
    sentences: Sequence[tuple[str, int, str]], lengths: Sequence[int], chance: random.Random, passage_words: int
) -> Iterator[list[tuple[str, int, str]]]:
    hand: list[tuple[str, int, str]] = []
    words, wanted = 0, chance.choice(lengths)
    for sentence in sentences:
        more = len(sentence[0].split())
        if hand and (len(hand) == wanted or words + more > passage_words):
            yield hand
            hand, words, wanted = [], 0, chance.choice(lengths)
        hand.append(sentence)
        words += more
    if hand:
        yield hand


def _join(dealt: Sequence[Sequence[tuple[str, int, str]]]) -> Composed:
    """A document of these passages, with a blank line between them, under the title of its first sentence's."""
    texts = [" ".join(text for text, _, _ in hand) for hand in dealt]
    document = build_document(dealt[0][0][2], "\n\n".join(texts))
    starts = [0, *accumulate(len(text) + 2 for text in texts)]
    passages = []
    for number, (hand, text, start) in enumerate(zip(dealt, texts, starts, strict=False)):
        lengths = [len(sentence) for sentence, _, _ in hand]
        firsts = [start, *(start + end for end in accumulate(length + 1 for length in lengths))]
        spans = tuple((first, first + length) for first, length in zip(firsts, lengths, strict=False))
        name = f"{document.doc_id}:{number}"
        passages.append(Passage(name, document.doc_id, text, start, start + len(text), spans))
    mentions = tuple(
        replace(mention, start=start + mention.start, end=start + mention.end)
        for passage, hand in zip(passages, dealt, strict=True)
        for (start, _), (text, _, _) in zip(passage.sentences, hand, strict=True)
        for mention in _mentions_of(text)
    )
    return Composed(
        Prepared(document, tuple(passages), mentions), tuple(tuple(row for _, row, _ in hand) for hand in dealt)
    )


@cache
def _mentions_of(sentence: str) -> tuple[TimeMention, ...]:
    """Its times; one is dealt some ten times, and to look for them takes longer than to put it into a record."""
    return find_mentions(sentence, None)
