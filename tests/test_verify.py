"""What an answer sentence says must stand in what it cites, and answer what was asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from evals.suites.stated import evidence_of
from index.dates import find_mentions
from index.records import Document, Passage
from qa.answer.tie import Drafted, read_draft, tie, with_dates
from qa.check.answer_type import check_kind
from qa.check.relevance import check_answers, in_focus, is_of
from qa.check.sentence import read_statement
from qa.check.verify import check_claim, is_about
from qa.english.spellings import spells_out
from qa.find.choose import show
from qa.question.read import read_question
from qa.records import Evidence, Time, times_in_words

TEXT = (
    "Mayor Ines Calder opened the Harrow bridge on Thursday together with the transport minister. "
    "The council approved the loan by 21 votes to 6, with 4 members abstaining. "
    "The Green group abstained. "
    "She said the town was “ready for the next hundred years”. "
    "Last week the Association of Southern River Towns praised the plan. "
    "A date for the second bridge has yet to be set."
)
DOCUMENT = Document(
    "d" * 16, "/d.txt", "Harrow bridge opened", "Harrow Post", "Ada Orme", date(2019, 5, 14), None, TEXT, "h"
)


def evidence(number: int, quote: str) -> Evidence:
    start = TEXT.index(quote)
    passage = Passage("p", DOCUMENT.doc_id, TEXT, 0, len(TEXT), ())
    mentions = tuple(
        m for m in find_mentions(TEXT, DOCUMENT.published) if start <= m.start and m.end <= start + len(quote)
    )
    return Evidence(
        number,
        DOCUMENT,
        passage,
        start,
        start + len(quote),
        quote,
        show(quote, start, mentions),
        mentions,
        1.0,
        1.0,
        0.5,
    )


OPENED, LOAN, GREEN, SAID, PRAISED, SECOND = (
    evidence(number, f"{sentence}.") for number, sentence in enumerate(TEXT.removesuffix(".").split(". "), 1)
)


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("Ines Calder opened the Harrow bridge on Thursday, 9 May 2019.", OPENED),
        ("The bridge was opened on 9 May 2019.", OPENED),
        ("The council approved the loan by 21 votes to six.", LOAN),
        ("The Green group abstained.", GREEN),
        ("She said the town was “ready for the next hundred years”.", SAID),
        ("In 2019 Ines Calder was mayor.", OPENED),
        ("No date for the second bridge has been set.", SECOND),
    ],
)
def test_a_sentence_that_stands_in_its_quote_is_borne_out(text, cited):
    assert check_claim(text, (cited,), "What did the Green group vote, and who is Ines Calder?") == ()


@pytest.mark.parametrize(
    ("text", "cited", "word"),
    [
        ("The council approved the loan by 24 votes to 6.", LOAN, "24"),
        ("Ines Calder opened the Harrow bridge on 10 May 2019.", OPENED, "10 May 2019"),
        ("Ines Calder opened the Harrow bridge on Friday.", OPENED, "Friday"),
        ("Boris Quill opened the Harrow bridge.", OPENED, "Quill"),
        ("The Green group voted against the loan.", GREEN, "voted"),
        ("The council did not approve the loan by 21 votes to 6.", LOAN, "denies"),
        ("She said the town was “ready for another thousand years”.", SAID, "word for word"),
        ("The Green group demanded lower tolls for lorries.", GREEN, "tolls"),
        ("It was praised on 6 May 2019.", PRAISED, "6 May 2019"),
    ],
)
def test_a_planted_error_is_caught_and_its_words_are_named(text, cited, word):
    reasons = check_claim(text, (cited,), "Who opened it?")
    assert reasons
    assert any(word in reason for reason in reasons)


def test_a_sentence_without_a_citation_is_unsupported():
    assert check_claim("The bridge is open.", ()) == ("It cites no passage.",)


def claim(question: str, text: str, *shown: Evidence):
    (drafted, *_), _ = read_draft(text, shown)
    return tie(read_question(question, date(2026, 1, 1)), drafted, shown)


def test_a_sentence_that_points_to_the_wrong_passage_is_tied_to_the_one_that_bears_it():
    made, repair = claim("What did the Green group do?", "The Green group abstained [1].", OPENED, LOAN, GREEN)
    assert (made.verdict, [c.number for c in made.citations]) == ("supported", [3])
    assert repair == "The model pointed to [1] for a sentence that [3] bears; that is cited."


def test_a_sentence_in_words_of_its_own_gives_way_to_the_passage_word_for_word():
    made, repair = claim("What did the Green group do?", "The Green group was angry and abstained [3].", OPENED, GREEN)
    assert (made.text, made.verdict) == ("The Green group abstained.", "supported")
    assert repair is not None
    assert "angry and abstained" in repair


def test_a_passage_that_holds_all_that_a_sentence_adds_to_the_question_stands_in_its_place():
    question = "How many of the town's lawmakers gave their blessing to the borrowing?"
    text = "The town's lawmakers gave their blessing to the borrowing by 21 votes to 6 [2]."
    made, repair = claim(question, text, OPENED, LOAN)
    assert (made.text, made.verdict) == (LOAN.quote, "supported")
    assert repair is not None and "in other words" in repair
    made, _ = claim(question, text.replace("21", "24"), OPENED, LOAN)
    assert made.verdict != "supported"


def test_what_another_sentence_denies_is_no_answer_and_denying_the_question_is_one():
    text = "Ada Berg supplies the Harrow market with eels, since she catches the most. Ada Berg does not supply Harrow."
    document = replace(DOCUMENT, text=text)
    passage = Passage("p", document.doc_id, text, 0, len(text), ())
    cut = text.index("Ada", 1)
    yes, no = (
        replace(OPENED, number=at, document=document, passage=passage, start=start, end=end, quote=text[start:end],
                shown=text[start:end], mentions=())
        for at, (start, end) in enumerate([(0, cut - 1), (cut, len(text))], 1)
    )  # fmt: skip
    asked = read_question("Why does Ada Berg supply Harrow?", date(2026, 1, 1))
    assert any(
        "deny" in off for off in check_answers(asked, "Ada Berg supplies Harrow, since she can.", (yes,), (yes, no))
    )
    assert check_answers(asked, "Ada Berg does not supply Harrow.", (no,), (yes, no)) == ()


RESTATED = "who, as two papers report, won the mayor's office by a landslide and later opened the Harrow bridge"


def test_of_a_sentence_that_repeats_the_question_the_name_alone_is_answered_and_told():
    answer, told = claim(f"Which politician, {RESTATED}?", f"Ines Calder is the politician {RESTATED}.", OPENED, GREEN)
    assert (answer.text, answer.verdict, [cited.quote for cited in answer.citations]) == (
        "Ines Calder.",
        "supported",
        [OPENED.quote],
    )
    assert "Only the name is borne out" in told


@pytest.mark.parametrize(
    ("question", "text"),
    [
        (f"Which politician, {RESTATED}?", f"Boris Quill is the politician {RESTATED}."),  # stands nowhere
        (f"Which politician, {RESTATED}?", f"Ines Calder of Orme is the politician {RESTATED}."),  # two names
        (f"Which politician, {RESTATED}?", f"Ines Calder, a surgeon, is the politician {RESTATED}."),  # adds a word
        (f"Which politician, {RESTATED}?", f"Ines Calder is not the politician {RESTATED}."),
        (f"Which politician, {RESTATED}?", f"On Thursday the politician, {RESTATED}."),  # a day is no name
        (f"Is there a politician {RESTATED}?", f"Ines Calder is the politician {RESTATED}."),  # asks for no name
    ],
)
def test_a_name_alone_is_no_answer_where_more_is_added_or_it_stands_nowhere(question, text):
    answer, _ = claim(question, text, OPENED, GREEN)
    assert answer.verdict == "unsupported"


def test_a_name_alone_is_not_taken_from_a_passage_that_says_less_of_what_is_asked():
    nearer = replace(GREEN, coverage=0.9)
    answer, _ = claim(f"Which politician, {RESTATED}?", f"Ines Calder is the politician {RESTATED}.", OPENED, nearer)
    assert answer.verdict == "unsupported"


def test_a_turned_vote_is_not_replaced_but_withheld():
    made, _ = claim("Who voted against it?", "The Green group voted against the loan [3].", GREEN)
    assert made.verdict == "unsupported" and not made.verbatim


@pytest.mark.parametrize(
    ("question", "text", "cited", "reason"),
    [
        ("How much did the bridge cost?", "The council approved the loan by 21 votes [1].", LOAN, "asks for an amount"),
        ("How old is Ines Calder?", "Ines Calder opened it on Thursday, 9 May 2019 [1].", OPENED, "asks for an age"),
        ("When will the second bridge open?", "A date has yet to be set [1].", SECOND, "asks for a time"),
        ("How many tolls are there?", "The Green group abstained [1].", GREEN, "asks for a number"),
        ("How many days did the Green group wait?", "The Green group abstained [1].", GREEN, "asks for a measure"),
        ("What did the Green group abstain from?", "The Green group abstained [1].", GREEN, "only repeats"),
        ("Why did the Green group vote against it?", "The Green group abstained [1].", GREEN, None),
        ("What is the name of the bridge?", "The Harrow bridge opened on Thursday [1].", OPENED, None),
        ("What is the name of the Green bridge?", "The Green group abstained [1].", GREEN, "asks for a name"),
        ("Who will follow the Green group?", "The Green group abstained [1].", GREEN, "asks for a name"),
    ],
)
def test_a_true_sentence_that_does_not_answer_is_unsupported(question, text, cited, reason):
    made, _ = claim(question, text.replace("[1]", f"[{cited.number}]"), cited)
    assert made.verdict == ("unsupported" if reason else "supported")
    assert reason is None or any(reason in each for each in made.reasons)


@pytest.mark.parametrize(
    "price",
    ["45 pesos", "45 lira", "45 dirhams", "45 francs", "45 shekels", "45 won", "45 kronor", "45 crowns", "45 rand",
     "45 baht", "45 roubles", "45 rubles", "45 Orman crowns", "Rs 500", "Rs. 500", "₺45", "₸45", "US$45", "R$ 45",
     "R500", "45 zł", "45 kr", "CHF 45", "45 USD", "€45", "45 €", "5 million"],
)  # fmt: skip
def test_a_price_is_told_in_any_currency(price):
    assert kind_missed("How much does a ticket cost?", f"A single ticket costs {price}.") == []


@pytest.mark.parametrize(
    "text", ["The team won 3 matches.", "It took 3 days.", "The G20 met in room 3.", "The R20 is closed."]
)
def test_a_number_of_something_else_is_no_price(text):
    assert kind_missed("How much did it cost?", text)


@pytest.mark.parametrize("measure", ["71 mm", "34.6 km", "3 tonnes", "12 hectares", "40 per cent", "5,000 litres"])
def test_a_measure_is_an_amount(measure):
    assert kind_missed("How much was it?", f"It was {measure}.") == []


@pytest.mark.parametrize("day", [None, date(2021, 6, 21)])
def test_a_day_without_its_year_is_a_time(day):
    assert kind_missed("When did the market open?", "It opened on 2 April.", day) == []


def kind_missed(question: str, text: str, day: date | None = None) -> list[str]:
    document = replace(DOCUMENT, text=text, published=day)
    cited = evidence_of(document, [(0, len(text))])
    return list(check_kind(read_question(question, date(2026, 1, 1)), read_statement(text, cited, question)))


def test_asked_for_an_office_an_answer_without_one_gives_way_to_the_passage_that_has_it():
    question = "What was Ines Calder's role in Harrow when the bridge opened?"
    made, repair = claim(question, "Ines Calder opened the Harrow bridge on Thursday [1].", OPENED)
    assert made.text == OPENED.shown and repair is not None
    made, repair = claim(question, "Ines Calder was mayor [1].", OPENED)
    assert (made.text, repair) == ("Ines Calder was mayor.", None)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("The local monitoring group counted the killed.", False),
        ("The Orme Watch counted the killed.", True),
        ("A group of lawyers, doctors and teachers counted the killed.", True),
    ],
)
def test_which_group_is_not_answered_by_a_group(text, named):
    asked = read_question("Which monitoring group counted the killed?", date(2026, 1, 1))
    said = read_statement(text, (GREEN,), asked.text)
    assert bool(list(check_kind(asked, said))) is not named


@pytest.mark.parametrize(
    ("source", "told"),
    [("Ines Calder, 41, came.", True), ("The 41-year-old mayor came.", True), ("The G40 group, her own, came.", False)],
)
def test_an_age_is_told_in_several_ways(source, told):
    asked = read_question("How old is Ines Calder?", date(2026, 1, 1))
    document = replace(DOCUMENT, text=source)
    cited = evidence_of(document, [(0, len(source))])
    text = "She is 41." if told else "She is 40."
    assert bool(list(check_kind(asked, read_statement(text, cited, asked.text)))) is not told


def test_asked_when_a_sentence_without_a_time_does_not_outweigh_one_that_has_it():
    asked = read_question("When did the mayor open the bridge together with the minister?", date(2026, 1, 1))
    other = replace(LOAN, coverage=0.9)
    opened = replace(OPENED, coverage=0.3)
    assert check_answers(asked, "On Thursday, 9 May 2019.", (opened,), (other, opened)) == ()
    untimed = read_question("Who opened the bridge together with the minister?", date(2026, 1, 1))
    assert any("far more" in off for off in check_answers(untimed, "Ines Calder.", (opened,), (other, opened)))


def test_the_calendar_date_is_put_behind_a_weekday_that_its_evidence_resolves():
    assert with_dates("It opened on Thursday.", (OPENED,)) == "It opened on Thursday (9 May 2019)."
    assert with_dates("It opened on Thursday, 9 May 2019.", (OPENED,)) == "It opened on Thursday, 9 May 2019."


def test_a_citation_tells_from_which_day_a_weekday_is_counted_and_of_a_complete_date_none():
    text = "It opened on Thursday. The loan ended on 3 June 2018."
    document = replace(DOCUMENT, text=text)
    (cited,) = (found.citation for found in evidence_of(document, [(0, len(text))]))
    assert cited.times == (
        Time("Thursday", "2019-05-09", "day", anchored_to="2019-05-14"),
        Time("3 June 2018", "2018-06-03", "day", anchored_to=None),
    )
    assert times_in_words(cited.times) == "“Thursday”: 9 May 2019"


def test_every_citation_is_an_exact_slice_of_its_document():
    made, _ = claim("Who opened it?", "Ines Calder opened the Harrow bridge [1][2].", OPENED, LOAN)
    assert all(TEXT[c.start : c.end] == c.quote for c in made.citations)
    assert made.citations


@pytest.mark.parametrize(
    ("acronym", "text", "expected"),
    [
        ("ASEAN", "the 10-country Association of Southeast Asian Nations bloc", True),
        ("UN", "the United Nations said", True),
        ("PM", "the Prime Minister", True),
        ("EU", "the United Nations said", False),
        ("A", "an apple", False),
    ],
)
def test_an_acronym_is_known_by_the_words_it_stands_for(acronym, text, expected):
    assert spells_out(acronym, text) is expected


def test_a_marker_without_evidence_is_reported_not_dropped():
    drafted, problems = read_draft("At nine [4].", (OPENED, LOAN))
    assert problems == ["[4] names no evidence; 2 were shown."]
    assert drafted == [Drafted("At nine.", ())]


@pytest.mark.parametrize("text", ["NOT FOUND", "not found.", "  NOT FOUND\n", ""])
def test_not_found_gives_no_sentence_and_no_problem(text):
    assert read_draft(text, (OPENED,)) == ([], [])


def test_text_behind_the_last_marker_is_kept_as_a_sentence_without_evidence():
    drafted, _ = read_draft("It opened [1]. It was loud", (OPENED,))
    assert [d.text for d in drafted] == ["It opened.", "It was loud."]
    assert drafted[1].evidence == ()


def focus(question: str, *shown: Evidence) -> list[int]:
    return [e.number for e in in_focus(read_question(question, date(2026, 1, 1)), shown)]


def test_evidence_in_focus_speaks_of_the_name_and_the_time_asked_for():
    assert focus("What did the Association do?", LOAN, GREEN, PRAISED) == [5]
    assert focus("What happened in 2019?", OPENED, GREEN, PRAISED) == [1, 3, 5]


def test_all_evidence_is_in_focus_when_none_speaks_of_what_is_named():
    assert focus("What did Boris Quill do in 1999?", OPENED, LOAN) == [1, 2]


def test_a_sentence_that_points_back_may_speak_of_what_was_named_before():
    assert focus("What did Ines Calder say?", OPENED, GREEN, SAID) == [1, 4]


@pytest.mark.parametrize(
    ("published", "time", "expected"),
    [
        (date(2019, 5, 14), "2019-05", True),
        (date(2019, 5, 14), "2011", True),
        (date(2019, 5, 14), "2018", False),
        (None, "2011", True),
        (None, "2019", False),
    ],
)
def test_a_sentence_is_of_the_day_of_its_report_and_of_the_times_it_names(published, time, expected):
    text = "The loan was approved in 2011."
    (found,) = evidence_of(replace(DOCUMENT, text=text, published=published), [(0, len(text))])
    assert is_of(time, found) is expected


@pytest.mark.parametrize(
    ("quote", "expected"), [("She invited the guests.", True), ("Orme invited the guests.", False)]
)
def test_a_passage_speaks_for_whom_it_calls_she_and_not_for_whom_it_does_not_speak_of(quote, expected):
    text = f"Ruth Ines Calder came. {quote}"
    (found,) = evidence_of(replace(DOCUMENT, text=text, title="Guests"), [(text.index(quote), len(text))])
    asked = read_question("Who came?", date(2026, 1, 1))
    assert is_about(asked, "Ruth Ines Calder invited some members.", found) is expected


def test_a_surname_that_is_all_of_an_answer_is_given_in_full():
    answer, _ = claim(f"Which politician, {RESTATED}?", f"Calder is the politician mentioned, {RESTATED}.", OPENED)
    assert answer.text == "Ines Calder."
    answer, _ = claim("Which politician opened the Harrow bridge?", "Calder [1].", OPENED)
    assert answer.text == "Ines Calder."


@pytest.mark.parametrize(
    ("question", "text", "answers"),
    [
        ("Who met Ines Calder?", "Mayor Ines Calder.", False),
        ("Who opened the Harrow bridge?", "Mayor Ines Calder.", True),
        ("Who is Ines Calder?", "Mayor Ines Calder.", True),
    ],
)
def test_whom_the_question_names_is_no_answer_to_who_else(question, text, answers):
    off = check_answers(read_question(question, date(2026, 11, 23)), text, (OPENED,), (OPENED,))
    assert ("It only repeats the question." in off) is not answers
