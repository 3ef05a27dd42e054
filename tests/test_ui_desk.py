"""What stands under and beside an answer: its timeline, and the pages of its quotes as they are printed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pdfs import pdf_of
from streamlit.testing.v1 import AppTest
from test_ui import SUPPORTED, Scripted, answered, ask_app, citation, document, filled, library, shown

from index.load import load_document
from index.pipeline import Library
from index.records import Document
from qa.chain import AnswerChain
from qa.compare.timeline import timeline_of
from qa.model.open import Model
from qa.records import Citation, Claim, EvidenceFound, Time
from qa.settings import Settings
from ui.axis import PUBLISHED, rows_of
from ui.printed import on_pages

__all__ = ["filled", "library"]
PAGES = [["The council of Harrow met on Monday."], ["The mayor called it a long day.", "Nobody voted against it."]]
SUNDAY = Time("Sunday", "2021-06-20", "day", "2021-06-21")
JUNE = Time("June", "2021-06", "month", "2021-06-21")
FRIDAY = Time("Friday", "2021-06-25", "day", "2021-06-21")


@pytest.fixture
def port(tmp_path: Path) -> Path:
    path = tmp_path / "port.pdf"
    path.write_bytes(pdf_of(PAGES))
    return path


def quote_of(source: Document, words: str, number: int, page: int | None) -> Citation:
    return replace(citation(words, number, source), uri=source.uri, doc_id=source.doc_id, page=page)


def answer_app(library: Library, *citations: Citation) -> AppTest:
    claims = tuple(Claim(one.quote, (one,), "supported") for one in citations)
    app = ask_app(library, Scripted(EvidenceFound(citations, 0.1), answered(*claims, nearest=())))
    app.chat_input[0].set_value("Who voted against it?").run()
    assert not app.exception
    return app


# The timeline of an answer


def test_the_times_of_quotes_and_the_days_of_their_documents_stand_in_order_each_once() -> None:
    first = replace(citation(), times=(SUNDAY, JUNE))
    again = replace(citation("The council", 2), times=(FRIDAY,))
    other = replace(citation(number=3), doc_id="d2", published=date(2021, 6, 21), times=())

    events = timeline_of([first, again, other])

    assert [(event.time, event.words) for event in events] == [
        ("2021-06-20", "Sunday"),
        ("2021-06-21", ""),
        ("2021-06-25", "Friday"),
    ], "not the month, of which the sentence names the day"
    assert [one.number for one in events[1].citations] == [1, 3], "each document once"


def test_quotes_without_a_date_have_no_timeline() -> None:
    assert timeline_of([replace(citation(), published=None)]) == []


def test_a_day_of_publication_is_called_that_on_the_axis() -> None:
    assert [row["words"] for row in rows_of(dict(enumerate(timeline_of([citation()]))))] == [PUBLISHED]


def test_the_timeline_of_an_answer_is_drawn_once_it_is_opened_and_leads_to_its_quotes(filled: Library) -> None:
    (state,) = filled.documents()
    app = answer_app(filled, replace(quote_of(state.document, "The council of Oldham", 1, None), times=(SUNDAY,)))
    assert [one.label for one in app.expander] == ["Timeline of this answer: 2 dated events"]
    assert not app.get("vega_lite_chart"), "nothing is drawn unasked"

    app.session_state[f"dates-{app.session_state['exchanges'][0].id}"] = True  # as a click does
    app.run()

    assert "20 June 2021" in shown(app) and "day of publication" in shown(app)
    assert len(app.get("vega_lite_chart")) == 1
    assert shown(app).count('href="#dl-1-quote-1"') == 4, "in the answer, on its card, and at each event"


@pytest.mark.parametrize("times", [(), (Time("4 May", "2025-05-04", "day", None),)])
def test_an_answer_of_one_day_has_no_timeline(filled: Library, times: tuple[Time, ...]) -> None:
    (state,) = filled.documents()
    app = answer_app(filled, replace(quote_of(state.document, "The council of Oldham", 1, None), times=times))
    assert not app.expander


def test_a_refusal_has_no_timeline(filled: Library) -> None:
    nearest = (replace(citation(), times=(SUNDAY, FRIDAY)),)
    app = ask_app(filled, Scripted(EvidenceFound(nearest, 0.1), answered(nearest=nearest)))
    app.chat_input[0].set_value("Who voted against it?").run()
    assert "The documents do not say." in shown(app)
    assert not app.expander


# As printed


def test_a_quote_is_cited_with_its_own_page_not_that_on_which_its_passage_begins(library: Library, port: Path) -> None:
    library.add([port])
    (passage,) = library.passages_of(library.documents()[0].document.doc_id)
    assert passage.page == 1

    answer = AnswerChain(library, Model("none", None), Settings(model="none")).invoke("Who voted against it?")

    cited = {one.quote: one.page for claim in answer.claims for one in claim.citations}
    assert cited["Nobody voted against it."] == 2


def test_only_quotes_that_stand_on_a_page_of_a_pdf_are_offered_as_printed(port: Path) -> None:
    paper, text = load_document(port), document()
    on_page = quote_of(paper, "Nobody voted against it.", 2, 2)
    found = on_pages(
        [SUPPORTED.citations[0], on_page, replace(on_page, number=3, quote="Other words.")],
        {paper.doc_id: paper, text.doc_id: text}.get,
    )
    assert {number: one.page for number, (one, _) in found.items()} == {2: 2}
    assert on_pages([on_page], lambda doc_id: None) == {}, "a document that has gone has no page"


def test_beside_an_answer_the_page_of_the_quote_that_is_chosen_is_drawn_and_no_other(
    library: Library, port: Path
) -> None:
    library.add([port])
    source = library.documents()[0].document
    quotes = quote_of(source, "The council of Harrow", 1, 1), quote_of(source, "Nobody voted against it.", 2, 2)
    app = answer_app(library, *quotes)
    (offered,) = app.pills
    assert offered.options == ["[1] page 1", "[2] page 2"]
    assert not app.get("image"), "no page is drawn unasked"

    offered.set_value(2).run()

    assert len(app.get("image")) == 1
    assert "Page 2 of 2, the words marked" in shown(app)
    assert len(app.session_state["exchanges"]) == 1


def test_a_page_that_cannot_be_drawn_beside_an_answer_says_why(library: Library, port: Path) -> None:
    library.add([port])
    app = answer_app(library, quote_of(library.documents()[0].document, "Nobody voted against it.", 1, 2))
    port.unlink()
    app.pills[0].set_value(1).run()
    assert "The page is not shown" in shown(app)
    assert not app.get("image")


def test_an_answer_from_texts_without_pages_offers_none(filled: Library) -> None:
    (state,) = filled.documents()
    assert not answer_app(filled, quote_of(state.document, "The council of Oldham", 1, None)).pills
