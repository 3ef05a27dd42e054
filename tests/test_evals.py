import json
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.measures.facts import exact_match, forbidden_held, holds, missing_facts, normalise, token_f1
from evals.measures.score import Source, measures_of, ranks_of, score_case
from evals.records import Item
from evals.report.text import load_thresholds
from evals.suites.cases import Case, Quote, choose_items, load_cases
from index.errors import UserFacingError
from index.records import Document
from qa.records import Answer, Citation, Claim, Searched

ROOT = Path(__file__).parent.parent
SEED_CASES = ROOT / "evals" / "cases" / "seeds.jsonl"
SECOND_CASES = SEED_CASES.with_name("seeds-second.jsonl")
TEXT = "It was approved by 119 countries. Only Belarus voted against it."
DOCUMENT = Document("d1", "/docs/un.txt", "UN", "AFP", None, date(2021, 6, 21), None, TEXT, "hash")
OTHER = Document("d2", "/docs/other.txt", "Other", None, None, None, None, "Something else.", "hash2")
SOURCES = {one.doc_id: Source(one, one.text) for one in (DOCUMENT, OTHER)}
CASE = Case(
    id="number-01",
    half="tune",
    kind="number",
    question="How many countries approved it?",
    answerable=True,
    facts=(("119",),),
    forbidden=("36 countries",),
    quotes=(Quote("un.txt", "It was approved by 119 countries."),),
)
UNANSWERABLE = replace(CASE, id="u", answerable=False, facts=(), forbidden=(), quotes=())


def citation(start=0, end=33, document=DOCUMENT, number=1, quote=None):
    return Citation(
        number=number,
        doc_id=document.doc_id,
        uri=document.uri,
        title=document.title,
        outlet=document.outlet,
        author=None,
        published=document.published,
        page=None,
        start=start,
        end=end,
        quote=document.text[start:end] if quote is None else quote,
    )


def answer(text=None, cited=None, nearest=(), verdict="supported"):
    """One sentence with its citations, or a refusal."""
    cited = (citation(),) if cited is None else cited
    claims = () if text is None else (Claim(text, tuple(cited), verdict),)
    status = "not_found" if text is None else "answered"
    return Answer("q", status, claims, tuple(nearest), Searched(2, 2, "q"), (), "fake")


def scored(given_answer, case=CASE, evidence=None):
    return score_case(case, given_answer, (citation(),) if evidence is None else evidence, SOURCES)


# The cases of the seeds


@pytest.mark.parametrize("path", [SEED_CASES, SECOND_CASES], ids=lambda path: path.stem)
def test_every_quote_of_the_seeds_stands_in_its_document(path):
    for case in load_cases(path):
        for quote in case.quotes:
            text = (ROOT / "seeds" / quote.document).read_bytes().decode()
            assert quote.quote in text, case.id


@pytest.mark.parametrize("path", [SEED_CASES, SECOND_CASES], ids=lambda path: path.stem)
def test_the_seeds_have_cases_enough_in_balanced_halves(path):
    cases = load_cases(path)
    assert len(cases) >= 80
    assert len({case.question.lower() for case in cases}) == len(cases)
    for kind in {case.kind for case in cases}:
        halves = Counter(case.half for case in cases if case.kind == kind)
        assert min(halves["tune"], halves["report"]) >= sum(halves.values()) / 4, kind


def test_the_thresholds_name_what_is_measured():
    assert load_thresholds(ROOT / "evals" / "thresholds.json")["quotes_exact"] == 1.0


# Reading cases

GOOD = {
    "id": "a",
    "half": "tune",
    "kind": "k",
    "question": "Who?",
    "answerable": True,
    "facts": [["x"]],
    "forbidden": [],
    "quotes": [{"document": "d.txt", "quote": "x"}],
}


def write_cases(folder, *lines):
    path = folder / "cases.jsonl"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines))
    return path


def test_only_id_kind_question_and_what_is_expected_must_be_given(tmp_path):
    least = {"id": "a", "kind": "k", "question": "Who?", "answerable": True, "answers": ["x"]}
    (case,) = load_cases(write_cases(tmp_path, least))
    assert (case.half, case.note, case.facts, case.answers, case.as_of) == (None, "", (), ("x",), None)


