"""The reader of our own: what it learns from, how it learns, and what becomes of what it writes."""

from __future__ import annotations

import math
import random
import re
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest
import torch
from fakes import HashingEmbedder
from langchain_core.messages import AIMessageChunk
from langchain_core.outputs import ChatGenerationChunk
from scripted import ScriptedChat
from transformers import Qwen2Config, Qwen2ForCausalLM

from evals.opening import Opening
from evals.suites.cases import Case
from evals.suites.checking import SYSTEMS, open_checkers
from evals.suites.dossier import NOT_FOUND
from evals.suites.rows import AnswerData
from evals.suites.stated import evidence_of
from index.pipeline import open_library
from index.weights.fetch import fetch_weights
from qa.chain import AnswerChain
from qa.check.verify import verdict_of
from qa.errors import ModelError
from qa.find.expand import WordSimilarity
from qa.find.search import find_evidence
from qa.model.adapters import SHA256, adapter_of
from qa.model.embedded import EmbeddedServer
from qa.model.open import Model, open_model
from qa.model.prompt import Line, build_front, build_grammar, build_prompt, declining, number_lines
from qa.model.reply import Reply
from qa.question.read import read_question
from qa.records import Answer, EvidenceFound
from qa.settings import DEFAULT_MODEL, Settings
from training.adapter import read_adapter, write_adapter
from training.blocks import Block, Turn, build_blocks, encode
from training.public import split_cases
from training.reader import Plan, Training, drawn, loss_of, not_known, widen
from training.readings import CLAIM, PUBLIC, Reading, split_groups

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


def loss_over(model, given: list) -> float:
    with torch.no_grad():
        return sum(loss_of(model, block).item() for block in given) / sum(len(block.targets) for block in given)


PLAN = Plan(rank=8, first_layer=0, rate=1e-2, questions_a_step=1, kept_every=12)


def test_what_is_learned_makes_the_answers_likelier():
    torch.manual_seed(1)
    model, given = tiny(), blocks()
    before = loss_over(model, given)
    training = Training(model, given, PLAN)
    training.run()
    assert loss_over(model, given) < 0.95 * before
    assert training.curve[-1][0] == sum(int(block.part.max()) for block in given)


def test_a_run_that_was_cut_off_ends_as_it_would_have(tmp_path):
    torch.manual_seed(1)
    whole = Training(tiny(), blocks(), PLAN)
    whole.run()
    torch.manual_seed(1)
    begun = Training(tiny(), blocks(), PLAN)
    begun.run(tmp_path / "checkpoint.pt", until=10)
    resumed = Training(tiny(), blocks(), PLAN)
    resumed.load(tmp_path / "checkpoint.pt")
    assert 0 < resumed.at < begun.at == 10
    half_way = {name: matrix.clone() for name, matrix in resumed.learned().items()}
    resumed.run()
    assert resumed.curve == whole.curve
    for name, matrix in resumed.learned().items():
        assert torch.equal(matrix, whole.learned()[name]), name
        assert not torch.equal(matrix, half_way[name]), name


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


def test_a_training_goes_on_from_an_adapter(tmp_path):
    first = Training(tiny(), blocks()[:2], PLAN)
    first.run()
    write_adapter(tmp_path / "reader.gguf", first.learned(), rank=PLAN.rank)
    second = Training(tiny(), blocks()[:2], PLAN)
    second.begin(read_adapter(tmp_path / "reader.gguf"))
    for name, matrix in second.learned().items():
        assert matrix.numpy() == pytest.approx(first.learned()[name].numpy(), rel=1e-2, abs=1e-5), name


def test_of_a_public_question_only_is_learned_whether_it_is_declined():
    public = [
        replace(reading("first", "", (0,)), kind=PUBLIC),
        replace(reading("fifth", NOT_FOUND), kind=PUBLIC),
    ]
    (block,) = build_blocks(public, 3, 0.5, random.Random(1))
    assert [(turn.answer, turn.refused) for turn in block.turns] == [(NOT_FOUND, True), (NOT_FOUND, False)]
    encoded = encode(block, Bytes())
    assert encoded.targets.tolist()[0] == ord("N")
    assert encoded.refused.tolist() == [True, *(False for _ in f"{NOT_FOUND}<|im_end|>")]


def test_what_is_refused_becomes_less_likely():
    torch.manual_seed(1)
    model = tiny()
    asked, told = "Question: a?", NOT_FOUND
    written = encode(Block("[1] x", (Turn(asked, told),)), Bytes())
    refused = encode(Block("[1] x", (Turn(asked, told, refused=True),)), Bytes())
    training = Training(model, [refused] * 12, PLAN)
    before = loss_of(model, written).item(), loss_of(model, refused).item()
    training.run()
    assert loss_of(model, written).item() > before[0]
    assert loss_of(model, refused).item() < before[1]


