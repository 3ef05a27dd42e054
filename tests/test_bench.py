import json
import random

import numpy as np
import pytest
import typer
from bench_openers import end_process, open_hashing, open_scripted, refuse
from fakes import HashingEmbedder
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st
from pydantic import ValidationError
from typer.testing import CliRunner

from cli.bench import bench, print_table
from cli.common import Group, State
from evals.opening import Opening
from evals.speed.answers import BUDGETS, evidence_tokens
from evals.speed.bench import Given, Plan, make_plan, require_new, run_bench, save
from evals.speed.library import Builder
from evals.speed.numbers import summary
from evals.speed.passages import MAX_REUSE, compose, composed_vectors, cut, distinct, first_passages, require_enough
from evals.speed.process import Worker
from evals.speed.show import Table, tables
from evals.speed.startup import measure_startup
from evals.speed.texts import Corpus, Text, choose_questions, read_folder, read_public
from index.errors import UserFacingError
from index.pipeline import open_library
from qa.settings import Settings

WORDS = "harbour council bridge minister vote river budget strike court tram museum winter delegates ferry roof".split()
WANTED = 120


def silent(done, total, what):
    pass


OPENING = Opening(open_hashing, open_scripted)


def made_up(documents=12, sentences=18, seed=5):
    chance = random.Random(seed)
    return tuple(
        Text(
            f"Report {number}",
            " ".join(f"The {' '.join(chance.sample(WORDS, 7))} of day {number} {n}." for n in range(sentences)),
        )
        for number in range(documents)
    )


CORPUS = Corpus("made up", made_up())


@pytest.fixture
def settings(tmp_path):
    return Settings(library=tmp_path / "library", cache=tmp_path / "cache", passage_words=40)


def builder(settings, texts=CORPUS.texts, opener=open_hashing):
    return Builder(cut(texts, settings.passage_words), settings, opener, 0)


def assert_slices(prepared):
    text = prepared.document.text
    assert all(text[passage.start : passage.end] == passage.text for passage in prepared.passages)
    for passage in prepared.passages:
        assert passage.sentences and passage.doc_id == prepared.document.doc_id
        spans = [position for span in passage.sentences for position in span]
        assert spans == sorted(spans) and (spans[0], spans[-1]) == (passage.start, passage.end)


# A whole run


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bench")
    settings = Settings(library=folder / "library", cache=folder / "cache", passage_words=40)
    plan = Plan(("indexing", "retrieval"), (30, WANTED), documents=4, rounds=2, asked=8)
    measured = run_bench(plan, Given(CORPUS, settings, OPENING), silent, folder / "out.json")
    return measured, folder / "out.json"


def test_indexing_gives_rates_of_both_and_their_ratio(result):
    part = result[0]["indexing"]
    assert (part["documents"], part["rounds"]) == (4, 2)
    for name in ("intake", "embedding", "torch"):
        rate = part["per_second"][name]["passages"]
        assert rate["n"] == 2 and 0 < rate["min"] <= rate["median"] <= rate["max"]
    medians = {name: part["per_second"][name]["passages"]["median"] for name in ("intake", "torch")}
    assert part["ratio"]["intake"] == pytest.approx(medians["intake"] / medians["torch"])
    assert part["per_second"]["intake"]["documents"]["median"] > 0
    assert len(part["tutorial"]["seconds"]) == 2 and part["tutorial"]["ratio"] > 0


def test_retrieval_gives_milliseconds_memory_and_disk_of_each_size(result):
    first, second = result[0]["retrieval"]["libraries"]
    assert (first["passages"], second["passages"]) == (30, WANTED)
    assert first["recombined"] == 0 < second["recombined"] == WANTED - second["distinct_texts"]
    for library in (first, second):
        for step in ("search", "evidence", "dense", "lexical"):
            taken = library["milliseconds"][step]
            assert taken["n"] == 8 and 0 < taken["median"] <= taken["p95"]
        assert library["disk"]["whole_bytes"] > library["disk"]["chroma_bytes"] > 0


def test_the_file_holds_what_was_measured_and_on_what(result):
    measured, path = result
    kept = json.loads(path.read_text())
    assert kept == measured
    assert kept["machine"]["cores"] and kept["packages"]["chromadb"] and kept["settings"]["passage_words"] == 40
    assert kept["texts"]["distinct_passages"] > 0 and kept["plan"]["seed"] == 0