def test_the_day_on_which_a_case_is_asked_and_where_it_is_from_are_read(tmp_path):
    (case,) = load_cases(write_cases(tmp_path, {**GOOD, "as_of": "2025-03-04", "provenance": "me"}))
    assert (case.as_of, case.provenance) == (date(2025, 3, 4), "me")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"id": ', "line 2"),
        ({**GOOD, "id": "b", "facts": [[]]}, "facts.0"),
        ({**GOOD, "id": "b", "facts": []}, "'facts'"),
        ({**GOOD, "id": "b", "half": "other"}, "half"),
        ({**GOOD, "id": "b", "answerable": "yes"}, "answerable"),
        ({**GOOD, "id": "b", "question": "  "}, "question"),
        ({**GOOD, "id": "b", "extra": 1}, "extra"),
        ({**GOOD, "id": "b", "as_of": "yesterday"}, "as_of"),
        ({**GOOD, "id": "b", "quotes": [{"document": "d.txt"}]}, "quotes.0.quote"),
        (GOOD, "'a' is there twice"),
    ],
)
def test_a_malformed_case_is_refused_with_its_line_and_field(tmp_path, line, told):
    with pytest.raises(UserFacingError) as caught:
        load_cases(write_cases(tmp_path, GOOD, line))
    assert "line 2" in str(caught.value)
    assert told in str(caught.value)


def test_a_missing_or_empty_file_of_cases_is_told(tmp_path):
    with pytest.raises(UserFacingError, match="cannot be read"):
        load_cases(tmp_path / "none.jsonl")
    with pytest.raises(UserFacingError, match="holds no cases"):
        load_cases(write_cases(tmp_path, ""))


def test_cases_are_chosen_by_half_kind_and_a_seeded_draw():
    items = [Item(case.id, case.kind, case.question, case.half) for case in load_cases(SEED_CASES)]
    chosen = choose_items(items, half="report", kinds=["date", "name"], sample=5, seed=1)
    assert len(chosen) == 5
    assert {(item.half, item.kind) for item in chosen} <= {("report", "date"), ("report", "name")}
    assert chosen == choose_items(items, half="report", kinds=["date", "name"], sample=5, seed=1)
    assert chosen != choose_items(items, half="report", kinds=["date", "name"], sample=5, seed=2)
    with pytest.raises(UserFacingError, match="'dates'"):
        choose_items(items, kinds=["dates"])


# Scoring: one test an outcome


def test_an_answer_with_every_fact_is_right():
    score = scored(answer("119 countries."))
    assert (score.right, score.outcome) == (True, "right")
    assert (score.quotes_exact, score.right_document, score.evidence_recall) == (True, True, 1.0)


def test_an_answer_that_lacks_a_fact_is_not_right_and_says_which():
    score = scored(answer("Many countries."))
    assert (score.right, score.outcome) == (False, "incomplete")
    assert score.reasons == ("lacks '119'",)


def test_a_number_inside_another_is_not_the_fact():
    assert scored(answer("1190 countries.")).outcome == "incomplete"


def test_an_answer_with_the_fact_and_a_forbidden_statement_is_wrong():
    score = scored(answer("119 countries, and 36 countries more."))
    assert (score.right, score.outcome) == (False, "wrong")
    assert "36 countries" in score.reasons[0]


def test_a_fact_in_an_unsupported_sentence_does_not_count():
    assert scored(answer("119 countries.", verdict="unsupported")).outcome == "incomplete"


def test_declining_what_the_documents_say_is_not_right():
    score = scored(answer(None))
    assert (score.right, score.outcome, score.abstained) == (False, "abstained", True)


def test_declining_what_the_documents_do_not_say_is_right():
    score = scored(answer(None), UNANSWERABLE)
    assert (score.right, score.outcome, score.abstained) == (True, "declined", True)


def test_correcting_a_false_premise_is_right():
    case = replace(CASE, answerable=False, facts=(("only Belarus", "Belarus alone"),))
    assert scored(answer("Only Belarus voted against it."), case).outcome == "corrected"


def test_answering_a_false_premise_is_not_right():
    case = replace(CASE, answerable=False, facts=(("only Belarus",),))
    score = scored(answer("Russia voted against it."), case)
    assert (score.right, score.outcome) == (False, "invented")


def test_answering_the_unanswerable_is_not_right():
    score = scored(answer("It cost 5 million."), UNANSWERABLE)
    assert (score.right, score.outcome, score.reasons[0]) == (
        False,
        "invented",
        "answered, but the documents do not say",
    )


@pytest.mark.parametrize(
    "wrong",
    [
        citation(quote="It was approved by 120 countries."),
        citation(start=1),
        replace(citation(), doc_id="gone"),
        citation(start=5, end=5),
    ],
)
def test_a_quote_that_is_not_the_text_at_its_place_is_found(wrong):
    wrong = replace(wrong, quote=TEXT[:33]) if wrong.start == 1 else wrong
    assert scored(answer("119 countries.", [citation(), wrong])).quotes_exact is False
    assert scored(answer(None, nearest=[wrong])).quotes_exact is False


def test_a_quote_that_is_not_in_the_file_is_found():
    sources = SOURCES | {"d1": Source(DOCUMENT, TEXT.replace("119", "120"))}
    score = score_case(CASE, answer("119 countries."), (), sources)
    assert score.quotes_exact is False
    assert "does not stand in the file" in score.reasons[0]


def test_a_citation_of_another_document_is_not_the_right_one():
    assert scored(answer("119.", [citation(0, 9, OTHER)])).right_document is False


