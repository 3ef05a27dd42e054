"""The pages: what they show and keep, with a real library and without a language model."""

from __future__ import annotations

import re
import sqlite3
import tomllib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from inspect import isfunction
from pathlib import Path
from typing import Any

import pytest
import streamlit
from fakes import HashingEmbedder
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from index.errors import EmbedderMismatchError, LibraryError, LoadError
from index.load import load_document
from index.pipeline import Library, open_library
from index.records import Document
from index.report import FileRow, SyncReport
from index.uploads import safe_name, save_uploads
from qa.chain import AnswerChain
from qa.errors import ModelError
from qa.model.open import Model
from qa.records import Answer, Citation, Claim, Event, EvidenceFound, Piece, Question, Searched, Time, Turn
from qa.settings import Settings
from ui.ask import SEED_QUESTIONS, example_questions
from ui.asking import remembered
from ui.document import text_html
from ui.exchange import Exchange, Look, answer_html, beside_html, evidence_html, question_html, shown_draft
from ui.library import ADD, MAINTAIN, SEEN
from ui.opening import Opening
from ui.reports import Outcome, outcome_html
from ui.shared import age_in_words, error_markdown, escape, escape_markdown
from ui.sources import Sheets, context_of
from ui.uploads import delete_upload, followed_folders, keep_followed, roots_to_sync

TODAY = date(2026, 11, 22)
TEXT = (
    "Vote on the port\n\nBy Jane Roe\n\n4 May 2025\n\nThe council of Oldham met on Monday. Nobody voted against it.\n"
)
HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "![pixel](http://evil.example/x.png)",
    "[click](javascript:alert(1))",
    "$\\latex{x}$ and $$y$$",
    "`code` and ``more``",
    ":material/delete: :smile: :streamlit:",
    ":red[danger] :blue-background[x] :small[y]",
    '" onmouseover="alert(1)',
    "# heading\n\n- list\n\n> quote\n\n| a | b |",
    "-> <- --> http://evil.example www.evil.example a@evil.example",
    "&lt;b&gt; &amp; &#36;",
)