def test_nothing_is_learned_from_half_of_a_public_set_by_article_where_it_has_some():
    case = Case("1", None, "fact", "Who?", True, (), (), ())
    of_articles = [replace(case, id=f"{article}{n}", provenance=article) for article in "abcd" for n in range(3)]
    of_one = [replace(case, id=str(n)) for n in range(4)]
    learned, held = split_cases(AnswerData("squad2", tuple(of_articles), (), ""))
    assert {one.provenance for one in learned} == {"a", "c"}
    assert {one.provenance for one in held} == {"b", "d"}
    assert [[one.id for one in half] for half in split_cases(AnswerData("x", tuple(of_one), (), ""))] == [
        ["0", "2"],
        ["1", "3"],
    ]


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
        "She said that 36 members had voted for it and 12 against it. The Green group abstained.\n"
    )
    with open_library(tmp_path / "library", HashingEmbedder()) as opened:
        opened.add([folder])
        yield opened


class Judging(ScriptedChat):
    """Tells that a claim is proved with this probability, or, where it tells none, writes this."""

    proved: float | None = 0.7
    judgement: str = "Yes"

    def _stream(self, messages, stop=None, run_manager=None, **kwargs):
        prompt = str(messages[-1].content)
        if "\nClaim: " not in prompt:
            yield from super()._stream(messages, stop, run_manager, **kwargs)
            return
        self.asked.append(prompt)
        chances = {} if self.proved is None else {"Yes": self.proved, "No": 1 - self.proved}
        tokens = [{"token": word, "logprob": math.log(chance)} for word, chance in chances.items()]
        told = {"logprobs": {"content": [{"top_logprobs": tokens}]}} if tokens else {}
        yield ChatGenerationChunk(message=AIMessageChunk(self.judgement, response_metadata=told))


OPENED = "opened the Harrow bridge"


def ask(
    library,
    text: str,
    cited: str = OPENED,
    *,
    declining=0.05,
    proved=0.7,
    judgement="Yes",
    question=f"Who {OPENED}?",
    chat_of=Judging,
    **settings,
):
    """The answer when the model writes `text` behind which it names the sentence that holds `cited`."""
    found = next(AnswerChain(library, Model("none", None), Settings()).stream(question))
    assert isinstance(found, EvidenceFound)
    number = next(citation.number for citation in found.citations if cited in citation.quote)
    chat = chat_of(script={"": [f"{text} [{number}]."]}, declining=declining, proved=proved, judgement=judgement)
    model = Model("trained", chat, takes_grammar=True, trained=True)
    answer = AnswerChain(library, model, Settings(**settings)).invoke(question)
    return answer, chat.asked


def own(answer: Answer) -> list[str]:
    """The sentences of the answer in the model's words."""
    return [claim.text for claim in answer.claims if not claim.verbatim]


OTHER_WORDS = "Ines Calder inaugurated the crossing at Harrow"


def test_a_trained_model_reads_no_worked_examples_and_the_passages_own_words_need_no_judgement(library):
    answer, (prompt,) = ask(library, "Mayor Ines Calder opened the Harrow bridge")
    assert answer.status == "answered"
    assert [claim.text for claim in answer.claims] == ["Mayor Ines Calder opened the Harrow bridge."]
    assert prompt.count("Question:") == 1
    assert len(build_front(trained=True)) == 1


def test_other_words_are_judged_by_the_sentence_that_is_cited_alone(library):
    answer, (_, judged) = ask(library, OTHER_WORDS)
    assert own(answer) == [f"{OTHER_WORDS}."]
    assert judged.rpartition("Claim:")[0].count("\n") == 2, "the heading and the sentence cited"


def test_other_words_are_no_reason_to_withhold_but_another_number_is(library):
    question = "How did the vote go?"
    answer, _ = ask(library, "The plan was carried with 36 in favour", "36 members", question=question)
    assert own(answer)
    answer, _ = ask(library, "The plan was carried with 63 in favour", "36 members", question=question)
    assert not own(answer)
    assert any("The number 63" in problem for problem in answer.problems)


def test_a_number_that_follows_from_two_that_are_cited_is_left_to_the_models_judgement(library):
    question, cited = "How did the vote go?", "36 members"
    reckoned = "The plan was carried with 24 more in favour"
    for proved, told in ((0.9, True), (0.1, False)):
        answer, _ = ask(library, reckoned, cited, question=question, proved=proved)
        assert bool(own(answer)) is told
    answer, _ = ask(library, reckoned.replace("24", "25"), cited, question=question, proved=0.9)
    assert not own(answer)


