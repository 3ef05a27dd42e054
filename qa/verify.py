"""Each sentence of an answer against the text it cites: dates, numbers, names, quotations, denial, votes, words.

Deterministic and literal: what is said must be said there. That does not prove a
sentence true; it catches the errors that small models make, and says which words
were not found. Whether it answers what was asked is `relevance`'s to say.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from index.dates import find_mentions
from qa.question import full_names
from qa.records import Evidence
from qa.times import covers, overlap, shown_date
from qa.words import NUMBER_WORDS, ORDINALS, STOP_WORDS, content_stems, numbers_in, root_of, spells_out, stem, words_of

MIN_SHARED_WORDS = 0.5
"""Share of the content words, names aside, that a sentence adds to the question and its evidence must hold."""

MIN_MISSING_WORDS = 2
"""One word of the model's own, such as "members", makes no sentence false."""

_NAME_WORD = re.compile(r"(?<![\w’'])[A-Z][\w’'-]*")
_QUOTATION = re.compile(r"[\"“]([^\"“”]{8,})[\"”]")
_NEGATION = re.compile(r"\b(?:not|never|no|none|neither|nor|without|cannot)\b|n['’]t\b", re.I)
_DENIAL = re.compile(r"\b(?:refus\w*|reject\w*|den(?:y|ied|ies)|yet to|fail\w*|only|lack\w*)\b", re.I)
_TOOK_NO_SIDE = re.compile(r"(?:\bnot|n['’]t|\bneither|\bnor)\s+(?:vot|back|support|oppos|tak)\w*", re.I)
POINTS_BACK = re.compile(
    r"\b(?:[Hh]e|[Ss]he|[Ii]t|[Tt]hey|him|[Hh]is|her|its|their|them|[Bb]oth)\b"
    r"|\b[Tt]he (?:[a-z]+ |Senior )?(?:[Gg]eneral|leaders?"
    r"|chief|president|minister|premier|chairman|commander|envoy|group|country|countries|government|junta|military"
    r"|company|party|meet|meeting|talks|visit|trip|resolution|vote|conference|forum|statement|agreements?|plan)\b"
)
"""A word that stands for something named nearby: then names may come from the passage around."""
_STANCES = {
    "for": re.compile(r"\bvot\w+ (?:for|in favou?r|yes)\b|\bapprov\w+|\bin favou?r of\b", re.I),
    "against": re.compile(r"\bvot\w+ (?:against|no)\b|\boppos(?:ed|es|ing)\b", re.I),
    "abstained": re.compile(r"\babst(?:ain|ention)\w*", re.I),
}
_OPPOSITES = tuple(
    tuple(stem(word) for word in pair.split("/"))
    for pair in (
        "north/south northern/southern east/west eastern/western win/lose won/lost increase/decrease rise/fall "
        "accept/reject agree/refuse support/oppose open/close begin/end buy/sell arrive/leave arrival/departure "
        "male/female stronger/weaker better/worse higher/lower allow/ban legal/illegal alive/dead import/export"
    ).split()
)
"""Stems of which one, said where the passage says the other, turns a sentence round."""
OFTEN = 4
"""A document that has a name this often is about it throughout."""
_CALENDAR_WORDS = frozenset(
    "january february march april may june july august september october november december "
    "monday tuesday wednesday thursday friday saturday sunday".split()
)


@dataclass(frozen=True, slots=True)
class Statement:
    text: str
    """The sentence with its time expressions taken out: those are checked as dates."""
    times: tuple[tuple[str, str], ...]
    """Its time expressions and what they stand for, counted as the cited document counts."""
    evidence: Sequence[Evidence]
    asked: str
    """The question: its words may be repeated when the passage around the quote bears them."""

    @property
    def quoted(self) -> str:
        return " ".join(found.shown for found in self.evidence)

    @property
    def around(self) -> str:
        return " ".join(found.passage.text for found in self.evidence)


def check_claim(text: str, evidence: Sequence[Evidence], asked: str = "") -> tuple[str, ...]:
    """Why `text` is not borne out by its evidence, in words for the user; empty when it is."""
    if not evidence:
        return ("It cites no passage.",)
    claim = read_statement(text, evidence, asked)
    return tuple(reason for check in _CHECKS for reason in check(claim))


