"""The dossiers: their proofs stand in their documents, each is asked alone, and answers are held against gold ones."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest
from fakes import HashingEmbedder
from scripted import scripted

from evals.measures.gold import Told, falls_short, gold_sentences, times_told
from evals.opening import Opening
from evals.run import run_items
from evals.suites.claims import ClaimsSuite
from evals.suites.dossier import Dossier, read_dossiers
from evals.suites.dossiers import DossierSuite
from evals.suites.named import DEFAULT_HALF, DOSSIER_FILES, open_suite
from index.errors import UserFacingError
from index.pipeline import open_library
from qa.chain import AnswerChain
from qa.model.open import Model
from qa.session import Session
from qa.settings import Settings

# The data


@pytest.fixture(scope="module")
def dossiers() -> tuple[Dossier, ...]:
    return read_dossiers(DOSSIER_FILES)


def test_every_proof_stands_in_its_document(dossiers):
    for dossier in dossiers:
        texts = {file.id: file.text for file in dossier.documents}
        proofs = [proof for one in (*dossier.questions, *dossier.claims) for proof in one.proof]
        proofs += [asked.near for asked in dossier.questions if asked.near]
        assert all(proof.s in texts[proof.d] for proof in proofs), dossier.name


def test_every_proof_of_a_conversation_stands_in_its_document(dossiers):
    texts = {(one.name, file.id): file.text for one in dossiers if one.half == "tune" for file in one.documents}
    files = sorted((DOSSIER_FILES / "conversations").glob("*.json"))
    assert files
    for path in files:
        read = json.loads(path.read_text("utf-8"))
        proofs = [proof for turns in read["conversations"] for turn in turns for proof in turn["proof"]]
        assert all(proof["s"] in texts[read["dossier"], proof["d"]] for proof in proofs), path.name


def test_the_markers_of_a_gold_answer_count_its_proofs(dossiers):
    for case in (case for dossier in dossiers for case in dossier.cases):
        markers = {int(number) for number in re.findall(r"\[(\d+)\]", case.gold)}
        assert markers == set(range(1, len(case.quotes) + 1)), case.id
        assert case.answerable == bool(case.gold) == (case.kind != "unanswerable"), case.id


def test_a_dossier_that_does_not_fit_is_told_with_its_field(tmp_path):
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev" / "x.json").write_text('{"subject": "S", "documents": [], "questions": []}')
    with pytest.raises(UserFacingError, match=r"x\.json.*documents"):
        read_dossiers(tmp_path)
    with pytest.raises(UserFacingError, match="no dossiers"):
        read_dossiers(tmp_path / "none")


# The suites

VOTE = "The council approved the motion by 119 votes."


def dossier(name: str, text: str, half: str = "report") -> Dossier:
    return Dossier.model_validate(
        {
            "name": name,
            "half": half,
            "subject": "A vote",
            "documents": [
                {
                    "id": "a",
                    "published": "2021-06-21",
                    "outlet": "AFP",
                    "author": None,
                    "title": "A vote",
                    "text": f"A vote\nAFP, 21 June 2021\n\n{text} It met in the town hall of Orme for nine hours.\n",
                }
            ],
            "questions": [
                {
                    "q": "How many votes approved the motion?",
                    "kind": "number",
                    "a": f"The motion had {re.findall(r'[0-9]+', text)[0]} votes [1].",
                    "proof": [{"d": "a", "s": text}],
                },
                {
                    "q": "What did the plant cost?",
                    "kind": "unanswerable",
                    "a": "NOT FOUND",
                    "proof": [],
                    "near": {"d": "a", "s": text},
                },
            ],
            "claims": [
                {"c": text, "proof": [{"d": "a", "s": text}], "verdict": "supported", "part": "number"},
                {
                    "c": "The council approved the motion by 7 votes.",
                    "proof": [{"d": "a", "s": text}],
                    "verdict": "contradicted",
                    "part": "number",
                },
            ],
        }
    )


PAIR = (dossier("one", VOTE), dossier("two", VOTE.replace("119", "36"), "tune"))


def open_model(settings: Settings) -> Model:
    return (
        Model("none", None) if settings.model == "none" else scripted(approved=["119 votes [1]."], cost=["NOT FOUND"])
    )


def open_session(settings: Settings) -> Session:
    library, model = open_library(settings.library, HashingEmbedder()), open_model(settings)
    return Session(settings, library, model, AnswerChain(library, model, settings))


EMBEDDER = HashingEmbedder()
OPENING = Opening(lambda settings: EMBEDDER, open_session, open_model)


@pytest.fixture
def settings(tmp_path):
    return Settings(library=tmp_path / "own", cache=tmp_path / "cache")


def test_each_dossier_is_asked_alone_by_every_system(settings):
    suite = DossierSuite(PAIR, OPENING)
    with suite.open(("dateline", "none", "baseline"), settings, suite.items) as asks:
        results = list(run_items(suite.items, asks))
    assert [result.error for result in results] == [None] * 12
    numbers = {(one.system, one.item.id): one.measures["right"] for one in results if one.item.kind == "number"}
    assert numbers["none", "one-q00"] and numbers["none", "two-q00"]
    assert numbers["dateline", "one-q00"] and numbers["baseline", "one-q00"] and not numbers["baseline", "two-q00"]
    cited = {name for result in results for one in result.shown["evidence"] for name in [one["file"]]}
    assert cited == {"one-a.txt", "two-a.txt"}
    assert all(one["file"][:3] == result.item.id[:3] for result in results for one in result.shown["evidence"])
    found = next(one for one in results if one.system == "none" and one.item.id == "one-q00")
    assert found.measures["proof_at_5"] is True and found.measures["proof_at_8"] is True
    declined = [one for one in results if one.system == "dateline" and one.item.kind == "unanswerable"]
    assert [one.measures["abstention_recall"] for one in declined] == [True, True]


def test_a_dossier_is_embedded_once(settings):
    suite = DossierSuite(PAIR, OPENING)
    with suite.open(("none",), settings, suite.items):
        pass
    before = EMBEDDER.encoded
    with suite.open(("none",), settings, suite.items):
        pass
    assert EMBEDDER.encoded - before <= 2, "only what warms the chain"


def test_the_baseline_without_a_model_fails_at_once(settings):
    suite = DossierSuite(PAIR, OPENING)
    without = settings.model_copy(update={"model": "none"})
    with pytest.raises(UserFacingError, match="baseline"), suite.open(("baseline",), without, suite.items):
        pass


def test_claims_are_checked_against_their_proof(settings):
    suite = ClaimsSuite(PAIR)
    with suite.open(("none",), settings, suite.items) as asks:
        true, false = (asks["none"](item) for item in suite.items[:2])
    assert (true.shown["verdict"], true.measures["right"], true.measures["supported_denied"]) == (
        "supported",
        True,
        False,
    )
    assert false.measures["right"] and false.measures["supported_denied"] is None
    assert false.shown["verdict"] != "supported" and false.shown["reasons"]


FLOOR = {
    ("supported", "contradicted"): 2,
    ("unsupported", "supported"): 2,
    ("contradicted", "supported"): 8,
    ("contradicted", "unsupported"): 38,
}
FLOOR_OF = frozenset(
    "w1-01 w1-03 w1-05 w1-07 w2-01 w2-03 w2-05 w2-07 w3-01 w3-03 w3-05 w3-07 "
    "w3-09 w4-01 w4-03 w4-05 w4-07 w4-09".split()
)
"""Claims of these dossiers of `train`, by what each is and what it is called instead: no more than so many.

