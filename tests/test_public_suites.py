"""The public suites that need no language model, on small made-up data of the same form."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fakes import HashingEmbedder

from evals.measures.names import MEASURES
from evals.opening import Opening
from evals.records import Item, Result, Suite
from evals.suites.cranfield import read_cranfield
from evals.suites.files import load_measured, read_documents
from evals.suites.news_html import Truth, compare, read_news_html, text_of
from evals.suites.times import read_times
from evals.suites.wice import Chosen, choose_sentences, measures_of, overlap_of, read_wice
from index.errors import UserFacingError
from index.records import Document
from qa.model.open import NONE, Model
from qa.settings import Settings

SETTINGS = Settings(model="none")


def write_lines(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps(row) + "\n" for row in rows)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())


OPENING = Opening(lambda settings: HashingEmbedder(), open_model=lambda settings: Model(NONE, None))


def ask_all(suite: Suite, settings: Settings = SETTINGS) -> dict[tuple[str, str], Result]:
    """Every result by system and case."""
    with suite.open(suite.systems, settings, suite.items) as asks:
        assert list(asks) == list(suite.systems)
        results = {(name, item.id): ask(item) for item in suite.items for name, ask in asks.items()}
    for (name, _), result in results.items():
        assert result.system == name and result.measures.keys() <= MEASURES.keys()
        json.dumps([dict(result.shown), dict(result.measures)])
    return results


def scored(result: Result) -> dict[str, Any]:
    """The measures that there are."""
    return {name: value for name, value in result.measures.items() if value is not None}


# WiCE

PAGE = [
    "(meta data) TITLE: Harbour news",
    "The harbour of Elsby was opened in 1987 by the mayor, Ruth Olsen.",
    "Ferries leave for the islands every morning.",
    "",
    "A storm broke the outer wall in 2003.",
    "The town has a museum of whaling.",
    "Tickets are sold at the pier.",
    "Parking is free in winter.",
]


def claim(name: str, label: str, text: str, page: list[str] = PAGE) -> dict[str, Any]:
    return {"label": label, "claim": text, "evidence": page, "supporting_sentences": [[1]], "meta": {"id": name}}


@pytest.fixture
def claims(tmp_path: Path) -> Path:
    rows = [
        claim("one", "supported", "The harbour of Elsby was opened by the mayor Ruth Olsen in 1987."),
        claim("two", "partially_supported", "The harbour of Elsby was opened in 1992 by the mayor Ruth Olsen."),
        claim("three", "not_supported", "Penguins compose electronic symphonies underground."),
    ]
    write_lines(tmp_path / "wice" / "claims.jsonl", rows)
    return tmp_path


def test_claims_are_judged_by_their_page(claims: Path):
    suite = replace(read_wice(claims), opening=OPENING)
    assert [(item.id, item.kind, item.half) for item in suite.items] == [
        ("one", "supported", "report"),
        ("two", "partially_supported", "tune"),
        ("three", "not_supported", "report"),
    ]
    results = ask_all(suite)
    right = {"right": True, "unsupported_precision": True, "unsupported_recall": True}
    assert scored(results["dateline", "one"]) == {
        "right": True,
        "supported_precision": True,
        "supported_recall": True,
    }
    assert results["dateline", "one"].reasons == ()
    assert scored(results["dateline", "two"]) == right
    assert "1992" in str(results["dateline", "two"].shown["reasons"])
    # The year alone is wrong: words and meaning do not see it.
    assert scored(results["overlap", "two"]) == {
        "right": False,
        "supported_precision": False,
        "unsupported_recall": False,
    }
    assert results["overlap", "two"].reasons == ("called supported, but it is partially_supported",)
    for system in suite.systems:
        assert scored(results[system, "three"]) == right
        sentences = results[system, "one"].shown["sentences"]
        assert PAGE[1] in sentences and sentences == results["dateline", "one"].shown["sentences"]


def test_the_chosen_sentences_are_a_few_exact_ones_nearest_first():
    text = "In 2003 a storm broke the outer wall."
    chosen = choose_sentences(text, PAGE, HashingEmbedder(), 320)
    assert chosen.evidence[0].quote == PAGE[4]
    assert 1 <= len(chosen.evidence) <= 5
    for one in chosen.evidence:
        assert one.document.text[one.start : one.end] == one.quote and one.quote in PAGE
    assert one.document.text == "\n".join(PAGE)
    asked, *vectors = HashingEmbedder().encode([text, *(one.quote for one in chosen.evidence)])
    assert chosen.cosine == pytest.approx(max(float(vector @ asked) for vector in vectors))


def test_a_sentence_chosen_with_the_one_it_points_back_to_is_measured_by_both():
    page = ["Elsby built the outer wall in 2001.", "He broke it again in 2003.", "Ferries leave at nine."]
    chosen = choose_sentences("He broke it again in 2003.", page, HashingEmbedder(), 320)
    assert chosen.evidence[0].quote == "\n".join(page[:2])
    assert chosen.cosine == pytest.approx(1.0)


@pytest.mark.parametrize("page", [[], ["", "—"]])
def test_a_page_without_words_supports_nothing(page: list[str], tmp_path: Path):
    write_lines(tmp_path / "claims.jsonl", [claim("one", "not_supported", "Ferries leave daily.", page)])
    suite = replace(read_wice(tmp_path), opening=OPENING)
    assert all(scored(result)["unsupported_recall"] is True for result in ask_all(suite).values())


def test_overlap_is_the_share_of_the_claims_content_words():
    chosen = choose_sentences("Ferries leave the museum.", ["Ferries leave at nine."], HashingEmbedder(), 320)
    assert overlap_of("Ferries leave the museum.", chosen) == pytest.approx(2 / 3)
    assert overlap_of("Of the.", chosen) == overlap_of("Ferries", Chosen((), 0.0)) == 0.0


@pytest.mark.parametrize(
    ("supported", "called", "expected"),
    [
        (True, True, {"supported_precision": True, "supported_recall": True}),
        (True, False, {"supported_recall": False, "unsupported_precision": False}),
        (False, True, {"supported_precision": False, "unsupported_recall": False}),
        (False, False, {"unsupported_precision": True, "unsupported_recall": True}),
    ],
)
def test_a_verdict_counts_for_what_it_bears_on_only(supported: bool, called: bool, expected: dict[str, bool]):
    right = {"right": supported == called}
    assert {name: one for name, one in measures_of(supported, called).items() if one is not None} == expected | right


def test_an_unknown_label_is_named(tmp_path: Path):
    write_lines(tmp_path / "wice" / "claims.jsonl", [claim("one", "perhaps", "Ferries leave.")])
    with pytest.raises(UserFacingError, match="line 1, field 'label'"):
        read_wice(tmp_path)


# Cranfield


@pytest.fixture
def collection(tmp_path: Path) -> Path:
    texts = {
        "1": "heat conduction in slabs of several layers .",
        "2": "flutter of thin wings at high speed .",
        "3": "",
        "4": "boundary layer on a flat plate in shear flow .",
    }
    # Enough others that the search has something to rank.
    texts |= {str(number): f"report {number} on rockets and their fuel tank {number} ." for number in range(5, 25)}
    root = tmp_path / "cranfield"
    write_lines(
        root / "corpus.jsonl",
        [{"_id": name, "title": text.split(" in ")[0], "author": "", "text": text} for name, text in texts.items()],
    )
    queries = {"1": "conduction of heat in composite slabs", "2": "flutter of wings", "3": "what of submarines"}
    write_lines(root / "queries.jsonl", [{"_id": name, "text": text} for name, text in queries.items()])
    judged = "query-id\tcorpus-id\tscore\n1\t1\t4\n1\t4\t-1\n2\t3\t2\n2\t2\t3\n3\t5\t0\n"
    (root / "qrels.tsv").write_text(judged, encoding="utf-8")
    return tmp_path


def test_abstracts_are_ranked_by_their_best_passage(collection: Path):
    suite = replace(read_cranfield(collection), open_embedder=lambda settings: HashingEmbedder())
    settings = Settings(model="none", cache=collection / "cache")
    results = ask_all(suite, settings)
    for system in suite.systems:
        assert results[system, "1"].measures["mrr_at_10"] == results[system, "1"].measures["ndcg_at_10"] == 1.0
        assert results[system, "1"].shown["ranked"][0] == {"document": "1", "grade": 4}
        # The second relevant one has no text and cannot be found.
        assert 0.5 < float(results[system, "2"].measures["ndcg_at_10"] or 0) < 1
        assert scored(results[system, "3"]) == {}
        ranked = [one["document"] for one in results[system, "2"].shown["ranked"]]
        assert len(ranked) == len(set(ranked)) <= 10
        assert results[system, "1"].seconds.keys() == {"evidence"}
    assert len(results["dense", "1"].shown["ranked"]) == 10


def test_the_library_of_a_collection_is_kept_and_not_embedded_again(collection: Path):
    embedder = HashingEmbedder()
    suite = replace(read_cranfield(collection), open_embedder=lambda settings: embedder)
    settings = Settings(model="none", cache=collection / "cache")
    ask_all(suite, settings)
    first = embedder.encoded
    ask_all(suite, settings)
    assert embedder.encoded - first < first / 2


def test_grades_of_zero_or_less_are_not_relevant(collection: Path):
    assert read_cranfield(collection / "cranfield").relevant == {"1": {"1": 4}, "2": {"3": 2, "2": 3}}


def test_a_broken_judgement_is_named(collection: Path):
    (collection / "cranfield" / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n1\t1\tgood\n", encoding="utf-8")
    with pytest.raises(UserFacingError, match="qrels.tsv, line 2"):
        read_cranfield(collection)


def test_a_missing_file_is_named(collection: Path):
    (collection / "cranfield" / "qrels.tsv").unlink()
    with pytest.raises(UserFacingError, match="qrels.tsv"):
        read_cranfield(collection)


def test_an_abstract_without_text_is_not_searched(collection: Path):
    assert not {"3.txt"} & {document.name for document in read_cranfield(collection).documents}


# Pages


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    root = tmp_path / "news_html"
    html = b"<html><title>Ferry late</title><p>By Ann Berg</p><p>The ferry was late.</p></html>"
    (root / "html").mkdir(parents=True)
    (root / "html" / "ferry.html.gz").write_bytes(gzip.compress(html))
    about = {"title": "Ferry late", "byline": "By Ann Berg", "publishedTime": "2019-01-03T23:00:02-04:00"}
    row = {
        "file": "html/ferry.html.gz",
        "metadata": about | {"readerable": True},
        "expected_html": "<p>The ferry was late.</p>",
    }
    write_lines(root / "truth.jsonl.gz", [row])
    return tmp_path


def test_pages_are_loaded_or_refused_clearly(pages: Path):
    suite = read_news_html(pages)
    (item,) = suite.items
    assert (item.id, item.kind) == ("ferry", "readerable")
    measures = ask_all(suite)["dateline", "ferry"].measures
    assert measures.keys() == {"loaded", "failed_clearly", "title", "date", "author", "body_f1"}
    assert measures["loaded"] is (measures["failed_clearly"] is None)
    assert measures["loaded"] is not (measures["title"] is None)
    assert suite.truths["ferry"].published == date(2019, 1, 3)


def test_pages_are_read_by_trafilatura_alone_beside_dateline(pages: Path):
    measures = ask_all(read_news_html(pages))["trafilatura", "ferry"].measures
    assert measures["title"] is True
    assert measures["body_f1"] > 0.5


def test_a_page_that_is_missing_is_named(pages: Path):
    (pages / "news_html" / "html" / "ferry.html.gz").unlink()
    with pytest.raises(UserFacingError, match="line 1, field 'file'"):
        read_news_html(pages)


def label_times(path: Path, **changes: Any) -> Path:
    row = {"page": "ferry", "published": "2019-01-04", "words": "yesterday", "nth": 1, "resolved": ["2019-01-03"]}
    write_lines(path / "times.jsonl", [row | {"half": "report"} | changes])
    return path / "times.jsonl"


@pytest.mark.parametrize(
    ("changes", "kind", "right"),
    [
        ({}, "day", True),
        ({"nth": 2}, "day", True),
        ({"resolved": ["2019-01-02"]}, "day", False),
        ({"words": "ferry", "resolved": []}, "no time", True),
        ({"resolved": []}, "no time", False),
    ],
)
def test_a_time_is_right_as_the_reader_says(pages: Path, changes: dict[str, Any], kind: str, right: bool):
    row = {"file": "html/ferry.html.gz", "metadata": {"readerable": True}}
    text = "<p>Late yesterday, as ever. The ferry came yesterday.</p>"
    write_lines(pages / "news_html" / "truth.jsonl.gz", [row | {"expected_html": text}])
    suite = read_times(pages, label_times(pages, **changes))
    (item,) = suite.items
    result = ask_all(suite)["dateline", item.id]
    assert (item.kind, result.measures["right"], bool(result.reasons)) == (kind, right, not right)


@pytest.mark.parametrize(
    ("changes", "field"), [({"page": "boat"}, "page"), ({"words": "today"}, "nth"), ({"nth": 0}, "nth")]
)
def test_a_time_label_that_does_not_fit_its_page_is_named(pages: Path, changes: dict[str, Any], field: str):
    with pytest.raises(UserFacingError, match=f"line 1, field '{field}'"):
        read_times(pages, label_times(pages, **changes))


def read_page(**changes: Any) -> Document:
    given = {"title": "Ferry late", "author": "Ann Berg", "published": date(2019, 1, 3), "text": "The ferry was late."}
    return Document(doc_id="", uri="", outlet=None, language=None, content_hash="", **(given | changes))


def test_details_are_compared_without_case_spaces_and_punctuation():
    truth = Truth("Ferry  LATE!", "By\n  Ann Berg", date(2019, 1, 3), "The ferry was late")
    assert compare(truth, read_page()) == {"title": True, "date": True, "author": True, "body_f1": 1.0}
    wrong = compare(truth, read_page(title="Ferry", author=None, published=None, text="The ferry sank"))
    # "ferry" of "ferry was late" and of "ferry sank", articles aside.
    assert wrong == {"title": False, "date": False, "author": False, "body_f1": pytest.approx(2 * 1 / (3 + 2))}


def test_what_the_truth_lacks_is_not_measured():
    assert set(compare(Truth(None, None, None, " \n"), read_page()).values()) == {None}
    assert set(compare(Truth("A", "B", date(2019, 1, 3), "C"), None).values()) == {None}


def test_tags_end_a_word_only_where_a_browser_breaks_the_line():
    html = "<div><p><b>W</b>hale &amp; sea</p><p>two<br>lines</p><style>p {}</style><script>if (a<b) x()</script>end"
    assert text_of(html).split() == ["Whale", "&", "sea", "two", "lines", "end"]


# Files


def test_a_file_is_loaded_or_refused_with_its_reason(tmp_path: Path):
    root = tmp_path / "documents"
    (root / "mail").mkdir(parents=True)
    (root / "report.txt").write_text("Harbour opened\nBy Ann Berg\n\nThe harbour was opened.", encoding="utf-8")
    (root / "mail" / "odd.xyz").write_bytes(b"\x00\x01")
    (root / "empty.TXT").write_bytes(b"")
    for name in ("LICENSE", "README.md", "mail/README", "files.json", ".hidden"):
        (root / name).write_text("about the files", encoding="utf-8")
    suite = read_documents(tmp_path)
    assert [(item.id, item.kind) for item in suite.items] == [
        ("empty.TXT", "txt"),
        ("mail/odd.xyz", "xyz"),
        ("report.txt", "txt"),
    ]
    results = ask_all(suite)
    assert scored(results["dateline", "report.txt"]) == {"loaded": True}
    assert results["dateline", "report.txt"].shown["title"] == "Harbour opened"
    for name in ("mail/odd.xyz", "empty.TXT"):
        assert scored(results["dateline", name]) == {"loaded": False, "failed_clearly": True}
        assert results["dateline", name].shown["reason"] == " ".join(results["dateline", name].reasons) != ""


def test_a_crash_and_an_empty_document_are_no_clear_failures(tmp_path: Path):
    def crash(path: Path) -> Document:
        raise ValueError("no such table")

    for load, reason in ((crash, "ValueError: no such table"), (lambda path: read_page(text=" \n"), "without a word")):
        loaded = load_measured(tmp_path / "any.pdf", load)
        assert loaded.measures == {"loaded": False, "failed_clearly": False}
        assert reason in loaded.reasons[0] and loaded.document is None


# All


@pytest.mark.parametrize("read", [read_wice, read_cranfield, read_news_html, read_documents])
def test_a_set_that_is_not_there_is_said_to_be_missing(read: Callable[[Path], Suite], tmp_path: Path):
    with pytest.raises(UserFacingError, match="--data FOLDER"):
        read(tmp_path)


def test_the_digest_changes_with_the_data_and_not_with_its_place(claims: Path, tmp_path: Path):
    before = read_wice(claims)
    assert read_wice(claims / "wice").sha256 == before.sha256
    write_lines(claims / "wice" / "claims.jsonl", [claim("one", "supported", "Ferries leave.")])
    assert read_wice(claims).sha256 != before.sha256


def test_each_suite_has_items_of_the_shared_form(claims: Path, collection: Path, pages: Path):
    for suite in (read_wice(claims), read_cranfield(collection), read_news_html(pages)):
        assert all(isinstance(item, Item) and item.question for item in suite.items)
        assert len({item.id for item in suite.items}) == len(suite.items)
        assert suite.comparable and len(suite.sha256) == 64
