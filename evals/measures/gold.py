"""Whether an answer says what a written gold answer says: its times, numbers, names and other words must stand in it.

What the question says already does not count. A sentence of the gold answer is held when 60% of its times, numbers and
names are there, and 40% of its other words; where there is nothing else, more than half of these, or one of two. A time
or name that is not what is asked for may count as any other word; where a time is asked for, 60% of the times must be
there. Every sentence must be held: one of two sources is not both. Where proof and gold answer deny what is asked, the
answer must too, and that is enough. What it says beside that is not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from evals.measures.keys import fold, folded_words, has_name, has_number, has_time, names_of, read_keys
from index.dates import find_mentions
from qa.english.negation import read_denied
from qa.english.titles import OFFICE_WORDS
from qa.english.words import content_stems, words_of

HARD, WORDS = 0.6, 0.4
"""Least shares of times, numbers and names together, and of the other words beside them."""
_MARKERS = re.compile(r"\s*(?:\[\d+\])+")
_GOLD_SENTENCE = re.compile(r"(?P<text>.+?)\s*(?P<markers>(?:\[\d+\])+)[.!?](?:\s+|$)", re.S)
_VERDICT = re.compile(r"^(yes|no)\b(?! (?:one|longer|more|such|other)\b)", re.I)
_WHEN = re.compile(
    r"(?:^|\b(?:and|since|from|until|till) )when\b|(?<!how many )\b(?:dates?|days?|months?|years?|how long)\b", re.I
)
_WHO = re.compile(r"\b(?:who|whom|whose|which|names?|where)\b|\b(?:called|named)\W*$", re.I)
"""Questions that ask for a time, and for a name."""
_WHY = re.compile(r"\W*why\b", re.I)


@dataclass(frozen=True, slots=True)
class GoldSentence:
    """A sentence of a gold answer, and the day from which its "Friday" counts."""

    text: str
    published: date | None


@dataclass(frozen=True, slots=True)
class Told:
    """What an answer tells."""

    text: str
    times: frozenset[str]
    """Those that its reader sees: resolved from where its sentences stand, and the days of the proofs that it cites."""
    proves: bool
    """Whether it cites a proving sentence."""


def gold_sentences(gold: str, published: Sequence[date | None]) -> tuple[GoldSentence, ...]:
    """The sentences of a gold answer.

    Args:
        published: Days of the documents of its proofs, which its markers count from 1.
    """
    found = []
    for match in _GOLD_SENTENCE.finditer(gold):
        days = [published[int(number) - 1] for number in re.findall(r"\d+", match["markers"])]
        found.append(GoldSentence(_MARKERS.sub("", match["text"]), next(filter(None, days), None)))
    return tuple(found) or (GoldSentence(_MARKERS.sub("", gold), None),)


def times_told(text: str, published: date | None) -> frozenset[str]:
    """The times of a sentence as its reader sees them: of "Friday (5 June 2020)" the one in parentheses."""
    mentions = find_mentions(text, published)
    explained = {mention.start - 2 for mention in mentions if text[: mention.start].endswith(" (")}
    return frozenset(one.resolved for one in mentions if one.anchored_to is None or one.end not in explained)


def falls_short(question: str, gold: Sequence[GoldSentence], proof: str, told: Told) -> tuple[str, ...]:
    """Why the answer does not say what the gold answer says, in words; empty when it does.

    Args:
        proof: The proving sentences, one after the other.
    """
    said = _VERDICT.match(gold[0].text)
    answered = _VERDICT.match(told.text)
    if said and answered and said[0].lower() != answered[0].lower():
        return (f"says {answered[0]!r} where {said[0]!r} is right",)
    denied = _denied(question, " ".join(sentence.text for sentence in gold), proof)
    if denied.of_question and not denied.anywhere & read_denied(told.text).inside:
        return ("does not deny what is to be denied",)
    denies_it = denied.of_question & read_denied(told.text).inside and told.proves
    if denies_it and len(gold) == 1 and not _WHY.match(question):
        return ()
    known = {word for name in names_of(proof, frozenset()) for word in name.split()}
    missed = [_missed(question, sentence, frozenset(known), told) for sentence in gold]
    if all(one is None for one in missed):
        # All of it stands in the question: what is left to tell is Yes or No, or the sentence that shows it.
        return () if told.proves or (said and answered) else ("neither says Yes or No nor cites the proof",)
    return tuple(f"lacks {', '.join(one)}" for one in missed if one)


def _missed(question: str, gold: GoldSentence, known: frozenset[str], told: Told) -> list[str] | None:
    """What the answer lacks of a sentence, empty when it has enough; None when nothing can be asked of it."""
    asked, wanted = read_keys(question, gold.published, known), read_keys(gold.text, gold.published, known)
    had, in_answer = read_keys(told.text, None, frozenset()), folded_words(told.text)
    when, who = bool(_WHEN.search(question)), bool(_WHO.search(question))
    times = {
        words: has_time(time, told.times, told.text) or (not when and _has_day(words, in_answer))
        for time, words in wanted.times.items()
        if not has_time(time, asked.times, question)
    }
    names = {
        name: has_name(name, in_answer) for name in _not_asked(wanted.names, folded_words(question), whole=not who)
    }
    hard = {
        words: has_number(one, had)
        for words, one in wanted.numbers.items()
        # A year may be read as a time in one of the two and as a number in the other.
        if not has_number(one, asked) and not re.search(rf"\b{re.escape(words)}\b", question)
    }
    stems, said = set(content_stems(told.text)), set(content_stems(question))
    soft = {word: word in stems for word in wanted.words if word not in said}
    hard |= (times if when else {}) | (names if who else {})
    # Answers leave a time or name that is not what is asked for to the context: it may count as any other word.
    beside = ({} if when else times) | ({} if who else names)
    if not hard and not soft and not beside:
        return None
    answers = not when or _share(times) >= HARD
    if answers and (_enough(hard | beside, soft) or _enough(hard, soft | beside)):
        return []
    return [what for what, found in {**hard, **beside, **soft}.items() if not found]


def _enough(hard: dict[str, bool], soft: dict[str, bool]) -> bool:
    if hard:
        return _share(hard) >= HARD and _share(soft) >= WORDS
    return 2 * sum(soft.values()) >= len(soft) + (len(soft) > 2)


@dataclass(frozen=True, slots=True)
class _Denied:
    """Stems that gold answer and proof say "not" of."""

    of_question: frozenset[str]
    """Those of both that are asked about, and not with a "not"."""
    anywhere: frozenset[str]
    """Those of either."""


def _denied(question: str, gold: str, proof: str) -> _Denied:
    said, told, asked = (read_denied(text).inside for text in (_VERDICT.sub("", gold), proof, question))
    return _Denied((said & told & set(content_stems(question))) - asked, said | told)


def _not_asked(names: Sequence[str], question: frozenset[str], *, whole: bool) -> list[str]:
    """The names that no word of the question is of; without any, what is new in each, unless that `whole` is wanted."""
    own = {name: [word for word in words_of(name) if word not in OFFICE_WORDS] or words_of(name) for name in names}
    new = [name for name, words in own.items() if not any(fold(word) in question for word in words)]
    rest = [" ".join(word for word in words if fold(word) not in question) for words in own.values()]
    return new if new or whole else [name for name in rest if name]


def _has_day(words: str, answer: frozenset[str]) -> bool:
    """Whether the answer has the words of a time but for its year; a year alone has none."""
    own = [fold(word) for word in words_of(words) if not re.fullmatch(r"\d{4}", word)]
    return bool(own) and all(word in answer for word in own)


def _share(found: dict[str, bool]) -> float:
    return sum(found.values()) / len(found) if found else 1.0