def contradicts(text: str, evidence: Sequence[Evidence], asked: str) -> bool:
    """Whether `text` turns round what its evidence says: a denial, a vote, an opposite."""
    claim = read_statement(text, evidence, asked)
    return any(reason for check in (_check_denial, _check_votes, _check_opposites) for reason in check(claim))


def read_statement(text: str, evidence: Sequence[Evidence], asked: str) -> Statement:
    published = next((found.document.published for found in evidence if found.document.published), None)
    pieces: list[str] = []
    times: list[tuple[str, str]] = []
    position = 0
    for mention in find_mentions(text, published):
        pieces.append(text[position : mention.start])
        position = mention.end
        times.append((mention.text, mention.resolved))
    return Statement("".join([*pieces, text[position:]]), tuple(times), evidence, asked)


def _check_times(claim: Statement) -> Iterator[str]:
    for words, resolved in claim.times:
        if not told_of(resolved, claim) and not is_framed(resolved, claim):
            yield f"The date {words!r} ({shown_date(resolved)}) is not in the cited passage."


def told_of(resolved: str, claim: Statement) -> bool:
    """Whether the cited sentences themselves speak of this time, or of a day within it.

    Of an interval, one end alone would be a day that nobody named; both together are the interval.
    """
    said = {time for _, time in claim.times}
    for mention in (mention for found in claim.evidence for mention in found.mentions):
        ends = set(mention.resolved.split("/"))
        if covers(resolved, mention.resolved) or (resolved in ends and ends <= said):
            return True
    return False


def is_framed(resolved: str, claim: Statement) -> bool:
    """Whether it is the time of the report, or the question's own and that of the passage around.

    "In 2021 he was commander-in-chief" rests on a report of 2021 that says he is. A quote that names
    times of its own does not take one from the passage.
    """
    published = [found.document.published for found in claim.evidence if found.document.published]
    if any(covers(resolved, day.isoformat()) for day in published):
        return True
    own = [mention.resolved for found in claim.evidence for mention in found.mentions]
    if own and not any(overlap(resolved, time) for time in own):
        return False
    repeated = any(mention.resolved == resolved for mention in find_mentions(claim.asked, None))
    around = (m for found in claim.evidence for m in find_mentions(found.passage.text, found.document.published))
    return repeated and any(covers(resolved, mention.resolved) for mention in around)


def _check_numbers(claim: Statement) -> Iterator[str]:
    """A number must stand in the quote; one of the question's, which may be part of a name, in its document."""
    known = numbers_in(claim.quoted) | _ordinals_in(claim.asked)
    known |= numbers_in(claim.asked) & {n for found in claim.evidence for n in numbers_in(found.document.text)}
    for number in sorted(numbers_in(claim.text) - known):
        yield f"The number {number} is not in the cited passage."


def _ordinals_in(text: str) -> set[str]:
    return {number for word in words_of(text) if word in ORDINALS for number in numbers_in(word)}


def _check_names(claim: Statement) -> Iterator[str]:
    """A name must stand in the quote.

    One of the question's also in what a "he" or "the general" there stands for, or all through the document.
    """
    sources = (name for found in claim.evidence for name in (found.document.outlet, found.document.author) if name)
    known = set(words_of(" ".join([claim.quoted, *sources])))
    document = " ".join(found.document.text for found in claim.evidence)
    near = " ".join([claim.quoted, *(found.document.title for found in claim.evidence)])
    if POINTS_BACK.search(claim.quoted):
        near = f"{near} {document}"
    roots = {root_of(word) for word in words_of(near)} | set().union(*map(subjects_of, claim.evidence))
    known |= {word for word in words_of(claim.asked) if root_of(word) in roots or spells_out(word, near)}
    for name in map(words_of, full_names(claim.asked)):
        if known & set(name):  # "Zuckerberg" in the quote bears "Mark Zuckerberg" of the question
            known |= set(name) & set(words_of(document))
    known |= {stem(word) for word in known}
    for match in _NAME_WORD.finditer(claim.text):
        words = [word for word in words_of(match[0]) if word not in STOP_WORDS and word not in _CALENDAR_WORDS]
        if match.start() == 0 and len(_NAME_WORD.findall(claim.text)) > 1:
            continue  # a capital that only opens the sentence; its words are checked with the others
        if any(word not in known and stem(word) not in known and not spells_out(word, claim.quoted) for word in words):
            yield f"The name {match[0]!r} is not in the cited passage."