class Read(HTMLParser):
    """What a browser makes of HTML: its tags with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def document(text: str = TEXT, **known: Any) -> Document:
    values = {"title": "Vote on the port", "outlet": "The Oldham Post", "author": "Jane Roe"} | known
    published = values.pop("published", date(2021, 6, 21))
    return Document("d1", "/news/port.txt", published=published, language=None, text=text, content_hash="d1", **values)


def citation(quote: str = "Nobody voted against it.", number: int = 1, source: Document | None = None) -> Citation:
    source = source or document()
    start = source.text.index(quote)
    return Citation(
        number=number,
        doc_id=source.doc_id,
        uri=source.uri,
        title=source.title,
        outlet=source.outlet,
        author=source.author,
        published=source.published,
        page=None,
        start=start,
        end=start + len(quote),
        quote=quote,
    )


def answered(*claims: Claim, **changed: Any) -> Answer:
    values: dict[str, Any] = {
        "question": "Who voted against it?",
        "status": "answered" if claims else "not_found",
        "claims": claims,
        "nearest": (citation(),),
        "searched": Searched(3, 27, "Who voted against it?"),
        "problems": (),
        "model": "scripted",
        "seconds": {"evidence": 0.12, "first_word": 2.04, "answer": 4.5},
    }
    return Answer(**(values | changed))


SUPPORTED = Claim("Nobody voted against it.", (citation(),), "supported")


def look(live: bool = False, source: Document | None = None) -> Look:
    return Look(1, lambda doc_id: source or document(), TODAY, live)


# Escaping


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_in_html_is_text(text: str) -> None:
    read = Read(f'<p title="{escape(text)}">{escape(text)}</p>')

    assert read.tags == [("p", {"title": text})]
    assert read.text == text


@given(text=st.text())
def test_any_text_in_html_is_text(text: str) -> None:
    assert [tag for tag, _ in Read(f"<p>{escape(text)}</p>").tags] == ["p"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_in_markdown_has_no_sign_that_takes_effect(text: str) -> None:
    line = escape_markdown(text)

    assert "\n" not in line
    assert not re.search(r"(?<!\\)[^\w\s\\\N{WORD JOINER}“”]", line), "every sign is escaped"
    assert not re.search(r":(?:\\)?[\w\[/]", line), "a colon never touches what would make it a directive"
    assert "www." not in line.replace("\\", "")


def test_a_command_in_an_error_is_code_to_be_copied_and_nothing_else_is() -> None:
    shown = error_markdown("*Mend* it with `dateline models fetch`, or `dateline <b>x</b>`, *then* `rm`.")
    assert shown.startswith(r"\*Mend\* it with `dateline models fetch`\, or \`dateline \<")
    assert shown.count("`") - shown.count(r"\`") == 2


def test_markdown_escapes_keep_the_words() -> None:
    shown = escape_markdown(":red[x] is *not* `red`").replace("\\", "").replace("\N{WORD JOINER}", "")

    assert shown == ":red[x] is *not* `red`"


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_a_document_or_model_or_user_makes_a_tag(text: str) -> None:
    source = document(f"Before. {text} After.", title=text, outlet=text, author=text)
    cited = citation(text, source=source)
    claims = (Claim(text, (cited,), "supported"), Claim(text, (cited,), "unsupported", (text,)))
    answer = answered(*claims, searched=Searched(1, 1, f"{text} complete"), problems=(text,), model=text)
    exchange = Exchange(text, EvidenceFound((cited,), 0.1), "", 0, answer, prompts=(text,))
    pages = [question_html(exchange), evidence_html(exchange, look(source=source)), text_html(source)]
    pages += [answer_html(exchange, look(source=source)), beside_html(exchange, look(source=source))]
    pages += [answer_html(replace(exchange, answer=None, draft=text), look(live=True))]
    pages += [
        outcome_html(Outcome(text, SyncReport((FileRow(text, "added"), FileRow(text, "failed", reason=text))), (text,)))
    ]

    known = {"h2", "p", "bdi", "div", "span", "button", "ul", "li", "q", "mark", "a", "details", "summary", "s", "b"}
    known |= {"aside", "section", "kbd", "table", "thead", "tbody", "tr", "th", "td", "pre"}
    for page in pages:
        for tag, attributes in Read(page).tags:
            assert tag in known
            assert not [name for name in attributes if name.startswith("on") or name == "src"]
            assert re.fullmatch(
                r"library\?document=d1&at=\d+-\d+|#dl-1-quote-1", attributes.get("href", "#dl-1-quote-1")
            )


# Dates


@pytest.mark.parametrize(
    ("published", "words"),
    [
        (date(2026, 11, 22), "today"),
        (date(2026, 11, 21), "1 day before today"),
        (date(2026, 11, 9), "13 days before today"),
        (date(2026, 11, 8), "2 weeks before today"),
        (date(2026, 9, 23), "8 weeks before today"),
        (date(2026, 9, 22), "2 months before today"),
        (date(2025, 3, 3), "20 months before today"),
        (date(2024, 11, 22), "2 years before today"),
        (date(2023, 9, 1), "3 years and 2 months before today"),
        (date(2021, 11, 23), "4 years and 11 months before today"),
        (date(2021, 6, 21), "5 years before today"),
        (date(2026, 12, 1), "9 days after today"),
    ],
)
def test_an_age_counts_completed_units(published: date, words: str) -> None:
    assert age_in_words(published, TODAY) == words


# Sources


@given(text=st.text(min_size=1), data=st.data())
def test_a_context_is_a_slice_around_the_exact_quote(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    source = document(text)
    cited = replace(citation(source=document()), start=start, end=end, quote=text[start:end])

    context = context_of(cited, source)

    assert context is not None
    assert context.quote == text[start:end]
    assert (
        text[start - len(context.before) : end + len(context.after)] == context.before + context.quote + context.after
    )


def test_a_long_context_begins_and_ends_at_words_and_says_that_there_is_more() -> None:
    source = document(f"{'many words here ' * 60}The quote. {'and words there ' * 60}")

    html = Sheets("x", lambda doc_id: source, TODAY).cards([citation("The quote.", source=source)])

    passage = re.search(r'<div class="dl-passage" dir="auto">(.*?)</div>', html, re.S)
    assert passage
    assert re.match(r"… (?:many|words|here) ", passage[1])
    assert passage[1].endswith(" …")
    assert "<mark>The quote.</mark>" in passage[1]


def test_each_marker_leads_to_its_quote_in_the_document_beside_the_answer() -> None:
    exchange = Exchange("Who?", None, "", 0, answered(SUPPORTED))
    html = beside_html(exchange, look())
    read = Read(html)

    marks = {f"#{attributes['id']}" for tag, attributes in read.tags if tag == "mark"}
    links = {attributes["href"] for tag, attributes in Read(answer_html(exchange, look())).tags if tag == "a"}
    assert links == marks == {"#dl-1-quote-1"}
    assert TEXT.strip() in read.text
    for words in ("Vote on the port", "The Oldham Post", "by Jane Roe", "21 June 2021, 5 years before today"):
        assert words in read.text
    assert re.search(r"<mark [^>]*>Nobody voted against it\.</mark>", html)


def test_a_document_that_changed_since_shows_what_it_said_then() -> None:
    html = beside_html(Exchange("Who?", answer=answered(SUPPORTED)), look(source=document("Other words.")))

    assert "changed or removed" in html
    assert re.search(r"<mark [^>]*>Nobody voted against it\.</mark>", html)
    assert "Other words" not in html


@given(text=st.text(min_size=1), data=st.data())
def test_beside_an_answer_a_text_stands_whole_with_all_its_quotes_marked(text: str, data: st.DataObject) -> None:
    spans = data.draw(st.lists(st.tuples(st.integers(0, len(text) - 1), st.integers(1, len(text))), max_size=4))
    source = document(text)
    quotes = [
        replace(citation(source=document()), number=number, start=start, end=end, quote=text[start:end])
        for number, (start, end) in enumerate(spans, 1)
        if start < end
    ]
    claims = tuple(Claim("So.", (quote,), "supported") for quote in quotes)
    html = beside_html(Exchange("Who?", answer=answered(*claims, nearest=())), look(source=source))

    if not quotes:
        return
    (body,) = re.findall(r'<div class="dl-read"[^>]*>(.*?)</div><p', html, re.S)
    shown = Read(body)
    assert {one["id"] for _, one in shown.tags} == {f"dl-1-quote-{quote.number}" for quote in quotes}
    assert re.sub(r"\s+", "", shown.text) == re.sub(r"\s+", "", Read(escape(text)).text)


def test_a_card_says_which_day_a_quote_means() -> None:
    relative, complete = Time("Sunday", "2021-06-20", "day", "2021-06-21"), Time("1957", "1957", "year", None)
    shown = Sheets("a", lambda _: None, date(2021, 7, 1)).cards([replace(citation(), times=(relative, complete))])
    assert "“Sunday”: 20 June 2021" in shown
    assert "1957" not in shown


def test_a_quote_of_a_document_that_has_gone_stays_and_says_so() -> None:
    html = Sheets("x", lambda doc_id: None, TODAY).cards([citation()])

    assert "<mark>Nobody voted against it.</mark>" in html
    assert "changed or removed" in html


def test_a_document_without_a_date_says_so() -> None:
    source = document(published=None)

    assert "no date found" in Sheets("x", lambda doc_id: source, TODAY).cards([citation(source=source)])


# Answers


def test_an_unsupported_sentence_stands_apart_struck_with_its_reasons() -> None:
    claim = Claim("It cost 5 million.", (citation(),), "unsupported", ("The source does not name 5 million.",))
    html = answer_html(Exchange("How much?", None, "", 0, answered(SUPPORTED, claim)), look())

    assert '<s dir="auto">It cost 5 million.</s>' in html
    assert "The source does not name 5 million." in html
    assert "It cost" not in html.split("dl-left-out")[0]


def test_not_found_tells_what_was_searched_and_the_nearest_passages() -> None:
    read = Read(answer_html(Exchange("Who?", None, "", 0, answered()), look()))

    assert "The documents do not say." in read.text
    assert "Searched 3 documents, 27 passages, for Who voted against it?" in read.text
    assert "Nobody voted against it." in read.text


def test_a_question_that_was_completed_shows_how_it_was_understood() -> None:
    answer = answered(SUPPORTED, searched=Searched(1, 1, "Who opposed the port?"))

    assert "Understood as: <bdi>Who opposed the port?</bdi>" in question_html(Exchange("Who?", None, "", 0, answer))
    assert "Understood" not in question_html(Exchange("Who opposed the port? ", None, "", 0, answer))


def test_a_new_attempt_begins_the_draft_again() -> None:
    exchange = Exchange("Who?")
    for event in (Piece("Fif", 1), Piece("ty", 1), Piece("No", 2), Piece("body", 2)):
        exchange = exchange.after(event)

    assert exchange.draft == "Nobody"


@pytest.mark.parametrize("text", ["N", "NOT", "NOT FO", "NOT FOUND", "NOT FOUND.", " NOT FOUND\n"])
def test_the_models_sign_for_not_found_is_never_shown(text: str) -> None:
    assert shown_draft(text) == ""
    assert shown_draft(f"It was Nobody [1]. {text}") == "It was Nobody [1]."


@given(text=st.text(alphabet="NOTFUD .ab", max_size=30))
def test_no_draft_shows_the_sign_for_not_found(text: str) -> None:
    assert "NOT FOUND" not in shown_draft(text)


def test_a_draft_is_called_unchecked() -> None:
    exchange = Exchange("Who?", EvidenceFound((citation(),), 0.1), "Nobody [1].", 1)

    assert "not checked yet" in answer_html(exchange, look(live=True))


def test_only_the_latest_three_answered_questions_are_remembered() -> None:
    answer = answered(SUPPORTED)
    asked = [Exchange(str(number), None, "", 0, answer) for number in range(5)]

    turns = remembered([*asked, Exchange("failed", error="no")])

    assert turns == tuple(Turn(str(number), "Nobody voted against it [1].") for number in (2, 3, 4))


def test_of_an_answer_the_models_words_are_remembered_not_the_sentence_beside_them() -> None:
    own = replace(SUPPORTED, text="Nobody of the National League for Democracy voted.", verbatim=True)
    asked = [Exchange("Who?", answer=answered(*claims)) for claims in ((SUPPORTED, own), (own,), ())]

    told = [turn.answer for turn in remembered(asked)]

    beside = "Nobody of the National League for Democracy voted [1]."
    assert told == ["Nobody voted against it [1].", beside, "The documents do not say."]


def test_every_sample_document_has_a_question_of_its_own() -> None:
    seeds = [load_document(path) for path in sorted(Path("seeds").glob("*.txt"))]

    assert example_questions(seeds) == [SEED_QUESTIONS[seed.doc_id] for seed in seeds]


def test_examples_for_other_documents_are_made_of_their_titles() -> None:
    made = ["Summarise “Vote on the port”", "Which documents are there from 2021?"]
    assert example_questions([document()]) == made


# Uploads


@pytest.mark.parametrize(
    "name", ["../a.txt", "a/b.txt", "a\\b.txt", "/etc/a.txt", ".a.txt", "", "a\x00.txt", "C:a.txt", "a.exe", "é" * 120]
)
def test_a_name_that_is_no_plain_file_of_a_known_kind_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(LoadError):
        safe_name(name)
    if name != "a/b.txt":  # which lies in a folder
        assert save_uploads(tmp_path, [(name, b"text"), (f"news/{name}", b"text")]).failed[1].uri == f"news/{name}"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["a/../b.txt", "a/./b.txt", "a//b.txt", "a/.git/b.txt", "a/ b/c.txt", "a\\..\\b/c"])
def test_a_folder_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    assert save_uploads(tmp_path, [(name, b"text")]).failed[0].uri == name
    assert not list(tmp_path.iterdir())


def test_other_bytes_under_the_same_name_are_told_as_a_replacement(tmp_path: Path) -> None:
    first = save_uploads(tmp_path, [("a.txt", b"one")])
    same = save_uploads(tmp_path, [("a.txt", b"one")])
    other = save_uploads(tmp_path, [("a.txt", b"two")])

    assert (first.replaced, same.replaced, other.replaced) == ((), (), other.paths)
    assert other.paths[0].read_bytes() == b"two"


def test_a_file_that_cannot_be_read_replaces_nothing(tmp_path: Path) -> None:
    path = save_uploads(tmp_path, [("a.txt", b"one")]).paths[0]

    saved = save_uploads(tmp_path, [("a.txt", b"\xff\xfa")])

    assert (saved.paths, len(saved.failed)) == ((), 1)
    assert path.read_bytes() == b"one"
    assert [file.name for file in path.parent.iterdir()] == ["a.txt"]


def test_two_files_of_one_name_in_one_go_keep_the_first(tmp_path: Path) -> None:
    saved = save_uploads(tmp_path, [("a.txt", b"one"), ("a.txt", b"two")])

    assert saved.paths[0].read_bytes() == b"one"
    assert "Two of these files" in saved.failed[0].reason


def test_only_an_uploaded_copy_is_deleted(tmp_path: Path) -> None:
    own = save_uploads(tmp_path, [("a.txt", b"one")]).paths[0]
    theirs = tmp_path / "b.txt"
    theirs.write_text("mine")

    assert delete_upload(tmp_path, str(own))
    assert not delete_upload(tmp_path, str(theirs))
    assert (own.exists(), theirs.exists()) == (False, True)


def test_a_broken_list_of_folders_is_said(tmp_path: Path) -> None:
    keep_followed(tmp_path, [tmp_path / "a", tmp_path / "a"])
    assert followed_folders(tmp_path) == [tmp_path / "a"]

    (tmp_path / "folders.json").write_text("{")
    with pytest.raises(LibraryError, match="cannot be read"):
        followed_folders(tmp_path)


def test_a_report_names_every_file_with_its_fate() -> None:
    became = ("added", "updated", "unchanged", "duplicate", "failed", "moved")
    rows = [FileRow(f"/n/{name}.txt", outcome, reason="No.") for name, outcome in zip("abcdef", became, strict=True)]
    report = SyncReport(tuple(rows), 7)

    read = Read(outcome_html(Outcome("Re-indexed", report, replaced=("b.txt",))))

    assert (
        "1 added, 1 changed, 1 moved, 1 already in the library under another path, 1 unchanged, 1 failed" in read.text
    )
    for words in ("/n/a.txt", "/n/b.txt", "/n/d.txt", "/n/f.txt", "e.txt: No.", "b.txt: replaced the earlier file"):
        assert words in read.text


# Opening


def test_a_failed_opening_is_tried_again() -> None:
    tries = iter([ModelError("no memory"), "opened"])

    def open_it(on_progress: Any) -> str:
        outcome = next(tries)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    opening = Opening(open_it)

    with pytest.raises(ModelError, match="no memory"):
        opening.get()
    assert (opening.get(), opening.get()) == ("opened", "opened")


# The pages


class Scripted:
    """A chain that tells the given events; remembers what it was asked, how far it came and whether it was closed.

    A function in an event's place is given the page's `on_wait`, as the chain calls it while the model is silent.
    """

    def __init__(self, *events: Any) -> None:
        self.events = events
        self.asked: list[Question] = []
        self.told = self.closed = 0

    def stream(
        self, question: Question, config: Any = None, on_wait: Any = None, on_slow: Any = None
    ) -> Iterator[Event]:
        self.asked.append(question)
        # Held here, so that only the page can close it and not its being forgotten.
        self.running = self._tell(on_wait)
        return self.running

    def _tell(self, on_wait: Any) -> Iterator[Event]:
        try:
            for event in self.events:
                if isinstance(event, Exception):
                    raise event
                if isfunction(event):
                    event(on_wait)
                    continue
                self.told += 1
                yield event
        finally:
            self.closed += 1


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with open_library(tmp_path / "library", HashingEmbedder()) as opened:
        yield opened


@pytest.fixture
def filled(library: Library, tmp_path: Path) -> Library:
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "port.txt").write_text(TEXT)
    library.add([tmp_path / "news"])
    return library


def ask_app(library: Library, chain: Any, **address: str) -> AppTest:
    def script(library, open_chain, today):
        from ui.ask import ask_page

        ask_page(lambda: library, open_chain, None, today)

    opened = chain if callable(chain) else lambda model: nullcontext(chain)
    app = AppTest.from_function(script, default_timeout=20, args=(library, opened, lambda: TODAY))
    for name, value in address.items():
        app.query_params[name] = value
    return app.run()


def library_app(library: Library | Callable[[], Library], rebuild: Any = None) -> AppTest:
    def script(open_library, rebuild, today):
        from ui.library import library_page

        library_page(open_library, rebuild, today)

    opened = library if callable(library) else lambda: library
    app = AppTest.from_function(script, default_timeout=20, args=(opened, rebuild, lambda: TODAY))
    app.session_state[SEEN] = {ADD, MAINTAIN}  # as after a look at each tab
    return app


def shown(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(element.value for element in app.html)


def test_an_empty_library_points_to_where_documents_are_added(library: Library) -> None:
    app = ask_app(library, Scripted())

    assert "holds no documents yet" in shown(app)
    assert not app.chat_input


def test_the_documents_own_sentences_are_set_apart_from_the_models_and_said_to_be_theirs() -> None:
    own = replace(SUPPORTED, text="Only nobody voted against it.", verbatim=True)
    both = answer_html(Exchange("Who?", None, "", 0, answered(SUPPORTED, own)), look())
    alone = answer_html(Exchange("Who?", None, "", 0, answered(own)), look())
    plain = answer_html(Exchange("Who?", None, "", 0, answered(SUPPORTED)), look())
    written, quoted = both.split('<blockquote class="dl-verbatim">')
    assert "Nobody voted" in written and "Only nobody" not in written and "Only nobody" in quoted
    assert "documents’ own sentences" in alone
    assert "documents’ own sentences" not in both + plain
    assert "blockquote" not in plain


def test_a_question_is_answered_from_a_real_library_without_a_model(filled: Library, tmp_path: Path) -> None:
    settings = Settings(library=filled.folder, model="none")
    app = ask_app(filled, AnswerChain(filled, Model("none", None), settings))

    app.chat_input[0].set_value("Who voted against it?").run()

    assert re.search(r"<mark [^>]*>Nobody voted against it\.</mark>", shown(app))
    assert "documents’ own sentences" in shown(app)


def test_the_answer_replaces_the_draft_and_the_page_can_be_drawn_again(filled: Library) -> None:
    found = EvidenceFound((citation(),), 0.12)
    chain = Scripted(found, Piece("Fifty [1].", 1), Piece("Nobody", 2), answered(SUPPORTED))
    app = ask_app(filled, chain)

    app.chat_input[0].set_value("Who voted against it?").run()
    app.run()
    first = shown(app)
    app.run()

    assert shown(app) == first
    assert "Fifty" not in first
    assert "evidence 0.12 s · first word 2.0 s · answer 4.5 s · model scripted" in first
    assert (len(chain.asked), chain.closed) == (1, 1)


def test_a_follow_up_question_brings_the_conversation_until_a_new_one_is_begun(filled: Library) -> None:
    chain = Scripted(EvidenceFound((), 0.1), answered(SUPPORTED))
    app = ask_app(filled, chain)

    app.chat_input[0].set_value("Who voted against it?").run()
    app.chat_input[0].set_value("And when?").run()
    app.button(key="new").click().run()
    app.chat_input[0].set_value("Who was it?").run()

    assert [len(question.history) for question in chain.asked] == [0, 1, 0]
    assert chain.asked[1].history[0] == Turn("Who voted against it?", "Nobody voted against it [1].")


def test_an_example_asks_its_question(filled: Library) -> None:
    chain = Scripted(EvidenceFound((), 0.1), answered(SUPPORTED))
    app = ask_app(filled, chain)

    app.button(key="example-0").click().run()

    assert chain.asked[0].text == "Summarise “Vote on the port”"
    assert not [button for button in app.button if button.key and button.key.startswith("example")]


def test_an_error_in_the_middle_leaves_the_evidence_and_shows_no_traceback(filled: Library) -> None:
    chain = Scripted(EvidenceFound((citation(),), 0.1), Piece("Half", 1), ModelError("The model `x` stopped."))
    app = ask_app(filled, chain)

    app.chat_input[0].set_value("Who voted against it?").run()

    assert [error.value for error in app.error] == [escape_markdown("The model `x` stopped.")]
    assert "1 sentence found in 1 document" in shown(app)
    assert "Half" not in shown(app)
    assert chain.closed == 1


def test_a_question_over_the_limit_gets_its_error(filled: Library) -> None:
    settings = Settings(library=filled.folder, model="none")
    app = ask_app(filled, AnswerChain(filled, Model("none", None), settings))

    app.chat_input[0].set_value("why " * 1000).run()

    assert "3,999 characters" in app.error[0].value.replace("\\", "")


def test_a_model_that_cannot_start_is_said_and_asked_for_again(filled: Library) -> None:
    @contextmanager
    def open_chain(model: str) -> Iterator[AnswerChain]:
        yield from ()
        raise ModelError("There is no memory.")

    app = ask_app(filled, open_chain)
    assert app.error[0].value == "There is no memory\\."

    app.chat_input[0].set_value("Who?").run()
    assert app.error[0].value == "There is no memory\\."


def test_an_interrupted_question_says_that_it_was_stopped(filled: Library) -> None:
    app = ask_app(filled, Scripted())

    app.session_state["exchanges"] = [Exchange("Who?", EvidenceFound((citation(),), 0.1), "Half", 1)]
    app.run()

    assert "Stopped before there was a checked answer" in shown(app)
    assert "Half" not in shown(app)


def test_a_page_that_is_stopped_stops_the_chain(filled: Library) -> None:
    class StopsThePage:
        """In an answer's place: the page is stopped when it draws it."""

        def __getattr__(self, name: str) -> Any:
            streamlit.stop()

    chain = Scripted(EvidenceFound((), 0.1), StopsThePage(), Piece("more", 1))
    app = ask_app(filled, chain)

    app.chat_input[0].set_value("Who?").run()

    assert not app.exception
    assert (chain.told, chain.closed) == (2, 1)


