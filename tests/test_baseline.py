"""The tutorial's chain, with a scripted model, hashed words and a real Chroma."""

from __future__ import annotations

import hashlib
import os
from datetime import date
from pathlib import Path

import pytest
from fakes import HashingEmbedder, prepare_lines
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.documents import Document as Chunk
from scripted import ScriptedChat, scripted

from evals.measures.declining import declines
from evals.measures.score import Source
from evals.tutorial import (
    CHUNK_SIZE,
    RETRIEVED,
    build_prompt,
    cite_chunks,
    open_baseline,
    place_chunks,
    split_source,
)
from index.errors import UserFacingError
from index.pipeline import open_library
from index.records import Document
from qa.errors import ModelError
from qa.model.open import NONE, Model
from qa.records import Answer, EvidenceFound, Piece, Question, Turn

VOTE = "How many countries abstained from the vote?"
BRIDGE = "Mayor Calder opened the bridge on Thursday."
TOPICS = ("harvest", "bridge", "election", "football", "weather", "budget", "museum", "railway")
LONG = "\n\n".join(f"Paragraph {i} tells of the {TOPICS[i % 8]}, {i * 37} words on. " * 6 for i in range(30))


def source(text: str, head: str = "", name: str = "a.txt", **details) -> Source:
    content_hash = hashlib.sha256(f"{name}{head}{text}".encode()).hexdigest()
    given = {"title": name, "outlet": "The Times", "author": "A. Writer", "published": date(2021, 6, 20)} | details
    document = Document(
        doc_id=content_hash[:16], uri=f"/docs/{name}", language=None, text=text, content_hash=content_hash, **given
    )
    return Source(document, head + text, head)


def replying(*replies: str) -> Model:
    return Model("scripted", ScriptedChat(script={"": list(replies)}))


def ask(folder: Path, sources: list[Source], reply: str, question: str = VOTE) -> tuple[EvidenceFound, Answer]:
    with open_baseline(sources, HashingEmbedder(), replying(reply), folder) as chain:
        found, *_, answer = chain.stream(question)
    assert isinstance(found, EvidenceFound) and isinstance(answer, Answer)
    return found, answer


def test_events_come_in_order_evidence_text_answer(tmp_path):
    with open_baseline([source("36 countries abstained.")], HashingEmbedder(), replying("36 did."), tmp_path) as chain:
        chain.warm()
        events = list(chain.stream(Question(VOTE, history=(Turn("Before?", "Yes."),))))
    assert isinstance(events[0], EvidenceFound)
    assert [event.text for event in events if isinstance(event, Piece)] == ["36 ", "did. "]
    assert isinstance(events[-1], Answer)


def test_the_reply_is_one_claim_that_cites_every_chunk_retrieved(tmp_path):
    made = source("36 countries abstained.")
    found, answer = ask(tmp_path, [made, source(BRIDGE, name="b.txt")], "36  countries\nabstained. One voted no.")
    (claim,) = answer.claims
    assert (claim.text, claim.verdict) == ("36 countries abstained. One voted no.", "supported")
    assert claim.citations == answer.nearest == found.citations
    assert [citation.number for citation in found.citations] == [1, 2]
    first = found.citations[0]
    assert (first.doc_id, first.uri, first.title) == (made.document.doc_id, "/docs/a.txt", "a.txt")
    assert (first.outlet, first.author, first.published) == ("The Times", "A. Writer", date(2021, 6, 20))
    assert (answer.status, answer.model, answer.problems) == ("answered", "baseline/scripted", ())
    assert (answer.searched.documents, answer.searched.passages, answer.searched.query) == (2, 2, VOTE)
    assert 0 < answer.seconds["evidence"] <= answer.seconds["first_word"] <= answer.seconds["answer"]


