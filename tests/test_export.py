"""Answers as documents: each format opened again with a real parser, and compared with what was answered."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from html.parser import HTMLParser

import docx
import pytest
from fakes import HashingEmbedder
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from scripted import scripted

from index.errors import UserFacingError
from index.pipeline import open_library
from qa.chain import AnswerChain
from qa.export.clean import clean
from qa.export.csl import to_csl
from qa.export.data import read_json, to_json
from qa.export.formats import FORMATS, format_of, write_as
from qa.export.markdown import to_markdown
from qa.export.page import to_page
from qa.export.prompts import PromptLog
from qa.export.records import Exported, ExportedDocument, export_of
from qa.export.text import as_text
from qa.export.word import to_docx
from qa.records import (
    Answer,
    Citation,
    Claim,
    Disagreement,
    EvidenceFound,
    Part,
    Position,
    Question,
    Searched,
    Time,
)
from qa.settings import Settings

ASKED_AT = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "</blockquote></section><h1>Not ours</h1>",
    "&lt;b&gt; &amp; &#36; &nbsp;",
    "![pixel](http://evil.example/x.png) [click](javascript:alert(1)) [a][b] <http://evil.example>",
    "# heading\n\n- list\n\n> quote\n\n| a | b |\n|---|---|\n| 1 | 2 |",
    "1. one\n2) two",
    "- item",
    "+ item",
    "* item",
    "---",
    "===",
    "~~~\ncode\n~~~",
    "    indented `code` ``more``",
    "*stars* __lines__ ~~struck~~ ==marked== ^up^ $x$ $$y$$",
    "word[^1] and [1] and [2]: http://evil.example\n\n[^1]: A note.\n\n[1]: http://evil.example",
    "ends in a backslash\\",
    "two spaces at the end  \nnext",
    "nul \x00 bell \x07 escape \x1b[31m delete \x7f next \x85 form\x0cfeed \ufffe \uffff",
    "\u202eturned round\u202c \u2066kept apart\u2069",
    "שלום עולם, 12 מרץ؛ مرحبا بالعالم",
    "half a character \ud83d and 🙂 a\u0301",
    "_x0041_ {{=7*7}} %s {0} ${HOME} {:title: other}",
    "x" * 3000,
    "[1]",
    ":smile: @all #12",
)


def cited(number: int, text: str = "Nine ships left on Sunday.", **given) -> Citation:
    known = {"doc_id": f"{number:016x}", "uri": f"/reports/{number}.txt", "title": f"Report {number}", "outlet": "AFP"}
    known |= {"author": "A. Reporter", "published": date(2021, 6, 21), "page": 3, "quote": text}
    times = (Time("Sunday", "2021-06-20", "day", "2021-06-21"),)
    return Citation(number=number, start=10, end=10 + len(text), times=times, **(known | given))


def answer_of(text: str = "plain", **given) -> Answer:
    """An answer with something in every part, and `text` wherever text may come from outside."""
    one = cited(1, text, title=text, outlet=text, author=text, uri=f"/{text}")
    other = cited(2)
    claims = (
        Claim("Nine ships left.", (one,), "supported"),
        Claim(text, (other,), "supported", verbatim=True),
        Claim(text, (cited(3),), "contradicted", (text,)),
    )
    differing = Disagreement("conflict", (Position(text, (one,), 1), Position("ten", (other, cited(4)), 2)))
    values = {"status": "answered", "claims": claims, "nearest": (one, cited(5)), "problems": (text,)}
    values |= {"searched": Searched(2, 30, text, text, 9), "disagreements": (differing,), "missing": (text,)}
    values |= {"question": text, "model": "m", "likelihood": 0.8, "judgement": "yes"}
    return Answer(**(values | given))


def exported(text: str = "plain", answer: Answer | None = None) -> Exported:
    answer = answer or answer_of(text)
    document = ExportedDocument(f"{1:016x}", "ab" * 32, f"/{text}", text, text, text, date(2021, 6, 21))
    return Exported(
        question=text,
        answer=answer,
        evidence=EvidenceFound(answer.nearest, 0.1, 0.5),
        asked_at=ASKED_AT,
        as_of=date(2022, 1, 1),
        filter=text,
        settings={"model": text, "min_likelihood": 0.25},
        prompts=(text,),
        documents={document.doc_id: replace(document, unsure=("published",))},
    )


def refusal(text: str = "plain") -> Exported:
    withheld = Claim("Ten ships.", (cited(7),), "unsupported", ("10 is not in [7]",))
    answer = answer_of(text, status="not_found", claims=(withheld,), disagreements=(), judgement=None)
    return exported(text, answer)


# What is read back from each format


class Html(HTMLParser):
    """Tags with their attributes, and the text outside the style."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag
        self.text += "\n" if tag not in {"a", "bdi", "cite"} else ""

    def handle_data(self, data):
        self.text += data if self.open[-1:] != ["style"] else ""