def test_every_part_has_its_table_and_recombined_passages_are_told(result):
    shown = list(tables(result[0]))
    assert [table.title.partition(",")[0] for table in shown] == ["Indexing", "Retrieval", "What these libraries cost"]
    assert all(len(row) == len(table.columns) for table in shown for row in table.rows)
    assert "recombined" in shown[1].notes[0]


def test_answers_are_timed_for_each_budget(settings, tmp_path):
    report = tmp_path / "report.txt"
    report.write_text("Harbour closes\n\nThe harbour council voted to close the bridge. The ferry runs in winter.\n")
    cases = tmp_path / "cases.jsonl"
    case = {"kind": "k", "answerable": True, "facts": [["x"]]}
    asked = [("a", "Who voted to close the bridge?", "tune"), ("b", "When does the ferry run?", "report")]
    cases.write_text("\n".join(json.dumps(case | {"id": id, "question": q, "half": half}) for id, q, half in asked))
    given = Given(CORPUS, settings, OPENING, cases, (report,))
    plan = Plan(("answers",), questions=5)
    part = run_bench(plan, given, silent)["answers"]
    assert part["questions"] == 1  # of the other half none
    assert [int(budget) for budget in part["budgets"]] == list(BUDGETS)
    assert all(one["answer"]["n"] == 1 and one["answer"]["median"] > 0 for one in part["budgets"].values())
    (table,) = tables({"answers": part})
    assert len(table.rows) == len(BUDGETS)


def test_start_up_is_timed_in_turns_and_a_command_that_fails_is_told():
    part = measure_startup(
        {"help": ["-m", "cli.main", "--help"], "nothing": ["-c", "pass"]}, times=2, on_progress=silent
    )
    assert all(one["seconds"]["n"] == 2 and one["seconds"]["median"] > 0 for one in part.values())
    assert list(tables({"startup": {"passages": 3, "model": "none", "processes": part}}))
    with pytest.raises(UserFacingError, match="failed with code 1: it broke"):
        measure_startup({"broken": ["-c", "import sys; sys.exit('it broke')"]}, times=1, on_progress=silent)


def test_tokens_of_evidence_grow_with_the_sentences():
    assert [evidence_tokens(Settings(), budget) for budget in BUDGETS] == [80, 160, 320, 640]


@pytest.mark.parametrize(("tokens", "sentences", "refused"), [(8000, 1, 8001), (50, 40, 49)])
def test_the_bench_shows_no_more_and_no_fewer_tokens_than_may_be_set(tokens, sentences, refused):
    given = Settings(evidence_tokens=tokens, evidence_sentences=sentences)
    assert {evidence_tokens(given, budget) for budget in BUDGETS} == {tokens}
    with pytest.raises(ValidationError, match="evidence_tokens"):
        Settings(evidence_tokens=refused)


# Libraries


def test_a_library_of_the_bench_is_whole_and_its_passages_are_slices(settings):
    built = builder(settings).library(WANTED, silent)
    with open_library(built.folder, HashingEmbedder()) as library:
        states = library.documents()
        assert library.count_passages() == WANTED == sum(state.passages for state in states)
        texts = []
        for state in states:
            assert state.state == "ready"
            for passage in library.passages_of(state.document.doc_id):
                assert state.document.text[passage.start : passage.end] == passage.text
                vectors = library.sentence_vectors([passage.passage_id])[passage.passage_id]
                assert len(vectors) == len(passage.sentences)
                texts.append(passage.text)
        assert len(set(texts)) == WANTED
        (vector,) = HashingEmbedder().encode([texts[-1]])
        assert len(library.dense(vector, 5)) == 5


def test_a_library_of_the_bench_is_used_again(settings):
    first = builder(settings).library(30, silent)
    assert builder(settings, opener=refuse).library(30, silent) == first
    with pytest.raises(UserFacingError, match="not here"):
        builder(settings, made_up(seed=6), refuse).library(30, silent)


def test_a_library_that_was_not_finished_is_not_used_and_is_swept(settings):
    class Killed(BaseException):
        pass

    def kill(done, total, what):
        if done > 10:
            raise Killed

    with pytest.raises(Killed):
        builder(settings).library(30, kill)
    root = settings.cache / "bench"
    assert [path.name for path in root.iterdir() if path.is_dir()] == []
    (root / "building-left").mkdir()
    built = builder(settings).library(30, silent)
    assert [str(path) for path in root.iterdir() if path.is_dir()] == [built.folder]


def test_documents_are_embedded_once_for_all_sizes(settings):
    embedder = HashingEmbedder()
    making = builder(settings, opener=lambda _: embedder)
    making.library(WANTED, silent)
    before = embedder.encoded
    making.library(WANTED + 10, silent)
    assert embedder.encoded == before


