"""How a sentence speaks that steers whoever answers: a score learned from sentences that do and sentences that report.

What is seen is the wording alone, in words, pairs of words and pieces of words: no list of phrases.
"""

from __future__ import annotations

import math
import re
import unicodedata
import zlib
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.guard.sanitize import without_invisible

WEIGHTS = Path(__file__).with_name("steering.npy")
"""(`SIZE` + 1,), float16: a weight of each feature, and one more; made by `python -m training.steering`."""
SIZE = 2**17
"""Features share a weight where their hashes are alike: "the hashing trick" (Weinberger et al. 2009)."""
_LOOKALIKES = str.maketrans("авеіјкмнорѕстухһԁԛԝαβεικνορτυχ", "abeijkmhopsctyxhdqwabeikvoptux")
_SPACED = re.compile(r"\b(?:[^\W\d_] ){4,}[^\W\d_]\b")
_LEET = str.maketrans("013457@$", "oieastas")
_WORD = re.compile(r"\w+")
_LATIN = re.compile(r"[a-z]")
_WITHIN_WORD = re.compile(r"(?<=\w)-(?=\w)")
_TOKEN = re.compile(r"[a-z']+|\d+|[^\W\d_a-z]+|[^\w\s]")
_WITHOUT_SPACES = 0x2E80
"""The scripts behind this one, Chinese and its neighbours, are read by pairs of letters."""
_CAPITALS = re.compile(r"\b[A-Z]{4,}\b")
_LONGEST_NUMBER = 4
_PIECE = 5


@lru_cache(maxsize=20_000)
def steers(text: str) -> float:
    """Probability that a sentence steers whoever answers from it, other than by what it reports."""
    weights = _weights()
    found = features_of(text)
    return 1 / (1 + math.exp(-float(weights[found].sum()) / math.sqrt(len(found) or 1) - float(weights[-1])))


def steers_beside(text: str, without_question: Callable[[str], str]) -> float:
    """The same, also by what it says beside the question: an order that takes up its words looks like a report of them.

    Args:
        without_question: Takes the question's words out of a text.
    """
    rest = without_question(text)
    return steers(text) if rest == text else max(steers(text), steers(rest))


def features_of(text: str) -> list[int]:
    """The features that the sentence has, in order, each once."""
    tokens = ["^", *_tokens(_folded(text)), "$"]
    named = {*tokens, *map(" ".join, pairwise(tokens)), *(piece for token in tokens for piece in _pieces(token))}
    if _CAPITALS.search(text):
        named.add("CAPITALS")
    return sorted({zlib.crc32(one.encode()) % SIZE for one in named})


def _folded(text: str) -> str:
    """In small Latin letters without accents, and without what hides a word: spaces, hyphens, lookalikes, digits."""
    bare = without_invisible(text)
    if not bare.isascii():
        bare = "".join(one for one in unicodedata.normalize("NFKD", bare) if not unicodedata.combining(one))
    bare = _SPACED.sub(lambda letters: letters[0].replace(" ", ""), bare).casefold().replace("’", "'")
    return _WITHIN_WORD.sub("", _WORD.sub(_latin, bare))


def _latin(word: re.Match[str]) -> str:
    """A word that mixes Latin letters with lookalikes of other scripts, or with digits, in Latin letters alone."""
    if not _LATIN.search(word[0]):
        return word[0]
    return word[0].translate(_LEET if word[0].isascii() else _LOOKALIKES)


def _tokens(folded: str) -> Iterator[str]:
    for token in _TOKEN.findall(folded):
        if token.isdigit():
            yield "#" * min(len(token), _LONGEST_NUMBER)
        elif ord(token[0]) > _WITHOUT_SPACES:
            yield from (token[at : at + 2] for at in range(max(1, len(token) - 1)))
        else:
            yield token


def _pieces(token: str) -> Iterator[str]:
    """Every five letters in a row of a longer word: "ignored" and "Antworte" have some of "ignore" and "Antwort"."""
    word = f"<{token}>"
    if len(word) > _PIECE:
        yield from (word[at : at + _PIECE] for at in range(len(word) - _PIECE + 1))


@cache
def _weights() -> NDArray[np.float32]:
    return np.asarray(np.load(WEIGHTS), dtype=np.float32)