def _check_quotations(claim: Statement) -> Iterator[str]:
    known = " ".join(words_of(" ".join(found.quote for found in claim.evidence)))
    for words in _QUOTATION.findall(claim.text):
        if " ".join(words_of(words)) not in known:
            yield f"The quotation “{words}” is not in the cited passage word for word."


def _check_denial(claim: Statement) -> Iterator[str]:
    """A "not" that no cited sentence has. The other way round is common: one clause of a negative sentence."""
    denied = _NEGATION.search(claim.quoted) or _DENIAL.search(claim.quoted)
    abstained = _TOOK_NO_SIDE.search(claim.text) and _STANCES["abstained"].search(claim.quoted)
    if _NEGATION.search(claim.text) and not denied and not abstained:
        yield "It denies something that the cited passage does not deny."


def _check_votes(claim: Statement) -> Iterator[str]:
    said = {name for name, pattern in _STANCES.items() if pattern.search(claim.text)}
    told = {name for name, pattern in _STANCES.items() if pattern.search(claim.quoted)}
    for stance in sorted(said - told):
        if told:
            yield f"It says {stance!r} of a vote; the cited passage does not."


def _check_opposites(claim: Statement) -> Iterator[str]:
    said, told = set(content_stems(claim.text)), set(content_stems(claim.quoted))
    for one, other in chain(_OPPOSITES, ((b, a) for a, b in _OPPOSITES)):
        if one in said and one not in told and other in told and other not in said:
            yield f"It says {one!r} where the cited passage says {other!r}."


def _check_words(claim: Statement) -> Iterator[str]:
    """What the answer adds to the question's words must, for the most part, stand in the quote.

    The question's own words may be said again: users ask in words of their own. Whether the quote
    is about them is for `relevance` to say.
    """
    names = {stem(word) for match in _NAME_WORD.findall(claim.text[1:]) for word in words_of(match)}
    added = set(content_stems(_canonical(claim.text))) - names - set(content_stems(_canonical(claim.asked)))
    known = set(content_stems(_canonical(" ".join([claim.quoted, *map(of_document, claim.evidence)]))))
    bare = added and not added & known and not claim.times and not numbers_in(claim.text)
    if bare or (len(added - known) >= MIN_MISSING_WORDS and len(added & known) < MIN_SHARED_WORDS * len(added)):
        missing = dict.fromkeys(word for word in words_of(claim.text) if stem(word) in added - known)
        yield f"Too few of its words are in the cited passage; missing: {', '.join(missing)}."


def _canonical(text: str) -> str:
    """Each way to tell a vote in one word, so that "approved by" bears "voted in favour"; numbers left out."""
    for name, pattern in _STANCES.items():
        text = pattern.sub(f" stance{name} ", text)
    return " ".join(word for word in words_of(text) if not word.isdigit() and word not in NUMBER_WORDS)


_CHECKS: tuple[Callable[[Statement], Iterator[str]], ...] = (
    _check_times,
    _check_numbers,
    _check_quotations,
    _check_denial,
    _check_votes,
    _check_opposites,
    _check_names,
    _check_words,
)


def subjects_of(found: Evidence) -> set[str]:
    """Roots of the names that its document is about throughout, so that a sentence need not repeat them."""
    counts = Counter(root_of(match.lower()) for match in _NAME_WORD.findall(found.document.text))
    return {root for root, count in counts.items() if count >= OFTEN}


def of_document(found: Evidence) -> str:
    """What its document says of itself, in a form that an answer may use."""
    document = found.document
    parts = (
        document.title,
        document.outlet,
        document.author,
        "report reported article story piece published said written wrote",
    )
    return " ".join(part for part in parts if part)