# Passages

FEW = cut(made_up(4, 12), 40)


@effort(max_examples=20)
@given(seed=st.integers(0, 999), count=st.integers(1, 150))
def test_recombined_passages_are_new_and_exact_and_of_real_sentences(seed, count):
    prepared = FEW
    real = {one.document.text[a:b] for one in prepared for passage in one.passages for a, b in passage.sentences}
    composed = list(compose(prepared, count, seed, 40))
    texts = [passage.text for one in composed for passage in one.prepared.passages]
    assert len(set(texts)) == len(texts) == count
    assert not {passage.text for one in prepared for passage in one.passages} & set(texts)
    for one in composed:
        assert_slices(one.prepared)
        text = one.prepared.document.text
        assert all(text[a:b] in real for passage in one.prepared.passages for a, b in passage.sentences)
        assert all(len(passage.text.split()) <= 40 for passage in one.prepared.passages)


def test_recombining_with_the_same_seed_gives_the_same():
    prepared = cut(made_up(4), 40)
    first, again, other = (list(compose(prepared, 25, seed, 40)) for seed in (1, 1, 2))
    assert first == again != other


def test_a_recombined_passage_has_the_mean_of_its_sentences_vectors():
    prepared = cut(made_up(2), 40)
    number = sum(len(passage.sentences) for one in prepared for passage in one.passages)
    vectors = np.eye(number, dtype=np.float32)
    (composed,) = compose(prepared, 1, 3, 40)
    made = composed_vectors(composed, vectors)
    rows = composed.rows[0]
    expected = np.zeros(number)
    expected[list(rows)] = 1 / np.sqrt(len(rows))
    assert np.allclose(made.passages[0], expected)
    assert np.array_equal(made.sentences, vectors[list(rows)])


def test_the_rows_of_a_recombined_passage_name_its_own_sentences():
    prepared = cut(made_up(3), 40)
    real = [one.document.text[a:b] for one in prepared for passage in one.passages for a, b in passage.sentences]
    for composed in compose(prepared, 30, 0, 40):
        for passage, rows in zip(composed.prepared.passages, composed.rows, strict=True):
            text = composed.prepared.document.text
            assert [text[a:b] for a, b in passage.sentences] == [real[row] for row in rows]


@effort(max_examples=20)
@given(count=st.integers(0, 40))
def test_the_first_passages_are_as_many_as_asked_and_slices(count):
    prepared = FEW
    there = sum(len(one.passages) for one in prepared)
    taken = list(first_passages(prepared, count))
    assert sum(len(one.passages) for one in taken) == min(count, there)
    for one in taken:
        assert_slices(one)


def test_texts_that_cannot_be_recombined_end_with_an_error():
    with pytest.raises(UserFacingError, match="no new passage can be made"):
        list(compose(cut([Text("One", "The only sentence there is.")], 40), 3, 0, 40))


def test_too_few_passages_are_refused():
    prepared = cut(made_up(1), 40)
    most = distinct(prepared) * MAX_REUSE
    require_enough(prepared, most)
    with pytest.raises(UserFacingError, match=f"{distinct(prepared)} distinct passages, too few"):
        require_enough(prepared, most + 1)


# Texts


def test_plain_texts_and_json_lines_are_read_each_text_once(tmp_path):
    (tmp_path / "a.txt").write_text("Harbour closes\n\nIt closed.")
    (tmp_path / "b.md").write_text("Harbour closes\n\nIt closed.")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    lines = [{"title": "T", "text": "Text."}, {"text": "Untitled."}, {"question": "Who?"}]
    (tmp_path / "c.jsonl").write_text("\n".join(map(json.dumps, lines)))
    corpus = read_folder(tmp_path)
    assert [text.title for text in corpus.texts] == ["Harbour closes", "T", "c"]
    assert corpus.passed_over == 1


def test_the_public_sets_are_read(tmp_path):
    def write(path, *lines):
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join(map(json.dumps, lines)))

    paragraphs = [{"title": "Old_Town", "text": "One."}, {"title": "Old_Town", "text": "Two."}]
    write(tmp_path / "squad2" / "paragraphs.jsonl", *paragraphs)
    write(tmp_path / "squad2" / "questions.jsonl", {"question": " Who? "}, {"question": "Who?"})
    write(tmp_path / "clapnq" / "answerable.jsonl", {"passages": [{"title": "C", "text": "Three."}]})
    write(tmp_path / "wice" / "claims.jsonl", {"evidence": ["(meta data) TITLE: W", "Four.", "Five."]})
    write(tmp_path / "cranfield" / "corpus.jsonl", {"title": "F", "text": "Six."})
    corpus = read_public(tmp_path)
    assert corpus.texts == (
        Text("Old Town", "One.\n\nTwo."), Text("C", "Three."), Text("W", "Four.\nFive."), Text("F", "Six.")
    )  # fmt: skip
    assert corpus.questions == ("Who?",)


