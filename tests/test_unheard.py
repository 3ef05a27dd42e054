"""A name or a time that no document speaks of is said at once."""

from __future__ import annotations

import pytest
from scripted import scripted

from index.embed import open_embedder
from index.pipeline import open_library
from qa.chain import AnswerChain
from qa.settings import Settings

pytestmark = pytest.mark.model  # near words need the real embeddings


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("What did Angela Merkel say about the vote?", "No document found mentions 'Merkel'."),
        ("What did Amnesty International say?", "No document found mentions 'Amnesty'."),
        ("Which countries did Min Aung Hlaing visit in 2023?", "No document found speaks of 2023."),
        ("What happened on 3 July 2021?", "No document found speaks of 3 July 2021."),
    ],
)
def test_what_no_document_speaks_of_is_declined_without_asking_the_model(seed_library, question, reason):
    answer = AnswerChain(seed_library, scripted(), Settings()).invoke(question)  # its script has no reply to anything
    assert answer.status == "not_found"
    assert reason in answer.problems
    assert answer.nearest


@pytest.mark.parametrize(
    "question",
    [
        "When did the ASEAN leaders meet in Jakarta?",
        "What did Min Aung Hliang say?",
        "What did the UN decide in June 2021?",
        "Which Russian official spoke?",
        "What did Vladimir Vladimirovich Putin say?",
        "What did The Moscow Times report?",
    ],
)
def test_another_spelling_an_acronym_and_an_outlet_are_known(seed_library, question):
    chain = AnswerChain(seed_library, scripted(**{"": ["NOT FOUND"]}), Settings())
    assert not [problem for problem in chain.invoke(question).problems if problem.startswith("No document")]


def test_an_author_whom_only_the_user_named_is_known(tmp_path):
    settings = Settings()
    embedder = open_embedder(settings.embedder, settings.cache, settings.weights)
    (tmp_path / "a.txt").write_text("The bridge was opened in Harrow on Thursday after a long debate.")
    with open_library(tmp_path / "library", embedder) as given:
        given.add([tmp_path / "a.txt"], given={"author": "Zuzana Ondrejova"})
        answer = AnswerChain(given, scripted(**{"": ["NOT FOUND"]}), settings).invoke("What did Zuzana Ondrejova say?")
    assert not [problem for problem in answer.problems if problem.startswith("No document")]
