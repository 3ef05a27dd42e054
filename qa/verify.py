"""Each sentence of an answer against the text it cites: dates, numbers, names, quotations, denial, votes, words.

Deterministic and literal: what is said must be said there. That does not prove a
sentence true; it catches the errors that small models make, and says which words
were not found. A second set of checks asks whether the sentence answers what was
asked: an amount where an amount was asked for, about the place that was named.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from index.dates import find_mentions
from qa.question import Asked
from qa.records import Evidence
from qa.times import covers, overlap, shown_date
from qa.words import STOP_WORDS, content_stems, numbers_in, stem, words_of

MIN_SHARED_WORDS = 0.7
"""Share of a sentence's content words, names aside, that its evidence must hold."""
ABOUT = 0.5
"""A passage may stand in for a sentence when it holds more than this share of its words, names and numbers."""
STANDS_OUT = 0.6
"""A sentence that holds this share of the question's words is what it is about; chosen on the tuning half."""
OFTEN = 4
"""A document that has a name this often is about it throughout."""
UBIQUITOUS = 0.5
"""A name in more than this share of the evidence says nothing about which sentence is meant."""

_NAME_WORD = re.compile(r"(?<![\w’'])[A-Z][\w’'-]*")
_QUOTATION = re.compile(r"[\"“]([^\"“”]{8,})[\"”]")
_NEGATION = re.compile(r"\b(?:not|never|no|none|neither|nor|without|cannot)\b|n['’]t\b", re.I)
_DENIAL = re.compile(r"\b(?:refus\w*|reject\w*|den(?:y|ied|ies)|yet to|fail\w*|only|lack\w*)\b", re.I)
_TOOK_NO_SIDE = re.compile(r"(?:\bnot|n['’]t|\bneither|\bnor)\s+(?:vot|back|support|oppos|tak)\w*", re.I)
_ANAPHOR = re.compile(
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
_MONEY_OR_MEASURE = re.compile(
    r"[$€£¥₹]|\b(?:dollars?|euros?|pounds?|rou?bles?|yuan|yen|rupees?|kyats?|million|billion|trillion|percent|per cent"
    r"|tonnes?|tons?|litres?|kilomet\w+|miles?|megawatts?|MW|GW)\b|%",
    re.I,
)
_AGE = re.compile(r"\b(?:aged?|years? old|born|birthday)\b|-year-old", re.I)
_TITLES = frozenset("president prime minister general senior chairman chief king queen secretary leader".split())
_CALENDAR_WORDS = frozenset(
    "january february march april may june july august september october november december "
    "monday tuesday wednesday thursday friday saturday sunday".split()
)


@dataclass(frozen=True, slots=True)
class _Claim:
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
    claim = _read_claim(text, evidence, asked)
    return tuple(reason for check in _CHECKS for reason in check(claim))


def is_about(asked: Asked, text: str, found: Evidence) -> bool:
    """Whether a passage may speak for itself in place of `text`: it says most of it, of the time asked for."""
    claim = _read_claim(text, (found,), asked.text)
    if not _own_times_fit(asked, found):
        return False
    if any(reason for check in (_check_denial, _check_votes) for reason in check(claim)):
        return False
    said = {*content_stems(claim.text), *numbers_in(claim.text), *(resolved for _, resolved in claim.times)}
    known = {*content_stems(claim.quoted), *numbers_in(claim.quoted), *content_stems(_about(found))}
    known |= {resolved for _, resolved in claim.times if _told(resolved, claim)}
    if _ANAPHOR.search(claim.quoted):
        names = {stem(word) for match in _NAME_WORD.findall(claim.text) for word in words_of(match)}
        known |= names & set(content_stems(claim.around))
    return len(said & known) > ABOUT * len(said)


def _own_times_fit(asked: Asked, found: Evidence) -> bool:
    """Whether a quote that names times of its own names one asked for, or the question names its report's very day."""
    own = [mention.resolved for mention in found.mentions]
    published = found.document.published
    if not own or not asked.times or (published and published.isoformat() in asked.times):
        return True
    return any(overlap(time, mine) for time in asked.times for mine in own)


def in_focus(asked: Asked, evidence: Sequence[Evidence]) -> list[Evidence]:
    """The evidence that speaks of the names and times of the question; all of it when none does."""
    focused = [
        found
        for found in evidence
        if not [*_check_subject(asked, (found,), evidence), *_check_period(asked, (found,), evidence)]
    ]
    return focused or list(evidence)


def check_answers(asked: Asked, text: str, evidence: Sequence[Evidence], shown: Sequence[Evidence]) -> tuple[str, ...]:
    """Why `text`, true or not, does not answer what was asked; empty when it may.

    Args:
        evidence: What the sentence cites.
        shown: All the evidence it was written from.
    """
    claim = _read_claim(text, evidence, asked.text)
    of_text = chain(_check_new(asked, claim), _check_kind(asked, claim))
    of_cited = (check(asked, evidence, shown) for check in (_check_subject, _check_period, _check_outstanding))
    return (*of_text, *chain.from_iterable(of_cited))


def _read_claim(text: str, evidence: Sequence[Evidence], asked: str) -> _Claim:
    published = next((found.document.published for found in evidence if found.document.published), None)
    pieces: list[str] = []
    times: list[tuple[str, str]] = []
    position = 0
    for mention in find_mentions(text, published):
        pieces.append(text[position : mention.start])
        position = mention.end
        times.append((mention.text, mention.resolved))
    return _Claim("".join([*pieces, text[position:]]), tuple(times), evidence, asked)


def _check_times(claim: _Claim) -> Iterator[str]:
    for words, resolved in claim.times:
        if not _told(resolved, claim) and not _frames(resolved, claim):
            yield f"The date {words!r} ({shown_date(resolved)}) is not in the cited passage."


def _told(resolved: str, claim: _Claim) -> bool:
    """Whether the cited sentences themselves speak of this time, or of a day within it.

    Of an interval, one end alone would be a day that nobody named; both together are the interval.
    """
    said = {time for _, time in claim.times}
    for mention in (mention for found in claim.evidence for mention in found.mentions):
        ends = set(mention.resolved.split("/"))
        if covers(resolved, mention.resolved) or (resolved in ends and ends <= said):
            return True
    return False


def _frames(resolved: str, claim: _Claim) -> bool:
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


def _check_numbers(claim: _Claim) -> Iterator[str]:
    for number in sorted(numbers_in(claim.text) - numbers_in(claim.quoted)):
        yield f"The number {number} is not in the cited passage."


def _check_names(claim: _Claim) -> Iterator[str]:
    """A name must stand in the quote; one of the question's also in what resolves a "he" or "the general" there."""
    sources = (name for found in claim.evidence for name in (found.document.outlet, found.document.author) if name)
    known = set(words_of(" ".join([claim.quoted, *sources])))
    known |= set(words_of(claim.asked)) & {word for found in claim.evidence for word in words_of(found.document.title)}
    if _ANAPHOR.search(claim.quoted):
        around = set(words_of(claim.around))
        known |= {word for word in words_of(claim.asked) if word in around or spells_out(word, claim.around)}
    known |= {stem(word) for word in known}
    for match in _NAME_WORD.finditer(claim.text):
        words = [word for word in words_of(match[0]) if word not in STOP_WORDS and word not in _CALENDAR_WORDS]
        if match.start() == 0 and len(_NAME_WORD.findall(claim.text)) > 1:
            continue  # a capital that only opens the sentence; its words are checked with the others
        if any(word not in known and stem(word) not in known and not spells_out(word, claim.quoted) for word in words):
            yield f"The name {match[0]!r} is not in the cited passage."


def spells_out(acronym: str, text: str) -> bool:
    """Whether a run of words in `text` is what the letters of `acronym` stand for: UN, PM, ASEAN."""
    letters = acronym.lower()
    words = [word for word in words_of(text) if word not in {"of", "the", "for", "and"}]
    return len(letters) >= 2 and any(_consumes(letters, words[at : at + len(letters)]) for at in range(len(words)))


def _consumes(letters: str, words: Sequence[str]) -> bool:
    """Whether the words, each opening with its letter, use up all `letters`; a word may give several, in order."""
    if not letters:
        return True
    if not words or words[0][0] != letters[0]:
        return False
    used = 0
    for character in words[0]:
        if used < len(letters) and character == letters[used]:
            used += 1
    return any(_consumes(letters[count:], words[1:]) for count in range(used, 0, -1))


def _check_quotations(claim: _Claim) -> Iterator[str]:
    known = " ".join(words_of(" ".join(found.quote for found in claim.evidence)))
    for words in _QUOTATION.findall(claim.text):
        if " ".join(words_of(words)) not in known:
            yield f"The quotation “{words}” is not in the cited passage word for word."


def denies(text: str) -> bool:
    """Whether it says "not" in some form."""
    return bool(_NEGATION.search(text))


def _check_denial(claim: _Claim) -> Iterator[str]:
    """A "not" that no cited sentence has. The other way round is common: one clause of a negative sentence."""
    denied = _NEGATION.search(claim.quoted) or _DENIAL.search(claim.quoted)
    abstained = _TOOK_NO_SIDE.search(claim.text) and _STANCES["abstained"].search(claim.quoted)
    if _NEGATION.search(claim.text) and not denied and not abstained:
        yield "It denies something that the cited passage does not deny."


def _check_votes(claim: _Claim) -> Iterator[str]:
    said = {name for name, pattern in _STANCES.items() if pattern.search(claim.text)}
    told = {name for name, pattern in _STANCES.items() if pattern.search(claim.quoted)}
    for stance in sorted(said - told):
        if told:
            yield f"It says {stance!r} of a vote; the cited passage does not."


def _check_words(claim: _Claim) -> Iterator[str]:
    """Words of the question may stand anywhere in the passage; what the answer adds must stand in the quote."""
    names = {stem(word) for match in _NAME_WORD.findall(claim.text[1:]) for word in words_of(match)}
    said = set(content_stems(_canonical(claim.text))) - names
    known = set(content_stems(_canonical(" ".join([claim.quoted, *map(_about, claim.evidence)]))))
    known |= set(content_stems(claim.asked)) & set(content_stems(_canonical(claim.around)))
    if said and len(said & known) < MIN_SHARED_WORDS * len(said):
        missing = dict.fromkeys(word for word in words_of(claim.text) if stem(word) in said - known)
        yield f"Too few of its words are in the cited passage; missing: {', '.join(missing)}."


def _canonical(text: str) -> str:
    """Each way to tell a vote in one word, so that "approved by" bears "voted in favour"; numbers left out."""
    for name, pattern in _STANCES.items():
        text = pattern.sub(f" stance{name} ", text)
    return re.sub(r"\b\d+\b", " ", text)


_CHECKS: tuple[Callable[[_Claim], Iterator[str]], ...] = (
    _check_times,
    _check_numbers,
    _check_quotations,
    _check_denial,
    _check_votes,
    _check_names,
    _check_words,
)


def _about(found: Evidence) -> str:
    """What its document says of itself, in a form that an answer may use."""
    document = found.document
    parts = (
        document.title,
        document.outlet,
        document.author,
        "report reported article story piece published said written wrote",
    )
    return " ".join(part for part in parts if part)


def _check_new(asked: Asked, claim: _Claim) -> Iterator[str]:
    known = set(content_stems(asked.text))
    new_time = any(resolved not in asked.times for _, resolved in claim.times)
    if not asked.yes_or_no and not new_time and not set(content_stems(claim.text)) - known:
        yield "It only repeats the question."


def _check_kind(asked: Asked, claim: _Claim) -> Iterator[str]:
    numbers = numbers_in(claim.text) or re.search(r"\b(?:one|only|no|none|once|twice)\b", claim.text, re.I)
    if asked.expects == "time":
        told = [resolved for _, resolved in claim.times if _told(resolved, claim)]
        dated = asked.about_document and any(_frames(resolved, claim) for _, resolved in claim.times)
        if not told and not dated:
            yield "The question asks for a time; the cited passage gives none."
    elif asked.expects == "number" and not numbers and not claim.times:
        yield "The question asks for a number; the answer has none."
    elif asked.expects == "amount" and not (numbers_in(claim.text) and _MONEY_OR_MEASURE.search(claim.quoted)):
        yield "The question asks for an amount; the cited passage gives none."
    elif asked.expects == "age" and not (numbers_in(claim.text) and _AGE.search(claim.quoted)):
        yield "The question asks for an age; the cited passage gives none."


def _check_subject(asked: Asked, cited: Sequence[Evidence], shown: Sequence[Evidence]) -> Iterator[str]:
    """A name of the question that other evidence speaks of, and what is cited does not.

    A name that is the subject of the whole document, or that a "he" or "the vote" may stand for, need not be repeated.
    """
    held = {_root(word) for found in cited for word in words_of(f"{found.quote} {_about(found)}")}
    if any(_ANAPHOR.search(found.quote) for found in cited):
        held |= {_root(word) for found in cited for word in words_of(found.document.text)}
    sentences = [{_root(word) for word in words_of(found.quote)} for found in shown]
    for name in asked.names:
        root = _root(name.lower())
        share = sum(root in roots for roots in sentences) / max(1, len(sentences))
        distinctive = len(root) > 2 and name.lower() not in _TITLES and 0 < share <= UBIQUITOUS
        if distinctive and root not in held and all(_occurs(name, found) < OFTEN for found in cited):
            yield f"The question is about {name!r}; the cited passage does not mention it."


def _occurs(name: str, found: Evidence) -> int:
    return found.document.text.count(name)


def _root(word: str) -> str:
    """A word without its ending, so that "Russian" speaks of "Russia"."""
    return stem(word)[:5]


def _check_period(asked: Asked, cited: Sequence[Evidence], shown: Sequence[Evidence]) -> Iterator[str]:
    """The times of the question, when other evidence speaks of one, and the cited passage and its report of none."""
    told = [time for time in asked.times if any(is_of(time, found) for found in shown)]
    if told and not any(is_of(time, found) for time in told for found in cited):
        yield f"The question is about {shown_date(told[0])}; the cited passage is not."


def _check_outstanding(asked: Asked, cited: Sequence[Evidence], shown: Sequence[Evidence]) -> Iterator[str]:
    """When one sentence has most of the question's words, an answer rests on it or on one that has half as many."""
    best = max(found.coverage for found in shown)
    if best >= STANDS_OUT and max(found.coverage for found in cited) < best / 2:
        yield "Another passage says far more of what is asked."


def is_of(time: str, found: Evidence) -> bool:
    """Whether a sentence is of this time.

    By its report's date or its own words; one without any takes those of the passage around.
    """
    published = found.document.published
    if published is not None and overlap(time, published.isoformat()):
        return True
    mentions = found.mentions or find_mentions(found.passage.text, published)
    return any(overlap(time, mention.resolved) for mention in mentions)
