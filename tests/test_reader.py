"""The reader of our own: what it learns from, how it learns, and what becomes of what it writes."""

from __future__ import annotations

import random
import re
from types import SimpleNamespace

import pytest
import torch
from fakes import HashingEmbedder
from scripted import ScriptedChat
from transformers import Qwen2Config, Qwen2ForCausalLM

from evals.suites.dossier import NOT_FOUND
from index.pipeline import open_library
from qa.chain import AnswerChain
from qa.errors import ModelError
from qa.model.adapters import SHA256, adapter_of
from qa.model.open import Model
from qa.model.prompt import Line, build_front, number_lines
from qa.records import EvidenceFound
from qa.settings import Settings
from training.adapter import write_adapter
from training.blocks import Block, Turn, build_blocks, encode
from training.reader import Plan, Training, loss_of, widen
from training.readings import CLAIM, Reading, split_groups

LINES = tuple(Line(document, start, f"{document}:", f"Sentence {start}.") for document in "ab" for start in (0, 20, 40))


def reading(name: str, answer: str, *proofs: tuple[int, ...], kind: str = "fact", group: str = "one") -> Reading:
    keys = tuple(f"{line.document} {line.start}" for line in LINES)
    return Reading(name, group, kind, f"What of {name}?", answer, LINES, keys, proofs)


READINGS = [
    reading("first", "It rose [1].", (0,)),
    reading("fifth", "It fell [1] [2].", (4,), (5,)),
    reading("none", NOT_FOUND),
    reading("lost", "It is lost [1].", ()),
    reading("claim", "No", (3,), kind=CLAIM),
]


class Bytes:
    """A tokenizer of bytes."""

    def encode(self, text: str, add_special_tokens: bool) -> SimpleNamespace:
        return SimpleNamespace(ids=list(text.encode()))


def tiny() -> Qwen2ForCausalLM:
    torch.manual_seed(1)
    config = Qwen2Config(
        vocab_size=256,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
    )
    return Qwen2ForCausalLM(config).to(torch.bfloat16).requires_grad_(False).eval()


def marked(block: Block, number: str) -> str:
    """The sentence behind a marker."""
    return re.search(rf"^\[{number}\] (.*)$", block.sources, re.M)[1]


def test_the_lines_stand_under_their_documents_as_they_follow_one_another_there_and_the_best_document_last():
    best_first = [LINES[4], LINES[0], LINES[3]]
    assert number_lines(best_first, [1, 2, 3]) == "a::\n[2] Sentence 0.\nb::\n[3] Sentence 0.\n[1] Sentence 20."


@pytest.mark.parametrize("alone", [0.0, 1.0])
def test_an_answer_names_the_sentences_that_prove_it_as_they_are_numbered_in_its_block(alone):
    for seed in range(10):
        for block in build_blocks(READINGS, 3, alone, random.Random(seed)):
            for turn in block.turns:
                if turn.answer.startswith("It rose"):
                    (number,) = re.findall(r"\[(\d+)\]", turn.answer)
                    assert marked(block, number) == "Sentence 0."
                if turn.answer.startswith("It fell"):
                    numbers = re.findall(r"\[(\d+)\]", turn.answer)
                    assert turn.answer == f"It fell [{numbers[0]}][{numbers[1]}]."
                    assert [marked(block, number) for number in numbers] == ["Sentence 20.", "Sentence 40."]


def test_what_no_sentence_shown_proves_is_declined_where_it_is_asked_alone_and_left_out_where_it_is_not():
    shared = [turn for block in build_blocks(READINGS, 3, 0.0, random.Random(1)) for turn in block.turns]
    assert not any("lost" in turn.asked for turn in shared)
    alone = [turn for block in build_blocks(READINGS, 3, 1.0, random.Random(1)) for turn in block.turns]
    assert {turn.answer for turn in alone if "lost" in turn.asked or "none" in turn.asked} == {NOT_FOUND}


def test_a_claim_is_judged_by_the_sentences_that_it_names():
    turns = [turn for block in build_blocks(READINGS, 3, 0.0, random.Random(1)) for turn in block.turns]
    (claim,) = (turn for turn in turns if "What of claim" in turn.asked)
    assert claim.answer == "No"
    assert re.match(r"Claim: What of claim\? \[\d\]\.\n", claim.asked)


def test_questions_behind_shared_sentences_are_learned_as_if_each_stood_alone():
    turns = (Turn("Question: a?", "yes [1]."), Turn("Question: of b?", "no [2]."), Turn("Claim: c.", "No", 3.0))
    model = tiny()
    together = loss_of(model, encode(Block("[1] x\n[2] y", turns), Bytes())).item()
    alone = sum(loss_of(model, encode(Block("[1] x\n[2] y", (turn,)), Bytes())).item() for turn in turns)
    assert together == pytest.approx(alone, rel=1e-2)


def blocks() -> list:
    drawn = [block for seed in range(8) for block in build_blocks(READINGS, 3, 0.3, random.Random(seed))]
    return [encode(block, Bytes()) for block in drawn]


PLAN = Plan(rank=8, first_layer=0, rate=1e-2, questions_a_step=1, kept_every=12)


def test_it_learns_and_a_run_that_was_cut_off_ends_as_it_would_have(tmp_path):
    torch.manual_seed(1)
    whole = Training(tiny(), blocks(), PLAN)
    whole.run()
    assert whole.curve[-1][1] < 0.97 * whole.curve[0][1]
    torch.manual_seed(1)
    begun = Training(tiny(), blocks(), PLAN)
    begun.run(tmp_path / "checkpoint.pt", until=10)
    resumed = Training(tiny(), blocks(), PLAN)
    resumed.load(tmp_path / "checkpoint.pt")
    assert resumed.at == 10
    resumed.run()
    for name, matrix in resumed.learned().items():
        assert torch.allclose(matrix, whole.learned()[name], atol=1e-3), name