@pytest.mark.parametrize("head", ["", "A title\nBy A. Writer, 2021-06-20\n\n", "h" * 3 * CHUNK_SIZE + "\n\n"])
@pytest.mark.parametrize("text", [LONG, f"\n\n  {LONG}  \n", f"\r\n{LONG}".replace("\n\n", "\r\n"), "x" * 3500])
def test_offsets_are_those_of_the_documents_text(head, text):
    made = source(text, head)
    chunks = split_source(made)
    cited, problems = cite_chunks(chunks, {made.document.uri: made})
    assert len(chunks) > 3
    for citation in cited:
        # The words of the chunk that are the text's own.
        chunk = chunks[citation.number - 1].page_content
        assert citation.quote == text[citation.start : citation.end] != ""
        assert chunk.endswith(citation.quote)
        assert chunk == citation.quote or citation.start == 0
    assert len(cited) + len(problems) == len(chunks)
    assert all("stands ahead of the text" in problem for problem in problems)
    assert bool(problems) >= (len(head) > CHUNK_SIZE) and bool(problems) <= bool(head)
    # Together they leave out nothing but white space.
    covered = set().union(*(range(citation.start, citation.end) for citation in cited))
    assert not "".join(letter for at, letter in enumerate(text) if at not in covered).strip()


@given(st.text(alphabet="ab \n.", max_size=3000), st.sampled_from(["", "t\n\n", "a" * 900 + "\n"]), st.integers(1, 4))
def test_whatever_the_text_every_citation_is_an_exact_slice(text, head, times):
    made = source(text * times, head)
    chunks = split_source(made)
    starts = [chunk.metadata["start_index"] for chunk in chunks]
    assert starts == sorted(set(starts))
    cited, _ = cite_chunks(chunks, {made.document.uri: made})
    for citation in cited:
        assert citation.quote == made.document.text[citation.start : citation.end]
        assert chunks[citation.number - 1].page_content.endswith(citation.quote)


def test_a_chunk_that_was_not_found_is_looked_up_after_the_one_before():
    text = "one two one two three"
    assert place_chunks(text, [("one", 0), ("one two", -1), ("three", 16)]) == [0, 8, 16]
    assert place_chunks(text, [("one", 0), ("four", -1), ("two", -1)]) == [0, -1, 4]
    assert place_chunks(text, [("two", 12), ("three", 3)]) == [12, 16]


def test_a_chunk_that_stands_nowhere_is_not_cited_but_told():
    made = source("36 countries abstained.")
    chunks = [
        Chunk(page_content="lost", metadata={"source": made.document.uri, "start_index": -1}),
        Chunk(page_content="countries", metadata={"source": made.document.uri, "start_index": 3}),
    ]
    (cited,), problems = cite_chunks(chunks, {made.document.uri: made})
    assert (cited.number, cited.start, cited.quote) == (2, 3, "countries")
    assert problems == ["Chunk 1 of 'a.txt' does not stand in the document; the model read it, but it is not cited."]


def test_a_citation_shows_the_page_it_begins_on():
    made = source("36 abstained.\fOne voted no.", page_starts=(0, 14))
    chunk = Chunk(page_content="One voted no.", metadata={"source": made.document.uri, "start_index": 14})
    (cited,), _ = cite_chunks([chunk], {made.document.uri: made})
    assert cited.page == 2


def test_the_four_nearest_chunks_and_no_other_go_to_the_prompt(tmp_path):
    made = source(LONG)
    embedder, model = HashingEmbedder(), replying("The budget.")
    question = "Which paragraph tells of the budget?"
    with open_baseline([made], embedder, model, tmp_path) as chain:
        found = next(iter(chain.stream(question)))
        list(chain.stream(question))
    chunks = [chunk.page_content for chunk in split_source(made)]
    likeness = dict(zip(chunks, embedder.encode(chunks) @ embedder.encode([question])[0], strict=True))
    shown = [citation.quote for citation in found.citations]
    assert len(set(shown)) == RETRIEVED < len(chunks)
    # Compared by likeness, since two chunks may be as near.
    assert [likeness[words] for words in shown] == pytest.approx(sorted(likeness.values(), reverse=True)[:RETRIEVED])
    (prompt,) = model.chat.asked[-1:]
    assert prompt == "Context:\n" + "\n\n".join(shown) + f"\n\nQuestion: {question}"