def test_a_question_behind_others_says_so_and_its_page_can_be_left_meanwhile(filled: Library) -> None:
    def wait(ahead: int) -> Callable[[Callable[[int], None]], None]:
        return lambda on_wait: on_wait(ahead)

    def leave(on_wait: Callable[[int], None]) -> None:
        streamlit.stop()

    chain = Scripted(EvidenceFound((citation(),), 0.1), wait(2), wait(1), leave, Piece("more", 1))
    app = ask_app(filled, chain)

    app.chat_input[0].set_value("Who?").run()

    assert not app.exception
    assert "1 other question is being answered first" in shown(app)
    assert "Nobody voted against it." in shown(app)
    assert (chain.told, chain.closed) == (1, 1)


def test_a_slow_model_is_said_to_be_slow_and_the_passages_are_offered_without_it(filled: Library) -> None:
    class Slow(Scripted):
        def stream(
            self, question: Question, config: Any = None, on_wait: Any = None, on_slow: Any = None
        ) -> Iterator[Event]:
            yield EvidenceFound((citation(),), 0.1)
            on_slow("Other programs use 2 of 2 processors.")
            on_wait(0)
            streamlit.stop()

    app = ask_app(filled, Slow())
    app.chat_input[0].set_value("Who voted against it?").run()
    assert "Other programs use 2 of 2 processors." in shown(app)

    app.button(key="without-model").click().run()
    assert "no language model" in shown(app)
    assert shown(app).count("Who voted against it?") == 1
    assert "without-model" not in [button.key for button in app.button]


