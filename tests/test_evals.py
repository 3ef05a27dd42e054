import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from fakes import HashingEmbedder
from hypothesis import given
from hypothesis import strategies as st

from evals.cases import Case, Quote, choose_cases, load_cases
from evals.metrics import forbidden_held, holds, missing_facts, normalise
from evals.report import Share, load_thresholds, missed_thresholds, render, summarise, wilson
from evals.results import ResultsFile, build_header, result_line, results_path
from evals.run import Result, check_quotes, load_suite, run_cases, suite_files, suite_settings
from evals.score import Source, score_case
from index.errors import UserFacingError
from index.pipeline import open_library
from index.records import Document
from qa.records import Answer, Citation, Claim, EvidenceFound, Piece, Searched
from qa.settings import Settings

ROOT = Path(__file__).parent.parent
SEED_CASES = ROOT / "evals" / "cases" / "seeds.jsonl"
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


def test_every_quote_of_the_seeds_stands_in_its_document():
    for case in load_cases(SEED_CASES):
        for quote in case.quotes:
            text = (ROOT / "seeds" / quote.document).read_bytes().decode()
            assert quote.quote in text, case.id


def test_the_seeds_have_cases_enough_in_balanced_halves():
    cases = load_cases(SEED_CASES)
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


def test_half_and_note_may_be_left_out(tmp_path):
    without = {name: value for name, value in GOOD.items() if name != "half"}
    (case,) = load_cases(write_cases(tmp_path, without))
    assert (case.half, case.note, case.facts) == (None, "", (("x",),))


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
    cases = load_cases(SEED_CASES)
    chosen = choose_cases(cases, half="report", kinds=["date", "name"], sample=5, seed=1)
    assert len(chosen) == 5
    assert {(case.half, case.kind) for case in chosen} <= {("report", "date"), ("report", "name")}
    assert chosen == choose_cases(cases, half="report", kinds=["date", "name"], sample=5, seed=1)
    assert chosen != choose_cases(cases, half="report", kinds=["date", "name"], sample=5, seed=2)
    with pytest.raises(UserFacingError, match="'dates'"):
        choose_cases(cases, kinds=["dates"])


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


# Metrics


def test_facts_are_compared_without_markers_case_dates_form_or_hyphens():
    assert normalise("On 4 March 2025 [1], the Prime-Minister’s visit.") == "on 2025-03-04, the prime minister's visit."
    assert holds("2025-03-04", "They met on March 4, 2025 [2].")
    assert holds("2025-03", "They met on 4 March 2025.")
    assert not holds("2025-03-04", "They met on 5 March 2025.")
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


# Running


class ScriptedChain:
    """Answers from a table by question; an exception in it is raised."""

    def __init__(self, answers):
        self.answers = answers

    def stream(self, input):
        yield EvidenceFound((citation(),), 0.1)
        found = self.answers[input]
        if isinstance(found, Exception):
            raise found
        yield Piece("119", 1)
        yield found


def ticking():
    """A clock that advances a second at each look."""
    return iter(range(1000)).__next__


def test_a_case_is_timed_from_the_question_by_our_own_clock():
    (result,) = run_cases([CASE], ScriptedChain({CASE.question: answer("119.")}), SOURCES, ticking())
    assert dict(result.seconds) == {"evidence": 1, "first_word": 2, "answer": 3}


def test_an_error_ends_its_case_only_and_is_no_score():
    other = replace(CASE, id="b", question="other")
    chain = ScriptedChain({CASE.question: RuntimeError("boom"), "other": answer("119.")})
    failed, fine = run_cases([CASE, other], chain, SOURCES)
    assert (failed.score, failed.error) == (None, "RuntimeError: boom")
    assert fine.score.right
    assert summarise([failed, fine])["right"] == Share(1, 1)
    assert missed_thresholds([failed, fine], {"right": 1.0}) == ["1 of 2 cases ended in an error"]