def test_the_prompt_is_the_rules_and_one_message_without_markers():
    rules, asked = build_prompt(VOTE, [Chunk(page_content="36 {abstained}.")])
    assert (rules.type, asked.type) == ("system", "human")
    assert "don't know" in str(rules.content)
    assert asked.content == f"Context:\n36 {{abstained}}.\n\nQuestion: {VOTE}"


def test_a_refusal_is_not_found_and_its_words_are_kept(tmp_path):
    found, answer = ask(tmp_path, [source(BRIDGE)], "I don't know, the context does not say.")
    assert (answer.status, answer.claims) == ("not_found", ())
    assert answer.nearest == found.citations != ()
    assert answer.problems == ("Declined: “I don't know, the context does not say.”",)


def test_a_model_that_writes_nothing_declines(tmp_path):
    _, answer = ask(tmp_path, [source(BRIDGE)], "")
    assert (answer.status, answer.problems) == ("not_found", ("The model wrote nothing.",))


def test_a_model_that_dies_in_the_middle_is_a_clear_error(tmp_path):
    with open_baseline([source(BRIDGE)], HashingEmbedder(), replying("36 countries DIE"), tmp_path) as chain:
        events = chain.stream(VOTE)
        assert isinstance(next(events), EvidenceFound)
        with pytest.raises(ModelError, match="stopped answering: peer closed the connection"):
            list(events)


