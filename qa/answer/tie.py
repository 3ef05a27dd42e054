"""From the model's text to sentences tied to spans: only code makes a citation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from index.dates import find_mentions
from index.dates.times import covers, shown_date
from qa import tuning
from qa.answer.quoting import finished, name_alone, quotable, quoted_instead, verbatim
from qa.check.relevance import check_answers, misleads
from qa.check.verify import check_parts, says_otherwise, verdict_of
from qa.english.names import in_full, own_names
from qa.english.text import read
from qa.model.markers import marked_sentences
from qa.model.prompt import NOT_FOUND
from qa.model.thinking import without_thinking
from qa.question.read import Asked
from qa.records import Claim, Evidence, Part


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
    by_number = {sentence.number: sentence for sentence in evidence}
    reply = without_thinking(text)
    if not reply.strip() or is_not_found(reply):
        return [], []
    sentences: list[Drafted] = []
    problems: list[str] = []
    for written, numbers in marked_sentences(reply, by_number):
        if not numbers and is_not_found(written):
            continue
        problems += [_unknown(number, by_number) for number in numbers if number not in by_number]
        cited = dict.fromkeys(number for number in numbers if number in by_number)
        sentences.append(Drafted(finished(written), tuple(by_number[number] for number in cited)))
    return sentences, problems


def tie(
    asked: Asked, drafted: Drafted, evidence: Sequence[Evidence], all_evidence: Sequence[Evidence] = ()
) -> tuple[Claim, str | None]:
    """The sentence as a checked claim, and what was set right about it, if anything.

    A small model often writes the right sentence and points to the wrong one, or
    points to the right one and says it in words that are not there. So a sentence
    that fails is tried against each other one shown or found. Then the passage it points
    to speaks for itself, word for word, if it says most of the sentence and of what is
    asked; then a name alone; then a passage that holds all that it adds to the question.
    One that passes still gives way to its passage where `quoted_instead` finds that it
    may be about another part of it.

    Args:
        evidence: What the model wrote from.
        all_evidence: All that was found for the question, `evidence` among it.
    """
    claim = _check(asked, drafted.text, drafted.evidence, evidence)
    if not claim.reasons:
        return quoted_instead(asked, claim.text, drafted.evidence, evidence) or (
            _named_in_full(asked, claim, drafted, evidence),
            None,
        )
    failed = {part.kind for part in claim.parts if part.verdict != "supported"}
    loose = not failed & {"date", "number", "reckoned"}
    return (
        _moved(asked, drafted, evidence, all_evidence)
        or _quoted(asked, drafted, evidence, all_evidence, others=loose)
        or _named_or_reworded(asked, drafted, evidence, others=loose)
        or (claim, None)
    )


def _named_in_full(asked: Asked, claim: Claim, drafted: Drafted, evidence: Sequence[Evidence]) -> Claim:
    """The claim; where it is a surname alone, with the name that its document gives in front."""
    name = drafted.text.rstrip(".")
    if not asked.asks_for_name or own_names(drafted.text) != [name]:
        return claim
    whole = finished(in_full(name, drafted.evidence[0].document.text))
    full = _check(asked, whole, drafted.evidence, evidence)
    return claim if full.reasons else full


def _moved(
    asked: Asked, drafted: Drafted, evidence: Sequence[Evidence], all_evidence: Sequence[Evidence]
) -> tuple[Claim, str] | None:
    """The sentence, tied to another passage that bears it and says as much of what is asked."""
    least = tuning.CITED_INSTEAD * max((cited.coverage for cited in drafted.evidence), default=0.0)
    for sentence in _others(drafted, evidence, all_evidence):
        claim = _check(asked, drafted.text, (sentence,), evidence) if sentence.coverage >= least else None
        if claim and not claim.reasons:
            return claim, cited_instead(drafted.evidence, [sentence])
    return None


def cited_instead(pointed: Sequence[Evidence], cited: Sequence[Evidence]) -> str:
    """What a user is told of a sentence that does not cite what the model pointed to."""
    wrong, right = ("".join(f"[{one.number}]" for one in sentences) for sentences in (pointed, cited))
    bears = "bears" if len(cited) == 1 else "bear"
    return f"The model pointed to {wrong or 'nothing'} for a sentence that {right} {bears}; that is cited."


def _quoted(
    asked: Asked, drafted: Drafted, evidence: Sequence[Evidence], all_evidence: Sequence[Evidence], *, others: bool
) -> tuple[Claim, str] | None:
    """The passage that the sentence points to, or one that says more of it, word for word.

    None where the sentence only repeats the question, or takes a second for all: then the passage is no answer.
    """
    if not drafted.evidence or misleads(asked, drafted.text, drafted.evidence, evidence):
        return None
    fuller = _fuller(drafted, evidence) if others else []
    for sentence in quotable(asked, drafted.text, [*fuller, *drafted.evidence], evidence, all_evidence):
        return verbatim(sentence), f"[{sentence.number}] is quoted word for word: “{drafted.text}” is not what it says."
    return None


def _named_or_reworded(
    asked: Asked, drafted: Drafted, evidence: Sequence[Evidence], *, others: bool
) -> tuple[Claim, str] | None:
    """A name alone that is borne out, or a passage that holds all that the sentence adds to the question."""
    if name := name_alone(asked, drafted.text, evidence):
        return name, f"Only the name is borne out; the rest of “{drafted.text}” is not."
    for sentence in (*drafted.evidence, *(evidence if others else ())):
        answers = not any(check_answers(asked, text, (sentence,), evidence) for text in (drafted.text, sentence.shown))
        if answers and says_otherwise(asked, drafted.text, sentence):
            return (
                verbatim(sentence),
                f"[{sentence.number}] is quoted word for word: it says “{drafted.text}” in other words.",
            )
    return None


def _fuller(drafted: Drafted, evidence: Sequence[Evidence]) -> list[Evidence]:
    """The passages shown that have more words of the sentence than those it points to, the one with most first."""
    least = max((_common(drafted.text, cited) for cited in drafted.evidence), default=0)
    fuller = (sentence for sentence in evidence if _common(drafted.text, sentence) > least)
    return sorted(fuller, key=lambda sentence: -_common(drafted.text, sentence))


def _others(drafted: Drafted, evidence: Sequence[Evidence], all_evidence: Sequence[Evidence]) -> Iterator[Evidence]:
    """What else may bear a sentence: each one shown, then each one only found, the likeliest first.

    One alone, never two together: what each says of another matter, together they would bear.
    """
    numbers = {sentence.number for sentence in evidence}
    for group in (evidence, [sentence for sentence in all_evidence if sentence.number not in numbers]):
        for sentence in sorted(group, key=lambda sentence: -_common(drafted.text, sentence)):
            if (sentence,) != drafted.evidence:
                yield sentence


def _check(asked: Asked, text: str, cited: Sequence[Evidence], evidence: Sequence[Evidence]) -> Claim:
    dated = with_dates(text, cited)
    parts = check_parts(dated, cited, asked.text)
    if verdict_of(parts) == "supported":
        off = check_answers(asked, dated, cited, evidence)
        parts = (*parts, *(Part("answer", "", "unsupported", reason) for reason in off))
    reasons = tuple(part.reason for part in parts if part.verdict != "supported")
    return Claim(dated, tuple(sentence.citation for sentence in cited), verdict_of(parts), reasons, parts)


def _common(text: str, sentence: Evidence) -> int:
    return len(read(text).stems & read(sentence.shown).stems)


def with_dates(text: str, cited: Sequence[Evidence]) -> str:
    """`text` with the calendar date behind each relative time its evidence resolves: `on Sunday (20 June 2021)`."""
    relative = {
        m.text.lower(): m.resolved for sentence in cited for m in sentence.mentions if m.anchored_to is not None
    }
    published = next((sentence.document.published for sentence in cited if sentence.document.published), None)
    mentions = find_mentions(text, published)
    dated = [mention.resolved for mention in mentions if mention.anchored_to is None]
    pieces: list[str] = []
    position = 0
    for mention in mentions:
        resolved = relative.get(mention.text.lower())
        if mention.anchored_to is None or resolved is None or any(covers(resolved, time) for time in dated):
            continue
        pieces += [text[position : mention.end], f" ({shown_date(resolved)})"]
        position = mention.end
        dated.append(resolved)
    return "".join([*pieces, text[position:]])


def is_not_found(text: str) -> bool:
    """Whether the model says that the evidence does not hold the answer."""
    return text.strip(" .*\n\"'").upper().startswith(NOT_FOUND)


def _unknown(number: int, by_number: Mapping[int, Evidence]) -> str:
    return f"[{number}] names no evidence; {len(by_number)} were shown."