Those that are supported are in words too far from their proof for the checks, which call them unsupported.
"""


def test_no_more_claims_by_other_hands_are_misjudged_than_were(dossiers, settings):
    suite = ClaimsSuite(tuple(one for one in dossiers if one.name in FLOOR_OF))
    with suite.open(("none",), settings, suite.items) as asks:
        results = list(run_items(suite.items, asks))
    assert [result.error for result in results] == [None] * 144
    called = {result.item.id: (result.item.kind, result.shown["verdict"]) for result in results}
    more = {pair: [case for case, found in called.items() if found == pair] for pair in FLOOR}
    assert {pair: cases for pair, cases in more.items() if len(cases) > FLOOR[pair]} == {}


def test_dossiers_and_claims_are_suites_whose_default_is_what_no_rule_was_chosen_on():
    for name in ("dossiers", "claims"):
        suite = open_suite(name, settings=Settings(), opening=OPENING)
        assert {item.half for item in suite.items} == {"tune", "report"}
        assert DEFAULT_HALF[name] == "report"


# Answers against gold ones

DAY = date(1984, 2, 26)


def short(question: str, gold: str, answer: str, *, proof: str = "", proves: bool = False, published=DAY):
    told = Told(answer, times_told(answer, published), proves)
    return falls_short(question, gold_sentences(gold, [DAY, DAY]), proof, told)


@pytest.mark.parametrize(
    ("question", "gold", "answer"),
    [
        ("When did it open?", "It opened on 6 August 1991 [1].", "It has been open since August 6, 1991."),
        ("When was he hanged?", "He was hanged on 21 February 1984 [1].", "He was hanged on Tuesday."),
        ("How much was paid?", "The state paid 10 million dalers [1].", "It paid 10m dalers."),
        ("How many were acquitted?", "Six of the 27 were acquitted [1].", "Of twenty-seven accused, 6."),
        ("Who presided?", "Colonel Ismail Nyeko presided [1].", "Presided over by Col Nyeko."),
        ("What is her post?", "Ana Ruiz was finance director of Haver in May 1984 [1].", "Ana Ruiz, finance director."),
        ("Was it renewed?", "No, it lapsed on 31 December 1992 [1].", "It lapsed on 31 December."),
        ("Did they agree?", "Yes, they did agree [1].", "Yes, they did."),
    ],
)
def test_an_answer_that_says_what_the_gold_answer_says_is_right(question, gold, answer):
    assert short(question, gold, answer) == ()


@pytest.mark.parametrize(
    ("question", "gold", "answer", "told"),
    [
        ("When did it open?", "It opened on 6 August 1991 [1].", "It opened in August 1991.", "6 August 1991"),
        ("When was it called?", "It was called for 30 November 1995, 11 to 12 [1].", "From 11 to 12.", "30 November"),
        (
            "How much was paid?",
            "The state paid 10 million dalers [1].",
            "The state paid 10 thousand dalers.",
            "million",
        ),
        ("How many votes?", "The third vote gave 23 votes [1].", "The third vote gave 32 votes.", "23"),
        ("Who presided?", "Colonel Ismail Nyeko presided [1].", "Colonel Peter Mwandiga presided.", "Ismail Nyeko"),
        ("Did it pass?", "Yes, by a show of hands [1].", "No, by a show of hands.", "says 'No'"),
        ("Did they agree?", "Yes, they did agree [1].", "They met.", "neither"),
        ("How did the toll change?", "It was 17 in March [1]. It was 58 in May [2].", "It was 17 in March.", "58"),
    ],
)
def test_an_answer_that_lacks_it_is_told_what_it_lacks(question, gold, answer, told):
    assert told in " ".join(short(question, gold, answer))


def test_what_proof_and_gold_answer_deny_of_the_question_must_be_denied():
    question, gold = "How is the captain related to the king?", "The captain is not related to the head of state [1]."
    proof = "The captain, who is not related to the king, was acquitted."
    assert short(question, gold, "The captain is a head of state related to the king.", proof=proof)
    assert not short(question, gold, "He is not related to the king.", proof=proof, proves=True)


def test_beside_a_relative_time_the_day_in_parentheses_counts():
    assert times_told("It met on Tuesday (3 January 1984).", DAY) == {"1984-01-03"}
    assert times_told("It met on Tuesday.", DAY) == {"1984-02-21"}
