import gzip
import json
import os
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from fakes import HashingEmbedder
from hypothesis import given
from hypothesis import strategies as st

from evals.suites.cases import Quote
from evals.suites.clapnq import find_span, read_clapnq
from evals.suites.library import SuiteDocument, open_written_library
from evals.suites.multihoprag import read_multihoprag
from evals.suites.rows import DocumentShelf, file_name, read_lines
from evals.suites.squad2 import read_squad2
from index.errors import UserFacingError
from qa.settings import Settings

READERS = {"squad2": read_squad2, "clapnq": read_clapnq, "multihoprag": read_multihoprag}
BENCH = os.environ.get("DATELINE_BENCH")
MILL = "The mill was built in 1810. Its wheel, by Anna Berg, was oak. It burnt in 1899."
BRIDGE = " A bridge stood here.\nIt fell in March. "


def paragraph(para_id="Old_mill#0", text=MILL):
    return {"para_id": para_id, "title": para_id.split("#")[0], "text": text}


def squad_question(id="q1", para_id="Old_mill#0", answers=(("1810", 22), ("in 1810", 19)), **changes):
    spans = [{"text": text, "answer_start": start} for text, start in answers]
    asked = {"id": id, "title": "x", "para_id": para_id, "question": " When was it built? ", "answers": spans}
    return {**asked, "is_impossible": not spans, "plausible_answers": [], **changes}


def clapnq_row(id="c1", outputs=(("In 1810 .", ["It was built in 1810 ."]),), text=None, title="Mill"):
    text = text or "A mill is old . It was built in 1810 . It burnt . "
    return {
        "id": id,
        "input": "when was the mill built",
        "passages": [{"title": title, "text": text, "sentences": []}],
        "output": [{"answer": answer, "selected_sentences": chosen, "meta": {}} for answer, chosen in outputs],
    }


def fact(text="The mill reopened.", **changes):
    of = {"author": None, "category": "news", "published_at": "2023-09-26T23:30:00+00:00", "source": "The Post"}
    return {"fact": text, "title": "Mill opens", "url": "https://example.org", **of, **changes}


def news_question(id="1", answer="Anna Berg", question_type="inference_query", evidence=None):
    evidence = [fact()] if evidence is None else evidence
    asked = {"id": id, "question": "Who?", "question_type": question_type, "answer": answer}
    return {**asked, "evidence_list": evidence}


FILES = {
    "squad2": {
        "paragraphs.jsonl": [paragraph(), paragraph("Bridge#0", BRIDGE)],
        "questions.jsonl": [squad_question(), squad_question("q2", answers=())],
    },
    "clapnq": {
        "answerable.jsonl": [clapnq_row()],
        "unanswerable.jsonl": [clapnq_row("c2", [("", [])], "Rivers flow . ", "River")],
    },
    "multihoprag": {
        "evidence_facts.jsonl": [fact(), fact("The river rose.")],
        "questions.jsonl": [news_question(), news_question("2", "Insufficient information.", "null_query", [])],
    },
}


@pytest.fixture
def write(tmp_path):
    def write_set(name, **changed):
        """The small set `name`, with the rows of some files, by their stems, changed."""
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        for file, rows in FILES[name].items():
            lines = changed.get(file.removesuffix(".jsonl"), rows)
            (folder / file).write_text("".join(json.dumps(row) + "\n" for row in lines), encoding="utf-8")
        return tmp_path

    return write_set


def only(data, case_id):
    (case,) = (case for case in data.cases if case.id == case_id)
    return case


def texts_of(data):
    return {document.name: document.text for document in data.documents}


@pytest.mark.parametrize("name", READERS)
def test_quotes_are_exact_and_the_same_files_give_the_same_cases(name, write):
    data = READERS[name](write(name))
    texts = texts_of(data)
    assert len(texts) == len(data.documents)
    assert [quote for case in data.cases for quote in case.quotes]
    assert all(quote.quote in texts[quote.document] for case in data.cases for quote in case.quotes)
    assert all(case.half is None and case.provenance and case.question.strip() == case.question for case in data.cases)
    assert data.name == name and data.comparable
    assert READERS[name](write(name)) == data


@pytest.mark.parametrize("name", READERS)
def test_the_folder_of_the_set_itself_is_taken_too(name, write):
    root = write(name)
    assert READERS[name](root / name) == READERS[name](root)


