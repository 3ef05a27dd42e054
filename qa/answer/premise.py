"""What a question names and no document speaks of: reason enough to say at once that the documents do not say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from itertools import chain

from index.dates.times import shown_date
from qa import tuning
from qa.answer.answerer import Context, at_once
from qa.answer.decision import Decision
from qa.check.relevance import is_of
from qa.english.names import is_word
from qa.english.spellings import spells_out
from qa.english.words import words_of
from qa.find.answerability import is_hopeless
from qa.question.read import Asked
from qa.question.terms import quoted_phrases
from qa.records import Evidence


@at_once
def by_premise(context: Context) -> Decision | None:
    """Declines at once where nothing comes near, or where the question names what no document speaks of; else None."""
    asked, evidence, library = context.asked, context.evidence, context.library
    far = is_hopeless(evidence, context.settings.min_likelihood, decides=context.writer.model.takes_grammar)
    problems = [f"Nothing found comes near the question {asked.text!r}."] if far else []
    names = [word for name in asked.names for word in words_of(name)]
    # Of the documents asked: what stands in others must not show, nor what came later than the day asked of.
    frequency = library.document_frequency(names, context.doc_ids)
    missing = [name for name in names if not frequency.get(name)]
    words = [word for sentence in evidence for word in words_of(sentence.passage.text)] if missing else []
    problems += unheard_of(asked, evidence, frequency, context.similarity.near(missing, words))
    return Decision(declined="far" if far else "unheard", problems=tuple(problems)) if problems else None


def unheard_of(
    asked: Asked,
    evidence: Sequence[Evidence],
    frequency: Mapping[str, int],
    similar: Mapping[str, Mapping[str, float]],
) -> Iterator[str]:
    """Each name and time of the question that no document speaks of, in words for the user; nothing when all are known.

    A name counts as known in another spelling, by a near word ("Burmese" and
    "Myanmar"), or by the words that its letters stand for. A time counts as
    known when one sentence found, or its report, is of it.

    Args:
        frequency: In how many passages each term of the question occurs.
        similar: Near words that the library uses, for the terms that it does not.
    """
    documents = [sentence.document for sentence in evidence]
    # What the user gave for a document stands in no text, and is known all the same.
    texts = [" ".join(filter(None, (d.text, d.title, d.outlet, d.author))) for d in documents]
    words = {word for text in {*texts} for word in words_of(text)}
    # "Vladimir" where Putin is spoken of, but not "Amnesty" where something is international.
    whole = (words_of(name) for name in asked.full_names)
    spared = {term for *before, last in whole if frequency.get(last) and not is_word(last) for term in before}
    spared.update(chain.from_iterable(map(str.split, quoted_phrases(asked.text))))
    for name in asked.names:
        term = words_of(name)[0] if words_of(name) else ""
        if len(term) < tuning.UNHEARD_LETTERS or term in spared or frequency.get(term, 1) or similar.get(term):
            continue
        letters = tuning.ALIKE_LETTERS
        is_known = any(word[:letters] == term[:letters] for word in words if len(word) >= letters)
        is_known = is_known or bool(get_close_matches(term, words, 1, tuning.ALIKE_SPELLING))
        if not is_known and not any(spells_out(term, text) for text in texts):
            yield f"No document found mentions {name!r}."
    if asked.times and not any(is_of(time, sentence) for time in asked.times for sentence in evidence):
        yield f"No document found speaks of {shown_date(asked.times[0])}."