def markdown_blocks(source: str, preset: str = "commonmark") -> tuple[set[str], str]:
    """Kinds of the tokens, and the text of all blocks."""
    tokens = MarkdownIt(preset).parse(source)
    inner = [child for token in tokens for child in token.children or ()]
    text = "\n".join("".join(child.content for child in token.children or ()) for token in tokens)
    return {token.type for token in [*tokens, *inner]}, text


def word_texts(data: bytes) -> list[str]:
    document = docx.Document(io.BytesIO(data))
    cells = [cell for table in document.tables for row in table.rows for cell in row.cells]
    return [each.text for each in [*document.paragraphs, *(one for cell in cells for one in cell.paragraphs)]]


PLAIN_BLOCKS = markdown_blocks(to_markdown([exported(), refusal()]))[0]
PLAIN_WORDS = len(word_texts(to_docx([exported(), refusal()])))
PLAIN_TAGS = [(tag, sorted(attrs)) for tag, attrs in Html(to_page([exported(), refusal()])).tags]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_text_in_markdown(text):
    source = to_markdown([exported(text), refusal(text)])
    for preset in ("commonmark", "js-default"):
        kinds, shown = markdown_blocks(source, preset)
        assert kinds == PLAIN_BLOCKS | ({"text_special"} & kinds)
        assert shown.count(clean(text)) >= 15
    assert source.encode()


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_text_in_html(text):
    read = Html(to_page([exported(text), refusal(text)]))
    assert [(tag, sorted(attrs)) for tag, attrs in read.tags] == PLAIN_TAGS
    assert read.open == []
    assert read.text.count(clean(text)) >= 15


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_text_in_word(text):
    shown = word_texts(to_docx([exported(text), refusal(text)]))
    assert len(shown) == PLAIN_WORDS
    assert "\n".join(shown).count(clean(text)) >= 15


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_text_for_the_clipboard_and_as_data(text):
    assert as_text(answer_of(text)).count(clean(text)) >= 4
    (item, _, _) = json.loads(to_csl([exported(text)]))
    assert (item["title"], item["container-title"], item["author"]) == (
        clean(text),
        clean(text),
        [{"literal": clean(text)}],
    )
    whole = exported(text.replace("\ud83d", "\ufffd"))
    assert read_json(to_json([exported(text)]).encode().decode()) == (whole,)


def one_of(text: str) -> Exported:
    claim = Claim(text, (cited(1, text, title=text),), "supported")
    return exported(answer=answer_of(claims=(claim,), problems=(text,), disagreements=()))


@given(text=st.text())
@settings(max_examples=100, deadline=None)
def test_any_text_is_text_in_markdown_and_html(text):
    kinds, shown = markdown_blocks(to_markdown([one_of(text)]))
    assert kinds <= PLAIN_BLOCKS
    # Of the sentence the full stop stands behind the marker.
    assert shown.count(clean(text)) >= 3
    assert Html(to_page([one_of(text)])).text.count(clean(text)) >= 3