def test_squad_answers_are_one_fact_and_the_first_span_gives_the_quote(write):
    data = read_squad2(write("squad2"))
    case = only(data, "q1")
    assert (case.kind, case.answerable, case.question) == ("answerable", True, "When was it built?")
    assert case.facts == (("1810", "in 1810"),)
    assert case.answers == ("1810", "in 1810")
    assert case.quotes == (Quote("Old_mill-0.txt", "The mill was built in 1810."),)
    assert data.documents[0].title == "Old mill"


def test_squad_questions_without_an_answer_ask_for_nothing(write):
    case = only(read_squad2(write("squad2")), "q2")
    assert (case.kind, case.answerable) == ("unanswerable", False)
    assert (case.facts, case.answers, case.quotes) == ((), (), ())


def test_a_squad_answer_across_sentences_quotes_each_of_them(write):
    across = squad_question(answers=[("oak. It burnt", MILL.index("oak"))])
    case = only(read_squad2(write("squad2", questions=[across])), "q1")
    assert [quote.quote for quote in case.quotes] == ["Its wheel, by Anna Berg, was oak.", "It burnt in 1899."]


def test_offsets_count_white_space_at_the_edges_and_lines_within(write):
    asked = squad_question(para_id="Bridge#0", answers=[("March", BRIDGE.index("March"))])
    data = read_squad2(write("squad2", questions=[asked]))
    assert only(data, "q1").quotes == (Quote("Bridge-0.txt", "It fell in March."),)
    assert texts_of(data)["Bridge-0.txt"] == BRIDGE


def test_a_squad_answer_without_letters_is_left_out_where_there_is_another(write):
    slip = squad_question(answers=[("1810", 22), (".", 26)])
    assert only(read_squad2(write("squad2", questions=[slip])), "q1").facts == (("1810",),)


def test_equal_paragraphs_are_one_document(write):
    data = read_squad2(
        write(
            "squad2",
            paragraphs=[paragraph(), {**paragraph(), "para_id": "copy"}],
            questions=[squad_question(), squad_question("q2", "copy")],
        )
    )
    assert [document.name for document in data.documents] == ["Old_mill-0.txt"]
    assert only(data, "q2").quotes == only(data, "q1").quotes


def test_clapnq_keeps_every_answer_and_selected_sentence_once_in_the_order_of_the_text(write):
    built, burnt = "It was built in 1810 .", "It burnt ."
    row = clapnq_row(outputs=[("In 1810 .", [burnt]), ("", []), ("Built .", [built, burnt])])
    case = only(read_clapnq(write("clapnq", answerable=[row])), "c1")
    assert (case.kind, case.answerable, case.facts, case.note) == ("answerable", True, (), "")
    assert case.answers == ("In 1810 .", "Built .")
    assert [quote.quote for quote in case.quotes] == [built, burnt]


def test_clapnq_gold_sentences_are_found_in_other_spacing_and_told_when_not_found(write):
    row = clapnq_row(outputs=[("In 1810 .", ["It was  built in 1810.", "Nowhere said ."])])
    case = only(read_clapnq(write("clapnq", answerable=[row])), "c1")
    assert [quote.quote for quote in case.quotes] == ["It was built in 1810 ."]
    assert "Nowhere said ." in case.note


def test_equal_passages_are_one_document_and_passages_of_one_article_have_names_of_their_own(write):
    rows = [clapnq_row(), clapnq_row("c3"), clapnq_row("c4", text="It was built in 1810 .")]
    data = read_clapnq(write("clapnq", answerable=rows))
    assert [document.name for document in data.documents] == ["Mill.txt", "Mill-2.txt", "River.txt"]
    assert only(data, "c3").quotes[0].document == "Mill.txt"
    assert only(data, "c4").quotes[0].document == "Mill-2.txt"
    assert only(data, "c2").kind == "unanswerable" and not only(data, "c2").quotes


def test_news_facts_are_documents_with_their_details_each_once(write):
    other = fact("The river rose.", author="Anna Berg,Max Ott")
    questions = [news_question(evidence=[other, fact(), other])]
    data = read_multihoprag(write("multihoprag", evidence_facts=[fact(), fact(), other], questions=questions))
    assert data.documents == (
        SuiteDocument("fact-0001.txt", "Mill opens", "The mill reopened.", "The Post", None, date(2023, 9, 26)),
        SuiteDocument(
            "fact-0002.txt", "Mill opens", "The river rose.", "The Post", "Anna Berg,Max Ott", date(2023, 9, 26)
        ),
    )
    case = only(data, "1")
    assert case.quotes == (Quote("fact-0002.txt", "The river rose."), Quote("fact-0001.txt", "The mill reopened."))
    assert (case.kind, case.facts, case.answers, case.as_of) == (
        "inference_query",
        (("Anna Berg",),),
        ("Anna Berg",),
        None,
    )


