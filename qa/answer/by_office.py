"""Who held which office when: the titles beside a name, report by report.

A report calls people what they were on its day, so a question about an office is
answered from the newest report that the question allows, and those before and
after it are set beside it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from index.dates.days import MONTHS
from index.dates.times import overlap, shown_date
from index.pipeline import Library
from index.records import Document, Passage, Span
from qa.check.names import find_runs
from qa.check.relevance import is_of
from qa.english.titles import OFFICE_WORDS, OFFICES, is_office, title_before, titles_in, without_titles, words_of_title
from qa.english.words import STOP_WORDS, content_stems, is_akin, stem, words_of
from qa.find.choose import cite, times_of
from qa.guard.injection import is_command
from qa.question.read import Asked
from qa.records import Citation, Claim, Disagreement, Evidence, Position, Time

Numbers = dict[tuple[str, int, int], int]
"""The marker of each passage cited, by document and span."""
SHOWN = 4
"""Titles of one office, at most: reports write it in many ways."""
PASSAGES = 200
"""Passages with the name that are looked through, at most."""
_ASKS = re.compile(r"\b(?:titles?|offices?|posts?|positions?|ranks?)\b", re.I)
_WHO_IS = re.compile(r"^\s*(?:who|what)(?:[’']s| is| was| are)\b", re.I)
_WHO_HOLDS = re.compile(
    r"\s*who(?:[’']s| is| was)(?: the)? ((?:[\w’'-]+(?: (?:of|the|for))* ){0,5}?[\w’'-]+)"
    r"(?:\s*\?*\s*$|,? (?:at the time|when|while|in \d{4}|in [A-Z][a-z]+ \d{4}|during|that day)\b)",
    re.I,
)
_NOT_NOW = frozenset("former acting deputy vice next new first previous last".split())
_AT_THE_TIME = re.compile(r"\bat the time of\b[^?,;]*", re.I)
"""What only says when, where a date stands beside it."""
_BEFORE = re.compile(r"\b(?:former(?:ly)?|previous(?:ly)?|first|before|earlier|used to|originally|once)\b", re.I)
_FORM = frozenset(
    map(
        stem,
        """title titles office offices post posts position positions rank ranks hold holds held holding have has had
        occupy occupies occupied official officially current currently latest now today newest recent recently present
        called known year month time report reports military government official all list trace change changed various
        different describe described over years""".split(),
    )
)
"""Words with which an office is asked for; what else a question holds asks for more."""
_MONTH_STEMS = frozenset(map(stem, MONTHS))


@dataclass(frozen=True, slots=True)
class Held:
    """A title beside a name, as a report has it."""

    title: str
    document: Document
    passage: Passage
    span: Span
    """The sentence."""
    times: tuple[Time, ...]
    """Those of the sentence."""


def person_asked(asked: Asked) -> str | None:
    """Whose office is asked for: "What is Ines Calder's title?", "Who is Ines Calder?"; None when more is, or else."""
    names = [name for name in map(_plain, asked.full_names) if name.lower() not in MONTHS and not is_office(name)]
    if len(names) != 1 or asked.yes_or_no or _BEFORE.search(asked.text):
        return None
    (name,) = names
    if not (_ASKS.search(asked.text) or _WHO_IS.match(asked.text)):
        return None
    times = {word for time in re.findall(r"\d{4}", asked.text) for word in words_of(time)}
    text = _AT_THE_TIME.sub("", asked.text) if asked.times else asked.text
    rest = set(content_stems(text)) - set(content_stems(name)) - _FORM - times - _MONTH_STEMS
    return None if rest else name


def _plain(name: str) -> str:
    """Without the verb that opens a question, "Trace Ines Calder's titles", and without the "'s"."""
    first, _, rest = re.sub(r"[’']s$", "", name).partition(" ")
    return rest if rest and stem(first.lower()) in _FORM else f"{first} {rest}".strip()


def offices_of(library: Library, name: str, doc_ids: Sequence[str] | None = None) -> list[Held]:
    """The titles that reports give the bearer of `name`, the newest report first; those without a date last."""
    found: list[Held] = []
    words = [word for word in words_of(name) if word not in STOP_WORDS]
    ids = [passage_id for passage_id, _ in library.lexical(words, PASSAGES, doc_ids)]
    for passage in library.passages(ids):
        document = library.document(passage.doc_id)
        if document is None:
            continue
        mentions = library.mentions(document.doc_id)
        for start, end in passage.sentences:
            times = times_of([mention for mention in mentions if start <= mention.start and mention.end <= end])
            sentence = document.text[start:end]
            titles = [] if is_command(sentence) else titles_in(sentence, name)
            found += [Held(title, document, passage, (start, end), times) for title in titles]
    in_order = sorted(found, key=lambda held: (held.document.doc_id, held.span))
    return sorted(in_order, key=lambda held: str(held.document.published or ""), reverse=True)


def office_claims(asked: Asked, name: str, held: Sequence[Held], numbers: Numbers) -> list[Claim]:
    """What the newest report of each time asked about, or of all, calls the bearer of `name`.

    Empty unless every time asked about has a report with a title beside the name.

    Args:
        numbers: Of the passages cited so far; those cited here are added.
    """
    of_times = [[one for one in held if _is_of(time, one.document)] for time in asked.times] or [list(held)]
    newest = [[one for one in fitting if one.document == fitting[0].document] for fitting in of_times if fitting]
    return [_claim(name, one, held, numbers) for one in newest] if len(newest) == len(of_times) else []


def _claim(name: str, of_report: Sequence[Held], held: Sequence[Held], numbers: Numbers) -> Claim:
    kept = _distinct(of_report)[:SHOWN]
    fullest = [_fullest(one, held) for one in kept]
    published = of_report[0].document.published
    when = f" (as of {shown_date(published.isoformat())})" if published else ""
    titles = ", ".join(one.title for one in fullest)
    citations = tuple(dict.fromkeys(_cite(one, numbers) for pair in zip(kept, fullest, strict=True) for one in pair))
    return Claim(f"{name}: {titles}{when}.", citations, "supported")


def _fullest(one: Held, held: Sequence[Held]) -> Held:
    """The same office in more words, where another report has them: "Russian President" for "President"."""
    words = words_of_title(one.title)
    fuller = [
        other for other in held if (more := words_of_title(other.title)) >= words and more & OFFICES == words & OFFICES
    ]
    return max([one, *fuller], key=lambda other: len(words_of_title(other.title)))


def change_of(held: Sequence[Held], numbers: Numbers) -> Disagreement | None:
    """The offices report by report, the earliest first; None when all dated reports give the same.

    Reports that come back to an office of before, as "president" and "leader" take turns, tell of no change.
    """
    dated = sorted((one for one in held if one.document.published), key=lambda one: str(one.document.published))
    positions: list[list[Held]] = []
    for _, of_document in groupby(dated, key=lambda one: one.document.doc_id):
        told = list(of_document)
        same = next((at for at, before in enumerate(positions) if _same_offices(before, told)), len(positions))
        positions[same:] = [[one for each in (*positions[same:], told) for one in each]]
    return Disagreement("change", tuple(_position(told, numbers) for told in positions)) if positions[1:] else None


def _same_offices(one: Sequence[Held], other: Sequence[Held]) -> bool:
    a, b = ({word for held in each for word in words_of_title(held.title) & OFFICES} for each in (one, other))
    return a <= b or b <= a


def _position(held: Sequence[Held], numbers: Numbers) -> Position:
    kept = _distinct(held)[:SHOWN]
    titles = ", ".join(one.title for one in kept)
    sources = {one.document.outlet or one.document.doc_id for one in held}
    return Position(titles, tuple(dict.fromkeys(_cite(one, numbers) for one in kept)), len(sources))


def named_with_office(asked: Asked, cited: Sequence[Evidence]) -> str | None:
    """The person whom an answer names for an office that the question asks for: "Who is the prime minister?"."""
    wanted = {word for word in words_of(asked.text) if word in OFFICES}
    if not wanted or _BEFORE.search(asked.text):
        return None
    for found in cited:
        for run in re.finditer(r"(?:[A-Z][\w’'-]*(?: |$)){2,}", found.quote):
            words = run[0].split()
            start = next((at for at, word in enumerate(words) if word.lower() not in OFFICE_WORDS), len(words))
            name = " ".join(words[start:])
            before = title_before(found.quote[: run.start()] + " ".join(words[:start]))
            if len(words) - start >= 2 and before and wanted & set(words_of(before)):
                return name
    return None


def holder_claim(asked: Asked, evidence: Sequence[Evidence]) -> Claim | None:
    """The one person whom the evidence gives the office asked for, "Who was the prime minister?", else None."""
    match = _WHO_HOLDS.match(asked.text)
    wanted = words_of_title(match[1]) if match else frozenset()
    if not wanted & OFFICES or wanted & _NOT_NOW:
        return None
    held: dict[str, Evidence] = {}
    for found in evidence:
        if asked.times and not any(is_of(time, found) for time in asked.times):
            continue
        for run in find_runs(found.quote):
            name = without_titles(run[0])
            given = titles_in(found.quote, name) if " " in name else ()
            titles = [{stem(word) for word in words_of_title(title)} for title in given]
            if any(all(is_akin(word, title) for word in wanted) for title in titles):
                held.setdefault(name, found)
    if len(held) != 1:
        return None
    ((name, found),) = held.items()
    return Claim(f"{name}.", (cite(found),), "supported")


def _is_of(time: str, document: Document) -> bool:
    return document.published is not None and overlap(time, document.published.isoformat())


def _distinct(held: Sequence[Held]) -> list[Held]:
    """Each title once, the longest of those that say the same, from the sentence with most titles; in reading order."""
    kept: list[Held] = []
    spans = [one.span for one in held]
    for one in sorted(held, key=lambda held: (-len(words_of_title(held.title)), -spans.count(held.span))):
        if not any(words_of_title(one.title) <= words_of_title(other.title) for other in kept):
            kept.append(one)
    return sorted(kept, key=held.index)


def _cite(one: Held, numbers: Numbers) -> Citation:
    document, (start, end) = one.document, one.span
    return Citation(
        number=numbers.setdefault((document.doc_id, start, end), max(numbers.values(), default=0) + 1),
        doc_id=document.doc_id,
        uri=document.uri,
        title=document.title,
        outlet=document.outlet,
        author=document.author,
        published=document.published,
        page=one.passage.page,
        start=start,
        end=end,
        quote=document.text[start:end],
        times=one.times,
    )