def test_nothing_changes_before_anything_is_learned():
    block = encode(Block("[1] x", (Turn("Question: a?", "yes [1]."),)), Bytes())
    model = tiny()
    before = loss_of(model, block).item()
    widen(model, 2, 0)
    assert loss_of(model, block).item() == before


def test_the_adapter_holds_what_was_learned_under_the_names_of_llama_cpp(tmp_path):
    import gguf

    training = Training(tiny(), blocks()[:2], Plan(rank=2, first_layer=1))
    write_adapter(tmp_path / "reader.gguf", training.learned(), rank=2)
    read = gguf.GGUFReader(tmp_path / "reader.gguf")
    assert read.fields["adapter.lora.alpha"].contents() == 4.0
    tensors = {tensor.name: tensor.data for tensor in read.tensors}
    assert len(tensors) == 14
    assert tensors["blk.1.attn_q.weight.lora_a"] == pytest.approx(training.learned()["1.attn_q.a"].numpy(), rel=1e-2)


def test_some_dossiers_are_held_out_of_the_training():
    learned, held = split_groups(f"w{number:02}" for number in range(24))
    assert len(held) == 2
    assert not set(learned) & set(held)


# What becomes of what it writes


@pytest.fixture
def library(tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "news.txt").write_text(
        "Council votes\nOrme Daily, 14 May 2019\n\nMayor Ines Calder opened the Harrow bridge on Thursday. "
        "She said that 36 members had voted for it. The Green group abstained.\n"
    )
    with open_library(tmp_path / "library", HashingEmbedder()) as opened:
        opened.add([folder])
        yield opened


class Judging(ScriptedChat):
    """Tells that a claim is proved with this probability."""

    proved: float = 0.9

    def _stream(self, messages, stop=None, run_manager=None, **kwargs):
        if "\nClaim: " not in str(messages[-1].content):
            yield from super()._stream(messages, stop, run_manager, **kwargs)
            return
        for chunk in ScriptedChat._stream(self, messages, stop, run_manager, **kwargs):
            tokens = [{"token": "Yes", "logprob": 0.0}, {"token": "No", "logprob": 0.0}]
            chance = torch.tensor([self.proved, 1 - self.proved]).log().tolist()
            told = [{**token, "logprob": value} for token, value in zip(tokens, chance, strict=True)]
            chunk.message.response_metadata = {"logprobs": {"content": [{"top_logprobs": told}]}}
            yield chunk


OPENED = "opened the Harrow bridge"


def ask(library, text: str, cited: str = OPENED, *, declining=0.05, proved=0.9, question=f"Who {OPENED}?"):
    """The answer when the model writes `text` behind which it names the sentence that holds `cited`."""
    found = next(AnswerChain(library, Model("none", None), Settings()).stream(question))
    assert isinstance(found, EvidenceFound)
    number = next(citation.number for citation in found.citations if cited in citation.quote)
    chat = Judging(script={"": [f"{text} [{number}]."]}, declining=declining, proved=proved)
    model = Model("trained", chat, takes_grammar=True, trained=True)
    answer = AnswerChain(library, model, Settings()).invoke(question)
    return answer, chat.asked


def test_a_trained_model_reads_no_worked_examples_and_its_sentence_is_the_answer(library):
    answer, (prompt, judged) = ask(library, "Mayor Ines Calder opened the Harrow bridge")
    assert answer.status == "answered"
    assert [claim.text for claim in answer.claims] == ["Mayor Ines Calder opened the Harrow bridge."]
    assert prompt.count("Question:") == 1
    assert prompt.rpartition("Question:")[0] == judged.rpartition("Claim:")[0]
    assert len(build_front(trained=True)) == 1


def test_other_words_are_no_reason_to_withhold_but_another_number_is(library):
    question = "How did the vote go?"
    answer, _ = ask(library, "The plan was carried with 36 in favour", "36 members", question=question)
    assert answer.status == "answered"
    answer, _ = ask(library, "The plan was carried with 63 in favour", "36 members", question=question)
    assert answer.status == "not_found"
    assert "The number 63" in answer.problems[0]


def test_a_name_that_the_report_gives_stands_for_its_she_and_one_that_it_does_not_give_is_refused(library):
    for name, status in (("Ines Calder", "answered"), ("Oda Brandt", "not_found")):
        answer, _ = ask(
            library, f"{name} said that 36 members had voted for it", "36 members", question="How did the vote go?"
        )
        assert (name, answer.status) == (name, status)


def test_what_the_model_itself_takes_for_unproved_is_withheld_and_told(library):
    answer, _ = ask(library, "Mayor Ines Calder opened the Harrow bridge", proved=0.01)
    assert (answer.status, answer.declined) == ("not_found", ("unsupported",))
    assert "unlikely to follow" in answer.problems[0]


def test_a_model_that_is_inclined_to_decline_is_stopped(library):
    answer, asked = ask(library, "Mayor Ines Calder opened it", declining=0.9)
    assert (answer.status, answer.declined, len(asked)) == ("not_found", ("unlikely",), 1)


def test_an_adapter_is_what_was_installed_or_none(tmp_path):
    assert adapter_of("qwen2.5-0.5b") is None
    for name in SHA256:
        assert adapter_of(name).exists()
        (tmp_path / f"{name}.gguf").write_bytes(b"GGUF and something else")
        with pytest.raises(ModelError, match="Install Dateline again"):
            adapter_of(name, tmp_path)
    with pytest.raises(ModelError, match="cannot be read"):
        adapter_of("qwen2.5-1.5b", tmp_path / "nowhere")