@given(text=st.text())
@settings(max_examples=10, deadline=None)
def test_any_text_is_text_in_word(text):
    assert "\n".join(word_texts(to_docx([one_of(text)]))).count(clean(text)) >= 3


# What an editor sees


def test_sentences_sources_and_what_was_withheld_stand_in_order():
    shown = markdown_blocks(to_markdown([exported()]))[1]
    expected = [
        "As of 1 January 2022",
        "Yes, as the model reads these sentences",
        "Nine ships left [1].",
        "plain [2]",
        "The sources differ",
        "plain: plain, 21 June 2021 [1]",
        "ten: AFP, 21 June 2021 [2], AFP, 21 June 2021 [4] (2 independent sources)",
        "Sources",
        "[1] plain, by plain, 21 June 2021 (not sure): plain",
        "“plain”",
        "“Sunday”: 20 June 2021",
        "/plain, page 3, characters 10 to 15, document 0000000000000001",
        "[4] AFP, by A. Reporter, 21 June 2021: Report 4",
        "Not supported by the documents, so not part of the answer",
        "Contradicted: plain [3]",
        "What these sentences cite",
        "[3] AFP",
        "Notes",
        "Settings: min_likelihood 0.25; model plain.",
    ]
    places = [shown.find(words) for words in expected]
    assert -1 not in places
    assert places == sorted(places)


@pytest.mark.parametrize("kind", ["md", "html", "docx", "text"])
def test_a_refusal_is_a_finding_with_what_is_nearest(kind):
    one = refusal()
    shown = {
        "md": lambda: markdown_blocks(to_markdown([one]))[1],
        "html": lambda: Html(to_page([one])).text,
        "docx": lambda: "\n".join(word_texts(to_docx([one]))),
        "text": lambda: as_text(one.answer),
    }[kind]()
    assert "The documents do not say." in shown
    assert "Searched 30 passages of 2 documents for: plain" in shown
    assert "The nearest passages, likely to answer this" in shown
    assert "/reports/5.txt, page 3" in shown
    assert ("10 is not in [7]" in shown) == (kind != "text"), "what was withheld is no part of a copied answer"


def test_each_marker_of_a_session_leads_to_the_source_of_its_own_answer():
    read = Html(to_page([exported(), exported("other")]))
    ids = [attrs["id"] for _, attrs in read.tags if "id" in attrs]
    links = [attrs["href"] for tag, attrs in read.tags if tag == "a"]
    assert len(ids) == len(set(ids))
    assert {link.removeprefix("#") for link in links if link} == set(ids)
    assert {tag for tag, _ in read.tags} & {"script", "link", "img", "iframe", "style"} == {"style"}


def test_a_word_file_has_headings_a_table_and_no_link():
    document = docx.Document(io.BytesIO(to_docx([exported(), refusal()])))
    assert [one.text for one in document.paragraphs if one.style.name == "Heading 1"] == ["plain", "plain"]
    rows = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    assert [row[0] for row in rows] == ["No.", "[1]", "[2]", "[4]"]
    assert "hyperlink" not in document.element.xml
    properties = document.core_properties
    assert (properties.author, properties.comments, properties.created) == ("", "", ASKED_AT)


def test_the_clipboard_has_the_sentences_and_their_numbered_sources():
    answer = answer_of(claims=(Claim("Nine ships left.", (cited(1),), "supported"),), disagreements=(), judgement=None)
    assert as_text(answer) == (
        "Nine ships left [1].\n\nSources:\n\n[1] AFP, by A. Reporter, 21 June 2021: Report 1\n"
        "    “Nine ships left on Sunday.”\n    “Sunday”: 20 June 2021\n"
        "    /reports/1.txt, page 3, characters 10 to 36, document 0000000000000001\n"
    )