def test_questions_are_the_data_sets_own_or_made_with_a_seed():
    prepared = cut(CORPUS.texts, 40)
    own = Corpus("own", CORPUS.texts, tuple(f"Who did {n}?" for n in range(30)))
    assert set(choose_questions(own, prepared, 10, 0)) < set(own.questions)
    made = choose_questions(CORPUS, prepared, 10, 0)
    assert len(set(made)) == 10 and made == choose_questions(CORPUS, prepared, 10, 0)
    assert made != choose_questions(CORPUS, prepared, 10, 1)


@pytest.mark.parametrize("read", [read_folder, read_public])
def test_a_folder_that_is_missing_or_without_text_is_refused(tmp_path, read):
    with pytest.raises(UserFacingError, match="There is no folder"):
        read(tmp_path / "nowhere")
    with pytest.raises(UserFacingError, match="There is no text"):
        read(tmp_path)


@pytest.mark.parametrize(("line", "said"), [("{", "it is no JSON"), ("[]", "no JSON object")])
def test_a_broken_line_is_named(tmp_path, line, said):
    (tmp_path / "c.jsonl").write_text(f'{{"text": "x"}}\n{line}\n')
    with pytest.raises(UserFacingError, match=f"line 2: .*{said}"):
        read_folder(tmp_path)


# Numbers, plans and processes


def test_percentiles_by_hand():
    assert summary([4.0, 1.0, 2.0, 3.0, 5.0]) == {"median": 3.0, "p95": 4.8, "min": 1.0, "max": 5.0, "n": 5}
    assert summary([]) == {"median": None, "p95": None, "min": None, "max": None, "n": 0}


def test_the_model_is_asked_only_when_it_is_named():
    assert make_plan().parts == ("indexing", "retrieval", "startup")
    assert make_plan(llm=True).parts[-1] == "answers"
    assert make_plan(["retrieval"], [10, 5, 10]).passages == (5, 10)
    assert make_plan(quick=True).passages == (1_000,)
    with pytest.raises(UserFacingError, match="--llm"):
        make_plan(["answers"])
    with pytest.raises(UserFacingError, match="no part 'speed'"):
        make_plan(["speed"])


def test_results_replace_no_file(tmp_path):
    save({"n": 1}, tmp_path / "out.json")
    with pytest.raises(UserFacingError, match="already"):
        require_new(tmp_path / "out.json")
    with pytest.raises(UserFacingError, match="no folder"):
        require_new(tmp_path / "nowhere" / "out.json")


def test_a_worker_passes_on_what_goes_wrong_in_it():
    with pytest.raises(UserFacingError, match="It is not here"):
        Worker("a test", refuse, None)
    with Worker("a test", open_hashing, None) as worker:
        assert worker.call(HashingEmbedder.encode, ["text"]).shape == (1, 64)
        with pytest.raises(UserFacingError, match="a test was ended from outside"):
            worker.call(end_process)


# The command


@pytest.fixture
def command(tmp_path, monkeypatch):
    monkeypatch.setenv("DATELINE_CACHE", str(tmp_path / "cache"))
    app = typer.Typer(cls=Group)
    app.callback()(lambda: None)
    app.command("bench")(bench)
    return lambda *arguments: CliRunner().invoke(app, ["bench", *map(str, arguments)], obj=State())


def test_the_command_refuses_what_it_cannot_measure(command, tmp_path):
    for arguments, said in [
        (["--only", "speed"], "no part 'speed'"),
        (["--texts", tmp_path / "nowhere"], "There is no folder"),
        (["--texts", tmp_path, "--data", tmp_path], "Give one of them"),
        (["--only", "answers"], "--llm"),
    ]:
        done = command(*arguments)
        assert (done.exit_code, said in done.output) == (1, True), done.output


def test_a_table_is_printed_in_columns_with_its_notes(capsys):
    print_table(Table("Speed", ("until", "median"), (("search", "1.5"), ("help", "10.25")), ("On a quiet machine.",)))
    assert capsys.readouterr().out.splitlines() == [
        "", "Speed", "until   median", "search     1.5", "help     10.25", "On a quiet machine."
    ]  # fmt: skip
