"""A question in another language than the documents is told to be that, and is not answered by chance."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from scripted import ScriptedChat
from test_ui import ask_app, filled, library, shown

from index.pipeline import Library
from qa.chain import AnswerChain
from qa.model.open import Model
from qa.question.language import language_asked
from qa.settings import Settings

__all__ = ["filled", "library"]
REPORT = (
    "The council of Oldham met on Monday about the port. Nobody voted against the plan of Mayor Roe, who will see the "
    "minister in Orme on 9 May 2025. The new port costs 30 million and was closed for two years.\n"
)
FOREIGN = {
    "Qui a voté contre le plan ?": ("fr", "French"),
    "Quand la maire Roe rencontrera-t-elle le ministre à Orme ?": ("fr", "French"),
    "Combien coûte le nouveau port ?": ("fr", "French"),
    "Wer hat gegen den Plan gestimmt?": ("de", "German"),
    "Wann trifft Bürgermeisterin Roe den Minister in Orme?": ("de", "German"),
    "Wer ist Roe aus Oldham?": ("de", "German"),
}


@pytest.fixture
def english(library: Library, tmp_path: Path) -> Library:
    (tmp_path / "port.txt").write_text(f"Vote on the port\n\n4 May 2025\n\n{REPORT}")
    library.add([tmp_path / "port.txt"])
    assert [one.document.language for one in library.documents()] == ["en"]
    return library


def chain_of(library: Library) -> AnswerChain:
    """One whose model says something whatever it is asked."""
    return AnswerChain(
        library,
        Model("scripted", ScriptedChat(script={"": ["The new port costs 30 million [1]."]})),
        Settings(model="none"),
    )


@pytest.mark.parametrize("question", FOREIGN)
def test_a_question_in_another_language_is_told_and_never_answered_by_chance(english: Library, question: str) -> None:
    answer = chain_of(english).invoke(question)

    assert (answer.status, answer.declined, answer.claims) == ("not_found", ("language",), ())
    assert answer.missing == (
        f"The question seems to be in {FOREIGN[question][1]}, and the passages found are in English. Dateline reads "
        "questions in English, and this one was not translated: ask in English, or with a model that translates.",
    )


def test_the_page_says_that_asking_in_english_will_find_more(english: Library) -> None:
    app = ask_app(english, chain_of(english))
    app.chat_input[0].set_value(next(iter(FOREIGN))).run()
    assert "The question seems to be in French" in shown(app)


def test_a_question_in_the_language_of_the_documents_is_not_declined_for_it(library: Library, tmp_path: Path) -> None:
    text = "Le conseil de la ville a voté lundi sur le plan du port. Personne n'a voté contre le plan de la maire.\n"
    (tmp_path / "port.txt").write_text(text * 2)
    library.add([tmp_path / "port.txt"])
    assert [one.document.language for one in library.documents()] == ["fr"]
    assert "language" not in chain_of(library).invoke("Qui a voté contre le plan ?").declined


def test_a_question_in_english_is_answered_as_ever(english: Library) -> None:
    answer = chain_of(english).invoke("What does the new port cost?")
    assert (answer.status, answer.declined) == ("answered", ())


@pytest.mark.parametrize("question", FOREIGN)
def test_the_language_of_a_question_is_told(question: str) -> None:
    assert language_asked(question) == FOREIGN[question][0]


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Кто голосовал против плана?", "ru"),
        ("谁投票反对该决议?", "zh"),
        ("¿Quién votó en contra del plan?", "es"),
    ],
)
def test_other_letters_and_languages_are_told_too(question: str, language: str) -> None:
    assert language_asked(question) == language


@pytest.mark.parametrize("question", ["", "?", "Putin?", "Delacroix-Humé?", "plus debts?", "vaccines", "Café Müller"])
def test_a_word_or_two_or_a_name_has_no_language(question: str) -> None:
    assert language_asked(question) is None


def test_no_question_in_english_of_the_cases_is_told_to_be_in_another_language() -> None:
    cases = [path.read_text(encoding="utf-8").splitlines() for path in Path("evals/cases").glob("seeds*.jsonl")]
    asked = {json.loads(line)["question"] for lines in cases for line in lines}
    assert len(asked) > 200
    assert [question for question in asked if language_asked(question)] == []