def test_a_document_cited_twice_is_one_item_of_the_bibliography():
    again = replace(cited(6, "They came back."), doc_id=cited(1).doc_id, page=1)
    claims = (Claim("Nine ships left.", (cited(1),), "supported"), Claim("Back.", (again,), "supported"))
    one = exported(answer=answer_of(claims=claims, disagreements=()))
    (item,) = json.loads(to_csl([replace(one, documents={}), replace(one, documents={})]))
    assert item == {
        "id": "0000000000000001",
        "type": "article-newspaper",
        "title": "Report 1",
        "container-title": "AFP",
        "author": [{"literal": "A. Reporter"}],
        "issued": {"date-parts": [[2021, 6, 21]]},
        "accessed": {"date-parts": [[2026, 3, 4]]},
        "page": "1, 3",
        "note": "“Nine ships left on Sunday.” (characters 10 to 36); “They came back.” (characters 10 to 25)",
        "custom": {"file": "/reports/1.txt", "sha256": None},
    }
    assert json.loads(to_csl([refusal()])) == []


def test_a_quote_cannot_set_fields_of_a_bibliography():
    claims = (Claim("So.", (cited(1, "{:title: Forged}"),), "supported"),)
    (item,) = json.loads(to_csl([exported(answer=answer_of(claims=claims, disagreements=()))]))
    assert "{:" not in item["note"]


# As data

DAYS, TEXT = st.dates(), st.text(max_size=20)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


def some(strategy):
    return st.lists(strategy, max_size=2).map(tuple)


def maybe(strategy):
    return st.none() | strategy


TIMES = st.builds(Time, TEXT, TEXT, st.sampled_from(["day", "week", "interval"]), maybe(TEXT))
CITATIONS = st.builds(
    Citation,
    number=st.integers(),
    doc_id=TEXT,
    uri=TEXT,
    title=TEXT,
    outlet=maybe(TEXT),
    author=maybe(TEXT),
    published=maybe(DAYS),
    page=maybe(st.integers()),
    start=st.integers(),
    end=st.integers(),
    quote=TEXT,
    times=some(TIMES),
)
VERDICTS = st.sampled_from(["supported", "unsupported", "contradicted"])
PARTS = st.builds(Part, st.sampled_from(["date", "answer"]), TEXT, VERDICTS, TEXT)
CLAIMS = st.builds(Claim, TEXT, some(CITATIONS), VERDICTS, some(TEXT), some(PARTS), st.booleans())
POSITIONS = st.builds(Position, TEXT, some(CITATIONS), st.integers())
ANSWERS = st.builds(
    Answer,
    question=TEXT,
    status=st.sampled_from(["answered", "not_found"]),
    claims=some(CLAIMS),
    nearest=some(CITATIONS),
    searched=st.builds(Searched, st.integers(), st.integers(), TEXT, TEXT, maybe(st.integers())),
    problems=some(TEXT),
    model=TEXT,
    likelihood=maybe(NUMBERS),
    disagreements=some(st.builds(Disagreement, st.sampled_from(["conflict", "change"]), some(POSITIONS))),
    declined=some(st.sampled_from(["far", "off"])),
    missing=some(TEXT),
    judgement=st.sampled_from(["yes", "no", None]),
    seconds=st.dictionaries(TEXT, NUMBERS, max_size=2),
    tokens=st.dictionaries(TEXT, st.integers(), max_size=2),
)
DOCUMENTS = st.builds(
    ExportedDocument,
    doc_id=TEXT,
    content_hash=maybe(TEXT),
    uri=TEXT,
    title=TEXT,
    published=maybe(DAYS),
    modified=maybe(DAYS),
    language=maybe(TEXT),
    unsure=some(TEXT),
)
EXPORTED = st.builds(
    Exported,
    question=TEXT,
    answer=ANSWERS,
    evidence=maybe(st.builds(EvidenceFound, some(CITATIONS), NUMBERS, maybe(NUMBERS))),
    asked_at=st.datetimes(timezones=ZONES),
    as_of=maybe(DAYS),
    filter=TEXT,
    settings=st.dictionaries(TEXT, TEXT | st.integers() | NUMBERS | st.booleans() | st.none(), max_size=3),
    prompts=some(TEXT),
    documents=st.dictionaries(TEXT, DOCUMENTS, max_size=2),
)


