"""Planted errors: each rule makes one thing wrong and says which, the same every time."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from evals.suites.planted import ground_of, read_planted
from evals.suites.planting import KINDS, plant
from evals.suites.stated import evidence_of, verbatim_set
from index.records import Document
from qa.settings import Settings

TEXTS = (
    "Yesterday Anna Ferro invited Boris Quill to the opening. Some 40 guests will attend the dinner in May 2021.",
    "The mayor of Harrow was elected by 21 votes. Clara Stone praised the plan and may approve it.",
)
GROUND = ground_of(TEXTS)
DAY = date(2021, 4, 2)


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("roles", "Anna Ferro invited Boris Quill.", "Boris Quill invited Anna Ferro."),
        ("roles", "Anna Ferro was invited by Boris Quill.", "Boris Quill was invited by Anna Ferro."),
        ("negation", "The plan was approved.", "The plan was not approved."),
        ("negation", "The plan was not approved.", "The plan was approved."),
        ("negation", "They didn't approve it.", "They did approve it."),
        ("modality", "The plan will be approved.", "The plan was approved."),
        ("modality", "She plans to come.", "She came."),
        ("modality", "Clara Stone approved it.", "Clara Stone plans to approve it."),
        ("modality", "The plan was approved.", "The plan is expected to be approved."),
        ("name", "Everyone in the hall saw Boris Quill.", None),
    ],
)
def test_a_rule_makes_one_thing_wrong(kind, text, expected):
    made = plant(kind, text, text, GROUND, DAY, "seed")
    if expected is None:
        assert made is not None and "Boris Quill" not in made.text
    else:
        assert made is not None and made.text == expected


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("roles", "Anna Ferro met Boris Quill."),  # turned round it says the same
        ("roles", "The friends of Anna Ferro invited Boris Quill."),  # not she invited him
        ("number", "The plan was approved in May 2021."),  # a date, not a number
        ("date", "The plan was approved."),
        ("modality", "The plan is good."),
    ],
)
def test_a_rule_leaves_what_it_does_not_fit(kind, text):
    assert plant(kind, text, text, GROUND, DAY, "seed") is None


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_error_and_the_words_stand_in_it(kind):
    for text in TEXTS:
        made = [plant(kind, text, text, GROUND, DAY, "seed") for _ in range(2)]
        assert made[0] == made[1]
        if made[0] and kind in {"number", "date", "name"}:
            assert made[0].words in made[0].text and made[0].words not in text


def test_every_sentence_of_a_text_is_borne_by_itself():
    document = Document("d", "/d.txt", "T", None, None, DAY, None, TEXTS[0], "h")
    (stated, *_) = verbatim_set("made", [document]).sentences
    assert stated.text == stated.evidence[0].quote == TEXTS[0][: len(stated.text)]
    (found,) = evidence_of(document, [(0, len(TEXTS[0]))])
    assert [mention.resolved for mention in found.mentions] == ["2021-04-01", "2021-05"]


def test_the_suite_tells_what_was_caught_and_what_was_let_be(tmp_path: Path):
    folder = write_sets(tmp_path)
    seed = tmp_path / "seed.txt"
    seed.write_text(f"A title\n\n{TEXTS[0]}\n\n{TEXTS[1]}\n")
    suite = read_planted(folder, [seed])
    assert suite.sha256 == read_planted(folder, [seed]).sha256
    with suite.open(suite.systems, Settings(model="none"), suite.items) as asks:
        results = [asks["none"](item) for item in suite.items]
    true = [result for result in results if result.item.id not in suite.planted]
    errors = [result for result in results if result.item.id in suite.planted]
    assert true and errors
    assert all(set(result.measures) == {"let_be"} for result in true)
    assert all(result.measures["let_be"] for result in true if result.item.kind == "true, word for word")
    assert all(set(result.measures) == {"caught", "error_named"} for result in errors)
    assert any(result.measures["error_named"] for result in errors if result.item.kind == "number")


def write_sets(folder: Path) -> Path:
    text = "The old mill of Elsby was built in 1904 by Carl Brandt. It burned down in the spring of 1950."
    fact = {"fact": text, "title": "Mill", "source": "Post", "author": None, "published_at": "2020-01-02T00:00:00"}
    claim = {"label": "supported", "claim": "Carl Brandt built the mill.", "evidence": ["TITLE: Mill", text]}
    output = {"answer": text, "selected_sentences": [text]}
    rows = {
        "squad2/paragraphs": {"para_id": "p", "title": "Mill", "text": text},
        "squad2/questions": {"id": "q", "para_id": "p", "question": "When?", "answers": [], "is_impossible": True},
        "clapnq/answerable": {"id": "c", "input": "?", "passages": [{"title": "M", "text": text}], "output": [output]},
        "clapnq/unanswerable": {"id": "u", "input": "?", "passages": [{"title": "M", "text": text}], "output": []},
        "multihoprag/evidence_facts": fact,
        "multihoprag/questions": {
            "id": "m",
            "question": "?",
            "question_type": "inference_query",
            "answer": "Yes",
            "evidence_list": [fact],
        },
        "wice/claims": claim | {"supporting_sentences": [[1]], "meta": {"id": "w"}},
    }
    for name, row in rows.items():
        path = folder / f"{name}.jsonl"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(row) + "\n")
    return folder