def test_the_suite_has_its_own_library_that_follows_documents_and_settings(tmp_path):
    settings = Settings(library=tmp_path / "own", cache=tmp_path / "cache", model="none")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "un.txt").write_text(TEXT)
    (tmp_path / "docs" / "SOURCES.md").write_text("About these documents.")
    files = suite_files(tmp_path / "docs")
    assert [path.name for path in files] == ["un.txt"]
    first = suite_settings(settings, files).library
    assert first.is_relative_to(tmp_path / "cache" / "evals")
    assert suite_settings(settings, files).library == first
    assert suite_settings(settings.model_copy(update={"passage_words": 60}), files).library != first
    (tmp_path / "docs" / "un.txt").write_text(TEXT + " More.")
    assert suite_settings(settings, files).library != first


def test_a_suite_with_an_unusable_document_or_a_wrong_quote_is_refused(tmp_path):
    (tmp_path / "un.txt").write_text(TEXT)
    with open_library(tmp_path / "library", HashingEmbedder()) as library:
        sources = load_suite(library, [tmp_path / "un.txt"])
        check_quotes([CASE], sources)
        with pytest.raises(UserFacingError, match="number-01"):
            check_quotes([replace(CASE, quotes=(Quote("un.txt", "Not there."),))], sources)
        with pytest.raises(UserFacingError, match="cannot all be used"):
            load_suite(library, [tmp_path / "none.txt"])


# Reporting


def results(right, wrong):
    good, bad = scored(answer("119.")), scored(answer("Many."))
    return [Result(replace(CASE, id=f"r{n}"), good, None, None, {"answer": 1.0 + n}) for n in range(right)] + [
        Result(replace(CASE, id=f"w{n}", half="report"), bad, None, None, {}) for n in range(wrong)
    ]


def test_a_share_under_its_threshold_is_named_and_one_without_cases_is_not():
    assert missed_thresholds(results(8, 2), {"answerable_right": 0.9, "unanswerable_right": 0.95}) == [
        "answerable_right is 80.0%, under its threshold of 90.0%"
    ]
    assert missed_thresholds(results(9, 1), {"answerable_right": 0.9}) == []


def test_thresholds_that_name_nothing_measured_are_refused(tmp_path):
    (tmp_path / "t.json").write_text('{"speed": 1}')
    with pytest.raises(UserFacingError, match="'speed'"):
        load_thresholds(tmp_path / "t.json")


def test_the_interval_is_wilsons():
    # Worked by hand: 8 of 10, z 1.96: centre 0.7167, reach 0.2265.
    assert wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)


@given(st.integers(1, 500), st.data())
def test_the_interval_holds_the_share(of, data):
    held = data.draw(st.integers(0, of))
    low, high = wilson(held, of)
    assert 0.0 <= low <= held / of + 1e-12
    assert held / of - 1e-12 <= high <= 1.0


def test_the_report_shows_kinds_halves_and_what_failed_outside_the_report_half():
    text = render([*results(3, 1), Result(replace(CASE, id="e1"), None, None, "RuntimeError: boom", {})])
    assert "3 of 3" in text
    assert "0 of 1" in text
    assert "median 2.00, 90% within 3.00 (3 cases)" in text
    assert "e1: error: RuntimeError: boom" in text
    assert "w0" not in text


def test_why_the_report_half_fails_is_not_told_even_when_it_is_run_alone():
    alone = [result for result in results(3, 1) if result.case.half == "report"]
    assert any(not result.score.right for result in alone)
    assert "w0" not in render(alone)


def test_results_are_on_disk_after_each_case_and_never_overwritten(tmp_path):
    cases = write_cases(tmp_path, GOOD)
    settings = Settings(library=tmp_path / "l", cache=tmp_path / "c", model="none")
    header = build_header(settings, cases, {"un.txt": "hash"}, {"half": "all"})
    path = results_path(tmp_path / "results", "ollama:a/b", datetime(2026, 11, 22, tzinfo=UTC))
    assert path.name == "2026-11-22T000000Z-ollama-a-b.jsonl"
    result = Result(CASE, scored(answer("119.")), answer("119."), None, {"answer": 1.23456})
    with ResultsFile(path, header) as kept:
        kept.add(result)
        read = [json.loads(line) for line in path.read_text().splitlines()]
    assert {"revision", "time", "model", "settings", "packages", "cases", "machine"} <= set(read[0])
    assert read[1] == json.loads(json.dumps(result_line(result)))
    assert read[1]["answer"]["claims"][0]["citations"][0]["quote"] == TEXT[:33]
    with pytest.raises(UserFacingError, match="--out"):
        ResultsFile(path, header)
