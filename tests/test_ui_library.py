"""The Library page: what is known set right, old versions opened, and folders followed as they change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from threading import Event

import pytest
from test_ui import TEXT, filled, library, library_app, shown

from index.pipeline import Library
from index.uploads import save_uploads
from ui.editing import changes
from ui.following import choose, is_chosen, keep_following
from ui.library import ADD, SEEN
from ui.uploads import delete_upload, keep_followed

__all__ = ["filled", "library"]
WAIT_S = 60.0


@pytest.fixture
def followed(filled: Library, tmp_path: Path) -> Iterator[Path]:
    """A folder that the library follows, and whose following ends with the test."""
    keep_followed(filled.folder, [tmp_path / "news"])
    yield tmp_path / "news"
    choose(filled.folder, False)
    keep_following(filled)


def test_details_are_set_right_on_the_page_and_an_emptied_one_is_the_files_again(filled: Library) -> None:
    doc_id = filled.documents()[0].document.doc_id
    app = library_app(filled)
    app.query_params["document"] = doc_id
    app.run()
    app.text_input(key=f"outlet-{doc_id}").set_value("The Post")
    app.date_input(key=f"published-{doc_id}").set_value(date(2021, 7, 5))
    next(b for b in app.button if b.label == "Save").click().run()
    assert "Saved the details" in shown(app)
    document = filled.documents()[0].document
    assert (document.outlet, document.published, document.author) == ("The Post", date(2021, 7, 5), "Jane Roe")
    assert document.origins["outlet"] == document.origins["published"] == "given by you"
    assert document.origins["author"] != "given by you", "it was not changed"

    app.text_input(key=f"outlet-{doc_id}").set_value("")
    next(b for b in app.button if b.label == "Save").click().run()
    assert filled.documents()[0].document.outlet != "The Post"


def test_only_what_was_typed_anew_is_given(filled: Library) -> None:
    document = filled.documents()[0].document
    typed = {"title": document.title, "outlet": " ", "author": " J. Roe ", "published": document.published}
    assert changes(document, typed) == ({"author": "J. Roe"}, [])


def test_a_quote_from_before_a_change_opens_the_old_version(filled: Library, tmp_path: Path) -> None:
    old = filled.documents()[0].document
    (tmp_path / "news" / "port.txt").write_text(TEXT.replace("Oldham", "Newham"))
    filled.sync(tmp_path / "news")
    app = library_app(filled)
    app.query_params["document"] = old.doc_id
    app.run()
    page = shown(app)
    assert "an old version, replaced on" in page and "Open the present one" in page
    assert "The council of Oldham met on Monday." in page
    assert not [button for button in app.button if button.label == "Save"], "what is old stays as it was"


def test_folders_are_followed_as_they_change_once_that_is_chosen_and_no_longer_when_it_is_not(
    filled: Library, followed: Path
) -> None:
    app = library_app(filled).run()
    app.toggle(key="follow").set_value(True).run()
    assert is_chosen(filled.folder)
    following = keep_following(filled)
    assert following is not None and keep_following(filled) is following
    (followed / "new.txt").write_text("A new report.\n\nIt was written now.\n")
    for _ in range(int(WAIT_S / 0.1)):
        if filled.count_documents() == 2 and "1 added" in following.last:
            break
        Event().wait(0.1)
    assert "1 added" in following.last
    assert "1 added" in shown(app.run())
    other = library_app(filled).run()
    assert other.toggle(key="follow").value, "it is one choice for all pages"

    app.toggle(key="follow").set_value(False).run()
    assert not following.is_alive() and not is_chosen(filled.folder)
    assert not other.run().toggle(key="follow").value and not is_chosen(filled.folder)


def test_following_ends_for_folders_that_are_no_longer_followed(filled: Library, followed: Path) -> None:
    choose(filled.folder, True)
    following = keep_following(filled)
    assert following is not None
    app = library_app(filled).run()
    next(b for b in app.button if b.label == "Stop following").click().run()
    assert not following.is_alive()
    assert keep_following(filled) is None


def test_a_tab_is_drawn_once_it_is_opened_and_stays(filled: Library) -> None:
    app = library_app(filled)
    del app.session_state[SEEN]
    app.run()
    assert app.dataframe and not app.file_uploader and "rebuild" not in [one.key for one in app.button]

    app.session_state["tabs"] = ADD  # as a click does
    app.run()
    app.session_state["tabs"] = "Documents"
    app.run()

    assert app.file_uploader and "rebuild" not in [one.key for one in app.button]


def test_of_a_folder_files_of_one_name_are_both_taken_and_what_cannot_be_read_is_told(library: Library) -> None:
    app = library_app(library).run()
    app.radio(key="upload-what").set_value("A folder").run()
    files = {"news/may/a.txt": TEXT, "news/june/a.txt": TEXT.replace("Oldham", "Newham"), "news/a.exe": "MZ"}
    files |= {"news/.git/config.txt": "hidden"}
    app.file_uploader[0].set_value([(name, text.encode(), "text/plain") for name, text in files.items()])
    next(b for b in app.button if b.label == "Add to the library").click().run()

    place = library.folder / "uploads" / "news"
    uris = sorted(one.uri for one in library.entries())
    assert uris == [str(place / "june" / "a.txt"), str(place / "may" / "a.txt")]
    assert "2 added, 1 failed" in shown(app) and "news/a.exe" in shown(app)
    assert not list(place.rglob("*config*"))


def test_a_document_of_an_uploaded_folder_is_removed_with_its_copy_and_no_empty_folder_is_left(
    library: Library,
) -> None:
    saved = save_uploads(library.folder, [("news/may/a.txt", b"one"), ("news/b.txt", b"two")])
    first, second = saved.paths
    assert delete_upload(library.folder, str(first))
    assert not first.parent.exists() and second.exists()
    assert not delete_upload(library.folder, str(library.folder / "uploads" / ".." / "record.sqlite3"))
    assert (library.folder / "record.sqlite3").exists()
