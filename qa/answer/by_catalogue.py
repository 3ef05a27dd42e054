"""A question about the collection itself: which documents there are, or what they say in short. No model is asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from index.dates.times import overlap, shown_date
from index.records import Document, Facts, Span
from qa import tuning
from qa.answer.answerer import Context, at_once
from qa.answer.decision import Decision
from qa.answer.quoting import finished
from qa.english.text import read
from qa.english.words import words_of
from qa.find.choose import show
from qa.question.read import Asked, outlets_named
from qa.question.request import Request, request_of
from qa.question.terms import quoted_phrases
from qa.records import Citation, Claim


@at_once
def by_catalogue(context: Context) -> Decision | None:
    """What is most surely asked of the collection."""
    return tell_of(context, tuning.CONTENT)


def tell_of(context: Context, least: float) -> Decision | None:
    """What the documents asked for are, or say in short; None for other questions.

    Args:
        least: From this probability on that a sentence is asked for, it is another question.
    """
    (vector,) = context.library.embedder.encode([str(context.asked.text)])
    return answer_request(context, request_of(vector, least))


def answer_request(context: Context, request: Request) -> Decision | None:
    """The documents asked for, newest first, or the first sentences of each, oldest first; None where none fits."""
    if request == "content":
        return None
    if request == "chat":
        return Decision(declined="no_question", compared=True)
    fitting, problems = _fitting(context)
    if not fitting:
        return None
    fitting = sorted(fitting, key=lambda one: one.published or date.min, reverse=True)
    chosen = fitting[: tuning.LISTED if request == "list" else tuning.DIGESTED]
    documents = [one for facts in chosen if (one := context.library.document(facts.doc_id))]
    claims = _list(context, fitting, documents) if request == "list" else _digest(context, documents)
    if left_out := len(fitting) - len(chosen):
        problems.append(
            "1 more document that fits is not shown."
            if left_out == 1
            else f"{left_out:,} more documents that fit are not shown."
        )
    return Decision(tuple(claims), problems=tuple(problems), compared=True)


def _fitting(context: Context) -> tuple[list[Facts], list[str]]:
    """The documents that the question's titles, times, outlets and names leave, and what was not looked at."""
    library, asked = context.library, context.asked
    ids = None if context.doc_ids is None else set(context.doc_ids)
    fitting = [one for one in library.facts() if ids is None or one.doc_id in ids]
    outlets = set(outlets_named(asked.text, {one.outlet for one in fitting if one.outlet}))
    fitting = [one for one in fitting if (not outlets or one.outlet in outlets) and _is_of(asked.times, one)]
    quoted = quoted_phrases(asked.text)
    if titled := [one for one in fitting if " ".join(words_of(one.title)) in quoted]:
        return titled, []
    # A sentence begins with a capital whatever it begins with: "Summarise".
    inner = [name for name in asked.full_names if not asked.text.startswith(name)]
    names = [name for name in inner if not any(name in outlet for outlet in outlets)]
    if not names:
        return fitting, []
    return _holding(context, names, fitting)


def _holding(context: Context, names: Sequence[str], fitting: Sequence[Facts]) -> tuple[list[Facts], list[str]]:
    """Of these, the documents whose text holds one of the names."""
    terms = list(dict.fromkeys(word for name in names for word in words_of(name)))
    found = context.library.lexical(terms, tuning.NAMED_IN, [one.doc_id for one in fitting])
    ids = dict.fromkeys(passage_id.rpartition(":")[0] for passage_id, _ in found)
    texts = {doc_id: document.text for doc_id in ids if (document := context.library.document(doc_id))}
    holding = [one for one in fitting if any(name in texts.get(one.doc_id, "") for name in names)]
    cut = f"Only the {tuning.NAMED_IN:,} best passages were looked at for the name."
    return holding, [cut] if len(found) == tuning.NAMED_IN else []


def _is_of(times: Sequence[str], one: Facts) -> bool:
    published = one.published
    return not times or (published is not None and any(overlap(time, published.isoformat()) for time in times))


def _list(context: Context, fitting: Sequence[Facts], documents: Sequence[Document]) -> Iterator[Claim]:
    days = sorted(one.published for one in fitting if one.published)
    counted = "1 document" if len(fitting) == 1 else f"{len(fitting):,} documents"
    if days:
        first, last = (shown_date(day.isoformat()) for day in (days[0], days[-1]))
        counted += f", published on {first}" if first == last else f", published from {first} to {last}"
    if undated := len(fitting) - len(days):
        counted += f", {undated:,} without a date"
    cited = [_head_of(context, document) for document in documents]
    yield Claim(f"{counted}.", tuple(cited), "supported")
    for document, citation in zip(documents, cited, strict=True):
        when = shown_date(document.published.isoformat()) if document.published else "no date found"
        known = ", ".join(filter(None, [document.outlet, when]))
        yield Claim(f"“{document.title}” ({known}).", (citation,), "supported")


def _head_of(context: Context, document: Document) -> Citation:
    """The title where it stands in the text, else the first sentence."""
    at = document.text.find(document.title) if document.title else -1
    first = next((span for one in context.library.passages_of(document.doc_id) for span in one.sentences), (0, 0))
    return _cite(context, document, (at, at + len(document.title)) if at >= 0 else first)


def _digest(context: Context, documents: Sequence[Document]) -> Iterator[Claim]:
    for document in reversed(documents):
        mentions = context.library.mentions(document.doc_id)
        for span in _leads(context, document):
            inside = [one for one in mentions if span[0] <= one.start and one.end <= span[1]]
            shown = show(document.text[slice(*span)], span[0], inside)
            yield Claim(finished(shown), (_cite(context, document, span),), "supported", verbatim=True)


def _leads(context: Context, document: Document) -> list[Span]:
    """The first whole sentences of the text, without titles and by-lines; its very first where it has none."""
    spans = [span for one in context.library.passages_of(document.doc_id) for span in one.sentences]
    whole = [span for span in spans if not read(document.text[slice(*span)]).is_fragment]
    return (whole or spans)[: tuning.LEADS]


def _cite(context: Context, document: Document, span: Span) -> Citation:
    number = context.numbering.marker(document.doc_id, *span)
    return Citation.of(number, document, span, context.library.mentions(document.doc_id))


def not_asked(asked: Asked) -> str:
    """For the user: that this is no question, and what is."""
    return (
        f"“{asked.text}” is not taken for a question about the documents. Ask for a fact (who, when, how many), for a "
        "list (“Which documents are there from 2021?”) or for a digest (“Summarise the latest report”)."
    )
