"""From the model's text to sentences tied to spans: only code makes a citation."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from index.dates import find_mentions
from index.days import MONTHS, WEEKDAYS
from index.times import covers, shown_date
from qa.evidence import cite
from qa.prompt import NOT_FOUND
from qa.question import Asked, own_names
from qa.records import Claim, Evidence, Part
from qa.titles import without_titles
from qa.verify import check_answers, check_parts, denies, is_about, says_otherwise, verdict_of
from qa.words import STOP_WORDS, content_stems, words_of

NAMED_WHERE = 0.8
"""A name is answered alone from a passage with at least this share of the best one's words of the question."""
SPEAKS_FOR_ITSELF = 0.5
"""A passage quoted in place of the model's words holds at least this share of the best one's words of the question."""
_OF_THE_TEXT = frozenset(content_stems("mentioned described text article report passage sentence question answer"))
"""What a small model says of what it reads, and not of what is asked."""
_MARKER = re.compile(r"\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\]")
_SENTENCE = re.compile(r"(?P<text>[^\[\]]+?)\s*(?P<markers>(?:\[\d{1,3}(?:\s*,\s*\d{1,3})*\]\s*)+)(?P<stop>[.!?]?)\s*")


@dataclass(frozen=True, slots=True)
class Drafted:
    """A sentence that the model wrote, and the evidence it pointed to."""

    text: str
    evidence: tuple[Evidence, ...]


def read_draft(text: str, evidence: Sequence[Evidence]) -> tuple[list[Drafted], list[str]]:
    """The sentences of a model's answer, and what was wrong with their markers.

    A marker that names no evidence is reported, never kept. "NOT FOUND" alone
    gives no sentence and no problem; a sentence without a marker is returned
    without evidence.
    """
    by_number = {found.number: found for found in evidence}
    if not text.strip() or is_not_found(text):
        return [], []
    sentences: list[Drafted] = []
    problems: list[str] = []
    position = 0
    for match in _SENTENCE.finditer(text):
        numbers = [int(number) for group in _MARKER.findall(match["markers"]) for number in group.split(",")]
        problems += [_unknown(number, by_number) for number in numbers if number not in by_number]
        known = dict.fromkeys(number for number in numbers if number in by_number)
        sentences.append(Drafted(_finished(match["text"]), tuple(by_number[number] for number in known)))
        position = match.end()
    rest = _MARKER.sub("", text[position:]).strip(" .\n")
    if re.search(r"\w", rest) and not is_not_found(rest):
        sentences.append(Drafted(_finished(rest), ()))
    return sentences, problems


def tie(
    asked: Asked, drafted: Drafted, shown: Sequence[Evidence], found: Sequence[Evidence] = ()
) -> tuple[Claim, str | None]:
    """The sentence as a checked claim, and what was set right about it, if anything.

    A small model often writes the right sentence and points to the wrong one, or
    points to the right one and says it in words that are not there. So a sentence
    that fails is tried against each other one shown or found, and against the one it
    points to together with another of the same passage. Then the passage it points to
    speaks for itself, word for word, if it says most of the sentence and of what is
    asked; then a name alone; then a passage that holds all that it adds to the question.

    Args:
        found: All that was found for the question, `shown` among it.
    """
    told = _check(asked, drafted.text, drafted.evidence, shown)
    if not told.reasons:
        name, document = drafted.text.rstrip("."), drafted.evidence[0].document
        alone = asked.asks_for_name and own_names(drafted.text) == [name]
        full = _check(asked, _finished(_in_full(name, document.text)), drafted.evidence, shown) if alone else told
        return (told if full.reasons else full), None
    pointed = "".join(f"[{found.number}]" for found in drafted.evidence) or "nothing"
    for others in _others(drafted, shown, found):
        if not (claim := _check(asked, drafted.text, others, shown)).reasons:
            bearing = "".join(f"[{other.number}]" for other in others)
            verb = "bears; that is" if len(others) == 1 else "bear; they are"
            return claim, f"The model pointed to {pointed} for a sentence that {bearing} {verb} cited."
    most = max(found.coverage for found in shown)
    for one in drafted.evidence:
        outstanding = one.coverage >= SPEAKS_FOR_ITSELF * most and is_about(asked, drafted.text, one)
        if outstanding and not check_answers(asked, one.shown, (one,), shown):
            return verbatim(one), f"[{one.number}] is quoted word for word: “{drafted.text}” is not what it says."
    if named := name_alone(asked, drafted.text, shown):
        return named, f"Only the name is borne out; the rest of “{drafted.text}” is not."
    for one in (*drafted.evidence, *shown):
        answers = not any(check_answers(asked, text, (one,), shown) for text in (drafted.text, one.shown))
        if answers and says_otherwise(asked, drafted.text, one):
            return verbatim(one), f"[{one.number}] is quoted word for word: it says “{drafted.text}” in other words."
    return told, None