@pytest.mark.parametrize(("given", "expected"), [("no", "No"), ("Yes", "Yes"), ("Sportsbooks.", "Sportsbooks")])
def test_news_answers_are_as_a_sentence_holds_them(given, expected, write):
    asked = news_question(answer=given, question_type="comparison_query")
    case = only(read_multihoprag(write("multihoprag", questions=[asked])), "1")
    assert (case.facts, case.answers) == (((expected,),), (expected,))


def test_a_null_query_is_not_answerable(write):
    case = only(read_multihoprag(write("multihoprag")), "2")
    assert (case.kind, case.answerable) == ("null_query", False)
    assert (case.facts, case.answers, case.quotes) == ((), (), ())


@pytest.mark.parametrize("name", READERS)
def test_the_library_takes_every_document_and_has_its_exact_text(name, write, tmp_path):
    data = READERS[name](write(name))
    settings = Settings(library=tmp_path / "library")
    with open_written_library(data.documents, settings, HashingEmbedder()) as library:
        kept = {Path(state.document.uri).name: state.document.text for state in library.documents()}
    assert kept == texts_of(data)


@pytest.mark.parametrize(("name", "file"), [(name, file) for name, files in FILES.items() for file in files])
def test_a_missing_file_is_named_with_its_set_and_the_option(name, file, write):
    root = write(name)
    (root / name / file).unlink()
    with pytest.raises(UserFacingError) as raised:
        READERS[name](root)
    message = str(raised.value)
    assert repr(name) in message and file in message and "--data" in message and "README" in message


@pytest.mark.parametrize("name", READERS)
def test_a_missing_folder_is_named(name, tmp_path):
    with pytest.raises(UserFacingError, match=f"{name}.*--data"):
        READERS[name](tmp_path / "nowhere")


def without(row, *path):
    """A copy of `row` without the field at `path`."""
    copy = json.loads(json.dumps(row))
    at = copy
    for step in path[:-1]:
        at = at[step]
    del at[path[-1]]
    return copy


WRONG = [
    ("squad2", "questions", squad_question("q9", para_id="Sea#0"), "para_id", "Sea#0"),
    ("squad2", "questions", squad_question("q9", answers=[("1810", 3)]), "answers.0.answer_start", "3"),
    ("squad2", "questions", squad_question("q9", answers=[("", 0)]), "answers.0.text", "no words"),
    ("squad2", "questions", squad_question("q9", is_impossible=True), "answers", "is_impossible is True"),
    ("squad2", "questions", squad_question("q9", answers=(), is_impossible=False), "answers", "0 of them"),
    ("squad2", "questions", squad_question("q9", is_impossible="yes"), "is_impossible", "'yes'"),
    ("squad2", "questions", squad_question("q9", question=" "), "question", "' '"),
    ("squad2", "questions", without(squad_question("q9"), "answers", 1, "text"), "answers.1.text", "required"),
    ("squad2", "questions", squad_question("q2"), "id", "twice"),
    ("squad2", "paragraphs", without(paragraph("Sea#0"), "title"), "title", "required"),
    ("squad2", "paragraphs", paragraph("Sea#0", 7), "text", "7"),
    ("squad2", "paragraphs", paragraph("Bridge#0"), "para_id", "twice"),
    ("clapnq", "answerable", without(clapnq_row("c9"), "input"), "input", "required"),
    ("clapnq", "answerable", {**clapnq_row("c9"), "passages": []}, "passages", "at least 1"),
    ("clapnq", "answerable", clapnq_row("c9", [("", [])]), "output", "0 answers"),
    ("clapnq", "answerable", clapnq_row("c9", [("In 1810 .", "It")]), "output.0.selected_sentences", "'It'"),
    ("clapnq", "answerable", clapnq_row("c1"), "id", "twice"),
    ("clapnq", "unanswerable", clapnq_row("c9"), "output", "1 answers"),
    ("clapnq", "unanswerable", {**clapnq_row("c9", [("", [])]), "id": 7}, "id", "7"),
    ("multihoprag", "evidence_facts", without(fact(), "author"), "author", "required"),
    ("multihoprag", "evidence_facts", fact(published_at="last week"), "published_at", "'last week'"),
    ("multihoprag", "evidence_facts", fact(published_at=1695771000), "published_at", "1695771000"),
    ("multihoprag", "questions", news_question("9", answer=None), "answer", "None"),
    (
        "multihoprag",
        "questions",
        news_question("9", evidence=[without(fact(), "source")]),
        "evidence_list.0.source",
        "",
    ),
    ("multihoprag", "questions", news_question("2"), "id", "twice"),
]


