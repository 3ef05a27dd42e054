"""What is not borne out is first repaired from what was found, then marked, withheld or quoted, as the user set."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from test_verify import GREEN, LOAN, OPENED, SAID, evidence

from qa.answer.fallback import settle_alone, settle_beside
from qa.answer.tie import Drafted, tie
from qa.question.read import read_question
from qa.records import Claim

ASKED = read_question("What did the Green group do?", date(2026, 1, 1))
GOOD = Claim("The Green group abstained.", (), "supported")
BAD = Claim("It cost 5 million.", (), "unsupported", ("The number 5 million is not in the cited passage.",))


def test_a_sentence_that_only_evidence_not_shown_bears_is_tied_to_that():
    made, repair = tie(ASKED, Drafted("The Green group abstained.", (OPENED,)), (OPENED, LOAN), (OPENED, LOAN, GREEN))
    assert (made.verdict, [cited.number for cited in made.citations]) == ("supported", [3])
    assert repair is not None and "[3] bears" in repair


def test_two_sentences_do_not_bear_together_what_neither_bears_alone():
    asked = read_question("What is said of the mayor and the Green group?", date(2026, 1, 1))
    text = "The Green group abstained and the council approved the loan by 21 votes."
    made, _ = tie(asked, Drafted(text, (LOAN,)), (LOAN, GREEN, SAID))
    assert [cited.number for cited in made.citations] != [2, 3]


@pytest.mark.parametrize(("policy", "texts"), [("mark", 2), ("withhold", 2), ("quote", 1)])
def test_beside_a_supported_sentence_the_others_stand_apart_unless_quotes_are_wanted(policy, texts):
    settled = settle_beside(policy, [GOOD, BAD])
    assert len(settled.claims) == texts and settled.claims[0] == GOOD
    assert len(settled.claims) + len(settled.problems) == 2


def test_alone_they_are_marked_withheld_or_quoted():
    dim = replace(evidence(1, "The Green group abstained."), coverage=0.4)
    assert settle_alone("mark", ASKED, [dim], [BAD]).claims == (BAD,)
    assert settle_alone("withhold", ASKED, [dim], [BAD]).claims == ()
    (quoted,) = settle_alone("quote", ASKED, [dim], [BAD]).claims
    assert (quoted.text, quoted.verdict) == (dim.quote, "supported")


@pytest.mark.parametrize("policy", ["mark", "withhold", "quote"])
def test_documents_that_are_likely_to_answer_are_quoted_in_place_of_what_failed(policy):
    dim = replace(evidence(1, "The Green group abstained."), coverage=0.4)
    settled = settle_alone(policy, ASKED, [dim], [BAD], likelihood=0.8)
    assert [claim.text for claim in settled.claims] == [dim.quote]
    assert any("quoted" in told for told in settled.problems)
    assert settle_alone(policy, ASKED, [], [BAD], likelihood=0.8).claims == ((BAD,) if policy == "mark" else ())


def test_without_a_sentence_of_the_models_nothing_is_put_in_its_place():
    assert settle_alone("quote", ASKED, [GREEN], []).claims == ()


def test_a_date_is_not_borrowed_from_another_sentence_of_the_passage():
    asked = read_question("When did the council approve the loan?", date(2026, 1, 1))
    made, _ = tie(asked, Drafted("The council approved the loan on Thursday.", (LOAN,)), (LOAN, OPENED))
    assert made.verdict != "supported"


def test_an_echo_of_the_question_is_no_reason_to_quote_what_it_points_to():
    asked = read_question("What did the council approve?", date(2026, 1, 1))
    echo = Drafted("The council approved.", (LOAN,))
    assert tie(asked, echo, (LOAN, GREEN))[0].verdict != "supported"


def test_an_echo_that_is_all_there_is_gives_way_to_the_passage():
    asked = read_question("What did the council approve?", date(2026, 1, 1))
    made, _ = tie(asked, Drafted("The council approved.", (LOAN,)), (LOAN, GREEN))
    (quoted,) = settle_alone("withhold", asked, [LOAN, GREEN], [made]).claims
    assert quoted.text == LOAN.quote