def _others(drafted: Drafted, shown: Sequence[Evidence], found: Sequence[Evidence]) -> Iterator[tuple[Evidence, ...]]:
    """What else may bear a sentence: each one shown, each one only found, then two of one passage, the likeliest first.

    Not two of different passages: what each says of another matter, together they would bear.
    """
    numbers = {one.number for one in shown}
    for group in (shown, [one for one in found if one.number not in numbers]):
        for other in sorted(group, key=lambda one: -_common(drafted.text, one)):
            if (other,) != drafted.evidence:
                yield (other,)
    for one in drafted.evidence:
        for other in shown:
            if other.number != one.number and other.passage.passage_id == one.passage.passage_id:
                yield (one, other) if one.number < other.number else (other, one)


def name_alone(asked: Asked, text: str, shown: Sequence[Evidence]) -> Claim | None:
    """The one name that a sentence adds to a question about a name, cited where it stands; None when there is none.

    Asked about what several reports say of somebody, a small model names him and
    repeats the question, which no one passage bears. What it added can be checked.
    """
    known = {*words_of(asked.text), *MONTHS, *WEEKDAYS, *STOP_WORDS}
    names = [name for name in own_names(text) if not set(words_of(name)) <= known]
    if not asked.asks_for_name or len(set(names)) != 1 or denies(text) > denies(asked.text):
        return None
    name, added = names[0], set(content_stems(text)) - set(content_stems(asked.text)) - _OF_THE_TEXT
    most = max(found.coverage for found in shown)
    for found in sorted(shown, key=lambda found: -found.coverage):
        near = found.coverage >= NAMED_WHERE * most > 0
        stands = set(words_of(name)) <= set(words_of(found.quote)) and added <= set(content_stems(found.quote))
        if near and stands and not check_answers(asked, name, (found,), shown):
            return Claim(_finished(_in_full(name, found.document.text)), (cite(found),), "supported")
    return None


def _in_full(name: str, text: str) -> str:
    """A surname with the name that its document most often gives in front: "Olsen" of "Ruth Olsen" is she."""
    # In the middle of a sentence, where a capital is a name's.
    pattern = rf"(?<=[a-z,] )((?:(?:[A-Z][\w’-]*|[A-Z]\.) ){{1,3}}{re.escape(name)})(?![\w-])"
    runs = (without_titles(match[1]) for match in re.finditer(pattern, text))
    fuller = Counter(run for run in runs if run != name and run.split()[0].lower() not in STOP_WORDS)
    return max(fuller, key=lambda run: fuller[run], default=name)


def verbatim(found: Evidence) -> Claim:
    """The sentence itself as a claim: supported by construction."""
    return Claim(_finished(found.shown), (cite(found),), "supported")


def _check(asked: Asked, text: str, cited: Sequence[Evidence], shown: Sequence[Evidence]) -> Claim:
    dated = with_dates(text, cited)
    parts = check_parts(dated, cited, asked.text)
    if verdict_of(parts) == "supported":
        off = check_answers(asked, dated, cited, shown)
        parts = (*parts, *(Part("answer", "", "unsupported", reason) for reason in off))
    reasons = tuple(part.reason for part in parts if part.verdict != "supported")
    return Claim(dated, tuple(cite(found) for found in cited), verdict_of(parts), reasons, parts)


def _common(text: str, found: Evidence) -> int:
    return len(set(content_stems(text)) & set(content_stems(found.shown)))


def with_dates(text: str, cited: Sequence[Evidence]) -> str:
    """`text` with the calendar date behind each relative time its evidence resolves: `on Sunday (20 June 2021)`."""
    relative = {m.text.lower(): m.resolved for found in cited for m in found.mentions if m.anchored_to is not None}
    published = next((found.document.published for found in cited if found.document.published), None)
    said = find_mentions(text, published)
    known = [mention.resolved for mention in said if mention.anchored_to is None]
    pieces: list[str] = []
    position = 0
    for mention in said:
        resolved = relative.get(mention.text.lower())
        if mention.anchored_to is None or resolved is None or any(covers(resolved, time) for time in known):
            continue
        pieces += [text[position : mention.end], f" ({shown_date(resolved)})"]
        position = mention.end
        known.append(resolved)
    return "".join([*pieces, text[position:]])


def is_not_found(text: str) -> bool:
    """Whether the model says that the evidence does not hold the answer."""
    return text.strip(" .*\n\"'").upper().startswith(NOT_FOUND)


def _finished(text: str) -> str:
    stripped = re.sub(r"\s+", " ", text).strip()
    return stripped if stripped[-1:] in {".", "!", "?"} else f"{stripped}."


def _unknown(number: int, known: Mapping[int, Evidence]) -> str:
    return f"[{number}] names no evidence; {len(known)} were shown."