def test_the_documents_best_sentence_stands_beside_the_models_where_that_says_something_else(library):
    answer, _ = ask(library, "The Green group abstained", "Green group")
    own, beside = answer.claims
    assert (own.verbatim, beside.verbatim) == (False, True)
    assert "opened the Harrow bridge" in beside.text
    same, _ = ask(library, "Mayor Ines Calder opened the Harrow bridge on Thursday")
    assert [claim.verbatim for claim in same.claims] == [False]


def test_a_name_that_the_report_gives_stands_for_its_she_and_one_that_it_does_not_give_is_refused(library):
    for name, is_told in (("Ines Calder", True), ("Oda Brandt", False)):
        answer, _ = ask(
            library, f"{name} said that 36 members had voted for it", "36 members", question="How did the vote go?"
        )
        assert (name, bool(own(answer))) == (name, is_told)


def test_an_answer_that_begins_with_yes_names_nobody_of_that_name(library):
    answer, _ = ask(library, "Yes, Mayor Ines Calder opened the Harrow bridge", question="Did Calder open it?")
    assert answer.status == "answered"


def test_what_the_model_itself_takes_for_unproved_gives_way_to_the_documents_and_is_told(library):
    answer, _ = ask(library, OTHER_WORDS, proved=0.01)
    assert answer.claims and not own(answer)
    assert any("unlikely to follow" in problem for problem in answer.problems)


def test_what_the_sentence_pointed_to_does_not_bear_is_cited_from_where_it_stands(library):
    question = "How did the vote go?"
    answer, _ = ask(library, "36 members had voted for it", "Green group", question=question, proved=0.01)
    (claim,) = (claim for claim in answer.claims if not claim.verbatim)
    assert [citation.quote for citation in claim.citations] == [
        "She said that 36 members had voted for it and 12 against it."
    ]
    assert any("bears; that is cited" in problem for problem in answer.problems)
    answer, _ = ask(library, "63 members had voted for it", "Green group", question=question, proved=0.01)
    assert not own(answer)


def test_what_two_sentences_bear_only_together_cites_both(library):
    class Joining(Judging):
        """Takes the claim for proved where it reads both sentences."""

        def _stream(self, messages, stop=None, run_manager=None, **kwargs):
            self.proved = 0.9 if str(messages[-1].content).count("[2]") else 0.1
            yield from super()._stream(messages, stop, run_manager, **kwargs)

    text = "A crossing that 36 people backed was inaugurated by Ines Calder"
    answer, _ = ask(library, text, "opened the Harrow", question="How did the vote go?", chat_of=Joining)
    (claim,) = (claim for claim in answer.claims if not claim.verbatim)
    assert len(claim.citations) == 2


def test_what_the_model_takes_for_unproved_gives_way_to_the_documents_only_where_they_are_likely_to_answer(library):
    for inclined, status in ((0.05, "answered"), (0.6, "not_found")):
        answer, _ = ask(library, OTHER_WORDS, proved=0.01, declining=inclined)
        assert (inclined, answer.status) == (inclined, status)
    answer, _ = ask(library, OTHER_WORDS, proved=0.01, declining=0.6, unsupported="quote")
    assert answer.status == "answered"


def test_where_no_sentence_of_the_documents_answers_either_it_is_declined(library):
    answer, _ = ask(library, "The bridge cost 63 million", question="How many millions did the bridge cost?")
    assert (answer.status, answer.declined) == ("not_found", ("unsupported",))
    assert not any("quoted" in problem for problem in answer.problems), "nothing is"


@pytest.mark.parametrize(("proved", "verdict"), [(0.95, "supported"), (0.05, "unsupported")])
def test_suites_of_sentences_check_as_the_product_does_with_the_models_judgement_and_without(library, proved, verdict):
    model = Model("trained", Judging(script={}, proved=proved), takes_grammar=True, trained=True)
    (state, *_) = (one for one in library.documents() if OPENED in one.document.text)
    at = state.document.text.index("Mayor Ines Calder")
    evidence = evidence_of(state.document, [(at, state.document.text.index(".", at) + 1)])
    with open_checkers(SYSTEMS, Settings(), Opening(open_model=lambda settings: model)) as checkers:
        found = {name: verdict_of(checkers[name](f"{OTHER_WORDS}.", evidence)) for name in SYSTEMS}
    assert found == {"dateline": verdict, "none": "unsupported"}


