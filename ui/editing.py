"""A form that sets right what is known about one document."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import streamlit as st

from index.edit import FIELDS
from index.pipeline import Library
from index.prepare import given_about
from index.records import Document
from ui.reports import Outcome
from ui.work import run


def show_edit(library: Library, document: Document) -> None:
    """Show the form, and do what it says when it is sent."""
    ident = document.doc_id
    with st.popover("Edit details", icon=":material/edit:"), st.form(f"edit-{ident}"):
        typed: dict[str, str | date | None] = {
            name: st.text_input(name.capitalize(), getattr(document, name) or "", key=f"{name}-{ident}")
            for name in FIELDS
            if name != "published"
        }
        typed["published"] = st.date_input(
            "Published",
            document.published,
            min_value=date.min,
            max_value=date.max,
            format="YYYY-MM-DD",
            key=f"published-{ident}",
        )
        st.html(
            '<p class="dl-note">What you give stays when the file changes. An emptied field goes back to what the file '
            "says.</p>"
        )
        sent = st.form_submit_button("Save", type="primary")
    if sent:
        given, forget = changes(document, typed)
        run(lambda on_progress: _edit(library, document, given, forget))


def changes(document: Document, typed: Mapping[str, str | date | None]) -> tuple[dict[str, str], list[str]]:
    """What is given now and was not so before, and the fields that were given and are empty now."""
    values = {name: str(value or "").strip() for name, value in typed.items()}
    before = {name: str(getattr(document, name) or "") for name in values}
    given = {name: value for name, value in values.items() if value and value != before[name]}
    return given, [name for name in given_about(document) if values.get(name) == ""]


def _edit(library: Library, document: Document, given: Mapping[str, str], forget: list[str]) -> Outcome:
    edited = library.edit(document.doc_id, given, forget)
    return Outcome(f"Saved the details of “{edited.title}”")