def test_without_a_language_model_it_is_refused(tmp_path):
    refused = pytest.raises(UserFacingError, match=r"baseline.*'none'.*DATELINE_MODEL")
    with refused, open_baseline([source(BRIDGE)], HashingEmbedder(), Model(NONE, None), tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("sources", [[], [source(" \n ")]])
def test_documents_without_text_are_refused(tmp_path, sources):
    with (
        pytest.raises(UserFacingError, match="no text"),
        open_baseline(sources, HashingEmbedder(), replying("36."), tmp_path),
    ):
        pass


def test_each_opening_begins_empty_and_leaves_nothing(tmp_path):
    folder = tmp_path / "new"
    for text in ("36 countries abstained.", BRIDGE):
        with open_baseline([source(text)], HashingEmbedder(), replying("Yes."), folder) as chain:
            assert len(list(folder.iterdir())) == 1
            found, *_, answer = chain.stream(VOTE)
        assert [citation.quote for citation in found.citations] == [text]
        assert answer.searched.passages == 1
        assert list(folder.iterdir()) == []


def test_it_stands_beside_a_library_and_another_baseline_in_one_process(tmp_path):
    file = tmp_path / "lines.txt"
    file.write_text("36 countries abstained.\nBelarus voted against it.")
    embedder = HashingEmbedder()
    with open_library(tmp_path / "library", embedder, prepare=prepare_lines) as library:
        library.add([file])
        before = library.dense(embedder.encode([VOTE])[0], 1)
        with (
            open_baseline([source(BRIDGE)], embedder, scripted(abstained=["36."]), tmp_path / "a") as one,
            open_baseline([source(LONG)], embedder, scripted(abstained=["37."]), tmp_path / "a") as other,
        ):
            *_, first = one.stream(VOTE)
            *_, second = other.stream(VOTE)
            assert library.dense(embedder.encode([VOTE])[0], 1) == before != []
        assert library.dense(embedder.encode([VOTE])[0], 1) == before
    assert (first.text, second.text[:2]) == ("36 [1].", "37")


def test_files_and_variables_meant_for_others_change_nothing(tmp_path, monkeypatch):
    (tmp_path / ".env").write_text("IS_PERSISTENT=perhaps\nCHROMA_SERVER_HTTP_PORT=none\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(os.environ, "CHROMA_SERVER_SSL_ENABLED", "perhaps")
    _, answer = ask(tmp_path / "chroma", [source(BRIDGE)], "On Thursday.")
    assert answer.status == "answered"


REFUSALS = """
I don't know.
I don’t know.
I do not know the answer to that question.
I'm sorry, but I don't know.
I'm sorry. I can't find it.
Sorry, I cannot find the answer in the provided context.
Unfortunately, the retrieved passages do not say how many countries abstained.
The context does not mention how many countries abstained.
The provided context doesn't specify the exact date of the visit.
Based on the provided context, there is no information about the cost of the trip.
Based on the context provided I cannot determine who paid.
According to the given text, it is unclear who paid.
There is no mention of a trip to Paris in the retrieved context.
The answer is not provided in the context.
The answer to this question cannot be determined from the text.
It is not mentioned in the documents.
The text provided does not contain information about the weather.
The documents provided do not contain any details on that.
The cost of the trip is not mentioned.
The exact number is not specified in the provided context.
The name of the minister isn't stated.
No information is given about the cost.
No specific information.
Not mentioned.
Unclear.
Unknown.
I couldn't find any information about it.
I am unable to answer this question.
I'm not sure.
I have no information about that.
While the context mentions Moscow, Minsk and Kiev, it does not specify the date of the visit.
The context only says that he came, but does not mention who paid.
The context states that he arrived on Sunday and does not provide a reason.
None of the passages mention the price.
The article does not mention the price.
It cannot be determined from the text.
There is not enough information in the context to answer.
There isn't enough information to say.
Not enough information.
Answer: I don't know.
I don't have enough information to answer.
The context lacks details on it.
The passages make no mention of the price.
The retrieved documents contain no information on this.
However, the text does not say who paid.
It is unclear from the context who paid.
The reason for the visit is unclear.
No, the context does not mention that.
I don't know. Russia may have abstained.
I cannot answer the question because the context does not say.
As the context does not mention the price, I do not know it.
The text does not state the answer; it is about another year.
The information is not available in the given context.
There is no information.
The document does not provide the answer.
The context about Myanmar does not mention the price.
We do not know from the passages who paid.
It does not say.
The date is not explicitly mentioned in the text.
That information is not in the context.
Nothing in the documents says who paid.
The specific reason why Russia abstained is not provided in the text.
The reason isn't clear from the passages.
""".strip().splitlines()

ANSWERS = """
Russia did not vote against it.
The prime minister did not say when he would return.
36 countries abstained, but the context does not mention which ones.
36 countries abstained. The context does not mention which ones.
Russia abstained, and the reason is not mentioned.
Although the context does not mention all of them, 36 countries abstained.
No.
No, Russia abstained.
No country voted against it except Belarus.
The soldiers were not provided with food.
Sanctions are not mentioned in the treaty.
The location was not specified by the police.
The minister said the location was not specified.
“I don't know,” the president told reporters.
The documents state that the minister did not mention a date.
According to the context, he did not say when he would return.
Unknown gunmen shot the mayor.
The bodies could not be identified.
There was no mention of sanctions in the speech.
There is no vaccine against it.
They do not recognise the government.
He was not found guilty.
The UN report does not mention Russia.
Based on the context, Russia abstained.
I think Russia abstained.
The text of the resolution does not mention China.
None of the soldiers survived.
Not all countries voted for it.
The police gave no information about the suspect.
While Russia abstained, Belarus voted against it.
As of June 2021, it had not been signed.
The report was published on Sunday.
The context says that Russia abstained.
The information was not shared with the police.
Nobody knows the answer, but Belarus voted against it.
There were no survivors.
Documents were not found in his house.
The vote was not clear until Friday.
At least 870.
""".strip().splitlines()


@pytest.mark.parametrize("reply", [*REFUSALS, "NOT FOUND", '"I don\'t know."', "", "  \n", ".", "I'm sorry."])
def test_a_refusal_is_recognised(reply):
    assert declines(reply)


@pytest.mark.parametrize("reply", ANSWERS)
def test_an_answer_is_no_refusal(reply):
    assert not declines(reply)


@given(st.sampled_from(REFUSALS), st.sampled_from(ANSWERS))
def test_only_the_first_sentence_declines(refusal, answer):
    assert declines(f"{refusal} {answer}")
    assert not declines(f"{answer} {refusal}")


@given(st.text(max_size=300))
def test_any_reply_declines_or_not(reply):
    assert declines(reply) in (True, False)