def test_a_model_that_failed_leaves_the_passages_to_be_had_without_it(filled: Library) -> None:
    app = ask_app(filled, Scripted(EvidenceFound((citation(),), 0.1), ModelError("It stopped.")))
    app.chat_input[0].set_value("Who voted against it?").run()
    app.button(key="without-model").click().run()
    assert "no language model" in shown(app)


@pytest.mark.parametrize("column", ["published", "origins"])
def test_a_damaged_library_is_mended_from_its_page(filled: Library, column: str) -> None:
    app = library_app(filled)
    app.query_params["document"] = filled.documents()[0].document.doc_id
    with closing(sqlite3.connect(filled.folder / "record.sqlite3")) as record, record:
        record.execute(f"UPDATE documents SET {column} = 'x'")
    app.run()
    assert "is damaged" in app.error[0].value
    app.button(key="rebuild").click().run()
    assert not app.error
    assert filled.damage() == []


def test_the_library_page_lists_documents_with_what_is_known(filled: Library) -> None:
    app = library_app(filled)
    app.query_params["document"] = filled.documents()[0].document.doc_id
    app.run()

    row = app.dataframe[0].value.iloc[0]
    assert (row["Title"], row["Author"], row["State"], row["Passages"]) == ("Vote on the port", "Jane Roe", "ready", 1)
    assert "read from line 3" in shown(app)
    assert "The council of Oldham met on Monday." in shown(app)


