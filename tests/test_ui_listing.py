"""The Library page with many documents: found by filters, removed together and taken back, tried again when failed."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from fakes import HashingEmbedder
from streamlit.testing.v1 import AppTest
from test_ui import HOSTILE, Read, library, library_app, shown

from index.pipeline import Library, open_library
from index.records import Entry, Failure
from index.report import FileRow, SyncReport
from index.uploads import save_uploads
from ui.choosing import NO_KIND, Choice, count_html, kind_of, left_by
from ui.listing import columns_of
from ui.removing import titles_html
from ui.reports import Outcome
from ui.uploads import roots_to_sync

__all__ = ["library"]


def entry(title: str = "A report", uri: str = "/news/a.txt", **known: object) -> Entry:
    values = {"outlet": None, "author": None, "published": None, "collection": None, "state": "ready", "passages": 1}
    return Entry(doc_id=uri, uri=uri, title=title, added_at="2026-11-22T09:00:00Z", **(values | known))  # type: ignore[arg-type]


ENTRIES = [
    entry("Port opens", "/news/port.PDF", outlet="The Post", published=date(2021, 5, 4), collection="Ports"),
    entry("Port closes", "/news/2022/shut.txt", outlet=" the post", published=date(2022, 5, 4), state="pending"),
    entry("Vote", "/news/port/vote.html", outlet="Times"),
    entry("Notes", "/news/README"),
]


@pytest.mark.parametrize(
    ("choice", "titles"),
    [
        (Choice(), ["Port opens", "Port closes", "Vote", "Notes"]),
        (Choice(text="PORT"), ["Port opens", "Port closes", "Vote"]),
        (Choice(text="port 2022"), ["Port closes"]),
        (Choice(outlets=("The Post",)), ["Port opens", "Port closes"]),
        (Choice(collections=("ports",)), ["Port opens"]),
        (Choice(since=date(2022, 1, 1)), ["Port closes"]),
        (Choice(until=date(2022, 1, 1)), ["Port opens"]),
        (Choice(states=("pending",)), ["Port closes"]),
        (Choice(kinds=("pdf", NO_KIND)), ["Port opens", "Notes"]),
        (Choice(text="vote", kinds=("pdf",)), []),
    ],
)
def test_a_list_leaves_what_fits_every_part_of_the_choice(choice: Choice, titles: list[str]) -> None:
    assert [one.title for one in left_by(choice, ENTRIES)] == titles


def test_what_a_range_of_days_leaves_out_for_want_of_a_date_is_told() -> None:
    choice = Choice(since=date(2022, 1, 1))
    told = count_html(choice, len(left_by(choice, ENTRIES)), ENTRIES)
    assert "<b>1</b> of 4 documents match: published from 1 January 2022; 2 documents without a date left out" in told


def test_the_kind_of_a_file_is_its_ending() -> None:
    assert [kind_of(uri) for uri in ("/a/B.PDF", "/a/x.zip/y.html", "/a.b/c", "/a/.hidden")] == [
        "pdf",
        "html",
        NO_KIND,
        NO_KIND,
    ]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_in_the_count_and_before_removal_is_text(text: str) -> None:
    html = count_html(Choice(text=text, outlets=(text,)), 0, ENTRIES) + titles_html([text])
    assert {name for name, _ in Read(html).tags} <= {"p", "bdi", "b", "ul", "li"}
    assert text in Read(html).text


def test_every_column_of_the_table_holds_every_document() -> None:
    assert {len(column) for column in columns_of(ENTRIES).values()} == {len(ENTRIES)}


def test_entries_follow_the_record_and_hold_what_a_state_holds(library: Library, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("One report.\n\nThe council met.\n")
    assert library.entries() == ()
    library.add([tmp_path / "a.txt"], given={"outlet": "Post", "collection": "Ports", "published": "2021-05-04"})
    (one,), (state,) = library.entries(), library.documents()
    assert one == Entry(
        state.document.doc_id,
        state.document.uri,
        state.document.title,
        "Post",
        state.document.author,
        date(2021, 5, 4),
        "Ports",
        state.state,
        state.passages,
        state.added_at,
    )
    assert library.entries() is library.entries()


def test_a_change_of_state_alone_and_one_by_another_process_are_seen(library: Library, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("One report.\n\nThe council met.\n")
    library.add([tmp_path / "a.txt"])
    library.entries()
    with library._record.transaction() as db:
        db.execute("UPDATE documents SET state = 'pending'")
    assert [one.state for one in library.entries()] == ["pending"]
    with open_library(library.folder, HashingEmbedder()) as other:  # which finishes what is pending
        other.remove([library.entries()[0].doc_id])
    assert library.entries() == ()


def test_only_files_outside_of_the_followed_folders_are_read_on_their_own(library: Library, tmp_path: Path) -> None:
    saved = save_uploads(library.folder, [("a.txt", b"An upload of ours.")])
    alone = [tmp_path / "one.txt", tmp_path / "two.txt"]
    roots = roots_to_sync(library.folder, map(str, [*saved.paths, *alone]))
    assert roots == [library.folder / "uploads", *alone]


@pytest.fixture
def three(library: Library, tmp_path: Path) -> AppTest:
    (tmp_path / "news").mkdir()
    for name in ("a", "b", "c"):
        (tmp_path / "news" / f"{name}.txt").write_text(f"Report {name}\n\nThe council of {name} met on Monday.\n")
    library.add([tmp_path / "news"])
    return library_app(library).run()


def tick(app: AppTest, rows: list[int]) -> None:
    """As a click on the boxes of these rows does."""
    app.session_state[app.dataframe[0].key] = {"selection": {"rows": rows}}
    app.run()


def test_the_page_lists_what_matches_and_tells_how_many(three: AppTest) -> None:
    assert len(three.dataframe[0].value) == 3
    three.text_input(key="list-text").set_value("report b").run()
    assert list(three.dataframe[0].value["Title"]) == ["Report b"]
    assert "<b>1</b> of 3 documents match" in shown(three)
    three.text_input(key="list-text").set_value("nothing of it").run()
    assert not three.dataframe and "<b>0</b> of 3 documents match" in shown(three)
    three.button(key="list-clear").click().run()
    assert len(three.dataframe[0].value) == 3 and "documents match" not in shown(three)


def test_a_choice_that_is_gone_from_the_library_does_not_break_the_page(library: Library, three: AppTest) -> None:
    three.multiselect(key="list-kinds").set_value(["txt"]).run()
    library.remove([one.doc_id for one in library.entries()][:3])
    assert "holds no documents yet" in shown(three.run())


def test_several_documents_are_removed_at_once_and_undo_brings_them_back(library: Library, three: AppTest) -> None:
    tick(three, [0, 2])
    assert "2 documents ticked" in shown(three) and "Report a" in shown(three)
    three.button(key="remove-several").click().run()
    assert [one.title for one in library.entries()] == ["Report b"]
    assert "Removed 2 documents" in shown(three)
    three.run()  # something else was clicked meanwhile
    three.button(key="undo").click().run()
    assert [one.title for one in library.entries()] == ["Report a", "Report b", "Report c"]
    assert "Took back 2 documents" in shown(three)
    assert not [button for button in three.button if button.key == "undo"]


def test_one_removed_document_comes_back_with_undo_and_the_note_can_be_closed(library: Library, three: AppTest) -> None:
    doc_id = library.entries()[1].doc_id
    three.query_params["document"] = doc_id
    three.run().button(key=f"remove-{doc_id}").click().run()
    assert library.count_documents() == 2 and "Removed “Report b”" in shown(three)
    three.button(key="close-outcome").click().run()
    assert "Removed" not in shown(three)


def test_what_failed_is_tried_again_alone_with_what_was_given(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "good.txt").write_text("A good report.\n\nThe council met.\n")
    (folder / "bad.txt").write_bytes(b"")
    app = library_app(library).run()
    next(field for field in app.text_input if field.label.startswith("Path")).set_value(str(folder))
    app.text_input(key="collection-path").set_value("Ports")
    [b for b in app.button if b.label == "Add to the library"][1].click().run()
    assert "bad.txt" in shown(app) and "1 failed" in shown(app)
    (folder / "bad.txt").write_text("A mended report.\n\nThe mayor met the council.\n")
    (folder / "new.txt").write_text("One that came later.\n\nIt is not asked for.\n")
    app.button(key="try-again").click().run()
    assert "Tried again: 1 added" in shown(app)
    assert {(Path(one.uri).name, one.collection) for one in library.entries()} == {
        ("good.txt", "Ports"),
        ("bad.txt", "Ports"),
    }
    assert not [button for button in app.button if button.key == "try-again"]


def test_what_was_removed_is_told_so_and_can_be_undone_though_its_vectors_stay_behind(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    (tmp_path / "a.txt").write_text("Report a\n\nThe council met on Monday.\n")
    with open_library(folder, HashingEmbedder()) as opened:
        opened.add([tmp_path / "a.txt"])
    shutil.rmtree(folder / "chroma")
    (folder / "chroma").write_text("in its place")
    with open_library(folder, HashingEmbedder()) as opened:
        app = library_app(opened).run()
        tick(app, [0])
        app.button(key=f"remove-{opened.entries()[0].doc_id}").click().run()
        assert "Removed “Report a”" in shown(app) and "cannot be written" in shown(app)
        assert [button for button in app.button if button.key == "undo"]


def test_what_can_be_tried_again_are_files_each_once(tmp_path: Path) -> None:
    archive = tmp_path / "a.zip"
    archive.write_bytes(b"x")
    paths = [f"{archive}/one.txt", f"{archive}/two.txt", str(tmp_path), str(tmp_path / "gone.txt")]
    report = SyncReport(tuple(FileRow(path, "failed", reason="Damaged.") for path in paths))
    outcome = Outcome("Added", report, refused=(Failure("b.exe", "Not of a known kind."),))
    assert outcome.again == (str(archive), str(tmp_path / "gone.txt"))