def test_what_cannot_be_measured_is_none_and_not_wrong():
    score = scored(answer(None), UNANSWERABLE, evidence=())
    assert (score.quotes_exact, score.right_document, score.evidence_recall) == (None, None, None)


def test_evidence_holds_the_proof_only_where_it_overlaps():
    assert scored(answer("119."), evidence=(citation(10, 20),)).evidence_recall == 1.0
    assert scored(answer("119."), evidence=(citation(33, 64),)).evidence_recall == 0.0
    assert scored(answer("119."), evidence=(citation(0, 9, OTHER),)).evidence_recall == 0.0


def test_the_spans_cited_are_held_against_the_proving_sentences():
    case = replace(CASE, quotes=(*CASE.quotes, Quote("un.txt", "Only Belarus voted against it.")))
    score = scored(answer("119.", [citation(), citation(0, 9, OTHER, number=2)]), case)
    assert (score.citation_precision, score.citation_recall) == (0.5, 0.5)
    assert scored(answer(None), case).citation_recall is None


def test_a_case_without_facts_is_held_against_its_reference_answers_only():
    case = replace(CASE, facts=(), answers=("by 119 countries",))
    score = scored(answer("The 119 countries [1]."), case)
    assert (score.right, score.outcome, score.exact_match) == (None, "answered", False)
    assert score.f1 == pytest.approx(0.8)  # 2 of 2 words given, 2 of 3 expected
    assert measures_of(case, score)["right"] is None
    declined = measures_of(case, scored(answer(None), case))
    assert (declined["right"], declined["answerable_answered"], declined["f1"]) == (None, False, 0.0)


def test_declining_what_squad_does_not_answer_is_an_exact_match():
    case = replace(UNANSWERABLE, answers=("",))
    assert (scored(answer(None), case).exact_match, scored(answer("Ten."), case).exact_match) == (True, False)


def test_each_measure_is_about_its_own_cases_only():
    right, declined = (
        measures_of(CASE, scored(answer("119."))),
        measures_of(UNANSWERABLE, scored(answer(None), UNANSWERABLE)),
    )
    assert (right["answerable_right"], right["unanswerable_right"], right["abstention_recall"]) == (True, None, None)
    assert (declined["unanswerable_right"], declined["answerable_right"]) == (True, None)
    assert (declined["abstention_precision"], declined["abstention_recall"]) == (True, True)
    assert measures_of(CASE, scored(answer(None)))["abstention_precision"] is False


def test_a_search_is_measured_by_documents_or_by_what_overlaps_the_quotes():
    ranked = [citation(0, 9, OTHER), citation(34, 64), citation(0, 33)]
    assert ranks_of(CASE, ranked, SOURCES, "document")["mrr_at_10"] == pytest.approx(1 / 2)
    assert ranks_of(CASE, ranked, SOURCES, "sentence")["mrr_at_10"] == pytest.approx(1 / 3)
    assert ranks_of(CASE, ranked[:2], SOURCES, "sentence")["hits_at_10"] is False
    assert ranks_of(UNANSWERABLE, ranked, SOURCES, "sentence")["hits_at_10"] is None


# Metrics


def test_words_are_compared_after_squad():
    assert exact_match(["The 10th century"], "10th century.")
    assert not exact_match(["10th century"], "In the 10th century")
    # Two words shared, of three given and of two expected: 2 * (2/3 * 1) / (2/3 + 1).
    assert token_f1(["10th century"], "in the 10th century [1].") == pytest.approx(0.8)
    assert token_f1(["never", "10th century"], "10th century") == 1.0
    assert (token_f1([""], ""), token_f1([""], "ten")) == (1.0, 0.0)


def test_facts_are_compared_without_markers_case_dates_form_or_hyphens():
    assert normalise("On 4 March 2025 [1], the Prime-Minister’s visit.") == "on 2025-03-04, the prime minister's visit."
    assert holds("2025-03-04", "They met on March 4, 2025 [2].")
    assert holds("2025-03", "They met on 4 March 2025.")
    assert not holds("2025-03-04", "They met on 5 March 2025.")
    assert holds("March 4", "They met on March 4, 2025.")
    assert not holds("10", "They signed 110 agreements.")
    assert missing_facts([["10", "ten"], ["Moscow"]], "Ten agreements.") == ["Moscow"]
    assert forbidden_held(["in Vladivostok"], "Signed in Vladivostok.") == ["in Vladivostok"]


@given(st.text(max_size=60))
def test_normalised_text_is_lower_case_with_single_spaces(text):
    once = normalise(text)
    assert once == " ".join(once.split())
    assert once == once.lower()


@given(st.lists(st.sampled_from(["alpha", "beta", "119", "gamma-ray"]), min_size=1, max_size=6))
def test_words_are_held_by_every_text_they_stand_in(words):
    text = " ".join(words)
    assert all(holds(word, text) for word in words)
    assert not holds("delta", text)