def test_uploaded_files_are_kept_and_found_and_a_second_version_is_told(library: Library) -> None:
    app = library_app(library).run()

    app.file_uploader[0].set_value(("a.txt", TEXT.encode(), "text/plain"))
    app.text_input(key="outlet0").set_value("The Post")
    app.button[0].click().run()
    state = library.documents()[0]
    assert (state.document.outlet, state.document.uri) == ("The Post", str(library.folder / "uploads" / "a.txt"))
    assert "1 added" in shown(app)

    app.file_uploader[0].set_value(("a.txt", (TEXT + "More.").encode(), "text/plain"))
    next(b for b in app.button if b.label == "Add to the library").click().run()
    assert "1 changed" in shown(app)
    assert "a.txt: replaced the earlier file of that name" in shown(app)


def test_details_given_for_several_files_are_refused(library: Library) -> None:
    app = library_app(library).run()

    app.file_uploader[0].set_value([("a.txt", b"One text.", "text/plain"), ("b.txt", b"Two texts.", "text/plain")])
    app.text_input(key="title0").set_value("Both")
    app.button[0].click().run()

    assert "for a single file" in app.error[0].value
    assert library.documents() == []


def test_a_folder_is_added_followed_and_re_indexed(library: Library, tmp_path: Path) -> None:
    news = tmp_path / "news"
    news.mkdir()
    (news / "a.txt").write_text(TEXT)
    app = library_app(library).run()

    next(field for field in app.text_input if field.label.startswith("Path")).set_value(str(news))
    [b for b in app.button if b.label == "Add to the library"][1].click().run()
    assert roots_to_sync(library.folder, [one.uri for one in library.entries()]) == [news]

    (news / "a.txt").unlink()
    (news / "b.txt").write_text("Another text altogether.")
    next(b for b in app.button if b.label == "Re-index now").click().run()
    assert "1 added, 1 removed" in shown(app)

    next(b for b in app.button if b.label == "Stop following").click().run()
    assert followed_folders(library.folder) == []
    assert len(library.documents()) == 1


