"""Documents that are one story printed again: reprints of an agency's report, shortened, lengthened, corrected.

MinHash proposes pairs (Broder, "On the resemblance and containment of documents", 1997; `rensa`), and the share of the
shorter one's runs of words that stand in the longer one decides, since a reprint is often cut.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from index.records import Story

SHINGLE = 3
"""Words in a run."""
CONTAINED = 0.5
"""Share of the shorter text's runs that stand in the longer one, from which they are one story."""
LIKELY = 0.15
"""Share of the runs of both that they have in common by their MinHash, below which their texts are not compared."""
KEPT = 2_000
"""Texts whose runs are kept while they are compared."""
COMPARED = 100_000
"""Characters of a text that are compared: no report is longer, and a book would take seconds."""
MIN_RUNS = 20
"""Runs of a text that can be compared; a shorter one is nobody's reprint."""
_PERMUTATIONS, _BANDS, _PROPOSED, _SEED = 192, 64, 0.25, 1
"""Of 176 reports, all reprints and all cut by 40% or with a tenth of their words changed are proposed, of those with a
fifth changed 114."""
_CORRECTS = re.compile(r"\b(?:correct(?:s|ed|ion|ing)|clarification)\b", re.I)
NOTICE = 300
"""Characters at either end of a text in which a correction says that it is one."""


def signature(text: str) -> bytes:
    """The MinHash of a text's runs of words, some 900 bytes; empty when it has too few to be compared."""
    from rensa import RMinHash

    runs = _runs(text)
    if len(runs) < MIN_RUNS:
        return b""
    minhash = RMinHash(_PERMUTATIONS, _SEED)
    minhash.update(sorted(runs))
    return bytes(minhash.__getstate__())


def group(signatures: Sequence[tuple[str, bytes]], text_of: Callable[[str], str]) -> list[tuple[str, ...]]:
    """The ids of documents that are one story, a tuple each, in the order given; those that stand alone are left out.

    Args:
        signatures: Each document's id and `signature`.
        text_of: Reads the text of one that is proposed.
    """
    hashes, search = _searched(signatures)
    first = list(range(len(hashes)))
    runs = lru_cache(KEPT)(lambda at: _runs(text_of(signatures[at][0])))
    for at, other in _proposed(search.query_all(hashes)):
        likely = _root(first, at) != _root(first, other) and hashes[at].jaccard(hashes[other]) >= LIKELY
        if likely and _contained(runs(at), runs(other)):
            first[_root(first, at)] = _root(first, other)
    groups: dict[int, list[str]] = {}
    for at, (doc_id, _) in enumerate(signatures):
        groups.setdefault(_root(first, at), []).append(doc_id)
    return [tuple(ids) for ids in groups.values() if len(ids) > 1]


def reprints_of(doc_id: str, signatures: Sequence[tuple[str, bytes]], text_of: Callable[[str], str]) -> list[str]:
    """The ids of the documents that are one story with this one, itself among them; arguments as of `group`."""
    place = next((at for at, (each, _) in enumerate(signatures) if each == doc_id), None)
    if place is None:
        return [doc_id]
    hashes, search = _searched(signatures)
    runs = _runs(text_of(doc_id))
    likely = [at for at in search.query(hashes[place]) if hashes[at].jaccard(hashes[place]) >= LIKELY]
    return [signatures[at][0] for at in likely if at == place or _contained(runs, _runs(text_of(signatures[at][0])))]


def says_it_corrects(text: str) -> bool:
    """Whether a text says at its head or foot that it corrects an earlier one."""
    return bool(_CORRECTS.search(text[:NOTICE]) or _CORRECTS.search(text[-NOTICE:]))


def others_in_words(story: Story, doc_id: str) -> str:
    """For a user who sees one of a story's documents: which others print it, the first known first."""
    told = [
        f"{one.title!r} ({one.outlet or 'outlet not known'}, {one.published or 'no date'})"
        + (", which corrects it" if one.doc_id in story.corrections else "")
        for one in story.documents
        if one.doc_id != doc_id
    ]
    corrects = "It says that it corrects an earlier one. " if doc_id in story.corrections else ""
    return f"{corrects}The same report, for the most part, as {'; '.join(told)}."


def _searched(signatures: Sequence[tuple[str, bytes]]) -> tuple[list[Any], Any]:
    """The MinHash of each, and the search that they are in."""
    from rensa import RMinHash, RMinHashLSH

    hashes = []
    for _, state in signatures:
        minhash = RMinHash(_PERMUTATIONS, _SEED)
        minhash.__setstate__(state)
        hashes.append(minhash)
    search = RMinHashLSH(_PROPOSED, _PERMUTATIONS, _BANDS)
    search.insert_many(hashes)
    return hashes, search


def _proposed(found: Sequence[Sequence[int]]) -> Iterator[tuple[int, int]]:
    for at, others in enumerate(found):
        yield from ((at, other) for other in others if other < at)


def _root(first: list[int], at: int) -> int:
    while first[at] != at:
        first[at] = at = first[first[at]]
    return at


def is_reprint(one: str, other: str) -> bool:
    """Whether most of the shorter text stands in the other."""
    return _contained(_runs(one), _runs(other))


def _contained(a: set[str], b: set[str]) -> bool:
    return len(a & b) >= CONTAINED * max(min(len(a), len(b)), MIN_RUNS)


def _runs(text: str) -> set[str]:
    words = re.findall(r"\w+", text[:COMPARED].lower())
    return {" ".join(words[at : at + SHINGLE]) for at in range(len(words) - SHINGLE + 1)}
