"""Late interaction: sentences scored token by token within their passage, and how the embedder is trained for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
import torch
from fakes import HashingEmbedder
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from index import late
from index.convert import open_original
from index.embed import open_embedder
from index.late import LATE, LateInteraction, introduce
from index.pipeline import open_library
from index.settings import IndexSettings
from index.weights.fetch import fetch_weights
from index.weights.pinned import MINILM
from qa.find.choose import rank_sentences
from qa.find.expand import WordSimilarity
from qa.find.search import look_up
from qa.question.read import read_question
from training.ranker import Lesson, Plan, Ranker, Sought, Training, drawn, measure, shares_among

ENDS = np.array([[0, 0]])


class Letters:
    """Each letter a token, those that are equal at a right angle to all others; an empty one at either end."""

    def __init__(self):
        self.read = []

    def encode_tokens(self, texts):
        self.read += texts
        return [self._one(text) for text in texts]

    def _one(self, text):
        rows = np.zeros((len(text) + 2, 128), dtype=np.float32)
        for at, letter in enumerate(text, 1):
            rows[at, ord(letter)] = 2.0
        inside = np.array([[at, at + 1] for at in range(len(text))]).reshape(-1, 2)
        return rows, np.concatenate([ENDS, inside, ENDS])


def test_a_sentence_is_near_by_its_nearest_tokens_and_by_the_mean_of_them():
    by_token, by_whole = (LateInteraction(Letters(), weights) for weights in ((1, 0, 0), (0, 1, 0)))
    texts, spans = ["xab.cd.", ""], [[(1, 4), (4, 7), (0, 7)], []]
    (scores, none) = by_token.score("ac", texts, spans)
    assert scores == pytest.approx([0.5, 0.5, 1.0])
    assert none.shape == (0,)
    (scores, _) = by_whole.score("ac", texts, spans)
    # "ab." is (1, 1, 1) / sqrt 3 and "ac" (1, 1) / sqrt 2, with one letter in common.
    assert scores[:2] == pytest.approx([1 / 6**0.5] * 2)


def test_a_span_of_which_nothing_is_read_is_scored_and_no_question_breaks_it():
    scored = LateInteraction(Letters(), (3, 2, 1))
    for question in ("", "a"):
        ((far, read),) = scored.score(question, ["ab"], [[(5, 9), (0, 1)]])
        assert np.isfinite([far, read]).all()
    assert read > far
    assert scored.others == 1


def test_a_passage_is_read_once_for_several_questions_and_forgotten_when_others_come(monkeypatch):
    monkeypatch.setattr(late, "KEPT", 2)
    letters = Letters()
    scored = LateInteraction(letters, (1, 1, 1))
    for question in ("q", "r"):
        scored.score(question, ["ab", "cd", "ab"], [[(0, 2)]] * 3)
    assert letters.read == ["q", "ab", "cd", "r"]
    scored.score("s", ["ef"], [[(0, 2)]])
    scored.score("t", ["ab", "cd"], [[(0, 2)]] * 2)
    assert letters.read[4:] == ["s", "ef", "t", "cd"]


def test_a_passage_is_introduced_by_what_is_known_of_its_document():
    assert introduce("Strike ends", None, "2019-05-02") == "Strike ends (2019-05-02)\n"
    assert introduce("Strike ends", "The Echo", None) == "Strike ends (The Echo)\n"


def test_what_is_near_token_by_token_comes_first_beside_the_other_signs(tmp_path):
    (tmp_path / "a.txt").write_text("The harbour was closed on Monday. A crane fell into the dock. Nobody was hurt.")
    with open_library(tmp_path / "library", HashingEmbedder()) as library:
        library.add([tmp_path / "a.txt"])
        asked = read_question("Why was the harbour closed?", date(2020, 1, 1))
        found = look_up(library, WordSimilarity(library.embedder), asked, library.embedder.encode([asked.text])[0])
        assert found.matched is None
        first, *_ = rank_sentences(asked, found)
        assert first[0].quote == "The harbour was closed on Monday."
        matched = [np.array([0, 50, 0][: len(hit.passage.sentences)], dtype=np.float32) for hit in found.hits]
        first, *others = rank_sentences(asked, replace(found, matched=matched, signs_count=0.5))
        assert first[0].quote == "A crane fell into the dock."
        assert first[1] == pytest.approx(1, abs=1e-3)
        assert others[0][0].quote == "The harbour was closed on Monday."


WORDS = "why did the boat stop ferry was halted its keel cracked who paid council met bill for repairs in may".split()
PASSAGES = {
    "a": "the ferry was halted its keel cracked the council met in may",
    "b": "the council paid the bill for repairs",
}
PLACES = (("a", (0, 20)), ("a", (21, 37)), ("a", (38, 60)), ("b", (0, 37)))
QUESTIONS = (
    Sought("one", "why did the boat stop", PLACES, (0.0, 0.0, 2.0, 0.0), ((1,),)),
    Sought("two", "who paid for repairs", PLACES, (0.0, 1.0, 0.0, 0.0), ((3,),)),
    Sought("both", "who paid for the boat", PLACES, (0.0, 0.0, 1.0, 0.0), ((0, 1), (3,))),
    Sought("lost", "who met", PLACES, (0.0, 0.0, 0.0, 0.0), ((),)),
)
LESSON = Lesson("one", PASSAGES, QUESTIONS)
PLAN = Plan(epochs=12, rank=4, rate=1e-2)


class Tiny(list):
    """A model of a few words, opened as sentence-transformers would."""

    def __init__(self):
        names = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS]
        words = Tokenizer(models.WordLevel({word: at for at, word in enumerate(names)}, "[UNK]"))
        words.pre_tokenizer = pre_tokenizers.Whitespace()
        words.post_processor = processors.TemplateProcessing(
            "[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
        )
        self.tokenizer = PreTrainedTokenizerFast(tokenizer_object=words, pad_token="[PAD]", unk_token="[UNK]")
        torch.manual_seed(0)
        config = BertConfig(
            vocab_size=len(names), hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32
        )
        super().__init__([type("Module", (), {"auto_model": BertModel(config, add_pooling_layer=False)})])


def begun() -> Training:
    torch.manual_seed(1)
    return Training(Ranker(Tiny(), PLAN.rank), drawn([LESSON], PLAN), PLAN)


def test_what_proves_an_answer_comes_first_once_it_was_learned():
    training = begun()
    before = measure(training.ranker, [LESSON])
    assert before["signs"][0] == 0
    training.run()
    after = measure(training.ranker, [LESSON])
    # Both proofs of the third question are among the first three; nothing proves the fourth.
    assert after["learned"] == [0.5, 0.75, 0.75, 0.75, 0.75]
    assert training.curve[-1][1] < 0.5 * training.ranker.loss(begun().lessons[0]).item() + 0.5


def test_a_training_that_was_cut_off_ends_as_it_would_have(tmp_path):
    whole = begun()
    whole.run(every=4)
    cut = begun()
    cut.run(tmp_path / "checkpoint.pt", until=10, every=4)
    resumed = begun()
    resumed.load(tmp_path / "checkpoint.pt")
    assert resumed.at == 8
    resumed.run(every=4)
    assert resumed.curve == whole.curve
    for name, matrix in resumed.ranker.learned().items():
        assert np.array_equal(matrix, whole.ranker.learned()[name]), name


def test_questions_that_nothing_found_proves_are_left_out_and_every_other_is_in_each_epoch():
    lessons = drawn([LESSON], Plan(epochs=2, parts=2))
    assert [len(lesson.questions) for lesson in lessons] in ([2, 1, 2, 1], [2, 1, 1, 2], [1, 2, 2, 1], [1, 2, 1, 2])
    assert sorted(asked.id for lesson in lessons for asked in lesson.questions) == sorted(["one", "two", "both"] * 2)


def test_a_proof_that_is_not_found_is_among_no_first_sentences():
    scores = np.arange(4.0)
    assert shares_among([(QUESTIONS[3], scores)]) == [0, 0, 0, 0, 0]
    assert shares_among([(QUESTIONS[1], scores), (QUESTIONS[2], scores)]) == [0.5, 1, 1, 1, 1]


def test_sentences_are_scored_in_answering_as_they_were_in_training():
    training = begun()
    training.run(until=6)
    ranker = training.ranker

    class Reading:
        def encode_tokens(self, texts):
            with torch.no_grad():
                return [(rows.numpy(), where.numpy()) for rows, where in ranker.read(texts)]

    scored = LateInteraction(Reading(), ranker.weights.tolist())
    with torch.no_grad():
        trained = list(ranker.scores(LESSON))
    for asked, scores in zip(QUESTIONS, trained, strict=True):
        spans = [[span for passage, span in PLACES if passage == one] for one in PASSAGES]
        told = np.concatenate(scored.score(asked.text, list(PASSAGES.values()), spans))
        assert told + scored.others * np.array(asked.signs) == pytest.approx(scores.numpy(), abs=1e-4)


@pytest.fixture(scope="module")
def weights():
    return fetch_weights(MINILM.name, IndexSettings().cache)


@pytest.mark.model
def test_the_narrow_matrices_are_added_to_the_layers_that_they_are_named_after(weights, tmp_path):
    kept = np.load(LATE)
    layers = {name[:-2] for name in kept if name.endswith(".a")}
    plain, added = open_original(weights), open_original(weights, LATE)
    changed = 0
    for (name, before), after in zip(plain.named_modules(), added.modules(), strict=True):
        layer = name.partition("encoder.layer.")[2]
        if layer in layers:
            changed += 1
            difference = (after.weight - before.weight).detach().numpy()
            assert difference == pytest.approx(
                kept[f"{layer}.b"].astype("f4") @ kept[f"{layer}.a"].astype("f4"), abs=1e-5
            )
    assert changed == len(layers) == 36


@pytest.mark.model
def test_both_runtimes_give_sentences_the_same_scores():
    text = "The ferry was halted after its keel had cracked. The council met in May. It paid for the repairs."
    spans = [[(0, 48), (49, 72), (73, 97)]]
    scores = [
        open_embedder(runtime, IndexSettings().cache).late.score("Why did the boat stop running?", [text], spans)[0]
        for runtime in ("openvino", "sentence-transformers")
    ]
    assert scores[0] == pytest.approx(scores[1], abs=0.15)
    assert scores[0].argmax() == 0


@pytest.mark.model
def test_a_question_in_wholly_other_words_finds_the_sentence_that_answers(tmp_path):
    (tmp_path / "a.txt").write_text(
        "Ferry to Holm\n\nThe Holm ferry carried 300 people a day in 2018. Two crews shared the work. It was halted in "
        "March 2019 after a diver saw that the keel had cracked. The yard in Tarn asked 2 million crowns for repairs. "
        "The island council offered half of that sum. Ms Berg, who runs the line, called the offer an insult."
    )
    embedder = open_embedder("openvino", IndexSettings().cache)
    with open_library(tmp_path / "library", embedder) as library:
        library.add([tmp_path / "a.txt"])
        for question, quote in (
            ("what made them stop the boat?", "keel had cracked"),
            ("what would it take to fix, in money?", "2 million crowns"),
        ):
            asked = read_question(question, date(2020, 1, 1))
            found = look_up(library, WordSimilarity(embedder), asked, embedder.encode([asked.text])[0])
            (first, _), *_ = rank_sentences(asked, found)
            assert quote in str(first.quote)