@given(several=some(EXPORTED))
@settings(max_examples=40, deadline=None)
def test_what_is_written_as_data_is_read_back_the_same(several):
    read = read_json(to_json(several).encode().decode())
    assert read == several
    assert [repr(each.settings) for each in read] == [repr(each.settings) for each in several]


def test_the_data_has_a_version_the_text_and_what_was_found_in_its_order():
    told = json.loads(to_json([exported()]))
    assert (told["schema"], told["schema_version"]) == ("dateline-answers", 1)
    (one,) = told["answers"]
    assert one["text"] == exported().answer.text
    assert [(row["rank"], row["number"]) for row in one["retrieval"]] == [(1, 1), (2, 5)]
    assert one["documents"][f"{1:016x}"]["content_hash"] == "ab" * 32


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "cannot be read"),
        ("[1]", "no file of answers"),
        ('{"schema": "other"}', "no file of answers"),
        ('{"schema": "dateline-answers", "schema_version": 2, "answers": []}', "version 2"),
        ('{"schema": "dateline-answers", "schema_version": 1, "answers": [{}]}', "cannot be read"),
    ],
)
def test_data_that_is_not_ours_is_refused(text, why):
    with pytest.raises(UserFacingError, match=why):
        read_json(text)


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        replace(exported(), asked_at=datetime(2026, 3, 4))


# Every format


def test_the_format_is_told_by_the_longest_ending():
    assert [format_of(name) for name in ("a.MD", "b.csl.json", "c.json", "d.txt", "docx", "e.md.bak")] == [
        ".md",
        ".csl.json",
        ".json",
        None,
        None,
        None,
    ]


@pytest.mark.parametrize("wanted", FORMATS)
@pytest.mark.parametrize("several", [(), (exported(),), (exported(), refusal())], ids=len)
def test_every_format_takes_none_one_and_several(wanted, several):
    assert write_as(wanted, several)


def test_an_export_is_made_from_the_library_with_what_the_model_read(tmp_path):
    (tmp_path / "court.txt").write_text("Trial opens\n\nThe court in Koblenz heard nine witnesses on Monday.\n")
    with open_library(tmp_path / "library", HashingEmbedder()) as library:
        library.add([tmp_path / "court.txt"], given={"outlet": "Post", "published": "2021-06-22"})
        used = Settings(library=tmp_path / "library", model="none")
        chain = AnswerChain(library, scripted(witnesses=["Nine witnesses [1]."]), used)
        asked = Question("How many witnesses did the court hear?", as_of=date(2022, 1, 1), min_likelihood=0.0)
        log = PromptLog()
        evidence, *_, answer = chain.stream(asked, {"callbacks": [log]})
        made = export_of(library, used, asked, answer, evidence, asked_at=ASKED_AT, prompts=log.prompts)
        (known,) = [state.document for state in library.documents()]
    assert made.documents == {known.doc_id: ExportedDocument.of(known)}
    assert made.documents[known.doc_id].content_hash == known.content_hash
    assert (made.settings["min_likelihood"], made.settings["embedder"]) == (0.0, "hashing")
    assert made.as_of == date(2022, 1, 1) and made.filter == "published until 1 January 2022"
    assert made.prompts and "How many witnesses did the court hear?" in made.prompts[0]
    assert made.evidence == evidence
    assert read_json(to_json([made])) == (made,)
    assert "Monday”: 21 June 2021" in as_text(answer)


def test_a_document_that_the_library_lost_leaves_with_what_its_citation_tells(tmp_path):
    with open_library(tmp_path / "library", HashingEmbedder()) as library:
        made = export_of(library, Settings(), Question("q"), answer_of(), asked_at=ASKED_AT)
    lost = made.documents[cited(2).doc_id]
    assert (lost.title, lost.content_hash) == ("Report 2", None)