def test_a_document_is_removed_once_that_is_confirmed(library: Library) -> None:
    saved = save_uploads(library.folder, [("a.txt", TEXT.encode())])
    library.add(saved.paths)
    doc_id = library.documents()[0].document.doc_id
    app = library_app(library)
    app.query_params["document"] = doc_id
    app.run()

    app.button(key=f"remove-{doc_id}").click().run()

    assert library.documents() == []
    assert not saved.paths[0].exists()
    assert "its uploaded copy was deleted" in shown(app)


def test_vectors_of_another_embedder_are_rebuilt_from_the_page(filled: Library) -> None:
    def refuse() -> Library:
        raise EmbedderMismatchError("Another embedder.")

    app = library_app(refuse, lambda on_progress: SyncReport((FileRow("/a", "updated"),), 1)).run()
    assert app.error[0].value == "Another embedder\\."

    app.button(key="rebuild").click().run()
    assert "Rebuilt" in shown(app)


def test_the_app_tells_of_a_wrong_setting_on_its_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_NONSENSE", "1")

    app = AppTest.from_file(str(Path(__file__).parent.parent / "app.py"), default_timeout=20).run()

    assert not app.exception
    assert "which is no setting" in app.error[0].value


def test_the_app_is_served_to_this_machine_only_and_reports_to_nobody() -> None:
    config = tomllib.loads(Path(".streamlit/config.toml").read_text(encoding="utf-8"))

    assert (config["server"]["address"], config["browser"]["gatherUsageStats"]) == ("127.0.0.1", False)