@pytest.mark.parametrize(("judgement", "is_told"), [("Yes", True), ("No", False)])
def test_a_model_that_tells_no_probability_is_taken_at_its_word(library, judgement, is_told):
    answer, _ = ask(library, OTHER_WORDS, proved=None, judgement=judgement)
    assert bool(own(answer)) == is_told


@pytest.mark.parametrize(("time", "is_told"), [("9 May 2019", True), ("12 May 2019", False)])
def test_a_day_that_the_report_does_not_name_is_not_told_by_its_year(library, time, is_told):
    answer, _ = ask(library, f"On {time} the Green group abstained", "Green group", question="What did the Greens do?")
    assert bool(own(answer)) == is_told


def test_what_is_not_borne_out_is_marked_or_gives_way_to_the_documents_where_that_is_asked_for(library):
    text, question = "Mayor Ines Calder opened 63 Harrow bridges", "Who opened the Harrow bridge?"
    marked_, _ = ask(library, text, question=question, unsupported="mark")
    assert [(claim.text, claim.verdict != "supported") for claim in marked_.claims] == [(f"{text}.", True)]
    quoted, _ = ask(library, text, question=question, unsupported="quote")
    assert quoted.status == "answered"
    assert all(claim.verbatim for claim in quoted.claims)
    assert any("Withheld" in problem for problem in quoted.problems)


def test_a_model_that_is_inclined_to_decline_is_stopped(library):
    answer, asked = ask(library, "Mayor Ines Calder opened it", declining=0.9)
    assert (answer.status, answer.declined, len(asked)) == ("not_found", ("unlikely",), 1)


def test_reports_are_set_against_each_other_without_worked_examples(library):
    asked = read_question("Do the Orme Daily and the Post agree on the bridge?", date(2026, 1, 1))
    (evidence,) = find_evidence(library, WordSimilarity(library.embedder), Settings(), [asked])
    rules, prompt = build_prompt(asked, evidence, judge=True, trained=True)
    assert rules.content == build_front(trained=True)[0].content
    assert str(prompt.content).endswith("?\nYes or No?")


@pytest.mark.model
def test_the_adapter_changes_what_the_model_says_and_that_which_may_not_decline_does_not(library, tmp_path):
    settings = Settings()
    weights = fetch_weights(DEFAULT_MODEL, settings.cache, settings.weights)
    asked = read_question("How did the Green group vote?", date(2026, 1, 1))
    (evidence,) = find_evidence(library, WordSimilarity(library.embedder), settings, [asked])
    prompt = build_prompt(asked, evidence, trained=True)
    numbers = [one.number for one in evidence]
    told = {}
    for adapter in (None, adapter_of(DEFAULT_MODEL)):
        server = EmbeddedServer(weights, None, tmp_path, adapter)
        try:
            chat = open_model(Settings(model=server.address)).chat
            model = Model("local", chat, takes_grammar=True)
            with Reply(model, prompt, build_grammar(numbers), tell_first=True) as reply:
                next(iter(reply))
            told[adapter] = declining(reply.first)
            forced = "".join(Reply(model, prompt, build_grammar(numbers, may_decline=False)))
            assert not forced.startswith("NOT")
        finally:
            server.close()
    untrained, trained = told.values()
    assert trained < untrained / 2


def test_an_adapter_is_what_was_installed_or_none(tmp_path):
    assert adapter_of("qwen2.5-0.5b") is None
    for name in SHA256:
        assert adapter_of(name).exists()
        (tmp_path / f"{name}.gguf").write_bytes(b"GGUF and something else")
        with pytest.raises(ModelError, match="Install Dateline again"):
            adapter_of(name, tmp_path)
    with pytest.raises(ModelError, match="cannot be read"):
        adapter_of("qwen2.5-1.5b", tmp_path / "nowhere")


def test_a_run_learns_what_is_new_and_only_a_share_of_what_was_learned_before():
    asked = [reading(f"one-q{number:02}", "It rose [1].", (0,)) for number in range(40)]
    earlier = [reading("one-c00", "It fell [1].", (0,)), reading("one-j00", "No", (3,), kind=CLAIM)]
    assert not_known([*asked, *earlier], Plan(known=29, again=0.0)) == asked[29:]
    assert not_known([*asked, *earlier], Plan(known=29)) == [*asked, *earlier]
    assert 110 < len(not_known(asked * 10, Plan(known=30, again=0.1))) < 160


def test_a_run_that_is_cut_to_so_many_blocks_learns_from_the_first_ones():
    asked = [reading(f"one-q{number:02}", "It rose [1].", (0,)) for number in range(40)]
    every = drawn(asked, [], Plan(epochs=1.0, together=4))
    assert drawn(asked, [], Plan(epochs=1.0, together=4, blocks=3)) == every[:3]
    assert len(every) > 3