@pytest.mark.parametrize(("name", "stem", "row", "field", "shown"), WRONG)
def test_a_field_that_is_missing_or_wrong_is_named_with_file_line_and_value(name, stem, row, field, shown, write):
    root = write(name, **{stem: [*FILES[name][f"{stem}.jsonl"], row]})
    with pytest.raises(UserFacingError) as raised:
        READERS[name](root)
    message, line = str(raised.value), len(FILES[name][f"{stem}.jsonl"]) + 1
    assert f"{stem}.jsonl, line {line}, field {field!r}: " in message
    assert shown in message and "Correct that line" in message
    assert "Value error" not in message


@pytest.mark.parametrize("line", ["{", "", "[1]", '{"id": "q1"} x', '{"id": "\\ud800"}'])
@pytest.mark.parametrize("name", READERS)
def test_a_line_that_is_no_json_object_or_no_text_is_named(name, line, write):
    root = write(name)
    file = list(FILES[name])[1]
    whole = (root / name / file).read_text().splitlines()
    (root / name / file).write_text("\n".join([whole[0], line, *whole]))
    with pytest.raises(UserFacingError, match=f"{file}, line 2: no (JSON|Unicode)"):
        READERS[name](root)


@pytest.mark.parametrize("content", [b"", b" \n\n", b'{"id": "\xff"}', b"\x1f\x8b\x08\x00broken"])
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_a_file_that_cannot_be_used_is_named(suffix, content, tmp_path):
    path = tmp_path / f"rows.jsonl{suffix}"
    path.write_bytes(content)
    with pytest.raises(UserFacingError, match=r"rows\.jsonl.*data set anew"):
        read_lines(tmp_path / "rows.jsonl")


def test_a_packed_file_reads_as_the_plain_one(write):
    root = write("squad2")
    plain = read_squad2(root)
    for path in list((root / "squad2").iterdir()):
        Path(f"{path}.gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()
    assert read_squad2(root) == plain


def test_line_separators_within_a_text_end_no_line(tmp_path):
    rows = [{"text": "one\u2028two\x85"}, {"text": "three"}]
    path = tmp_path / "rows.jsonl"
    path.write_text("\r\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8", newline="")
    assert read_lines(path) == rows


@given(labels=st.lists(st.tuples(st.text(max_size=70), st.sampled_from(["one", "two"])), max_size=8))
def test_kept_documents_have_one_safe_name_each_and_differ(labels):
    shelf = DocumentShelf()
    kept = [shelf.keep(SuiteDocument(file_name(label), "", text)) for label, text in labels]
    assert {document.text for document in shelf.documents} == {text for _, text in labels}
    assert [document.text for document in kept] == [text for _, text in labels]
    names = [document.name for document in shelf.documents]
    assert len({name.casefold() for name in names}) == len(names)
    assert all(name.endswith(".txt") and not set(name) & set('/\\:*?"<>|# \n\0') for name in names)


@given(words=st.lists(st.sampled_from(["mill", "1810", ".", "''", "("]), min_size=1), gaps=st.randoms())
def test_a_sentence_is_found_whatever_its_spacing(words, gaps):
    sentence = "".join(word + gaps.choice(["", " ", "  "]) for word in words)
    text = f"Before . {' '.join(words)} After ."
    span = find_span(text, sentence)
    assert span is not None
    assert text[slice(*span)].split() and "".join(text[slice(*span)].split()) == "".join(sentence.split())


def test_half_a_word_is_no_sentence():
    assert find_span("The windmill s are old .", "mills are old .") is None


@pytest.mark.skipif(not BENCH, reason="DATELINE_BENCH does not name the folder of the public data")
@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("squad2", {"answerable": 1278, "unanswerable": 1527}),
        ("clapnq", {"answerable": 150, "unanswerable": 150}),
        (
            "multihoprag",
            {"comparison_query": 81, "inference_query": 79, "temporal_query": 51, "null_query": 39},
        ),
    ],
)
def test_the_real_sets_are_whole_and_every_quote_is_in_its_document(name, kinds):
    data = READERS[name](Path(BENCH))
    texts = texts_of(data)
    assert Counter(case.kind for case in data.cases) == kinds
    assert len(data.cases) == {"squad2": 2805, "clapnq": 300, "multihoprag": 250}[name]
    assert all(quote.quote in texts[quote.document] for case in data.cases for quote in case.quotes)
    assert all(bool(case.quotes) == case.answerable and not case.note for case in data.cases)
